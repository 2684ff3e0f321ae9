"""What is said before a paper of a class is made; all of it can be left as it is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.constants import ClassPaperKind
from courses.constants.clock import today
from courses.models import Course, Session, Signer, Speaker

#: The order of people on a list.
ORDERS = [("protocol", _("Offices in protocol order")), ("name", _("By given name"))]


class MakingForm(forms.Form):
    """Number and date are given by the clerk, so that both are mostly empty."""

    signer = forms.ModelChoiceField(
        Signer.objects.none(),
        label=_("signer"),
        required=False,
        help_text=_("Empty: the signer whose power is valid; dots when there are several."),
    )
    number = forms.CharField(
        label=_("number"), max_length=60, required=False, help_text=_("Empty: dots, to be filled in by the clerk.")
    )
    date = forms.DateField(
        label=_("date"), required=False, help_text=_("Put into the class file is what has its number and date.")
    )
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)
    speaker = forms.ModelChoiceField(
        Speaker.objects.none(), label=_("speaker"), required=False, help_text=_("Empty: an invitation for each.")
    )
    session = forms.ModelChoiceField(
        Session.objects.none(), label=_("half-day"), required=False, help_text=_("Empty: all of them.")
    )
    with_links = forms.BooleanField(
        label=_("with each office's own link and its QR"),
        required=False,
        help_text=_("Whoever has the letter can name people for the office. It is logged that the links were shown."),
    )

    def __init__(self, *args, course: Course, kind: str, may_show_links: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        signers = Signer.objects.filter(office=course.host_office)
        valid = signers.valid_on(max(today(), course.starts_on)) | signers.valid_on(today())
        # Who signed for an office that has ended since: papers of its classes are still made for the archive.
        signers = valid | signers.valid_on(course.ends_on)
        self.fields["signer"].queryset = signers.distinct().order_by("-valid_from", "full_name")
        sessions = Session.objects.filter(course=course)
        self.fields["speaker"].queryset = Speaker.objects.filter(agenda__session__course=course).distinct()
        self.fields["session"].queryset = sessions.held().order_by("starts_at", "pk")
        wanted = {
            "order": kind == ClassPaperKind.CLASS_LIST,
            "speaker": kind == ClassPaperKind.INVITATION,
            "session": kind in (ClassPaperKind.SIGN_IN, ClassPaperKind.DOOR_NOTICE),
            "with_links": kind == ClassPaperKind.SUMMONS and may_show_links,
        }
        for name, is_wanted in wanted.items():
            if not is_wanted:
                del self.fields[name]

    def said(self) -> dict:
        """For `made_paper`; nothing of what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value}
