"""What organisers type about offices of a class: seats, by hand, by a rule or as in another class."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.constants.actors import Actor
from courses.constants.choices import OfficeKind
from courses.models import Course, Office

LARGEST = 9999


class SeatsForm(forms.Form):
    """One number an office; an empty field is no limit. `rows` are those of `courses.reports.seats.seats_table`."""

    def __init__(self, *args, rows, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"office-{row.office.pk}"] = forms.IntegerField(
                label=row.office.name, required=False, min_value=0, max_value=LARGEST, initial=row.proposed
            )

    def lines(self):
        """(row, bound field) of each office."""
        return [(row, self[f"office-{row.office.pk}"]) for row in self.rows]

    def numbers(self) -> dict[int, int | None]:
        return {row.office.pk: self.cleaned_data[f"office-{row.office.pk}"] for row in self.rows}

    def total(self) -> int:
        """The seats that the page shows together, as typed, else as proposed."""
        shown = [self.cleaned_data.get(name) for name in self.fields] if self.is_bound and self.is_valid() else None
        return sum(number or 0 for number in (shown or [row.proposed for row in self.rows]))


class RuleForm(forms.Form):
    """A number for each kind of office that there is on the first day of the class, perhaps only below one office."""

    below = forms.ModelChoiceField(
        label=_("Only offices below"), queryset=Office.objects.none(), required=False, empty_label=_("all offices")
    )

    def __init__(self, *args, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        there = list(Office.objects.valid_on(course.starts_on).in_protocol_order())
        parents = {office.parent_id for office in there}
        kinds = {office.kind for office in there}
        for kind in OfficeKind:
            if kind in kinds:
                self.fields[f"kind-{kind.value}"] = forms.IntegerField(
                    label=kind.label, required=False, min_value=0, max_value=LARGEST
                )
        self.fields["below"].queryset = Office.objects.filter(pk__in=parents).in_protocol_order()
        self.order_fields([name for name in self.fields if name != "below"])

    def clean(self):
        data = super().clean()
        if not self.errors and not self.by_kind():
            raise forms.ValidationError(_("Give a number for at least one kind of office."))
        return data

    def by_kind(self) -> dict[str, int]:
        return {
            name.removeprefix("kind-"): number
            for name, number in self.cleaned_data.items()
            if name.startswith("kind-") and number is not None
        }


class SeatsOfForm(forms.Form):
    """The class whose seats are taken over: another one that the actor works on and that has some."""

    source = forms.ModelChoiceField(label=_("As in the class"), queryset=Course.objects.none())

    def __init__(self, *args, course: Course, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        others = Course.objects.hosted_for(actor).exclude(pk=course.pk).filter(seats__isnull=False)
        self.fields["source"].queryset = others.distinct().order_by("-starts_on", "code")
