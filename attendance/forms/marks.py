"""What a page of marks posts: for each person what it showed and what was chosen."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from attendance.constants import MarkState
from attendance.services.ledger import Change
from courses.constants.errors import Refusal

#: What one tap can say, in the order of the page.
CHOICES = (MarkState.PRESENT, MarkState.LATE, MarkState.LEFT_EARLY, MarkState.EXCUSED, MarkState.ABSENT)


def read_changes(data: Mapping[str, str], expected: Iterable[int]) -> list[Change]:
    """The cells that were changed, of the people who are expected.

    `shown-7` is what the page showed of registration 7, `mark-7` what was chosen; without `mark-7` nothing was. With
    `rest=present` everybody of whom nothing is known and nothing was chosen is present.
    """
    changes = []
    rest = MarkState.PRESENT if data.get("rest") == MarkState.PRESENT else ""
    for pk in expected:
        shown = data.get(f"shown-{pk}")
        if shown is None:
            continue
        wanted = data.get(f"mark-{pk}", shown or rest)
        if wanted != shown:
            changes.append(Change(pk, shown, wanted))
    return changes


def read_submission(data: Mapping[str, str]) -> UUID:
    """The name of the page that was sent. Refusal when it is none: the page is not ours."""
    try:
        return UUID(data.get("submission", ""))
    except ValueError:
        raise Refusal(_("This page is out of date. Please open it again.")) from None
