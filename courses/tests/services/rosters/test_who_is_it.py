import datetime as dt

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import RowDecision
from courses.constants.clock import set_clock
from courses.models import (
    ActionLog,
    OfficeSuccession,
    Registration,
    Seats,
    Trainee,
)
from courses.services.registrations import register
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import NEW, SKIP, Fate, Outcome, open_rows
from courses.tests.listing import DAY, NUMBER, line, many, running
from courses.tests.planning import make_office, make_session, make_trainee, organiser_of
from courses.tests.rosters import AFTER, OK, PROBLEM, apply, date, fates, read, told


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
