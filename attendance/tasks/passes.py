"""Passes for those who came into a class since: their pages show the short code without anybody printing."""

from django_tasks import task

from attendance.reports.passes import courses_without_passes
from attendance.services.passes import give_missing_passes
from courses.tasks.housekeeping import DUE, Due

EACH_MINUTE = "%Y-%m-%dT%H:%M"


@task()
def give_passes_where_missing() -> None:
    give_missing_passes()


DUE.append(Due("give passes", give_passes_where_missing, EACH_MINUTE, lambda: bool(courses_without_passes())))
