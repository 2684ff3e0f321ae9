import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RowDecision
from courses.constants.errors import Refusal
from courses.models import (
    File,
    ImportBatch,
    Registration,
    Trainee,
)
from courses.services.records import read_file
from courses.services.rosters.reading import judge_roster, read_roster
from courses.services.rosters.rows import Outcome, open_rows
from courses.tests.listing import DAY, NUMBER, line, many
from courses.tests.planning import organiser_of
from courses.tests.rosters import OK, PROBLEM, apply, read, told


def test_a_roster_is_kept_row_by_row_and_nobody_is_registered_yet(world):
    batch = read(world, line("Ngô Thử An", "05/06/1980", "Chuyên viên", "P. Thử Một", "0900000001", NUMBER.format(1)))
    row = open_rows(batch)[0]
    assert (row.read.full_name, row.read.birth.iso(), row.read.position) == ("Ngô Thử An", "1980-06-05", "Chuyên viên")
    assert (row.read.phone, row.read.citizen_id, row.kept.office) == ("0900000001", NUMBER.format(1), world.one)
    assert (row.kept.row, row.read.raw["Chức vụ"]) == (2, "Chuyên viên")
    assert told(batch) == [(OK, RowDecision.NEW)]
    assert (Trainee.objects.count(), Registration.objects.count()) == (0, 0)


def test_the_file_is_kept_encrypted(world):
    data = many(1)
    batch = read_roster(world.course, data, "a.csv", actor=SYSTEM)
    assert batch.file.sealed
    assert NUMBER.format(0).encode() not in bytes(batch.file.content)
    assert read_file(batch.file) == data


def test_rows_say_all_that_is_wrong(world):
    batch = read(
        world,
        line("Ngô Thử An", "31/02/1980", office="Phường Không Có Thật Nào"),
        line("", "05/06/1980"),
        line("Lê Thử Bình", "05/06/1980", number="12345"),
        line("Lê Thử Châu", "05/06/1980"),
        line("Lê Thử Châu", "05/06/1980"),
    )
    assert [(row.status, len(row.problems)) for row in batch.rows.order_by("pk")] == [
        (PROBLEM, 2),
        (PROBLEM, 1),
        (PROBLEM, 1),
        (OK, 0),
        (PROBLEM, 1),
    ]
    assert apply(batch) == Outcome(registered=1, waiting=4)


def test_an_office_that_is_only_close_is_a_problem(world):
    batch = read(world, line("Ngô Thử An", office="Phường Thừ Mọt"))
    row = batch.rows.get()
    assert (row.status, row.office) == (PROBLEM, None)
    assert "Phường Thử Một" in row.problems[0]


def test_rows_that_name_no_office_belong_to_that_of_the_upload(world):
    batch = read(world, line("Ngô Thử An", "05/06/1980", office=""), office=world.two)
    assert batch.rows.get().office == world.two
    assert read(world, line("Ngô Thử An", "05/06/1980", office="")).rows.get().status == PROBLEM


def test_an_office_that_ended_before_the_class_is_unknown(world):
    world.two.valid_to = DAY
    world.two.save()
    assert read(world, line("Ngô Thử An", "1980", office="Phường Thử Hai")).rows.get().status == PROBLEM


def test_a_text_too_long_for_its_column_is_a_problem(world):
    batch = read(world, line("Ngô Thử An", "1980", position="x" * 201), line("Ngô " * 50 + "An", "1980"))
    assert told(batch) == [(PROBLEM, RowDecision.NEW)] * 2


def test_a_broken_file_is_refused_with_a_sentence_and_nothing_is_kept(world):
    with pytest.raises(Refusal):
        read_roster(world.course, b"PK\x03\x04 cut", "a.xlsx", actor=SYSTEM)
    assert (ImportBatch.objects.count(), File.objects.count()) == (0, 0)


def test_nothing_is_read_into_a_concluded_class(world):
    world.course.state = CourseState.CONCLUDED
    with pytest.raises(Refusal):
        read(world, line("Ngô Thử An"))


def test_judging_takes_as_many_queries_for_thirty_rows_as_for_three(world):
    counts = []
    for number in (3, 30):
        with CaptureQueriesContext(connection) as queries:
            _reading, judged = judge_roster(world.course, many(number), actor=organiser_of(world.host))
        assert len(judged) == number
        counts.append(len(queries) - 2)  # of organiser_of
    assert counts[0] == counts[1] <= 12
