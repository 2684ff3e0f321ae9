"""What a certificate officer says when a paper ends, and what its holder says when it is wrong or lost."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.constants import Replacing, Revocation
from attendance.forms.results import BlanksField, SignersOfOffices
from attendance.models import BlankRange, Certificate, PaperTemplate
from attendance.reports.ended import who_answers
from attendance.reports.in_place import (
    blanks_in_place,
    blanks_proposed,
    look_proposed,
    looks_in_place,
    signer_proposed,
)
from attendance.reports.looks import counted_blanks, second_signers
from attendance.reports.papers import Order
from attendance.rules.permissions import may_end_paper
from attendance.services.ending import check_replacing, kind_in_place
from courses.constants.actors import Actor
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.models import Office, Signer


class RevokeForm(forms.Form):
    ground = forms.ChoiceField(
        label=gettext_lazy("ground"),
        choices=[("", "—"), *Revocation.choices],
        help_text=gettext_lazy("It is not shown publicly."),
    )
    document = forms.CharField(
        label=gettext_lazy("number of the decision"), max_length=60, help_text=gettext_lazy("For example 123/QĐ-UBND.")
    )
    document_date = forms.DateField(label=gettext_lazy("date of the decision"))
    why = forms.CharField(
        label=gettext_lazy("in words"), max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )


class LooksInPlace(forms.ModelChoiceField):
    """Says which version is that of the paper in hand, where there is a newer one beside it."""

    own: int | None = None
    has_newer = False

    def label_from_instance(self, template):
        label = f"{template.get_kind_display()}: {template.name}"
        if template.pk == self.own and self.has_newer:
            return _("%(template)s, as on the old paper") % {"template": label}
        return label


class InPlaceForm(forms.Form):
    """The order for a paper in the place of another. The signer says which office issues it: the issuer, or the one
    that answers for its papers now. What the first paper had is proposed; what the office has not is not asked for."""

    why = forms.CharField(
        label=gettext_lazy("what is wrong on the paper"), max_length=300, widget=forms.Textarea({"rows": 2})
    )
    template = LooksInPlace(
        PaperTemplate.objects.none(),
        label=gettext_lazy("template"),
        required=False,
        empty_label=gettext_lazy("The look that the software brings along"),
    )
    signer = SignersOfOffices(Signer.objects.none(), label=gettext_lazy("signer"))
    second_signer = SignersOfOffices(
        Signer.objects.none(),
        label=gettext_lazy("second signer"),
        required=False,
        help_text=gettext_lazy("Only for a template with two signers; stands on the left."),
    )
    blanks = BlanksField(
        BlankRange.objects.none(),
        label=gettext_lazy("blanks"),
        required=False,
        help_text=gettext_lazy(
            "Only for a template that prints on bought blanks. The next blank of the range is used."
        ),
    )
    issue_date = forms.DateField(label=gettext_lazy("date of issue"))
    decision_number = forms.CharField(label=gettext_lazy("decision number"), max_length=60, required=False)
    decision_date = forms.DateField(label=gettext_lazy("decision date"), required=False)

    def __init__(self, *args, paper: Certificate, replacing: str, actor: Actor, why: str = "", **kwargs):
        decision = _decision_of(paper) if replacing == Replacing.ERROR else {}
        kwargs.setdefault("initial", {"issue_date": today(), "why": why, **decision})
        super().__init__(*args, **kwargs)
        self.paper, self.replacing = paper, replacing
        self.kind = kind_in_place(paper, replacing)
        offices = [office for office in who_answers(paper.book.issuer) if may_end_paper(actor, office.pk)]
        self._offer_looks(offices)
        self._offer_signers(offices)
        if replacing == Replacing.LOST:
            self.fields["why"].label = _("how it was lost")
            self.fields["why"].required = False
        elif replacing == Replacing.ANEW:
            self.fields["why"].label = _("why the person gets a paper again")
            for name in ("decision_number", "decision_date"):
                self.fields[name].required = True
            self.fields["decision_number"].help_text = _("The decision by which this paper is issued.")

    def _offer_looks(self, offices: list[Office]):
        self.looks = looks = list(looks_in_place(self.paper, self.kind, offices))
        ranges = blanks_in_place(self.kind, offices)
        self.initial["template"] = self.proposed = look_proposed(self.paper, looks)
        field = self.fields["template"]
        field.queryset = looks_in_place(self.paper, self.kind, offices)
        field.own = self.paper.template_id
        field.has_newer = sum(look.name == self.paper.template.name for look in looks) > 1 if field.own else False
        self.fields["blanks"].queryset = counted_blanks(ranges)
        if self.proposed and self.proposed.on_blanks:
            self.initial["blanks"] = blanks_proposed(self.paper, list(ranges))
        asked = {
            "template": bool(looks),
            "second_signer": any(look.two_signers for look in looks),
            "blanks": any(look.on_blanks for look in looks),
        }
        for name in [name for name, is_asked in asked.items() if not is_asked]:
            del self.fields[name]

    def _offer_signers(self, offices: list[Office]):
        signers = Signer.objects.filter(office__in=offices).valid_on(today()).select_related("office")
        signers = signers.order_by("office__order", "office__code", "-valid_from", "full_name")
        known = list(signers)
        self.fields["signer"].queryset = signers
        self.initial["signer"] = signer_proposed(self.paper.facts.get("signer", ""), known)
        if not known:
            self.fields["signer"].help_text = _("No office that answers for this paper has a signer today.")
        if "second_signer" in self.fields:
            seconds = second_signers(self.looks, *offices).valid_on(today())
            self.fields["second_signer"].queryset = seconds
            if self.proposed and self.proposed.two_signers:
                office = self.proposed.second_office_id or self.proposed.issuer_id
                others = [one for one in seconds if one != self.initial["signer"] and one.office_id == office]
                second = self.paper.facts.get("second_signer", "")
                self.initial["second_signer"] = signer_proposed(second, others)

    def clean(self):
        data = super().clean()
        if not self.errors:
            try:
                check_replacing(self.paper, self.order(), self.replacing)
            except Refusal as refusal:
                raise ValidationError(str(refusal.sentence)) from None
        return data

    def order(self) -> Order:
        """The order as typed, of a form without errors."""
        data = self.cleaned_data
        return Order(
            issuer=data["signer"].office,
            template=data.get("template"),
            signer=data["signer"],
            second_signer=data.get("second_signer"),
            blanks=data.get("blanks"),
            issue_date=data["issue_date"],
            kind=self.kind,
            decision_number=data["decision_number"],
            decision_date=data["decision_date"],
        )


def _decision_of(paper: Certificate) -> dict:
    """The decision that the paper names: after an error the new one rests on the same."""
    day = paper.facts.get("decision_date")
    return {
        "decision_number": paper.facts.get("decision_number", ""),
        "decision_date": date.fromisoformat(day) if day else None,
    }


class AskCorrectionForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What is wrong on the paper?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_lost = forms.BooleanField(label=gettext_lazy("The paper is lost or damaged"), required=False)


class RefuseCorrectionForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Why nothing is put right"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
