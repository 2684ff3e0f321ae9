"""What a coordinator who is signed in comes for: what is due in the classes of the own offices, who is missing, what
their people have attended this year and which papers they hold.

The actor is one of nothing but that role (`courses.rules.actors.as_coordinator`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.constants import IN_HANDS, MarkState
from attendance.models import Certificate
from attendance.reports.verdicts import before_joining, held_of, marks_of
from attendance.reports.yearly import year_of
from attendance.rules.eligibility import serves
from attendance.rules.yearly import Year
from courses.constants import links
from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, CourseState
from courses.constants.clock import now, today
from courses.models import OfficeAnswer, Registration, Seats, Session, Trainee
from courses.reports.classes import Note
from courses.rules.seats import COLUMNS, people_asked_for

#: A note names so many people; the others are on the class's page.
NAMED = 3


@dataclass(frozen=True)
class Missing:
    """Somebody absent without leave at half-days whose sheets are closed."""

    registration: Registration
    half_days: int


@dataclass
class OwnClass:
    """One class of one office, with what is due there. `seats` None: not limited. `next`: the half-day that is on or
    comes next."""

    answer: OfficeAnswer
    token: str
    named: int
    seats: int | None
    next: Session | None
    is_over: bool
    missing: list[Missing] = field(default_factory=list)

    @property
    def course(self):
        return self.answer.course

    @property
    def notes(self) -> list[Note]:
        """What is due, the worst first; empty when nothing is."""
        return [*self._list(), *self._seats(), *self._missing()]

    def _list(self) -> list[Note]:
        course, deadline = self.course, self.course.registration_deadline
        unsent = self.answer.state in (AnswerState.NOT_SENT, AnswerState.IN_PROGRESS)
        if not unsent or self.is_over or course.list_final_at:
            return []
        if deadline is None:
            return [Note(_("The list has not been sent."), "warn")]
        if today() > deadline:
            said = _("The list has not been sent; the deadline was %(day)s.")
            return [Note(said % {"day": f"{deadline:%d/%m/%Y}"}, "bad")]
        said = _("The list has not been sent; please send it by %(day)s.")
        return [Note(said % {"day": f"{deadline:%d/%m/%Y}"}, "warn")]

    def _seats(self) -> list[Note]:
        if self.is_over or self.seats is None or self.named >= self.seats:
            return []
        if self.answer.state == AnswerState.SENDS_NOBODY:
            return []
        return [Note(_("Named: %(named)d of %(seats)d.") % {"named": self.named, "seats": self.seats}, "warn")]

    def _missing(self) -> list[Note]:
        if not self.missing:
            return []
        names = ", ".join(one.registration.trainee.full_name for one in self.missing[:NAMED])
        said = ngettext(
            "Absent without leave: %(names)s", "%(number)d people absent without leave: %(names)s", len(self.missing)
        )
        more = "…" if len(self.missing) > NAMED else ""
        return [Note(said % {"number": len(self.missing), "names": names + more}, "bad")]


def own_classes(actor: Actor) -> list[OwnClass]:
    """The classes of the own offices that are not archived: those not over by their next half-day, then the others,
    the latest first. (The same number of queries whatever their number.)"""
    answers = list(
        OfficeAnswer.objects.filter(office_id__in=actor.coordinates)
        .visible_to(actor)
        .exclude(course__state=CourseState.ARCHIVED)
        .select_related("course", "office")
        .order_by("-course__starts_on", "course__code", "office__order", "office__code")
    )
    courses = {answer.course_id for answer in answers}
    half_days = Session.objects.held_by_course(courses)
    people = list(
        Registration.objects.visible_to(actor)
        .active()
        .filter(course__in=courses)
        .select_related("trainee", "course")
        .prefetch_related("blocks")
        .in_protocol_order()
    )
    named = Counter((person.course_id, person.office_id) for person in people)
    seats = Seats.objects.visible_to(actor).filter(course__in=courses).order_by()
    asked = people_asked_for(seats.values_list(*COLUMNS))
    missing: dict[tuple[int, int], list[Missing]] = {}
    for one in missing_of(people):
        missing.setdefault((one.registration.course_id, one.registration.office_id), []).append(one)
    found = []
    for answer in answers:
        held = half_days.get(answer.course_id, [])
        key = (answer.course_id, answer.office_id)
        found.append(
            OwnClass(
                answer=answer,
                token=links.office_token(answer.pk, answer.link_version),
                named=named[key],
                seats=asked.get(key),
                next=next((one for one in held if one.ends_at > now()), None),
                is_over=not answer.course.is_open_to_change
                or (now() > held[-1].ends_at if held else today() > answer.course.ends_on),
                missing=missing.get(key, []),
            )
        )
    found.sort(key=lambda one: (one.is_over, one.next.starts_at.timestamp() if one.next else 0))
    return found


def missing_of(people: Iterable[Registration]) -> list[Missing]:
    """Of these (blocks fetched), who was absent without leave at half-days whose sheets are closed. (6 queries.)"""
    people = list(people)
    held, marks = held_of(person.course_id for person in people), marks_of(people)
    found = []
    for person in people:
        sessions, states = held[person.course_id].sessions, marks.get(person.pk, {})
        owed, before = {block.pk for block in person.blocks.all()}, before_joining(person, sessions)
        number = sum(
            one.closed
            and not one.cancelled
            and one.id not in before
            and serves(one.blocks, owed)
            and states.get(one.id, MarkState.ABSENT) == MarkState.ABSENT
            for one in sessions
        )
        if number:
            found.append(Missing(person, number))
    return found


@dataclass(frozen=True)
class OwnPerson:
    """One of the own people: what was attended this year, the papers in hand, the classes at present."""

    trainee: Trainee
    year: Year
    papers: list[Certificate]
    classes: int


def own_people(trainees: Iterable[Trainee], actor: Actor) -> list[OwnPerson]:
    """(8 queries at most.)"""
    trainees = list(trainees)
    pks = [trainee.pk for trainee in trainees]
    years = year_of(pks, today().year)
    papers: dict[int, list[Certificate]] = {}
    for paper in papers_of(pks, actor):
        papers.setdefault(paper.registration.trainee_id, []).append(paper)
    under_way = Registration.objects.visible_to(actor).active().filter(trainee__among=pks)
    under_way = under_way.filter(course__state__in=(CourseState.PUBLISHED, CourseState.RUNNING)).order_by()
    classes = dict(under_way.values_list("trainee").annotate(number=Count("pk")))
    return [OwnPerson(one, years[one.pk], papers.get(one.pk, []), classes.get(one.pk, 0)) for one in trainees]


def papers_of(trainee_ids: Iterable[int], actor: Actor):
    """The papers in hand of these people, the latest first."""
    papers = Certificate.objects.visible_to(actor).filter(registration__trainee__among=list(trainee_ids))
    papers = papers.filter(state__in=IN_HANDS).select_related("registration__course", "book")
    return papers.order_by("-issue_date", "-pk")
