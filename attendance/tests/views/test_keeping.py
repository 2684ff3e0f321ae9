import datetime as dt
import json
import re

import pytest
from django.templatetags.static import static
from django.urls import get_resolver, reverse

from attendance.models import Certificate
from attendance.services.register import issue_papers, prepare_papers
from attendance.tests.records import AFTERWARDS, Class
from attendance.views.keeping import FILES
from courses.constants import links
from courses.constants.choices import CourseState, DatePrecision
from courses.constants.clock import set_clock
from courses.constants.partial_dates import PartialDate
from courses.models import Course, Trainee
from courses.services.registrations import register
from courses.services.schedule import at
from courses.tests.planning import FIRST_DAY

pytestmark = pytest.mark.django_db
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 11; SM-A125F) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
ZALO = "Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36 Zalo android/12100662"
ZALO_IPHONE = f"{IPHONE} Zalo iOS/620"
MORNING_BEFORE = at(FIRST_DAY - dt.timedelta(days=3), dt.time(6, 12))


@pytest.fixture
def lop():
    made = Class()
    set_clock(MORNING_BEFORE)
    return made


def own(name, registration, *more, version=1):
    return reverse(f"attendance:{name}", args=[links.trainee_token(registration.trainee_id, version), *more])


def text_of(client, registration, name="trainee", **headers):
    response = client.get(own(name, registration), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_kept_is_schedule_and_pass_and_nothing_else_of_the_person(lop, client):
    set_clock(AFTERWARDS)
    [person] = lop.attended(1, phone="0900000001", birth=PartialDate(dt.date(1971, 2, 3), DatePrecision.DAY))
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    set_clock(MORNING_BEFORE)
    text = text_of(client, person, "kept")
    for words in ("05/06/2026", "07:30", "<svg", person.trainee.full_name, lop.course.title, "6:12", "02/06"):
        assert words in text
    others = ["0900000001", "03/02/1971", "1971-02-03", "Có mặt", "state present", "verdict", "/verify/"]
    assert [words for words in [*others, "certificates/", "<form", ".png"] if words in text] == []
    assert not Certificate.objects.filter(code__in=re.findall(r"[0-9A-Z]{20}", text)).exists()


def test_it_says_until_when_it_is_good_and_what_it_is_made_of(lop, client):
    [person] = lop.people(1, blocks=[lop.b])
    response = client.get(own("kept", person))
    until = at(FIRST_DAY + dt.timedelta(days=2), dt.time())
    assert response["X-Kept-Until"] == str(int(until.timestamp() * 1000))
    assert response["Cache-Control"] == "private, no-store"
    text = response.content.decode()
    [files] = re.findall(r'data-files="([^"]*)"', text)
    named = json.loads(files.replace("&quot;", '"'))
    assert named == [static(name) for name in FILES]
    assert set(re.findall(r'(?:src|href)="(/static/[^"]*)"', text)) <= set(named)


def test_keeping_is_offered_until_the_class_is_over(lop, client):
    [person] = lop.people(1)
    assert "data-keep=" in text_of(client, person)
    set_clock(at(FIRST_DAY + dt.timedelta(days=1), dt.time(23, 59)))
    assert "data-keep=" in text_of(client, person)
    set_clock(at(FIRST_DAY + dt.timedelta(days=2), dt.time()))
    text = text_of(client, person)
    # What was kept is taken away by the page, if the phone still has it.
    assert ("data-keep=" in text, "data-keep-over" in text) == (False, True)
    set_clock(MORNING_BEFORE)
    Course.objects.update(state=CourseState.CONCLUDED)
    assert "data-keep=" not in text_of(client, person)
    assert int(client.get(own("kept", person))["X-Kept-Until"]) <= MORNING_BEFORE.timestamp() * 1000


def test_a_phone_is_told_by_this_server_that_the_link_is_unknown_or_was_renewed(lop, client):
    [person] = lop.people(1)
    Trainee.objects.update(link_version=2)
    answers = [client.get(own("kept", person)), client.get(reverse("attendance:kept", args=["x"]))]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(404, {"gone": True})] * 2
    assert client.get(own("kept", person, version=2)).status_code == 200


@pytest.mark.parametrize(
    ("browser", "scheme", "subscribes", "opened"),
    [
        (IPHONE, "webcal", True, False),
        (ANDROID, "http", False, False),
        (ZALO, "http", False, True),
        (ZALO_IPHONE, "http", False, True),
    ],
)
def test_the_calendar_is_one_button_that_the_browser_understands(lop, client, browser, scheme, subscribes, opened):
    [person] = lop.people(1)
    text = text_of(client, person, **{"User-Agent": browser})
    address = f"//localhost:8000{reverse('attendance:feed', args=[links.feed_code(person.trainee_id, 1)])}"
    assert re.findall(r'<a class="btn primary" href="([^"]*calendar[^"]*)"', text) == [f"{scheme}:{address}"]
    assert f'value="http:{address}"' in text
    assert ('<details class="more-ways" open><summary>' in text) == opened


def test_every_answer_behind_the_own_link_is_kept_by_nobody_and_tells_nobody_where_one_comes_from(lop, client):
    """Each address that begins with the link, also those that are added later."""
    set_clock(AFTERWARDS)
    [person] = lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    token = links.trainee_token(person.trainee_id, 1)
    holes = {"<str:token>": token, "<str:code>": Certificate.objects.get().code, "<int:registration>": str(person.pk)}
    patterns = [str(p.pattern) for r in get_resolver().url_patterns for p in getattr(r, "url_patterns", [])]
    asked = 0
    for pattern in [p for p in patterns if p.startswith("my/")]:
        for hole, value in holes.items():
            pattern = pattern.replace(hole, value)
        path = f"/{pattern}"
        for response in (client.get(path), client.post(path), client.get(path.replace(token, "x"))):
            assert "no-store" in response["Cache-Control"], pattern
            assert response["Referrer-Policy"] == "no-referrer", pattern
            asked += 1
    assert asked >= 18


def test_the_language_is_chosen_without_a_cookie_or_where_one_comes_from(client):
    """The browser inside Zalo may keep no cookie, and the own page lets it say "null" in the place of an origin."""
    client.handler.enforce_csrf_checks = True
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/"}, headers={"Origin": "null"})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_what_is_kept_costs_the_same_for_one_class_and_for_three(lop, client, django_assert_num_queries):
    [person] = lop.people(1)
    for code in (None, "LOP-2", "LOP-3"):
        if code:
            more = Class(lop.host, code)
            register(more.course, person.trainee, actor=more.organiser)
            set_clock(MORNING_BEFORE)
        with django_assert_num_queries(24):
            text_of(client, person, "kept")
