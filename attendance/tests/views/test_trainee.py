import re

import pytest
from django.urls import reverse

from attendance.constants import CertificateState, MarkState
from attendance.models import Certificate, PassCode
from attendance.services.passes import give_passes
from attendance.services.register import issue_papers, prepare_papers
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import set_clock
from courses.models import Course, Session, Trainee
from courses.services.records import read_file
from courses.services.registrations import register, withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def page_of(registration, version=1):
    return reverse("attendance:trainee", args=[links.trainee_token(registration.trainee_id, version)])


def text_of(client, registration):
    response = client.get(page_of(registration))
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_shows_own_schedule_attendance_result_and_pass_and_nobody_else(lop, client):
    person, other = lop.people(1, gender="f")[0], lop.people(1, phone="0900000001")[0]
    lop.mark(lop.general, MarkState.LATE, person)
    text = text_of(client, person)
    assert f"Bà {person.trainee.full_name}" in text
    for words in (lop.course.title, person.office_name, "Đến trễ", "Chưa điểm danh", "Chưa đủ điều kiện", "<svg"):
        assert words in text
    assert other.trainee.full_name not in text
    assert other.trainee.phone not in text
    assert links.pass_code(other.pk, 1) not in text


def test_the_next_half_day_stands_on_top_and_a_cancelled_one_is_not_meant(lop, client):
    [person] = lop.people(1)
    assert "next-when" not in text_of(client, person)
    set_clock(lop.general.starts_at)
    assert text_of(client, person).index("07:30") < text_of(client, person).index("<svg")
    Session.objects.filter(pk=lop.general.pk).update(state=SessionState.CANCELLED, required=False)
    first = re.search(r'class="next-when">(.*?)</p>', text_of(client, person))[1]
    assert '05/06/2026, <span class="hours">13:30' in first


def test_only_the_half_days_of_the_blocks_owed_are_shown(lop, client):
    [person] = lop.people(1, blocks=[lop.b])
    text = text_of(client, person)
    assert "06/06/2026" in text
    assert "13:30" not in text


def test_an_issued_paper_opens_and_one_that_waits_does_not(lop, client):
    [person] = lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    paper = Certificate.objects.get()
    address = reverse("attendance:own_certificate", args=[links.trainee_token(person.trainee_id, 1), paper.code])
    assert "001/2026/GCN" in text_of(client, person)
    assert address not in text_of(client, person)
    assert client.get(address).status_code == 404
    issue_papers(lop.course, actor=lop.officer)
    assert address in text_of(client, person)
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content == read_file(paper.pdf)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Content-Disposition"] == 'inline; filename="giay-chung-nhan-001-2026-GCN.pdf"'
    Certificate.objects.update(state=CertificateState.VOID)
    assert client.get(address).status_code == 404


def test_nobody_opens_the_paper_of_another_by_the_own_link(lop, client):
    person, other = lop.attended(2)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    foreign = Certificate.objects.get(registration=other)
    token = links.trainee_token(person.trainee_id, 1)
    for code in (foreign.code, "X" * 20, "x"):
        assert client.get(reverse("attendance:own_certificate", args=[token, code])).status_code == 404


def test_a_class_that_is_over_moves_below_and_its_paper_stays(lop, client):
    [person] = lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    for state in (CourseState.CONCLUDED, CourseState.ARCHIVED):
        Course.objects.update(state=state)
        text = text_of(client, person)
        assert "001/2026/GCN" in text
        assert "pass-qr" not in text


def test_a_draft_and_a_withdrawn_registration_are_not_there(lop, client):
    [person] = lop.people(1)
    Course.objects.update(state=CourseState.DRAFT)
    assert lop.course.title not in text_of(client, person)
    Course.objects.update(state=CourseState.RUNNING)
    withdraw(person, actor=lop.organiser)
    assert lop.course.title not in text_of(client, person)


@pytest.mark.parametrize("name", ["trainee", "own_certificate", "pass"])
def test_unknown_foreign_and_renewed_links_are_not_found_and_nothing_can_be_posted(lop, client, name):
    [person] = lop.people(1)
    extra = ["X" * 20] if name == "own_certificate" else []
    good = links.pass_code(person.pk, 1) if name == "pass" else links.trainee_token(person.trainee_id, 1)
    wrong = ["x", "1" * 17, good[:-1] + ("0" if good[-1] != "0" else "1"), links.feed_code(person.trainee_id, 1)]
    wrong.append(links.trainee_token(person.trainee_id, 1) if name == "pass" else links.pass_code(person.pk, 1))
    for token in wrong:
        assert client.get(reverse(f"attendance:{name}", args=[token, *extra])).status_code == 404, token
    for method in (client.post, client.put, client.delete, client.patch):
        assert method(reverse(f"attendance:{name}", args=[good, *extra])).status_code == 405
    if name == "trainee":
        Trainee.objects.update(link_version=2)
        assert client.get(page_of(person)).status_code == 404
        assert client.get(page_of(person, version=2)).status_code == 200


def test_a_pass_says_nothing_about_its_owner(lop, client):
    [person] = lop.people(1)
    address = reverse("attendance:pass", args=[links.pass_code(person.pk, 1)])
    text = client.get(address).content.decode()
    for words in (person.trainee.full_name, person.office_name, lop.course.title, lop.course.code):
        assert words not in text
    withdraw(person, actor=lop.organiser)
    assert client.get(address).status_code == 404


def test_personal_pages_are_kept_nowhere_found_nowhere_and_told_to_nobody(lop, client):
    """The own page tells nobody where one comes from, this site neither: its address is the secret, and none of its
    forms needs to say. Of a pass only the origin goes out."""
    [person] = lop.people(1)
    own, of_pass = page_of(person), reverse("attendance:pass", args=[links.pass_code(person.pk, 1)])
    for address, referrer in ((own, "no-referrer"), (of_pass, "strict-origin")):
        response = client.get(address)
        assert response["Cache-Control"] == "private, no-store"
        text = response.content.decode()
        assert '<meta name="robots" content="noindex, nofollow, noarchive">' in text
        assert f'<meta name="referrer" content="{referrer}">' in text
        assert len(re.findall("<script", text)) == len(re.findall('<script type="module" src="/static/', text))
    assert client.get(own)["Referrer-Policy"] == "no-referrer"
    assert not client.cookies


def test_the_page_costs_the_same_for_one_class_and_for_three(lop, client, django_assert_num_queries):
    [person] = lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    for code in (None, "LOP-2", "LOP-3"):
        if code:
            more = Class(host=lop.host, code=code)
            more.mark(more.general, MarkState.PRESENT, register(more.course, person.trainee, actor=more.organiser))
            prepare_papers(more.course, more.ordered(signer=lop.signer), actor=more.officer)
        with django_assert_num_queries(27):
            text_of(client, person)


def picture_of(client, owner, registration):
    token = links.trainee_token(owner.trainee_id, 1)
    return client.get(reverse("attendance:own_pass", args=[token, registration.pk]))


def test_the_page_says_the_short_code_in_two_groups_and_offers_the_pass_as_a_picture(lop, client):
    [person] = lop.people(1)
    assert "pass-code" not in text_of(client, person)
    give_passes(lop.course)
    short = PassCode.objects.get().short
    text = text_of(client, person)
    assert f'<p class="pass-code">{short[:3]} {short[3:]}</p>' in text
    token = links.trainee_token(person.trainee_id, 1)
    assert reverse("attendance:own_pass", args=[token, person.pk]) in text


def test_the_picture_of_ones_own_pass_is_kept_by_no_cache_and_looking_gives_no_pass(lop, client):
    [person] = lop.people(1)
    response = picture_of(client, person, person)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert "no-store" in response["Cache-Control"]
    assert not PassCode.objects.exists()


def test_nobody_gets_the_picture_of_anothers_pass_or_of_a_class_that_is_over_or_left(lop, client):
    """Fails when the owner, the state of the class or that of the registration is not asked."""
    one, two, gone = lop.people(3)
    assert picture_of(client, one, two).status_code == 404
    withdraw(gone, actor=lop.organiser)
    assert picture_of(client, gone, gone).status_code == 404
    token = links.trainee_token(one.trainee_id, 1)
    for wrong in (f"/my/{token}x/passes/{one.pk}.png", f"/my/{token}/passes/{10**25}.png", f"/my/{token}/passes/0.png"):
        assert client.get(wrong).status_code == 404
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    assert picture_of(client, one, one).status_code == 404
