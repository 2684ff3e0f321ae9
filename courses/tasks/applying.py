"""Applying rosters: short ones while the person waits, long ones while nobody does."""

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from courses.constants.actors import NOBODY, Actor
from courses.constants.choices import BatchState
from courses.constants.errors import Refusal
from courses.models import ImportBatch, User
from courses.rules.actors import actor_of
from courses.rules.permissions import may_work_on_roster
from courses.services.background import WHEN_GIVEN_UP
from courses.services.rosters.applying import apply_batch, give_up_applying, start_applying, stop_applying
from courses.services.rosters.rows import Outcome

#: Up to so many rows are applied while the person waits, in about a second.
AT_ONCE = 500


@task()
def apply_roster(batch_id: int, user_id: int | None) -> None:
    """Applies a batch for the user who asked; begun again after a kill it applies once.

    The rights are those of the moment: whoever lost the role meanwhile applies nothing. A refusal is kept with the
    batch, which then stands as it was read.
    """
    batch = ImportBatch.objects.select_related("course").filter(pk=batch_id).first()
    if batch is None:
        return
    user = User.objects.filter(pk=user_id).first()
    actor = actor_of(user) if user else NOBODY
    try:
        if not may_work_on_roster(actor, batch):
            raise Refusal(_("Who asked for this may not import lists of this class any more."))
        apply_batch(batch, actor=actor)
    except Refusal as refusal:
        stop_applying(batch, why=str(refusal))


WHEN_GIVEN_UP[apply_roster.module_path] = give_up_applying


def apply_now_or_later(batch: ImportBatch, *, actor: Actor) -> Outcome | None:
    """What became of a short list, which is applied at once; None for a long one, which is handed over to a task.

    Handed over again when it is asked for: should the work have failed, it goes on; twice applies once.
    """
    if batch.rows.count() <= AT_ONCE:
        return apply_batch(batch, actor=actor)
    with transaction.atomic():
        batch = start_applying(batch, actor=actor)
        if batch.state == BatchState.APPLYING:
            apply_roster.enqueue(batch.pk, actor.user_id)
    return None
