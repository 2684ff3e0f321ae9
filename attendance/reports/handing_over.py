"""The papers of a class on their way: to be handed over, handed over, and prepared for whom they are not to be."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from attendance.constants import IN_HANDS, CertificateState, SheetState
from attendance.models import Certificate, Sheet
from attendance.reports.verdicts import OVER, verdicts_of
from attendance.rules.eligibility import Verdict
from courses.constants.choices import ACTIVE_STATES
from courses.models import Course, Registration, Session


@dataclass(frozen=True)
class Prepared:
    """A prepared paper, with the verdict on its person; `lost`: it was not earned and cannot be any more."""

    paper: Certificate
    verdict: Verdict
    why: str
    lost: bool


def is_over(course: Course) -> bool:
    """Whether nothing of the class's attendance is open any more: it is concluded, or all its sheets are closed."""
    if course.state in OVER:
        return True
    held = Session.objects.filter(course=course).held().order_by()
    closed = Sheet.objects.filter(session__in=held.values("pk"), state=SheetState.CLOSED).count()
    return 0 < held.count() == closed


def handed_of(course: Course) -> list[Certificate]:
    """The issued papers of a class, handed over or not, in register order."""
    states = IN_HANDS
    papers = Certificate.objects.filter(registration__course=course, state__in=states)
    return list(papers.select_related("book", "registration__trainee", "registration__office").in_register_order())


def in_hands_of(course: Course) -> list[Certificate]:
    """The papers in force of the people on the list, in register order: for the list to sign, which lies ready on the
    closing day, when most of them are only prepared."""
    papers = Certificate.objects.filter(registration__course=course).in_force().of_people_on_the_list()
    return list(papers.select_related("book", "registration").in_register_order())


def prepared_of(course: Course) -> list[Prepared]:
    """The prepared papers of a class in register order, each with what its person has earned; without those in the
    place of an issued one, which are never void."""
    rows = Certificate.objects.filter(registration__course=course, state=CertificateState.PREPARED)
    rows = rows.select_related("book", "replaces").in_register_order()
    papers = [paper for paper in rows if not paper.stands_for_issued]
    people = {
        person.pk: person
        for person in Registration.objects.filter(pk__in=[paper.registration_id for paper in papers])
        .select_related("trainee", "office", "course")
        .prefetch_related("blocks")
        .order_by("pk")
    }
    verdicts = verdicts_of(people.values()) if people else {}
    return [_prepared(paper, people[paper.registration_id], verdicts[paper.registration_id]) for paper in papers]


def _prepared(paper: Certificate, person: Registration, verdict: Verdict) -> Prepared:
    paper.registration = person
    if person.state not in ACTIVE_STATES:
        return Prepared(paper, verdict, _("This person is not on the list of the class any more."), lost=True)
    return Prepared(paper, verdict, verdict.reason, lost=not verdict.can_still)
