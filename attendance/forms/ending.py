"""What a certificate officer says when a paper ends, and what its holder says when it is wrong or lost."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.constants import Replacing, Revocation
from attendance.models import Certificate, PaperTemplate
from attendance.reports.ended import who_answers
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


class SignersOfOffices(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return f"{obj} – {obj.office}"


class InPlaceForm(forms.Form):
    """The order for a paper in the place of another. The signer says which office issues it: the issuer, or the one
    that answers for its papers now."""

    why = forms.CharField(
        label=gettext_lazy("what is wrong on the paper"), max_length=300, widget=forms.Textarea({"rows": 2})
    )
    signer = SignersOfOffices(Signer.objects.none(), label=gettext_lazy("signer"))
    issue_date = forms.DateField(label=gettext_lazy("date of issue"))
    decision_number = forms.CharField(label=gettext_lazy("decision number"), max_length=60, required=False)
    decision_date = forms.DateField(label=gettext_lazy("decision date"), required=False)

    def __init__(self, *args, paper: Certificate, replacing: str, actor: Actor, why: str = "", **kwargs):
        kwargs.setdefault("initial", {"issue_date": today(), "why": why})
        super().__init__(*args, **kwargs)
        self.paper, self.replacing = paper, replacing
        offices = [office for office in who_answers(paper.book.issuer) if may_end_paper(actor, office.pk)]
        signers = Signer.objects.filter(office__in=offices).valid_on(today()).select_related("office")
        self.fields["signer"].queryset = signers.order_by("office__order", "office__code", "-valid_from", "full_name")
        if not signers:
            self.fields["signer"].help_text = _("No office that answers for this paper has a signer today.")
        if replacing == Replacing.LOST:
            self.fields["why"].label = _("how it was lost")
            self.fields["why"].required = False

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
        office = data["signer"].office
        return Order(
            issuer=office,
            template=self._template_for(office),
            signer=data["signer"],
            issue_date=data["issue_date"],
            kind=kind_in_place(self.paper, self.replacing),
            decision_number=data["decision_number"],
            decision_date=data["decision_date"],
        )

    def _template_for(self, office: Office) -> PaperTemplate | None:
        """That of the paper itself, unless it asks for a second signer or a blank, of which nothing is said here."""
        template = self.paper.template if self.replacing == Replacing.ERROR else None
        fits = template and template.issuer_id == office.pk and not template.two_signers and not template.on_blanks
        return template if fits else None


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
