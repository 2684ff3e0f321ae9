"""Another hall, another hour, not today: the page for half past six, and what it hands over."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from courses.constants.choices import CourseState
from courses.constants.clock import VIETNAM, set_clock
from courses.models import ActionLog, Course, Place, Session, SessionChange, User, Venue
from courses.reports.moving import TO_GROUP
from courses.tests.planning import (
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_organiser,
    make_speaker,
    make_venue,
    plan_session,
    signed_in,
)

pytestmark = pytest.mark.django_db
EARLY = dt.datetime.combine(FIRST_DAY, dt.time(6, 30), tzinfo=VIETNAM)


@pytest.fixture
def host():
    set_clock(EARLY)
    return make_office("HOST")


@pytest.fixture
def organiser(client, host):
    return signed_in(client, make_organiser(host))


@pytest.fixture
def session(host):
    course = make_course(host, state=CourseState.PUBLISHED)
    make_block(course)
    return plan_session(course, venue=make_venue(host), speaker=make_speaker(host))


def page(name, session) -> str:
    return reverse(f"admin:courses_session_{name}", args=[session.pk])


def shown(client, session, **said):
    """The page again with what was posted, which was not taken."""
    answer = client.post(page("reschedule", session), said)
    assert answer.status_code == 200
    return answer.context["form"]


def done(client, session, **said):
    """The page to which a change led."""
    answer = client.post(page("reschedule", session), said)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == page("changed", session)
    return client.get(answer.url)


def stands(session) -> tuple:
    session.refresh_from_db()
    begins, ends = session.starts_at.astimezone(VIETNAM), session.ends_at.astimezone(VIETNAM)
    halls = [str(place) for place in Place.objects.filter(session=session).order_by("order")]
    return session.state, f"{begins:%d/%m %H:%M}", f"{ends:%H:%M}", halls


def test_the_week_leads_to_the_half_day_of_this_morning_and_the_half_day_there_too(organiser, session):
    for address in (reverse("admin:index"), page("change", session)):
        assert page("reschedule", session) in organiser.get(address).content.decode()
    Course.objects.update(state=CourseState.DRAFT)
    assert page("reschedule", session) not in organiser.get(reverse("admin:index")).content.decode()


def test_another_hall_by_a_button_or_by_its_name(organiser, session, host):
    other = make_venue(host, "Hội trường B")
    done(organiser, session, what="hall", hall=other.pk, reason="hall-0")
    assert stands(session) == ("planned", "05/06 07:30", "11:00", ["Hội trường B"])
    done(organiser, session, what="hall", hall="other", new_hall="Phòng họp 2", why="Hội trường bị dột")
    assert stands(session)[3] == ["Phòng họp 2"]
    assert Venue.objects.get(name="Phòng họp 2").office == host
    assert SessionChange.objects.latest("pk").why == "Hội trường bị dột"


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ({"delay": "30"}, ("05/06 08:00", "11:30")),
        ({"delay": "60"}, ("05/06 08:30", "12:00")),
        ({"delay": "other", "begins": "09:15"}, ("05/06 09:15", "12:45")),
        ({"delay": "other", "begins": "09:15", "ends": "11:00"}, ("05/06 09:15", "11:00")),
    ],
)
def test_a_later_hour_keeps_the_length_unless_the_end_is_said(organiser, session, said, hours):
    done(organiser, session, what="later", reason="later-1", **said)
    assert stands(session) == ("moved", *hours, ["Hội trường A"])


def test_another_day_is_offered_on_which_class_hall_and_speaker_are_free(organiser, session, host):
    """05/06/2026 is a Friday: Monday's hall is taken, Tuesday's speaker speaks elsewhere."""
    other = make_course(host, "LOP-2", ends_on=FIRST_DAY + dt.timedelta(days=9))
    make_block(other)
    plan_session(other, day=dt.date(2026, 6, 8), venue=Venue.objects.get())
    plan_session(other, day=dt.date(2026, 6, 9), speaker=session.agenda.get().speaker)
    form = organiser.get(page("reschedule", session)).context["form"]
    assert list(form.days) == ["2026-06-10", "2026-06-11", "2026-06-12"]
    done(organiser, session, what="off", day="2026-06-10", reason="off-0")
    assert stands(session) == ("moved", "10/06 07:30", "11:00", ["Hội trường A"])
    done(organiser, session, what="off", day="other", other_day="06/06/2026", day_begins="08:00", reason="off-0")
    assert stands(session) == ("moved", "06/06 08:00", "11:00", ["Hội trường A"])


def test_postponed_without_a_day_is_cancelled_for_now_and_the_text_says_so(organiser, session):
    answer = done(organiser, session, what="off", day="none", reason="off-0")
    assert stands(session)[0] == "cancelled"
    assert "→" not in answer.context["text"]
    assert "ngày học mới sẽ được báo sau" in answer.context["text"]
    assert answer.context["change"].is_cancelled


def test_a_hall_that_is_taken_is_said_with_who_has_it_and_what_was_typed_stays(organiser, session, host):
    taken = make_venue(host, "Hội trường B")
    plan_session(make_course(host, "LOP-2"), venue=taken)
    form = shown(organiser, session, what="hall", hall=taken.pk, why="Hội trường bị dột")
    assert "Hội trường B" in str(form.non_field_errors())
    assert "LOP-2" in str(form.non_field_errors())
    assert (form["what"].value(), form["hall"].value(), form["why"].value()) == (
        "hall", str(taken.pk), "Hội trường bị dột"
    )  # fmt: skip
    assert stands(session)[3] == ["Hội trường A"]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({}, "what"),
        ({"what": "hall", "reason": "hall-0"}, "hall"),
        ({"what": "hall", "hall": "other", "reason": "hall-0"}, "new_hall"),
        ({"what": "hall", "hall": "987654", "reason": "hall-0"}, "hall"),
        ({"what": "later", "reason": "later-0"}, "delay"),
        ({"what": "later", "delay": "other", "reason": "later-0"}, "begins"),
        ({"what": "later", "delay": "other", "begins": "23:00", "reason": "later-0"}, "delay"),
        ({"what": "off", "reason": "off-0"}, "day"),
        ({"what": "off", "day": "other", "reason": "off-0"}, "other_day"),
        ({"what": "later", "delay": "30"}, "reason"),
        ({"what": "later", "delay": "30", "reason": "hall-0"}, "reason"),
    ],
)
def test_what_is_missing_is_said_where_it_is_missing(organiser, session, said, where):
    assert list(shown(organiser, session, **said).errors) == [where]
    assert SessionChange.objects.count() == 0


def test_of_several_places_one_is_changed_and_the_others_stay(organiser, session, host):
    second = Place.objects.create(session=session, kind="remote", venue=make_venue(host, "Điểm cầu"), order=2)
    done(organiser, session, what="hall", place=second.pk, hall="other", new_hall="Phòng họp 2", reason="hall-0")
    assert stands(session)[3] == ["Hội trường A", "Phòng họp 2"]
    assert Place.objects.get(venue__name="Phòng họp 2").kind == "remote"


def test_the_next_screen_has_the_text_the_notice_who_and_the_way_back(organiser, session, host):
    answer = done(organiser, session, what="hall", hall="other", new_hall="Phòng họp 2", reason="hall-0")
    text = answer.context["text"]
    for words in ("Lớp thử LOP-1", "05/06/2026, 07:30–11:00: Hội trường A → Phòng họp 2", "/courses/LOP-1/"):
        assert words in text
    assert text.count("http") == 1
    assert len(text) < 400
    body = answer.content.decode()
    assert page("notice", session) in body
    assert answer.context["people"] == 0
    assert ("/tell" in body) == bool(answer.context["telling"])
    pdf = organiser.get(page("notice", session))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")


def test_it_is_put_back_by_one_button_and_of_that_too_there_is_a_text(organiser, session):
    done(organiser, session, what="later", delay="30", reason="later-0")
    change = SessionChange.objects.get()
    for _twice in range(2):
        answer = organiser.post(page("take_back", session), {"change": change.pk}, follow=True)
    assert stands(session) == ("planned", "05/06 07:30", "11:00", ["Hội trường A"])
    assert "08:00–11:30 → 07:30–11:00" in answer.context["text"]
    assert "Hội trường A" in answer.context["text"]  # whoever reads of the hour wants the hall too
    for pk in ("x", "", 987654):
        for name in ("take_back", "sent_to_group"):
            assert organiser.post(page(name, session), {"change": pk}).status_code == 404


def test_that_the_text_is_in_the_group_is_noted_once_and_of_the_latest_change_alone(organiser, session):
    """Take the look for an earlier note out and the log says it twice; that for the latest change, and the pages of
    telling say of a text that is out of date that it is in the group."""
    done(organiser, session, what="later", delay="30", reason="later-0")
    first = SessionChange.objects.get()
    answer = done(organiser, session, what="later", delay="60", reason="later-0")
    assert page("sent_to_group", session) in answer.content.decode()
    latest = answer.context["change"]
    for pk in (first.pk, latest.pk, latest.pk):
        answer = organiser.post(page("sent_to_group", session), {"change": pk}, follow=True)
    assert page("sent_to_group", session) not in answer.content.decode()
    assert answer.context["handed"].user == User.objects.get()
    assert [entry.subject_id for entry in ActionLog.objects.filter(action=TO_GROUP)] == [latest.pk]


def test_what_the_class_is_told_is_vietnamese_whatever_the_screen_says(organiser, session):
    """Take one of the overrides out and a group in Việt Nam reads why, or what, in English."""
    organiser.cookies["language"] = "en"
    text = done(organiser, session, what="hall", hall="other", new_hall="Phòng họp 2", reason="hall-0").context["text"]
    assert "có thay đổi" in text
    change = SessionChange.objects.get()
    assert change.why in text
    assert "electricity" not in change.why
    organiser.post(page("take_back", session), {"change": change.pk})
    assert "planned" not in SessionChange.objects.order_by("pk").last().why


def test_a_draft_is_changed_without_anything_to_tell(organiser, session):
    Course.objects.update(state=CourseState.DRAFT)
    answer = organiser.post(page("reschedule", session), {"what": "later", "delay": "30", "reason": "later-0"})
    assert answer.url.startswith(reverse("admin:courses_course_overview", args=[session.course_id]))
    assert organiser.get(page("changed", session)).url == page("reschedule", session)
    assert organiser.get(page("notice", session)).status_code == 404


def test_a_half_day_that_people_know_of_is_offered_to_be_cancelled_instead_of_deleted(organiser, session):
    for method in (organiser.get, organiser.post):
        assert method(page("delete", session), {"post": "yes"}).url == page("reschedule", session) + "?what=off"
    assert Session.objects.count() == 1
    assert page("delete", session) not in organiser.get(page("change", session)).content.decode()


def test_the_pages_cost_the_same_for_one_hall_and_half_day_and_for_three(
    organiser, session, host, django_assert_num_queries
):
    done(organiser, session, what="later", delay="30", reason="later-0")
    for number in range(2):
        make_venue(host, f"Hội trường {number}")
        plan_session(session.course, day=FIRST_DAY + dt.timedelta(days=number + 1), venue=Venue.objects.latest("pk"))
        for name, queries in (("reschedule", 11), ("changed", 17), ("notice", 11)):
            with django_assert_num_queries(queries):
                organiser.get(page(name, session))


# What others typed


def test_neither_name_nor_reason_makes_a_link_in_the_text_for_the_group(organiser, session, host):
    """A title, a hall, an address and a reason are words; the one link is that of the class's own page."""
    Course.objects.update(title="Lớp http://xau.example/a")
    other = make_venue(host, "Hội trường www.xau.example")
    Venue.objects.filter(pk=other.pk).update(address="1 Đường Thử, zalo.me/g/xau")
    answer = done(organiser, session, what="hall", hall=other.pk, why="Xem xau.example/b\nngay")
    text = answer.context["text"]
    assert "(địa chỉ: 1 Đường Thử, zalo. me/g/xau; lý do: Xem xau. example/b ngay)" in text
    assert re.findall(r"\S+[.:]+[/a-z]\S+", text) == [f"http://localhost:8000/courses/{session.course.code}/"]
    assert len(text.splitlines()) == 9


@pytest.mark.parametrize("day", ["31/12/9999", "01/01/0001", "06/06/2206", "06/06/0226"])
def test_a_year_mistyped_is_refused_before_it_makes_pages_fall(organiser, session, day):
    """Take the look at the year out and the page of the half-day, and of everybody in the class, is a 500."""
    form = shown(organiser, session, what="off", day="other", other_day=day, day_begins="00:30", reason="off-0")
    assert form.errors
    assert organiser.get(page("reschedule", session)).status_code == 200


def test_a_hall_of_another_host_is_none_that_can_be_chosen(organiser, session):
    foreign = make_venue(make_office("XA"), "Hội trường xã")
    assert "hall" in shown(organiser, session, what="hall", hall=foreign.pk, reason="hall-0").errors
    assert stands(session)[3] == ["Hội trường A"]


def test_a_change_of_another_half_day_is_not_taken_back_here(organiser, session, host):
    other = plan_session(session.course, day=FIRST_DAY, hours=(dt.time(13, 30), dt.time(16)), venue=None)
    done(organiser, other, what="later", delay="30", reason="later-1")
    change = SessionChange.objects.get()
    assert organiser.post(page("take_back", session), {"change": change.pk}).status_code == 404
    assert SessionChange.objects.count() == 1
