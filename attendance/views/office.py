"""An office's page of one class, by the link in the letter or signed in: seats left, what is next, its people."""

from attendance.reports.office_page import gone, has_begun, people_named, standing_of
from attendance.views.office_link import OfficePage
from courses.constants.clock import now
from courses.reports.changes import changes_of
from courses.reports.timetable import days_of, sessions_of


class Overview(OfficePage):
    """Shows no birth date, telephone or number of anybody: the link travels with a letter."""

    template = "attendance/office.html"

    def get(self, request, token):
        people, sessions = people_named(self.actor), list(sessions_of(self.course))
        return self.shown(
            standing=standing_of(self.answer),
            people=people,
            has_begun=has_begun(people),
            gone=gone(self.actor),
            days=days_of(sessions),
            changes=changes_of(sessions, now()),
        )
