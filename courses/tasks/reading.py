"""Reading long rosters while nobody waits."""

from django_tasks import task

from courses.services.background import WHEN_GIVEN_UP
from courses.services.roster_taking import finish_reading, give_up_reading


@task()
def read_roster_file(batch_id: int) -> None:
    """Enqueued with `take_in_roster`, in the same transaction."""
    finish_reading(batch_id)


WHEN_GIVEN_UP[read_roster_file.module_path] = give_up_reading
