"""Two people of an office who answer the same request for a link at the same moment."""

import pytest
from django.core import mail

from attendance.services.refusal_mail import mail_refusal
from attendance.tasks.links import refuse_and_mail
from attendance.tests.records import Class
from courses.constants.choices import RequestState
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import BackgroundTask, TraineeRequest
from courses.rules.actors import actor_of
from courses.services.link_requests import hand_out_link
from courses.tests.parallel import at_once
from courses.tests.planning import make_organiser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_for_link(settings):
    settings.EMAIL_USED = True
    lop = Class()
    [person] = lop.people(1, email="thu@thu.example")
    given = {"kind": "link", "asked_as": "nobody", "asked_at": now(), "due_on": today()}
    return TraineeRequest.objects.create(trainee=person.trainee, **given), actor_of(make_organiser(lop.host))


def test_refused_at_once_with_the_same_words_is_one_letter_and_with_others_one_answer(request_for_link):
    """Take both locks out of `refuse_link` and all four have answered; take that of `_take` and three letters leave."""
    request, actor = request_for_link
    answers = ["Không phải người này", "Không phải người này", "Xin đến phòng", "Xin đến phòng"]
    done = at_once(*[lambda answer=one: refuse_and_mail(request, answer=answer, actor=actor) for one in answers])
    assert sorted(type(one) is Refusal for one in done) == [False, False, True, True]
    assert BackgroundTask.objects.count() == 1
    at_once(*[lambda: mail_refusal(request.pk)] * 3)
    assert [letter.to for letter in mail.outbox] == [["thu@thu.example"]]


def test_a_card_and_a_refusal_at_once_are_one_answer(request_for_link):
    request, actor = request_for_link
    _card, refused = at_once(
        lambda: hand_out_link(request.trainee, given_to="Người Thử", actor=actor),
        lambda: refuse_and_mail(request, answer="Không phải người này", actor=actor),
    )
    request.refresh_from_db()
    is_refused = type(refused) is not Refusal
    assert request.state == (RequestState.REFUSED if is_refused else RequestState.DONE)
    assert BackgroundTask.objects.count() == is_refused
