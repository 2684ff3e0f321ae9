"""Work on the papers of a class: a short one while the officer waits, a long one while nobody does."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import transaction
from django_tasks import task

from attendance.constants import BatchWork, WorkState
from attendance.models import PaperBatch
from attendance.reports.papers import Order
from attendance.services.paper_work import OPEN, give_up_work, go_on, start_work
from courses.constants.actors import NOBODY, Actor
from courses.constants.errors import Refusal
from courses.models import Course
from courses.rules.actors import actor_of
from courses.services.background import WHEN_GIVEN_UP

#: Up to so many papers are made while the officer waits, in a second or two.
AT_ONCE = 150
#: A task ends well before its time is over, and hands the rest to the next.
SECONDS_A_TASK = 300


@task()
def do_papers(batch_id: int) -> None:
    """Goes on with the work for the user who asked; begun again after a kill it does what is left.

    The rights are those of the moment: whoever lost the role meanwhile makes no paper, and each row says so.
    """
    batch = PaperBatch.objects.select_related("asked_by").filter(pk=batch_id, state__in=OPEN).first()
    if batch is None:
        return
    actor = actor_of(batch.asked_by) if batch.asked_by else NOBODY
    with suppress(Refusal):  # its page says that it was stopped
        if go_on(batch.pk, actor=actor, seconds=SECONDS_A_TASK).state == WorkState.RUNNING:
            do_papers.enqueue(batch.pk)


WHEN_GIVEN_UP[do_papers.module_path] = give_up_work


def work_now_or_later(
    course: Course, work: BatchWork, *, actor: Actor, registration_ids: Iterable[int], order: Order | None = None
) -> PaperBatch:
    """The work, done when it is short, else handed over to a task. Asked for again while it is under way it goes on,
    should whoever did it have been killed; twice makes nothing twice."""
    with transaction.atomic():
        batch = start_work(course, work, actor=actor, registration_ids=registration_ids, order=order)
        if batch.total > AT_ONCE:
            do_papers.enqueue(batch.pk)
    return batch if batch.total > AT_ONCE else go_on(batch.pk, actor=actor)
