"""Reading marks in from Excel: preview, what is left out, applying."""

import io

import lxml.html
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from attendance.constants import MarkState
from attendance.models import Event, Mark
from attendance.readers.attendance_file import read_marks
from attendance.rendering.attendance_workbook import attendance_workbook
from attendance.reports.attendance_file import file_of, meant_by
from attendance.tests.records import Class
from courses.models import Registration
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def numbered(lop, count, **fields):
    people = lop.people(count, **fields)
    for number, person in enumerate(people, 1):
        Registration.objects.filter(pk=person.pk).update(number=number)
    return people


def edited(lop, **cells) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(attendance_workbook(file_of(lop.course))))
    for cell, value in cells.items():
        book.active[cell] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def address(lop):
    return reverse("admin:attendance_courseresult_table_import", args=[lop.course.pk])


def upload(client, lop, data):
    return client.post(address(lop), {"file": SimpleUploadedFile("diem danh.xlsx", data)})


def said_in(response) -> str:
    return lxml.html.fromstring(response.content.decode()).xpath("//input[@name='said']/@value")[0]


def problems(lop, **cells):
    return meant_by(lop.course, read_marks(edited(lop, **cells))).problems


def test_a_file_is_shown_first_and_written_when_it_is_confirmed(lop, organiser):
    one, two, three = numbered(lop, 3)
    lop.mark(lop.general, MarkState.PRESENT, one, two)
    page = upload(organiser, lop, edited(lop, E11="K", E12="xS", F10="P"))
    assert page.status_code == 200
    plans = {plan["session"]: plan["plan"] for plan in page.context["plans"]}
    general, first = plans[lop.general], plans[lop.first]
    assert (general.new, general.same, general.disagreeing) == (
        {three.pk: "left_early"}, {one.pk: "present"}, {two.pk: "absent"}
    )  # fmt: skip
    assert (first.new, first.same, page.context["changes"]) == ({one.pk: "excused"}, {}, 3)
    assert Event.objects.count() == 2
    for _ in range(2):
        answer = organiser.post(address(lop), {"said": said_in(page)}, follow=True)
    assert "nothing to be changed" in answer.content.decode()
    assert dict(Mark.objects.filter(session=lop.general).order_by().values_list("registration_id", "state")) == {
        one.pk: "present", two.pk: "disputed", three.pk: "left_early"
    }  # fmt: skip
    assert Event.objects.count() == 5


def test_our_own_file_read_back_changes_nothing(lop, organiser):
    lop.attended(2)
    page = upload(organiser, lop, edited(lop))
    assert (page.context["changes"], page.context["meant"].problems) == (0, [])


def test_serial_number_and_name_must_both_agree(lop):
    """Fails when either is enough."""
    one, two = numbered(lop, 2)
    with translation.override("en"):
        assert [wrong for _where, wrong in problems(lop, B10="Ngô Giả Mạo", E10="x")] == [
            f"Number 1 is somebody else in the class: {one.trainee.full_name}."
        ]
    assert len(problems(lop, A10=9, E10="x")) == 1
    assert len(problems(lop, A10=None, E10="x")) == 1
    meant = meant_by(lop.course, read_marks(edited(lop, A10=9, E10="x", E11="x")))
    assert meant.states[lop.general.pk] == {two.pk: "present"}


def test_people_without_numbers_are_found_by_a_name_that_is_theirs_alone(lop):
    one, two = lop.people(2)
    assert meant_by(lop.course, read_marks(edited(lop, E10="x"))).states[lop.general.pk] == {one.pk: "present"}
    type(two.trainee).objects.filter(pk=two.trainee_id).update(full_name=one.trainee.full_name)
    assert len(problems(lop, E10="x")) == 1


def test_signs_that_can_mean_two_things_and_cells_of_the_unexpected_are_left_out(lop):
    numbered(lop, 1, blocks=[lop.a])
    meant = meant_by(lop.course, read_marks(edited(lop, E10="v", F10="=1", G10="x")))
    assert len(meant.problems) == 3
    assert not any(meant.states.values())


def test_half_days_that_are_not_of_the_class_and_columns_twice_are_left_out(lop):
    numbered(lop, 1)
    assert len(problems(lop, G8="09/09/2026", G10="x")) == 1
    meant = meant_by(lop.course, read_marks(edited(lop, F9="S", E10="x", F10="K")))
    assert len(meant.problems) == 2
    assert lop.general.pk not in meant.states


def test_the_same_person_in_two_rows_is_read_once(lop):
    one, _two = numbered(lop, 2)
    assert len(problems(lop, E10="x", A11=1, B11=one.trainee.full_name, E11="K")) == 1


def test_what_was_shown_is_good_for_its_class_and_its_reader_alone(lop, organiser, client):
    """Fails when the salt names neither class nor person, or the text is not signed."""
    numbered(lop, 1)
    said = said_in(upload(organiser, lop, edited(lop, E10="x")))
    other = Class(host=lop.host, code="LOP-2")
    for text, where in ((said + "x", lop), ("", lop), (said, other)):
        organiser.post(address(where), {"said": text})
    signed_in(client, make_organiser(lop.host))
    client.post(address(lop), {"said": said})
    assert not Event.objects.exists()


def test_a_file_that_cannot_be_read_stays_on_the_page_with_a_sentence(lop, organiser):
    page = upload(organiser, lop, b"%PDF-1.7")
    assert (page.status_code, len(page.context["form"].errors["file"])) == (200, 1)
    assert upload(organiser, lop, b"").context["form"].errors


def test_the_preview_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    organiser.get(address(lop))
    for count in (1, 2):
        lop.mark(lop.general, MarkState.PRESENT, *lop.people(count))
        data = edited(lop, E10="K", F10="x", G10="x")
        with django_assert_num_queries(34):
            upload(organiser, lop, data)


def two_sheets(lop, **of_second) -> bytes:
    """Our own file with its list a second time, changed there."""
    book = openpyxl.load_workbook(io.BytesIO(edited(lop, E10="x", E11="K")))
    second = book.copy_worksheet(book.active)
    second.title = "Trang hai"
    for cell, value in of_second.items():
        second[cell] = value
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_two_sheets_of_a_file_are_read_together_and_what_they_say_otherwise_is_named(lop, organiser):
    one, two = numbered(lop, 2)
    with translation.override("en"):
        meant = meant_by(lop.course, read_marks(two_sheets(lop, E11="P", F10="xT", A11=9)))
        assert meant.states[lop.general.pk] == {one.pk: "present", two.pk: "absent"}
        assert meant.states[lop.first.pk] == {one.pk: "late"}
        assert [where.split(", ")[0] for where, _wrong in meant.problems] == ["Sheet “Trang hai”"]
        assert meant.people == {one.pk, two.pk}
        meant = meant_by(lop.course, read_marks(two_sheets(lop, E11="P")))
    assert meant.states[lop.general.pk] == {one.pk: "present"}
    assert [wrong for _where, wrong in meant.problems] == ["Two sheets of the file say different things here."]
    page = upload(organiser, lop, two_sheets(lop))
    assert page.status_code == 200
    assert "Trang hai." in page.content.decode()
