import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RegistrationKind, RegistrationState
from courses.constants.errors import Refusal
from courses.models import ActionLog, OfficeAnswer, Registration, Responsibility, Seats
from courses.services.registrations import Nominee, register, register_many, withdraw
from courses.tests.parallel import at_once
from courses.tests.planning import make_block, make_course, make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db
CONFIRMED, WITHDRAWN = RegistrationState.CONFIRMED, RegistrationState.WITHDRAWN


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


class World:
    def __init__(self, *, capacity=None):
        self.host = make_office("HOST")
        self.one, self.two = make_office("W1", self.host), make_office("W2", self.host)
        self.course = make_course(self.host, capacity=capacity, state=CourseState.PUBLISHED)
        self.actor = organiser_of(self.host)

    def seats(self, office, number):
        Seats.objects.create(course=self.course, office=office, number=number)

    def people(self, count, office=None):
        office = office or self.one
        return [make_trainee(office, f"Ngô Thử {office.code} {n}", position="Chuyên viên") for n in range(count)]


@pytest.fixture
def world():
    return World()


def test_registering_keeps_office_and_position_as_of_now(world):
    [person] = world.people(1)
    registration = register(world.course, person, actor=world.actor)
    assert (registration.office, registration.office_name, registration.position) == (
        world.one, world.one.name, "Chuyên viên",
    )  # fmt: skip
    assert (registration.state, registration.kind) == (CONFIRMED, RegistrationKind.CLASS)
    assert OfficeAnswer.objects.filter(course=world.course, office=world.one).count() == 1
    entry = ActionLog.objects.get(action="register")
    assert entry.changes == {"registrations": [registration.pk]}


def test_who_is_registered_stays_so_and_nothing_is_logged_again(world):
    [person] = world.people(1)
    first = register(world.course, person, actor=world.actor)
    assert register(world.course, person, actor=world.actor) == first
    assert Registration.objects.count() == 1
    assert ActionLog.objects.filter(action="register").count() == 1


def test_seats_are_given_in_order_until_they_are_taken(world):
    world.seats(world.one, 2)
    people = world.people(3) + world.people(2, world.two)
    nominees = [Nominee(person, person.office, person.position) for person in people]
    taken, refused = register_many(world.course, nominees, actor=world.actor)
    assert set(taken) == {people[n].pk for n in (0, 1, 3, 4)}  # the second office has no number of its own
    assert refused == {people[2].pk: f"{world.one.name} has no seat left: 2 given."}


def test_an_office_with_no_seat_sends_nobody(world):
    world.seats(world.one, 0)
    [person] = world.people(1)
    with pytest.raises(Refusal, match="no seat left: 0 given"):
        register(world.course, person, actor=world.actor)


def test_a_full_class_takes_nobody(world):
    world.course.capacity = 1
    world.course.save()
    one, two = world.people(2)
    register(world.course, one, actor=world.actor)
    with pytest.raises(Refusal, match="The class is full: 1 people"):
        register(world.course, two, actor=world.actor)


@pytest.mark.parametrize("state", [CourseState.CONCLUDED, CourseState.ARCHIVED])
def test_a_concluded_list_is_locked(world, state):
    one, two = world.people(2)
    registration = register(world.course, one, actor=world.actor)
    world.course.state = state
    world.course.save()
    with pytest.raises(Refusal, match="the list cannot be changed any more"):
        register(world.course, two, actor=world.actor)
    with pytest.raises(Refusal, match="list cannot be changed any more"):
        withdraw(registration, actor=world.actor)


def test_withdrawing_frees_the_seat_and_the_same_row_is_taken_up_again(world):
    world.seats(world.one, 1)
    one, two = world.people(2)
    registration = register(world.course, one, actor=world.actor)
    withdraw(registration, actor=world.actor)
    withdraw(registration, actor=world.actor)
    assert ActionLog.objects.filter(action="withdraw").count() == 1
    register(world.course, two, actor=world.actor)
    with pytest.raises(Refusal, match="no seat left"):
        register(world.course, one, actor=world.actor)
    withdraw(Registration.objects.get(trainee=two), actor=world.actor)
    one.office, one.position = world.two, "Phó Chủ tịch"
    one.save()
    again = register(world.course, one, actor=world.actor)
    assert again.pk == registration.pk
    assert (again.state, again.office, again.position) == (CONFIRMED, world.two, "Phó Chủ tịch")
    again.refresh_from_db()
    assert again.updated_at > Registration.objects.get(trainee=two).updated_at
    assert Registration.objects.count() == 2


def test_the_database_knows_one_active_registration_a_person(world):
    [person] = world.people(1)
    register(world.course, person, actor=world.actor)
    row = {"course": world.course, "trainee": person, "office": world.one, "office_name": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(**row)
    other = Registration.objects.create(**row, state=WITHDRAWN)
    Registration.objects.create(**row, kind=RegistrationKind.STAND_IN, stand_in_for=other)


# Blocks


def owed(registration):
    return [block.code for block in registration.blocks.order_by("code")]


def test_by_default_people_owe_the_blocks_of_their_responsibilities_else_all(world):
    reform, archive = Responsibility.objects.get(code="cchc"), Responsibility.objects.get(code="van-thu")
    a, b, c = (make_block(world.course, code) for code in "ABC")
    a.audience.add(reform)
    b.audience.add(archive)
    reformer, archivist, both, neither = world.people(4)
    reformer.responsibilities.add(reform)
    archivist.responsibilities.add(archive)
    both.responsibilities.add(reform, archive)
    neither.responsibilities.add(Responsibility.objects.get(code="bcd-qcdc"))
    found = {person: owed(register(world.course, person, actor=world.actor)) for person in (
        reformer, archivist, both, neither,
    )}  # fmt: skip
    assert found == {reformer: ["A", "C"], archivist: ["B", "C"], both: ["A", "B", "C"], neither: ["A", "B", "C"]}
    assert c.audience.count() == 0


def test_named_blocks_are_owed_and_replaced_when_somebody_comes_back(world):
    a, b = make_block(world.course, "A"), make_block(world.course, "B")
    [person] = world.people(1)
    registration = register(world.course, person, actor=world.actor, blocks=[a])
    assert owed(registration) == ["A"]
    withdraw(registration, actor=world.actor)
    assert owed(register(world.course, person, actor=world.actor, blocks=[b])) == ["B"]


def test_registering_costs_the_same_for_one_and_for_many(world, django_assert_num_queries):
    make_block(world.course, "A")
    for count, office in ((1, world.one), (9, world.two)):
        nominees = [Nominee(person, office, "") for person in world.people(count, office)]
        with django_assert_num_queries(15):
            register_many(world.course, nominees, actor=world.actor)


# Many at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["seats", "capacity"])
def test_the_last_seats_are_given_once_and_none_stays_empty(limit):
    """Fails on PostgreSQL without `lock_course`."""
    world = World(capacity=3 if limit == "capacity" else None)
    if limit == "seats":
        world.seats(world.one, 3)
    for _round in range(3):
        people = [make_trainee(world.one, f"Ngô Thử {n}") for n in range(8)]
        results = at_once(*[lambda p=person: register(world.course, p, actor=SYSTEM) for person in people])
        refused = [result for result in results if isinstance(result, Exception)]
        assert {type(error) for error in refused} == {Refusal}
        assert len(refused) == 5
        assert Registration.objects.filter(course=world.course).active().count() == 3
        for registration in Registration.objects.filter(course=world.course).active():
            withdraw(registration, actor=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_one_person_registered_by_many_at_once_is_in_the_class_once():
    world = World()
    [person] = world.people(1)
    results = at_once(*[lambda: register(world.course, person, actor=SYSTEM).pk] * 8)
    assert set(results) == {Registration.objects.get().pk}
