"""The pages on which an organiser tells people: what waits, texts and recipients, the list by hand, the outbox."""

import datetime as dt
import re
import time
from uuid import uuid4

import pytest
from django.urls import reverse

from attendance.tests.records import Class
from courses.constants.choices import Channel, MessageState, Occasion, RegistrationState
from courses.constants.clock import now, set_clock
from courses.models import (
    ActionLog,
    BackgroundTask,
    Message,
    MessageLine,
    MessageText,
    Office,
    Registration,
    Trainee,
    User,
)
from courses.tests.planning import make_office, make_organiser, make_trainee, signed_in, with_password

pytestmark = pytest.mark.django_db


class World(Class):
    def __init__(self):
        super().__init__()
        set_clock(dt.datetime(2026, 6, 4, 19, 0))

    def page(self, name):
        return reverse(f"admin:attendance_courseresult_{name}", args=[self.course.pk])

    def message(self, state=MessageState.TO_TELL, **fields):
        person = self.people(1, phone="0293000000")[0]
        by_hand = {"channel": Channel.BY_HAND, "subject": "Nhắc", "body": "Trang: \ufffc"}
        message = Message.objects.create(
            course=self.course, act=uuid4(), trainee=person.trainee, state=state, approved_at=now(), **by_hand | fields
        )
        MessageLine.objects.create(message=message, registration=person, occasion=Occasion.NAMED)
        return message


@pytest.fixture
def world():
    return World()


@pytest.fixture
def organiser(world, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(world.host))


def as_shown(response):
    """What the form of the preview posts when nothing is changed."""
    fields = {"seen": response.context["seen"], "submission": response.context["submission"]}
    fields["occasion"] = [str(form.occasion) for form in response.context["forms"]]
    for form in response.context["forms"]:
        for field in form:
            fields[field.html_name] = field.value()
    fields["listed"] = response.context["listed"]
    fields["to"] = re.findall(r'name="to" value="(\d+)" checked', response.content.decode())
    return fields


def test_what_waits_is_counted_by_occasion(world, organiser):
    world.people(3)
    rows = organiser.get(world.page("tell")).context["rows"]
    assert [(str(row["occasion"]), row["people"]) for row in rows] == [("day_before", 3), ("confirmed", 3)]


def test_nothing_is_written_before_it_was_approved_and_then_once(world, organiser):
    world.people(2)
    shown = organiser.post(world.page("tell_preview"), {"occasion": ["day_before", "confirmed"]})
    assert Message.objects.count() == 0
    assert len(shown.context["by_hand"]) == 2
    fields = as_shown(shown)
    for _time in range(2):
        assert organiser.post(world.page("tell_approve"), fields)["Location"] == world.page("tell_by_hand")
    assert Message.objects.count() == 2
    page = organiser.get(world.page("tell_by_hand"))
    assert page.context["waiting"] == 2
    assert "http://localhost:8000/courses/LOP-1/" in page.context["text"]


def test_who_has_an_address_is_written_to_in_the_background(world, organiser, settings):
    settings.EMAIL_USED = True
    world.people(1, email="thu@thu.example")
    world.people(1)
    shown = organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]})
    assert [digest.address for digest in shown.context["by_mail"]] == ["thu@thu.example"]
    assert len(shown.context["by_hand"]) == 1
    organiser.post(world.page("tell_approve"), as_shown(shown))
    [task] = BackgroundTask.objects.ready()
    assert task.args_kwargs["args"] == [str(Message.objects.first().act)]


def test_a_text_that_was_changed_is_seen_before_it_leaves(world, organiser):
    """Take the comparison with `seen` out and the changed text leaves unseen."""
    world.people(1)
    fields = as_shown(organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]}))
    fields["confirmed-body"] = "Mời {ho_ten} đến lớp."
    shown = organiser.post(world.page("tell_approve"), fields)
    assert (shown.status_code, Message.objects.count()) == (200, 0)
    organiser.post(world.page("tell_approve"), as_shown(shown))
    assert "Mời Ngô Thử An đến lớp." in Message.objects.get().body


def test_who_is_unticked_is_left_out_said_to_be_and_offered_again(world, organiser):
    """Take `left_out` out of the service and the person is written to all the same."""
    one, two = world.people(2)
    fields = as_shown(organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]}))
    assert fields["to"] == [str(one.pk), str(two.pk)]
    fields["to"] = [str(two.pk)]
    again = organiser.post(world.page("tell_preview"), fields)
    assert again.context["numbers"] == {"mails": 0, "others": 1}
    assert again.context["sample"].registration == two
    assert as_shown(again)["to"] == [str(two.pk)]
    page = organiser.post(world.page("tell_approve"), fields, follow=True).content.decode()
    assert "1 person was left out: not told yet" in page
    assert list(Message.objects.values_list("trainee_id", flat=True)) == [two.trainee_id]
    assert ActionLog.objects.get(action="approve messages").changes["left_out"] == [None, 1]
    [day_before, confirmed] = organiser.get(world.page("tell")).context["rows"]
    assert (day_before["people"], confirmed["registrations"]) == (2, [one])


def test_left_out_is_who_was_listed_and_nobody_who_came_later(world, organiser):
    """Take who has no tick for left out, and who is named meanwhile is dropped unseen."""
    world.people(1)
    fields = as_shown(organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]}))
    [later] = world.people(1)
    shown = organiser.post(world.page("tell_approve"), fields)
    assert "Meanwhile something has changed" in shown.content.decode()
    assert str(later.pk) in as_shown(shown)["to"]


def test_nobody_ticked_writes_nothing_and_the_list_stays(world, organiser):
    [one] = world.people(1)
    fields = as_shown(organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]})) | {"to": []}
    shown = organiser.post(world.page("tell_approve"), fields)
    assert "Please tick at least one person." in shown.content.decode()
    assert shown.context["listed"] == str(one.pk)
    assert Message.objects.count() == 0


def test_act_and_pages_of_telling_speak_with_one_voice_and_know_what_is_in_the_group(world, organiser):
    """Whoever was told on the way hears of the last step, in the act too; in the words that the host keeps."""
    set_clock(dt.datetime(2026, 6, 1, 9, 0))
    world.people(2)
    Registration.objects.update(created_at=now())
    MessageText.objects.create(
        office=world.host, occasion="changed", subject="Đổi", body="Lớp {ma_lop} đổi:\n{thay_doi}"
    )
    changed = reverse("admin:courses_session_changed", args=[world.general.pk])
    for delay in ("30", "60"):
        said = {"what": "later", "delay": delay, "reason": "later-0"}
        assert organiser.post(changed.replace("/changed", "/reschedule"), said)["Location"] == changed
    act = organiser.get(changed)
    shown = organiser.post(world.page("tell_preview"), {"occasion": ["changed"]})
    assert act.context["text"] == shown.context["group"]
    assert "Lớp LOP-1 đổi:\n– Buổi sáng 05/06/2026: 07:30–11:00 → 09:00–12:30" in act.context["text"]
    [line] = [line for line in act.context["text"].splitlines() if line.startswith("–")]
    assert line in shown.context["sample"].body

    assert "into the Zalo group" not in organiser.get(world.page("tell")).content.decode()
    organiser.post(changed.replace("/changed", "/sent-to-group"), {"change": act.context["change"].pk})
    for page in (
        organiser.get(world.page("tell")),
        organiser.post(world.page("tell_preview"), {"occasion": ["changed"]}),
    ):
        assert "was sent into the Zalo group at 09:00 01/06/2026" in page.content.decode()
    assert len(page.context["by_hand"]) == 2  # who has read it nobody knows

    organiser.post(world.page("tell_approve"), as_shown(page))
    assert "07:30–11:00 → 09:00" not in organiser.get(changed).context["text"]
    assert organiser.get(changed).context["text"].count("– Buổi sáng 05/06/2026") == 1


def test_an_unknown_placeholder_gets_a_sentence(world, organiser):
    world.people(1)
    fields = as_shown(organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]}))
    fields["confirmed-body"] = "Mời {ho_tne}"
    shown = organiser.post(world.page("tell_approve"), fields)
    assert "{ho_tne} is not known here." in shown.content.decode()
    assert Message.objects.count() == 0


def test_no_page_before_the_texts_shows_anybodys_link(world, organiser):
    world.message()
    for name in ("tell", "tell_by_hand", "messages"):
        assert "/my/" not in organiser.get(world.page(name)).content.decode()
    assert "/my/" not in organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]}).content.decode()


def test_the_texts_hold_the_own_link_and_are_logged(world, organiser, client):
    message = world.message()
    page = organiser.post(world.page("tell_texts"), {"pk": message.pk}).content.decode()
    [link] = set(re.findall(r"/my/[0-9a-z]+/", page))
    assert client.get(link).status_code == 200
    assert "tel:0293000000" in page
    assert ActionLog.objects.get(action="show links").changes == {"count": [None, 1]}


def test_of_a_person_of_another_office_the_text_has_the_page_of_the_class(world, organiser):
    """Take `may_hand_out_link` out and the page shows a link to the classes of another host."""
    message = world.message()
    Trainee.objects.filter(pk=message.trainee_id).update(office=make_office("XA"))
    page = organiser.post(world.page("tell_texts")).content.decode()
    assert "/my/" not in page
    assert "http://localhost:8000/courses/LOP-1/" in page


def test_who_is_there_is_asked_again_before_texts_with_links_are_shown(world, organiser):
    """Take `reauthentication_required` out and a session left open hands out other people's links."""
    message = world.message()
    organiser = signed_in(organiser, with_password(User.objects.get(pk=organiser.session["_auth_user_id"])))
    session = organiser.session
    session["account_authentication_methods"] = [
        {**step, "at": time.time() - 3600} for step in session["account_authentication_methods"]
    ]
    session.save()
    for said in ({}, {"pk": message.pk}):
        asked = organiser.post(world.page("tell_texts"), said)
        assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert not ActionLog.objects.filter(action="show links").exists()
    # The list and the group's text hold no personal link: at 6:30 nobody is asked for a password there.
    assert organiser.get(world.page("tell_by_hand")).status_code == 200


def test_of_a_person_who_went_into_a_row_of_another_office_the_text_has_the_page_of_the_class(world, organiser):
    """The link leads to the row that was kept: look at the office of the other one, and it is handed out."""
    message = world.message()
    kept = make_trainee(make_office("XA"), "Ngô Thử Khác")
    Trainee.objects.filter(pk=message.trainee_id).update(merged_into=kept)
    page = organiser.post(world.page("tell_texts")).content.decode()
    assert "/my/" not in page
    assert "http://localhost:8000/courses/LOP-1/" in page


def test_ticked_as_told_and_taken_back(world, organiser):
    message, other = world.message(), world.message()
    organiser.post(world.page("tell_told"), {"told": [message.pk]})
    assert set(Message.objects.values_list("pk", "state")) == {(message.pk, "told"), (other.pk, "to_tell")}
    organiser.post(world.page("message_act"), {"pk": message.pk, "what": "not told"})
    assert set(Message.objects.values_list("state", flat=True)) == {"to_tell"}


def test_who_was_withdrawn_meanwhile_is_not_on_the_list_any_more(world, organiser):
    """Take the look at the registrations out of `to_tell_in` and somebody rings a person who does not come."""
    world.message()
    Registration.objects.update(state=RegistrationState.WITHDRAWN)
    page = organiser.get(world.page("tell_by_hand"))
    assert (page.context["waiting"], list(page.context["page"])) == (0, [])


def test_the_outbox_filters_by_state_and_says_why(world, organiser):
    world.message(MessageState.FAILED, channel=Channel.EMAIL, address="x@thu.example", trouble="Không có hộp thư.")
    world.message()
    page = organiser.get(world.page("messages"), {"state": "failed"})
    assert [message.state for message in page.context["page"]] == ["failed"]
    assert "Không có hộp thư." in page.content.decode()
    assert [(state, number) for state, _label, number in page.context["tabs"]] == [("failed", 1), ("to_tell", 1)]


def test_a_message_is_sent_again_when_the_organiser_says_so(world, organiser):
    message = world.message(MessageState.UNKNOWN, channel=Channel.EMAIL, address="x@thu.example")
    organiser.post(world.page("message_act"), {"pk": message.pk, "what": "again"})
    assert Message.objects.get().state == "queued"
    assert BackgroundTask.objects.ready().count() == 1


def test_a_message_of_another_class_is_a_404(world, organiser):
    message = Class(code="LOP-2")
    [person] = message.people(1)
    foreign = Message.objects.create(
        course=message.course,
        act=uuid4(),
        trainee=person.trainee,
        channel="by_hand",
        state="to_tell",
        approved_at=now(),
    )
    for pk in (foreign.pk, "x", "9" * 30):
        assert organiser.post(world.page("message_act"), {"pk": pk, "what": "drop"}).status_code == 404
        assert organiser.post(world.page("tell_texts"), {"pk": pk}).status_code == 404
    organiser.post(world.page("tell_told"), {"told": [foreign.pk]})
    assert Message.objects.get().state == "to_tell"


def test_a_host_keeps_its_own_words_after_a_look(world, organiser):
    add = reverse("admin:courses_messagetext_add")
    begun = organiser.get(add, {"occasion": "confirmed"})
    assert begun.context["adminform"].form.initial["body"].startswith("Ông/Bà có tên trong danh sách")
    typed = {"office": world.host.pk, "occasion": "confirmed", "subject": "Mời học", "body": "Mời {ho_ten} đến {lop}."}
    looked = organiser.post(add, {**typed, "_look": "1"})
    assert looked.context["sample"][1].count("Mời Nguyễn Thị Thử đến Tập huấn cải cách hành chính.") == 1
    assert MessageText.objects.count() == 0
    refused = organiser.post(add, {**typed, "body": "Mời {ten}"})
    assert "{ten} is not known here." in refused.content.decode()
    organiser.post(add, typed)
    assert MessageText.objects.get().subject == "Mời học"
    world.people(1)
    shown = organiser.post(world.page("tell_preview"), {"occasion": ["confirmed"]})
    assert "Mời Ngô Thử An đến Lớp thử LOP-1." in shown.context["sample"].body


def test_another_hosts_words_are_a_404(world, organiser):
    text = MessageText.objects.create(office=make_office("ELSE"), occasion="named", subject="x", body="y")
    assert organiser.get(reverse("admin:courses_messagetext_change", args=[text.pk])).status_code == 404


def test_the_list_of_texts_costs_the_same_for_one_and_for_three(world, organiser, django_assert_num_queries):
    address = reverse("admin:courses_messagetext_changelist")
    organiser.get(address)
    for occasions in (["named"], ["missing", "changed"]):
        for occasion in occasions:
            MessageText.objects.create(office=world.host, occasion=occasion, subject="x", body="y")
        with django_assert_num_queries(7):
            organiser.get(address)


@pytest.mark.parametrize(("name", "queries"), [("tell", 16), ("tell_by_hand", 10), ("messages", 9)])
def test_each_page_costs_the_same_for_one_and_for_three(world, organiser, django_assert_num_queries, name, queries):
    organiser.get(world.page(name))
    for count in (1, 2):
        for _number in range(count):
            world.message()
        with django_assert_num_queries(queries):
            organiser.get(world.page(name))


def test_preview_and_texts_cost_the_same_for_one_and_for_three(world, organiser, django_assert_num_queries):
    organiser.get(world.page("tell"))  # the session is written at the first page
    for count in (1, 2):
        for _number in range(count):
            world.message()
        with django_assert_num_queries(18):
            organiser.post(world.page("tell_preview"), {"occasion": ["confirmed", "day_before"]})
        with django_assert_num_queries(11):
            organiser.post(world.page("tell_texts"))
    assert Office.objects.count() > 1
