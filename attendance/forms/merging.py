"""Choosing, field by field, which of two rows of one person is right."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses.constants.citizen_digits import masked
from courses.models import Trainee

KEPT, GONE = "kept", "gone"


@dataclass(frozen=True)
class Choice:
    """One field of both people side by side. `bound` None: both say the same, there is nothing to choose."""

    label: str
    kept: str
    gone: str
    bound: forms.BoundField | None


class MergeForm(forms.Form):
    """A radio for each field in which two people differ; where one says nothing, the other is chosen beforehand."""

    def __init__(self, *args, kept: Trainee, gone: Trainee, **kwargs):
        super().__init__(*args, **kwargs)
        self.sides = shown(kept), shown(gone)
        for name, (label, mine) in self.sides[0].items():
            other = self.sides[1][name][1]
            if mine != other or _differ(name, kept, gone):
                self.fields[name] = forms.ChoiceField(
                    label=label,
                    choices=[(KEPT, mine or "–"), (GONE, other or "–")],
                    initial=KEPT if mine else GONE,
                    widget=forms.RadioSelect,
                )

    def side_by_side(self) -> Iterator[Choice]:
        for name, (label, mine) in self.sides[0].items():
            yield Choice(label, mine, self.sides[1][name][1], self[name] if name in self.fields else None)

    @property
    def from_gone(self) -> set[str]:
        """Names of the fields whose value comes from the row that goes."""
        return {name for name, side in self.cleaned_data.items() if side == GONE}


def shown(trainee: Trainee) -> dict[str, tuple[str, str]]:
    """(label, text) of each field of `courses.services.merging.CHOSEN`; the citizen number masked."""
    texts = {
        "full_name": (_("full name"), trainee.full_name),
        "gender": (_("gender"), trainee.get_gender_display()),
        "birth": (_("birth date"), str(trainee.birth or "")),
        "position": (_("position"), trainee.position),
        "office": (_("office"), trainee.office.name),
        "staff_category": (_("staff category"), trainee.get_staff_category_display()),
        "phone": (_("telephone"), masked(trainee.phone) if len(trainee.phone) > 5 else trainee.phone),
        "email": (_("e-mail address"), trainee.email),
        "citizen_number": (_("citizen number"), trainee.masked_citizen_number),
    }
    return {name: (capfirst(str(label)), str(text)) for name, (label, text) in texts.items()}


def _differ(name: str, kept: Trainee, gone: Trainee) -> bool:
    """Whether two values differ that look the same: masked numbers, parts of a name, offices of one name."""
    columns = {
        "full_name": ("family_name", "middle_name", "given_name"),
        "office": ("office_id",),
        "phone": ("phone",),
        "citizen_number": ("citizen_number_fingerprint",),
    }
    return any(getattr(kept, column) != getattr(gone, column) for column in columns.get(name, ()))
