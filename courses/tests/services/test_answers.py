import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from courses.constants.choices import AnswerState, FilePurpose
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, OfficeAnswer
from courses.services.answers import send_answer, send_nobody
from courses.services.records import read_file, store_scan
from courses.tests.services.test_nominations import World

pytestmark = pytest.mark.django_db
LETTER = {"number": "12/UBND-VX", "date": dt.date(2026, 5, 19)}
PDF = b"%PDF-1.7 thu"


@pytest.fixture(autouse=True)
def _english():
    set_clock(dt.datetime(2026, 5, 20, 9))
    with translation.override("en"):
        yield


@pytest.fixture
def world():
    return World()


def answer():
    return OfficeAnswer.objects.select_related("course", "office").get()


def test_a_letter_is_sent_with_its_number_and_a_signed_copy_that_lies_encrypted(world):
    world.name(world.person())
    send_answer(answer(), actor=world.link, **LETTER, signed_copy=PDF, file_name="ky.pdf")
    sent = answer()
    assert (sent.state, sent.letter_number, sent.letter_date) == (AnswerState.SENT, "12/UBND-VX", LETTER["date"])
    assert (sent.signed_copy.purpose, sent.signed_copy.media_type) == (FilePurpose.ANSWER, "application/pdf")
    assert PDF not in bytes(sent.signed_copy.content)
    assert read_file(sent.signed_copy) == PDF
    entry = ActionLog.objects.get(action="send answer")
    assert (entry.actor_kind, entry.subject_id) == ("office", sent.pk)


def test_an_answer_leaves_the_link_to_whoever_renews_it(world):
    """A link that was renewed at the same moment would come back with the version that was read (tried)."""
    with CaptureQueriesContext(connection) as asked:
        send_nobody(answer(), actor=world.link, why="bận kiểm tra")
        world.name(world.person())
        send_answer(answer(), actor=world.link, **LETTER)
    written = [query["sql"] for query in asked if query["sql"].startswith('UPDATE "courses_officeanswer"')]
    assert [("link_version" in sql, "told_at" in sql) for sql in written] == [(False, False)] * 3


def test_nothing_is_sent_without_people_from_the_future_or_after_the_list_is_final(world):
    with pytest.raises(Refusal, match="Nobody is named"):
        send_answer(answer(), actor=world.link, **LETTER)
    world.name(world.person())
    with pytest.raises(Refusal, match="future"):
        send_answer(answer(), actor=world.link, number="1", date=dt.date(2026, 5, 21))
    set_clock(dt.datetime(2026, 6, 3))  # after the deadline a letter may still be reported
    send_answer(answer(), actor=world.link, **LETTER)
    OfficeAnswer.objects.update(state=AnswerState.FINAL)
    with pytest.raises(Refusal, match="made the list final"):
        send_answer(answer(), actor=world.link, **LETTER)


def test_an_office_sends_nobody_only_while_nobody_is_named(world):
    send_nobody(answer(), actor=world.link, why="thanh tra")
    send_nobody(answer(), actor=world.link, why="thanh tra")
    assert (answer().state, answer().reason) == (AnswerState.SENDS_NOBODY, "thanh tra")
    assert ActionLog.objects.filter(action="send nobody").count() == 1
    world.name(world.person())
    assert (answer().state, answer().reason) == (AnswerState.IN_PROGRESS, "")
    with pytest.raises(Refusal, match="are named"):
        send_nobody(answer(), actor=world.link, why="thanh tra")


@pytest.mark.parametrize("content", [PDF, b"\xff\xd8\xff\xe0 anh", b"\x89PNG\r\n\x1a\n anh"])
def test_scans_are_known_by_their_bytes(content):
    assert read_file(store_scan(content, purpose=FilePurpose.ANSWER)) == content


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "PDF"), (b"<html>", "PDF"), (b"PK\x03\x04", "PDF"), (PDF + bytes(10 * 1024 * 1024), "10 MB")],
)
def test_anything_else_is_refused(content, sentence):
    with pytest.raises(Refusal, match=sentence):
        store_scan(content, purpose=FilePurpose.ANSWER)


def test_the_name_of_a_signed_copy_is_kept_without_the_citizen_number_in_it(world):
    world.name(world.person("Ngô Thử Một"))
    send_answer(answer(), actor=world.link, **LETTER, signed_copy=PDF, file_name="ky 093180000123.pdf")
    kept = OfficeAnswer.objects.get(pk=answer().pk).signed_copy_name
    assert kept.endswith(".pdf")
    assert "093180000123" not in kept
