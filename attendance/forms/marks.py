"""What a page of marks posts: for each person what it showed and what was chosen."""

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from attendance.constants import MarkState
from attendance.services.ledger import Change
from courses.constants.errors import Refusal

#: What one tap can say, in the order of the page.
CHOICES = (MarkState.PRESENT, MarkState.LATE, MarkState.LEFT_EARLY, MarkState.EXCUSED, MarkState.ABSENT)


def read_changes(data: Mapping[str, str], expected: Iterable[int]) -> list[Change]:
    """The cells that were changed, also of somebody who is not expected any more: the service says so.

    `shown-7` is what the page showed of registration 7, `mark-7` what was chosen; without `mark-7` nothing was. With
    `rest=present` everybody expected of whom nothing is known and nothing was chosen is present.
    """
    expected = list(expected)
    changes = [
        Change(pk, data.get(f"shown-{pk}", ""), data[f"mark-{pk}"])
        for pk in _chosen(data) - set(expected)
        if data[f"mark-{pk}"] != data.get(f"shown-{pk}", "")
    ]
    rest = MarkState.PRESENT if data.get("rest") == MarkState.PRESENT else ""
    for pk in expected:
        shown = data.get(f"shown-{pk}")
        if shown is None:
            continue
        wanted = data.get(f"mark-{pk}", shown or rest)
        if wanted != shown:
            changes.append(Change(pk, shown, wanted))
    return changes


def _chosen(data: Mapping[str, str]) -> set[int]:
    """The ids of the registrations of whom something was chosen."""
    ids = (name.removeprefix("mark-") for name in data if name.startswith("mark-"))
    return {int(pk) for pk in ids if re.fullmatch(r"[1-9][0-9]{0,17}", pk)}


def read_submission(data: Mapping[str, str]) -> UUID:
    """The name of the page that was sent. Refusal when it is none: the page is not ours."""
    try:
        return UUID(data.get("submission", ""))
    except ValueError:
        raise Refusal(_("This page is out of date. Please open it again.")) from None
