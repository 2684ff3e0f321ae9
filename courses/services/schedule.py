"""Writing half-days: no hall and no speaker is at two places at once, whatever the way in.

Every change of a half-day happens inside `planned`: it locks the class, then the halls and speakers concerned (in the
order of their keys, so that two classes never wait for each other), lets the caller write, and judges what stands
there. A refusal takes the whole transaction back.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.dispatch import Signal
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import CourseState, HalfDay, PlaceKind, SessionState
from courses.constants.clock import VIETNAM, YEARS, now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Block, Course, Place, Session, SessionChange, SessionTopic, Speaker, Topic, Venue
from courses.services.places import keep_seated, seated_at
from courses.services.records import log_action
from courses.services.registrations import blocks_of, lock_course, log_blocks

#: The usual hours of a half-day, local time.
USUAL_HOURS = {
    HalfDay.MORNING: (dt.time(7, 30), dt.time(11, 0)),
    HalfDay.AFTERNOON: (dt.time(13, 30), dt.time(17, 0)),
}


#: Sent inside the transaction that changes when, or whether, a half-day is held, or when somebody is late; the class is
#: locked. `session` as it stands now, `before` (`Moments`), `actor`. Whoever keeps records about it judges them anew,
#: or raises `Refusal`. The plan knows nothing of them.
half_day_changed = Signal()


@dataclass(frozen=True)
class Moments:
    """What the records of a half-day rest on."""

    date: dt.date
    half: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    grace_minutes: int
    state: str


@dataclass(frozen=True)
class Item:
    """A topic of a half-day and who speaks."""

    topic: Topic
    speaker: Speaker | None = None


@dataclass(frozen=True)
class Where:
    """A place of a half-day: a venue, or a link."""

    venue: Venue | None = None
    kind: str = PlaceKind.HALL
    link: str = ""


def half_of(begins: dt.time) -> HalfDay:
    return HalfDay.MORNING if begins < dt.time(12) else HalfDay.AFTERNOON


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """The moment of a time of day in Việt Nam."""
    return dt.datetime.combine(day, time, tzinfo=VIETNAM)


def set_times(session: Session, *, date: dt.date, begins: dt.time, ends: dt.time) -> None:
    """Sets day, half and moments together, so that they cannot disagree; writes nothing."""
    session.date, session.half = date, half_of(begins)
    session.starts_at, session.ends_at = at(date, begins), at(date, ends)


@contextmanager
def planned(
    session: Session,
    *,
    actor: Actor,
    venues: Iterable[int] = (),
    speakers: Iterable[int] = (),
    why: str = "",
    longer: bool = False,
) -> Iterator[Course]:
    """Locks what a half-day needs, lets the body write it, and judges it afterwards.

    `venues` and `speakers`: keys of those that the body will write; those that stand there already are added. Gives
    the locked class. `longer`: a day outside of the class makes the class longer. What people must hear of is kept with
    `why` (`SessionChange`), but for a draft. Refusal when the class is concluded, or for what `check_session` refuses.
    """
    with transaction.atomic():
        course = lock_open_course(session.course)
        before, stood, kept = _heard(session), _moments(session), _kept(session)
        seated, served = seated_at(session), blocks_of(session) if before else []
        lock_resources(Session.objects.filter(pk=session.pk), venues=venues, speakers=speakers)
        yield course
        if longer:
            _make_longer(course, session.date)
        keep_seated(course, seated)
        check_session(session, actor=actor)
        heard = _heard(session)
        others = before and log_blocks(session, served, course=course, actor=actor)
        if before and heard and (others or before != heard):
            Session.objects.filter(pk=session.pk).update(sequence=F("sequence") + 1)
            if course.state != CourseState.DRAFT and before != heard:
                told = {"old": _told(before) | kept, "new": _told(heard) | _kept(session)}
                SessionChange.objects.create(session=session, at=now(), by_id=actor.user_id, why=why, **told)
        if stood and stood != _moments(session):
            if course.state != CourseState.DRAFT and stood.starts_at != session.starts_at:
                Session.objects.filter(pk=session.pk, state=SessionState.PLANNED).update(state=SessionState.MOVED)
            session.refresh_from_db(fields=["state", "sequence"])
            half_day_changed.send(Session, session=session, before=stood, actor=actor)


@transaction.atomic
def set_session(
    session: Session,
    *,
    actor: Actor,
    date: dt.date | None = None,
    begins: dt.time | None = None,
    ends: dt.time | None = None,
    blocks: Iterable[Block] | None = None,
    agenda: Iterable[Item] | None = None,
    places: Iterable[Where] | None = None,
    why: str = "",
    longer: bool = False,
    **plain,
) -> Session:
    """Writes a new or known half-day; what is not given stays as it is.

    `date`, `begins`, `ends` (local time) come together; `why` and `longer` as in `planned`. `plain`: periods,
    grace_minutes, required, note, state. A cancelled half-day is never required. Refusal as in `planned`.
    """
    if date is not None:
        set_times(session, date=date, begins=begins, ends=ends)
    for field, value in plain.items():
        if field not in ("periods", "grace_minutes", "required", "note", "state"):
            raise TypeError(f"not a field of a half-day: {field}")
        setattr(session, field, value)
    if session.state == SessionState.CANCELLED:
        session.required = False
    agenda = None if agenda is None else list(agenda)
    places = None if places is None else list(places)
    fresh = session.pk is None
    with planned(
        session,
        actor=actor,
        venues=[where.venue.pk for where in places or () if where.venue],
        speakers=[item.speaker.pk for item in agenda or () if item.speaker],
        why=why,
        longer=longer,
    ) as course:
        session.save()
        if blocks is not None:
            session.blocks.set(blocks)
        if agenda is not None:
            session.agenda.all().delete()
            SessionTopic.objects.bulk_create(
                SessionTopic(session=session, topic=item.topic, speaker=item.speaker, order=order)
                for order, item in enumerate(agenda, 1)
            )
        if places is not None:
            _write_places(session, places)
        log_action(actor, "add" if fresh else "change", session, course=course)
    return session


@transaction.atomic
def reschedule_session(
    session: Session,
    *,
    actor: Actor,
    why: str,
    date: dt.date | None = None,
    begins: dt.time | None = None,
    ends: dt.time | None = None,
    cancelled: bool = False,
) -> Session:
    """Moves a half-day to another day or hour, or cancels it, and says why; twice is harmless.

    A day outside of the class makes the class longer.

    `date`, `begins`, `ends` (local time) come together; `cancelled` needs none of them. A cancelled half-day that is
    moved takes place again, and must be attended again. What is recorded about it follows by `half_day_changed`.
    Refusal without a reason, for a year that must be mistyped, and as in `planned`.
    """
    why = in_the_clear(why)[:300]
    if not why:
        raise Refusal(_("Please write why the half-day is moved or cancelled."))
    lock_course(session.course)
    session = Session.objects.select_related("course").get(pk=session.pk)
    old = [session.state, session.starts_at.isoformat()]
    if cancelled:
        if session.state == SessionState.CANCELLED:
            return session
        session = set_session(session, actor=actor, state=SessionState.CANCELLED, why=why)
    else:
        if date is None or begins is None or ends is None:
            raise Refusal(_("Please give the new day and the new hours."))
        if date.year not in YEARS:
            # A class that is made longer to such a day is one that no page can count the days of.
            raise Refusal(_("Please look at the year again."))
        again = session.state == SessionState.CANCELLED
        if not again and (session.starts_at, session.ends_at) == (at(date, begins), at(date, ends)):
            return session
        plain: dict[str, Any] = {"required": True} if again else {}
        times: dict[str, Any] = {"date": date, "begins": begins, "ends": ends}
        session = set_session(session, actor=actor, state=SessionState.MOVED, why=why, longer=True, **times, **plain)
    changes = {"state": [old[0], session.state], "starts_at": [old[1], session.starts_at.isoformat()]}
    log_action(actor, "reschedule", session, course=session.course, changes={**changes, "why": [None, why]})
    return session


def check_session(session: Session, *, actor: Actor) -> None:
    """Refusal when a half-day that stands in the database, under the locks of `planned`, may not stand so.

    It lies within the days of its class; its blocks and topics are those of its class; no block is at two half-days
    at once; no hall and no speaker is anywhere else at that time, in any class of any office. What clashes is named,
    but a class that the actor does not see only as "another class".
    """
    course = Course.objects.get(pk=session.course_id)
    if not course.starts_on <= session.date <= course.ends_on:
        raise Refusal(
            _(
                "%(half_day)s lies outside the days of the class (%(first)s to %(last)s). "
                "Change the days of the class first."
            )
            % {"half_day": session, "first": f"{course.starts_on:%d/%m/%Y}", "last": f"{course.ends_on:%d/%m/%Y}"}
        )
    if session.starts_at >= session.ends_at:
        raise Refusal(_("A half-day must end after it begins."))
    topics = session.agenda.exclude(topic__block__course=course)
    if session.blocks.exclude(course=course).exists() or topics.exists():
        raise Refusal(_("A half-day holds only blocks and topics of its own class."))
    if session.state == SessionState.CANCELLED:
        return
    others = (
        Session.objects.overlapping(session.starts_at, session.ends_at).exclude(pk=session.pk).select_related("course")
    )
    _check_blocks(session, others)
    _check_resources(session, others, actor)


@transaction.atomic
def add_day(course: Course, *, day: dt.date, actor: Actor) -> tuple[list[Session], list[str]]:
    """Makes the morning and the afternoon of `day`, in the halls of the last half-days; the class is made longer.

    A day that has half-days already is left as it is, so that pressing twice adds one day. When a hall is taken, the
    half-day stands without it. Returns the half-days made and, in sentences, what could not be done.
    """
    course = lock_open_course(course)
    if course.sessions.filter(date=day).exists():
        return [], []
    _make_longer(course, day)
    lock_resources(course.sessions.order_by())
    made, taken = [], []
    for half, (begins, ends) in USUAL_HOURS.items():
        last = course.sessions.held().filter(half=half).order_by("-starts_at", "-pk").first()
        places = [Where(p.venue, p.kind, p.link) for p in last.places.select_related("venue")] if last else []
        times: dict[str, Any] = {"date": day, "begins": begins, "ends": ends}
        try:
            with transaction.atomic():
                session = set_session(Session(course=course), actor=actor, places=places, **times)
        except Refusal as refusal:
            taken.append(refusal.sentence)
            session = set_session(Session(course=course), actor=actor, **times)
        made.append(session)
    return made, taken


@transaction.atomic
def delete_session(session: Session, *, actor: Actor) -> None:
    """Takes a half-day out of the plan of a draft. ProtectedError when something was recorded in it.

    Refusal once the class is published: calendars that have the half-day would show it for ever.
    """
    course = lock_open_course(session.course)
    if course.state != CourseState.DRAFT:
        raise Refusal(
            _("People know of this half-day already: it is not deleted any more, but postponed or cancelled.")
        )
    seated = seated_at(session)
    log_action(actor, "delete", session, course=course)
    session.delete()
    keep_seated(course, seated)


def next_day(course: Course) -> dt.date:
    """The day after the last half-day; the first day of a class without any."""
    last = course.sessions.order_by("-date").values_list("date", flat=True).first()
    return last + dt.timedelta(days=1) if last else course.starts_on


def lock_open_course(course: Course) -> Course:
    """The class, locked. Refusal when it is concluded: that locks seats, agenda and rule."""
    course = lock_course(course)
    if not course.is_open_to_change:
        raise Refusal(_("The class is concluded: its plan cannot be changed any more."))
    return course


def lock_resources(sessions: QuerySet, *, venues: Iterable[int] = (), speakers: Iterable[int] = ()) -> None:
    """Locks the halls and speakers of the half-days and those named, halls first, in the order of their keys.

    A transaction that writes several half-days calls it once for all of them before the first.
    """
    places = Place.objects.filter(session__in=sessions, venue__isnull=False).order_by()
    agenda = SessionTopic.objects.filter(session__in=sessions, speaker__isnull=False).order_by()
    _lock(Venue, {*venues, *places.values_list("venue_id", flat=True)})
    _lock(Speaker, {*speakers, *agenda.values_list("speaker_id", flat=True)})


def _make_longer(course: Course, day: dt.date) -> None:
    if not course.starts_on <= day <= course.ends_on:
        course.starts_on, course.ends_on = min(course.starts_on, day), max(course.ends_on, day)
        course.save(update_fields=["starts_on", "ends_on", "updated_at"])


def _lock(model, keys: set[int]) -> None:
    # "No key": a row that refers to the hall may be written elsewhere meanwhile, and two of them cannot deadlock.
    list(model.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def _heard(session: Session) -> tuple | None:
    """What people must hear of when it changes: the moments, the state, the places with what each is called."""
    kept = Session.objects.filter(pk=session.pk).values_list("starts_at", "ends_at", "state").first()
    if kept is None:
        return None
    places = Place.objects.filter(session=session.pk).order_by("order", "pk")
    return *kept, tuple(places.values_list("venue", "link", "venue__name"))


def _told(heard: tuple) -> dict:
    """The same as `SessionChange` keeps it."""
    starts_at, ends_at, state, places = heard
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
        "state": state,
        "places": [name or link for _venue, link, name in places],
    }


def _kept(session: Session) -> dict:
    """What else is needed to put the half-day back (`courses.services.moving`); nobody is told of it."""
    fields = ("required", "course__starts_on", "course__ends_on")
    found = Session.objects.filter(pk=session.pk).values_list(*fields).first()
    if found is None:
        return {}
    required, *days = found
    places = Place.objects.filter(session=session.pk).order_by("order", "pk").values_list("kind", "venue", "link")
    return {"kept": {"required": required, "days": [str(day) for day in days], "places": [list(row) for row in places]}}


def _write_places(session: Session, places: list[Where]) -> None:
    """A place takes the row of the one that it comes for, and with it those who sit there."""
    rows = list(Place.objects.filter(session=session).order_by("order", "pk"))
    for order, where in enumerate(places, 1):
        row = rows[order - 1] if order <= len(rows) else Place(session=session)
        row.kind, row.venue, row.link, row.order = where.kind, where.venue, where.link, order
        row.save()
    Place.objects.filter(pk__in=[row.pk for row in rows[len(places) :]]).delete()


def _moments(session: Session) -> Moments | None:
    fields = ("date", "half", "starts_at", "ends_at", "grace_minutes", "state")
    kept = Session.objects.filter(pk=session.pk).values_list(*fields).first()
    return Moments(*kept) if kept else None


def _check_blocks(session: Session, others) -> None:
    own = set(session.blocks.values_list("pk", flat=True))
    for other in others.filter(course=session.course_id).prefetch_related("blocks"):
        theirs = {block.pk for block in other.blocks.all()}
        if not own or not theirs or own & theirs:
            raise Refusal(
                _("The same people would be at two half-days at once: %(half_day)s, %(time)s, is already planned.")
                % {"half_day": other, "time": _hours(other)}
            )


def _check_resources(session: Session, others, actor: Actor) -> None:
    venues = dict(session.places.filter(venue__isnull=False).values_list("venue_id", "venue__name"))
    speakers = dict(session.agenda.filter(speaker__isnull=False).values_list("speaker_id", "speaker__full_name"))
    clash = others.filter(Q(places__venue__in=venues) | Q(agenda__speaker__in=speakers)).order_by("starts_at").first()
    if clash is None:
        return
    hall = clash.places.filter(venue__in=venues).values_list("venue_id", flat=True).first()
    speaker = clash.agenda.filter(speaker__in=speakers).values_list("speaker_id", flat=True).first()
    words = {
        "what": venues.get(hall) or speakers.get(speaker),
        "half_day": clash,
        "time": _hours(clash),
        "course": clash.course
        if Course.objects.visible_to(actor).filter(pk=clash.course_id).exists()
        else _("another class"),
    }
    if hall:
        raise Refusal(_("The venue %(what)s is already taken: %(half_day)s, %(time)s, %(course)s.") % words)
    raise Refusal(_("The speaker %(what)s already speaks elsewhere: %(half_day)s, %(time)s, %(course)s.") % words)


def _hours(session: Session) -> str:
    begins, ends = session.starts_at.astimezone(VIETNAM), session.ends_at.astimezone(VIETNAM)
    return f"{begins:%H:%M}–{ends:%H:%M}"
