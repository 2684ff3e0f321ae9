"""Asking for the own link, and answering."""

import datetime as dt

import pytest

from courses.constants import links
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import RequestState
from courses.constants.clock import now, set_clock, today
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, OfficeSuccession, Trainee, TraineeRequest
from courses.rules.actors import trainee_of_link
from courses.rules.claims import Claim
from courses.rules.working_days import after_working_days
from courses.services.link_requests import ask_for_link, hand_out_link, is_asked_too_often, refuse_link
from courses.services.links import renew_own_link
from courses.services.trainees import save_trainee
from courses.tests.parallel import at_once
from courses.tests.planning import make_office, make_user, organiser_of

pytestmark = pytest.mark.django_db
HERE = "192.0.2.1"


class World:
    """A host with a ward, and one without any part in it."""

    def __init__(self):
        self.host, self.far = make_office("host"), make_office("far")
        self.ward = make_office("ward", self.host)

    def person(self, name="Ngô Thử An", **fields) -> Trainee:
        return save_trainee(Trainee(), actor=SYSTEM, full_name=name, office=self.ward, **fields)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def person(world):
    return world.person(phone="0900 000 123", email="Thu@Example.vn", birth=PartialDate.parse("05/06/1975"))


def coordinator(*offices):
    return Actor("user", user_id=make_user().pk, coordinates=frozenset(office.pk for office in offices))


def said(person, **fields):
    return Claim(**({"name": person.full_name, "office_id": person.office_id, "phone_end": "0123"} | fields))


@pytest.mark.parametrize(
    "thing",
    [
        {"phone_end": "0123"},
        {"phone_end": "", "email": "thu@example.VN"},
        {"phone_end": "", "birth": PartialDate.parse("05/06/1975")},
        {"phone_end": "", "birth": PartialDate.parse("1975")},
        {"phone_end": "", "birth": PartialDate.parse("6/1975")},
        {"name": "NGO thu  an"},
        {"phone_end": "0123", "email": "another@example.vn"},
    ],
)
def test_a_name_without_marks_an_office_and_any_one_thing_are_enough(person, thing):
    request = ask_for_link(said(person, **thing), address=HERE)
    assert (request.trainee, request.asked_as, request.due_on) == (person, "nobody", after_working_days(today(), 3))


@pytest.mark.parametrize(
    "thing",
    [
        {"phone_end": "0124"},
        {"phone_end": ""},
        {"phone_end": "", "email": "another@example.vn"},
        {"phone_end": "", "birth": PartialDate.parse("06/06/1975")},
        {"name": "Ngô Thử Bình"},
        {"name": ""},
        {"office_id": 987654},
    ],
)
def test_what_is_not_on_file_asks_for_nothing(person, thing):
    assert ask_for_link(said(person, **thing), address=HERE) is None
    assert not TraineeRequest.objects.exists()


def test_nothing_on_file_is_nothing_to_be_known_by(world):
    person = world.person()
    for thing in ({"phone_end": ""}, {"phone_end": "", "email": ""}, {"phone_end": "0000"}):
        assert ask_for_link(said(person, **thing), address=HERE) is None


def test_two_people_of_whom_all_of_it_is_true_are_nobody(world, person):
    world.person("Ngô Thủ Ân", phone="0911 110 123")
    assert ask_for_link(said(person), address=HERE) is None


def test_who_is_still_kept_in_an_office_that_ended_is_found_by_the_one_of_today(world, person):
    heir = make_office("heir")
    OfficeSuccession.objects.create(old=world.ward, new=heir, date=today())
    assert ask_for_link(said(person, office_id=heir.pk), address=HERE).trainee == person


def test_while_the_question_is_open_it_is_one_and_after_the_answer_there_is_a_new_one(world, person):
    first = ask_for_link(said(person), address=HERE)
    assert ask_for_link(said(person), address="192.0.2.2") == first
    assert ActionLog.objects.filter(action="ask link").count() == 1
    hand_out_link(person, given_to="", actor=coordinator(world.ward))
    assert ask_for_link(said(person), address=HERE) != first
    assert TraineeRequest.objects.count() == 2


def test_ten_different_things_shut_the_name_for_the_address_true_or_not_and_nobody_else(world, person):
    """Whether the true one is among them is not told by when the page shuts: count what is wrong alone and the second
    case is not shut (tried). The same thing said again counts once."""
    other = world.person("Ngô Thử Bình", phone="0900000999")
    for address, ends in ((HERE, range(5000, 5010)), ("192.0.2.2", [*range(5000, 5009), 123])):
        for end in ends:
            assert not is_asked_too_often(said(person), address=address)
            for _again in range(3):
                ask_for_link(said(person, phone_end=f"{end:04d}"), address=address)
        assert is_asked_too_often(said(person), address=address)
    assert not is_asked_too_often(said(other), address=HERE)
    assert not is_asked_too_often(said(person), address="192.0.2.3")
    set_clock(now() + dt.timedelta(minutes=5))
    assert not is_asked_too_often(said(person), address=HERE)


def test_a_hall_behind_one_address_is_never_shut(world):
    """T14. One in five mistypes something first."""
    syllables = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")
    for number in range(100):
        name = f"Ngô Thử {syllables[number // 10]} {syllables[number % 10]}"
        person = world.person(name, phone="0900000123")
        if number % 5 == 0:
            ask_for_link(said(person, phone_end="9999"), address=HERE)
        assert not is_asked_too_often(said(person), address=HERE)
        assert ask_for_link(said(person), address=HERE)


def test_the_card_answers_the_request_and_says_in_the_log_who_took_it(world, person):
    ask_for_link(said(person), address=HERE)
    actor = coordinator(world.ward)
    assert hand_out_link(person, given_to=" Người  Giả Cầm Giữ ", actor=actor) == "Người Giả Cầm Giữ"
    request = TraineeRequest.objects.get()
    assert (request.state, request.given_to, request.answered_by_id) == (
        RequestState.DONE, "Người Giả Cầm Giữ", actor.user_id,
    )  # fmt: skip
    entry = ActionLog.objects.get(action="hand out link")
    assert (entry.subject_id, entry.user_id, entry.changes) == (person.pk, actor.user_id, {})
    assert entry.detail.changes == {"given_to": [None, "Người Giả Cầm Giữ"]}
    hand_out_link(person, given_to="", actor=actor)
    assert ActionLog.objects.filter(action="hand out link").count() == 2
    assert ActionLog.objects.filter(action="answer request").count() == 1


def test_a_refusal_needs_words_and_the_same_again_changes_nothing(world, person):
    request, actor = ask_for_link(said(person), address=HERE), coordinator(world.ward)
    with pytest.raises(Refusal):
        refuse_link(request, answer=" ", actor=actor)
    for _again in range(2):
        assert refuse_link(request, answer="Không phải người này hỏi", actor=actor).state == RequestState.REFUSED
    assert ActionLog.objects.filter(action="answer request").count() == 1
    with pytest.raises(Refusal):
        refuse_link(request, answer="Lời khác", actor=actor)


def actors(world):
    office = Actor("office", office_id=world.ward.pk, course_id=1, coordinates=frozenset([world.ward.pk]))
    officer = Actor("user", user_id=make_user().pk, certifies=frozenset([world.host.pk, world.ward.pk]))
    may_not = [coordinator(world.far), organiser_of(world.host), officer, office, Actor("nobody")]
    reaches = Actor("user", user_id=make_user().pk, organises=frozenset([world.ward.pk]))
    return [coordinator(world.ward), reaches, Actor("user", user_id=make_user().pk, is_superuser=True), SYSTEM], may_not


def test_the_own_office_hands_out_renews_and_refuses_and_nobody_else(world, person):
    """The organiser of the class who does not reach the person's office does not either; nor does the link of an
    office, which travels with a letter."""
    may, may_not = actors(world)
    for actor in may_not:
        request = ask_for_link(said(person), address=HERE)
        for act in (
            lambda actor=actor: hand_out_link(person, given_to="", actor=actor),
            lambda actor=actor: renew_own_link(person, expected_version=1, actor=actor),
            lambda actor=actor, request=request: refuse_link(request, answer="Không", actor=actor),
        ):
            with pytest.raises(Refusal):
                act()
    assert Trainee.objects.get(pk=person.pk).link_version == 1
    for actor in may:
        request = ask_for_link(said(person), address=HERE)
        hand_out_link(person, given_to="", actor=actor)
        assert TraineeRequest.objects.get(pk=request.pk).state == RequestState.DONE
        request = ask_for_link(said(person), address=HERE)
        assert refuse_link(request, answer="Không", actor=actor).state == RequestState.REFUSED


def test_the_same_page_sent_twice_renews_once_and_the_old_link_is_dead(world, person):
    actor = coordinator(world.ward)
    for _again in range(2):
        assert renew_own_link(person, expected_version=1, actor=actor).link_version == 2
    assert trainee_of_link(links.trainee_token(person.pk, 1)) is None
    assert trainee_of_link(links.trainee_token(person.pk, 2))[1] == person
    assert ActionLog.objects.filter(action="renew link").count() == 1


def test_what_was_asked_before_two_rows_became_one_is_still_seen_and_answered(world, person):
    request, kept = ask_for_link(said(person), address=HERE), world.person("Ngô Thử An Hai")
    Trainee.objects.filter(pk=person.pk).update(merged_into=kept)
    actor = coordinator(world.ward)
    assert list(TraineeRequest.objects.visible_to(actor)) == [request]
    assert not TraineeRequest.objects.visible_to(coordinator(world.far)).exists()
    request = TraineeRequest.objects.of_people().get()
    assert request.person == kept
    with pytest.raises(Refusal):
        hand_out_link(person, given_to="", actor=actor)
    hand_out_link(kept, given_to="", actor=actor)
    assert not TraineeRequest.objects.open().exists()


@pytest.mark.django_db(transaction=True)
def test_asked_and_answered_at_the_same_moment_each_request_is_answered_once():
    """Take the locks on person and request away and PostgreSQL answers one request several times (tried)."""
    world = World()
    person = world.person(phone="0900000123")
    actor = coordinator(world.ward)
    ask_for_link(said(person), address=HERE)
    results = at_once(
        *[lambda: hand_out_link(person, given_to="", actor=actor)] * 6,
        *[lambda: ask_for_link(said(person), address=HERE)] * 2,
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    answered = TraineeRequest.objects.filter(state=RequestState.DONE).count()
    assert ActionLog.objects.filter(action="answer request").count() == answered >= 1
    assert TraineeRequest.objects.open().count() <= 1


def test_one_address_asks_for_as_many_people_as_a_hall_holds(world, person):
    """Take the count by address out, and whoever has a list of names and tries years of birth leaves a request and a
    letter behind for every official of the city. The same said again is counted once."""
    ask_for_link(said(person), address=HERE)
    for number in range(149):
        stranger = said(person, name=f"Người Thử {number}")
        assert not is_asked_too_often(stranger, address=HERE)
        for _again in range(2):
            ask_for_link(stranger, address=HERE)
    for name in ("Người Thử Mới", person.full_name):
        assert is_asked_too_often(said(person, name=name), address=HERE)
        assert not is_asked_too_often(said(person, name=name), address="192.0.2.2")
    set_clock(now() + dt.timedelta(minutes=5))
    assert not is_asked_too_often(said(person), address=HERE)
