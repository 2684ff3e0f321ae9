"""An import is taken back as long as nothing depends on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, CourseState, RegistrationState
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Registration, Trainee
from courses.services.final_list import finalise_list
from courses.services.registrations import register, withdraw
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import Outcome
from courses.services.rosters.undoing import Undone, undo_batch
from courses.tests.listing import NUMBER, csv_of, line, many, running
from courses.tests.planning import make_trainee, organiser_of
from courses.tests.services.test_merging import merge


def applied(world, *lines, course=None, actor=SYSTEM):
    batch = read_roster(course or world.course, csv_of(*lines), "a.csv", actor=actor)
    apply_batch(batch, actor=actor)
    return batch


def states(course):
    return list(Registration.objects.filter(course=course).order_by("pk").values_list("state", flat=True))


def test_new_people_are_taken_away_and_known_ones_withdrawn(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"))
    batch = applied(world, line("Ngô Thử An", "1980"), line("Lê Thử Bình", "1981"))
    assert undo_batch(batch, actor=SYSTEM) == Undone(withdrawn=2, removed=1)
    assert list(Trainee.objects.all()) == [known]
    assert states(world.course) == [RegistrationState.WITHDRAWN]
    batch.refresh_from_db()
    assert (batch.state, batch.undone_at is not None) == (BatchState.UNDONE, True)
    assert ActionLog.objects.filter(action="undo roster").count() == 1


def test_taken_back_twice_changes_nothing(world):
    batch = applied(world, line("Ngô Thử An", "1980"))
    undo_batch(batch, actor=SYSTEM)
    applied(world, line("Ngô Thử An", "1980"))
    logged = ActionLog.objects.count()
    assert undo_batch(batch, actor=SYSTEM) == Undone()
    assert (Trainee.objects.count(), states(world.course)) == (1, [RegistrationState.CONFIRMED])
    assert ActionLog.objects.count() == logged


def test_a_list_that_was_taken_back_is_not_applied_again(world):
    batch = applied(world, line("Ngô Thử An", "1980"))
    undo_batch(batch, actor=SYSTEM)
    with pytest.raises(Refusal):
        apply_batch(batch, actor=SYSTEM)
    assert not Registration.objects.exists()


def test_a_list_that_was_not_applied_cannot_be_taken_back(world):
    with pytest.raises(Refusal):
        undo_batch(read_roster(world.course, many(1), "a.csv", actor=SYSTEM), actor=SYSTEM)


def test_in_a_concluded_class_nothing_is_taken_back(world):
    batch = applied(world, line("Ngô Thử An", "1980"))
    world.course.state = CourseState.CONCLUDED
    world.course.save()
    with pytest.raises(Refusal):
        undo_batch(batch, actor=SYSTEM)
    assert states(world.course) == [RegistrationState.CONFIRMED]


def test_a_person_who_is_in_another_class_by_now_stays(world):
    batch = applied(world, line("Ngô Thử An", "1980"), line("Lê Thử Bình", "1981"))
    person = Trainee.objects.get(full_name="Ngô Thử An")
    register(running(world.other, "LOP-KHAC"), person, actor=SYSTEM)
    assert undo_batch(batch, actor=SYSTEM) == Undone(withdrawn=2, removed=1, kept=1)
    assert list(Trainee.objects.all()) == [person]
    assert states(world.course) == [RegistrationState.WITHDRAWN]


def test_a_serial_number_that_was_given_stays_with_its_person_and_is_never_given_again(world):
    register(world.course, make_trainee(world.one, "Ngô Thử An"), actor=SYSTEM)
    finalise_list(world.course, actor=SYSTEM)
    batch = applied(world, line("Lê Thử Bình", "1981"))
    assert undo_batch(batch, actor=SYSTEM) == Undone(withdrawn=1, removed=0, kept=1)
    left = Registration.objects.get(trainee__full_name="Lê Thử Bình")
    assert (left.state, left.number) == (RegistrationState.WITHDRAWN, 2)
    assert register(world.course, make_trainee(world.one, "Vũ Thử Cam"), actor=SYSTEM).number == 3


def test_what_was_filled_in_is_emptied_unless_it_was_changed_since(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"))
    batch = applied(world, line("Ngô Thử An", "1980", "Văn thư", phone="0900000001", number=NUMBER.format(1)))
    known.refresh_from_db()
    assert (known.position, known.phone, known.citizen_number) == ("Văn thư", "0900000001", NUMBER.format(1))
    known.position = "Trưởng phòng"
    known.save()
    assert undo_batch(batch, actor=SYSTEM) == Undone(withdrawn=1, emptied=1)
    known.refresh_from_db()
    assert (known.position, known.phone, known.citizen_number, known.birth.iso()) == ("Trưởng phòng", "", "", "1980")


def test_who_was_in_the_class_before_stays_in_it(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"))
    register(world.course, known, actor=SYSTEM)
    batch = applied(world, line("Ngô Thử An", "1980"))
    assert undo_batch(batch, actor=SYSTEM) == Undone()
    assert states(world.course) == [RegistrationState.CONFIRMED]


def test_who_was_withdrawn_meanwhile_is_no_hindrance(world):
    batch = applied(world, line("Ngô Thử An", "1980"))
    withdraw(Registration.objects.get(), actor=SYSTEM)
    assert undo_batch(batch, actor=SYSTEM) == Undone(removed=1)


def test_the_same_file_can_come_in_again_afterwards(world):
    actor = organiser_of(world.host, world.one)
    data = many(2)
    batch = read_roster(world.course, data, "a.csv", actor=actor)
    apply_batch(batch, actor=actor)
    undo_batch(batch, actor=actor)
    again = read_roster(world.course, data, "a.csv", actor=actor)
    assert apply_batch(again, actor=actor) == Outcome(registered=2)


def test_taking_back_takes_as_many_queries_for_three_rows_as_for_one(world):
    taken = []
    for number in (1, 3):
        batch = read_roster(running(world.host, f"LOP-{number}0"), many(number), "a.csv", actor=SYSTEM)
        apply_batch(batch, actor=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            undo_batch(batch, actor=SYSTEM)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_the_row_of_a_person_who_was_merged_since_says_what_is_left_to_do(world):
    """Without `_say_who_was_merged` the row says nothing of why its person stays."""
    batch = applied(world, line("Ngô Thử An", "1980"), line("Lê Thử Bình", "1981"))
    gone = Trainee.objects.get(full_name="Ngô Thử An")
    kept = make_trainee(world.one, "Ngô Thử Ân")
    merge(kept, gone)
    undo_batch(batch, actor=SYSTEM)
    first, second = batch.rows.order_by("pk")
    assert (bool(first.why), second.why) == (True, "")
    assert "Thử" not in first.why
    assert Trainee.objects.filter(pk__in=[gone.pk, kept.pk]).count() == 2
