"""Very many rows inserted at once stand in the database as `bulk_create` writes them."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from courses.constants.clock import now
from courses.models import ActionDetail, ActionLog, Registration, Trainee
from courses.services import many_rows
from courses.services.many_rows import insert_objects, insert_values, update_objects
from courses.tests.planning import make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db


def people(office, *names):
    return [
        Trainee(
            full_name=name, family_name="Thử", given_name=name, office=office, birth_first=dt.date(1980, 1, n),
            birth_precision="day",
        )
        for n, name in enumerate(names, 1)
    ]  # fmt: skip


def test_objects_stand_as_bulk_create_writes_them():
    office = make_office("HOST")
    (one,), (other,) = people(office, "An"), people(office, "An")
    insert_objects([one])
    kept = Trainee.objects.get(pk=one.pk)
    assert (one._state.adding, kept.created_at, kept.updated_at) == (False, one.created_at, one.updated_at)
    Trainee.objects.bulk_create([other])
    ours, theirs = (Trainee.objects.filter(pk=pk).values().get() for pk in (one.pk, other.pk))
    for apart in ("id", "created_at", "updated_at"):
        ours.pop(apart), theirs.pop(apart)
    assert ours == theirs


def test_each_object_gets_its_own_id_in_several_statements(monkeypatch):
    monkeypatch.setattr(many_rows, "_MOST_VARIABLES", 2 * len(Trainee._meta.concrete_fields))
    made = people(make_office("HOST"), *(f"Tên {n}" for n in range(7)))
    with CaptureQueriesContext(connection) as asked:
        insert_objects(made)
    assert len(asked) == (4 if connection.vendor == "sqlite" else 1)
    assert {one.pk: one.full_name for one in made} == dict(Trainee.objects.values_list("pk", "full_name"))


def test_values_of_every_kind_come_back_as_they_went_in():
    at, group = now(), uuid4()
    names = ["at", "user", "actor_kind", "action", "subject", "subject_id", "course_id", "batch", "changes"]
    rows = [(at, None, "system", "add", "courses.trainee", n, None, group, {"a": [None, f"ẩ{n}"]}) for n in (5, 6)]
    ids = insert_values(ActionLog, names, rows)
    assert list(ActionLog.objects.filter(pk__in=ids).order_by("pk").values_list(*names)) == rows
    insert_values(ActionDetail, ["entry", "changes"], [(ids[0], {"tên": [None, "An"]})])
    assert ActionDetail.objects.get().changes == {"tên": [None, "An"]}


def test_a_field_left_out_is_an_error_and_nothing_is_no_query():
    with pytest.raises(TypeError):
        insert_values(ActionDetail, ["changes"], [({},)])
    with CaptureQueriesContext(connection) as asked:
        insert_objects([])
        assert insert_values(ActionDetail, ["entry", "changes"], []) == []
    assert len(asked) == 0


def test_what_the_database_forbids_stays_forbidden():
    office = make_office("HOST")
    trainee, course = make_trainee(office, "Nguyễn Thử An"), make_course(office, "LOP")
    twice = [
        Registration(course=course, trainee=trainee, office=office, office_name="", state="confirmed")
        for _time in range(2)
    ]
    with pytest.raises(IntegrityError):
        insert_objects(twice)


def test_only_the_named_fields_of_each_object_are_written():
    one, other = people(make_office("HOST"), "An", "Bình")
    insert_objects([one, other])
    one.position, other.position, other.full_name = "Văn thư", "Kế toán", "Không ghi"
    one.birth_first, one.birth_precision = None, ""
    with CaptureQueriesContext(connection) as asked:
        update_objects([one, other], ["position", "birth_first", "birth_precision"])
        update_objects([], ["position"])
    assert len(asked) == 1
    kept = Trainee.objects.order_by("pk").values_list("full_name", "position", "birth_first")
    assert list(kept) == [("An", "Văn thư", None), ("Bình", "Kế toán", dt.date(1980, 1, 2))]
