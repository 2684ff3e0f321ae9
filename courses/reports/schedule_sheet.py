"""The schedule of a class as it is printed on one sheet."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.constants.choices import SessionState
from courses.constants.clock import now
from courses.models import Course, Session
from courses.rendering.schedule import HalfDayLine, ScheduleSheet


def sheet_of(course: Course, sessions: Iterable[Session]) -> ScheduleSheet:
    """In Vietnamese whatever the screen says: it hangs on a wall. The half-days come with details (`sessions_of`)."""
    with translation.override(settings.LANGUAGE_CODE):
        lines, before = [], None
        for session in sessions:
            lines.append(_line(session, is_first=session.date != before))
            before = session.date
        return ScheduleSheet(
            title=course.title,
            about=f"{course.starts_on:%d/%m/%Y} – {course.ends_on:%d/%m/%Y}",
            lines=tuple(lines),
            heads=(_("Day"), _("Half-day"), _("Topics"), _("Where")),
            printed=_("Printed at %(moment)s; changes since then stand on the site.")
            % {"moment": f"{localtime(now()):%H:%M %d/%m/%Y}"},
        )


def _line(session: Session, *, is_first: bool) -> HalfDayLine:
    begins, ends = localtime(session.starts_at), localtime(session.ends_at)
    is_planned = session.state == SessionState.PLANNED
    return HalfDayLine(
        day=(date_format(session.date, "l"), date_format(session.date, "d/m/Y")) if is_first else (),
        when=(session.get_half_display(), f"{begins:%H:%M} – {ends:%H:%M}"),
        topics=tuple(_topic(item) for item in session.agenda.all()),
        places=tuple(map(str, session.places.all())),
        said="" if is_planned else session.get_state_display(),
        off=session.state == SessionState.CANCELLED,
    )


def _topic(item) -> str:
    return f"{item.topic.title} ({item.speaker.full_name})" if item.speaker else item.topic.title
