import datetime as dt
import gzip
import re

import lxml.html
import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, FilePurpose, SessionState
from courses.constants.clock import set_clock
from courses.models import Course, Material, Session, Venue
from courses.services.moving import relocate_session
from courses.services.records import store_file
from courses.services.schedule import Where, reschedule_session
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_speaker,
    make_trainee,
    make_venue,
    plan_session,
)

pytestmark = pytest.mark.django_db
PUBLISHED, RUNNING, CONCLUDED = CourseState.PUBLISHED, CourseState.RUNNING, CourseState.CONCLUDED


@pytest.fixture
def host():
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(7)))
    return make_office("HOST")


def full_course(host, code="LOP-1", sessions=2, **fields):
    """A class with topics, speakers and halls."""
    course = make_course(host, code, **{"state": PUBLISHED, **fields})
    make_block(course, "A", topics=2)
    venue, speaker = make_venue(host, f"Hội trường {code}"), make_speaker(host, f"Người Nói {code}")
    for number in range(sessions):
        day, hours = FIRST_DAY + dt.timedelta(days=number // 2), {} if number % 2 == 0 else {"hours": AFTERNOON}
        plan_session(course, day=day, venue=venue, speaker=speaker, **hours)
    return course


def text_of(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_front_page_names_published_classes_where_they_belong(host, client):
    day = dt.timedelta(days=1)
    places = {
        "NOW": make_course(host, "NOW", state=PUBLISHED),
        "LATE": make_course(host, "LATE", state=RUNNING, starts_on=FIRST_DAY - 9 * day, ends_on=FIRST_DAY - 7 * day),
        "PAST": make_course(host, "PAST", state=PUBLISHED, starts_on=FIRST_DAY - 9 * day, ends_on=FIRST_DAY - 7 * day),
        "SOON": make_course(host, "SOON", state=PUBLISHED, starts_on=FIRST_DAY + day, ends_on=FIRST_DAY + day),
        "OVER": make_course(host, "OVER", state=CONCLUDED),
        "DRAFT": make_course(host, "DRAFT"),
        "GONE": make_course(host, "GONE", state=CourseState.ARCHIVED),
    }
    response = client.get("/")
    found = {key: {course.code for course in response.context[key]} for key in ("under_way", "coming", "concluded")}
    assert found == {"under_way": {"NOW", "LATE", "PAST"}, "coming": {"SOON"}, "concluded": {"OVER"}}
    text = response.content.decode()
    assert [code for code, course in places.items() if course.title in text] == ["NOW", "LATE", "PAST", "SOON", "OVER"]


def test_an_empty_front_page_says_so(client):
    assert 'class="notice"' in text_of(client, "/")


def test_a_class_shows_days_half_days_topics_speakers_and_hall(host, client):
    course = full_course(host, summary="Tóm tắt", contact="Phòng Thử", audience="Công chức")
    Material.objects.create(course=course, title="Tài liệu thử", link="https://example.vn/tai-lieu")
    make_trainee(host, "Ngô Thử Mẫu")
    text = text_of(client, course.get_absolute_url())
    for words in ("05/06/2026", "07:30", "13:30", "Chuyên đề A1", "Người Nói LOP-1", "Hội trường LOP-1", "Tóm tắt",
                  "Phòng Thử", "Công chức", "Tài liệu thử", reverse("courses:calendar", args=["LOP-1"])):  # fmt: skip
        assert words in text
    assert text.index("07:30") < text.index("Công chức")  # when and where first
    assert "Ngô Thử Mẫu" not in text


def test_the_next_half_day_stands_on_top_and_a_cancelled_one_is_struck_out(host, client):
    course = full_course(host)
    assert "05/06/2026, 07:30" in text_of(client, course.get_absolute_url())
    first = Session.objects.order_by("starts_at").first()
    Session.objects.filter(pk=first.pk).update(state=SessionState.CANCELLED, required=False)
    text = text_of(client, course.get_absolute_url())
    assert "05/06/2026, 13:30" in text
    assert 'class="half cancelled"' in text
    set_clock(dt.datetime(2027, 1, 1))
    assert "next-when" not in text_of(client, course.get_absolute_url())


@pytest.mark.parametrize("state", [CourseState.DRAFT, CourseState.ARCHIVED])
@pytest.mark.parametrize("name", ["courses:course", "courses:calendar", "courses:timetable_picture"])
def test_what_is_not_public_is_not_found(host, client, state, name):
    course = full_course(host, state=PUBLISHED)
    Course.objects.filter(pk=course.pk).update(state=state)
    text_of(client, reverse(name, args=["LOP-1"]), status=404)
    text_of(client, reverse(name, args=["NONE"]), status=404)


def test_each_hall_is_said_once_with_its_half_days_and_the_way_there(host, client):
    """In one hall its half-days are the timetable's; where nothing is held, nobody is sent."""
    course = full_course(host, sessions=3)
    Venue.objects.update(directions="Đi thẳng <b>rồi</b> rẽ")
    text = text_of(client, course.get_absolute_url())
    assert [text.count(words) for words in ("<dt>Địa điểm</dt>", "Chỉ đường", "buổi sáng, buổi chiều 05/06")] == [
        1,
        1,
        0,
    ]
    assert "Đi thẳng &lt;b&gt;rồi" in text
    other, idle = make_venue(host, "Phòng Hai"), make_venue(host, "Phòng Ba")
    last = Session.objects.order_by("starts_at").last()
    relocate_session(last, places=[Where(other)], why="họp", actor=SYSTEM)
    plan_session(course, day=last.date, hours=AFTERNOON, venue=idle, state=SessionState.CANCELLED, required=False)
    text = text_of(client, course.get_absolute_url())
    facts = lxml.html.fromstring(text).xpath("//dl[@class='facts'][1]//div[@class='of-hall']")
    assert [" ".join(hall.text_content().split()) for hall in facts] == [
        "Hội trường LOP-1 Buổi học: buổi sáng, buổi chiều 05/06 Chỉ đường: Đi thẳng <b>rồi</b> rẽ",
        "Phòng Hai Buổi học: buổi sáng 06/06",
    ]
    assert text.count("<dt>Địa điểm</dt>") == 1


def test_a_half_day_of_which_only_the_hall_changed_says_so_in_the_timetable(host, client):
    course = full_course(host)
    assert "moved-from" not in text_of(client, course.get_absolute_url())
    first = Session.objects.order_by("starts_at").first()
    relocate_session(first, places=[Where(make_venue(host, "Phòng <Hai>"))], why="họp", actor=SYSTEM)
    halves = lxml.html.fromstring(text_of(client, course.get_absolute_url())).xpath("//div[@class='half']")
    badges = [half.xpath(".//p[contains(@class, 'hall')]/span[@class='state warn']/text()") for half in halves]
    assert [len(words) for words in badges] == [1, 0]
    said = [half.xpath(".//span[@class='change-old']/text()") for half in halves]
    assert said == [["Hội trường LOP-1"], []]
    assert halves[0].xpath("string(.//p[@class='hall'])") == "Phòng <Hai>"


def test_nothing_can_be_posted_to_a_public_page(host, client):
    full_course(host)
    for address in ("/", "/courses/LOP-1/", "/courses/LOP-1/calendar.ics"):
        for method in (client.post, client.put, client.delete):
            assert method(address).status_code == 405
        assert client.head(address).status_code == 200


def test_the_calendar_file_has_the_half_days(host, client):
    full_course(host)
    response = client.get("/courses/LOP-1/calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'inline; filename="LOP-1.ics"'
    assert response.content.count(b"BEGIN:VEVENT") == 2


@pytest.mark.parametrize("address", ["/", "/courses/LOP-1/", "/verify/"])
def test_a_first_visit_needs_no_script_and_less_than_60_kilobytes(host, client, address):
    """The page as it goes out, and what it fetches: style sheets packed as WhiteNoise packs them, fonts, pictures."""
    full_course(host, sessions=6, summary="Tóm tắt của lớp. " * 40, audience="Công chức các phòng. " * 10)
    text = text_of(client, address)
    scripts = re.findall(r'<script type="module" src="([^"]+)"></script>', text)  # without it the file is posted
    assert text.count("<script") == len(scripts) == (1 if address == "/verify/" else 0)
    assert "http://" not in re.sub(r'xmlns="[^"]*"', "", text)
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', text)
    total = len(text.encode())
    for name in set(files):
        with open(finders.find(name), "rb") as file:
            content = file.read()
        total += len(gzip.compress(content))
        for font in set(re.findall(rb'url\("\.\./([^"]+\.woff2)"\)', content)):
            with open(finders.find(font.decode()), "rb") as file:
                total += len(file.read())
    assert any(name.endswith(".css") for name in files)
    assert total < 60_000


def test_the_front_page_costs_the_same_for_one_class_and_for_three(host, client, django_assert_num_queries):
    for code in ("LOP-1", "LOP-2", "LOP-3"):
        make_course(host, code, state=PUBLISHED)
        make_course(host, f"{code}-X", state=CONCLUDED)
        with django_assert_num_queries(2):
            client.get("/")


def test_a_class_costs_the_same_for_one_half_day_and_for_three(host, client, django_assert_num_queries):
    for number in (1, 2, 3):
        full_course(host, f"LOP-{number}", sessions=1)  # fills the tables
    course = make_course(host, "LOP-4", state=PUBLISHED)
    make_block(course, "A", topics=1)
    for number in range(3):
        plan_session(
            course, day=FIRST_DAY + dt.timedelta(days=number), venue=make_venue(host, f"H{number}"),
            speaker=make_speaker(host, f"N{number}"),
        )  # fmt: skip
        with django_assert_num_queries(8):
            client.get("/courses/LOP-4/")


def test_an_uploaded_material_of_a_published_class_can_be_opened_and_of_no_other(host, client):
    course = full_course(host)
    file = store_file(b"%PDF-1.7 bai giang", purpose=FilePurpose.MATERIAL, media_type="application/pdf")
    kept = Material.objects.create(course=course, title="Bài giảng thử", file=file, file_name="Bài giảng.pdf")
    address = reverse("courses:material", args=[course.code, kept.pk])
    assert address in text_of(client, course.get_absolute_url())
    response = client.get(address)
    assert (b"".join(response.streaming_content), response["Content-Type"]) == (
        b"%PDF-1.7 bai giang",
        "application/pdf",
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    other = make_course(host, "OTHER", state=CourseState.PUBLISHED)
    assert client.get(reverse("courses:material", args=[other.code, kept.pk])).status_code == 404
    Course.objects.filter(pk=course.pk).update(state=CourseState.DRAFT)
    assert client.get(address).status_code == 404


# The timetable as a picture


def test_the_timetable_is_a_picture_that_is_sent_again_only_when_the_class_changed(host, client):
    course = full_course(host)
    first = client.get("/courses/LOP-1/timetable.png")
    assert (first.status_code, first["Content-Type"], first["Cache-Control"]) == (200, "image/png", "public, no-cache")
    assert first.content.startswith(b"\x89PNG")
    again = client.get("/courses/LOP-1/timetable.png", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    reschedule_session(course.sessions.in_order()[0], actor=SYSTEM, why="Bão", cancelled=True)
    other = client.get("/courses/LOP-1/timetable.png", headers={"If-None-Match": first["ETag"]})
    assert other.status_code == 200
    assert other["ETag"] != first["ETag"]
    assert "/courses/LOP-1/timetable.png" in text_of(client, "/courses/LOP-1/")


def test_the_picture_is_the_same_whoever_asks_in_whatever_language(host, client):
    full_course(host)
    asked = [client.get("/courses/LOP-1/timetable.png", headers={"Accept-Language": code}) for code in ("vi", "en")]
    assert asked[0]["ETag"] == asked[1]["ETag"]


def test_the_picture_costs_the_same_for_one_half_day_and_for_three(host, client, django_assert_num_queries):
    course = make_course(host, "LOP-4", state=PUBLISHED)
    make_block(course, "A", topics=1)
    for number in range(3):
        plan_session(
            course, day=FIRST_DAY + dt.timedelta(days=number), venue=make_venue(host, f"H{number}"),
            speaker=make_speaker(host, f"N{number}"),
        )  # fmt: skip
        etag = client.get("/courses/LOP-4/timetable.png")["ETag"]
        with django_assert_num_queries(6):
            client.get("/courses/LOP-4/timetable.png", headers={"If-None-Match": etag})


# What has changed


def test_a_change_stands_on_top_old_and_new_and_why_until_the_half_day_is_over(host, client):
    course = full_course(host)
    address = course.get_absolute_url()
    assert "changes" not in text_of(client, address)
    first = course.sessions.in_order()[0]
    relocate_session(first, places=[Where(make_venue(host, "Phòng B"))], why="Mất điện <b>", actor=SYSTEM)
    text = text_of(client, address)
    assert text.index("changes") < text.index("next-when")
    for words in ("Hội trường LOP-1</span> → <b>Phòng B</b>", "Mất điện &lt;b&gt;"):
        assert words in text
    set_clock(dt.datetime.combine(FIRST_DAY, dt.time(11, 1)))
    assert "changes" not in text_of(client, address)
