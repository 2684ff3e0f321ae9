"""The log only grows: what pages ask of it about one row, they find without walking through all of it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.reports.feed import feed_of
from attendance.reports.own_data import looks_at
from attendance.reports.refusals import mails_of
from attendance.tests.records import Class
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.reports.moving import handed_to_group
from courses.services.trainees import note_look

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL walks through whatever is small")
def test_nothing_that_is_asked_of_the_log_about_one_row_walks_through_all_of_it():
    """Take the index out: with 300,000 entries the own page takes 2.7 s longer."""
    lop = Class()
    [person] = lop.people(1)
    own = Actor("trainee", trainee_id=person.trainee_id)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        looks_at(person.trainee)
        feed_of(own, now())
        mails_of([1, 2])
        handed_to_group(lop.course, [1, 2])
        note_look(person.trainee, actor=lop.organiser)
    asked = [one["sql"] for one in queries if one["sql"].startswith("SELECT") and "courses_actionlog" in one["sql"]]
    assert len(asked) >= 4
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[3] for row in cursor.fetchall()]
            assert not [step for step in plan if step.startswith("SCAN courses_actionlog")], (sql, plan)
