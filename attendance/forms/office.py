"""What a coordinator types on an office's page."""

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from attendance.services.leave import half_days_of
from courses.constants import citizen_digits
from courses.constants.choices import Gender
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.names import clean_text, personal_name_case
from courses.forms.people import BirthField, CitizenNumberField, printable
from courses.forms.rosters import TitlesForm, checked_roster_file
from courses.models import Course, Office, OfficeAnswer, Registration, Trainee
from courses.rules.naming import people_of
from courses.services.nominations import NewPerson, namesakes
from courses.services.records import check_scan_size

ANOTHER = "new"
#: What a phone offers: its camera, its pictures, its files.
SCANS = {"accept": "image/jpeg,image/png,application/pdf"}
#: In megabytes. An office's own list is read while its page waits, and whoever has the link can send one; the same
#: reason as that of `courses.services.rosters.reading.MOST_BY_LINK`. In the background it would be read just as well,
#: but no office needs it, and strangers with a link would fill the queue that the organisers wait for.
MOST_OF_A_ROSTER = 2


class PeopleForm(forms.Form):
    """Ticked people of the office."""

    people = forms.ModelMultipleChoiceField(
        queryset=None, error_messages={"required": _("Please tick the people whom your office sends.")}
    )

    def __init__(self, *args, office: Office, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = people_of(office, course)


class NewPersonForm(forms.Form):
    """Somebody whom the site does not know. When the office has people of that name, `ask` adds the question who it
    is; the answer is one of them or ANOTHER."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    position = forms.CharField(label=_("Position"), max_length=200)
    birth = BirthField(label=_("Birth date (may be left empty)"))
    gender = forms.ChoiceField(label=_("Gender (may be left empty)"), required=False)
    phone = forms.CharField(
        label=_("Telephone (may be left empty)"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    citizen_number = CitizenNumberField(
        label=_("Citizen number (may be left empty)"),
        help_text=_("Twelve digits. It is kept encrypted and not shown on this page."),
    )

    def __init__(self, *args, office: Office | None, course: Course, **kwargs):
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("submission", uuid4())
        super().__init__(*args, **kwargs)
        self.office, self.known = office, {}
        self.fields["gender"].choices = [("", _("not stated")), *Gender.choices]
        if office and self.is_bound and self.data.get("who"):
            self.ask(namesakes(office, self.data.get("full_name", ""), course))

    def ask(self, candidates: list[Trainee]) -> None:
        """Says name, position and office of those who are meant; no date and no number of anybody."""
        self.known = {str(person.pk): person for person in candidates}
        said = [(pk, f"{p.full_name} – {p.position or p.office.name}") for pk, p in self.known.items()]
        self.fields["who"] = forms.ChoiceField(
            label=_("Is it this person?"),
            choices=[*said, (ANOTHER, _("No, it is somebody else of the same name"))],
            widget=forms.RadioSelect,
            error_messages={"required": _("Please say who it is.")},
        )
        self.order_fields(["who"])

    def clean_full_name(self) -> str:
        name = personal_name_case(clean_text(in_the_clear(self.cleaned_data["full_name"])))
        if not name:
            raise ValidationError(_("A trainee needs a name."))
        return printable(name)

    def clean_position(self) -> str:
        return printable(clean_text(in_the_clear(self.cleaned_data["position"])))

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        digits = "".join(filter(str.isdigit, typed))
        if typed and (len(digits) not in (10, 11) or digits[0] != "0"):
            raise ValidationError(_("A telephone number has ten digits and begins with 0."))
        return digits

    def clean(self):
        """Not the year of birth: some cards do differ from what offices keep."""
        data = super().clean()
        number = data.get("citizen_number")
        if number and not citizen_digits.agrees(number, data.get("gender"), None):
            self.add_error(
                "citizen_number",
                _("The citizen number does not fit the gender. Please compare both with the card, or leave it empty."),
            )
        return data

    def person(self) -> Trainee | NewPerson:
        data = self.cleaned_data
        who = data.get("who", "")
        if who in self.known:
            return self.known[who]
        fields = ("full_name", "position", "gender", "birth", "phone", "citizen_number")
        return NewPerson(**{name: data[name] for name in fields}, another=who == ANOTHER)


class WithdrawForm(forms.Form):
    why = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def clean_why(self) -> str:
        return in_the_clear(self.cleaned_data["why"])


class ReplaceForm(NewPersonForm):
    """Who comes instead: one of the office's people, or somebody new, and why."""

    why = forms.CharField(label=_("Reason"), max_length=300, help_text=_("For example: on a business trip that day."))
    by = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": _("Please choose who comes instead.")})

    def __init__(self, *args, people: list[Trainee], **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["by"].choices = [*((pk, pk) for pk in self.people), (ANOTHER, ANOTHER)]
        if not (self.is_bound and self.data.get("by") == ANOTHER):
            self.fields["full_name"].required = self.fields["position"].required = False

    def clean_full_name(self) -> str:
        return super().clean_full_name() if self.data.get("by") == ANOTHER else ""

    def clean_why(self) -> str:
        return in_the_clear(self.cleaned_data["why"])

    def person(self) -> Trainee | NewPerson:
        return self.people.get(self.cleaned_data["by"]) or super().person()


class AbsenceForm(forms.Form):
    sessions = forms.ModelMultipleChoiceField(
        label=_("Which half-days"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one half-day.")},
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    paper = forms.FileField(
        label=_("Photograph or scan of the paper (may be left out)"),
        required=False,
        widget=forms.FileInput(attrs=SCANS),
        help_text=_("PDF, JPG or PNG, 10 MB at most."),
    )

    def __init__(self, *args, registration: Registration, **kwargs):
        super().__init__(*args, **kwargs)
        own = [session.pk for session in half_days_of(registration)]
        self.fields["sessions"].queryset = registration.course.sessions.filter(pk__in=own).in_order()
        if len(own) == 1:
            self.initial["sessions"] = own

    def clean_reason(self) -> str:
        return in_the_clear(self.cleaned_data["reason"])

    def clean_paper(self):
        return not_too_big(self.cleaned_data["paper"])


class AnswerForm(forms.Form):
    """The letter with which the list went out."""

    number = forms.CharField(
        label=_("Number of the letter"), max_length=60, help_text=_("As it stands on the letter: 12/UBND-VX.")
    )
    date = forms.DateField(label=_("Date of the letter"))
    signed_copy = forms.FileField(
        label=_("Signed copy"),
        required=False,
        widget=forms.FileInput(attrs=SCANS),
        help_text=_("A scan or photograph of the signed list: PDF, JPG or PNG, 10 MB at most."),
    )

    def __init__(self, *args, answer: OfficeAnswer, **kwargs):
        kwargs["initial"] = {"number": answer.letter_number, "date": answer.letter_date or today()}
        super().__init__(*args, **kwargs)

    def clean_number(self) -> str:
        return in_the_clear(self.cleaned_data["number"])

    def clean_signed_copy(self):
        return not_too_big(self.cleaned_data["signed_copy"])


class NobodyForm(forms.Form):
    why = forms.CharField(
        label=_("Why nobody can be sent"),
        max_length=300,
        help_text=_("For example: all are at the year's inspection."),
    )

    def clean_why(self) -> str:
        return in_the_clear(self.cleaned_data["why"])


class OwnRosterForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=format_lazy(
            "{} {}",
            _("Excel (.xlsx, .xls), Word (.docx), OpenDocument (.ods) or CSV."),
            _("At most 500 people and 2 MB; a larger list is for the organisers of the class, who can take it in."),
        ),
    )

    def clean_file(self):
        return checked_roster_file(
            self.cleaned_data["file"],
            most=MOST_OF_A_ROSTER,
            advice=_("The organisers of the class can take in a larger list: please send it to them."),
        )


class OwnColumnsForm(TitlesForm):
    """What the columns of the office's own list hold. No cell of theirs is shown: the page has no date or number of
    anybody, and who sends a list has it at hand."""

    not_read = _("Not needed")


def not_too_big(file):
    """Before its bytes are read into memory; what it is, the service says."""
    if file:
        try:
            check_scan_size(file.size)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from refusal
    return file
