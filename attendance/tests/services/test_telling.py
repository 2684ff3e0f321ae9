"""Telling the people of a class: who is told what, once; what an organiser saw is what leaves."""

import datetime as dt
from uuid import uuid4

import pytest

from attendance.constants import MarkState
from attendance.reports.telling import due_in
from attendance.services.handing_over import hand_over
from attendance.services.register import issue_papers
from attendance.services.sheets import close_sheet
from attendance.services.telling import seen_as, tell_people
from attendance.tests.records import AFTERWARDS, Class, prepared
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, MessageState, Occasion, RegistrationState
from courses.constants.clock import now, set_clock, today
from courses.constants.errors import Refusal
from courses.constants.telling import LINK
from courses.models import ActionLog, Course, Message, MessageLine, Registration, Session, Trainee
from courses.reports.telling import digests_of, words_of
from courses.services.registrations import Nominee, register_many
from courses.services.schedule import reschedule_session
from courses.tests.planning import organiser_of

pytestmark = pytest.mark.django_db

#: The evening before the first day of the class.
EVENING = dt.datetime(2026, 6, 4, 19, 0)


@pytest.fixture
def lop():
    lop = Class()
    set_clock(dt.datetime(2026, 6, 1, 9, 0))
    return lop


def waiting(lop, *occasions):
    found = [(due.registration.pk, str(due.occasion)) for due in due_in([lop.course], now())]
    return [one for one in found if one[1] in occasions] if occasions else found


def tell(lop, *occasions, act=None, seen=None, actor=None, left_out=()):
    words = {one: text for one, text in words_of(lop.host).items() if one in occasions}
    if seen is None:
        seen = seen_as(digests_of(due_in([lop.course], now()), words))
    act, actor = act or uuid4(), actor or lop.organiser
    return tell_people(lop.course, words, seen=seen, act=act, actor=actor, left_out=left_out)


def bodies():
    return list(Message.objects.order_by("pk").values_list("body", flat=True))


def test_who_is_named_is_told_once_and_again_when_confirmed(lop):
    one, two = lop.people(2)
    Registration.objects.update(state=RegistrationState.NOMINATED)
    assert waiting(lop) == [(one.pk, "named"), (two.pk, "named")]
    tell(lop, Occasion.NAMED)
    assert waiting(lop) == []
    Registration.objects.filter(pk=one.pk).update(state=RegistrationState.CONFIRMED)
    assert waiting(lop) == [(one.pk, "confirmed")]


def test_who_is_left_out_is_told_next_time_and_must_be_of_the_act(lop):
    """Take the look at who is of the act out, and a forged page leaves out whom nobody saw."""
    one, two = lop.people(2)
    [elsewhere] = Class(code="LOP-2").people(1)
    set_clock(dt.datetime(2026, 6, 1, 9, 0))
    for left_out in ([elsewhere.pk], [one.pk, 987654], [one.pk, two.pk]):
        with pytest.raises(Refusal):
            tell(lop, Occasion.CONFIRMED, left_out=left_out)
    assert Message.objects.count() == 0
    tell(lop, Occasion.CONFIRMED, left_out=[one.pk])
    assert waiting(lop) == [(one.pk, "confirmed")]
    tell(lop, Occasion.CONFIRMED)
    assert waiting(lop) == []


def test_who_is_on_the_final_list_is_not_told_of_being_named(lop):
    [one] = lop.people(1)
    assert waiting(lop) == [(one.pk, "confirmed")]


def test_the_day_before_is_told_of_both_half_days_in_one_message(lop):
    one, two = lop.people(1) + lop.people(1, blocks=[lop.b])
    set_clock(EVENING)
    assert waiting(lop, "day_before") == [
        (one.pk, "day_before"),
        (one.pk, "day_before"),
        (two.pk, "day_before"),
    ]  # who owes block B alone does not come in the afternoon
    first, second = tell(lop, Occasion.DAY_BEFORE)
    assert first.lines.count() == 2
    assert second.lines.count() == 1
    assert first.body.count("05/06/2026, 07:30–11:00") == 1
    assert first.body.count("05/06/2026, 13:30–17:00") == 1
    assert waiting(lop, "day_before") == []


def test_a_half_day_that_is_put_off_is_reminded_of_again(lop):
    """Make the line's `about` the half-day alone and nobody is reminded on the evening before the new day."""
    [one] = lop.people(1, blocks=[lop.b])
    set_clock(EVENING)
    tell(lop, Occasion.DAY_BEFORE)
    set_clock(dt.datetime(2026, 6, 5, 6, 30))
    move(lop, lop.general, day=dt.date(2026, 6, 7))
    set_clock(dt.datetime(2026, 6, 6, 19, 0))
    assert waiting(lop, "day_before") == [(one.pk, "day_before")]


def move(lop, session, day, why="thử"):
    times = {"date": day, "begins": dt.time(7, 30), "ends": dt.time(11, 0)}
    return reschedule_session(Session.objects.get(pk=session.pk), actor=lop.organiser, why=why, **times)


def test_a_change_is_told_to_those_who_were_named_before_it_and_are_expected(lop):
    """Take the comparison with `created_at` out and who came later is told of a change that they never knew."""
    [owes_a] = lop.people(1, blocks=[lop.a])
    [owes_b] = lop.people(1, blocks=[lop.b])
    Registration.objects.update(created_at=now())
    set_clock(dt.datetime(2026, 6, 2, 9, 0))
    move(lop, lop.second, day=dt.date(2026, 6, 7), why="mất điện")
    set_clock(dt.datetime(2026, 6, 3, 9, 0))
    [later] = lop.people(1, blocks=[lop.b])
    Registration.objects.filter(pk=later.pk).update(created_at=now())
    assert waiting(lop, "changed") == [(owes_b.pk, "changed")]
    [message] = tell(lop, Occasion.CHANGED)
    assert message.trainee_id == owes_b.trainee_id
    assert "– Buổi sáng 06/06/2026: 07:30–11:00 06/06/2026 → 07:30–11:00 07/06/2026 (lý do: mất điện)" in message.body
    assert owes_a.pk != owes_b.pk


def test_moved_there_and_back_is_news_only_for_who_was_told_of_the_way_there(lop):
    """Take what changes say as a whole instead, and who was told of the new day goes there."""
    [one] = lop.people(1)
    Registration.objects.update(created_at=now())
    set_clock(dt.datetime(2026, 6, 2, 9, 0))
    move(lop, lop.general, day=dt.date(2026, 6, 7))
    [two] = lop.people(1)
    tell(lop, Occasion.CHANGED)
    Registration.objects.filter(pk=two.pk).update(created_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    set_clock(dt.datetime(2026, 6, 3, 9, 0))
    move(lop, lop.general, day=dt.date(2026, 6, 5))
    assert waiting(lop, "changed") == [(one.pk, "changed")]
    [message] = tell(lop, Occasion.CHANGED)
    assert "07/06/2026 → 07:30–11:00 05/06/2026" in message.body


def test_absent_on_a_closed_sheet_is_told_while_it_is_fresh(lop):
    there, excused, missing = lop.people(3, blocks=[lop.b])
    set_clock(dt.datetime(2026, 6, 5, 12, 0))
    lop.mark(lop.general, MarkState.PRESENT, there)
    lop.mark(lop.general, MarkState.EXCUSED, excused)
    assert waiting(lop, "missing") == []
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    assert waiting(lop, "missing") == [(missing.pk, "missing")]
    tell(lop, Occasion.MISSING)
    assert waiting(lop, "missing") == []
    MessageLine.objects.all().delete()
    set_clock(dt.datetime(2026, 6, 13, 12, 0))
    assert waiting(lop, "missing") == []


def test_a_certificate_that_is_issued_and_not_handed_over_is_told_once_also_when_the_class_is_concluded(lop):
    """Take the state out of `_to_collect` and who waits for the signature is called in vain."""
    set_clock(AFTERWARDS)
    one, two = lop.attended(2)
    prepared(lop)
    assert waiting(lop, "certificate") == []
    papers = [result.certificate for result in issue_papers(lop.course, actor=lop.officer)]
    Course.objects.update(state=CourseState.CONCLUDED)
    lop.course.refresh_from_db()
    assert waiting(lop) == [(one.pk, "certificate"), (two.pk, "certificate")]
    [of_two] = [paper.pk for paper in papers if paper.registration_id == two.pk]
    hand_over(lop.course, [of_two], on=today(), actor=lop.officer)
    [message] = tell(lop, Occasion.CERTIFICATE)
    assert message.trainee_id == one.trainee_id
    assert message.subject == "Mời nhận giấy chứng nhận lớp LOP-1"
    assert waiting(lop) == []


def test_one_message_holds_everything_in_the_order_of_the_occasions(lop):
    [one] = lop.people(1)
    Registration.objects.update(created_at=now())
    set_clock(dt.datetime(2026, 6, 3, 9, 0))
    move(lop, lop.second, day=dt.date(2026, 6, 7))
    set_clock(EVENING)
    [message] = tell(lop, Occasion.CONFIRMED, Occasion.DAY_BEFORE, Occasion.CHANGED)
    told = list(message.lines.order_by("pk").values_list("occasion", flat=True))
    assert told == ["changed", "day_before", "day_before", "confirmed"]
    assert message.subject == "Thay đổi lịch học lớp LOP-1"
    assert message.body.startswith(f"Kính gửi Ông/Bà {one.trainee.full_name},\n\n")
    assert message.body.count("Kính gửi") == 1
    assert message.body.count(LINK) == 1
    assert message.body.endswith("Trân trọng,\nBan Tổ chức lớp.")


def test_pressing_twice_adds_nothing(lop):
    """Take the look for the act out of `tell_people`, and the second press is refused instead."""
    lop.people(2)
    words = {"confirmed": words_of(lop.host)["confirmed"]}
    seen, act = seen_as(digests_of(due_in([lop.course], now()), words)), uuid4()
    first = tell_people(lop.course, words, seen=seen, act=act, actor=lop.organiser)
    second = tell_people(lop.course, words, seen=seen, act=act, actor=lop.organiser)
    assert [one.pk for one in first] == [one.pk for one in second]
    assert Message.objects.count() == 2
    assert ActionLog.objects.filter(action="approve messages").count() == 1


def test_what_was_not_seen_does_not_leave(lop):
    """Take the comparison with `seen` out and the person who came meanwhile is told unseen."""
    lop.people(1)
    words = {"confirmed": words_of(lop.host)["confirmed"]}
    seen = seen_as(digests_of(due_in([lop.course], now()), words))
    lop.people(1)
    with pytest.raises(Refusal):
        tell(lop, Occasion.CONFIRMED, seen=seen)
    assert Message.objects.count() == 0


def test_organisers_of_another_host_tell_nobody(lop):
    """Take the check of rights out and the message is written."""
    lop.people(1)
    with pytest.raises(Refusal):
        tell(lop, Occasion.CONFIRMED, actor=organiser_of(lop.ward))


def test_without_email_everybody_is_told_by_hand(lop):
    lop.people(1, email="thu@thu.example")
    [message] = tell(lop, Occasion.CONFIRMED)
    assert (message.state, message.address) == (MessageState.TO_TELL, "")


def test_with_email_whoever_has_an_address_gets_one(lop, settings):
    settings.EMAIL_USED = True
    lop.people(1, email="thu@thu.example")
    lop.people(1)
    assert [(one.state, one.address) for one in tell(lop, Occasion.CONFIRMED)] == [
        (MessageState.QUEUED, "thu@thu.example"),
        (MessageState.TO_TELL, ""),
    ]


def test_a_name_becomes_no_link_no_markup_and_no_header(lop):
    [one] = lop.people(1)
    Trainee.objects.filter(pk=one.trainee_id).update(full_name="[bam](http://xau.example)\r\nBcc: a@evil.com {lop}")
    [message] = tell(lop, Occasion.CONFIRMED)
    said = message.body + message.subject
    for wrong in ("http://", "xau.example", "evil.com", "a@", "[bam]", "\r"):
        assert wrong not in said
    assert "Kính gửi Ông/Bà (bam)(http: xau. example) Bcc: a (a) evil. com (lop),\n" in message.body


def test_what_was_told_to_one_of_two_rows_of_a_person_counts_for_the_one_that_remains(lop):
    """Take the merged registrations out of `told_in` and the person is told again."""
    one, two = lop.people(2)
    tell(lop, Occasion.CONFIRMED)
    MessageLine.objects.filter(registration=two).delete()
    assert waiting(lop) == [(two.pk, "confirmed")]
    Registration.objects.filter(pk=one.pk).update(state=RegistrationState.WITHDRAWN, merged_into=two)
    assert waiting(lop) == []


def test_an_act_of_another_class_is_no_act_of_this_one(lop):
    """Take the look at other classes out and the database refuses, which nobody reads."""
    act, other = uuid4(), Class(lop.host, code="LOP-2")
    [person] = lop.people(1)
    register_many(other.course, [Nominee(person.trainee, lop.ward, "", None)], actor=SYSTEM)
    set_clock(dt.datetime(2026, 6, 1, 9, 0))
    tell(lop, Occasion.CONFIRMED, act=act)
    with pytest.raises(Refusal):
        tell(other, Occasion.CONFIRMED, act=act)
    assert Message.objects.count() == 1
