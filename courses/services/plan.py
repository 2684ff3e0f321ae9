"""Writing classes: saving, the steps from draft to archive, copies."""

import datetime as dt

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import VIETNAM, now, today
from courses.constants.errors import Refusal
from courses.models import Block, Course, Office, Registration, Session, Topic
from courses.rules.permissions import may_plan_for
from courses.services.records import log_action
from courses.services.registrations import lock_course
from courses.services.schedule import Item, Where, lock_open_course, lock_resources, set_session
from courses.services.seats import copy_seats

ORDER = list(CourseState)

#: Sent inside the transaction that concludes a class, before it is concluded; the class is locked. `course`, `actor`.
#: Whoever keeps records about it ends what is being written there, or raises `Refusal`. The plan knows nothing of them.
class_concludes = Signal()

#: What the form of a class holds; steps and the final list have services of their own.
EDITED = (
    "code", "kind", "title", "host_office", "summary", "starts_on", "ends_on", "registration_deadline", "capacity",
    "audience", "contact",
)  # fmt: skip


@transaction.atomic
def save_course(course: Course, *, actor: Actor) -> Course:
    """Checks and writes a new or changed class; the caller logs it.

    Refusal when the class is concluded, the host is not the actor's or does not exist on the first day, half-days
    would lie outside the days, or more people are registered than the new size, or code or host of a published class
    are to change. A class that was published or made final since it was read stays so.
    """
    kept = lock_open_course(course) if course.pk else None
    if kept and kept.state != CourseState.DRAFT:
        _check_fixed(course, kept)
    moves = kept is None or kept.host_office_id != course.host_office_id
    if moves and not may_plan_for(actor, course.host_office_id):
        raise Refusal(_("You may plan classes only for your own offices."))
    if moves or kept.starts_on != course.starts_on:
        _check_host(course.host_office, course.starts_on)
    if kept:
        outside = course.sessions.exclude(date__range=(course.starts_on, course.ends_on)).order_by("starts_at").first()
        if outside:
            raise Refusal(
                _("%(half_day)s would lie outside the days of the class. Move or remove it first.")
                % {"half_day": outside}
            )
        registered = Registration.objects.filter(course=course).active().count()
        if course.capacity is not None and registered > course.capacity:
            raise Refusal(
                _("%(number)d people are registered: the class cannot be made smaller than that.")
                % {"number": registered}
            )
    if not kept:
        course.save()
        return course
    course.state, course.list_final_at = kept.state, kept.list_final_at
    course.save(update_fields=[*EDITED, "updated_at"])
    return course


def _check_fixed(course: Course, kept: Course) -> None:
    """The code stands in printed addresses and the host on papers: both are fixed by publishing."""
    if (course.code, course.host_office_id) != (kept.code, kept.host_office_id):
        raise Refusal(_("The class has been published: its code and its host cannot be changed any more."))


def publish(course: Course, *, actor: Actor) -> Course:
    """Draft → published: the public page appears. Needs a half-day; twice is harmless."""
    return _advance(course, CourseState.PUBLISHED, actor)


def start(course: Course, *, actor: Actor) -> Course:
    """Published → running, from the first day on; twice is harmless."""
    return _advance(course, CourseState.RUNNING, actor)


def conclude(course: Course, *, actor: Actor) -> Course:
    """Running → concluded, after the last half-day: locks seats, agenda, rule and record; twice is harmless.

    Refusal also for what `class_concludes` refuses.
    """
    return _advance(course, CourseState.CONCLUDED, actor)


def archive(course: Course, *, actor: Actor) -> Course:
    """Concluded → archived: the class leaves the public list; twice is harmless."""
    return _advance(course, CourseState.ARCHIVED, actor)


@transaction.atomic
def _advance(course: Course, target: CourseState, actor: Actor) -> Course:
    course = lock_course(course)
    present = CourseState(course.state)
    if ORDER.index(present) >= ORDER.index(target):
        return course
    if ORDER.index(present) != ORDER.index(target) - 1:
        raise Refusal(
            _("The class is “%(present)s”; it cannot become “%(target)s” before the steps between.")
            % {"present": present.label, "target": target.label}
        )
    _NEEDS.get(target, lambda course: None)(course)
    if target == CourseState.CONCLUDED:
        class_concludes.send(Course, course=course, actor=actor)
    course.state = target
    course.save(update_fields=["state", "updated_at"])
    log_action(actor, target.value, course, course=course, changes={"state": [present.value, target.value]})
    return course


def _may_be_published(course: Course) -> None:
    if not course.title.strip():
        raise Refusal(_("A class needs a title before it is published."))
    if not course.sessions.held().exists():
        raise Refusal(_("A class needs at least one half-day before it is published. Add a day first."))


def _may_start(course: Course) -> None:
    if today() < course.starts_on:
        raise Refusal(
            _("The class begins on %(day)s; it cannot be under way before.") % {"day": f"{course.starts_on:%d/%m/%Y}"}
        )


def _may_be_concluded(course: Course) -> None:
    left = course.sessions.held().filter(ends_at__gt=now()).order_by("starts_at").first()
    if left:
        raise Refusal(
            _("%(half_day)s is still to come. A class is concluded after its last half-day.") % {"half_day": left}
        )


_NEEDS = {
    CourseState.PUBLISHED: _may_be_published,
    CourseState.RUNNING: _may_start,
    CourseState.CONCLUDED: _may_be_concluded,
}


@transaction.atomic
def copy_course(
    course: Course, *, code: str, starts_on: dt.date, actor: Actor, host_office: Office | None = None
) -> Course:
    """Makes a draft like the class, all dates moved so that it begins on `starts_on`.

    Copies blocks, topics, half-days that were held with agenda and places, and the seats, those of an office that has
    ended for its successors; not registrations or answers. `host_office`: the same when None. Refusal when the code is
    taken, the host may not be planned for or does not exist then, or a hall or speaker is taken.
    """
    course = lock_course(course)
    host_office = host_office or course.host_office
    if not may_plan_for(actor, host_office.pk):
        raise Refusal(_("You may plan classes only for your own offices."))
    _check_host(host_office, starts_on)
    if Course.objects.filter(code=code).exists():
        raise Refusal(_("The code %(code)s is already used by another class. Choose another one.") % {"code": code})
    shift = starts_on - course.starts_on
    copy = Course.objects.create(
        code=code,
        host_office=host_office,
        starts_on=starts_on,
        ends_on=course.ends_on + shift,
        registration_deadline=course.registration_deadline and course.registration_deadline + shift,
        **{f: getattr(course, f) for f in ("kind", "title", "summary", "capacity", "audience", "contact")},
    )
    lock_resources(course.sessions.order_by())
    copy.indices.set(course.indices.all())
    log_action(actor, "copy", copy, course=copy, changes={"copied_from": [None, course.code]})
    blocks, topics = _copy_blocks(course, copy)
    _copy_sessions(course, copy, blocks, topics, shift=shift, actor=actor)
    copy_seats(course, copy, blocks)
    return copy


def _check_host(office: Office, day: dt.date) -> None:
    if not office.exists_on(day):
        raise Refusal(
            _("%(office)s does not exist on %(day)s. Choose the office that holds the class on that day.")
            % {"office": office, "day": f"{day:%d/%m/%Y}"}
        )


def _copy_blocks(course: Course, copy: Course) -> tuple[dict[int, Block], dict[int, Topic]]:
    blocks, topics = {}, {}
    for block in course.blocks.prefetch_related("audience", "topics"):
        made = Block.objects.create(course=copy, code=block.code, title=block.title, order=block.order)
        made.audience.set(block.audience.all())
        blocks[block.pk] = made
        for topic in block.topics.all():
            topics[topic.pk] = Topic.objects.create(block=made, title=topic.title, order=topic.order)
    return blocks, topics


def _copy_sessions(course: Course, copy: Course, blocks, topics, *, shift: dt.timedelta, actor: Actor) -> None:
    sessions = course.sessions.exclude(state=SessionState.CANCELLED).in_order()
    for session in sessions.prefetch_related("blocks", "agenda__topic", "agenda__speaker", "places__venue"):
        set_session(
            Session(course=copy),
            actor=actor,
            date=session.date + shift,
            begins=session.starts_at.astimezone(VIETNAM).time(),
            ends=session.ends_at.astimezone(VIETNAM).time(),
            blocks=[blocks[block.pk] for block in session.blocks.all()],
            agenda=[Item(topics[item.topic_id], item.speaker) for item in session.agenda.all()],
            places=[Where(place.venue, place.kind, place.link) for place in session.places.all()],
            **{field: getattr(session, field) for field in ("periods", "grace_minutes", "required", "note")},
        )
