import datetime as dt
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RowDecision, RowStatus
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import (
    ActionDetail,
    ActionLog,
    File,
    ImportBatch,
    ImportRow,
    OfficeSuccession,
    Registration,
    Responsibility,
    Seats,
    Trainee,
)
from courses.services import roster_applying
from courses.services.records import read_file
from courses.services.registrations import register, withdraw
from courses.services.roster_applying import apply_batch
from courses.services.roster_reading import judge_roster, read_roster
from courses.services.roster_rows import NEW, SKIP, Fate, Outcome, open_rows
from courses.services.trainees import save_trainee, set_responsibilities
from courses.tests.listing import DAY, NUMBER, World, csv_of, line, many, running
from courses.tests.parallel import at_once
from courses.tests.planning import make_office, make_session, make_trainee, organiser_of


@pytest.fixture
def world(db):
    return World()


def read(world, *lines, course=None, actor=SYSTEM, office=None) -> ImportBatch:
    return read_roster(course or world.course, csv_of(*lines), "danh sach.csv", actor=actor, office=office)


def apply(batch, actor=SYSTEM, **decisions) -> Outcome:
    return apply_batch(batch, actor=actor, decisions={int(row[1:]): what for row, what in decisions.items()})


def told(batch):
    return [(row.status, row.decision) for row in batch.rows.order_by("pk")]


def fates(batch):
    return [row.fate for row in open_rows(batch)]


date = PartialDate.from_iso
AFTER = DAY + dt.timedelta(days=1)
OK, PROBLEM = RowStatus.OK, RowStatus.PROBLEM


# Reading


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


# Who is it


def test_a_person_is_known_by_name_birth_and_office(world):
    known = make_trainee(world.one, "Ngô Thử Hoà", birth=date("1980-06-05"))
    batch = read(world, line("Ngô Thử Hòa", "05/06/1980"), line("Ngô Thử Hòa", "1980"))
    assert [row.trainee for row in batch.rows.order_by("pk")] == [known, known]
    assert batch.rows.first().decision == RowDecision.KNOWN


def test_without_a_birth_date_the_telephone_must_agree(world):
    known = make_trainee(world.one, "Ngô Thử An", phone="0900000001")
    batch = read(world, line("Ngô Thử An", phone="0900000001"), line("Ngô Thử An", "1980"))
    assert [(r.decision, r.trainee) for r in batch.rows.order_by("pk")] == [
        (RowDecision.KNOWN, known),
        (RowDecision.ASK, None),
    ]


@pytest.mark.parametrize(
    ("name", "birth", "office"),
    [
        ("Ngô Thử An", "07/08/1990", "Phường Thử Một"),  # the same name in the office
        ("Ngô Thử Ân", "05/06/1980", "Phường Thử Một"),  # other marks
        ("Ngô Thử An", "05/06/1980", "Phường Thử Hai"),  # the same name and birth elsewhere
        ("Ngô Thử An", "1980", "Phường Thử Hai"),  # as far as both are stated
    ],
)
def test_somebody_who_may_be_known_is_asked(world, name, birth, office):
    known = make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"))
    batch = read(world, line(name, birth, office=office))
    assert told(batch) == [(OK, RowDecision.ASK)]
    assert open_rows(batch)[0].candidates == [known.pk]


@pytest.mark.parametrize(("passed", "decision"), [(DAY, RowDecision.ASK), (AFTER, RowDecision.NEW)])
def test_somebody_of_an_office_whose_work_came_to_that_of_the_row_by_the_day_of_the_class_is_asked(
    world, passed, decision
):
    """Fails without the line of successions: nobody is in twice, unasked, since the offices were changed."""
    between, old = make_office("cu-2"), make_office("cu-1")
    OfficeSuccession.objects.create(old=old, new=between, date=DAY - dt.timedelta(days=9))
    OfficeSuccession.objects.create(old=between, new=world.one, date=passed)
    known = make_trainee(old, "Ngô Thử An", birth=date("1980-06-05"))
    batch = read(world, line("Ngô Thử An", "07/08/1990"))
    assert told(batch) == [(OK, decision)]
    assert open_rows(batch)[0].candidates == ([known.pk] if decision == RowDecision.ASK else [])


def test_the_same_name_elsewhere_with_another_birth_is_a_new_person(world):
    make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"))
    assert told(read(world, line("Ngô Thử An", "1990", office="Phường Thử Hai"))) == [(OK, RowDecision.NEW)]


def test_two_people_who_fit_are_asked(world):
    both = [make_trainee(world.one, "Ngô Thử An", birth=date(text)) for text in ("1980-06-05", "1980-07-05")]
    batch = read(world, line("Ngô Thử An", "1980"))
    assert open_rows(batch)[0].candidates == [trainee.pk for trainee in both]


def test_another_citizen_number_is_another_person_until_somebody_says_so(world):
    make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"), citizen_number=NUMBER.format(1))
    assert told(read(world, line("Ngô Thử An", "05/06/1980", number=NUMBER.format(2)))) == [(OK, RowDecision.ASK)]


def test_an_asked_row_waits_and_takes_the_answer(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"))
    lines = [line("Ngô Thử An", birth) for birth in ("1990", "1991", "1992", "1993")]
    batch = read(world, *lines)
    first, second, third, _fourth = batch.rows.order_by("pk")
    outcome = apply_batch(batch, actor=SYSTEM, decisions={first.pk: known.pk, second.pk: NEW, third.pk: SKIP})
    assert outcome == Outcome(registered=2, waiting=1, left_out=1)
    assert fates(batch) == [Fate.REGISTERED, Fate.REGISTERED, Fate.LEFT_OUT, Fate.WAITING]
    assert set(Trainee.objects.values_list("birth_first__year", flat=True)) == {1980, 1991}


def test_a_forged_answer_registers_nobody(world):
    make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"))
    stranger = make_trainee(world.far, "Lê Thử Xa")
    batch = read(world, line("Ngô Thử An", "1990"))
    assert apply(batch, **{f"r{batch.rows.get().pk}": stranger.pk}) == Outcome(waiting=1)
    assert not Registration.objects.exists()


# Two hosts, one person


def test_a_citizen_number_of_another_host_joins_the_person_and_is_logged(world):
    actor = organiser_of(world.host, world.one, world.two)
    theirs = make_trainee(
        world.far, "Ngô Thử An", birth=date("1980-06-05"), position="Kín đáo", citizen_number=NUMBER.format(1)
    )
    batch = read(world, line("Ngô Thử An", "1980", phone="0900000009", number=NUMBER.format(1)), actor=actor)
    assert told(batch) == [(OK, RowDecision.KNOWN)]
    assert apply(batch, actor=actor) == Outcome(registered=1)
    registration = Registration.objects.get()
    assert (registration.trainee, registration.office) == (theirs, world.one)
    theirs.refresh_from_db()
    assert (theirs.position, theirs.phone) == ("Kín đáo", "")  # not theirs to complete
    entries = ActionLog.objects.filter(action="find by citizen number")
    assert [entry.changes for entry in entries] == [{"trainees": [theirs.pk]}] * 2


def test_a_number_kept_with_another_name_is_a_problem_that_does_not_say_whose(world):
    actor = organiser_of(world.host, world.one, world.two)
    theirs = make_trainee(world.far, "Lê Thử Khác", citizen_number=NUMBER.format(1))
    batch = read(world, line("Ngô Thử An", "1980", number=NUMBER.format(1)), actor=actor)
    row = batch.rows.get()
    # Trying numbers leaves a trace.
    assert ActionLog.objects.get(action="find by citizen number").changes == {"trainees": [theirs.pk]}
    assert (row.status, row.trainee, open_rows(batch)[0].candidates) == (PROBLEM, None, [])
    assert "Lê Thử Khác" not in " ".join(row.problems)
    assert apply(batch, actor=actor) == Outcome(waiting=1)


def test_people_of_another_host_are_no_candidates(world):
    actor = organiser_of(world.host, world.one, world.two)
    make_trainee(world.far, "Ngô Thử An", birth=date("1980-06-05"))
    assert told(read(world, line("Ngô Thử An", "05/06/1980"), actor=actor)) == [(OK, RowDecision.NEW)]
    assert told(read(world, line("Ngô Thử An", "05/06/1980"))) == [(OK, RowDecision.ASK)]


# Seats, deadline, other classes


def test_rows_over_the_seats_say_so_and_are_not_registered(world):
    Seats.objects.create(course=world.course, office=world.one, number=2)
    batch = read_roster(world.course, many(3), "a.csv", actor=SYSTEM)
    assert told(batch) == [(OK, RowDecision.NEW), (OK, RowDecision.NEW), (OK, RowDecision.OVER_SEATS)]
    assert apply(batch) == Outcome(registered=2, over=1)
    assert Trainee.objects.count() == 2  # nobody is made who was not registered
    assert "Phường Thử Một" in open_rows(batch)[2].why


def test_capacity_is_kept_whatever_the_preview_said(world):
    batch = read_roster(world.course, many(3), "a.csv", actor=SYSTEM)
    world.course.capacity = 1
    world.course.save()
    assert apply(batch) == Outcome(registered=1, over=2)
    assert fates(batch) == [Fate.REGISTERED, Fate.OVER, Fate.OVER]


def test_seats_given_after_the_preview_are_taken(world):
    seats = Seats.objects.create(course=world.course, office=world.one, number=0)
    batch = read_roster(world.course, many(1), "a.csv", actor=SYSTEM)
    seats.number = 1
    seats.save()
    assert apply(batch) == Outcome(registered=1)


def test_after_the_deadline_a_row_is_late_and_still_registered(world):
    world.course.registration_deadline = DAY
    set_clock(dt.datetime(2022, 6, 14, 5, tzinfo=dt.UTC))
    assert told(read(world, line("Ngô Thử An"))) == [(OK, RowDecision.NEW)]
    set_clock(dt.datetime(2022, 6, 15, 5, tzinfo=dt.UTC))
    batch = read(world, line("Ngô Thử An", "1980"))
    assert told(batch) == [(OK, RowDecision.LATE)]
    assert apply(batch) == Outcome(registered=1)


def test_somebody_in_another_class_at_the_same_time_is_registered_only_on_purpose(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"))
    for course in (world.course, running(world.host, "LOP-2")):
        make_session(course)
    register(course, known, actor=SYSTEM)
    batch = read(world, line("Ngô Thử An", "05/06/1980"))
    assert told(batch) == [(OK, RowDecision.CLASH)]
    assert "LOP-2" in open_rows(batch)[0].notes[0]
    assert apply(batch) == Outcome(waiting=1)
    again = read(world, line("Ngô Thử An", "05/06/1980"))
    assert apply(again, **{f"r{again.rows.get().pk}": known.pk}) == Outcome(registered=1)


def test_a_class_of_another_host_at_the_same_time_is_not_named(world):
    actor = organiser_of(world.host, world.one, world.two)
    known = make_trainee(world.one, "Ngô Thử An", birth=date("1980-06-05"))
    for course in (world.course, running(world.other, "LOP-KIN")):
        make_session(course)
    register(course, known, actor=SYSTEM)
    batch = read(world, line("Ngô Thử An", "05/06/1980"), actor=actor)
    assert told(batch) == [(OK, RowDecision.CLASH)]
    assert "LOP-KIN" not in "".join(open_rows(batch)[0].notes)


# Applying


def test_applied_twice_a_batch_gives_the_same_and_adds_nothing(world):
    batch = read_roster(world.course, many(3), "a.csv", actor=SYSTEM)
    assert apply(batch) == Outcome(registered=3)
    logged = ActionLog.objects.count()
    assert apply(batch) == Outcome(registered=3)
    assert (Trainee.objects.count(), Registration.objects.count(), ActionLog.objects.count()) == (3, 3, logged)
    assert all(row.registration.trainee == row.trainee for row in batch.rows.all())


def test_the_same_file_again_changes_nothing_and_says_so(world):
    data = csv_of(line("Ngô Thử An"), line("Lê Thử Bình", "1980"), line("Lê Thử Châu", office="Không có"))
    apply(read_roster(world.course, data, "a.csv", actor=SYSTEM))
    again = read_roster(world.course, data, "b.csv", actor=SYSTEM)
    assert [(r.decision, r.registration_id is not None) for r in again.rows.order_by("pk")] == [
        (RowDecision.KNOWN, True),
        (RowDecision.KNOWN, True),
        (RowDecision.NEW, False),
    ]
    assert len(again.notes) == 1
    assert apply(again) == Outcome(already=2, waiting=1)
    assert (Trainee.objects.count(), Registration.objects.count(), File.objects.count()) == (2, 2, 1)


def test_two_files_read_before_either_was_applied_make_each_person_once(world):
    batches = [read_roster(world.course, many(3), name, actor=SYSTEM) for name in ("a.csv", "b.csv")]
    assert [apply(batch) for batch in batches] == [Outcome(registered=3), Outcome(already=3)]
    assert Trainee.objects.count() == 3


def test_a_known_person_is_completed_and_never_overwritten(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=date("1980"), position="Trưởng phòng")
    apply(read(world, line("Ngô Thử An", "05/06/1980", "Chuyên viên", phone="0900000001", number=NUMBER.format(1))))
    known.refresh_from_db()
    assert (known.position, known.birth.iso(), known.phone) == ("Trưởng phòng", "1980", "0900000001")
    assert known.citizen_number == NUMBER.format(1)
    assert Registration.objects.get().position == "Chuyên viên"
    detail = ActionDetail.objects.get(entry__action="complete", entry__subject_id=known.pk)
    assert detail.changes == {"phone": [None, "0900000001"], "citizen_number": [None, "…"]}


def test_a_withdrawn_person_is_taken_up_again_and_the_row_says_so(world):
    data = many(1)
    apply(read_roster(world.course, data, "a.csv", actor=SYSTEM))
    withdraw(Registration.objects.get(), actor=SYSTEM)
    batch = read_roster(world.course, data, "a.csv", actor=SYSTEM)
    assert (told(batch), len(open_rows(batch)[0].notes)) == ([(OK, RowDecision.KNOWN)], 1)
    assert apply(batch) == Outcome(registered=1)
    assert Registration.objects.get().state == "confirmed"


def test_nothing_is_applied_to_a_class_concluded_meanwhile(world):
    batch = read_roster(world.course, many(1), "a.csv", actor=SYSTEM)
    world.course.state = CourseState.CONCLUDED
    world.course.save()
    with pytest.raises(Refusal):
        apply(batch)
    assert not Trainee.objects.exists()


def test_a_number_that_somebody_writes_in_this_moment_gets_a_sentence(world, monkeypatch):
    batch = read(world, line("Ngô Thử An", "1980", number=NUMBER.format(1)))
    judge = roster_applying.match_people

    def judge_then_somebody_writes(*args, **kwargs):
        verdicts = judge(*args, **kwargs)
        if not Trainee.objects.exists():
            make_trainee(world.far, "Lê Thử Khác", citizen_number=NUMBER.format(1))
        return verdicts

    monkeypatch.setattr(roster_applying, "match_people", judge_then_somebody_writes)
    assert apply(batch) == Outcome(waiting=1)
    row = open_rows(batch)[0]
    assert (row.kept.status, row.fate, bool(row.why)) == (PROBLEM, Fate.WAITING, True)
    assert Trainee.objects.get().full_name == "Lê Thử Khác"


def test_judging_takes_as_many_queries_for_thirty_rows_as_for_three(world):
    counts = []
    for number in (3, 30):
        with CaptureQueriesContext(connection) as queries:
            _reading, judged = judge_roster(world.course, many(number), actor=organiser_of(world.host))
        assert len(judged) == number
        counts.append(len(queries) - 2)  # of organiser_of
    assert counts[0] == counts[1] <= 12


def test_keeping_and_applying_take_as_many_queries_for_thirty_rows_as_for_three(world):
    counts = []
    for number, office in ((3, world.one), (30, world.two)):
        course = running(world.host, f"LOP-{number}")
        with CaptureQueriesContext(connection) as queries:
            batch = read_roster(course, many(number, office.name), "a.csv", actor=SYSTEM)
            apply(batch)
        counts.append(len(queries))
        Registration.objects.filter(course=course).delete()
        ImportRow.objects.all().delete()
        Trainee.objects.all().delete()
    assert counts[0] == counts[1]


# Whole databases


@pytest.mark.django_db(transaction=True)
def test_two_applies_at_once_register_everybody_once():
    world = World()
    batches = [read_roster(world.course, many(10), name, actor=SYSTEM) for name in ("a.csv", "b.csv")]
    same = [batches[0], batches[0], batches[1]]
    outcomes, start = [], threading.Barrier(len(same))

    def run(batch):
        try:
            start.wait()
            outcomes.append(apply(batch))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[batch]) for batch in same]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 3
    assert sorted(o.registered for o in outcomes) in ([0, 10, 10], [0, 0, 10])
    assert (Trainee.objects.count(), Registration.objects.count()) == (10, 10)


@pytest.mark.django_db(transaction=True)
def test_two_classes_importing_the_same_people_at_once_make_each_once():
    world = World()
    data = csv_of(*(line(f"Ngô Thử {name}", "05/06/1980") for name in ("An", "Bình", "Châu")))
    courses = [running(world.host, f"LOP-{number}") for number in (2, 3)]
    batches = [read_roster(course, data, "a.csv", actor=SYSTEM) for course in courses]
    start = threading.Barrier(2)

    def run(batch):
        try:
            start.wait()
            apply(batch)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Trainee.objects.count(), Registration.objects.count()) == (3, 6)


@pytest.mark.django_db(transaction=True)
def test_no_citizen_number_stands_in_the_database_after_an_import():
    world = World()
    numbers = [NUMBER.format(n) for n in range(6)]
    data = csv_of(
        line("Ngô Thử An", "1980", number=numbers[0]),
        line("Ngô Thử Bình", "1980", position=f"Chuyên viên {numbers[1]}"),
        line("Ngô Thử Châu", "1980", office=f"Phường {numbers[2]}"),
        line(f"Ngô Thử Dung {numbers[3]}", "1980"),
    )
    batch = read_roster(world.course, data, f"danh sach {numbers[4]}.csv", actor=SYSTEM)
    apply(batch)
    save_trainee(Trainee.objects.first(), actor=SYSTEM, phone="0900000001")
    assert Trainee.objects.filter(citizen_number_fingerprint__isnull=False).count() == 1
    assert [number for number in numbers if _stands_in_database(number)] == []
    assert _stands_in_database("Chuyên viên 093")  # the search does find what is there


def _stands_in_database(text: str) -> bool:
    if settings.TEST_DATABASE == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        wal = file.with_name(f"{file.name}-wal")
        return any(text.encode() in part.read_bytes() for part in (file, wal) if part.exists())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [f"%{text}%"])
            if cursor.fetchone():
                return True
    return False


def test_what_somebody_saved_after_the_rows_were_judged_is_not_written_over(world, monkeypatch):
    known = make_trainee(world.one, "Ngô Thử An", citizen_number=NUMBER.format(1), phone="0900000001")
    batch = read_roster(
        world.course, csv_of(line("Ngô Thử An", "", "Văn thư", number=NUMBER.format(1))), "a.csv", actor=SYSTEM
    )
    judged = roster_applying.match_people

    def and_somebody_saves(*args, **named):
        verdicts = judged(*args, **named)
        save_trainee(Trainee.objects.get(pk=known.pk), actor=SYSTEM, phone="0911111111", email="an@example.vn")
        return verdicts

    monkeypatch.setattr(roster_applying, "match_people", and_somebody_saves)
    apply_batch(batch, actor=SYSTEM)
    known.refresh_from_db()
    assert (known.position, known.phone, known.email) == ("Văn thư", "0911111111", "an@example.vn")


def test_somebody_merged_after_the_rows_were_judged_is_registered_as_the_one_who_is_kept(world, monkeypatch):
    gone = make_trainee(world.one, "Ngô Thử An", citizen_number=NUMBER.format(1))
    kept = make_trainee(world.one, "Ngô Thử An", phone="0900000001")
    batch = read_roster(world.course, csv_of(line("Ngô Thử An", number=NUMBER.format(1))), "a.csv", actor=SYSTEM)
    judged = roster_applying.match_people

    def and_somebody_merges(*args, **named):
        verdicts = judged(*args, **named)
        Trainee.objects.filter(pk=gone.pk).update(merged_into=kept)
        return verdicts

    monkeypatch.setattr(roster_applying, "match_people", and_somebody_merges)
    apply_batch(batch, actor=SYSTEM)
    assert [r.trainee_id for r in Registration.objects.filter(course=world.course)] == [kept.pk]


@pytest.mark.django_db(transaction=True)
def test_applying_and_changing_the_same_people_in_another_order_do_not_wait_for_each_other(monkeypatch):
    """Without the lock of everybody by id PostgreSQL ends one of the two as a deadlock."""
    world = World()
    low, high = make_trainee(world.one, "Ngô Thử An"), make_trainee(world.one, "Lê Thử Ba")
    for person, number in ((low, 1), (high, 2)):
        save_trainee(person, actor=SYSTEM, citizen_number=NUMBER.format(number))
    more = Responsibility.objects.create(code="x", name="x")
    lines = (
        line("Ngô Thử An", number=NUMBER.format(1)),
        line("Lê Thử Ba", "", "Văn thư", number=NUMBER.format(2)),
    )
    batch = read_roster(world.course, csv_of(*lines), "a.csv", actor=SYSTEM)
    at_the_list = threading.Event()
    register = roster_applying._register

    def slowly(*args):
        at_the_list.set()
        time.sleep(0.5)
        return register(*args)

    def change():
        at_the_list.wait(timeout=30)
        return set_responsibilities([low.pk, high.pk], actor=SYSTEM, add=[more], take_away=[])

    monkeypatch.setattr(roster_applying, "_register", slowly)
    outcome, changed = at_once(lambda: apply_batch(batch, actor=SYSTEM), change)
    assert (outcome.registered, changed) == (2, 2)
