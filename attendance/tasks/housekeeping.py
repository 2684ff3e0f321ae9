"""What falls due by the clock in the record."""

from django.utils.translation import gettext_lazy as _
from django_tasks import task

from attendance.reports.passes import courses_without_passes
from attendance.services.hall import drop_old_grants
from attendance.services.passes import give_missing_passes
from courses.constants.task_words import TASK_WORDS
from courses.tasks.housekeeping import DUE, Due

TASK_WORDS.update(
    {"give_passes_where_missing": _("Giving passes"), "tidy_grants": _("Dropping used rights of the hall's code")}
)
EACH_MINUTE = "%Y-%m-%dT%H:%M"


@task()
def tidy_grants() -> None:
    drop_old_grants()


@task()
def give_passes_where_missing() -> None:
    """For those who came into a class since: their pages show the short code without anybody printing."""
    give_missing_passes()


DUE.append(Due("tidy grants", tidy_grants))
DUE.append(Due("give passes", give_passes_where_missing, EACH_MINUTE, lambda: bool(courses_without_passes())))
