"""The pages on which papers are handed over and numbers become void."""

import pytest
from django.urls import reverse

from attendance.constants import MarkState
from attendance.models import Certificate
from attendance.services.register import issue_papers
from attendance.services.sheets import close_sheet
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago, page_of
from attendance.tests.records import Class, prepared
from courses.constants.choices import RoleKind
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def issued(lop, count=2):
    lop.attended(count)
    prepared(lop)
    return [result.certificate for result in issue_papers(lop.course, actor=lop.officer)]


def of_paper(lop, name, paper):
    return reverse(f"admin:attendance_courseresult_{name}", args=[lop.course.pk, paper.pk])


def states():
    return list(Certificate.objects.order_by("number").values_list("state", flat=True))


def test_ticked_papers_then_all_others_are_handed_over_and_a_slip_is_taken_back(lop, officer):
    assert "Nothing to hand over yet" in officer.get(page_of(lop, "handing_over")).content.decode()
    first, second, third = issued(lop, 3)
    text = officer.post(page_of(lop, "hand_over"), {"on": "12/06/2026", "to": ""}).content.decode()
    assert "Please tick the papers" in text
    data = {"on": "12/06/2026", "to": "Ngô Thử Nhận Thay", "pk": [first.pk, second.pk]}
    text = officer.post(page_of(lop, "hand_over"), data, follow=True).content.decode()
    assert "2 papers were handed over" in text
    assert "Ngô Thử Nhận Thay" in text
    officer.post(page_of(lop, "hand_over"), {"on": "11/06/2026", "to": "", "all": "1"})
    assert states() == ["handed_over"] * 3
    text = officer.post(of_paper(lop, "hand_back", third), follow=True).content.decode()
    assert "counts as not handed over again" in text
    assert states() == ["handed_over", "handed_over", "issued"]


@pytest.mark.parametrize("on", ["", "31/02/2026", "13/06/2026", "01/01/2020"])
def test_a_day_that_cannot_be_gets_a_sentence(lop, officer, on):
    [paper] = issued(lop, 1)
    response = officer.post(page_of(lop, "hand_over"), {"on": on, "to": "", "pk": [paper.pk]})
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert states() == ["issued"]


def test_unearned_numbers_become_void_by_their_count_once_attendance_is_closed(lop, officer):
    lop.attended(1)
    lost = lop.people(2)
    prepared(lop)
    lop.mark(lop.general, MarkState.ABSENT, *lost)
    text = officer.get(page_of(lop, "void")).content.decode()
    assert "Attendance of the class is not closed yet" in text
    officer.post(page_of(lop, "void"), {"count": "2"})
    for session in lop.sessions:
        close_sheet(session, actor=lop.organiser, expected_version=0)
    text = officer.get(page_of(lop, "void")).content.decode()
    assert "2 numbers would be made void" in text
    assert "absent on the morning of 05/06/2026" in text
    assert "errorlist" in officer.post(page_of(lop, "void"), {"count": "3"}).content.decode()
    assert states() == ["prepared"] * 3
    assert (
        "2 numbers were made void" in officer.post(page_of(lop, "void"), {"count": "2"}, follow=True).content.decode()
    )
    assert sorted(states()) == ["prepared", "void", "void"]


def test_one_number_becomes_void_with_a_reason(lop, officer):
    lop.attended(1)
    [result] = prepared(lop)
    address = of_paper(lop, "void_one", result.certificate)
    assert officer.get(address).status_code == 200
    assert "errorlist" in officer.post(address, {"why": ""}).content.decode()
    officer.post(address, {"why": "Sai họ tên"})
    assert (states(), Certificate.objects.get().ended_why) == (["void"], "Sai họ tên")
    assert officer.get(address).status_code == 404


def test_organisers_read_officers_act_after_being_asked_again_and_others_find_nothing(lop, officer):
    [paper] = issued(lop, 1)
    addresses = [page_of(lop, "hand_over"), of_paper(lop, "hand_back", paper)]
    both = [page_of(lop, "void"), of_paper(lop, "void_one", paper)]
    long_ago(officer)
    for address in (*addresses, *both):
        assert officer.post(address, {"on": "12/06/2026", "all": "1", "why": "x"})["Location"].startswith(ASKED_AGAIN)
    signed_in(officer, make_organiser(lop.host))
    assert officer.get(page_of(lop, "handing_over")).status_code == 200
    for address in (*addresses, *both):
        assert officer.post(address, {"on": "12/06/2026", "all": "1", "why": "x"}).status_code == 404
    signed_in(officer, make_organiser(Class(code="LOP-2").host, RoleKind.OFFICER))
    for address in (page_of(lop, "handing_over"), *both):
        assert officer.get(address).status_code == 404
    assert states() == ["issued"]


def test_the_pages_cost_the_same_for_one_paper_and_for_three(lop, officer, django_assert_num_queries):
    for count in (1, 2):
        issued(lop, count)
        lop.people(count)
        prepared(lop)
        officer.get(page_of(lop, "handing_over"))
        with django_assert_num_queries(6):
            officer.get(page_of(lop, "handing_over"))
        with django_assert_num_queries(19):
            officer.get(page_of(lop, "void"))
