"""The page of the whole class: what it shows, what a batch of cells becomes, the file that it gives."""

import io
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse

from attendance.constants import MarkState
from attendance.models import Event, Mark
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.choices import RoleKind, SessionState
from courses.models import ActionLog, Session
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def address(lop, name="table"):
    return reverse(f"admin:attendance_courseresult_{name}", args=[lop.course.pk])


def post(client, lop, *cells, submission=None):
    """Cells are (half-day, registration, shown, wanted)."""
    said = [f"{session.pk}:{registration.pk}:{shown}:{wanted}" for session, registration, shown, wanted in cells]
    return client.post(address(lop, "table_marks"), {"cell": said, "submission": submission or str(uuid4())})


def became(response):
    return {(one["session"], one["registration"]): (one["became"], one["state"]) for one in response.json()["cells"]}


def marks():
    return {(m.session_id, m.registration_id): m.state for m in Mark.objects.order_by("pk")}


def test_every_cell_leads_to_the_page_of_its_half_day_without_script(lop, organiser):
    [person] = lop.people(1)
    lop.mark(lop.first, MarkState.EXCUSED, person)
    text = organiser.get(address(lop)).content.decode()
    page = reverse("admin:attendance_attendancesheet_change", args=[lop.first.pk])
    assert f'<a href="{page}" data-mark="excused" class="excused">' in text
    assert text.count('class="unknown"') == 2
    assert address(lop) in organiser.get(page).content.decode()


def test_the_last_cell_is_taken_back_by_name_and_sent_twice_only_once(lop, organiser):
    one, two = lop.people(2)
    post(organiser, lop, (lop.general, one, "", "present"), (lop.first, two, "", "late"))
    data = {"submission": str(uuid4())}
    for _again in range(2):
        answer = organiser.post(address(lop, "table_undo"), data).json()
        assert answer["cells"] == [{"session": lop.first.pk, "registration": two.pk, "state": ""}]
        assert f"about 1 person: {two.trainee.full_name} ({lop.first})" in answer["said"]
    assert marks() == {(lop.general.pk, one.pk): "present"}


def test_a_cell_that_was_cleared_in_the_table_comes_back(lop, organiser):
    [one] = lop.people(1)
    post(organiser, lop, (lop.general, one, "", "late"))
    post(organiser, lop, (lop.general, one, "late", ""))
    answer = organiser.post(address(lop, "table_undo"), {"submission": str(uuid4())}).json()
    assert [cell["state"] for cell in answer["cells"]] == ["late"]


def test_when_nothing_can_be_taken_back_the_table_says_why(lop, organiser):
    answer = organiser.post(address(lop, "table_undo"), {"submission": str(uuid4())})
    assert (answer.status_code, answer.json()["cells"]) == (200, [])
    assert "There is nothing of yours" in answer.json()["said"]
    post(organiser, lop, (lop.general, lop.people(1)[0], "", "late"))
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    answer = organiser.post(address(lop, "table_undo"), {"submission": str(uuid4())})
    assert (answer.status_code, "closed" in answer.json()["said"]) == (409, True)


def test_cells_of_several_half_days_are_saved_with_one_batch(lop, organiser):
    one, two = lop.people(2)
    response = post(organiser, lop, (lop.general, one, "", "present"), (lop.first, one, "", "present"),
                    (lop.first, two, "", "excused"))  # fmt: skip
    assert response.status_code == 200
    assert set(became(response).values()) == {("saved", "present"), ("saved", "excused")}
    assert marks() == {
        (lop.general.pk, one.pk): "present", (lop.first.pk, one.pk): "present", (lop.first.pk, two.pk): "excused"
    }  # fmt: skip


def test_a_batch_that_is_sent_again_adds_nothing(lop, organiser):
    [one] = lop.people(1)
    cells, name = [(lop.general, one, "", "late"), (lop.first, one, "", "late")], str(uuid4())
    for expected in ("saved", "unchanged"):
        answer = post(organiser, lop, *cells, submission=name)
        assert {kind for kind, _state in became(answer).values()} == {expected}
    assert Event.objects.count() == 2


def test_a_cell_that_somebody_else_changed_meanwhile_is_asked_and_the_rest_saved(lop, organiser):
    one, two = lop.people(2)
    lop.mark(lop.general, MarkState.ABSENT, one)
    answer = post(organiser, lop, (lop.general, one, "", "present"), (lop.general, two, "", "present"))
    assert became(answer) == {
        (lop.general.pk, one.pk): ("asked", "absent"), (lop.general.pk, two.pk): ("saved", "present")
    }  # fmt: skip
    assert marks()[lop.general.pk, one.pk] == "absent"


def test_on_a_closed_sheet_a_cell_becomes_an_entry_that_waits(lop, organiser):
    [one] = lop.people(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    answer = post(organiser, lop, (lop.general, one, "", "present"))
    assert became(answer) == {(lop.general.pk, one.pk): ("proposed", "present")}
    assert marks() == {}
    assert Event.objects.get().proposal


def test_one_half_day_that_is_refused_holds_up_none_of_the_others(lop, organiser):
    [one] = lop.people(1, blocks=[lop.a])
    answer = post(organiser, lop, (lop.second, one, "", "present"), (lop.general, one, "", "present"))
    assert became(answer) == {
        (lop.second.pk, one.pk): ("refused", ""), (lop.general.pk, one.pk): ("saved", "present")
    }  # fmt: skip
    assert "not registered for this half-day" in str(answer.json())


def test_cells_of_another_class_are_not_found(lop, organiser):
    """Fails when the half-days are not asked of the class in the address."""
    other = Class(host=lop.host, code="LOP-2")
    [one] = other.people(1)
    assert post(organiser, lop, (other.general, one, "", "present")).status_code == 404
    assert marks() == {}


@pytest.mark.parametrize("cell", ["", "1:2:3", "1:2::present:x", "x:2::present", "1:2::🙂"])
def test_what_no_page_of_ours_sends_is_refused_in_words(lop, organiser, cell):
    answer = organiser.post(address(lop, "table_marks"), {"cell": [cell], "submission": str(uuid4())})
    assert answer.status_code == 409
    assert "out of date" in answer.json()["refused"]


def test_a_cancelled_half_day_is_shown_as_such_and_not_marked(lop, organiser):
    [one] = lop.people(1)
    Session.objects.filter(pk=lop.first.pk).update(state=SessionState.CANCELLED, required=False)
    text = organiser.get(address(lop)).content.decode()
    assert text.count("Cancelled") == 1
    assert reverse("admin:attendance_attendancesheet_change", args=[lop.first.pk]) not in text
    assert post(organiser, lop, (lop.first, one, "", "present")).status_code == 409


def test_a_certificate_officer_reads_the_table_and_marks_nothing(lop, client):
    [one] = lop.people(1)
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    page = client.get(address(lop))
    assert page.status_code == 200
    assert "table.js" not in page.content.decode()
    assert post(client, lop, (lop.general, one, "", "present")).status_code == 409
    assert client.get(address(lop, "table_import")).status_code == 404
    assert marks() == {}


def test_the_page_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    organiser.get(address(lop))
    for count in (1, 2):
        lop.mark(lop.general, MarkState.PRESENT, *lop.people(count))
        with django_assert_num_queries(12):
            organiser.get(address(lop))


def test_the_file_is_given_and_that_is_logged(lop, organiser):
    [one] = lop.people(1)
    lop.mark(lop.general, MarkState.LATE, one)
    answer = organiser.post(address(lop, "table_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    row = [cell.value for cell in sheet[10]]
    assert row[1:8] == [one.trainee.full_name, one.position, one.office_name, "xT", None, None, 1]
    assert ActionLog.objects.filter(action="export marks", course_id=lop.course.pk).count() == 1
    assert organiser.get(address(lop, "table_export")).status_code == 405


def test_the_file_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    organiser.post(address(lop, "table_export"))
    for count in (1, 2):
        lop.people(count)
        with django_assert_num_queries(14):
            organiser.post(address(lop, "table_export"))
