"""What an officer types about how papers look, and about bought blanks."""

from dataclasses import replace

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from attendance.models import BlankRange, PaperTemplate
from attendance.rendering.look import Look, emblem_of
from attendance.reports.looks import look_of
from attendance.reports.samples import PEOPLE, invented_office
from attendance.rules.permissions import STILL_CERTIFIED
from attendance.services.templates import check_offsets
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.models import Course, Heading, Office, Signer

_MOST_BYTES = 2 * 1024 * 1024


class TemplateForm(forms.ModelForm):
    """A template as it should become; `save_template` makes the version. Nobody types code: each field is a text or a
    choice. `instance` is the version that was looked at, if any; its office, kind and name stay."""

    picture = forms.FileField(
        label=_("emblem"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPG, up to 2 MB; stands in the middle above the title. Not printed on bought blanks."),
    )
    no_emblem = forms.BooleanField(label=_("without the emblem of the version before"), required=False)
    person = forms.ChoiceField(
        label=_("try it with"),
        choices=[(name, words) for name, (words, _changes) in PEOPLE.items()],
        required=False,
        # It stands beside the picture, outside the form.
        widget=forms.Select(attrs={"form": "template"}),
    )

    class Meta:
        model = PaperTemplate
        fields = [
            "issuer", "kind", "name", "title", "completed", "closing", "size", "two_signers", "second_office",
            "picture", "no_emblem", "on_blanks", "offset_x", "offset_y", "person",
        ]  # fmt: skip
        widgets = {"closing": forms.Textarea(attrs={"rows": 2})}
        help_texts = {
            "title": _("Empty: as the kind is called."),
            "completed": _("Empty: as usual for the kind. “class” and its name follow."),
            "closing": _("One sentence after the class and its dates, if any."),
            "two_signers": _("The second one stands on the left; both are chosen when papers are prepared."),
            "on_blanks": _("Without frame, national title, emblem and title, which the blank has."),
            "offset_x": _("Less than 0: to the left. A test sheet shows by how much."),
            "offset_y": _("Less than 0: up."),
        }

    def __init__(self, *args, issuers, beside, **kwargs):
        """`beside`: the offices whose signers the actor sees; that of the version in hand is kept."""
        super().__init__(*args, **kwargs)
        self.fields["second_office"].queryset = beside | Office.objects.filter(pk=self.instance.second_office_id)
        self.emblem = self.instance.emblem if self.instance.pk else None
        issuer = self.fields["issuer"]
        issuer.queryset = issuers
        if self.instance.pk:
            for name in ("issuer", "kind", "name"):
                self.fields[name].disabled = True
        elif not self.is_bound and issuers.count() == 1:
            self.initial["issuer"] = issuers.first()
        if self.emblem is None:
            del self.fields["no_emblem"]

    def clean_picture(self) -> bytes:
        """The emblem as it is printed, or nothing."""
        picture = self.cleaned_data["picture"]
        if not picture:
            return b""
        if picture.size > _MOST_BYTES:
            raise forms.ValidationError(_("The emblem is larger than 2 MB. Please make the picture smaller."))
        try:
            return emblem_of(picture.read())
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def _post_clean(self):
        super()._post_clean()
        self.instance.emblem = None if self.cleaned_data.get("no_emblem") else self.emblem
        if not {"size", "offset_x", "offset_y"} & set(self.errors):
            try:
                check_offsets(self.instance)
            except Refusal as refusal:
                self.add_error(None, str(refusal))

    def texts(self) -> dict:
        """The fields of `save_template` beside office, kind and name, of a form without errors."""
        names = ("title", "completed", "closing", "size", "two_signers", "second_office", "on_blanks")
        names += ("offset_x", "offset_y")
        said = {name: self.cleaned_data[name] for name in names}
        return said | {"emblem": self.instance.emblem, "new_emblem": self.cleaned_data["picture"]}

    def look(self) -> Look:
        look = look_of(self.instance)
        return replace(look, emblem=self.cleaned_data.get("picture") or look.emblem)

    def can_be_shown(self) -> bool:
        """A template without a name yet, or an office, can be looked at, with an invented one in its place; one with
        another mistake cannot."""
        if self.instance.issuer_id is None:
            self.instance.issuer = invented_office()
        return not set(self.errors) - {"name", "issuer"}

    def only_to_read(self):
        for name in ("picture", "no_emblem", "person"):
            self.fields.pop(name, None)
        for field in self.fields.values():
            field.disabled = True


class BlanksForm(forms.ModelForm):
    """Bought blanks as they came; `add_blanks` enters them."""

    class Meta:
        model = BlankRange
        fields = ["issuer", "kind", "prefix", "digits", "first", "last", "received_on"]
        help_texts = {
            "prefix": _("For example A, when the blanks say A 000123."),
            "digits": _("How many digits are printed, zeros in front included."),
        }

    def __init__(self, *args, issuers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["issuer"].queryset = issuers
        if not self.is_bound and issuers.count() == 1:
            self.initial["issuer"] = issuers.first()

    def _post_clean(self):
        """Without the checks of the row, which `add_blanks` makes with a sentence."""


class SpoiledForm(forms.Form):
    number = forms.IntegerField(label=_("number of the blank"), min_value=0, max_value=10**12)
    why = forms.CharField(label=_("what happened to it"), max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].widget.attrs["autocomplete"] = "off"


class TestSheetForm(forms.Form):
    """Size and distances alone, so that a test sheet comes out of a template that is not ready."""

    size = forms.ChoiceField(choices=PaperTemplate._meta.get_field("size").choices)
    offset_x = forms.DecimalField(max_digits=4, decimal_places=1, required=False)
    offset_y = forms.DecimalField(max_digits=4, decimal_places=1, required=False)


def offices_beside(actor):
    """The offices of which the actor can say that they sign together with another (`may_name_signers`)."""
    offices = Office.objects.in_protocol_order()
    return offices if actor.sees_everything else offices.filter(pk__in=actor.organises | actor.certifies)


def issuers_of(actor, *, also_before=False):
    """The offices whose papers the actor makes: with heading and signer, existing today or with a class under way or
    concluded that still gets its papers. `also_before`: those of ended offices too, for their old books."""
    of_office = {"office": OuterRef("pk")}
    offices = Office.objects.in_protocol_order().filter(
        Exists(Heading.objects.filter(**of_office)), Exists(Signer.objects.filter(**of_office))
    )
    classes = Course.objects.filter(host_office=OuterRef("pk"), state__in=STILL_CERTIFIED).order_by()
    finishes, kept = Q(Exists(classes)), Q()
    if not actor.sees_everything:
        finishes, kept = finishes & Q(pk__in=actor.certifies), Q(pk__in=actor.certifies_writable)
    if not also_before:
        kept &= Q(pk__in=Office.objects.valid_on(today()).order_by().values("pk"))
    return offices.filter(kept | finishes) if kept else offices


def may_make_looks(actor) -> bool:
    """Whether there is an office whose papers the actor makes; a query only for who certifies for ended ones alone."""
    return actor.sees_everything or bool(actor.certifies_writable or (actor.certifies and issuers_of(actor).exists()))
