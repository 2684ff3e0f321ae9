"""What the table of a class posts: cells in small batches, or a file of marks."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.constants import MarkState
from attendance.rules.filing import SIGNS, state_of_sign
from attendance.services.ledger import Change
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Course

MOST_CELLS, MOST_MEGABYTES = 500, 5
#: How long a preview can be applied after it was made.
PREVIEW_LASTS = timedelta(hours=12)
_CELL = re.compile(r"([1-9]\d{0,17}):([1-9]\d{0,17}):([a-z_]{0,12}):([a-z_]{0,12})", re.ASCII)


def read_cells(posted: Iterable[str]) -> dict[int, list[Change]]:
    """Changes by id of half-day out of "half-day:registration:shown:wanted". Refusal when that is not what was sent."""
    found = [_CELL.fullmatch(cell) for cell in posted]
    if not found or len(found) > MOST_CELLS or None in found:
        raise Refusal(_("This page is out of date. Please open it again."))
    changes: dict[int, dict[int, Change]] = {}
    for cell in found:
        session, registration = int(cell[1]), int(cell[2])
        changes.setdefault(session, {})[registration] = Change(registration, cell[3], cell[4])
    return {session: list(cells.values()) for session, cells in changes.items()}


class MarksFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("The Excel file that this page gives out, filled in or corrected."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise ValidationError(
                _("The file is larger than %(megabytes)s MB. Please send only the table of attendance."),
                params={"megabytes": MOST_MEGABYTES},
            )
        return file


def signed_states(course: Course, actor: Actor, states: Mapping[int, Mapping[int, str]]) -> str:
    """What a file says, as the preview gives it back: ids and signs, which nobody else can make or use."""
    said = {session: {pk: SIGNS[MarkState(state)] for pk, state in cells.items()} for session, cells in states.items()}
    return signing.dumps([str(uuid4()), said], salt=_salt(course, actor), compress=True)


def read_signed_states(course: Course, actor: Actor, text: str) -> tuple[UUID, dict[int, dict[int, str]]]:
    """(the submission's name, what the file said). Refusal when it is another's, another class's or too old."""
    try:
        name, said = signing.loads(text, salt=_salt(course, actor), max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        raise Refusal(_("This page is out of date. Please choose the file again.")) from None
    states = {
        int(session): {int(pk): state_of_sign(sign) or "" for pk, sign in cells.items()}
        for session, cells in said.items()
    }
    return UUID(name), states


def _salt(course: Course, actor: Actor) -> str:
    return f"attendance file of class {course.pk} by {actor.user_id}"
