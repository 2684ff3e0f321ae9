"""Work on the papers of a whole class: noted once, gone on with after a kill, stopped between two papers.

Each paper is a transaction of its own with its row in the work, so that a person who has a row is not tried again in
this work; who went without a paper is tried again by another one.
"""

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Iterable
from typing import Any, get_args, get_type_hints

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from attendance.constants import BatchWork, WorkState
from attendance.models import Certificate, PaperBatch, PaperBatchRow
from attendance.reports.papers import Order, check_order
from attendance.services.register import attempt, check_may_issue, issue_paper, preparing
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Course, Registration
from courses.services.records import log_action
from courses.services.registrations import lock_course

OPEN = (WorkState.WAITING, WorkState.RUNNING)
#: So many people are fetched at once.
_AT_A_TIME = 200
_LONGEST_SENTENCE = 500
#: In one statement, where `get_or_create` needs four.
_NOTE = """
INSERT INTO attendance_paperbatchrow (batch_id, registration_id, sentence) VALUES (%s, %s, %s)
ON CONFLICT (batch_id, registration_id) DO NOTHING
"""
_COUNT = "UPDATE attendance_paperbatch SET done = done + 1 WHERE id = %s"


@transaction.atomic
def start_work(
    course: Course, work: BatchWork, *, actor: Actor, registration_ids: Iterable[int], order: Order | None = None
) -> PaperBatch:
    """Notes for whom papers are prepared (by `order`) or issued, in this order; the caller has it done.

    While such work is under way it is given back as it is, whatever is asked for: pressing again adds nothing. Refusal
    when the other kind of work is under way in the class, when the order cannot be, or without the right to.
    """
    course = lock_course(course)
    check_may_issue(course, actor)
    people = list(registration_ids)
    if work == BatchWork.PREPARE:
        if order is None:
            raise ValueError("papers are prepared by an order")
        check_order(order, course)
    under_way = PaperBatch.objects.filter(course=course, state__in=OPEN).first()
    if under_way and under_way.work == work:
        return under_way
    if under_way:
        raise Refusal(_("Other work on the papers of this class is under way. Please wait for its end, or stop it."))
    batch = PaperBatch.objects.create(
        course=course,
        work=work,
        order={"people": people} | ({"order": kept_order(order)} if order else {}),
        total=len(people),
        asked_at=now(),
        asked_by_id=actor.user_id,
    )
    log_action(
        actor, "start papers", batch, course=course, changes={"work": [None, work], "papers": [None, len(people)]}
    )
    return batch


@transaction.atomic
def stop_work(batch: PaperBatch, *, actor: Actor) -> PaperBatch:
    """The work ends after the paper that is under way; what is done stays. Work that has ended is given back."""
    course = lock_course(batch.course)
    check_may_issue(course, actor)
    batch = PaperBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state in OPEN:
        batch.state, batch.ended_at = WorkState.STOPPED, now()
        batch.save(update_fields=["state", "ended_at"])
        log_action(actor, "stop papers", batch, course=course, changes={"done": [None, batch.done]})
    return batch


def give_up_work(batch_id: int) -> None:
    """The work was tried several times and never came to an end: it stands as stopped, and can be begun again."""
    PaperBatch.objects.filter(pk=batch_id, state__in=OPEN).update(state=WorkState.STOPPED, ended_at=now())


def go_on(batch_id: int, *, actor: Actor, seconds: float = 0) -> PaperBatch:
    """Does what is left of the work, one transaction a paper, until it is done or stopped; with `seconds` no longer
    than that, and then it is still open. Two that go on with the same work at once make nothing twice. Refusal, and
    the work is stopped, when its order names what is not there any more."""
    PaperBatch.objects.filter(pk=batch_id, state=WorkState.WAITING).update(state=WorkState.RUNNING)
    batch = PaperBatch.objects.select_related("course").get(pk=batch_id)
    if batch.state != WorkState.RUNNING:
        return batch
    try:
        act = _act(batch, actor)
    except Refusal:
        give_up_work(batch.pk)
        raise
    until = time.monotonic() + seconds
    for registration in _left(batch):
        if not PaperBatch.objects.filter(pk=batch.pk, state=WorkState.RUNNING).exists():
            break
        _one(batch, registration, act)
        if seconds and time.monotonic() > until:
            batch.refresh_from_db()
            return batch
    PaperBatch.objects.filter(pk=batch.pk, state=WorkState.RUNNING).update(state=WorkState.DONE, ended_at=now())
    batch.refresh_from_db()
    return batch


def failed_of(batch: PaperBatch) -> models.QuerySet[PaperBatchRow]:
    """Who went without a paper, with the sentence why, in the order of the work."""
    rows = PaperBatchRow.objects.filter(batch=batch).exclude(sentence="")
    return rows.select_related("registration__trainee").order_by("pk")


def kept_order(order: Order) -> dict[str, Any]:
    """The order as it can be kept: rows by their ids, dates in ISO."""
    return {field.name: _kept(getattr(order, field.name)) for field in dataclasses.fields(order)}


def order_kept(kept: dict[str, Any]) -> Order:
    """The reverse of `kept_order`. Refusal when something that it names is not there any more."""
    kinds = get_type_hints(Order)
    return Order(**{name: _meant(kinds[name], value) for name, value in kept.items() if name in kinds})


def _kept(value: Any) -> Any:
    match value:
        case models.Model():
            return value.pk
        case dt.date():
            return value.isoformat()
        case _:
            return value


def _meant(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    kinds = [one for one in (get_args(kind) or (kind,)) if isinstance(one, type)]
    model = next((one for one in kinds if issubclass(one, models.Model)), None)
    if model is not None:
        row = model._default_manager.filter(pk=value).first()
        if row is None:
            raise Refusal(_("Something that was chosen for these papers is not there any more. Please choose again."))
        return row
    return dt.date.fromisoformat(value) if dt.date in kinds else value


def _act(batch: PaperBatch, actor: Actor) -> Callable[[Registration], Certificate]:
    if batch.work == BatchWork.PREPARE:
        order = order_kept(batch.order["order"])
        return preparing(batch.course, order, actor=actor)
    return lambda registration: _issue(registration, actor)


def _issue(registration: Registration, actor: Actor) -> Certificate:
    paper = Certificate.objects.filter(registration=registration).in_force().order_by().first()
    if paper is None:
        raise Refusal(_("There is no prepared paper any more."))
    return issue_paper(paper, actor=actor)


def _left(batch: PaperBatch) -> Iterable[Registration]:
    """Who was not tried yet, in the order of the work."""
    tried = set(PaperBatchRow.objects.filter(batch=batch).values_list("registration_id", flat=True))
    ids = [pk for pk in batch.order["people"] if pk not in tried]
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        people = Registration.objects.filter(course=batch.course).select_related("course", "trainee").in_bulk(some)
        yield from (people[pk] for pk in some if pk in people)


def _one(batch: PaperBatch, registration: Registration, act: Callable[[Registration], Certificate]) -> None:
    def with_row(registration: Registration) -> Certificate:
        with transaction.atomic():
            paper = act(registration)
            _note(batch, registration)
        return paper

    result = attempt(registration, with_row)
    if result.certificate is None:
        with transaction.atomic():
            _note(batch, registration, result.sentence)


def _note(batch: PaperBatch, registration: Registration, sentence: str = "") -> None:
    """Keeps what became of one, once, whoever else goes on with the same work. (1 or 2 queries.)"""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [batch.pk, registration.pk, sentence[:_LONGEST_SENTENCE]])
        if cursor.rowcount:
            cursor.execute(_COUNT, [batch.pk])
