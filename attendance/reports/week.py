"""What the record adds to the organiser's week: half-days not marked to the end, papers waiting for the signature, what
doors refused."""

from collections.abc import Iterable

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.constants import CertificateState, CorrectionState
from attendance.models import Certificate, Correction, RefusedScan
from attendance.reports.roll import counts_by_session
from attendance.reports.telling import due_in
from courses.constants.actors import Actor
from courses.constants.choices import Occasion
from courses.constants.clock import now, today
from courses.models import Course, Session
from courses.reports.classes import Note, When
from courses.reports.outbox import TROUBLED, counts_by_course
from courses.rules.permissions import may_organise

#: A card names so many half-days; the others are behind its button.
NAMED = 3


def notes_by_course(sessions: Iterable[Session]) -> dict[int, list[Note]]:
    """Notes by class id about the half-days that have begun. Six queries, whatever their number."""
    begun = [session for session in sessions if session.starts_at <= now()]
    counts = counts_by_session(begun)
    notes: dict[int, list[Note]] = {}
    for session in begun:
        unmarked = counts[session.pk].unmarked
        if unmarked and len(notes.setdefault(session.course_id, [])) < NAMED:
            text = ngettext(
                "%(half_day)s: %(number)d person not marked", "%(half_day)s: %(number)d people not marked", unmarked
            )
            notes[session.course_id].append(
                Note(text % {"half_day": session, "number": unmarked}, "warn", marking_page(session))
            )
    prepared = (
        Certificate.objects.filter(registration__course__in={s.course_id for s in begun})
        .filter(state=CertificateState.PREPARED)
        .of_people_on_the_list()
        .order_by()
        .values_list("registration__course")
        .annotate(number=Count("pk"))
    )
    for course, number in prepared:
        text = ngettext(
            "%(number)d certificate awaits the signature", "%(number)d certificates await the signature", number
        )
        page = reverse("admin:attendance_courseresult_change", args=[course])
        notes.setdefault(course, []).append(Note(text % {"number": number}, "warn", page))
    return notes


def notes_of_doors(courses: Iterable[Course], actor: Actor) -> dict[int, list[Note]]:
    """Notes by class id about what doors refused and nobody has dealt with; the way there is the organisers' alone.
    (1 query.)"""
    by_id = {course.pk: course for course in courses}
    waiting = RefusedScan.objects.visible_to(actor).filter(door__course__in=by_id, settled_at__isnull=True)
    notes = {}
    for course, number in waiting.order_by().values_list("door__course").annotate(number=Count("pk")):
        text = ngettext(
            "%(number)d entry refused at the doors, to be dealt with",
            "%(number)d entries refused at the doors, to be dealt with",
            number,
        )
        page = reverse("admin:attendance_courseresult_refused", args=[course])
        url = page if may_organise(actor, by_id[course]) else ""
        notes[course] = [Note(text % {"number": number}, "warn", url)]
    return notes


def notes_of_corrections(actor: Actor) -> list[Note]:
    """What holders and offices asked about papers of the issuers for which the actor certifies, with the day on which
    the first is due; empty when nothing waits. (1 query.)"""
    waiting = Correction.objects.visible_to(actor).filter(state=CorrectionState.ASKED)
    if not actor.sees_everything:
        waiting = waiting.filter(certificate__book__issuer__in=actor.certifies | actor.answers_for)
    late = Q(due_on__lt=today())
    found = waiting.aggregate(number=Count("pk"), late=Count("pk", filter=late), due=Min("due_on"))
    if not found["number"]:
        return []
    said = ngettext(
        "%(number)d correction or new paper asked for – to be answered by %(day)s",
        "%(number)d corrections or new papers asked for – the first to be answered by %(day)s",
        found["number"],
    )
    text = said % {"number": found["number"], "day": f"{found['due']:%d/%m/%Y}"}
    if found["late"]:
        overdue = ngettext("%(late)d is overdue", "%(late)d are overdue", found["late"]) % {"late": found["late"]}
        text = f"{text} ({overdue})"
    page = reverse("admin:attendance_correction_changelist") + f"?state__exact={CorrectionState.ASKED}"
    return [Note(text, "bad" if found["late"] else "warn", page)]


def notes_of_telling(courses: Iterable[Course], actor: Actor) -> dict[int, list[Note]]:
    """Notes by class id for its organisers: who is still to be told of changes and of tomorrow, and messages that could
    not be sent. (15 queries at most.)"""
    own = [course for course in courses if may_organise(actor, course)]
    waiting: dict[tuple[int, str], set[int]] = {}
    for due in due_in(own, now()):
        waiting.setdefault((due.registration.course_id, str(due.occasion)), set()).add(due.registration.trainee_id)
    troubled = counts_by_course(own, TROUBLED) if own else {}
    return {
        course.pk: _telling(
            course,
            changed=len(waiting.get((course.pk, Occasion.CHANGED), ())),
            tomorrow=len(waiting.get((course.pk, Occasion.DAY_BEFORE), ())),
            troubled=troubled.get(course.pk, 0),
        )
        for course in own
    }


def _telling(course: Course, *, changed: int, tomorrow: int, troubled: int) -> list[Note]:
    page = reverse("admin:attendance_courseresult_tell", args=[course.pk])
    outbox = reverse("admin:attendance_courseresult_messages", args=[course.pk])
    notes = []
    if changed:
        text = ngettext(
            "A half-day has changed: %(number)d person is still to be told",
            "A half-day has changed: %(number)d people are still to be told",
            changed,
        )
        notes.append(Note(text % {"number": changed}, "bad", page))
    if tomorrow:
        text = ngettext(
            "Class tomorrow: %(number)d person was not reminded",
            "Class tomorrow: %(number)d people were not reminded",
            tomorrow,
        )
        notes.append(Note(text % {"number": tomorrow}, "warn", page))
    if troubled:
        text = ngettext(
            "%(number)d message could not be sent, or it is not known whether it was",
            "%(number)d messages could not be sent, or it is not known whether they were",
            troubled,
        )
        notes.append(Note(text % {"number": troubled}, "bad", outbox))
    return notes


def marking_page(session: Session) -> str:
    return reverse("admin:attendance_attendancesheet_change", args=[session.pk])


def pages_of(actor: Actor, course: Course) -> list[tuple[When, str, str]]:
    """(when it is needed, words, address) of the record's pages about a class; those of doors, passes and messages for
    its organisers alone."""
    sheets = reverse("admin:attendance_attendancesheet_changelist")

    def page(name: str) -> str:
        return reverse(f"admin:attendance_courseresult_{name}", args=[course.pk])

    found: list[tuple[When, str, str]] = [
        ("before", _("Links to hand out"), page("links")),
        ("during", _("Attendance"), f"{sheets}?course__id__exact={course.pk}"),
        ("during", _("Attendance of the whole class"), page("table")),
        ("after", _("Results and certificates"), page("change")),
        ("after", _("Numbers of the class"), page("numbers")),
        file_of(course),
    ]
    if may_organise(actor, course):
        found += [
            ("before", _("Passes"), page("passes")),
            ("during", _("Reception desk"), page("doors")),
            ("always", _("Tell people"), page("tell")),
        ]
    return found


def file_of(course: Course) -> tuple[When, str, str]:
    """The file of a class, which begins with its plan and ends with its report: of a draft too."""
    return "always", _("Papers of the class"), reverse("admin:attendance_classfile_change", args=[course.pk])


def pages_of_years() -> list[tuple[str, str]]:
    """(words, address) of the pages about all classes of a year."""
    return [(_("Numbers of the year"), reverse("admin:attendance_courseresult_this_year"))]


def pages_for_offices(actor: Actor, course: Course) -> list[tuple[str, str]]:
    """(words, address) of the pages from which offices of a class are reached: for its organisers alone."""
    if not may_organise(actor, course):
        return []
    return [
        (_("Remind late offices"), reverse("admin:attendance_courseresult_remind", args=[course.pk])),
        (_("Links to hand out"), reverse("admin:attendance_courseresult_links", args=[course.pk])),
    ]
