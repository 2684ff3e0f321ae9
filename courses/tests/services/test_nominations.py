import datetime as dt
import time
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import AnswerState, CourseState, RegistrationState
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, OfficeAnswer, OfficeSuccession, Registration, Seats, Trainee
from courses.reports.room import Room
from courses.rules.actors import offices_behind
from courses.services.nominations import (
    AskWho,
    NewPerson,
    NumberOfAnother,
    nominate,
    nominate_many,
    replace,
)
from courses.services.registrations import confirm, register, set_blocks, withdraw
from courses.tests.parallel import at_once
from courses.tests.planning import (
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_session,
    make_trainee,
    organiser_of,
)
from courses.tests.services.test_merging import merge

pytestmark = pytest.mark.django_db
NOMINATED, CONFIRMED = RegistrationState.NOMINATED, RegistrationState.CONFIRMED
DEADLINE = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _english():
    set_clock(dt.datetime(2026, 5, 20, 9))
    with translation.override("en"):
        yield


class World:
    """A published class of the fifth of June with one half-day; lists until the first. `link` is the ward's."""

    def __init__(self, **fields):
        self.host = make_office("HOST")
        self.ward, self.other = make_office("W1", self.host), make_office("W2", self.host)
        values = {"state": CourseState.PUBLISHED, "registration_deadline": DEADLINE}
        self.course = make_course(self.host, **{**values, **fields})
        make_session(self.course)
        self.organiser = organiser_of(self.host)
        self.answer = OfficeAnswer.objects.create(course=self.course, office=self.ward)
        self.link = Actor(
            "office",
            answer_id=self.answer.pk,
            office_id=self.ward.pk,
            course_id=self.course.pk,
            coordinates=offices_behind(self.ward.pk),
        )

    def seats(self, number, block=None, office=None):
        Seats.objects.create(course=self.course, office=office or self.ward, block=block, number=number)

    def person(self, name="Ngô Thử Một", office=None, **fields):
        return make_trainee(office or self.ward, name, position="Chuyên viên", **fields)

    def name(self, person, **fields):
        return nominate(self.course, person, office=self.ward, actor=self.link, **fields)

    def state(self):
        return OfficeAnswer.objects.get(pk=self.answer.pk).state


@pytest.fixture
def world():
    return World()


def test_a_named_person_waits_for_the_organisers_and_is_logged_by_the_link(world):
    registration = world.name(world.person())
    assert (registration.state, registration.office, registration.position) == (NOMINATED, world.ward, "Chuyên viên")
    entry = ActionLog.objects.get(action="nominate")
    assert (entry.actor_kind, entry.user_id) == ("office", None)
    assert entry.changes == {"registrations": [registration.pk], "answer": [None, world.answer.pk]}
    assert world.state() == AnswerState.IN_PROGRESS


def test_naming_twice_is_harmless(world):
    person = world.person()
    assert world.name(person) == world.name(person)
    assert Registration.objects.count() == 1
    assert ActionLog.objects.filter(action="nominate").count() == 1


def test_somebody_new_is_kept_with_what_was_typed_and_a_double_tap_makes_one_person(world):
    typed = NewPerson("Ngô Thử Mới", "Văn thư", "f", phone="0900000001", citizen_number="093180000123")
    submission = uuid4()
    first = world.name(typed, submission=submission)
    assert world.name(typed, submission=submission) == first
    assert world.name(NewPerson(**{**vars(typed), "another": True}), submission=submission) == first
    trainee = Trainee.objects.get()
    assert (trainee.full_name, trainee.office, trainee.phone) == ("Ngô Thử Mới", world.ward, "0900000001")
    assert trainee.citizen_number == "093180000123"
    assert "093180000123" not in str(list(ActionLog.objects.values_list("changes", "detail__changes")))


def test_a_form_that_another_office_sent_answers_with_nothing_of_its_people(world):
    """Take the office out of `done_before` and the number of a form opens what another office did by it."""
    submission = uuid4()
    theirs = world.name(world.person("Ngô Thử Kín"), submission=submission)
    mine = world.person("Ngô Thử Mình", office=world.other)
    own = nominate(world.course, mine, office=world.other, actor=SYSTEM, submission=submission)
    assert (own.trainee, own.pk == theirs.pk) == (mine, False)


def test_the_same_name_is_asked_with_or_without_marks_and_another_is_another(world):
    known = world.person("Ngô Thử Ánh")
    typed = NewPerson("ngo thu anh", "Văn thư")
    with pytest.raises(AskWho) as asked:
        world.name(typed)
    assert asked.value.candidates == [known]
    assert Registration.objects.count() == 0
    new = world.name(NewPerson("Ngô Thử Ánh", "Văn thư", another=True))
    assert new.trainee != known


def test_a_number_known_elsewhere_joins_the_person_and_one_of_another_name_is_refused_with_a_trace(world):
    """Without `NumbersWatched` nothing is logged, since the refusal takes the transaction back."""
    elsewhere = world.person("Ngô Thử Ánh", office=make_office("XA"), citizen_number="093180000123")
    typed = NewPerson("Ngô Thử Khác", "Văn thư", citizen_number="093180000123")
    for _try in range(10):
        with pytest.raises(NumberOfAnother, match="kept with another name"):
            world.name(typed)
    assert ActionLog.objects.filter(action="find by citizen number").count() == 10
    right = NewPerson("Ngô Thử Ánh", "Văn thư", citizen_number="093180000123")
    with pytest.raises(Refusal, match="wait five minutes"):
        world.name(right)
    set_clock(dt.datetime(2026, 5, 20, 9, 6))
    named = world.name(right)
    assert (named.trainee, named.office, named.position) == (elsewhere, world.ward, "Văn thư")


def merged(world, gone="Ngô Thử Một"):
    """A person with two rows and two numbers, that went together; the row that was kept."""
    kept = world.person(citizen_number="093075000123")
    merge(kept, world.person(gone, citizen_number="093075000456"))
    return kept


@pytest.mark.parametrize("typed", ["Ngô Thử Một", "Ngô Thử Mốt"])
def test_the_number_of_a_row_that_went_into_another_finds_whoever_was_kept(world, typed):
    """By any name under which the person was kept; without following the merger nobody could be named (tried)."""
    kept = merged(world, gone="Ngô Thử Mốt")
    assert world.name(NewPerson(typed, "CV", citizen_number="093075000456")).trainee == kept
    with pytest.raises(NumberOfAnother):
        world.name(NewPerson("Ngô Thử Hai", "CV", citizen_number="093075000456"))


def test_the_number_of_a_row_that_went_into_another_replaces_by_whoever_was_kept(world):
    kept, first = merged(world), world.name(world.person("Lê Thử Hai"))
    by = NewPerson("Ngô Thử Một", "CV", citizen_number="093075000456")
    assert replace(first, by=by, actor=world.link, why="ốm").trainee == kept


def test_the_name_of_a_row_that_went_into_another_asks_for_whoever_was_kept(world):
    """The duplicate that was merged away does not come back as somebody new (tried)."""
    kept = merged(world, gone="Ngô Thử Khác")
    with pytest.raises(AskWho) as ask:
        world.name(NewPerson("Ngô Thử Khác", "CV"))
    assert ask.value.candidates == [kept]


def test_only_own_people_and_those_of_offices_that_it_succeeded_can_be_named(world):
    old = make_office("CU")
    OfficeSuccession.objects.create(old=old, new=world.ward, date=FIRST_DAY)
    world.link = Actor(**{**vars(world.link), "coordinates": offices_behind(world.ward.pk, FIRST_DAY)})
    world.name(world.person(office=old))
    with pytest.raises(Refusal, match="own office"):
        world.name(world.person("Ngô Thử Hai", office=world.other))
    foreign = Actor(**{**vars(world.link), "office_id": world.other.pk})
    with pytest.raises(Refusal, match="own office"):
        nominate(world.course, world.person("Ngô Thử Ba"), office=world.ward, actor=foreign)
    assert Registration.objects.count() == 1


def test_several_are_named_all_or_nobody(world):
    world.seats(2)
    people = [world.person(f"Ngô Thử {n}") for n in ("Một", "Hai", "Ba")]
    with pytest.raises(Refusal, match=r"Seats left: 2; you chose 3 people\. Please take off 1\."):
        nominate_many(world.course, people, office=world.ward, actor=world.link)
    assert Registration.objects.count() == 0
    assert len(nominate_many(world.course, people[:2], office=world.ward, actor=world.link)) == 2


@pytest.mark.parametrize(
    ("moment", "fields", "sentence"),
    [
        (dt.datetime(2026, 6, 1, 23, 59), {}, None),
        (dt.datetime(2026, 6, 2, 0, 0), {}, "deadline for lists was 01/06/2026"),
        (dt.datetime(2026, 6, 5, 10, 59), {"registration_deadline": None}, None),
        (dt.datetime(2026, 6, 5, 11, 1), {"registration_deadline": None}, "last half-day"),
        (dt.datetime(2026, 5, 20), {"list_final_at": dt.datetime(2026, 5, 19, tzinfo=dt.UTC)}, "is final"),
        (dt.datetime(2026, 5, 20), {"state": CourseState.CONCLUDED}, "concluded"),
    ],
)
def test_an_office_names_and_withdraws_until_the_end_of_the_deadline(moment, fields, sentence):
    """Without `check_naming` in `register_many` and `withdraw` the refused cases pass."""
    world = World(registration_deadline=fields.pop("registration_deadline", DEADLINE))
    named = world.name(world.person())
    for name, value in fields.items():
        setattr(world.course, name, value)
    world.course.save()
    set_clock(moment)
    acts = [lambda: world.name(world.person("Ngô Thử Hai")), lambda: withdraw(named, actor=world.link)]
    for act in acts:
        if sentence is None:
            act()
        else:
            with pytest.raises(Refusal, match=sentence):
                act()


def test_naming_after_the_letter_was_sent_makes_the_answer_again_until_the_list_is_final(world):
    named = world.name(world.person())
    for act in (lambda: world.name(world.person("Ngô Thử Hai")), lambda: withdraw(named, actor=world.link)):
        OfficeAnswer.objects.update(state=AnswerState.SENT, letter_number="12/UBND")
        act()
        assert world.state() == AnswerState.IN_PROGRESS
    assert OfficeAnswer.objects.get(pk=world.answer.pk).letter_number == "12/UBND"
    OfficeAnswer.objects.update(state=AnswerState.SENT)
    register(world.course, world.person("Ngô Thử Ba"), actor=world.organiser)
    assert world.state() == AnswerState.SENT  # what an organiser does is not the office's answer


# Replacing


def test_a_replacement_takes_the_same_seat_and_the_history_stays(world):
    a, b = make_block(world.course, "A"), make_block(world.course, "B")
    world.seats(1)
    world.seats(1, block=a)
    old = nominate(world.course, world.person(), office=world.ward, actor=world.link)
    old.blocks.set([a])
    new_person = world.person("Ngô Thử Hai")
    set_clock(dt.datetime(2026, 6, 5, 10))  # after the deadline, in the half-day
    new = replace(old, by=new_person, actor=world.link, why="đi công tác")
    assert replace(old, by=new_person, actor=world.link, why="đi công tác") == new
    old.refresh_from_db()
    assert (old.state, old.replaced_by, old.why) == (RegistrationState.REPLACED, new, "đi công tác")
    assert (new.state, new.office, list(new.blocks.all())) == (NOMINATED, world.ward, [a])
    assert Registration.objects.active().count() == 1
    assert ActionLog.objects.filter(action="replace").count() == 1
    assert b not in new.blocks.all()


def test_an_organisers_replacement_is_confirmed_and_somebody_new_may_come(world):
    old = world.name(world.person())
    submission = uuid4()
    typed = NewPerson("Ngô Thử Mới", "Văn thư")
    new = replace(old, by=typed, actor=world.organiser, why="ốm", submission=submission)
    assert replace(old, by=typed, actor=world.organiser, why="ốm", submission=submission) == new
    assert (new.state, new.trainee.full_name) == (CONFIRMED, "Ngô Thử Mới")


def test_after_the_list_is_final_the_new_one_gets_the_next_number_and_the_old_keeps_its_own(world):
    one, two = world.name(world.person()), world.name(world.person("Ngô Thử Hai"))
    for number, registration in enumerate((one, two), 1):
        Registration.objects.filter(pk=registration.pk).update(number=number)
    world.course.list_final_at = dt.datetime(2026, 5, 21, tzinfo=dt.UTC)
    world.course.save()
    new = replace(one, by=world.person("Ngô Thử Ba"), actor=world.link, why="ốm")
    one.refresh_from_db()
    assert (one.number, new.number) == (1, 3)
    late = register(world.course, world.person("Ngô Thử Bốn"), actor=world.organiser)
    assert late.number == 4


def test_who_was_replaced_can_be_named_again_and_who_is_on_the_list_replaces_nobody(world):
    first, second = world.person(), world.person("Ngô Thử Hai")
    old = world.name(first)
    new = replace(old, by=second, actor=world.link, why="ốm")
    with pytest.raises(Refusal, match="already on the list"):
        replace(world.name(first), by=second, actor=world.link, why="ốm")
    again = Registration.objects.active().get(trainee=first)
    assert again.pk != old.pk
    withdraw(new, actor=world.link)
    with pytest.raises(Refusal, match="not on the list of the class any more"):
        replace(new, by=world.person("Ngô Thử Ba"), actor=world.link, why="ốm")


def test_replacing_ends_with_the_last_half_day_and_stays_within_the_office(world):
    old = world.name(world.person())
    with pytest.raises(Refusal, match="own office"):
        replace(old, by=world.person("Ngô Thử Hai", office=world.other), actor=world.link, why="ốm")
    set_clock(dt.datetime(2026, 6, 5, 11, 1))
    with pytest.raises(Refusal, match="last half-day"):
        replace(old, by=world.person("Ngô Thử Ba"), actor=world.link, why="ốm")


# Confirming


def test_organisers_confirm_those_who_wait_and_nobody_else_does(world):
    one, two = world.name(world.person()), world.name(world.person("Ngô Thử Hai"))
    with pytest.raises(Refusal, match="Only the organisers"):
        confirm(world.course, [one.pk], actor=world.link)
    assert confirm(world.course, [one.pk], actor=world.organiser) == 1
    assert confirm(world.course, [one.pk], actor=world.organiser) == 0
    assert sorted(Registration.objects.values_list("state", flat=True)) == [CONFIRMED, NOMINATED]
    assert ActionLog.objects.filter(action="confirm").count() == 1
    other = make_course(world.host, "LOP-2", state=CourseState.PUBLISHED)
    assert confirm(other, [two.pk], actor=world.organiser) == 0


def test_who_is_in_the_class_for_another_office_is_not_named_by_this_one(world):
    """It was said to be named, and stood on the list of the other (tried). Trying numbers leaves its trace."""
    there = world.person("Ngô Thử Một", world.other, citizen_number="093075000123")
    register(world.course, there, actor=SYSTEM)
    with pytest.raises(Refusal, match="Ngô Thử Một is already on the list of this class for another office"):
        world.name(NewPerson("Ngô Thử Một", "CV", citizen_number="093075000123"))
    (entry,) = ActionLog.objects.filter(action="find by citizen number")
    assert entry.changes["trainees"] == [there.pk]
    OfficeSuccession.objects.create(old=world.other, new=world.ward, date=dt.date(2026, 1, 1))
    with pytest.raises(Refusal, match="for another office"):
        nominate_many(world.course, [there, world.person("Ngô Thử Hai")], office=world.ward, actor=world.link)
    assert Registration.objects.active().get().office == world.other


def test_too_many_are_told_how_many_to_take_off_and_those_on_the_list_do_not_count(world):
    world.seats(4)
    first, *others = [world.person(f"Ngô Thử {n}") for n in range(5)]
    world.name(first)
    with pytest.raises(Refusal, match=r"Seats left: 3; you chose 4 people\. Please take off 1\."):
        nominate_many(world.course, [first, *others], office=world.ward, actor=world.link)
    nominate_many(world.course, others[:3], office=world.ward, actor=world.link)
    with pytest.raises(Refusal, match=r"no seat left: 4 given\.$"):
        nominate_many(world.course, [first, others[3]], office=world.ward, actor=world.link)


# Seats by block


def seats_left(course, office):
    room = Room(course)
    return room.left(office), room.left_in_blocks(office)


def test_seats_by_block_hold_on_every_way_in(world):
    a, b = make_block(world.course, "A"), make_block(world.course, "B")
    world.seats(1, block=a)
    both = world.name(world.person())  # owes both blocks
    assert seats_left(world.course, world.ward) == (None, {a.pk: 0})
    with pytest.raises(Refusal, match="no seat left in block A: 1 given"):
        world.name(world.person("Ngô Thử Hai"))
    only_b = register(world.course, world.person("Ngô Thử Ba"), actor=world.organiser, blocks=[b])
    with pytest.raises(Refusal, match="no seat left in block A"):
        register(world.course, world.person("Ngô Thử Bốn"), actor=world.organiser)
    replace(both, by=world.person("Ngô Thử Năm"), actor=world.link, why="ốm")
    assert list(only_b.blocks.all()) == [b]
    assert seats_left(world.course, world.ward) == (None, {a.pk: 0})


def test_who_has_no_block_named_takes_a_seat_in_every_block(world):
    """As the board and eligibility read it; without `numbers_owing` in `Room` one more came than there are seats."""
    world.name(world.person())  # before the class has blocks
    block = make_block(world.course, "B")
    world.seats(1, block=block)
    assert seats_left(world.course, world.ward) == (None, {block.pk: 0})
    with pytest.raises(Refusal, match="no seat left in block B"):
        world.name(world.person("Ngô Thử Hai"))
    assert Registration.objects.active().owing(block).count() == 1


def test_to_name_no_block_is_to_name_all_and_needs_a_seat_in_each(world):
    """Without the check of every block `set_blocks([])` went over the seats (tried)."""
    a, b = make_block(world.course, "A"), make_block(world.course, "B")
    world.seats(1, block=b)
    first = register(world.course, world.person(), actor=world.organiser, blocks=[b])
    second = register(world.course, world.person("Ngô Thử Hai"), actor=world.organiser, blocks=[a])
    with pytest.raises(Refusal, match="no seat left in block B"):
        set_blocks(second, [], actor=world.organiser)
    assert list(second.blocks.all()) == [a]
    set_blocks(first, [], actor=world.organiser)
    set_blocks(first, [a, b], actor=world.organiser)  # all by name: nothing is new
    assert seats_left(world.course, world.ward) == (None, {b.pk: 0})


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_to_one_of_those_who_come_at_once():
    """Without the lock in `lock_course` PostgreSQL gives it to several."""
    world = World()
    world.seats(1)
    people = [world.person(f"Ngô Thử {n}") for n in range(6)]
    answers = at_once(*(lambda person=person: world.name(person) for person in people))
    assert sum(isinstance(answer, Registration) for answer in answers) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 5
    assert Registration.objects.active().count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_replaced_by_somebody_who_goes_into_another_row_at_that_moment():
    """Without `lock_people` in `_replace` PostgreSQL puts a row on the list that is nobody's any more (tried)."""
    world = World()
    first = world.name(world.person("Lê Thử Hai"))
    kept, gone = world.person("Ngô Thử Một"), world.person("Ngô Thử Mốt")

    def merges():
        with transaction.atomic():
            merge(kept, gone)
            time.sleep(1.5)

    def replaces():
        time.sleep(0.5)
        return replace(first, by=gone, actor=world.link, why="ốm")

    assert [type(outcome) for outcome in at_once(merges, replaces)] == [type(None), Refusal]
    assert Registration.objects.active().get().pk == first.pk
