import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RowDecision
from courses.constants.errors import Refusal
from courses.models import (
    ActionDetail,
    ActionLog,
    File,
    ImportRow,
    Registration,
    Responsibility,
    Trainee,
)
from courses.services.registrations import withdraw
from courses.services.rosters import applying
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.deciding import decide_rows
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import SKIP, Fate, Outcome, open_rows
from courses.services.rosters.undoing import Undone, undo_batch
from courses.services.trainees import save_trainee, set_responsibilities
from courses.tests.listing import NUMBER, World, csv_of, line, many, running
from courses.tests.narrow import FEW, few_variables
from courses.tests.parallel import at_once
from courses.tests.planning import make_trainee
from courses.tests.rosters import OK, PROBLEM, apply, date, read, told


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
    judge = applying.match_people

    def judge_then_somebody_writes(*args, **kwargs):
        verdicts = judge(*args, **kwargs)
        if not Trainee.objects.exists():
            make_trainee(world.far, "Lê Thử Khác", citizen_number=NUMBER.format(1))
        return verdicts

    monkeypatch.setattr(applying, "match_people", judge_then_somebody_writes)
    assert apply(batch) == Outcome(waiting=1)
    row = open_rows(batch)[0]
    assert (row.kept.status, row.fate, bool(row.why)) == (PROBLEM, Fate.WAITING, True)
    assert Trainee.objects.get().full_name == "Lê Thử Khác"


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
    judged = applying.match_people

    def and_somebody_saves(*args, **named):
        verdicts = judged(*args, **named)
        save_trainee(Trainee.objects.get(pk=known.pk), actor=SYSTEM, phone="0911111111", email="an@example.vn")
        return verdicts

    monkeypatch.setattr(applying, "match_people", and_somebody_saves)
    apply_batch(batch, actor=SYSTEM)
    known.refresh_from_db()
    assert (known.position, known.phone, known.email) == ("Văn thư", "0911111111", "an@example.vn")


def test_somebody_merged_after_the_rows_were_judged_is_registered_as_the_one_who_is_kept(world, monkeypatch):
    gone = make_trainee(world.one, "Ngô Thử An", citizen_number=NUMBER.format(1))
    kept = make_trainee(world.one, "Ngô Thử An", phone="0900000001")
    batch = read_roster(world.course, csv_of(line("Ngô Thử An", number=NUMBER.format(1))), "a.csv", actor=SYSTEM)
    judged = applying.match_people

    def and_somebody_merges(*args, **named):
        verdicts = judged(*args, **named)
        Trainee.objects.filter(pk=gone.pk).update(merged_into=kept)
        return verdicts

    monkeypatch.setattr(applying, "match_people", and_somebody_merges)
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
    register = applying._register

    def slowly(*args):
        at_the_list.set()
        time.sleep(0.5)
        return register(*args)

    def change():
        at_the_list.wait(timeout=30)
        return set_responsibilities([low.pk, high.pk], actor=SYSTEM, add=[more], take_away=[])

    monkeypatch.setattr(applying, "_register", slowly)
    outcome, changed = at_once(lambda: apply_batch(batch, actor=SYSTEM), change)
    assert (outcome.registered, changed) == (2, 2)


_WORDS = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")


def test_a_list_longer_than_the_variables_of_sqlite_goes_all_the_way(world):
    """Read, applied to one class and, all known and completed, to another, decided about and taken back.
    With `__in` in place of `__among` SQLite says "too many SQL variables"."""
    people = [
        (f"Ngô {_WORDS[n // 100 % 10]} {_WORDS[n // 10 % 10]} {_WORDS[n % 10]}", f"{n % 28 + 1:02d}/03/1980")
        for n in range(FEW + 1)
    ]
    other = running(world.host, "LOP-2")
    with few_variables():
        first = read(world, *(line(*person) for person in people))
        assert apply(first) == Outcome(registered=FEW + 1)
        second = read(world, *(line(*person, "Văn thư") for person in people), course=other)
        assert {decision for _status, decision in told(second)} == {"known"}
        assert (
            decide_rows(second, dict.fromkeys(second.rows.values_list("pk", flat=True), SKIP), actor=SYSTEM) == FEW + 1
        )
        assert decide_rows(second, dict.fromkeys(second.rows.values_list("pk", flat=True), ""), actor=SYSTEM) == 0
        everybody = {f"r{pk}": "" for pk in second.rows.values_list("pk", flat=True)}
        assert apply(second, **everybody) == Outcome(registered=FEW + 1)
        assert undo_batch(second, actor=SYSTEM) == Undone(withdrawn=FEW + 1, emptied=FEW + 1)
        assert undo_batch(first, actor=SYSTEM).withdrawn == FEW + 1
