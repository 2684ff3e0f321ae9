"""What an office reads about the rows of the list that it sent."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from attendance.reports.own_roster import lines_of
from courses.constants.clock import set_clock
from courses.models import Registration
from courses.services.registrations import register
from courses.services.rosters.own import apply_own_roster, read_own_roster
from courses.tests.listing import csv_of, line
from courses.tests.services.test_nominations import World

SAID = "On the list for another office already: please ask the organisers"


def test_who_is_on_the_list_for_another_office_is_not_simply_on_the_list(db):
    """The other office is not named. Take `elsewhere` out and both rows read
    alike."""
    set_clock(dt.datetime(2026, 5, 20, 9))
    world = World()
    people = [world.person(name, phone=f"090000000{n}") for n, name in enumerate(("Ngô Thử An", "Ngô Thử Bình"))]
    for person in people:
        register(world.course, person, actor=world.organiser)
    Registration.objects.filter(trainee=people[0]).update(office=world.other)
    data = csv_of(*(line(person.full_name, "", office="") for person in people))
    batch = read_own_roster(world.answer, data, "a.csv", actor=world.link)
    # An office by its link is asked by name alone: each row says who it is.
    for row, person in zip(batch.rows.order_by("pk"), people, strict=True):
        batch.rows.filter(pk=row.pk).update(choice=str(person.pk))
    apply_own_roster(batch, actor=world.link, decisions={})
    with override("en"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lines = lines_of(batch)
        assert [one.said for one in lines] == [SAID, "Already on the list"]
        assert world.other.name not in f"{lines[0].said} {lines[0].problems}"
        assert len(queries) == 3
