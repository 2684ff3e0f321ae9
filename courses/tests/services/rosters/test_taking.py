import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import BatchState, CourseState
from courses.constants.errors import Refusal
from courses.models import ActionLog, BackgroundTask, ColumnMeaning, ImportBatch, ImportRow
from courses.services.records import read_file
from courses.services.rosters import taking
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import judge_roster, meanings_for, read_roster
from courses.services.rosters.rows import open_rows
from courses.services.rosters.taking import (
    explain_columns,
    finish_reading,
    give_up_reading,
    keep_unread,
    take_in_roster,
    unknown_titles,
)
from courses.tasks.reading import read_roster_file
from courses.tests.background import run_waiting_tasks
from courses.tests.listing import many, running
from courses.tests.planning import make_organiser

ODD = """Thứ tự,Danh tính,Tuổi đời,Mã định vị,Chốn làm
1,Ngô Thử An,05/06/1980,093080000123,Phường Thử Một
2,Ngô Thử Bình,07/08/1981,093181000124,Phường Thử Hai
3,Ngô Thử Châu,09/10/1982,093082000125,Phường Thử Một
4,Ngô Thử Dung,11/12/1983,093183000126,Phường Thử Hai
""".encode()
SAID = {
    "Thứ tự": "number", "Danh tính": "full_name", "Tuổi đời": "birth", "Mã định vị": "citizen_id", "Chốn làm": "office",
}  # fmt: skip


def taken(world, data, **more) -> ImportBatch:
    return take_in_roster(world.course, data, "danh sach.csv", actor=SYSTEM, **more)


def unread(world, data=ODD, office=None) -> ImportBatch:
    with pytest.raises(Refusal) as refused:
        judge_roster(world.course, data, actor=SYSTEM, office=office)
    return keep_unread(world.course, data, "la.csv", actor=SYSTEM, office=office, refused=refused.value)


def contents(batch) -> list[tuple]:
    return [
        (row.kept.sheet, row.kept.row, row.kept.status, row.kept.decision, row.kept.office_id, row.read, row.candidates)
        for row in open_rows(batch)
    ]


# Taking in and reading


def test_a_file_taken_in_is_sealed_and_waits_and_what_is_read_of_it_is_what_would_be_read_at_once(world):
    batch = taken(world, many(12), office=world.one)
    assert (batch.state, batch.rows.count()) == (BatchState.READING, 0)
    assert batch.file.sealed
    assert read_file(batch.file) == many(12)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.total, batch.done) == (BatchState.READ, 12, 12)
    at_once = read_roster(world.course, many(12), "danh sach.csv", actor=SYSTEM, office=world.one)
    assert contents(batch) == contents(at_once)
    assert (batch.notes, batch.refusal) == (at_once.notes, "")


def test_read_again_it_stays_as_it_is(world):
    batch = taken(world, many(3))
    finish_reading(batch.pk)
    before = list(ImportRow.objects.order_by("pk").values_list("pk", "sealed"))
    finish_reading(batch.pk)
    give_up_reading(batch.pk)
    finish_reading(batch.pk + 1000)
    assert list(ImportRow.objects.order_by("pk").values_list("pk", "sealed")) == before
    assert ActionLog.objects.filter(action="read roster").count() == 1


def test_the_same_file_is_not_taken_in_twice_while_it_is_being_read(world):
    first = taken(world, many(3))
    assert taken(world, many(3)) == first
    assert taken(world, many(3), office=world.one) != first
    finish_reading(first.pk)
    assert taken(world, many(3)) != first


def test_others_see_how_far_it_is_and_a_killed_reading_begins_anew(world, monkeypatch):
    """Without deleting what was written before, the row that is there already would end the second reading."""
    monkeypatch.setattr(taking, "ROWS_AT_A_TIME", 4)
    batch = taken(world, many(10))
    seen = []
    write = ImportRow.objects.bulk_create

    class Killed(BaseException):
        pass

    def killed(rows):
        seen.append(ImportBatch.objects.values_list("state", "done", "total").get())
        if len(seen) == 3:
            raise Killed
        return write(rows)

    monkeypatch.setattr(ImportRow.objects, "bulk_create", killed)
    with pytest.raises(Killed):
        finish_reading(batch.pk)
    assert seen == [(BatchState.READING, 0, 10), (BatchState.READING, 4, 10), (BatchState.READING, 8, 10)]
    monkeypatch.setattr(ImportRow.objects, "bulk_create", write)
    finish_reading(batch.pk)
    assert ImportBatch.objects.values_list("state", "done", "total").get() == (BatchState.READ, 10, 10)
    assert batch.rows.count() == 10


def test_a_file_that_cannot_be_read_says_why(world):
    batch = taken(world, b"a,b\n1,2")
    with translation.override("en"):
        finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.header_unknown, batch.rows.count()) == (BatchState.REFUSED, False, 0)
    assert "Họ và tên" in batch.refusal


def test_what_was_given_up_says_so_and_a_concluded_class_and_an_empty_file_take_nothing_in(world):
    batch = taken(world, many(3))
    give_up_reading(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.REFUSED
    assert batch.refusal
    with pytest.raises(Refusal):
        taken(world, b"")
    world.course.state = CourseState.CONCLUDED
    world.course.save()
    with pytest.raises(Refusal):
        taken(world, many(3))
    assert ImportBatch.objects.count() == 1


def test_the_background_knows_people_by_what_the_sender_sees(world):
    """With the eyes of the system it would show an organiser people of other hosts."""
    user = make_organiser(world.host)
    batch = taken(world, many(1))
    assert taking._actor_of(batch) == SYSTEM
    batch.uploaded_by = user
    actor = taking._actor_of(batch)
    assert (actor.kind, actor.user_id, world.host.pk in actor.organises, actor.sees_everything) == (
        "user", user.pk, True, False
    )  # fmt: skip
    batch.by_link, batch.office = True, world.one
    assert taking._actor_of(batch) == Actor(
        "office", office_id=world.one.pk, course_id=world.course.pk, coordinates=frozenset({world.one.pk})
    )


def test_the_task_reads_and_when_it_is_given_up_the_list_says_so(world):
    batch = taken(world, many(3))
    read_roster_file.enqueue(batch.pk)
    assert BackgroundTask.objects.get().args_kwargs == {"args": [batch.pk], "kwargs": {}}
    assert run_waiting_tasks() == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.READ
    assert BackgroundTask.objects.get().status == "SUCCESSFUL"


# Column titles that nobody here knows


def test_unknown_titles_are_explained_once_an_office_and_the_file_is_read_by_itself(world):
    batch = unread(world, office=world.one)
    assert (batch.state, batch.header_unknown) == (BatchState.REFUSED, True)
    titles = unknown_titles(batch)
    assert [one["title"] for one in titles] == list(SAID)
    assert "093080000123" not in str(titles)
    explain_columns(batch, actor=SYSTEM, meanings=SAID)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.header_unknown) == (BatchState.READ, False)
    rows = [
        (row.read.full_name, row.read.birth.iso(), row.read.citizen_id, row.kept.office) for row in open_rows(batch)
    ]
    assert rows[:2] == [
        ("Ngô Thử An", "1980-06-05", "093080000123", world.one),
        ("Ngô Thử Bình", "1981-08-07", "093181000124", world.two),
    ]
    # The next list of this office is read at once; that of another asks.
    assert read_roster(world.course, ODD, "b.csv", actor=SYSTEM, office=world.one).rows.count() == 4
    for office in (None, world.two):
        with pytest.raises(Refusal):
            read_roster(world.course, ODD, "b.csv", actor=SYSTEM, office=office)


def test_what_one_host_says_of_titles_changes_no_list_of_another_host(world):
    """Take `host` out of `meanings_for` and one organiser decides how every host's lists are read."""
    explain_columns(unread(world), actor=SYSTEM, meanings=SAID)
    other = running(world.other, "LOP-KHAC")
    with pytest.raises(Refusal):
        read_roster(other, ODD, "b.csv", actor=SYSTEM)
    assert read_roster(world.course, ODD, "b.csv", actor=SYSTEM).rows.count() == 4
    assert set(ColumnMeaning.objects.values_list("host", flat=True)) == {world.host.pk}


def test_nothing_is_remembered_of_titles_that_are_understood_without_help(world):
    explain_columns(unread(world), actor=SYSTEM, meanings=SAID | {"Họ và tên": "phone", "Đơn vị": "", "Thứ tự": ""})
    assert sorted(ColumnMeaning.objects.values_list("key", flat=True)) == [
        "chon lam", "danh tinh", "ma dinh vi", "tuoi doi",
    ]  # fmt: skip


def test_what_is_said_of_a_list_without_an_office_holds_for_all_and_what_an_office_says_wins(world):
    explain_columns(unread(world), actor=SYSTEM, meanings=SAID)
    assert read_roster(world.course, ODD, "b.csv", actor=SYSTEM, office=world.two).rows.count() == 4
    own = ColumnMeaning.objects.get(key="tuoi doi")
    own.pk, own.office, own.field = None, world.two, ""
    own.save()
    said = [meanings_for(world.host.pk, office)["tuoi doi"] for office in (world.two, world.one)]
    assert said == ["", "birth"]


def test_said_again_it_replaces_what_was_said(world):
    batch = unread(world, office=world.one)
    explain_columns(batch, actor=SYSTEM, meanings=SAID)
    explain_columns(batch, actor=SYSTEM, meanings=SAID | {"Tuổi đời": ""})
    assert ColumnMeaning.objects.count() == 4
    assert ColumnMeaning.objects.get(key="tuoi doi").field == ""


def test_without_names_nothing_is_remembered(world):
    batch = unread(world)
    for said in (SAID | {"Danh tính": ""}, SAID | {"Danh tính": "family"}):
        with pytest.raises(Refusal):
            explain_columns(batch, actor=SYSTEM, meanings=said)
    assert not ColumnMeaning.objects.exists()
    batch.refresh_from_db()
    assert batch.state == BatchState.REFUSED


PARTLY = """STT,Tên cán bộ,Năm,Chức trách,Nơi làm việc,Ghi chú,Ký nhận
1,Ngô Thử An,1980,Văn thư,Phường Thử Một,x,
2,Ngô Thử Bình,1981,Chuyên viên,Phường Thử Một,,y
""".encode()
NOW_SAID = {"Tên cán bộ": "full_name", "Năm": "birth", "Chức trách": "position", "Nơi làm việc": "office", "STT": ""}


def test_columns_left_out_are_named_and_read_once_they_are_explained(world):
    batch = read_roster(world.course, PARTLY, "a.csv", actor=SYSTEM)
    assert (batch.state, batch.header_unknown, len(batch.notes)) == (BatchState.READ, True, 1)
    assert "Năm, Chức trách" in batch.notes[0]
    assert [one["title"] for one in unknown_titles(batch)][1:4] == ["Tên cán bộ", "Năm", "Chức trách"]
    explain_columns(batch, actor=SYSTEM, meanings=NOW_SAID)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.header_unknown, batch.notes) == (BatchState.READ, False, [])
    read = [(row.read.position, row.read.birth.iso()) for row in open_rows(batch)]
    assert read == [("Văn thư", "1980"), ("Chuyên viên", "1981")]


def test_what_is_read_later_names_the_columns_left_out_too(world):
    batch = taken(world, PARTLY)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.header_unknown, len(batch.notes)) == (BatchState.READ, True, 1)


def test_a_list_that_is_applied_is_not_read_anew(world):
    batch = read_roster(world.course, PARTLY, "a.csv", actor=SYSTEM)
    apply_batch(batch, actor=SYSTEM)
    explain_columns(batch, actor=SYSTEM, meanings=NOW_SAID)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.exclude(fate="").count()) == (BatchState.APPLIED, 2)
