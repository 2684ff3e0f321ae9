"""What an officer types or sends about results of a test, and about special cases."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.forms.table import PREVIEW_LASTS, MarksFileForm
from attendance.reports.scores import entered_meanwhile, not_points
from attendance.rules.eligibility import marks_in_words
from attendance.rules.scores import read_points
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Course, Registration


class ScoreLine:
    """One person on the page: what stands, what was typed, and what is wrong with that."""

    def __init__(self, person: Registration, points: Decimal | None, posted: Mapping[str, str] | None):
        self.person, self.points, self.problem = person, points, ""
        self.shown = "" if points is None else marks_in_words(points)
        self.name, self.shown_name = f"points-{person.pk}", f"shown-{person.pk}"
        self.typed = self.shown if posted is None else posted.get(self.name, "").strip()
        self.wanted = points
        if posted is not None and self.name in posted:
            self._read(posted.get(self.shown_name, ""))

    def _read(self, shown: str) -> None:
        try:
            wanted, before = read_points(self.typed), read_points(shown)
        except ValueError:
            self.problem = not_points(self.typed)
            return
        if wanted == before:
            return  # left as it was shown: what somebody else has entered since stays
        if before != self.points and wanted != self.points:
            self.problem = entered_meanwhile(self.points)
            return
        self.wanted = wanted

    @property
    def is_changed(self) -> bool:
        return not self.problem and self.wanted != self.points


def score_lines(
    people: Iterable[Registration], points: Mapping[int, Decimal], posted: Mapping[str, str] | None = None
) -> list[ScoreLine]:
    return [ScoreLine(person, points.get(person.pk), posted) for person in people]


def signed_points(
    course: Course, actor: Actor, points: Mapping[int, Decimal | None], stands: Mapping[int, Decimal]
) -> str:
    """What a file says beside what stood when it was shown, as the preview gives it back, which nobody else can make or
    use."""
    said = {pk: [_written(value), _written(stands.get(pk))] for pk, value in points.items()}
    return signing.dumps(said, salt=_salt(course, actor), compress=True)


def read_signed_points(
    course: Course, actor: Actor, text: str
) -> tuple[dict[int, Decimal | None], dict[int, Decimal | None]]:
    """(what the file says, what stood when it was shown). Refusal when it is another's, another class's or too old."""
    try:
        said = signing.loads(text, salt=_salt(course, actor), max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        raise Refusal(_("This page is out of date. Please choose the file again.")) from None
    points, shown = ({int(pk): _read(both[side]) for pk, both in said.items()} for side in (0, 1))
    return points, shown


def _written(points: Decimal | None) -> str | None:
    return None if points is None else str(points)


def _read(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _salt(course: Course, actor: Actor) -> str:
    return f"test results of class {course.pk} by {actor.user_id}"


class ScoresFileForm(MarksFileForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "The list that the page of results gives out, or another Excel list with names and points."
        ),
    )


class SpecialCaseForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is shown wherever the result is shown, to the trainee and the office too."),
    )
    document = forms.CharField(
        label=gettext_lazy("document of the decision"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example 12/QĐ-UBND of 20/06/2026."),
    )
    decided_by = forms.CharField(
        label=gettext_lazy("who decided"),
        max_length=150,
        help_text=gettext_lazy("Name and position of who decided; you are kept as who entered it."),
    )


class TakeBackForm(forms.Form):
    why_back = forms.CharField(label=gettext_lazy("why it is taken back"), max_length=300)
