"""Whom an office could send: who fits, who was in such a class before, who is busy at the same half-day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from attendance.constants import THERE
from attendance.models import Mark
from attendance.reports.old_papers import old_papers_of
from attendance.rules.eligibility import serves
from courses.constants.choices import CourseState, RegistrationKind
from courses.constants.names import search_key
from courses.models import Block, Course, Office, Registration, Session, Trainee
from courses.rules.naming import people_of

#: More than a person reads on a page; whoever is not shown is found by name.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Candidate:
    """One person of the office. `by_another`: named, but by another office, on whose list this one does not look.
    `fits`: blocks meant for the person's work. `before`: the latest class of this kind that the person attended,
    `old_paper` the date of a paper for one in an old register book.
    `busy`: own half-days of this class at which the person is in another one."""

    trainee: Trainee
    is_named: bool
    by_another: bool
    fits: list[Block]
    before: Course | None
    old_paper: date | None
    busy: list[Session]


@dataclass(frozen=True)
class Choice:
    """The office's people, those who fit first, those on the list last. `has_audience`: the class is for certain work,
    so "fits" says something. `more`: how many were found beyond those shown."""

    candidates: list[Candidate]
    has_audience: bool
    more: int


def candidates_of(course: Course, office: Office, words: str = "") -> Choice:
    """Whom the office could send, found by `words` of the name without marks. (15 queries, whatever their number, and
    one more when the birth date of one of them is known.)"""
    people = people_of(office, course).named(words).select_related("office")
    found = people.count()
    shown = list(people.prefetch_related("responsibilities")[:MOST_SHOWN])
    active = Registration.objects.filter(course=course).active().order_by()
    named = dict(active.values_list("trainee_id", "office_id"))
    blocks = list(course.blocks.prefetch_related("audience").order_by("order", "pk"))
    before, busy = _attended_before(course, blocks, shown), _busy(course, shown)
    titles = {search_key(course.title), *(search_key(block.title) for block in blocks)}
    old_papers = old_papers_of(shown, titles)
    candidates = [
        Candidate(
            trainee=person,
            is_named=person.pk in named,
            by_another=named.get(person.pk, office.pk) != office.pk,
            fits=_fitting(blocks, {field.pk for field in person.responsibilities.all()}),
            before=before.get(person.pk),
            old_paper=old_papers.get(person.pk),
            busy=busy.get(person.pk, []),
        )
        for person in shown
    ]
    # Stable: by name within.
    candidates.sort(key=lambda candidate: (candidate.is_named, not candidate.fits))
    return Choice(candidates, any(block.audience.all() for block in blocks), found - len(shown))


def _fitting(blocks: Iterable[Block], fields: set[int]) -> list[Block]:
    return [block for block in blocks if fields & {field.pk for field in block.audience.all()}]


def _attended_before(course: Course, blocks: list[Block], people: list[Trainee]) -> dict[int, Course]:
    """The latest concluded class that each person attended at least once and that was this one under another date: the
    same title, or a block of the same title. A class is not copied under a lasting name, so its words are compared."""
    past = (
        Registration.objects.filter(
            trainee__in=people,
            kind=RegistrationKind.CLASS,
            course__state__in=(CourseState.CONCLUDED, CourseState.ARCHIVED),
        )
        .exclude(course=course)
        .select_related("course")
        .prefetch_related("course__blocks")
        .order_by("course__starts_on", "pk")
    )
    title, own = search_key(course.title), {search_key(block.title) for block in blocks}
    alike = [
        registration
        for registration in past
        if search_key(registration.course.title) == title
        or own & {search_key(block.title) for block in registration.course.blocks.all()}
    ]
    seen = set(
        Mark.objects.filter(registration__in=[registration.pk for registration in alike], state__in=THERE)
        .order_by()
        .values_list("registration_id", flat=True)
    )
    return {registration.trainee_id: registration.course for registration in alike if registration.pk in seen}


def _busy(course: Course, people: list[Trainee]) -> dict[int, list[Session]]:
    """Half-days of this class at which each person owes one of another class, or stands in there: what an import asks
    about may be more, as `courses.services.rosters.matching` looks at no blocks and no stand-ins."""
    others = list(Registration.objects.in_other_classes(course, people).prefetch_related("blocks", "sessions"))
    courses = [course.pk, *(registration.course_id for registration in others)]
    hours = Session.objects.prefetch_related("blocks").held_by_course(courses)
    busy: dict[int, list[Session]] = {}
    for other in others:
        theirs = _owed(other, hours.get(other.course_id, []))
        for mine in hours.get(course.pk, []):
            if any(mine.overlaps(their) for their in theirs):
                busy.setdefault(other.trainee_id, []).append(mine)
    return busy


def _owed(registration: Registration, held: list[Session]) -> list[Session]:
    if registration.kind == RegistrationKind.STAND_IN:
        stood_in = {session.pk for session in registration.sessions.all()}
        return [session for session in held if session.pk in stood_in]
    owed = {block.pk for block in registration.blocks.all()}
    return [session for session in held if serves({block.pk for block in session.blocks.all()}, owed)]
