import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.constants import MarkState
from attendance.models import Event, Mark
from attendance.reports.make_up import standing_make_ups
from attendance.reports.yearly import year_of
from attendance.rules.yearly import Year
from attendance.services.leave import excuse
from attendance.services.ledger import decide, undo_entries
from attendance.services.make_up import credit_make_up
from attendance.services.merging import merge_trainees
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import SessionState, StaffCategory
from courses.constants.clock import set_clock
from courses.constants.periods import YEARLY_TARGETS
from courses.models import Setting, Trainee
from courses.services.registrations import register, withdraw
from courses.services.stand_ins import stand_in
from courses.tests.planning import make_session, make_trainee, organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def periods(person, year=2026) -> int:
    trainee = getattr(person, "trainee_id", person.pk)
    return year_of([trainee], year)[trainee].periods


def test_half_days_attended_count_with_their_periods_against_the_target(lop):
    [here] = lop.attended(1)
    [nowhere] = lop.people(1)
    assert year_of([here.trainee_id, nowhere.trainee_id], 2026) == {
        here.trainee_id: Year(11, 40),
        nowhere.trainee_id: Year(0, 40),
    }


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (MarkState.PRESENT, 4),
        (MarkState.LATE, 4),
        (MarkState.LEFT_EARLY, 4),
        (MarkState.EXCUSED, 0),
        (MarkState.ABSENT, 0),
    ],
)
def test_who_came_late_or_left_early_attended_and_who_was_excused_did_not(lop, state, counted):
    [person] = lop.people(1)
    lop.mark(lop.general, state, person)
    assert periods(person) == counted


def test_disputed_counts_until_somebody_decides(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, person)
    excuse(person, [lop.general], reason="ốm", actor=lop.organiser, act=uuid4())
    assert Mark.objects.get().state == MarkState.DISPUTED
    assert periods(person) == 4
    decide(lop.general, person, MarkState.EXCUSED, actor=lop.organiser, act=uuid4())
    assert periods(person) == 0


def test_a_half_day_belongs_to_the_year_of_its_day_in_viet_nam(lop):
    """The morning of the first of January begins in the old year by UTC."""
    set_clock(dt.datetime(2026, 1, 1, 12))
    new_year = make_session(lop.course, day=dt.date(2026, 1, 1), hours=(dt.time(6, 30), dt.time(10)))
    assert new_year.starts_at.astimezone(dt.UTC).year == 2025
    [person] = lop.people(1)
    lop.mark(new_year, MarkState.PRESENT, person)
    assert (periods(person, 2025), periods(person)) == (0, 4)


def test_a_cancelled_half_day_gives_nothing(lop):
    [person] = lop.attended(1)
    lop.general.state, lop.general.required = SessionState.CANCELLED, False
    lop.general.save()
    assert periods(person) == 7


def test_who_left_the_class_keeps_what_was_attended_before(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.PRESENT, person)
    withdraw(person, actor=lop.organiser)
    assert periods(person) == 4


def test_a_stand_in_has_the_own_half_days_and_the_other_has_not(lop):
    [person] = lop.people(1)
    other = make_trainee(lop.ward, "Ngô Thử Thay")
    instead = stand_in(person, by=other, sessions=[lop.general], actor=lop.organiser, why="ốm")
    lop.mark(lop.general, MarkState.PRESENT, instead)
    assert (periods(other), periods(person)) == (4, 0)


def test_two_rows_that_were_one_person_count_a_half_day_once(lop):
    kept, gone = lop.attended(2)
    merge_trainees(kept.trainee, gone.trainee, actor=organiser_of(lop.host, lop.ward))
    assert periods(Trainee.objects.get(pk=kept.trainee_id)) == 11


def test_two_registrations_of_one_person_count_a_half_day_once(lop):
    """Somebody who stood in and was put on the list afterwards. Fails without the id of the half-day as the key."""
    [other] = lop.people(1)
    trainee = make_trainee(lop.ward, "Ngô Thử Hai Lần")
    instead = stand_in(other, by=trainee, sessions=[lop.general], actor=lop.organiser, why="ốm")
    lop.mark(lop.general, MarkState.PRESENT, instead)
    withdraw(instead, actor=lop.organiser)
    own = register(lop.course, trainee, actor=SYSTEM)
    Mark.objects.create(session=lop.general, registration=own, state=MarkState.PRESENT, updated_at=lop.general.ends_at)
    assert periods(trainee) == 4


def test_two_half_days_at_the_same_time_count_as_one(lop):
    [person] = lop.people(1)
    beside = Class(lop.host, "LOP-2")
    there = register(beside.course, person.trainee, actor=SYSTEM)
    lop.mark(lop.general, MarkState.PRESENT, person)
    beside.mark(beside.general, MarkState.PRESENT, there)
    assert periods(person) == 4


class MissedOne:
    """Somebody who missed a half-day in 2026 and sat in a class of the same host the year after."""

    def __init__(self):
        self.lop = Class()
        [self.person] = self.lop.people(1)
        self.lop.mark(self.lop.general, MarkState.ABSENT, self.person)
        set_clock(dt.datetime(2027, 3, 1, 12))
        self.sister = Class(self.lop.host, "LOP-2")
        set_clock(dt.datetime(2027, 3, 1, 12))
        self.later = make_session(self.sister.course, day=dt.date(2027, 2, 1), periods=5)
        there = register(self.sister.course, self.person.trainee, actor=SYSTEM)
        self.sister.mark(self.later, MarkState.PRESENT, there)

    def credit(self, attended=None):
        values = {"document": "12/GXN", "actor": self.lop.organiser, "act": uuid4(), "attended": attended}
        return credit_make_up(self.person, self.lop.general, **values)


@pytest.fixture
def missed():
    return MissedOne()


def test_what_was_made_up_in_a_class_of_ours_counts_as_the_half_day_attended_there_alone(missed):
    missed.credit(missed.later)
    assert (periods(missed.person, 2026), periods(missed.person, 2027)) == (0, 5)


def test_what_was_made_up_elsewhere_counts_in_the_year_in_which_it_was_made_up(missed):
    missed.credit()
    assert (periods(missed.person, 2026), periods(missed.person, 2027)) == (0, 9)


def test_a_make_up_that_was_taken_back_or_decided_over_is_none(missed):
    missed.credit()
    decide(missed.lop.general, missed.person, MarkState.PRESENT, actor=missed.lop.organiser, act=uuid4())
    assert (periods(missed.person, 2026), periods(missed.person, 2027)) == (4, 5)
    decide(missed.lop.general, missed.person, MarkState.ABSENT, actor=missed.lop.organiser, act=uuid4())
    assert (periods(missed.person, 2026), periods(missed.person, 2027)) == (0, 5)


def test_a_make_up_undone_leaves_the_absence(missed):
    missed.credit()
    event = Event.objects.get(way="make_up")
    undo_entries(missed.lop.general, [event.pk], actor=missed.lop.organiser, act=uuid4())
    assert (periods(missed.person, 2026), periods(missed.person, 2027)) == (0, 5)


# The target


def test_the_target_is_that_of_the_staff_category_and_whoever_has_none_gets_that_of_nobody(lop):
    Setting.objects.create(key=YEARLY_TARGETS, value={"elected": 80, "": 24})
    elected, servant, nothing = lop.people(3)
    Trainee.objects.filter(pk=elected.trainee_id).update(staff_category=StaffCategory.ELECTED)
    Trainee.objects.filter(pk=servant.trainee_id).update(staff_category=StaffCategory.CIVIL_SERVANT)
    found = year_of([p.trainee_id for p in (elected, servant, nothing)], 2026)
    assert [found[p.trainee_id].target for p in (elected, servant, nothing)] == [80, 40, 24]


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_number_of_people(lop, count):
    people = [person.trainee_id for person in lop.attended(count)]
    with CaptureQueriesContext(connection) as asked:
        assert len(year_of(people, 2026)) == count
    assert len(asked) == 4


@pytest.mark.parametrize(("count", "few"), [(1, 100), (3, 100), (3, 0)])
def test_nor_where_something_was_made_up(lop, monkeypatch, count, few):
    """With somebody else's make-up beside them, which is nobody's here."""
    monkeypatch.setattr("attendance.reports.make_up.FEW", few)
    *people, other = lop.people(count + 1)
    for person in (*people, other):
        values = {"document": "12/GXN", "actor": lop.organiser, "act": uuid4(), "attended": None}
        credit_make_up(person, lop.general, **values)
    with CaptureQueriesContext(connection) as asked:
        found = year_of([person.trainee_id for person in people], 2026)
    assert [year.periods for year in found.values()] == [4] * count
    standing = standing_make_ups([person.trainee_id for person in people])
    assert set(standing) == {(person.pk, lop.general.pk) for person in people}
    assert len(asked) == 4
