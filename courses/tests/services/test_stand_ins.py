import datetime as dt
from uuid import uuid4

import pytest
from django.utils import translation

from courses.constants.actors import Actor
from courses.constants.choices import CourseState, RegistrationKind, RegistrationState, SessionState
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, OfficeAnswer, Registration, Seats, Session, Trainee
from courses.reports.room import Room
from courses.services.final_list import finalise_list, people_in_order
from courses.services.nominations import AskWho, NewPerson, replace
from courses.services.registrations import register, withdraw
from courses.services.stand_ins import end_stand_in, stand_in
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_session,
    make_trainee,
    organiser_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(9)))
    with translation.override("en"):
        yield


class World:
    """A class under way with two half-days for all and one for block B; An is on its list for the ward."""

    def __init__(self):
        self.host = make_office("HOST")
        self.ward, self.other = make_office("W1", self.host), make_office("W2", self.host)
        self.course = make_course(self.host, state=CourseState.RUNNING)
        self.a, self.b = make_block(self.course, "A"), make_block(self.course, "B")
        self.morning = make_session(self.course)
        self.afternoon = make_session(self.course, hours=AFTERNOON)
        self.of_b = make_session(self.course, day=FIRST_DAY + dt.timedelta(days=1), blocks=[self.b])
        self.organiser = organiser_of(self.host)
        self.an = register(self.course, make_trainee(self.ward, "Ngô Thử An"), actor=self.organiser, blocks=[self.a])
        self.binh = make_trainee(self.ward, "Ngô Thử Bình", position="Văn thư")

    def stand_in(self, *sessions, by=None, instead_of=None, **fields):
        values = {"actor": self.organiser, "why": "họp", **fields}
        return stand_in(instead_of or self.an, by=by or self.binh, sessions=sessions or [self.morning], **values)


@pytest.fixture
def world():
    return World()


def half_days(registration):
    return set(registration.sessions.all())


def test_a_stand_in_has_half_days_and_the_office_of_then_but_no_seat_and_no_number(world):
    Seats.objects.create(course=world.course, office=world.ward, number=1)
    finalise_list(world.course, actor=world.organiser)
    there = world.stand_in()
    assert (there.kind, there.stand_in_for, there.state) == (
        RegistrationKind.STAND_IN,
        world.an,
        RegistrationState.CONFIRMED,
    )
    assert (there.office, there.office_name, there.position) == (world.ward, world.ward.name, "Văn thư")
    assert (there.number, half_days(there)) == (None, {world.morning})
    room = Room(world.course)
    assert (room.total, room.left(world.ward)) == (1, 0)
    assert list(people_in_order(world.course, "protocol")) == [world.an]


def test_whoever_comes_after_the_final_list_is_numbered_and_a_stand_in_is_not(world):
    world.stand_in()
    finalise_list(world.course, actor=world.organiser)
    late = register(world.course, make_trainee(world.other, "Ngô Thử Trễ"), actor=world.organiser)
    numbers = dict(Registration.objects.order_by().values_list("trainee__full_name", "number"))
    assert numbers == {"Ngô Thử An": 1, "Ngô Thử Bình": None, late.trainee.full_name: 2}


def test_the_same_person_for_another_half_day_comes_into_the_same_registration(world):
    first = world.stand_in(world.morning)
    again = world.stand_in(world.morning)
    more = world.stand_in(world.afternoon)
    assert first == again == more
    assert half_days(first) == {world.morning, world.afternoon}
    assert ActionLog.objects.filter(action="stand in").count() == 2


def test_the_same_form_again_makes_nobody_twice(world):
    submission = uuid4()
    new = NewPerson("Ngô Thử Mới", "Chuyên viên")
    assert world.stand_in(by=new, submission=submission) == world.stand_in(by=new, submission=submission)
    assert Trainee.objects.filter(full_name="Ngô Thử Mới").count() == 1


def test_somebody_typed_with_a_known_name_is_asked_about(world):
    with pytest.raises(AskWho):
        world.stand_in(by=NewPerson("ngô thử bình"))


def test_somebody_of_another_office_may_stand_in_when_the_organiser_sees_the_person(world):
    other = make_trainee(world.other, "Ngô Thử Xa")
    there = world.stand_in(by=other, actor=organiser_of(world.host, world.other))
    assert there.office == world.other
    with pytest.raises(Refusal, match="not known here"):
        world.stand_in(world.afternoon, by=make_trainee(make_office("FAR"), "Ngô Thử Lạ"))


def test_who_is_on_the_list_stands_in_for_nobody(world):
    register(world.course, world.binh, actor=world.organiser)
    with pytest.raises(Refusal, match="on the list of this class"):
        world.stand_in()


def test_who_was_replaced_stands_in_only_after_the_own_last_half_day(world):
    chau = register(world.course, make_trainee(world.ward, "Ngô Thử Châu"), actor=world.organiser)
    replace(world.an, by=world.binh, actor=world.organiser, why="đi", begins_with=world.afternoon)
    with pytest.raises(Refusal, match="on the list of this class"):
        world.stand_in(world.morning, by=world.an.trainee, instead_of=chau)
    assert half_days(world.stand_in(world.afternoon, by=world.an.trainee, instead_of=chau)) == {world.afternoon}


def test_nobody_sits_for_two_at_one_half_day_nor_two_for_one(world):
    chau = register(world.course, make_trainee(world.ward, "Ngô Thử Châu"), actor=world.organiser)
    world.stand_in()
    with pytest.raises(Refusal, match="already stands in for Ngô Thử An"):
        world.stand_in(instead_of=chau)
    with pytest.raises(Refusal, match="Ngô Thử Bình already stands in"):
        world.stand_in(by=make_trainee(world.ward, "Ngô Thử Dung"))
    assert world.stand_in(world.afternoon, instead_of=chau) != world.stand_in()


def test_only_half_days_that_take_place_and_that_the_other_owes(world):
    foreign = make_session(make_course(world.host, "LOP-2"))
    Session.objects.filter(pk=world.afternoon.pk).update(state=SessionState.CANCELLED, required=False)
    for session in (world.of_b, world.afternoon, foreign):
        with pytest.raises(Refusal):
            world.stand_in(session)
    with pytest.raises(Refusal, match="at least one"):
        stand_in(world.an, by=world.binh, sessions=[], actor=world.organiser, why="")
    assert not Registration.objects.filter(kind=RegistrationKind.STAND_IN).exists()


def test_only_organisers_of_the_class_enter_stand_ins_and_only_until_it_is_concluded(world):
    answer = OfficeAnswer.objects.get(course=world.course, office=world.ward)
    office = Actor("office", answer_id=answer.pk, office_id=world.ward.pk, course_id=world.course.pk)
    for actor in (office, organiser_of(make_office("FAR"))):
        with pytest.raises(Refusal):
            world.stand_in(actor=actor)
    there = world.stand_in()
    with pytest.raises(Refusal):
        end_stand_in(there, world.morning, actor=office)
    Course.objects.update(state=CourseState.CONCLUDED)
    for act in (
        lambda: world.stand_in(world.afternoon),
        lambda: end_stand_in(there, world.morning, actor=world.organiser),
    ):
        with pytest.raises(Refusal, match="concluded"):
            act()


def test_a_half_day_is_taken_away_again_and_with_the_last_one_the_stand_in_goes(world):
    there = world.stand_in(world.morning, world.afternoon)
    end_stand_in(there, world.morning, actor=world.organiser)
    assert half_days(there) == {world.afternoon}
    for _twice in range(2):
        end_stand_in(there, world.afternoon, actor=world.organiser)
    there.refresh_from_db()
    assert (there.state, half_days(there)) == (RegistrationState.WITHDRAWN, set())
    assert half_days(world.stand_in(world.afternoon)) == {world.afternoon}


# Replacing from a half-day on


def test_somebody_who_comes_from_a_half_day_on_takes_over_the_seat(world):
    Seats.objects.create(course=world.course, office=world.ward, number=1)
    new = replace(world.an, by=world.binh, actor=world.organiser, why="đi", begins_with=world.afternoon)
    assert (new.begins_with, new.kind, set(new.blocks.all())) == (world.afternoon, RegistrationKind.CLASS, {world.a})
    assert Room(world.course).left(world.ward) == 0


def test_who_replaces_from_a_half_day_on_comes_to_a_half_day_of_the_class_that_takes_place(world):
    foreign = make_session(make_course(world.host, "LOP-2"))
    Session.objects.filter(pk=world.of_b.pk).update(state=SessionState.CANCELLED, required=False)
    for session in (foreign, Session.objects.get(pk=world.of_b.pk)):
        with pytest.raises(Refusal, match="takes place"):
            replace(world.an, by=world.binh, actor=world.organiser, why="đi", begins_with=session)


def test_a_second_replacement_begins_with_the_first_or_later(world):
    new = replace(world.an, by=world.binh, actor=world.organiser, why="đi", begins_with=world.afternoon)
    chau = make_trainee(world.ward, "Ngô Thử Châu")
    with pytest.raises(Refusal, match="came in only with"):
        replace(new, by=chau, actor=world.organiser, why="đi", begins_with=world.morning)
    assert replace(new, by=chau, actor=world.organiser, why="đi", begins_with=world.of_b).begins_with == world.of_b


def test_who_comes_a_second_time_leaves_the_first_time_as_it_was(world):
    """Fails when the withdrawn row is taken up again: it says until when An was expected."""
    replace(world.an, by=world.binh, actor=world.organiser, why="đi", begins_with=world.afternoon)
    again = Registration.objects.get(trainee=world.binh)
    Registration.objects.filter(pk=again.pk).update(state=RegistrationState.WITHDRAWN)
    chau = register(world.course, make_trainee(world.ward, "Ngô Thử Châu"), actor=world.organiser)
    for begins_with in (world.of_b, None):
        new = replace(chau, by=world.binh, actor=world.organiser, why="đi", begins_with=begins_with)
        again.refresh_from_db()
        assert (new != again, new.begins_with) == (True, begins_with)
        assert (again.begins_with, again.state) == (world.afternoon, RegistrationState.WITHDRAWN)
        world.an.refresh_from_db()
        assert world.an.replaced_by == again
        chau = replace(new, by=make_trainee(world.ward, f"Ngô Thử {new.pk}"), actor=world.organiser, why="đi")
        Registration.objects.filter(pk=new.pk).update(state=RegistrationState.WITHDRAWN, replaced_by=None)


def test_who_was_withdrawn_and_replaced_nobody_is_taken_up_again(world):
    again = register(world.course, world.binh, actor=world.organiser)
    withdraw(again, actor=world.organiser)
    assert replace(world.an, by=world.binh, actor=world.organiser, why="đi", begins_with=world.afternoon) == again
