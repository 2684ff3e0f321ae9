import datetime as dt

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import RequestKind, RequestState
from courses.constants.clock import now, set_clock, today
from courses.constants.errors import Refusal
from courses.models import ActionLog, Trainee, TraineeRequest
from courses.services.requests import answer_request, ask_for_correction
from courses.tests.planning import make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


class World:
    """A Thursday; somebody of a ward, whose organiser may change the person."""

    def __init__(self):
        set_clock(dt.datetime(2026, 6, 4, 9))
        self.host, self.far = make_office("a"), make_office("b")
        self.ward = make_office("a-1", self.host)
        self.person = make_trainee(self.ward, "Ngô Thử An")
        self.own = Actor("trainee", trainee_id=self.person.pk)
        self.organiser = organiser_of(self.host, self.ward)

    def ask(self, words="Sinh năm 1975, không phải 1957", actor=None):
        return ask_for_correction(self.person, words=words, actor=actor or self.own)


@pytest.fixture
def world():
    return World()


def test_a_correction_has_its_words_and_a_clock_of_working_days_and_is_logged(world):
    request = world.ask("Số 093175000018 sai")
    assert (request.state, request.asked_as, request.due_on) == ("asked", "trainee", dt.date(2026, 6, 15))
    assert "093175000018" not in request.words
    entry = ActionLog.objects.get(action="ask request")
    assert (entry.subject, entry.subject_id, entry.actor_kind) == ("courses.traineerequest", request.pk, "trainee")
    assert "sai" not in str(entry.changes)


def test_the_same_words_again_are_the_same_request_and_others_wait_for_its_answer(world):
    assert world.ask() == world.ask()
    with pytest.raises(Refusal, match="04/06/2026"):
        world.ask("Điều khác")
    assert TraineeRequest.objects.count() == 1


def test_nobody_asks_without_words_or_for_somebody_else(world):
    with pytest.raises(Refusal, match="what is wrong"):
        world.ask("  ")
    stranger = Actor("trainee", trainee_id=make_trainee(world.ward, "Ngô Thử Lạ").pk)
    for actor in (stranger, world.organiser, SYSTEM):
        with pytest.raises(Refusal, match="own page"):
            world.ask(actor=actor)


def test_whoever_may_change_the_person_answers_once_and_the_same_again_is_harmless(world):
    request = world.ask()
    for _twice in range(2):
        answered = answer_request(request, done=True, answer="Đã sửa", actor=world.organiser)
    assert (answered.state, answered.answer, answered.answered_by_id) == ("done", "Đã sửa", world.organiser.user_id)
    assert ActionLog.objects.filter(action="answer request").count() == 1
    with pytest.raises(Refusal, match="answered already"):
        answer_request(request, done=False, answer="Không", actor=world.organiser)
    assert world.ask("Điều khác").state == RequestState.ASKED


def test_a_refusal_says_why(world):
    request = world.ask()
    with pytest.raises(Refusal, match="why"):
        answer_request(request, done=False, answer=" ", actor=world.organiser)
    assert answer_request(request, done=False, answer="Thẻ ghi 1957", actor=world.organiser).state == "refused"


def test_who_may_only_read_the_person_answers_nothing(world):
    """Fails without `may_edit_trainee`."""
    request = world.ask()
    reader = Actor("user", user_id=world.organiser.user_id, organises=world.organiser.organises)
    for actor in (organiser_of(world.far), reader, world.own):
        with pytest.raises(Refusal, match="may change this person"):
            answer_request(request, done=True, answer="", actor=actor)
    assert TraineeRequest.objects.get().state == RequestState.ASKED


def test_what_somebody_asked_before_going_into_another_row_is_answered_by_that_rows_organisers_and_read(world):
    """Look at the row that was asked from, and the office that has the person now cannot answer, the person does not
    read the answer, and who has the person no more still says yes."""
    request = world.ask()
    kept = make_trainee(world.far, "Ngô Thử An")
    Trainee.objects.filter(pk=world.person.pk).update(merged_into=kept)
    with pytest.raises(Refusal):
        answer_request(request, done=True, answer="", actor=world.organiser)
    own = Actor("trainee", trainee_id=kept.pk)
    with pytest.raises(Refusal, match="04/06/2026"):
        ask_for_correction(kept, words="Điều khác", actor=own)
    answer_request(request, done=True, answer="Đã sửa", actor=organiser_of(world.far))
    [read] = TraineeRequest.objects.visible_to(own)
    assert read.answer == "Đã sửa"


def test_a_request_for_a_link_is_not_answered_as_a_correction(world):
    """The card or the refusal answers it, with a right of its own."""
    fields = {"asked_as": "nobody", "asked_at": now(), "due_on": today()}
    request = TraineeRequest.objects.create(trainee=world.person, kind=RequestKind.LINK, **fields)
    with pytest.raises(Refusal):
        answer_request(request, done=True, answer="", actor=world.organiser)
