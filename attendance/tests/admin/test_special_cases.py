"""Special cases decided and taken back by officers, and shown wherever the result is."""

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from attendance.constants import MarkState
from attendance.models import Certificate, Completion
from attendance.reports.verdicts import verdict_of
from attendance.services.register import prepare_papers
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.choices import RoleKind
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db
SAID = {"why": "nằm viện", "document": "12/QĐ-UBND", "decided_by": "Ngô Thử Lệnh, Phó Chủ tịch"}


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def absent(lop):
    [person] = lop.people(1)
    lop.mark(lop.general, MarkState.ABSENT, person)
    return person


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def page_of(lop, person=None):
    if person is None:
        return reverse("admin:attendance_courseresult_change", args=[lop.course.pk])
    return reverse("admin:attendance_courseresult_special_case", args=[lop.course.pk, getattr(person, "pk", person)])


def test_a_case_is_decided_and_taken_back_on_its_page(lop, absent, officer):
    for wrong in ({"why": ""}, {"document": " "}, {"decided_by": " "}):
        assert "errorlist" in officer.post(page_of(lop, absent), {**SAID, **wrong}).content.decode()
    assert not Completion.objects.exists()
    assert officer.post(page_of(lop, absent), SAID).status_code == 302
    assert verdict_of(absent).earned
    page = officer.get(page_of(lop, absent)).content.decode()
    assert ("nằm viện (12/QĐ-UBND)" in page, 'name="take_back"' in page) == (True, True)
    assert "errorlist" in officer.post(page_of(lop, absent), {"take_back": "1", "why_back": ""}).content.decode()
    assert officer.post(page_of(lop, absent), {"take_back": "1", "why_back": "nhầm"}).status_code == 302
    assert not verdict_of(absent).earned


def test_it_shows_wherever_the_result_shows(lop, absent, officer):
    officer.post(page_of(lop, absent), SAID)
    with override("en"):
        sentence = escape(verdict_of(absent).reason)
    answer = lop.course.answers.get(office=absent.office)
    pages = [
        page_of(lop),
        reverse("attendance:trainee", args=[links.trainee_token(absent.trainee_id, 1)]),
        reverse("attendance:office", args=[links.office_token(answer.pk, 1)]),
    ]
    assert [sentence in officer.get(page).content.decode() for page in pages] == [True] * 3
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    paper = reverse("admin:attendance_certificate_change", args=[Certificate.objects.get().pk])
    text = officer.get(paper).content.decode()
    assert "nằm viện (12/QĐ-UBND; decided by Ngô Thử Lệnh, Phó Chủ tịch; entered by" in text


def test_only_officers_of_the_host_who_have_just_proved_who_they_are_decide(lop, absent, officer):
    other = Class(code="LOP-2")
    [foreign] = other.people(1)
    for pk in (foreign.pk, 999_999, 2**70):
        assert officer.post(page_of(lop, pk), SAID).status_code == 404
    long_ago(officer)
    assert officer.post(page_of(lop, absent), SAID)["Location"].startswith(ASKED_AGAIN)
    for user in (make_organiser(lop.host), make_organiser(other.host, RoleKind.OFFICER)):
        signed_in(officer, user)
        assert officer.post(page_of(lop, absent), SAID).status_code == 404
    assert not Completion.objects.exists()
