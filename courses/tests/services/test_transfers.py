"""People moved from office to office in one reviewed step, what goes with them, and taking it back."""

import datetime as dt
import threading
import time

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import (
    ActionDetail,
    ActionLog,
    OfficeAnswer,
    OfficeSuccession,
    Registration,
    Responsibility,
    Seats,
    Trainee,
    Transfer,
)
from courses.rules.actors import actor_of
from courses.services import transfers
from courses.services.many_rows import insert_objects
from courses.services.registrations import Nominee, register, register_many, withdraw
from courses.services.trainees import set_responsibilities
from courses.services.transfers import move_each, move_people, undo_transfer
from courses.tests.narrow import FEW, few_variables
from courses.tests.parallel import at_once
from courses.tests.planning import make_block, make_course, make_office, make_organiser, make_trainee, organiser_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _spring():
    set_clock(dt.datetime(2026, 4, 1, 8, 0))


class World:
    """A ward that passed to another, with three people; a class before the day, one under way and one to come."""

    def __init__(self):
        self.host = make_office("HOST")
        self.old = make_office("OLD", self.host, valid_to=DAY)
        self.new = make_office("NEW", self.host, valid_from=DAY)
        OfficeSuccession.objects.create(old=self.old, new=self.new, date=DAY)
        self.people = [make_trainee(self.old, f"Nguyễn Thử {name}") for name in ("An", "Bình", "Châu")]
        self.ids = [person.pk for person in self.people]
        self.past = make_course(self.host, "PAST", starts_on=DAY - dt.timedelta(days=2), ends_on=DAY)
        self.running, self.next = make_course(self.host, "RUNS"), make_course(self.host, "NEXT")
        for course in (self.past, self.running, self.next):
            for person in self.people[:2]:
                register(course, person, actor=SYSTEM)
        self.past.state = self.running.state = CourseState.RUNNING
        self.next.state = CourseState.PUBLISHED
        for course in (self.past, self.running, self.next):
            course.save()
        self.actor = organiser_of(self.host, self.old, self.new)

    def move(self, people=None, actor=None, on=DAY):
        return move_people(
            self.old, self.new, self.ids if people is None else people, effective_on=on, actor=actor or self.actor
        )

    def offices(self):
        return list(Trainee.objects.order_by("pk").values_list("office__code", flat=True))

    def seats(self, course, block=None):
        return dict(Seats.objects.filter(course=course, block=block).values_list("office__code", "number"))


@pytest.fixture
def world():
    return World()


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Trainee, Registration, Seats, OfficeAnswer, Transfer, ActionLog, ActionDetail)
    ]


def refused(match, act):
    before = everything()
    with translation.override("en"), pytest.raises(Refusal, match=match):
        act()
    assert everything() == before


def test_people_move_and_each_move_is_logged(world):
    transfer = world.move(world.ids[:2])
    assert world.offices() == ["NEW", "NEW", "OLD"]
    assert (transfer.old, transfer.new, transfer.effective_on) == (world.old, world.new, DAY)
    assert (transfer.people, transfer.done_by_id) == (world.ids[:2], world.actor.user_id)
    entries = ActionLog.objects.filter(action="move").order_by("subject_id")
    assert [(entry.subject, entry.subject_id) for entry in entries] == [("courses.trainee", pk) for pk in world.ids[:2]]
    assert [entry.detail.changes for entry in entries] == [{"office": ["OLD", "NEW"]}] * 2
    assert Trainee.objects.get(pk=world.ids[0]).updated_at == now()


def test_registrations_of_classes_that_have_begun_or_began_before_the_day_stay_as_they_were(world):
    world.move()
    names = {
        code: set(Registration.objects.filter(course__code=code).values_list("office__code", "office_name"))
        for code in ("PAST", "RUNS", "NEXT")
    }
    assert names == {
        "PAST": {("OLD", "Đơn vị OLD")},
        "RUNS": {("OLD", "Đơn vị OLD")},
        "NEXT": {("NEW", "Đơn vị NEW")},
    }
    assert OfficeAnswer.objects.filter(course=world.next, office=world.new).count() == 1


def test_registrations_that_are_withdrawn_or_of_a_final_list_or_of_another_host_stay(world):
    other = make_office("OTHER")
    foreign = make_course(other, "FOREIGN", state=CourseState.PUBLISHED)
    final = make_course(world.host, "FINAL", state=CourseState.PUBLISHED, list_final_at=now())
    for course in (foreign, final):
        register(course, world.people[0], actor=SYSTEM)
    gone = withdraw(Registration.objects.get(course=world.next, trainee=world.people[1]), actor=SYSTEM)
    world.move()
    stay = Registration.objects.filter(office=world.old, course__state=CourseState.PUBLISHED)
    assert {(r.course.code, r.trainee_id) for r in stay} == {
        ("FOREIGN", world.ids[0]), ("FINAL", world.ids[0]), ("NEXT", gone.trainee_id)
    }  # fmt: skip


def test_seats_go_with_people_and_the_last_take_what_is_left(world):
    Seats.objects.create(course=world.next, office=world.old, number=5)
    world.move(world.ids[:1])
    assert world.seats(world.next) == {"OLD": 4, "NEW": 1}
    world.move(world.ids[1:])
    assert world.seats(world.next) == {"OLD": 0, "NEW": 5}
    assert world.seats(world.running) == {}


def test_an_office_that_lives_on_keeps_the_seats_of_those_who_stay(world):
    part = make_office("PART", world.host)
    other = make_trainee(part, "Nguyễn Thử Dung")
    register(world.next, other, actor=SYSTEM)
    for office, number in ((part, 3), (world.new, 1)):
        Seats.objects.create(course=world.next, office=office, number=number)
    actor = organiser_of(world.host, part, world.new)
    move_people(part, world.new, [other.pk], effective_on=DAY, actor=actor)
    assert world.seats(world.next) == {"PART": 2, "NEW": 2}


def test_the_new_office_is_never_left_over_its_seats(world):
    """The old one had no limit, or the organiser had lowered it below those registered."""
    there = make_trainee(world.new, "Nguyễn Thử Em")
    register(world.next, there, actor=SYSTEM)
    Seats.objects.create(course=world.next, office=world.new, number=1)
    world.move(world.ids[:1])
    assert world.seats(world.next) == {"NEW": 2}
    Seats.objects.create(course=world.next, office=world.old, number=0)
    world.move(world.ids[1:])
    assert world.seats(world.next) == {"OLD": 0, "NEW": 3}


def test_an_office_without_a_limit_that_gets_one_counts_who_was_there(world):
    register(world.next, make_trainee(world.new, "Nguyễn Thử Em"), actor=SYSTEM)
    Seats.objects.create(course=world.next, office=world.old, number=2)
    world.move()
    assert world.seats(world.next) == {"OLD": 0, "NEW": 3}


def test_seats_of_a_block_go_by_those_who_owe_it(world):
    block = make_block(world.next)
    Registration.objects.get(course=world.next, trainee=world.people[0]).blocks.add(block)
    Seats.objects.create(course=world.next, office=world.old, block=block, number=4)
    world.move(world.ids[1:])
    assert world.seats(world.next, block) == {"OLD": 4}
    world.move(world.ids[:1])
    assert world.seats(world.next, block) == {"OLD": 0, "NEW": 4}


def test_moved_twice_is_the_same_as_once(world):
    first = world.move()
    before = everything()
    assert world.move() == first
    assert everything() == before


def test_two_at_once_move_each_person_once(transactional_db):
    set_clock(dt.datetime(2026, 4, 1, 8, 0))
    world = World()
    Seats.objects.create(course=world.next, office=world.old, number=2)
    results = at_once(world.move, lambda: world.move(world.ids[:2]), world.move)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert world.offices() == ["NEW"] * 3
    assert sorted(pk for transfer in Transfer.objects.all() for pk in transfer.people) == world.ids
    assert world.seats(world.next) == {"OLD": 0, "NEW": 2}


@pytest.mark.parametrize("who", ["new alone", "old alone", "reads both", "officer", "nobody"])
def test_nobody_moves_people_but_organisers_of_both_offices(world, who):
    """Fails without the question in `_check`."""
    both = frozenset({world.old.pk, world.new.pk})
    actor = {
        "new alone": organiser_of(world.new),
        "old alone": organiser_of(world.old),
        "reads both": Actor("user", user_id=1, organises=both),
        "officer": Actor("user", user_id=1, certifies=both, certifies_writable=both),
        "nobody": Actor("nobody"),
    }[who]
    refused("organisers of both offices", lambda: world.move(actor=actor))


def test_the_successor_s_organiser_moves_people_over(world):
    user = make_organiser(world.new)
    world.move(actor=actor_of(user))
    assert world.offices() == ["NEW"] * 3


def test_what_cannot_be_is_refused_by_a_sentence(world):
    late = make_office("LATE", world.host, valid_from=dt.date(2026, 3, 15))
    gone = make_office("GONE", world.host, valid_to=dt.date(2026, 3, 15))
    stranger = make_trainee(world.host, "Nguyễn Thử Xa")

    def to(new, on=DAY):
        return lambda: move_people(world.old, new, world.ids, effective_on=on, actor=SYSTEM)

    refused("lies ahead", lambda: world.move(on=dt.date(2026, 4, 2)))
    refused("LATE does not exist on 01/03/2026", to(late))
    refused("GONE does not exist on 01/04/2026", to(gone))
    refused("to another office", to(world.old))
    refused("1 person is no longer of", lambda: world.move([*world.ids, stranger.pk]))
    refused("1 person is no longer of", lambda: world.move([*world.ids, 999999]))
    refused("Nobody is chosen", lambda: world.move([]))


def test_people_of_an_office_that_was_split_go_where_each_is_sent_or_none_of_them(world):
    part = make_office("PART", world.host)
    where = {part: world.ids[:1], world.new: world.ids[1:]}
    refused("organisers of both", lambda: move_each(world.old, where, effective_on=DAY, actor=world.actor))
    made = move_each(world.old, where, effective_on=DAY, actor=SYSTEM)
    assert {(transfer.new.code, *transfer.people) for transfer in made} == {
        ("PART", world.ids[0]), ("NEW", *world.ids[1:])
    }  # fmt: skip
    assert world.offices() == ["PART", "NEW", "NEW"]


def test_moving_to_two_offices_and_changing_the_same_people_do_not_wait_for_each_other(transactional_db, monkeypatch):
    """Without the lock of everybody before the first part PostgreSQL ends one of the two as a deadlock."""
    set_clock(dt.datetime(2026, 4, 1, 8, 0))
    world = World()
    part = make_office("PART", world.host)
    more = Responsibility.objects.create(code="x", name="x")
    moving = threading.Event()
    follow = transfers._registrations_follow

    def slowly(*args):
        moving.set()
        time.sleep(0.5)
        return follow(*args)

    def change():
        moving.wait(timeout=30)
        return set_responsibilities(world.ids, actor=SYSTEM, add=[more], take_away=[])

    monkeypatch.setattr(transfers, "_registrations_follow", slowly)
    where = {world.new: world.ids[1:], part: world.ids[:1]}
    made, changed = at_once(lambda: move_each(world.old, where, effective_on=DAY, actor=SYSTEM), change)
    assert (len(made), changed) == (2, 3)


@pytest.mark.parametrize("code", ["NEXT", "RUNS"])
def test_who_is_registered_while_people_move_has_the_office_of_that_moment(transactional_db, monkeypatch, code):
    """Fails when `register` takes the office of the person as the page read it, before the move."""
    set_clock(dt.datetime(2026, 4, 1, 8, 0))
    world = World()
    course = {"NEXT": world.next, "RUNS": world.running}[code]
    person = Trainee.objects.select_related("office").get(pk=world.ids[2])
    assert person.office == world.old
    moving = threading.Event()
    follow = transfers._registrations_follow

    def slowly(*args):
        moving.set()
        time.sleep(0.5)
        return follow(*args)

    def name():
        moving.wait(timeout=30)
        return register(course, person, actor=SYSTEM)

    monkeypatch.setattr(transfers, "_registrations_follow", slowly)
    moved, registration = at_once(world.move, name)
    assert moved.people == world.ids
    assert (registration.office, registration.office_name) == (world.new, world.new.name)
    assert Registration.objects.get(pk=registration.pk).office == world.new


def without_times(rows):
    skip = ("updated_at",)
    return [{name: value for name, value in row.items() if name not in skip} for row in rows]


def test_taken_back_is_as_it_was(world):
    Seats.objects.create(course=world.next, office=world.old, number=5)
    before = [without_times(rows) for rows in everything()[:2]]
    transfer = world.move()
    undone = undo_transfer(transfer, actor=world.actor)
    assert (undone.undone_at, undone.undone_by_id) == (now(), world.actor.user_id)
    assert [without_times(rows) for rows in everything()[:2]] == before
    assert world.seats(world.next) == {"OLD": 5}
    again = everything()
    undo_transfer(transfer, actor=world.actor)
    assert everything() == again
    assert ActionLog.objects.filter(action="move").count() == 6
    assert world.move() != transfer  # and can be done anew


def later(world):
    set_clock(dt.datetime(2026, 4, 2, 8, 0))
    return world


CHANGES = {
    "gone on": lambda world: Trainee.objects.filter(pk=world.ids[0]).update(office=world.host),
    "merged": lambda world: Trainee.objects.filter(pk=world.ids[0]).update(merged_into=world.ids[1]),
    "withdrawn": lambda world: withdraw(
        Registration.objects.get(course=world.next, trainee=world.people[0]), actor=SYSTEM
    ),
    "registered anew": lambda world: register(
        make_course(world.host, "LATER"), Trainee.objects.get(pk=world.ids[2]), actor=SYSTEM
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_since_is_not_taken_back(world, what):
    transfer = world.move()
    later(world)
    CHANGES[what](world)
    refused("1 person has been changed since", lambda: undo_transfer(transfer, actor=world.actor))


def test_a_move_is_not_taken_back_once_its_class_has_begun_or_its_seats_were_given_anew(world):
    Seats.objects.create(course=world.next, office=world.old, number=5)
    transfer = world.move()
    Seats.objects.filter(course=world.next, office=world.new).update(number=9)
    refused("Seats have been changed", lambda: undo_transfer(transfer, actor=world.actor))
    type(world.next).objects.filter(pk=world.next.pk).update(state=CourseState.RUNNING)
    refused("NEXT has begun", lambda: undo_transfer(transfer, actor=world.actor))


def test_nobody_takes_back_what_they_could_not_do(world):
    transfer = world.move()
    refused("organisers of both", lambda: undo_transfer(transfer, actor=organiser_of(world.new)))


def test_a_move_is_seen_by_organisers_of_either_office_alone(world):
    transfer = world.move()
    seen = [actor for actor in (organiser_of(world.old), organiser_of(world.new), SYSTEM, organiser_of(world.host))
            if transfer in Transfer.objects.visible_to(actor)]  # fmt: skip
    assert len(seen) == 3
    assert not Transfer.objects.visible_to(Actor("user", certifies=frozenset({world.old.pk}))).exists()


@pytest.mark.parametrize("people", [1, 3])
def test_moving_costs_the_same_for_one_person_as_for_three(world, django_assert_num_queries, people):
    Seats.objects.create(course=world.next, office=world.old, number=5)
    with django_assert_num_queries(27):
        world.move(world.ids[:people])


def test_more_people_than_sqlite_takes_variables_are_moved_and_moved_back(world):
    """With `__in` in place of `__among` SQLite says "too many SQL variables"."""
    insert_objects(Trainee(full_name=f"Ngô Thử {n}", office=world.old) for n in range(FEW + 1))
    people = list(Trainee.objects.filter(office=world.old))
    with few_variables():
        register_many(world.next, [Nominee(person, world.old, "") for person in people], actor=SYSTEM)
        set_responsibilities(
            [p.pk for p in people],
            actor=SYSTEM,
            add=[Responsibility.objects.create(code="thử", name="Thử")],
            take_away=[],
        )
        transfer = world.move([person.pk for person in people])
        assert Registration.objects.filter(course=world.next, office=world.new).count() == FEW + 4
        undo_transfer(transfer, actor=SYSTEM)
    assert Registration.objects.filter(course=world.next, office=world.old).count() == FEW + 4
    assert Trainee.objects.filter(office=world.old).count() == FEW + 4
