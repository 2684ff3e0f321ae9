"""Where somebody was seen who missed a half-day, and what was credited."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from attendance.constants import SEEN_STATES, THERE, Claim, Way
from attendance.models import Event, Mark
from attendance.reports.waiting import claimed_of, stands_for
from attendance.rules.ledger import add_up, annulled
from courses.constants.choices import SessionState
from courses.models import ActionLog, Registration, Session

#: People whose make-ups are looked for by who they are; of more it is quicker to read all make-ups that there are.
FEW = 100
MAKES_UP = {"way": Way.MAKE_UP, "claim": Claim.DECISION}
#: The registration for which an entry counts today, as `stands_for` says it of one.
KEPT = Coalesce("registration__merged_into", "registration")


def attended_elsewhere(registration: Registration, session: Session) -> list[Session]:
    """Half-days of other classes of the same host at which the person was seen, the latest first; one that was itself
    only made up is none. (3 queries.)"""
    made_up = {event.session_id for event, _attended in _credits(registration.trainee_id)}
    marks = (
        Mark.objects.filter(
            registration__trainee=registration.trainee_id,
            session__course__host_office=session.course.host_office_id,
            state__in=SEEN_STATES,
        )
        .exclude(session__course=session.course_id)
        .exclude(session__state=SessionState.CANCELLED)
        .exclude(session__in=made_up)
        .select_related("session__course")
        .order_by("-session__starts_at", "-pk")
    )
    return list({mark.session_id: mark.session for mark in marks}.values())


def credited(registration: Registration, session: Session) -> list[Event]:
    """The make-up entries of this person in this half-day that nobody took back. (1 query.)"""
    made_up = Event.objects.filter(session=session, **MAKES_UP).about([registration.pk])
    return list(made_up.filter(undone_by__isnull=True).select_related("by", "paper").order_by("pk"))


def used_for(trainee_id: int) -> dict[int, Session]:
    """By the id of a half-day that the person attended elsewhere, the half-day for which it was credited; what was
    taken back is free again. (2 queries.)"""
    return {attended: event.session for event, attended in _credits(trainee_id) if attended}


def _credits(trainee_id: int) -> list[tuple[Event, int | None]]:
    """The make-ups of a person in all classes that nobody took back, each with the half-day attended, None when it was
    elsewhere. (2 queries.)"""
    own = (
        Registration.objects.filter(Q(trainee=trainee_id) | Q(trainee__merged_into=trainee_id)).order_by().values("pk")
    )
    made_up = Event.objects.filter(**MAKES_UP, registration__in=own)
    credits = list(_with_entry(made_up).select_related("session__course").order_by("pk"))
    known = Event.objects.filter(registration__in=own, session__in={event.session_id for event in credits})
    gone = annulled(claimed_of(event) for event in known.order_by("pk"))
    return [(event, _rests_on(event)) for event in credits if event.pk not in gone]


@dataclass(frozen=True)
class MadeUp:
    """A make-up by which somebody stands as present in a half-day. `is_elsewhere`: by its document alone, not by a
    half-day of another class of ours."""

    event: Event
    trainee_id: int
    is_elsewhere: bool


def standing_make_ups(trainee_ids: Collection[int]) -> dict[tuple[int, int], MadeUp]:
    """By (registration, half-day), where these people stand as present by a make-up and nothing else: one that was
    taken back, or over which somebody decided otherwise since, is none. (1 query.)"""
    people = set(trainee_ids)
    made_up = Event.objects.filter(**MAKES_UP).order_by().annotate(kept=KEPT)
    if len(people) <= FEW:
        made_up = made_up.filter(registration__trainee__in=people)
    # Each of these people in each of these half-days: more than is wanted, but all in one read of few rows.
    known = Event.objects.annotate(kept=KEPT).filter(
        session__in=made_up.values("session"), kept__in=made_up.values("kept")
    )
    credits: list[Event] = []
    about: dict[tuple[int | None, int], list] = {}
    for event in _with_entry(known).select_related("session", "registration").order_by("pk"):
        about.setdefault((stands_for(event), event.session_id), []).append(claimed_of(event))
        if (event.way, event.claim) == tuple(MAKES_UP.values()) and event.registration.trainee_id in people:
            credits.append(event)
    found = {}
    for event in credits:
        key, session = (stands_for(event), event.session_id), event.session
        stands = add_up(about[key], starts_at=session.starts_at, grace_minutes=session.grace_minutes)
        if stands and stands.state in THERE and event.pk in stands.basis:
            found[key] = MadeUp(event, event.registration.trainee_id, _rests_on(event) is None)
    return found


def _with_entry(events: QuerySet[Event]) -> QuerySet[Event]:
    """Adds `entry`: of a make-up what the log says under its act."""
    own = {"batch": OuterRef("act"), "subject_id": OuterRef("registration")}
    log = ActionLog.objects.filter(**own, action="make up", subject=Registration._meta.label_lower).order_by()
    return events.annotate(entry=Subquery(log.values("changes")[:1]))


def _rests_on(event: Event) -> int | None:
    """The half-day attended elsewhere, None where only a document says it. The log holds it."""
    return event.entry["attended"][1] if event.entry else None
