"""The settings of the site as they hold today."""

from courses.constants.periods import CATEGORIES, YEARLY_PERIODS, YEARLY_TARGETS
from courses.models import Setting


def yearly_targets() -> dict[str, int]:
    """Periods a year by staff category, "" for who has none entered. (1 query.)"""
    return targets_of(SAID_OF_TARGETS.first())


#: What `targets_of` takes, for a column of another query.
SAID_OF_TARGETS = Setting.objects.filter(key=YEARLY_TARGETS).order_by().values_list("value", flat=True)


def targets_of(said: dict | None) -> dict[str, int]:
    return {category: (said or {}).get(category, YEARLY_PERIODS) for category in CATEGORIES}
