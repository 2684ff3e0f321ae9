"""The final list: numbers are given once, in order, never changed and never given to anybody else."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from courses.constants.actors import SYSTEM
from courses.constants.choices import AnswerState, CourseState, RegistrationState
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, OfficeAnswer, Registration
from courses.services.final_list import finalise_list, people_in_order
from courses.services.registrations import confirm, register, withdraw
from courses.tests.parallel import at_once
from courses.tests.planning import make_course, make_office, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


class World:
    """A class with two offices; the one that is first by protocol is made last."""

    def __init__(self):
        self.second, self.first = make_office("W2", order=20), make_office("W1", order=10)
        self.course = make_course(self.first, state=CourseState.PUBLISHED)

    def add(self, name, office=None, *, nominated=False):
        registration = register(self.course, make_trainee(office or self.first, name), actor=SYSTEM)
        if nominated:
            Registration.objects.filter(pk=registration.pk).update(state=RegistrationState.NOMINATED)
        return registration

    def numbers(self):
        """Family name → number."""
        rows = Registration.objects.filter(course=self.course).select_related("trainee").order_by("number", "pk")
        return {row.trainee.full_name.split()[0]: row.number for row in rows}

    def finalise(self, **options):
        return finalise_list(self.course, actor=SYSTEM, **options)


@pytest.fixture
def world():
    return World()


def four(world):
    """Given names C, A in the second office, D, B in the first."""
    for name, office in (("Ca", world.second), ("An", world.second), ("Dung", world.first), ("Ba", world.first)):
        world.add(f"{name}X Thử {name}", office)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("protocol", ["Ba", "Dung", "An", "Ca"]), ("name", ["An", "Ba", "Ca", "Dung"])],
)
def test_the_list_is_numbered_by_protocol_or_by_given_name(world, order, expected):
    four(world)
    preview = [row.trainee.given_name for row in people_in_order(world.course, order)]
    world.finalise(order=order)
    assert list(world.numbers().items()) == [(f"{name}X", number) for number, name in enumerate(expected, 1)]
    assert preview == expected


def test_twice_changes_nothing_and_is_logged_once(world):
    four(world)
    first = world.finalise()
    before = world.numbers()
    again = world.finalise(order="name")
    assert (world.numbers(), again.list_final_at) == (before, first.list_final_at)
    assert [entry.changes for entry in ActionLog.objects.filter(action="final list")] == [
        {"order": [None, "protocol"], "count": [None, 4]}
    ]


def test_answers_that_were_sent_become_final_and_no_others(world):
    four(world)
    states = {world.first: AnswerState.SENT, world.second: AnswerState.IN_PROGRESS}
    for office, state in states.items():
        OfficeAnswer.objects.filter(office=office).update(state=state)
    world.finalise()
    kept = dict(OfficeAnswer.objects.order_by("office__order").values_list("office__code", "state"))
    assert kept == {"W1": "final", "W2": "in_progress"}


def test_whoever_is_only_nominated_must_be_confirmed_or_withdrawn_first(world):
    four(world)
    world.add("Em Thử Em", nominated=True)
    with pytest.raises(Refusal, match="1 person still waits to be confirmed"):
        world.finalise()
    assert set(world.numbers().values()) == {None}
    world.finalise(confirm_rest=True)
    assert sorted(world.numbers().values()) == [1, 2, 3, 4, 5]
    assert Registration.objects.filter(state=RegistrationState.NOMINATED).count() == 0
    assert ActionLog.objects.filter(action="confirm").count() == 1


def test_an_empty_or_concluded_list_is_not_made_final(world):
    with pytest.raises(Refusal, match="Nobody is on the list"):
        world.finalise()
    four(world)
    Course.objects.update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal, match="concluded"):
        world.finalise()


def test_whoever_comes_later_gets_the_next_number_and_one_of_who_left_is_not_given_again(world):
    four(world)
    world.finalise(order="name")
    last = Registration.objects.get(number=4)
    withdraw(last, actor=SYSTEM)
    world.add("Aa Thử Aa")
    assert world.numbers() == {"AnX": 1, "BaX": 2, "CaX": 3, "DungX": 4, "Aa": 5}
    register(world.course, last.trainee, actor=SYSTEM)
    assert world.numbers() == {"AnX": 1, "BaX": 2, "CaX": 3, "DungX": 4, "Aa": 5}


def test_nobody_has_a_number_before_the_list_is_final(world):
    four(world)
    assert set(world.numbers().values()) == {None}


def test_people_of_another_class_are_not_counted(world):
    four(world)
    other = make_course(world.first, "LOP-2", starts_on=dt.date(2026, 8, 1), ends_on=dt.date(2026, 8, 2))
    Registration.objects.create(
        course=other, trainee=make_trainee(world.first), office=world.first, office_name="x", number=77
    )
    world.finalise()
    assert max(world.numbers().values()) == 4


def test_the_database_knows_each_number_of_a_class_once(world):
    """The constraint `serial_number_once_in_a_course`; a withdrawn row holds its number too."""
    four(world)
    world.finalise()
    one, two, *_rest = Registration.objects.order_by("number")
    withdraw(one, actor=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.filter(pk=two.pk).update(number=one.number)


def test_confirming_takes_nominated_people_of_the_class_alone(world):
    waiting, other = world.add("An Thử An", nominated=True), world.add("Ba Thử Ba", nominated=True)
    gone = withdraw(world.add("Ca Thử Ca"), actor=SYSTEM)
    confirm(world.course, [waiting.pk, gone.pk], actor=SYSTEM)
    confirm(world.course, [waiting.pk], actor=SYSTEM)
    states = dict(Registration.objects.values_list("pk", "state"))
    assert states == {waiting.pk: "confirmed", other.pk: "nominated", gone.pk: "withdrawn"}
    assert [entry.changes for entry in ActionLog.objects.filter(action="confirm")] == [{"registrations": [waiting.pk]}]


@pytest.mark.parametrize("count", [1, 3])
def test_the_cost_does_not_depend_on_the_people(world, django_assert_num_queries, count):
    for number in range(count):
        world.add(f"Ngô Thử {number}")
    with django_assert_num_queries(12):
        world.finalise()


# Many at once


@pytest.mark.django_db(transaction=True)
def test_two_who_make_the_list_final_give_one_row_of_numbers():
    """Fails on PostgreSQL when `list_final_at` is asked before the lock (tried)."""
    world = World()
    four(world)
    results = at_once(*[lambda order=order: world.finalise(order=order) for order in ("name", "protocol") * 2])
    assert [type(result) for result in results] == [Course] * 4
    assert sorted(world.numbers().values()) == [1, 2, 3, 4]
    assert ActionLog.objects.filter(action="final list").count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_registers_while_the_list_is_made_final_has_a_number_too():
    """Without the call of `number_late_ones` in `register_many` those who come after it have none (tried)."""
    world = World()
    four(world)
    people = [make_trainee(world.second, f"Ngô Thử {n}") for n in range(5)]
    acts = [lambda p=person: register(world.course, p, actor=SYSTEM) for person in people]
    results = at_once(*acts[:2], world.finalise, *acts[2:])
    assert [result for result in results if isinstance(result, Exception)] == []
    numbers = Registration.objects.filter(course=world.course).values_list("number", flat=True)
    assert sorted(numbers, key=lambda number: number or 0) == list(range(1, 10))


def test_two_offices_of_one_rank_are_listed_as_they_are_numbered():
    """Fails when either order leaves the code of the office out: their people would stand mixed."""
    host = make_office("HOST")
    one, two = make_office("P1", order=5), make_office("P2", order=5)
    course = make_course(host, state=CourseState.PUBLISHED)
    for office, name in ((one, "Ngô Thử An"), (two, "Ngô Thử Ba"), (one, "Ngô Thử Cam")):
        register(course, make_trainee(office, name), actor=SYSTEM)
    numbered = [row.trainee.given_name for row in people_in_order(course, "protocol")]
    listed = Registration.objects.filter(course=course).select_related("trainee").in_protocol_order()
    assert [row.trainee.given_name for row in listed] == numbered == ["An", "Cam", "Ba"]


def test_who_has_not_said_that_they_know_what_is_open_is_refused(world):
    """Fails when the service does not ask again, under the lock."""
    world.add("Ngô Thử An")
    OfficeAnswer.objects.create(course=world.course, office=world.second)
    with pytest.raises(Refusal, match="still open"):
        world.finalise(knowing=False)
    assert world.finalise(knowing=True).list_final_at
