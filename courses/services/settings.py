"""Writing the settings of the site."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.constants.periods import CATEGORIES, MOST_YEARLY_PERIODS, YEARLY_TARGETS
from courses.models import Setting
from courses.reports.settings import yearly_targets
from courses.services.records import log_action


@transaction.atomic
def set_yearly_targets(targets: dict[str, int], *, actor: Actor) -> dict[str, int]:
    """Says at how many periods a year each staff category aims ("": whoever has none entered); returns all of them.

    What is not given stays; the same again changes nothing. Refusal for others than administrators, and for a number
    that no year has.
    """
    if not actor.sees_everything:
        raise Refusal(_("Only the administrator of the site changes its settings."))
    if not set(targets) <= set(CATEGORIES):
        raise ValueError(f"not staff categories: {sorted(set(targets) - set(CATEGORIES))}")
    if not all(0 <= periods <= MOST_YEARLY_PERIODS for periods in targets.values()):
        raise Refusal(_("Please give a number of periods between 0 and %(most)d.") % {"most": MOST_YEARLY_PERIODS})
    row, _made = Setting.objects.select_for_update().get_or_create(key=YEARLY_TARGETS, defaults={"value": {}})
    before = yearly_targets()
    after = before | targets
    if after != before:
        row.value = after
        row.save(update_fields=["value"])
        log_action(actor, "set setting", row, changes={"value": [before, after]})
    return after
