"""What becomes of a message, by a mail server that takes it, refuses it, breaks off, or is not there."""

from uuid import uuid4

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import Channel, CourseState, MessageState, Occasion, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.links import trainee_token
from courses.constants.telling import LINK
from courses.models import Message, MessageLine, Registration, Trainee
from courses.services.messages import drop_message, send_again, send_failed_again, tell_by_hand, tell_instead
from courses.services.registrations import Nominee, register_many
from courses.services.sending import forget_the_lost, send_messages
from courses.tests.mail_server import MailServer
from courses.tests.planning import make_course, make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db


class World:
    def __init__(self):
        self.host = make_office("HOST")
        self.course = make_course(self.host, state=CourseState.RUNNING)
        self.organiser = organiser_of(self.host)
        self.act = uuid4()

    def message(self, address="thu@thu.example", name="Ngô Thử An", state=MessageState.QUEUED, body=f"Trang: {LINK}"):
        trainee = make_trainee(self.host, name)
        made, _refused = register_many(self.course, [Nominee(trainee, self.host, "", None)], actor=SYSTEM)
        message = Message.objects.create(
            course=self.course, act=self.act, trainee=trainee, channel=Channel.EMAIL, address=address,
            subject="Lịch học", body=body, state=state, approved_at=now(),
        )  # fmt: skip
        MessageLine.objects.create(message=message, registration=made[trainee.pk], occasion=Occasion.CONFIRMED)
        return message

    def send(self):
        return send_messages(self.act, seconds=60)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def mail(settings):
    with MailServer() as server:
        use(settings, server.port)
        yield server


def use(settings, port):
    settings.EMAIL_USED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_a_message_arrives_with_the_own_page_in_it_and_says_that_a_program_sent_it(world, mail):
    message = world.message(body=f"Kính gửi Ông/Bà,\n.\nTrang: {LINK}")
    assert world.send() is True
    [(to, arrived)] = mail.delivered
    assert (to, states()) == ("thu@thu.example", ["sent"])
    lines = arrived.get_content().splitlines()
    assert lines[:2] == ["Kính gửi Ông/Bà,", "."]
    assert lines[2].startswith("Trang: http://localhost:8000/my/")
    assert arrived["Message-ID"] == f"<message-{message.pk}@localhost>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["From"] == "taphuan@localhost"
    assert arrived.get_content_type() == "text/plain"
    assert LINK in Message.objects.get().body  # the secret is kept nowhere


def test_what_the_server_refuses_has_failed_and_the_others_arrive(world, mail):
    for address in ("mot@thu.example", "refused@thu.example", "rejected@thu.example", "hai@thu.example"):
        world.message(address)
    world.send()
    assert states() == ["sent", "failed", "failed", "sent"]
    assert [to for to, _mail in mail.delivered] == ["mot@thu.example", "hai@thu.example"]
    assert "" not in Message.objects.filter(state="failed").values_list("trouble", flat=True)


def test_a_line_that_goes_dead_after_the_text_is_unknown_and_nothing_sends_it_again(world, mail):
    """Take `unknown` for a failure that is tried again, and the person gets it twice."""
    for address in ("broken@thu.example", "hai@thu.example"):
        world.message(address)
    for _time in range(3):
        world.send()
    assert states() == ["unknown", "sent"]
    assert [to for to, _mail in mail.delivered] == ["broken@thu.example", "hai@thu.example"]


def test_without_a_server_all_have_failed_at_once(world, settings):
    with MailServer() as gone:
        use(settings, gone.port)
    for _number in range(3):
        world.message()
    world.send()
    assert states() == ["failed"] * 3


def test_without_email_url_nothing_counts_as_sent(world, settings):
    """Take the question for EMAIL_USED out, and the backend that throws away says that all went well."""
    settings.EMAIL_USED = False
    world.message()
    world.send()
    assert states() == ["failed"]


def test_what_a_killed_sender_left_is_unknown_and_the_rest_goes_on(world, mail):
    """Take `forget_the_lost` out and it stands as being sent for ever."""
    world.message(state=MessageState.SENDING)
    world.message("hai@thu.example")
    world.send()
    assert states() == ["unknown", "sent"]
    assert [to for to, _mail in mail.delivered] == ["hai@thu.example"]


def test_what_another_sends_now_is_left_to_it(world, mail):
    world.message(state=MessageState.SENDING)
    send_messages(world.act, seconds=60, alone=False)
    assert states() == ["sending"]
    assert forget_the_lost(but=[world.act]) == 0
    assert forget_the_lost() == 1


def test_who_was_withdrawn_meanwhile_is_not_written_to(world, mail):
    """Take the look at the registrations out and the person gets it."""
    world.message()
    Registration.objects.update(state=RegistrationState.WITHDRAWN)
    world.send()
    assert (states(), mail.delivered) == (["dropped"], [])
    assert Message.objects.get().trouble != ""
    assert MessageLine.objects.count() == 0  # who is taken up again is told then


def test_of_a_person_who_went_into_another_row_the_page_is_that_rows(world, mail):
    message = world.message()
    kept = make_trainee(world.host, "Ngô Thử Giữ")
    other, _refused = register_many(world.course, [Nominee(kept, world.host, "", None)], actor=SYSTEM)
    Registration.objects.filter(trainee=message.trainee).update(
        state=RegistrationState.WITHDRAWN, merged_into=other[kept.pk]
    )
    Trainee.objects.filter(pk=message.trainee_id).update(merged_into=kept)
    world.send()

    [(_to, arrived)] = mail.delivered
    assert f"/my/{trainee_token(kept.pk, 1)}/" in arrived.get_content()


def test_only_a_person_sends_again_what_failed_or_is_unknown(world, mail):
    message = world.message(state=MessageState.UNKNOWN)
    world.send()
    assert states() == ["unknown"]
    send_again(message, actor=world.organiser)
    send_again(message, actor=world.organiser)
    world.send()
    assert states() == ["sent"]
    with pytest.raises(Refusal):
        send_again(message, actor=world.organiser)
    with pytest.raises(Refusal):
        drop_message(message, actor=world.organiser)


def test_all_that_failed_goes_out_again_but_nothing_of_which_nobody_knows(world, mail):
    """Put `unknown` beside `failed` in `send_failed_again` and somebody gets it twice."""
    for state in (MessageState.FAILED, MessageState.UNKNOWN, MessageState.FAILED):
        world.message(state=state)
    assert len(send_failed_again(world.course, actor=world.organiser)) == 2
    world.send()
    assert states() == ["sent", "unknown", "sent"]


def test_what_could_not_be_sent_is_told_by_hand(world):
    message = world.message(state=MessageState.FAILED)
    tell_instead(message, actor=world.organiser)
    assert states() == ["to_tell"]
    assert tell_by_hand(world.course, [message.pk], actor=world.organiser) == 1
    assert tell_by_hand(world.course, [message.pk], actor=world.organiser) == 0
    told = Message.objects.get()
    assert (told.state, told.settled_by_id) == ("told", world.organiser.user_id)


@pytest.mark.parametrize("act", [send_again, drop_message, tell_instead])
def test_organisers_of_others_touch_no_message(world, act):
    """Take the check of rights out and it is done."""
    message = world.message(state=MessageState.FAILED)
    with pytest.raises(Refusal):
        act(message, actor=organiser_of(make_office("ELSE")))
    assert states() == ["failed"]


def test_a_dropped_message_does_not_leave(world, mail):
    drop_message(world.message(), actor=world.organiser)
    world.send()
    assert (states(), mail.delivered) == (["dropped"], [])


@pytest.mark.parametrize("secret", ["mật khẩu", "secret"])
def test_a_server_that_talks_nonsense_before_the_first_message_has_been_given_none(world, mail, settings, secret):
    """Take `ValueError` out of `_open` and nobody knows of any message whether it arrived, though nothing has left."""
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "thu", secret
    mail.offers = "AUTH CRAM-MD5"
    for _number in range(2):
        world.message()
    world.send()
    assert (states(), mail.delivered) == (["failed"] * 2, [])


def test_an_answer_to_the_text_that_says_neither_yes_nor_no_is_unknown(world, mail):
    """Take what is not 250 for a refusal, and it is sent twice with all that failed."""
    for address in ("mumbled@thu.example", "hai@thu.example"):
        world.message(address)
    world.send()
    assert states() == ["unknown", "sent"]
    send_failed_again(world.course, actor=world.organiser)
    assert states() == ["unknown", "sent"]
