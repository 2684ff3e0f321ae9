"""What an organiser or a certificate officer types about the results of a class."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance.constants import PaperKind
from attendance.models import BlankRange, CourseRule, PaperTemplate
from attendance.reports.looks import counted_blanks, kinds_of, offered_templates, second_signers, usable_blanks
from attendance.reports.paper_sheets import proposed_decision
from attendance.reports.papers import Order, check_order, usual_date
from attendance.reports.scores import not_points
from attendance.rules.eligibility import marks_in_words
from attendance.rules.scores import read_points
from courses.constants.errors import Refusal
from courses.models import Course, Office, Signer


class PointsField(forms.CharField):
    """Points with a comma or a point."""

    def __init__(self, **kwargs):
        super().__init__(max_length=10, **kwargs)
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value):
        return marks_in_words(value) if isinstance(value, Decimal) else value

    def clean(self, value):
        text = super().clean(value)
        try:
            return read_points(text)
        except ValueError:
            raise forms.ValidationError(not_points(text)) from None


class GradesField(forms.CharField):
    """Lines "8: Giỏi" as [[lowest mark, words], …]."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return "\n".join(f"{marks_in_words(Decimal(lowest))}: {words}" for lowest, words in value)

    def clean(self, value):
        found = []
        for line in super().clean(value).splitlines():
            if not line.strip():
                continue
            lowest, colon, words = line.partition(":")
            try:
                points = read_points(lowest)
            except ValueError:
                points = None
            if points is None or not colon or not words.strip():
                raise forms.ValidationError(
                    _("“%(line)s” cannot be read. Please write one grade a line, for example 8: Giỏi."),
                    params={"line": line.strip()[:60]},
                )
            found.append([str(points), words.strip()])
        return found


class RuleForm(forms.ModelForm):
    """What must be attended and passed; saved by `set_rule` as a new version."""

    scale = PointsField(label=_("highest mark"), initial=10, required=False, help_text=_("Usually 10 or 100."))
    pass_mark = PointsField(
        label=_("mark to pass"),
        initial=5,
        required=False,
        help_text=_("By the rules at least half of the highest mark."),
    )
    grades = GradesField(
        label=_("grades"),
        required=False,
        help_text=_("One a line from the highest down, for example 8: Giỏi. Left empty, the paper says no grade."),
    )

    class Meta:
        model = CourseRule
        fields = ["share", "measure", "must_attend", "late_counts", "left_early_counts", "excused_counts"]
        fields += ["test", "scale", "pass_mark", "grades"]
        widgets = {"must_attend": forms.CheckboxSelectMultiple}

    def __init__(self, *args, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["must_attend"].queryset = course.sessions.held().in_order()

    def clean(self):
        """Where they are left empty they stay as they are."""
        data = super().clean()
        for name in ("scale", "pass_mark"):
            if name in data and data[name] is None:
                data[name] = Decimal(self.get_initial_for_field(self.fields[name], name))
        if {"scale", "pass_mark"} <= data.keys() and data["pass_mark"] > data["scale"]:
            self.add_error("pass_mark", _("The mark to pass cannot lie above the highest mark."))
        return data


class TemplateField(forms.ModelChoiceField):
    def label_from_instance(self, template):
        return f"{template.get_kind_display()}: {template.name}"


class BlanksField(forms.ModelChoiceField):
    def label_from_instance(self, blanks):
        left = blanks.last - blanks.next_number + 1 - blanks.spoiled_ahead
        return gettext("%(kind)s: %(range)s, %(left)d left") % {
            "kind": blanks.get_kind_display(),
            "range": str(blanks),
            "left": left,
        }


class SignersOfOffices(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj} – {obj.office}"


class OrderForm(forms.Form):
    """What is said once for all papers of a class. What an office has not (templates, blanks) is not asked for."""

    kind = forms.ChoiceField(label=_("kind of paper"), required=False)
    template = TemplateField(
        PaperTemplate.objects.none(),
        label=_("template"),
        required=False,
        empty_label=_("The look that the software brings along"),
    )
    signer = forms.ModelChoiceField(Signer.objects.none(), label=_("signer"))
    second_signer = SignersOfOffices(
        Signer.objects.none(),
        label=_("second signer"),
        required=False,
        help_text=_("Only for a template with two signers; stands on the left."),
    )
    blanks = BlanksField(
        BlankRange.objects.none(),
        label=_("blanks"),
        required=False,
        help_text=_("Only for a template that prints on bought blanks."),
    )
    issue_date = forms.DateField(
        label=_("date of issue"), help_text=_("Stands on the paper and decides the year of the register book.")
    )
    decision_number = forms.CharField(
        label=_("decision number"), max_length=60, required=False, help_text=_("For example 123/QĐ-UBND.")
    )
    decision_date = forms.DateField(label=_("decision date"), required=False)

    def __init__(self, *args, course: Course, **kwargs):
        issuer = course.host_office
        kwargs.setdefault("initial", {"issue_date": usual_date(course), **_decision(course)})
        super().__init__(*args, **kwargs)
        if not issuer.exists_on(course.ends_on):
            self.fields["issue_date"].help_text = gettext(
                "%(office)s did not exist on %(date)s, the last day of the class: please enter the date yourself. It "
                "decides the year of the register book."
            ) % {"office": issuer.name, "date": f"{course.ends_on:%d/%m/%Y}"}
        self.course, self.issuer = course, issuer
        self.fields["kind"].choices = kinds_of(issuer)
        self.fields["signer"].help_text = _("Signers are added on the page of the office, by the manager of accounts.")
        signers = Signer.objects.filter(office=issuer).order_by("-valid_from", "full_name")
        self.fields["signer"].queryset = signers
        if not self.is_bound and signers.count() == 1:
            self.initial["signer"] = signers.first()
        self._offer_templates()

    def _offer_templates(self):
        """A look that is the only one of the usual kind is proposed."""
        templates = list(offered_templates(self.issuer))
        self.fields["template"].queryset = offered_templates(self.issuer)
        self.fields["second_signer"].queryset = second_signers(templates, self.issuer)
        self.fields["blanks"].queryset = counted_blanks(usable_blanks(self.issuer))
        asked = {
            "template": bool(templates),
            "second_signer": any(template.two_signers for template in templates),
            "blanks": any(template.on_blanks for template in templates),
        }
        for name in [name for name, is_asked in asked.items() if not is_asked]:
            del self.fields[name]
        usual = [template for template in templates if template.kind == PaperKind.ATTESTATION]
        if not self.is_bound and len(usual) == 1:
            self.initial["template"] = usual[0]

    def clean(self):
        data = super().clean()
        if not self.errors:
            try:
                check_order(self.order(), self.course)
            except Refusal as refusal:
                raise forms.ValidationError(str(refusal)) from None
            if data["decision_date"] and data["decision_date"] > data["issue_date"]:
                self.add_error("decision_date", _("The decision cannot be later than the paper."))
        return data

    def order(self) -> Order:
        """The order as typed, of a form without errors."""
        data = self.cleaned_data
        return Order(
            issuer=self.issuer,
            signer=data["signer"],
            issue_date=data["issue_date"],
            kind=data["kind"] or PaperKind.ATTESTATION,
            decision_number=data["decision_number"],
            decision_date=data["decision_date"],
            template=data.get("template"),
            second_signer=data.get("second_signer"),
            blanks=data.get("blanks"),
        )


def _decision(course: Course) -> dict:
    """Number and date of the decision that was kept for the class."""
    paper = proposed_decision(course)
    return {"decision_number": paper.number, "decision_date": paper.date} if paper else {}


class CountForm(forms.Form):
    """The count typed by hand, so that a whole class is never issued by a slip."""

    count = forms.IntegerField(label=_("how many papers"), min_value=1)

    def __init__(self, *args, due: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.due = due
        self.fields["count"].widget.attrs["autocomplete"] = "off"

    def clean_count(self):
        if self.cleaned_data["count"] != self.due:
            raise forms.ValidationError(
                _("This is not the number of papers that would be made: %(due)d. Please look at the list once more."),
                params={"due": self.due},
            )
        return self.cleaned_data["count"]


class BookForm(forms.Form):
    """Opening a register book at any number, once."""

    issuer = forms.ModelChoiceField(Office.objects.none(), label=_("issuing office"))
    kind = forms.ChoiceField(label=_("kind of paper"), choices=PaperKind.choices)
    year = forms.IntegerField(label=_("year"), min_value=1990, max_value=2100)
    opening_number = forms.IntegerField(
        label=_("first number"),
        min_value=1,
        max_value=9_999_999,
        initial=1,
        help_text=_("The number that follows the last one of the paper book."),
    )
    first_printed = forms.CharField(
        label=_("how the first number is printed"),
        max_length=40,
        required=False,
        help_text=_("For example 015/2026/GCN. Left empty, as the kind of paper says."),
    )
    reason = forms.CharField(label=_("why it does not begin at 1"), max_length=300, required=False)

    def __init__(self, *args, issuers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = issuers
        if not self.is_bound and issuers.count() == 1:
            self.initial["issuer"] = issuers.first()
