"""What an organiser writes about a class for its report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.models import ReportWords


class ReportWordsForm(forms.ModelForm):
    class Meta:
        model = ReportWords
        fields = ["assessment", "proposals"]
        widgets = {name: forms.Textarea(attrs={"rows": 6}) for name in fields}
        help_texts = {
            "assessment": _(
                "Stands in the report on the results, a paragraph a line. Figures are filled in by itself."
            ),
            "proposals": _("Stands in the report on the results, a paragraph a line."),
        }
