"""What a phone at a door holds: for each card the same as the server would say, and no more of people than it shows."""

import datetime as dt
from uuid import uuid4

import pytest

from attendance.constants import MarkState, ScanRefusal
from attendance.models import Event, PassCode
from attendance.reports.door_list import door_list
from attendance.reports.passes import ended_passes, hash_of_code, passes_in_force
from attendance.services.doors import make_door
from attendance.services.ledger import undo_entries
from attendance.services.merging import merge_trainees
from attendance.services.passes import renew_pass
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, PlaceKind
from courses.constants.clock import now, set_clock
from courses.models import Course, Place, Registration
from courses.services.nominations import replace
from courses.services.registrations import withdraw
from courses.tests.planning import FIRST_DAY, make_course, make_session, make_trainee, make_venue

pytestmark = pytest.mark.django_db
YEAR = dt.timedelta(days=365)


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


def door_of(lop, *sessions):
    sessions = sessions or (lop.general,)
    return make_door(lop.course, sessions, name="Cửa A", until=max(s.ends_at for s in sessions), actor=lop.organiser)


def code_of(registration) -> str:
    return passes_in_force([registration.pk])[registration.pk].code


def send(door, **scan):
    [answer] = take_scans(door, [Scan(uuid4(), now(), **scan)], device=uuid4(), sent=now())
    return answer


def guest(door, registration) -> dict | None:
    return next((one for one in door_list(door)["people"] if one["id"] == registration.pk), None)


def turned(door, code) -> dict | None:
    return next((one for one in door_list(door)["turned"] if hash_of_code(code) in one["codes"]), None)


def hall(session, name) -> None:
    venue = make_venue(session.course.host_office, name=name)
    Place.objects.create(session=session, kind=PlaceKind.HALL, venue=venue)


def test_the_card_of_an_entry_that_went_into_another_is_its_persons(lop):
    """Fails when only the passes of the registrations on the roll are listed."""
    kept, gone = lop.people(2)
    door = door_of(lop)
    old = passes_in_force([gone.pk])[gone.pk]
    merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM)
    assert {hash_of_code(code_of(kept)), hash_of_code(old.code), hash_of_code(old.short)} <= set(
        guest(door, kept)["codes"]
    )
    assert send(door, code=old.code).registration_id == kept.pk
    withdraw(Registration.objects.get(pk=kept.pk), actor=lop.organiser, why="Bận việc")
    assert turned(door, old.code)["reason"] == send(door, code=old.code).reason == ScanRefusal.WITHDRAWN


def test_through_which_door_somebody_came_is_kept_when_their_entry_goes_into_another(lop):
    """Fails when the door is found by the id under which the entry was written."""
    kept, gone = lop.people(2)
    door = door_of(lop)
    send(door, code=code_of(gone))
    merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM)
    assert guest(door, kept)["known"][lop.general.pk]["door"] == send(door, code=code_of(kept)).door == "Cửa A"


def test_a_pass_that_was_renewed_before_any_was_given_is_told_as_the_old_one(lop):
    """The first version is derived: who was never given a row could show it. Fails without a row of it that ended."""
    [person] = lop.people(1)
    old = code_of(person)
    assert not PassCode.objects.exists()
    assert renew_pass(person, actor=lop.organiser).version == 2
    assert [one.code for one in ended_passes(lop.course.pk)[person.pk]] == [old]
    door = door_of(lop)
    assert turned(door, old)["reason"] == send(door, code=old).reason == ScanRefusal.OLD_PASS
    assert hash_of_code(code_of(person)) in guest(door, person)["codes"]


def test_the_hall_of_another_class_is_that_nearest_to_the_half_day_as_the_server_says(lop):
    """Fails when the first half-day of the other class is named, whatever the door's."""
    other = Class(host=lop.host, code="LOP-2")
    hall(other.general, "Hội trường Sáng")
    hall(other.first, "Hội trường Chiều")
    [stranger] = other.people(1)
    set_clock(lop.general.starts_at)
    door = door_of(lop, lop.general, lop.first)
    code = code_of(stranger)
    wheres = []
    for session in (lop.general, lop.first):
        set_clock(session.starts_at)
        answer = send(door, code=code)
        assert (answer.reason, answer.where) == (ScanRefusal.OTHER_CLASS, turned(door, code)["where"][session.pk])
        wheres.append(answer.where)
    assert wheres == [f"{other.course.title} – Hội trường Sáng", f"{other.course.title} – Hội trường Chiều"]


def test_a_pass_of_another_hosts_class_of_the_day_is_told_too_but_neither_its_name_nor_its_class(lop):
    """Fails without the host in `Whereabouts`."""
    foreign = Class(code="LOP-9")
    [stranger] = foreign.people(1)
    hall(foreign.general, "Hội trường Kín")
    set_clock(lop.general.starts_at)
    door, code = door_of(lop), code_of(stranger)
    found = turned(door, code)
    assert (found["reason"], found["name"], found["where"]) == (ScanRefusal.OTHER_CLASS, "", {lop.general.pk: ""})
    answer = send(door, code=code)
    assert (answer.reason, answer.where) == (ScanRefusal.OTHER_CLASS, "")
    Course.objects.filter(pk=foreign.course.pk).update(state=CourseState.DRAFT)
    assert turned(door, code) is None


def test_a_card_of_another_year_of_somebody_who_is_expected_is_told_with_its_class_and_day(lop):
    """Fails when the class must be held on the same days."""
    [person] = lop.people(1)
    day = FIRST_DAY - YEAR
    earlier = make_course(lop.host, "LOP-0", state=CourseState.CONCLUDED, starts_on=day, ends_on=day)
    session = make_session(earlier)
    hall(session, "Hội trường Xưa")
    code = code_of(Registration.objects.create(**_like(person), course=earlier, number=None))
    set_clock(lop.general.starts_at)
    door = door_of(lop)
    where = f"{earlier.title} – 05/06/2025"
    assert (turned(door, code)["reason"], turned(door, code)["where"]) == (
        ScanRefusal.OTHER_CLASS,
        {lop.general.pk: where},
    )
    assert send(door, code=code).where == where


def _like(registration) -> dict:
    names = ("trainee", "office", "office_name", "position", "state", "kind")
    return {name: getattr(registration, name) for name in names}


def test_a_class_without_a_half_day_is_told_by_its_title(lop):
    bare = make_course(lop.host, "LOP-0", state=CourseState.PUBLISHED)
    [person] = lop.people(1)
    code = code_of(Registration.objects.create(**_like(person), course=bare))
    door = door_of(lop)
    assert turned(door, code)["where"] == {lop.general.pk: bare.title}
    assert send(door, code=code).where == bare.title


def test_who_was_replaced_from_a_later_half_day_on_is_told_so_there(lop):
    """Fails when the list gives no reason of their own to those who are not expected at every half-day."""
    [person] = lop.people(1)
    by = make_trainee(lop.ward, "Ngô Thử Thay")
    set_clock(lop.general.starts_at - dt.timedelta(days=1))
    replace(person, by=by, actor=lop.organiser, why="Ốm", begins_with=lop.first)
    set_clock(lop.general.starts_at)
    door = door_of(lop, lop.general, lop.first)
    found = guest(door, person)
    assert (found["expected"], found["otherwise"]) == ([lop.general.pk], ScanRefusal.REPLACED)
    set_clock(lop.first.starts_at)
    assert send(door, code=code_of(person)).reason == ScanRefusal.REPLACED


def test_only_who_is_expected_at_a_half_day_of_the_door_is_listed_and_the_others_by_their_codes(lop):
    """Fails when the roll of the whole class is sent."""
    [both], [only_b] = lop.people(1), lop.people(1, blocks=[lop.b])
    door = door_of(lop, lop.first)
    set_clock(lop.first.starts_at)
    assert [one["id"] for one in door_list(door)["people"]] == [both.pk]
    code = code_of(only_b)
    assert turned(door, code) == {
        "codes": [hash_of_code(one) for one in (code, passes_in_force([only_b.pk])[only_b.pk].short)],
        "reason": ScanRefusal.NOT_EXPECTED,
        "name": only_b.trainee.full_name,
        "where": {},
    }
    assert send(door, code=code).reason == ScanRefusal.NOT_EXPECTED


def test_through_which_door_somebody_came_is_forgotten_when_that_was_undone(lop):
    """Fails when entries that were taken back are counted."""
    [person] = lop.people(1)
    door = door_of(lop)
    send(door, code=code_of(person))
    assert guest(door, person)["known"][lop.general.pk]["door"] == "Cửa A"
    undo_entries(lop.general, [Event.objects.get().pk], actor=lop.organiser, act=uuid4())
    set_clock(now() + dt.timedelta(minutes=1))
    lop.mark(lop.general, MarkState.PRESENT, person)
    known = guest(door, person)["known"][lop.general.pk]
    assert (known["state"], known["door"]) == (MarkState.PRESENT, "")


def test_the_list_costs_the_same_for_one_other_class_and_for_three(lop, django_assert_num_queries):
    door = door_of(lop)
    for count in (1, 2):
        lop.people(count)
        for number in range(count):
            other = Class(host=lop.host, code=f"LOP-{count}{number}")
            other.people(count)
            hall(other.general, f"Hội trường {count}{number}")
        set_clock(lop.general.starts_at)
        with django_assert_num_queries(18):
            door_list(door)
