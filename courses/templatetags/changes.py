"""What has changed of one half-day, where the schedule shows it."""

from collections.abc import Iterable

from django import template

from courses.models import Session
from courses.reports.changes import Changed, Part

register = template.Library()


@register.filter
def place_of(changes: Iterable[Changed], session: Session) -> Part | None:
    """The change of place of this half-day among the changes of all; None when it is held where people know."""
    return next((change.place for change in changes if change.session.pk == session.pk), None)
