"""The desk of a coordinator who is signed in."""

import datetime as dt
import io

import pypdfium2
import pytest
from django.urls import reverse

from attendance.constants import MarkState
from attendance.models import Certificate, PassCode
from attendance.services.register import issue_papers
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class, prepared
from courses.constants import links
from courses.constants.choices import CourseState, RequestState, RoleKind
from courses.constants.clock import now, set_clock, today
from courses.models import ActionLog, Course, OfficeAnswer, Role, Seats, Trainee, TraineeRequest
from courses.tests.planning import make_organiser, signed_in, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at - dt.timedelta(hours=20))
    return lop


@pytest.fixture
def desk(lop, client):
    """The browser of the ward's coordinator."""
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.ward, RoleKind.COORDINATOR))


def at(name, *ids):
    return reverse(f"attendance:{name}", args=ids)


def text_of(response):
    assert response.status_code == 200, response
    return response.content.decode()


def pdf_text(response):
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in response["Cache-Control"]
    document = pypdfium2.PdfDocument(io.BytesIO(response.content))
    return len(document), "\n".join(page.get_textpage().get_text_range() for page in document)


def asked(trainee, **fields):
    values = {"kind": "link", "asked_as": "nobody", "asked_at": now(), "due_on": today(), **fields}
    return TraineeRequest.objects.create(trainee=trainee, **values)


def test_the_desk_says_what_is_due_in_each_class(lop, desk):
    Course.objects.update(registration_deadline=today())
    OfficeAnswer.objects.create(course=lop.course, office=lop.ward)
    Seats.objects.create(course=lop.course, office=lop.ward, number=3)
    lop.people(1)
    text = text_of(desk.get("/office/"))
    for words in ("please send it by 04/06/2026", "Named: 1 of 3.", lop.course.title, at("desk_cards", lop.course.pk)):
        assert words in text
    set_clock(now() + dt.timedelta(days=1))
    assert "the deadline was 04/06/2026" in text_of(desk.get("/office/"))


def test_who_was_absent_without_leave_from_a_closed_half_day_is_named_and_nobody_else(lop, desk):
    """Before the sheet is closed nobody is missing; who is excused is not."""
    missing, present, excused = lop.people(3)
    [other] = lop.people(1, office=lop.other_ward)
    set_clock(lop.general.ends_at + dt.timedelta(hours=1))
    lop.mark(lop.general, MarkState.PRESENT, present)
    lop.mark(lop.general, MarkState.EXCUSED, excused)
    assert "Absent without leave" not in text_of(desk.get("/office/"))
    close_sheet(lop.general, actor=lop.organiser, expected_version=0, unsettled=True)
    text = text_of(desk.get("/office/"))
    assert f"Absent without leave: {missing.trainee.full_name}" in text
    assert other.trainee.full_name not in text


def test_an_organiser_who_coordinates_an_office_too_sees_that_office_alone_on_the_desk(lop, client):
    own, other = lop.people(1), lop.people(1, office=lop.other_ward)
    user = make_organiser(lop.ward, RoleKind.COORDINATOR)
    Role.objects.create(user=user, kind=RoleKind.ORGANISER, office=lop.host, valid_from=dt.date(2000, 1, 1))
    signed_in(client, user)
    text = text_of(client.get(at("desk_people")))
    assert own[0].trainee.full_name in text
    assert other[0].trainee.full_name not in text
    assert client.get(at("desk_person", other[0].trainee_id)).status_code == 404


def test_people_are_found_without_marks_with_their_periods_and_papers(lop, desk):
    set_clock(lop.second.ends_at + dt.timedelta(days=5))
    people = lop.attended(2)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    first, second = (person.trainee for person in people)
    text = text_of(desk.get(at("desk_people"), {"q": "ngo thu an"}))
    assert first.full_name in text
    assert second.full_name not in text
    paper = Certificate.objects.get(registration=people[0])
    assert paper.facts["number"] in text
    assert at("verify", paper.code) in text
    assert "11/40" in text
    assert "Nobody of your office is called so." in text_of(desk.get(at("desk_people"), {"q": "zzz"}))


def test_the_page_of_a_person_says_what_the_own_page_says_and_leads_to_each_act(lop, desk):
    """For somebody who has no phone: schedule, pass, absence, certificate, correction, link."""
    [person] = lop.people(1)
    asked(person.trainee)
    answer = OfficeAnswer.objects.get(office=lop.ward)
    token = links.office_token(answer.pk, answer.link_version)
    text = text_of(desk.get(at("desk_person", person.trainee_id)))
    for words in (
        person.trainee.full_name, lop.course.title, "Next half-day", at("desk_schedule", lop.course.pk),
        at("desk_passes", lop.course.pk), at("desk_card", person.trainee_id), at("office_absence", token, person.pk),
    ):  # fmt: skip
        assert words in text
    assert links.trainee_token(person.trainee_id, 1) not in text


def test_the_card_is_printed_with_who_gave_it_and_answers_the_request(lop, desk):
    [person] = lop.people(1)
    one = asked(person.trainee)
    assert person.trainee.full_name in text_of(desk.get(at("desk_requests")))
    text = text_of(desk.post(at("desk_card", person.trainee_id), {"given_to": "Người Giả Cầm"}))
    for words in (
        links.trainee_token(person.trainee_id, 1),
        "Người Giả Cầm",
        "Người Thử",
        f"{today():%d/%m/%Y}",
        "<svg",
    ):
        assert words in text
    one.refresh_from_db()
    assert (one.state, one.given_to) == (RequestState.DONE, "Người Giả Cầm")
    assert "given to Người Giả Cầm" in text_of(desk.get(at("desk_requests")))
    assert desk.get(f"/my/{links.trainee_token(person.trainee_id, 1)}/").status_code == 200


def test_a_renewed_link_kills_the_old_one_and_the_same_page_sent_again_changes_nothing(lop, desk):
    [person] = lop.people(1)
    for _again in range(2):
        desk.post(at("desk_renew", person.trainee_id), {"version": "1"})
    assert desk.get(f"/my/{links.trainee_token(person.trainee_id, 1)}/").status_code == 404
    assert desk.get(f"/my/{links.trainee_token(person.trainee_id, 2)}/").status_code == 200


def test_a_request_is_refused_with_words(lop, desk):
    [person] = lop.people(1)
    one = asked(person.trainee)
    assert "errorlist" in text_of(desk.post(at("desk_refuse", one.pk), {"answer": " "}))
    assert desk.post(at("desk_refuse", one.pk), {"answer": "Không phải người này"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.answer) == (RequestState.REFUSED, "Không phải người này")
    assert "answered already" in text_of(desk.post(at("desk_refuse", one.pk), {"answer": "Khác"}))
    # Whoever opens the page of the person reads there too that nobody has told them yet.
    for page in (at("desk_requests"), at("desk_person", person.trainee_id)):
        assert "No e-mail with the reason was sent." in text_of(desk.get(page))


def test_a_correction_is_asked_for_somebody_without_a_phone_and_stands_on_the_page(lop, desk):
    [person] = lop.people(1)
    desk.post(at("desk_correction", person.trainee_id), {"words": "Sai năm sinh"})
    one = TraineeRequest.objects.get()
    assert (one.kind, one.asked_as, one.words) == ("correction", "user", "Sai năm sinh")
    assert "Sai năm sinh" in text_of(desk.get(at("desk_person", person.trainee_id)))
    [other] = lop.people(1, office=lop.other_ward)
    assert desk.post(at("desk_correction", other.trainee_id), {"words": "Sai"}).status_code == 404


def test_cards_of_a_class_are_those_of_own_people_with_a_line_to_sign(lop, desk):
    own, [other] = lop.people(2), lop.people(1, office=lop.other_ward)
    gone = lop.people(1)[0]
    Trainee.objects.filter(pk=gone.trainee_id).update(office=lop.other_ward)
    text = text_of(desk.post(at("desk_cards", lop.course.pk)))
    assert all(links.trainee_token(person.trainee_id, 1) in text for person in own)
    for person in (other, gone):
        assert links.trainee_token(person.trainee_id, 1) not in text
    assert text.count("Signature of who received it") == 2
    assert ActionLog.objects.filter(action="hand out link").count() == 2


def test_passes_of_own_people_are_printed_once_logged_and_never_those_of_others(lop, desk):
    own, [other] = lop.people(2), lop.people(1, office=lop.other_ward)
    _pages, text = pdf_text(desk.post(at("desk_passes", lop.course.pk)))
    assert all(person.trainee.full_name in text for person in own)
    assert other.trainee.full_name not in text
    assert PassCode.objects.count() == 3
    _pages, text = pdf_text(desk.post(at("desk_passes", lop.course.pk), {"person": own[0].pk}))
    assert own[1].trainee.full_name not in text
    assert desk.post(at("desk_passes", lop.course.pk), {"person": other.pk}).status_code == 404
    counts = [entry.changes["count"][1] for entry in ActionLog.objects.filter(action="print passes").order_by("pk")]
    assert counts == [2, 1]
    Course.objects.update(state=CourseState.CONCLUDED)
    assert desk.post(at("desk_passes", lop.course.pk)).status_code == 302


def test_the_schedule_is_one_sheet_whatever_the_class(lop, desk):
    lop.people(1)
    pages, text = pdf_text(desk.get(at("desk_schedule", lop.course.pk)))
    assert pages == 1
    for words in (lop.course.title, "05/06/2026", "07:30 – 11:00"):
        assert words in text


def test_a_certificate_opens_as_it_was_issued_and_only_when_it_is(lop, desk):
    set_clock(lop.second.ends_at + dt.timedelta(days=5))
    lop.attended(1)
    [other] = lop.attended(1, office=lop.other_ward)
    prepared(lop)
    own = Certificate.objects.get(registration__office=lop.ward)
    assert desk.get(at("desk_paper", own.pk)).status_code == 404
    issue_papers(lop.course, actor=lop.officer)
    assert desk.get(at("desk_paper", own.pk)).content.startswith(b"%PDF")
    assert desk.get(at("desk_paper", Certificate.objects.get(registration=other).pk)).status_code == 404


def pages(lop, person, request):
    gets = [
        at("own_offices"), at("desk_people"), at("desk_person", person.trainee_id), at("desk_requests"),
        at("desk_refuse", request.pk), at("desk_schedule", lop.course.pk),
    ]  # fmt: skip
    posts = [
        at("desk_card", person.trainee_id), at("desk_renew", person.trainee_id), at("desk_cards", lop.course.pk),
        at("desk_passes", lop.course.pk),
    ]  # fmt: skip
    return gets, posts


def test_who_is_not_signed_in_is_led_to_sign_in_and_who_coordinates_nothing_finds_nothing(lop, client):
    [person] = lop.people(1)
    gets, posts = pages(lop, person, asked(person.trainee))
    answers = [client.get(page) for page in gets] + [client.post(page) for page in posts]
    assert {answer["Location"].partition("?")[0] for answer in answers} == {"/accounts/login/"}
    signed_in(client, make_organiser(lop.host))
    answers = [client.get(page) for page in gets] + [client.post(page) for page in posts]
    assert {answer.status_code for answer in answers} == {404}
    assert not ActionLog.objects.filter(action__in=("hand out link", "renew link", "print passes")).exists()


def test_a_foreign_person_class_and_request_are_like_missing_ones(lop, desk):
    [other] = lop.people(1, office=lop.other_ward)
    far = Class(code="LOP-2")
    far.people(1)
    request = asked(other.trainee)
    for pk in (other.trainee_id, 987654321, 2**63 - 1):
        answers = [desk.get(at("desk_person", pk)), desk.post(at("desk_card", pk)), desk.post(at("desk_renew", pk))]
        assert [answer.status_code for answer in answers] == [404] * 3
    for pk in (far.course.pk, 987654321):
        answers = [desk.get(at("desk_schedule", pk)), desk.post(at("desk_cards", pk)), desk.post(at("desk_passes", pk))]
        assert [answer.status_code for answer in answers] == [404] * 3
    assert desk.post(at("desk_refuse", request.pk), {"answer": "x"}).status_code == 404
    assert other.trainee.full_name not in text_of(desk.get(at("desk_requests")))


def test_cards_passes_and_new_links_are_given_out_after_the_password_was_asked_again(lop, client):
    """Nothing is done before it."""
    [person] = lop.people(1)
    user = with_password(make_organiser(lop.ward, RoleKind.COORDINATOR))
    signed_in(client, user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0, "username": user.username}]
    session.save()
    _gets, posts = pages(lop, person, asked(person.trainee))
    for page in posts:
        assert client.post(page)["Location"].startswith("/accounts/reauthenticate/")
    assert not ActionLog.objects.filter(action__in=("hand out link", "renew link", "print passes")).exists()


def more(lop, number):
    """So many classes, people, papers and requests more of the ward."""
    for _one in range(number):
        another = Class(host=lop.host, code=f"LOP-{Course.objects.count() + 1}")
        another.ward = lop.ward
        for person in another.attended(2):
            asked(person.trainee)


@pytest.mark.parametrize(("name", "queries"), [("own_offices", 14), ("desk_people", 11), ("desk_requests", 5)])
def test_the_pages_cost_the_same_for_one_row_and_for_three(lop, desk, django_assert_num_queries, name, queries):
    more(lop, 1)
    desk.get(at(name))
    for number in (0, 2):
        more(lop, number)
        with django_assert_num_queries(queries):
            desk.get(at(name))


def test_the_page_of_a_person_costs_the_same_for_one_class_and_for_three(lop, desk, django_assert_num_queries):
    [person] = lop.people(1)
    moment = now()
    desk.get(at("desk_person", person.trainee_id))
    for number in (0, 1, 2):
        if number:
            another = Class(host=lop.host, code=f"LOP-X{number}")
            other = another.people(1, office=lop.ward)[0]
            type(other).objects.filter(pk=other.pk).update(trainee=person.trainee)
            set_clock(moment)  # a week later nobody would be signed in any more
        with django_assert_num_queries(29):
            desk.get(at("desk_person", person.trainee_id))


@pytest.mark.parametrize("words", ["%", "_", "A%", "\\", "'", "'a' | 'n':*", "a:*", "!an", "(", "<->"])
def test_signs_of_the_database_in_a_search_find_nobody_and_break_nothing(lop, desk, words):
    """Take the escapes out of `WordsBeginWith` and `%` finds everybody."""
    lop.people(2)
    response = desk.get(at("desk_people"), {"q": words})
    assert (response.status_code, len(response.context["people"])) == (200, 0)


def test_cards_of_a_class_hand_out_no_link_of_somebody_who_works_elsewhere_by_now(lop, desk):
    """The registration is still the ward's, the person is not: the link shows the classes of the new office, too."""
    lop.people(1)
    [moved] = lop.people(1)
    Trainee.objects.filter(pk=moved.trainee_id).update(office=lop.other_ward)
    response = desk.post(at("desk_cards", lop.course.pk))
    assert len(response.context["cards"]) == 1
    assert desk.post(at("desk_card", moved.trainee_id)).status_code == 404
