"""What is said for the decision on the certificates of a class."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.reports.paper_sheets import heading_on
from courses.constants.clock import today
from courses.models import Course, Signer

#: The decree on training in force on the last day of a class, from the newest back; an office adds laws and plans.
_DECREES = (
    (dt.date(2025, 7, 1), "Căn cứ Nghị định số 171/2025/NĐ-CP ngày 30 tháng 6 năm 2025 của Chính phủ về đào tạo, bồi "
     "dưỡng công chức;"),
    (dt.date(2017, 10, 21), "Căn cứ Nghị định số 101/2017/NĐ-CP của Chính phủ về đào tạo, bồi dưỡng cán bộ, công chức, "
     "viên chức;"),
)  # fmt: skip
_BASES = ("Căn cứ kết quả học tập của học viên;", "Theo đề nghị của Ban Tổ chức lớp.")


class DecisionForm(forms.Form):
    """`keep` in the data asks for number and date; without them it is a draft."""

    signer = forms.ModelChoiceField(Signer.objects.none(), label=_("signer"))
    deciding = forms.CharField(
        label=_("who decides"),
        max_length=150,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("For example: Chủ tịch Ủy ban nhân dân thành phố."),
    )
    bases = forms.CharField(
        label=_("what it rests on"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A line each: Căn cứ …, Theo đề nghị … Please check what is proposed, and add what is missing."),
    )
    number = forms.CharField(
        label=_("decision number"),
        max_length=60,
        required=False,
        help_text=_("For example 123/QĐ-UBND. Given by the clerical staff; empty in a draft."),
    )
    date = forms.DateField(label=_("decision date"), required=False)
    reachable = forms.BooleanField(
        label=_("with those who will be eligible if they come to what is left"),
        required=False,
        help_text=_("For a decision that is signed on the closing day. Whoever does not come has to be struck out."),
    )

    def __init__(self, *args, course: Course, reachable: int = 0, **kwargs):
        host = course.host_office
        heading = heading_on(host, today(), course.ends_on)
        body = heading.body if heading else host.name
        chairman = f"Chủ tịch {body}" if body.casefold().startswith("ủy ban nhân dân") else ""
        kwargs.setdefault("initial", {"bases": _usual_bases(course), "deciding": chairman})
        super().__init__(*args, **kwargs)
        self.fields["signer"].queryset = Signer.objects.filter(office=host).order_by("-valid_from", "full_name")
        if not reachable:
            del self.fields["reachable"]
        if not self.is_bound and self.fields["signer"].queryset.count() == 1:
            self.initial["signer"] = self.fields["signer"].queryset.first()

    def clean(self):
        data = super().clean()
        if "keep" in self.data:
            for name in ("number", "date"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Needed to keep the decision: it stands on each certificate."))
        return data

    def said(self) -> dict:
        """For `made_decision`, of a form without errors."""
        data = dict(self.cleaned_data)
        return data | {"bases": data["bases"].splitlines()}


def _usual_bases(course: Course) -> str:
    decree = next((line for since, line in _DECREES if course.ends_on >= since), "")
    return "\n".join(filter(None, (decree, *_BASES)))
