"""The contents of a trainee's page: what was changed, where this very person sits, leave, papers, own data."""

import datetime as dt
from uuid import uuid4

import lxml.html
import pytest
from django.urls import reverse

from attendance.constants import LeaveState, MarkState
from attendance.models import Certificate, LeaveRequest
from attendance.services.leave import answer_leave
from attendance.services.register import issue_papers, prepare_papers
from attendance.tests.records import AFTERWARDS, Class
from courses.constants import links
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, FilePurpose, PlaceKind, RegistrationState, SessionState
from courses.constants.clock import set_clock
from courses.models import (
    ActionLog,
    Course,
    Material,
    Place,
    Registration,
    Session,
    SessionTopic,
    Speaker,
    Topic,
    TraineeRequest,
    Venue,
)
from courses.services.moving import relocate_session
from courses.services.records import log_action, store_file
from courses.services.registrations import register
from courses.services.schedule import Where, reschedule_session
from courses.services.stand_ins import stand_in
from courses.tests.planning import make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db
THE_DAY_BEFORE = dt.datetime(2026, 6, 4, 18)


@pytest.fixture
def lop():
    """The class lies ahead: it begins tomorrow."""
    made = Class()
    set_clock(THE_DAY_BEFORE)
    return made


def address(registration, name="trainee", *more):
    return reverse(f"attendance:{name}", args=[links.trainee_token(registration.trainee_id, 1), *more])


def page(client, registration):
    return client.get(address(registration)).context["page"]


def text_of(client, registration) -> str:
    return client.get(address(registration)).content.decode()


def hall(lop, session, name, kind=PlaceKind.HALL, order=1, **fields) -> Place:
    venue = Venue.objects.create(office=lop.host, name=name, **fields)
    return Place.objects.create(session=session, kind=kind, venue=venue, order=order)


# Where to be


def test_the_next_half_day_says_how_far_off_it_is_and_how_to_get_there(lop, client):
    [person] = lop.people(1)
    hall(lop, lop.general, "Hội trường Thử", address="1 Đường Thử", directions="Đi thẳng <b>rồi</b> rẽ phải")
    assert (page(client, person).next.session, page(client, person).next.days_ahead) == (lop.general, 1)
    text = text_of(client, person)
    for words in ("Hội trường Thử", "1 Đường Thử", "Đi thẳng &lt;b&gt;rồi&lt;/b&gt; rẽ phải"):
        assert words in text
    set_clock(lop.general.starts_at)
    assert page(client, person).next.days_ahead == 0


def test_the_next_half_day_says_what_it_is_about_and_who_speaks_and_nothing_of_the_others(lop, client):
    """Fails without the topics, without the speakers, in another order than the plan's, with those of the second."""
    [person] = lop.people(1)
    one, two, three = Topic.objects.bulk_create(
        Topic(block=lop.a, title=title, order=order)
        for order, title in enumerate(("Tiếp <công> dân", "Hồ sơ", "Số hóa"), start=5)
    )
    speaker = Speaker.objects.create(office=lop.host, full_name="Ngô Thử <Nói>", title="Chuyên gia")
    parts = [(lop.general, two, None, 1), (lop.general, one, speaker, 2), (lop.first, three, speaker, 1)]
    for session, topic, who, order in parts:
        SessionTopic.objects.create(session=session, topic=topic, speaker=who, order=order)
    assert topics_of_next(client, person) == ["Hồ sơ", "Tiếp <công> dân Báo cáo viên: Ngô Thử <Nói>, Chuyên gia"]
    set_clock(lop.general.ends_at)
    assert topics_of_next(client, person) == ["Số hóa Báo cáo viên: Ngô Thử <Nói>, Chuyên gia"]
    set_clock(lop.first.ends_at)
    assert topics_of_next(client, person) == []


def topics_of_next(client, registration) -> list[str]:
    parts = lxml.html.fromstring(text_of(client, registration)).xpath("//*[@id='next']/ul[@class='topics']/li")
    return [" ".join(" ".join(part.itertext()).split()) for part in parts]


def test_where_there_are_several_places_only_that_of_the_person_stands_there_in_each_half_day(lop, client):
    """Fails when `Registration.place`, a row of the first half-day, is compared by its id."""
    [there, anywhere] = lop.people(2)
    first = hall(lop, lop.general, "Hội trường Một")
    remote = hall(lop, lop.general, "Điểm cầu Hai", PlaceKind.REMOTE, 2)
    for session in (lop.first, lop.second):
        Place.objects.create(session=session, kind=first.kind, venue=first.venue)
        Place.objects.create(session=session, kind=remote.kind, venue=remote.venue, order=2)
    there.place = remote
    there.save()
    for moment in (THE_DAY_BEFORE, lop.first.starts_at):
        set_clock(moment)
        assert [str(place) for place in page(client, there).next.places] == ["Điểm cầu Hai"]
        assert [str(place) for place in page(client, anywhere).next.places] == ["Hội trường Một", "Điểm cầu Hai"]


def test_what_was_changed_is_told_to_those_whose_half_day_it_is(lop, client):
    [concerned] = lop.people(1, blocks=[lop.b])
    [other] = lop.people(1, blocks=[lop.a])
    day, begins, ends = lop.second.date, dt.time(9), dt.time(11)
    reschedule_session(lop.second, actor=lop.organiser, date=day, begins=begins, ends=ends, why="Mất <điện>")
    [change] = page(client, concerned).changes
    assert change.words == ["07:30–11:00 → 09:00–11:00"]
    text = text_of(client, concerned)
    assert "Mất &lt;điện&gt;" in text
    assert text.index('id="next"') < text.index('class="notice warn changes"')
    assert page(client, other).changes == []
    assert 'class="notice warn changes"' not in text_of(client, other)


def test_what_must_be_read_before_the_next_half_day_stands_on_top_and_the_rest_below_it(lop, client):
    """Put all changes on top, and two of them push hall and hour of the morning off a phone's screen."""
    [person] = lop.people(1)
    for session, begins, ends in ((lop.first, 14, 16), (lop.second, 9, 11)):
        hours = {"begins": dt.time(begins), "ends": dt.time(ends)}
        reschedule_session(session, actor=lop.organiser, date=session.date, why="họp", **hours)
    found = page(client, person)
    assert found.next.session == lop.general
    assert (found.pressing_changes, len(found.later_changes)) == ([], 2)
    reschedule_session(lop.general, actor=lop.organiser, why="bão", cancelled=True)
    found = page(client, person)
    assert [change.session for change in found.pressing_changes] == [lop.general, lop.first]
    assert [change.session for change in found.later_changes] == [lop.second]


def test_a_cancelled_half_day_is_told_and_is_not_the_next_one(lop, client):
    [person] = lop.people(1)
    reschedule_session(lop.general, actor=lop.organiser, why="bão", cancelled=True)
    assert page(client, person).next.session == lop.first
    [change] = page(client, person).changes
    assert change.is_cancelled


def test_the_three_numbers_the_sentence_and_the_periods_of_the_year_stand_there(lop, client):
    """One of the three half-days attended, with its four periods of the forty that are the target."""
    [person] = lop.people(1)
    set_clock(AFTERWARDS)
    lop.mark(lop.general, MarkState.PRESENT, person)
    text = text_of(client, person)
    page = lxml.html.fromstring(text)
    numbers = [[dd.text_content() for dd in dl.xpath(".//dd")] for dl in page.xpath("//dl[@class='numbers']")]
    assert numbers == [["1", "3", "3/3"], ["4", "40", "36"]]
    assert "Chưa đủ điều kiện" in text
    assert "91/2025/QH15" in page.xpath("//*[@id='privacy']")[0].text_content()


def test_a_stand_in_finds_the_half_days_stood_in_for_and_nothing_to_earn(lop, client):
    [person] = lop.people(1)
    other = make_trainee(lop.ward, "Ngô Thử Thay")
    instead = stand_in(person, by=other, sessions=[lop.first], actor=lop.organiser, why="ốm")
    found = page(client, instead)
    assert found.next.session == lop.first
    [one] = found.current
    assert (one.item.sessions, one.coming, one.can_ask) == ([lop.first], [lop.first], [lop.first])
    assert 'class="numbers"' not in text_of(client, instead).split('id="year"')[0]


def schedule_of(client, registration):
    """The half-days of the open schedule, and those that are folded with what their line says."""
    text = lxml.html.fromstring(text_of(client, registration))
    halves = text.xpath("//div[@class='schedule'][not(ancestor::details)]//div[starts-with(@class, 'half')]/p")
    folded = text.xpath("//details[contains(@class, 'over')]")
    return [half.xpath("string(./b)") for half in halves], [
        ("".join(filter(str.isdigit, one.xpath("string(./summary)"))), len(one.xpath(".//p[@class='half-when']")))
        for one in folded
    ]


def test_half_days_that_are_over_are_one_line_and_the_others_stand_open(lop, client):
    """A day of which the morning is over is on both sides."""
    [person] = lop.people(1)
    assert schedule_of(client, person) == (["Buổi sáng", "Buổi chiều", "Buổi sáng"], [])
    set_clock(lop.general.ends_at)
    assert schedule_of(client, person) == (["Buổi chiều", "Buổi sáng"], [("1", 1)])
    set_clock(lop.first.ends_at)
    assert schedule_of(client, person) == (["Buổi sáng"], [("2", 2)])
    numbers = lxml.html.fromstring(text_of(client, person)).xpath("//div[@class='schedule']//h3/small/text()")
    assert numbers == ["Ngày thứ 1", "Ngày thứ 2"]


def test_another_hall_alone_is_said_at_its_half_day_in_the_schedule(lop, client):
    [person] = lop.people(1)
    hall(lop, lop.general, "Hội trường Một")
    relocate_session(lop.general, places=[Where(Venue.objects.create(office=lop.host, name="Phòng Hai"))],
                     why="họp", actor=lop.organiser)  # fmt: skip
    schedule = lxml.html.fromstring(text_of(client, person)).xpath("//div[@class='schedule']")[0]
    [line] = schedule.xpath(".//p[contains(@class, 'moved-from')]")
    assert line.xpath("./span[@class='state warn']")[0].text
    assert line.xpath("./span[@class='change-old']")[0].text == "Hội trường Một"
    assert line.getnext().text_content().strip() == "Phòng Hai"


# Leave


def ask(client, registration, *sessions, reason="đi công tác", of=None):
    body = {"sessions": [session.pk for session in sessions], "reason": reason}
    return client.post(address(registration, "own_leave", (of or registration).pk), body)


def test_leave_is_asked_for_without_a_cookie_and_its_state_and_answer_stand_on_the_page(lop, client):
    [person] = lop.people(1)
    assert "cookie" not in str(client.cookies).lower()
    answer = ask(client, person, lop.first)
    assert (answer.status_code, answer.url) == (302, f"{address(person)}#leave-{person.pk}")
    ask(client, person, lop.first)
    request = LeaveRequest.objects.get()
    assert (request.by_trainee, request.by_link, request.asked_by_id) == (True, False, None)
    [one] = page(client, person).current
    assert (one.absences, one.can_ask) == ([request], [lop.general, lop.second])
    answer_leave(request, accept=False, answer="Cần <dự>", actor=lop.organiser, act=uuid4())
    assert "Cần &lt;dự&gt;" in text_of(client, person)
    [one] = page(client, person).current
    assert (one.absences[0].state, one.can_ask) == (LeaveState.REFUSED, [lop.general, lop.first, lop.second])


def test_what_is_refused_stands_on_the_page_with_what_was_typed(lop, client):
    [person] = lop.people(1)
    for sessions, reason in (([], "<đi>"), ([lop.general], " ")):
        answer = ask(client, person, *sessions, reason=reason)
        assert answer.status_code == 200
        assert answer.context["trouble"]["form"] == "leave"
        assert 'role="alert"' in answer.content.decode()
    assert 'value="&lt;đi&gt;"' in ask(client, person, reason="<đi>").content.decode()
    assert not LeaveRequest.objects.exists()


def test_nobody_asks_for_another_or_for_a_half_day_of_another_class(lop, client):
    one, two = lop.people(2)
    sister = Class(lop.host, "LOP-2")
    set_clock(THE_DAY_BEFORE)
    assert ask(client, one, lop.general, of=two).status_code == 404
    assert client.post(address(one, "own_leave", 10**25), {}).status_code == 404
    assert ask(client, one, sister.general).status_code == 200
    assert not LeaveRequest.objects.exists()


# Papers


def test_the_picture_of_an_issued_paper_is_drawn_from_the_frozen_one_for_its_owner_alone(lop, client):
    set_clock(dt.datetime(2026, 6, 12, 9))
    person, other = lop.attended(2)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    paper = Certificate.objects.get(registration=person)
    picture = address(person, "own_certificate_picture", paper.code)
    assert client.get(picture).status_code == 404
    issue_papers(lop.course, actor=lop.officer)
    assert f'src="{picture}" loading="lazy"' in text_of(client, person)
    answer = client.get(picture)
    assert (answer["Content-Type"], answer.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
    assert "no-store" in answer["Cache-Control"]
    assert client.get(address(other, "own_certificate_picture", paper.code)).status_code == 404


def test_papers_of_past_classes_stay_and_are_found_by_their_check_link(lop, client):
    set_clock(dt.datetime(2026, 6, 12, 9))
    [person] = lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    Course.objects.update(state=CourseState.ARCHIVED)
    found = page(client, person)
    assert ([one.item.course for one in found.past], [item.course for item in found.papers]) == ([lop.course],) * 2
    assert reverse("attendance:verify", args=[Certificate.objects.get().code]) in text_of(client, person)


# Materials


def test_materials_open_for_the_people_of_a_class_that_has_left_the_public_list(lop, client):
    [person] = lop.people(1)
    stranger = make_trainee(lop.ward, "Ngô Thử Lạ")
    kept = store_file(b"%PDF-1.7 tai lieu", purpose=FilePurpose.MATERIAL, media_type="application/pdf")
    material = Material.objects.create(course=lop.course, title="Tài <liệu>", file=kept, file_name="tai-lieu.pdf")
    Material.objects.create(course=lop.course, title="Trang thử", link="https://example.test/a")
    text = text_of(client, person)
    for words in (
        "Tài &lt;liệu&gt;",
        reverse("courses:material", args=["LOP-1", material.pk]),
        "https://example.test/a",
    ):
        assert words in text
    Course.objects.update(state=CourseState.ARCHIVED)
    own = address(person, "own_material", material.pk)
    assert own in text_of(client, person)
    answer = client.get(own)
    assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (b"%PDF-1.7 tai lieu", "application/pdf")
    token = links.trainee_token(stranger.pk, 1)
    assert client.get(reverse("attendance:own_material", args=[token, material.pk])).status_code == 404
    assert client.get(address(person, "own_material", 10**25)).status_code == 404


def test_who_was_taken_off_the_list_opens_no_material_of_the_class_any_more(lop, client):
    """Ask for any registration, and who was withdrawn before the first day reads what was handed out in the hall."""
    [person] = lop.people(1)
    kept = store_file(b"%PDF-1.7 tai lieu", purpose=FilePurpose.MATERIAL, media_type="application/pdf")
    material = Material.objects.create(course=lop.course, title="Tài liệu", file=kept, file_name="tai-lieu.pdf")
    Course.objects.update(state=CourseState.ARCHIVED)
    Registration.objects.update(state=RegistrationState.WITHDRAWN)
    assert client.get(address(person, "own_material", material.pk)).status_code == 404


# Own data


def test_own_data_stand_there_with_the_citizen_number_masked(lop, client):
    [person] = lop.people(1, phone="0900000001", email="thu@example.test", citizen_number="093175000018")
    text = text_of(client, person)
    for words in ("0900000001", "thu@example.test", "093•••••••18", person.trainee.position):
        assert words in text
    assert "093175000018" not in text


def test_a_correction_is_asked_for_and_its_state_stands_there(lop, client):
    [person] = lop.people(1)
    where = address(person, "own_correction")
    assert client.post(where, {"words": "  "}).status_code == 200
    for _twice in range(2):
        answer = client.post(where, {"words": "Sinh năm <1975>, số 093175000018"})
        assert answer.status_code == 302
    request = TraineeRequest.objects.get()
    assert "093175000018" not in request.words
    text = text_of(client, person)
    assert "Sinh năm &lt;1975&gt;" in text
    assert where not in text  # one at a time
    again = client.post(where, {"words": "Điều khác"})
    assert (again.status_code, again.context["trouble"]["form"]) == (200, "data")


def test_who_looked_and_who_handed_out_lists_is_read_by_office_and_day(lop, client):
    [person] = lop.people(1)
    looker = make_organiser(lop.ward)
    signed_in(client, looker)
    for _twice in range(2):
        assert client.get(reverse("admin:attendance_person_page", args=[person.trainee_id])).status_code == 200
    assert ActionLog.objects.filter(action="look").count() == 1
    client.logout()
    Registration.objects.update(created_at=lop.course.created_at.replace(year=2020))  # made by the real clock
    log_action(lop.organiser, "export marks", lop.course, course=lop.course)
    found = client.get(address(person)).context["data"].looks
    assert [(look.day, look.office) for look in found] == [
        (THE_DAY_BEFORE.date(), lop.host.name),
        (THE_DAY_BEFORE.date(), lop.ward.name),
    ]
    text = text_of(client, person)
    assert looker.full_name not in text


def test_what_was_handed_out_before_the_person_came_into_the_class_is_nothing_of_theirs(lop, client):
    set_clock(dt.datetime(2020, 1, 1))
    log_action(lop.organiser, "export marks", lop.course, course=lop.course)
    set_clock(THE_DAY_BEFORE)
    [person] = lop.people(1)
    assert client.get(address(person)).context["data"].looks == []


# How much it costs


@pytest.mark.parametrize("count", [1, 3])
def test_the_whole_page_costs_the_same_for_one_class_and_for_three(lop, client, django_assert_num_queries, count):
    """Each class with a change, leave asked for, material, a place and a look into it."""
    [person] = lop.people(1)
    classes = [lop, *(Class(lop.host, f"LOP-{n}") for n in range(2, count + 1))]
    set_clock(THE_DAY_BEFORE)
    for one in classes:
        there = person if one is lop else register(one.course, person.trainee, actor=SYSTEM)
        hall(one, one.general, f"Hội trường {one.course.code}")
        Material.objects.create(course=one.course, title="Trang thử", link="https://example.test/a")
        reschedule_session(one.second, actor=one.organiser, why="bão", cancelled=True)
        ask(client, person, one.first, of=there)
        log_action(one.organiser, "export marks", one.course, course=one.course)
    with django_assert_num_queries(30):
        found = page(client, person)
    assert (len(found.current), len(found.changes)) == (count, count)
    assert Session.objects.filter(state=SessionState.CANCELLED).count() == count
