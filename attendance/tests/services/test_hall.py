"""Entering oneself by the hall's screen: one right, one mark; nothing is proved by it, and what is odd is shown."""

import datetime as dt
import threading
from uuid import uuid4

import pytest
from django.db import connection

from attendance.constants import Claim, MarkState, OddEntry, Way
from attendance.models import Event, Grant, Mark
from attendance.reports.here import Claimant, half_day_of, odd_entries
from attendance.rules.hall import code_at
from attendance.services.doors import make_door
from attendance.services.hall import drop_old_grants, enter_by_link, enter_oneself, open_grant
from attendance.services.merging import merge_trainees
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import Course, Place, Session
from courses.tests.planning import make_venue

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


def guest(lop, **fields):
    [person] = lop.people(1, **({"phone": "0900 000 123"} | fields))
    return person


def enter(lop, person, *, browser="b", device="", session=None, **said):
    said = said or {"phone_end": "0123"}
    secret = open_grant(session or lop.general, browser=browser, device=device)
    return enter_oneself(secret, Claimant(person.trainee.full_name, **said), browser=browser, device=device)


def test_name_and_end_of_telephone_or_year_and_office_enter_a_person(lop):
    one, two = guest(lop), guest(lop, phone="", birth=PartialDate(dt.date(1975, 1, 1), "year"))
    enter(lop, one, phone_end="0123")
    enter(lop, two, birth_year="1975", office_id=two.office_id)
    assert set(Mark.objects.values_list("registration", "state")) == {
        (one.pk, MarkState.PRESENT),
        (two.pk, MarkState.PRESENT),
    }
    assert set(Event.objects.values_list("way", flat=True)) == {Way.SCREEN}


def test_the_name_may_be_typed_without_marks(lop):
    person = guest(lop)
    secret = open_grant(lop.general, browser="b")
    plain = person.trainee.full_name.lower().replace("ô", "o").replace("ử", "u")
    assert enter_oneself(secret, Claimant(plain, phone_end="0123"), browser="b").registration == person


@pytest.mark.parametrize(
    "said",
    [
        {"phone_end": "9999"},
        {"phone_end": ""},
        {"phone_end": "3"},
        {"birth_year": "1975"},
        {"birth_year": "1976", "office_id": -1},
        {"birth_year": "", "office_id": -1},
    ],
)
def test_who_cannot_be_told_gets_the_same_words_and_no_mark(lop, said):
    person = guest(lop)
    said = said | ({"office_id": person.office_id} if "office_id" in said else {})
    with pytest.raises(Refusal) as known:
        enter(lop, person, **said)
    secret = open_grant(lop.general, browser="b")
    with pytest.raises(Refusal) as unknown:
        enter_oneself(secret, Claimant("Ngô Thử Không Ai", phone_end="0123"), browser="b")
    assert str(known.value) == str(unknown.value)
    assert Event.objects.count() == 0


def test_two_of_one_name_and_one_number_are_nobody(lop):
    one, two = guest(lop), guest(lop)
    two.trainee.full_name, two.trainee.search_key = one.trainee.full_name, one.trainee.search_key
    two.trainee.save()
    with pytest.raises(Refusal):
        enter(lop, one)


def test_a_right_is_good_once_for_one_person_in_one_browser_for_five_minutes(lop):
    one, two = guest(lop), guest(lop, phone="0900000456")
    secret = open_grant(lop.general, browser="b")
    with pytest.raises(Refusal):
        enter_oneself(secret, Claimant(one.trainee.full_name, phone_end="0123"), browser="another")
    first = enter_oneself(secret, Claimant(one.trainee.full_name, phone_end="0123"), browser="b")
    assert enter_oneself(secret, Claimant(one.trainee.full_name, phone_end="0123"), browser="b") == first
    with pytest.raises(Refusal):
        enter_oneself(secret, Claimant(two.trainee.full_name, phone_end="0456"), browser="b")
    late = open_grant(lop.general, browser="b")
    set_clock(now() + 301 * SECOND)
    with pytest.raises(Refusal):
        enter_oneself(late, Claimant(two.trainee.full_name, phone_end="0456"), browser="b")
    with pytest.raises(Refusal):
        enter_oneself("made up", Claimant(two.trainee.full_name, phone_end="0456"), browser="b")
    assert Event.objects.count() == 1


@pytest.mark.parametrize(("seconds", "taken"), [(300, True), (300.001, False)])
def test_a_right_is_good_for_five_minutes_to_the_second(lop, seconds, taken):
    person, secret = guest(lop), open_grant(lop.general, browser="b")
    set_clock(now() + seconds * SECOND)
    if taken:
        enter_oneself(secret, Claimant(person.trainee.full_name, phone_end="0123"), browser="b")
    else:
        with pytest.raises(Refusal):
            enter_oneself(secret, Claimant(person.trainee.full_name, phone_end="0123"), browser="b")
    assert Event.objects.count() == taken


def test_a_right_of_one_half_day_enters_nobody_at_another(lop):
    """In the hall of block B by the right of block A's half-day, for who owes block B alone."""
    person = guest(lop, blocks=[lop.b])
    set_clock(lop.first.starts_at)
    secret = open_grant(lop.first, browser="b")
    with pytest.raises(Refusal):
        enter_oneself(secret, Claimant(person.trainee.full_name, phone_end="0123"), browser="b")
    assert Event.objects.count() == 0


@pytest.mark.parametrize(
    ("made_for", "used_by", "taken"), [("a", "a", True), ("a", "b", False), ("a", "", False), ("", "", True)]
)
def test_a_right_is_good_on_the_phone_that_it_was_made_for(lop, made_for, used_by, taken):
    """Two telephones of one model say the same of them. The browser inside Zalo may keep no name, neither time."""
    person, names = guest(lop), {"a": str(uuid4()), "b": str(uuid4()), "": ""}
    secret = open_grant(lop.general, browser="b", device=names[made_for])
    claimant = Claimant(person.trainee.full_name, phone_end="0123")
    if taken:
        enter_oneself(secret, claimant, browser="b", device=names[used_by])
    else:
        with pytest.raises(Refusal):
            enter_oneself(secret, claimant, browser="b", device=names[used_by])
    assert Event.objects.count() == taken


def test_a_right_tried_wrongly_five_times_is_over(lop):
    person = guest(lop)
    secret = open_grant(lop.general, browser="b")
    for end in range(1000, 1005):
        with pytest.raises(Refusal):
            enter_oneself(secret, Claimant(person.trainee.full_name, phone_end=str(end)), browser="b")
    with pytest.raises(Refusal):
        enter_oneself(secret, Claimant(person.trainee.full_name, phone_end="0123"), browser="b")
    assert Event.objects.count() == 0


def test_the_code_is_that_of_a_half_day_held_in_a_class_under_way(lop):
    code = code_at(lop.general.pk, now())
    assert half_day_of(code.lower()) == lop.general
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.DRAFT)
    assert half_day_of(code) is None
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.RUNNING)
    Session.objects.filter(pk=lop.general.pk).update(state=SessionState.CANCELLED, required=False)
    assert half_day_of(code) is None


@pytest.mark.parametrize("what", ["concluded", "cancelled"])
def test_a_right_is_over_with_its_class_and_its_half_day(lop, what):
    person = guest(lop)
    secret = open_grant(lop.general, browser="b")
    if what == "concluded":
        Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    else:
        Session.objects.filter(pk=lop.general.pk).update(state=SessionState.CANCELLED, required=False)
    with pytest.raises(Refusal):
        enter_oneself(secret, Claimant(person.trainee.full_name, phone_end="0123"), browser="b")
    assert Event.objects.count() == 0


def test_the_owner_of_a_link_types_the_code_alone_and_once(lop):
    one = guest(lop)
    event = enter_by_link(one.trainee, code_at(lop.general.pk, now()))
    assert enter_by_link(one.trainee, code_at(lop.general.pk, now())) == event
    with pytest.raises(Refusal):
        enter_by_link(one.trainee, code_at(lop.general.pk, now() - 60 * SECOND))
    stranger = guest(Class(code="LOP-2"))
    set_clock(lop.general.starts_at)
    with pytest.raises(Refusal):
        enter_by_link(stranger.trainee, code_at(lop.general.pk, now()))
    assert Event.objects.count() == 1


def test_late_by_the_clock_and_after_closing_a_proposal(lop):
    one, two = guest(lop), guest(lop, phone="0900000456")
    set_clock(lop.general.starts_at + dt.timedelta(minutes=16))
    enter(lop, one)
    assert Mark.objects.get().state == MarkState.LATE
    set_clock(lop.general.ends_at + SECOND)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    assert enter(lop, two, phone_end="0456").proposal
    assert Mark.objects.count() == 1


def test_two_people_on_one_phone_are_shown_and_a_decision_ends_it(lop):
    one, two, three = guest(lop), guest(lop, phone="0900000456"), guest(lop, phone="0900000789")
    phone = str(uuid4())
    enter(lop, one, device=phone)
    assert odd_entries(lop.general) == []
    enter(lop, two, device=phone, phone_end="0456")
    enter(lop, three, device=str(uuid4()), phone_end="0789")
    odd = odd_entries(lop.general)
    assert [(found.event.registration, found.why, found.others) for found in odd] == [
        (one, OddEntry.ONE_PHONE, (two,)),
        (two, OddEntry.ONE_PHONE, (one,)),
    ]
    lop.mark(lop.general, MarkState.ABSENT, two, shown=MarkState.PRESENT)
    assert odd_entries(lop.general) == []


def test_two_entries_of_one_person_that_were_merged_are_not_two_people_on_one_phone(lop):
    """Fails when people are told apart by the id under which they were entered."""
    one, two = guest(lop), guest(lop, phone="0900000456")
    phone = str(uuid4())
    enter(lop, one, device=phone)
    enter(lop, two, device=phone, phone_end="0456")
    merge_trainees(one.trainee, two.trainee, actor=SYSTEM)
    assert odd_entries(lop.general) == []


@pytest.mark.parametrize(("minutes", "odd"), [(-61, True), (-59, False), (200, False), (250, True)])
def test_a_code_long_before_or_after_the_half_day_is_shown(lop, minutes, odd):
    set_clock(lop.general.starts_at + dt.timedelta(minutes=minutes))
    enter(lop, guest(lop))
    assert [found.why for found in odd_entries(lop.general)] == [OddEntry.OUT_OF_TIME] * odd


def test_two_halls_in_less_time_than_the_way_takes_are_shown(lop):
    person = guest(lop)
    enter(lop, person)
    other = Class(host=lop.host, code="LOP-2")
    again = other.course.registrations.create(
        trainee=person.trainee, office=person.office, office_name=person.office_name, state=person.state
    )
    set_clock(lop.general.starts_at + dt.timedelta(minutes=10))
    enter_by_link(person.trainee, code_at(other.general.pk, now()))
    assert [found.why for found in odd_entries(other.general)] == [OddEntry.TWO_HALLS]
    assert [found.why for found in odd_entries(lop.general)] == [OddEntry.TWO_HALLS]
    assert Mark.objects.get(registration=again).state == MarkState.PRESENT


HALL, SITE, OTHER = "Hội trường Thử", "Điểm cầu Thử", "Nhà văn hóa Thử"


@pytest.mark.parametrize(
    ("halls", "of_own", "again_in", "other_class", "odd"),
    [
        ([HALL], "", [HALL], True, False),
        ([HALL], "", [OTHER], True, True),
        ([HALL], "", [HALL], False, False),
        ([HALL], "", [OTHER], False, True),
        ([HALL, SITE], "", [SITE], True, False),
        ([HALL, SITE], HALL, [SITE], True, True),
        ([HALL], "", [], True, True),
        ([HALL], "", [], False, False),
        ([], "", [], False, False),
    ],
)
def test_two_halls_are_those_where_the_person_was_as_far_as_they_are_known(
    lop, halls, of_own, again_in, other_class, odd
):
    """Not known: the half-days of one class are taken to be in one hall, those of two classes in two."""
    venues = {name: make_venue(lop.host, name=name) for name in (HALL, SITE, OTHER)}
    person = guest(lop)
    other = Class(host=lop.host, code="LOP-2") if other_class else lop
    session = other.general if other_class else lop.first
    Session.objects.filter(pk=session.pk).update(
        starts_at=lop.general.starts_at, ends_at=lop.general.ends_at, required=True
    )
    set_clock(lop.general.starts_at)
    here = [Place.objects.create(session=lop.general, venue=venues[name]) for name in halls]
    for name in again_in:
        Place.objects.create(session=session, venue=venues[name])
    person.place = here[halls.index(of_own)] if of_own else None
    person.save()
    if other_class:
        other.course.registrations.create(
            trainee=person.trainee, office=person.office, office_name=person.office_name, state=person.state
        )
    for half_day in (lop.general, session):
        enter_by_link(person.trainee, code_at(half_day.pk, now()))
        set_clock(now() + dt.timedelta(minutes=10))
    found = [one.why for half_day in (lop.general, session) for one in odd_entries(half_day)]
    assert found == [OddEntry.TWO_HALLS] * (2 * odd)


def test_the_hall_of_a_door_is_its_own(lop):
    person, hall, site = guest(lop), make_venue(lop.host, name=HALL), make_venue(lop.host, name=SITE)
    for session in (lop.general, lop.first):
        Place.objects.create(session=session, venue=hall)
    enter(lop, person)
    door = make_door(lop.course, [lop.first], name="Cửa", venue=site, until=lop.first.ends_at, actor=lop.organiser)
    Event.objects.create(
        session=lop.first,
        registration=person,
        claim=Claim.SEEN,
        way=Way.DOOR,
        door=door,
        client_id=uuid4(),
        happened_at=now(),
        arrived_at=now(),
    )
    assert [one.why for one in odd_entries(lop.general)] == [OddEntry.TWO_HALLS]


@pytest.mark.parametrize("count", [1, 3])
def test_looking_for_what_is_odd_costs_the_same_for_one_and_for_three(lop, django_assert_num_queries, count):
    for number in range(count):
        enter(lop, guest(lop, phone=f"09000004{number}6"), phone_end=f"04{number}6", device="x" * 32)
    with django_assert_num_queries(3):
        odd_entries(lop.general)


def test_rights_that_are_over_for_a_month_are_dropped_and_their_entries_stay(lop):
    enter(lop, guest(lop))
    assert drop_old_grants() == 0
    set_clock(now() + dt.timedelta(days=31))
    assert drop_old_grants() == 1
    assert (Grant.objects.count(), Event.objects.count()) == (0, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turns", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_of_twenty_who_use_one_right_at_once_one_is_entered_time_and_again(turns):
    """T23. Without the lock on the right several are."""
    lop = Class()
    set_clock(lop.general.starts_at)
    people = [guest(lop, phone=f"09000{number:05}") for number in range(20)]
    claimants = [Claimant(p.trainee.full_name, phone_end=p.trainee.phone[-4:]) for p in people]
    for turn in range(turns):
        secret, ready, entered = open_grant(lop.general, browser="b"), threading.Barrier(20), []

        def enter(claimant, secret=secret, ready=ready, entered=entered):
            ready.wait(30)
            try:
                entered.append(enter_oneself(secret, claimant, browser="b").pk)
            except Refusal:
                pass
            finally:
                connection.close()

        threads = [threading.Thread(target=enter, args=[claimant]) for claimant in claimants]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(entered) == 1, turn
    assert Event.objects.count() == turns
