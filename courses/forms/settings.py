"""Settings of the site."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import StaffCategory
from courses.constants.periods import MOST_YEARLY_PERIODS
from courses.reports.settings import yearly_targets

#: The field for whoever has no staff category entered; the others are called as their category.
NONE_ENTERED = "none_entered"


class YearlyTargetsForm(forms.Form):
    """A number of periods for each staff category."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        holds = yearly_targets()
        for category, label in [*StaffCategory.choices, ("", _("Staff category not entered"))]:
            self.fields[category or NONE_ENTERED] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_YEARLY_PERIODS, initial=holds[category]
            )

    def targets(self) -> dict[str, int]:
        return {"" if name == NONE_ENTERED else name: number for name, number in self.cleaned_data.items()}
