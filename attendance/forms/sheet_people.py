"""What an organiser types from a sheet: an absence, a make-up, who comes instead, who is not on the list."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance.forms.office import ANOTHER, SCANS, AbsenceForm, NewPersonForm, not_too_big
from attendance.services.leave import half_days_of
from courses.constants.ids import row_id
from courses.constants.masking import in_the_clear
from courses.models import Course, Office, Registration, Session, Trainee
from courses.services.nominations import NewPerson

WHOLE_CLASS, HALF_DAYS = "class", "half-days"
ELSEWHERE = "elsewhere"


class LeaveForm(AbsenceForm):
    """An absence that the organiser enters, and mostly accepts with that."""

    accept = forms.BooleanField(label=_("Accept it at once"), required=False, initial=True)

    def __init__(self, *args, registration: Registration, session: Session, **kwargs):
        super().__init__(*args, registration=registration, **kwargs)
        self.initial["sessions"] = [session.pk]


class AnswerLeaveForm(forms.Form):
    answer = forms.CharField(label=_("Answer to the office"), max_length=300, required=False)


class MakeUpForm(forms.Form):
    attended = forms.ChoiceField(
        label=_("Where it was made up"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose where the half-day was made up.")},
    )
    document = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("Number and date, for example 12/GXN-TTBD, 05/06/2026.")
    )
    paper = forms.FileField(
        label=_("Photograph or scan of the document (may be left out)"),
        required=False,
        widget=forms.FileInput(attrs=SCANS),
        help_text=_("PDF, JPG or PNG, 10 MB at most."),
    )

    def __init__(self, *args, candidates: list[Session], used: Mapping[int, Session], **kwargs):
        """`used`: by the id of a candidate, the half-day for which it was credited already."""
        super().__init__(*args, **kwargs)
        self.candidates = {str(session.pk): session for session in candidates}
        self.fields["attended"].choices = [
            *((pk, _where(session, used.get(session.pk))) for pk, session in self.candidates.items()),
            (ELSEWHERE, _("Elsewhere, as the document says")),
        ]

    def clean_document(self) -> str:
        return in_the_clear(self.cleaned_data["document"])

    def clean_paper(self):
        return not_too_big(self.cleaned_data["paper"])

    @property
    def session(self) -> Session | None:
        return self.candidates.get(self.cleaned_data["attended"])


def _where(session: Session, used: Session | None) -> str:
    where = f"{session.course.code}: {session}"
    if used is None:
        return where
    return gettext("%(where)s (already credited for %(half_day)s of the class %(code)s)") % {
        "where": where,
        "half_day": used,
        "code": used.course.code,
    }


class PersonForm(NewPersonForm):
    """One of the people shown, or somebody typed. `submission` names the page."""

    by = forms.ChoiceField(label=_("Who it was"), error_messages={"required": _("Please choose who it was.")})

    def __init__(self, *args, people: list[Trainee], office: Office | None, course: Course, **kwargs):
        super().__init__(*args, office=office, course=course, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["by"].choices = [*((pk, pk) for pk in self.people), (ANOTHER, ANOTHER)]
        self.fields["position"].required = False
        if self.data.get("by") != ANOTHER:
            self.fields["full_name"].required = False
        for name in ("gender", "citizen_number"):
            del self.fields[name]

    def clean_full_name(self) -> str:
        return super().clean_full_name() if self.data.get("by") == ANOTHER else ""

    def clean_why(self) -> str:
        return in_the_clear(self.cleaned_data["why"])

    def person(self) -> Trainee | NewPerson:
        data = self.cleaned_data
        chosen = self.people.get(data["by"]) or self.known.get(data.get("who", ""))
        if chosen:
            return chosen
        typed = {name: data[name] for name in ("full_name", "position", "birth", "phone")}
        return NewPerson(**typed, another=data.get("who") == ANOTHER)


class InPlaceForm(PersonForm):
    """Who comes instead, for how long, and why."""

    how_long = forms.ChoiceField(
        label=_("For how long"),
        widget=forms.RadioSelect,
        choices=[
            (HALF_DAYS, _("For the half-days ticked below only: no seat, no certificate")),
            (WHOLE_CLASS, _("For the whole class from this half-day on: takes over the seat")),
        ],
        initial=HALF_DAYS,
    )
    sessions = forms.ModelMultipleChoiceField(
        label=_("Half-days to stand in for"), queryset=None, widget=forms.CheckboxSelectMultiple, required=False
    )
    why = forms.CharField(label=_("Why"), max_length=300, help_text=_("For example: on a business trip that day."))
    present = forms.BooleanField(
        label=_("The person is here: mark as present at this half-day"), required=False, initial=True
    )

    def __init__(self, *args, registration: Registration, session: Session, **kwargs):
        super().__init__(*args, office=registration.office, course=registration.course, **kwargs)
        own = [half_day.pk for half_day in half_days_of(registration)]
        self.fields["sessions"].queryset = registration.course.sessions.filter(pk__in=own).in_order()
        self.initial["sessions"] = [session.pk]


class WalkInForm(forms.Form):
    words = forms.CharField(
        label=_("Somebody who is not on the list"),
        max_length=300,
        help_text=_("Name, office, what was said. Who it was is settled later."),
    )


class WhoForm(PersonForm):
    """Somebody who is not on the list: taken into the class, or instead of somebody at this half-day."""

    instead_of = forms.ChoiceField(label=_("Instead of"), required=False)
    from_office = forms.ModelChoiceField(label=_("Office of somebody new"), queryset=None, required=False)
    why = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args, expected: list[Registration], offices, course: Course, **kwargs):
        self.expected = {str(registration.pk): registration for registration in expected}
        data = args[0] if args else {}
        replaced = self.expected.get(data.get("instead_of", "")) if data.get("how") == "stand_in" else None
        office = replaced.office if replaced else offices.filter(pk=row_id(data.get("from_office", "")) or 0).first()
        super().__init__(*args, office=office, course=course, **kwargs)
        said = [(pk, f"{one.trainee.full_name} – {one.office_name}") for pk, one in self.expected.items()]
        self.fields["instead_of"].choices = [("", "–"), *said]
        self.fields["from_office"].queryset = offices

    @property
    def replaced(self) -> Registration | None:
        return self.expected.get(self.cleaned_data["instead_of"])
