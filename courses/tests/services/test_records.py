from uuid import uuid4

import pytest
from django.db import connection

from courses.constants.actors import NOBODY, SYSTEM, Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now, set_clock
from courses.models import ActionDetail, ActionLog, File
from courses.services.records import log_action, log_each, read_file, store_file
from courses.tests.parallel import at_once
from courses.tests.planning import make_course, make_office, make_trainee, make_user

pytestmark = pytest.mark.django_db
ROSTER = "Họ và tên;CCCD\nNgô Thử;093080000001\n".encode()


def test_a_file_stored_twice_is_one_row_a_purpose():
    first = store_file(b"%PDF", purpose=FilePurpose.CERTIFICATE, media_type="application/pdf")
    again = store_file(b"%PDF", purpose=FilePurpose.CERTIFICATE, media_type="application/pdf")
    other = store_file(b"%PDF", purpose=FilePurpose.MATERIAL, media_type="application/pdf")
    assert (first.pk == again.pk, first.pk == other.pk) == (True, False)
    assert (first.size, read_file(first), first.sealed) == (4, b"%PDF", False)
    assert len(first.sha256) == 64


def test_sealed_bytes_are_not_in_the_database_and_come_back_as_they_were():
    file = store_file(ROSTER, purpose=FilePurpose.IMPORT, media_type="text/csv", sealed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM courses_file")
        kept = bytes(cursor.fetchone()[0])
    assert b"093080000001" not in kept
    assert "Ngô".encode() not in kept
    assert read_file(File.objects.get(pk=file.pk)) == ROSTER
    assert file.size == len(ROSTER)


def test_an_entry_of_the_log_says_who_when_what_and_keeps_personal_values_apart():
    set_clock(now())
    office, user = make_office("A"), make_user()
    course, batch = make_course(office), uuid4()
    actor = Actor("user", user_id=user.pk)
    entry = log_action(
        actor,
        "change",
        office,
        course=course,
        changes={"name": ["A", "B"]},
        personal={"phone": ["1", "2"]},
        batch=batch,
    )
    entry.refresh_from_db()
    assert (entry.at, entry.user, entry.actor_kind, entry.action) == (now(), user, "user", "change")
    assert (entry.subject, entry.subject_id, entry.course_id, entry.batch) == (
        "courses.office", office.pk, course.pk, batch,
    )  # fmt: skip
    assert entry.changes == {"name": ["A", "B"]}
    assert entry.detail.changes == {"phone": ["1", "2"]}
    assert log_action(NOBODY, "add", office, course=course.pk).user is None
    assert ActionDetail.objects.count() == 1


def test_entries_for_many_rows_cost_the_same(django_assert_num_queries):
    office = make_office("A")
    people = [make_trainee(office, f"Ngô Thử {n}") for n in range(4)]
    for some in (people[:1], people[1:]):
        with django_assert_num_queries(2):
            log_each(SYSTEM, "change", {person: {"phone": ["", "1"]} for person in some}, batch=uuid4())
    assert ActionLog.objects.filter(action="change", subject_id=people[3].pk).get().detail.changes == {
        "phone": ["", "1"]
    }


@pytest.mark.django_db(transaction=True)
def test_one_file_stored_by_many_at_once_is_one_row():
    def store():
        return store_file(b"same", purpose=FilePurpose.MATERIAL, media_type="text/plain").pk

    assert at_once(*[store] * 6) == [File.objects.get().pk] * 6
