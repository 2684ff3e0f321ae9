"""Typing results of a test in a table, taking the list out, reading it in; the results as Excel."""

import io
from decimal import Decimal

import lxml.html
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attendance.constants import Examination, MarkState
from attendance.models import Score
from attendance.services.course_rules import set_rule
from attendance.services.overrides import set_special_case
from attendance.services.register import issue_papers, prepare_papers
from attendance.services.scores import enter_scores
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago
from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Registration, Trainee
from courses.services.trainees import fill_trainee
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    set_rule(lop.course, actor=lop.organiser, test=Examination.TEST, grades=[(8, "Giỏi"), (5, "Đạt")])
    return lop


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def page_of(lop, name="scores"):
    return reverse(f"admin:attendance_courseresult_{name}", args=[lop.course.pk])


def standing():
    return dict(Score.objects.order_by().values_list("registration_id", "points"))


def typed(points, shown=None):
    shown = shown or {}
    return {f"points-{one.pk}": text for one, text in points.items()} | {
        f"shown-{one.pk}": shown.get(one, "") for one in points
    }


# The table


def test_points_are_typed_with_a_comma_or_a_point_and_saved_at_once(lop, officer):
    one, two, three = lop.attended(3)
    assert officer.post(page_of(lop), typed({one: "7,5", two: "8.25", three: ""})).status_code == 302
    assert standing() == {one.pk: Decimal("7.5"), two.pk: Decimal("8.25")}
    page = lxml.html.fromstring(officer.get(page_of(lop)).content)
    assert page.xpath(f"//input[@name='points-{one.pk}']/@value") == ["7.5"]
    officer.post(page_of(lop), typed({one: "", two: "8,25"}, {one: "7.5", two: "8.25"}))
    assert standing() == {two.pk: Decimal("8.25")}
    assert ActionLog.objects.filter(action="enter score").count() == 3


def test_one_wrong_entry_keeps_all_out_and_what_was_typed_stays_on_the_page(lop, officer):
    one, two, three = lop.attended(3)
    for wrong, words in (("x", "no number of points"), ("11", "not between 0 and 10")):
        response = officer.post(page_of(lop), typed({one: "7,5", two: wrong, three: ""}))
        text = response.content.decode()
        assert (response.status_code, words in text, "Nothing was saved: 1 entry" in text) == (200, True, True)
        page = lxml.html.fromstring(text)
        assert page.xpath(f"//input[@name='points-{one.pk}']/@value") == ["7,5"]
        assert page.xpath(f"//input[@name='points-{two.pk}']/@aria-describedby") == [f"points-{two.pk}-problem"]
    assert standing() == {}


def test_all_wrong_entries_are_reported_at_once(lop, officer):
    """Fails where points outside the scale are looked at only after all can be read."""
    one, two, three = lop.attended(3)
    text = officer.post(page_of(lop), typed({one: "bảy", two: "11", three: "7"})).content.decode()
    assert "Nothing was saved: 2 entries" in text
    assert ("no number of points" in text, "not between 0 and 10" in text) == (True, True)
    assert standing() == {}


def test_two_people_of_the_same_name_and_office_are_told_apart(lop, officer):
    one, two = lop.attended(2)
    for person, year, position in ((one, "1971", "Chuyên viên"), (two, "1989", "Văn thư")):
        trainee = Trainee.objects.get(pk=person.trainee_id)
        fill_trainee(trainee, full_name="Ngô Thử Trùng", birth=PartialDate.parse(year))
        trainee.save()
        Registration.objects.filter(pk=person.pk).update(position=position)
    book = given_out(officer, lop)
    book.active["F2"], book.active["F3"] = 6, 7
    for page in (officer.get(page_of(lop)), upload(officer, lop, book)):
        rows = lxml.html.fromstring(page.content.decode()).xpath("//tbody/tr/th")
        said = [" ".join(row.text_content().split()) for row in rows]
        assert [("1971" in text, "Chuyên viên" in text, "Văn thư" in text) for text in said] == [
            (True, True, False), (False, False, True),
        ]  # fmt: skip


def test_what_somebody_else_has_entered_meanwhile_is_not_overwritten(lop, officer):
    """Fails when the page's own idea of what stands is not posted with it: an old page would empty the new cells."""
    one, two = lop.attended(2)
    enter_scores(lop.course, {one.pk: Decimal(9), two.pk: Decimal(6)}, actor=lop.officer)
    officer.post(page_of(lop), typed({one: ""}))
    assert standing() == {one.pk: Decimal(9), two.pk: Decimal(6)}
    text = officer.post(page_of(lop), typed({two: "7"})).content.decode()
    assert "Somebody else has entered 6 meanwhile" in text
    assert standing() == {one.pk: Decimal(9), two.pk: Decimal(6)}


def test_what_was_typed_since_a_file_was_shown_is_not_overwritten_by_it(lop, officer):
    """Fails when the page of the file does not carry what stood when it was made. What is left can be confirmed."""
    one, two = lop.attended(2)
    book = given_out(officer, lop)
    book.active["F2"], book.active["F3"] = 6, 7
    said = upload(officer, lop, book).context["said"]
    enter_scores(lop.course, {one.pk: Decimal(9)}, actor=lop.officer)
    response = officer.post(page_of(lop, "scores_import"), {"said": said})
    assert standing() == {one.pk: Decimal(9)}
    [(where, why)] = response.context["problems"]
    assert (where, "Somebody else has entered 9 meanwhile" in why) == (one.trainee.full_name, True)
    assert "Nothing was saved: 1 entry" in response.content.decode()
    officer.post(page_of(lop, "scores_import"), {"said": response.context["said"]})
    assert standing() == {one.pk: Decimal(9), two.pk: Decimal(7)}


def test_points_under_an_issued_paper_stay_with_a_sentence_at_the_person(lop, officer):
    [person] = lop.attended(1)
    enter_scores(lop.course, {person.pk: Decimal(9)}, actor=lop.officer)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    text = officer.post(page_of(lop), typed({person: "5"}, {person: "9"})).content.decode()
    assert "revoke the certificate or issue it anew first" in text
    assert standing() == {person.pk: Decimal(9)}


PAGES = ("scores", "scores_form", "scores_import")


def test_officers_enter_after_proving_who_they_are_and_others_do_not(lop, officer):
    [person] = lop.attended(1)
    long_ago(officer)
    for name in PAGES:
        assert officer.post(page_of(lop, name), typed({person: "5"}))["Location"].startswith(ASKED_AGAIN)
    for user in (make_organiser(lop.host), make_organiser(Class(code="LOP-2").host, RoleKind.OFFICER)):
        signed_in(officer, user)
        for name in PAGES:
            assert officer.post(page_of(lop, name), typed({person: "5"})).status_code == 404
    assert standing() == {}


def test_a_class_without_a_test_has_no_such_pages(lop, officer):
    set_rule(lop.course, actor=lop.organiser, test=Examination.NONE)
    for name in PAGES:
        assert officer.post(page_of(lop, name)).status_code == 404


def test_the_table_costs_the_same_for_one_and_for_three(lop, officer, django_assert_num_queries):
    officer.get(page_of(lop))
    for count in (1, 2):
        lop.attended(count)
        with django_assert_num_queries(14):
            officer.get(page_of(lop))


# Excel


@pytest.mark.parametrize(("test", "name"), [("test", "bai-kiem-tra"), ("essay", "bai-thu-hoach")])
def test_the_file_to_fill_in_is_called_as_the_test_is(lop, officer, test, name):
    lop.attended(1)
    set_rule(lop.course, actor=lop.organiser, test=test)
    assert f"{name}-{lop.course.code}" in officer.post(page_of(lop, "scores_form"))["Content-Disposition"]


def given_out(client, lop, name="scores_form"):
    response = client.post(page_of(lop, name))
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    return openpyxl.load_workbook(io.BytesIO(response.content))


def upload(client, lop, book):
    kept = io.BytesIO()
    book.save(kept)
    return client.post(page_of(lop, "scores_import"), {"file": SimpleUploadedFile("diem.xlsx", kept.getvalue())})


def confirmed(client, lop, page):
    said = lxml.html.fromstring(page.content.decode()).xpath("//input[@name='said']/@value")[0]
    return client.post(page_of(lop, "scores_import"), {"said": said}, follow=True).content.decode()


def test_the_list_goes_out_comes_back_is_shown_and_entered_when_confirmed(lop, officer):
    one, two, three = lop.attended(3)
    enter_scores(lop.course, {three.pk: Decimal(5)}, actor=lop.officer)
    book = given_out(officer, lop)
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0] == ("Mã", "STT", "Họ và tên", "Chức vụ", "Đơn vị", "Điểm")
    assert [(row[0], row[5]) for row in rows[1:]] == [(one.pk, None), (two.pk, None), (three.pk, 5)]
    book.active["F2"], book.active["F3"] = 7.5, "8,25"
    page = upload(officer, lop, book)
    assert [(person.pk, stands, points) for person, stands, points in page.context["changes"]] == [
        (one.pk, None, Decimal("7.5")), (two.pk, None, Decimal("8.25"))
    ]  # fmt: skip
    assert (page.context["problems"], page.context["same"], standing()) == ([], 1, {three.pk: Decimal(5)})
    assert "2 results were entered" in confirmed(officer, lop, page)
    assert "nothing to be changed" in confirmed(officer, lop, page)
    assert standing() == {one.pk: Decimal("7.5"), two.pk: Decimal("8.25"), three.pk: Decimal(5)}
    assert ActionLog.objects.filter(action="enter score").count() == 3


def test_rows_that_cannot_be_are_named_and_left_out(lop, officer):
    good, *_others = people = lop.attended(6)
    book = given_out(officer, lop)
    sheet = book.active
    sheet["F2"], sheet["F3"], sheet["F4"], sheet["F5"] = 6, 11, "tám", "=1+1"
    sheet["C6"], sheet["F6"] = "Ngô Giả Mạo", 7
    sheet["A7"], sheet["F7"] = 999_999, 7
    sheet.append([good.pk, None, good.trainee.full_name, "", "", 9])
    page = upload(officer, lop, book)
    said = [wrong for _where, wrong in page.context["problems"]]
    rows = [int(where.split(":")[0].split()[1]) for where, _wrong in page.context["problems"]]
    assert rows == sorted(rows)
    text = page.content.decode()
    assert text.index("places to be looked at") < text.index("What would be entered")
    assert [words in " ".join(said) for words in (
        "11 is not between", "“tám” is no number", "formula, an error or a date", people[4].trainee.full_name,
        "has the number 999999", "same person as in an earlier row",
    )] == [True] * 6  # fmt: skip
    assert len(said) == 6
    confirmed(officer, lop, page)
    assert standing() == {good.pk: Decimal(6)}


def test_people_without_our_number_are_found_by_name_and_office(lop, officer):
    one, two, _three = lop.attended(3)
    [away] = lop.attended(1, office=lop.other_ward)
    Trainee.objects.filter(pk__in=[two.trainee_id, away.trainee_id]).update(full_name="Ngô Thử Trùng")
    book = openpyxl.Workbook()
    for row in (
        ["Họ và tên", "Đơn vị", "Điểm"],
        [one.trainee.full_name, "", 6],
        ["ngô thử trùng", away.office_name, 7],
        ["Ngô Thử Trùng", "", 8],
        ["Không Có Ai", "", 8],
    ):
        book.active.append(row)
    page = upload(officer, lop, book)
    assert len(page.context["problems"]) == 2
    confirmed(officer, lop, page)
    assert standing() == {one.pk: Decimal(6), away.pk: Decimal(7)}


def test_a_preview_costs_the_same_for_one_and_for_three(lop, officer, django_assert_num_queries):
    officer.get(page_of(lop))
    for count in (1, 2):
        lop.attended(count)
        book = given_out(officer, lop)
        for row in range(2, book.active.max_row + 1):
            book.active[f"F{row}"] = 6
        with django_assert_num_queries(18):
            page = upload(officer, lop, book)
        assert len(page.context["changes"]) == book.active.max_row - 1


def test_a_file_of_something_else_and_a_preview_of_others_are_refused(lop, officer):
    lop.attended(1)
    response = officer.post(page_of(lop, "scores_import"), {"file": SimpleUploadedFile("x.xlsx", b"PK nothing")})
    assert "errorlist" in response.content.decode()
    text = officer.post(page_of(lop, "scores_import"), {"said": "x"}, follow=True).content.decode()
    assert "out of date" in text


def test_the_results_go_out_as_excel_with_points_sentence_and_special_case(lop, officer):
    [good] = lop.attended(1)
    [lost] = lop.people(1)
    lop.mark(lop.general, MarkState.ABSENT, lost)
    enter_scores(lop.course, {good.pk: Decimal("8.5")}, actor=lop.officer)
    set_special_case(lost, why="nằm viện", document="12/QĐ", decided_by="Ngô Thử Lệnh", actor=lop.officer)
    header, one, two = given_out(officer, lop, "results_export").active.iter_rows(values_only=True)
    one, two = (dict(zip(header, row, strict=True)) for row in (one, two))
    assert (one["Đã dự (buổi)"], one["Bắt buộc"], one["Cần"], one["Có thể đạt"]) == (3, 3, 3, 3)
    assert (one["Điểm"], one["Xếp loại"], one["Xét trường hợp đặc biệt"]) == (8.5, "Giỏi", None)
    assert (two["Điểm"], two["Xét trường hợp đặc biệt"], "nằm viện (12/QĐ" in two["Lý do"]) == (None, "x", True)
    assert ActionLog.objects.filter(action="export marks").count() == 1
    signed_in(officer, make_organiser(lop.host))
    assert officer.post(page_of(lop, "results_export")).status_code == 200
    signed_in(officer, make_organiser(Class(code="LOP-2").host, RoleKind.OFFICER))
    assert officer.post(page_of(lop, "results_export")).status_code == 404
