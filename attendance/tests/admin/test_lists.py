"""The list builder: what is chosen stands in the file, for the host alone, and is logged."""

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from attendance.constants import MarkState
from attendance.forms.lists import usual_choice
from attendance.models import ListForm
from attendance.services.lists import save_list_form
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago, page_of
from attendance.tests.records import Class, prepared
from courses.constants.choices import RoleKind
from courses.models import ActionLog, SessionTopic, Topic, Trainee
from courses.tests.planning import make_office, make_organiser, make_speaker, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def chosen(*keys, kind="people", **fields):
    """What a browser sends: these columns in this order, and what is proposed otherwise."""
    rest = {"title": "Danh sách thử", "who": "all", "group": "none", "order": "protocol", "unit": "half_day"}
    signers = {"signer1": "Người lập", "signer1_name": "Ngô Thử Lập", "signer2": "Kế toán", "signer3": "Thủ trưởng"}
    return {"kind": kind, "row": keys, "take": keys, "as": "xlsx", **rest, **signers, **fields}


def table(response) -> list[list]:
    """The rows of the sheet from the heads down, to the last that has a cell of the first column."""
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=7)]
    return rows


# People


def test_a_list_has_the_columns_that_were_chosen_in_their_order(lop, organiser):
    first, second = lop.people(2, gender="f")
    Trainee.objects.update(birth_first="1980-05-04", birth_precision="day")
    Trainee.objects.filter(pk=second.trainee_id).update(gender="m", phone="0900000001")
    rows = table(
        organiser.post(page_of(lop, "list_file"), chosen("name", "number", "birth_year", "birth", "phone", "own1",
                                                         **{"title-own1": "Ký nhận tiền ăn"}))
    )  # fmt: skip
    assert rows[:2] == [
        ["Họ và tên", "STT", "Năm sinh", None, "Ngày sinh", "Số điện thoại", "Ký nhận tiền ăn"],
        [None, None, "Nam", "Nữ", None, None, None],
    ]
    assert rows[2:4] == [
        [first.trainee.full_name, 1, None, "1980", "04/05/1980", None, None],
        [second.trainee.full_name, 2, "1980", None, "04/05/1980", "0900000001", None],
    ]
    assert rows[4][0] == "Danh sách có 02 người./."


def test_columns_are_put_in_order_by_the_numbers_that_are_typed(lop, organiser):
    lop.people(1)
    page = organiser.post(
        page_of(lop, "lists"), chosen("number", "name", "position", "office", **{"place-office": "2"})
    )
    assert page.context["shown"]["heads"] == ["STT", "Đơn vị công tác", "Họ và tên", "Chức vụ"]


def test_who_stands_on_a_list_and_under_which_heading(lop, organiser):
    lop.attended(1, office=lop.other_ward)
    with_paper = lop.attended(1)
    prepared(lop)
    without = lop.people(2, blocks=[lop.a])
    names = [registration.trainee.full_name for registration in [*with_paper, *without]]

    def shown(**fields):
        page = organiser.post(page_of(lop, "lists"), chosen("name", "certificate", **fields))
        return [cells[0][0] for _kind, cells in page.context["shown"]["lines"]]

    assert shown(office=lop.ward.pk) == names
    assert shown(who="uncertified") == names[1:]
    assert len(shown(who="certified")) == 2
    assert shown(block=lop.b.pk, office=lop.ward.pk) == names[:1]
    assert shown(group="office")[:2] == [f"I. {lop.ward.name}", names[0]]
    assert shown(group="office")[4] == f"II. {lop.other_ward.name}"
    assert [text for text in shown(group="block") if text[:2] in ("I.", "II")] == [
        "I. Tất cả các khối nội dung", "II. Khối A: Khối A"
    ]  # fmt: skip


def test_a_list_by_given_name_goes_by_the_vietnamese_alphabet(lop, organiser):
    people = lop.people(12)
    page = organiser.post(page_of(lop, "lists"), chosen("given", order="given"))
    keys = sorted(people, key=lambda one: one.trainee.sort_key)
    assert [cells[0][0] for _kind, cells in page.context["shown"]["lines"]] == [
        one.trainee.given_name for one in keys
    ]  # fmt: skip


def test_telephones_are_shown_in_part_and_are_in_the_file_in_full(lop, organiser):
    lop.people(1, phone="0900123456", email="thu@example.org")
    said = chosen("name", "phone", "email")
    text = organiser.post(page_of(lop, "lists"), said).content.decode()
    assert "…456" in text
    assert "0900123456" not in text
    assert "thu@example.org" not in text
    assert table(organiser.post(page_of(lop, "list_file"), said))[1][1:] == ["0900123456", "thu@example.org"]
    entry = ActionLog.objects.get(action="export list")
    assert entry.changes == {
        "title": [None, "Danh sách thử"], "count": [None, 1], "fields": ["Telephone", "E-mail address"]
    }  # fmt: skip


def test_whoever_takes_telephones_out_is_asked_again_who_is_there(lop, organiser):
    """Take the question out and a session that was left open gives all numbers away."""
    lop.people(1)
    long_ago(organiser)
    response = organiser.post(page_of(lop, "list_file"), chosen("name", "phone"))
    assert (response.status_code, response["Location"].startswith(ASKED_AGAIN)) == (302, True)
    assert organiser.post(page_of(lop, "list_file"), chosen("name")).status_code == 200


def test_a_name_in_excel_is_what_it_is_and_no_formula(lop, organiser):
    person = lop.people(1)[0]
    Trainee.objects.filter(pk=person.trainee_id).update(full_name="=1+1")
    content = organiser.post(page_of(lop, "list_file"), chosen("name")).content
    cells = [cell for row in load_workbook(io.BytesIO(content)).active for cell in row if cell.value == "=1+1"]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_word_and_pdf_say_what_excel_says(lop, organiser):
    name = lop.people(1)[0].trainee.full_name
    word = organiser.post(page_of(lop, "list_file"), chosen("number", "name", **{"as": "docx"}))
    tables = Document(io.BytesIO(word.content)).tables
    assert [[cell.text for cell in row.cells] for row in tables[1].rows] == [["STT", "Họ và tên"], ["1", name]]
    pdf = organiser.post(page_of(lop, "list_file"), chosen("number", "name", **{"as": "pdf"}))
    text = PdfDocument(pdf.content)[0].get_textpage().get_text_range()
    assert [words for words in (name, "DANH SÁCH THỬ", "Ngô Thử Lập") if words not in text] == []


def test_excel_prints_on_a4_with_heads_on_each_page(lop, organiser):
    lop.people(1)
    response = organiser.post(page_of(lop, "list_file"), chosen("name", "birth_year", landscape="on"))
    sheet = load_workbook(io.BytesIO(response.content)).active
    setup = sheet.page_setup
    assert (int(setup.paperSize), setup.orientation) == (9, "landscape")
    assert (setup.fitToWidth, setup.fitToHeight) == (1, 1)
    assert (sheet.print_title_rows, sheet.oddHeader.center.text) == ("$7:$8", "&P")


# Money


def test_money_is_paid_for_half_days_present_and_said_in_words(lop, organiser):
    there, excused, absent = lop.people(3)
    for session in (lop.general, lop.first):
        lop.mark(session, MarkState.PRESENT, there)
        lop.mark(session, MarkState.EXCUSED, excused)
        lop.mark(session, MarkState.ABSENT, absent)
    lop.mark(lop.second, MarkState.LATE, there)
    said = chosen(kind="money", rate="150.000")
    rows = table(organiser.post(page_of(lop, "list_file"), said))
    assert [row[1] for row in rows[1:3]] == [there.trainee.full_name, None]
    assert [rows[1][3:6], rows[2][3:6]] == [[3, 150_000, 450_000], [3, None, 450_000]]
    assert [row[0] for row in rows[2:6]] == [
        "Tổng cộng", "Danh sách có 01 người.", "Tổng số tiền: 450.000 đồng.",
        "Bằng chữ: Bốn trăm năm mươi nghìn đồng chẵn./.",
    ]  # fmt: skip
    rows = table(organiser.post(page_of(lop, "list_file"), said | {"excused": "on"}))
    assert [row[3] for row in rows[1:3]] == [3, 2]
    # The first day has two half-days, the second one.
    by_day = said | {"unit": "day"}
    lop.mark(lop.first, MarkState.ABSENT, there, shown=MarkState.PRESENT)
    rows = table(organiser.post(page_of(lop, "list_file"), by_day))
    assert rows[1][3:6] == [1, 150_000, 150_000]


@pytest.mark.parametrize(
    ("rate", "said"),
    [("", "This field is required."), ("0", "from 1 to 50.000.000"), ("50.000.001", "from 1 to 50.000.000"),
     ("9" * 5000, "from 1 to 50.000.000"), ("1.5", "digits alone"), ("-5", "digits alone"), ("abc", "digits alone")],
)  # fmt: skip
def test_a_rate_that_is_none_is_refused_in_a_sentence(lop, organiser, rate, said):
    lop.people(1)
    response = organiser.post(page_of(lop, "list_file"), chosen(kind="money", rate=rate))
    assert (response.status_code, said in response.content.decode()) == (200, True)


def speaks(lop, session, *speakers):
    topic = Topic.objects.filter(block=lop.a).first()
    extra = [topic, *(Topic.objects.create(block=lop.a, title=f"Thêm {n}", order=9) for n in range(len(speakers)))]
    for order, (speaker, about) in enumerate(zip(speakers, extra, strict=False), 1):
        SessionTopic.objects.create(session=session, topic=about, speaker=speaker, order=order)


def test_speakers_share_the_periods_of_a_half_day_unless_it_is_typed_otherwise(lop, organiser):
    one, two, three = (make_speaker(lop.host, f"Người Nói {n}") for n in ("Một", "Hai", "Ba"))
    speaks(lop, lop.general, one, two, three)
    speaks(lop, lop.second, two)
    said = chosen(kind="speakers", rate="600.000")
    rows = table(organiser.post(page_of(lop, "list_file"), said))
    assert [(row[1], row[4], row[5], row[6]) for row in rows[1:4]] == [
        ("Người Nói Một", 1.34, 600_000, 804_000),
        ("Người Nói Hai", 4.33, 600_000, 2_598_000),
        ("Người Nói Ba", 1.33, 600_000, 798_000),
    ]
    assert (rows[4][4], rows[4][6]) == (7, 4_200_000)
    typed = {f"periods-{one.pk}": "2,5", f"rate-{two.pk}": "1.000.000", f"periods-{three.pk}": "0"}
    rows = table(organiser.post(page_of(lop, "list_file"), said | typed))
    assert [(row[4], row[6]) for row in rows[1:3]] == [(2.5, 1_500_000), (4.33, 4_330_000)]
    assert rows[3][0] == "Tổng cộng"
    page = organiser.post(page_of(lop, "lists"), said | {f"periods-{one.pk}": "201", "rate": "1"})
    assert "as a number up to 200" in page.content.decode()
    assert "1 half-day names no speaker" in organiser.post(page_of(lop, "lists"), said).content.decode()


# Kept lists


def test_a_list_is_kept_used_again_renamed_and_deleted(lop, organiser):
    lop.people(1)
    said = chosen("name", "own1", name="Ký nhận", subtitle=f"Lớp {lop.course.code}", **{"title-own1": "Phòng nghỉ"})
    response = organiser.post(page_of(lop, "keep_list"), said)
    kept = ListForm.objects.get()
    assert response["Location"] == f"{page_of(lop, 'lists')}?form={kept.pk}"
    assert (kept.host, kept.name, kept.form["columns"]) == (lop.host, "Ký nhận", [["name", ""], ["", "Phòng nghỉ"]])
    assert kept.form["subtitle"] == ""
    other = Class(host=lop.host, code="LOP-2")
    other.people(1)
    page = organiser.get(page_of(other, "lists"), {"form": kept.pk})
    assert page.context["shown"]["heads"] == ["Họ và tên", "Phòng nghỉ"]
    # Another list under the name is refused, the same one takes its place.
    taken = organiser.post(page_of(other, "keep_list"), chosen("name", name="Ký nhận"))
    assert "A list is already kept as “Ký nhận”" in taken.content.decode()
    organiser.post(page_of(other, "keep_list"), chosen("name", name="Ký nhận", form=kept.pk))
    organiser.post(f"{page_of(lop, 'lists')}/kept/{kept.pk}", {"name": "Tên khác"})
    kept.refresh_from_db()
    assert (kept.name, kept.form["columns"]) == ("Tên khác", [["name", ""]])
    organiser.post(f"{page_of(lop, 'lists')}/kept/{kept.pk}", {"delete": "1"})
    assert not ListForm.objects.exists()
    actions = ActionLog.objects.filter(action__endswith=" list").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["keep list", "keep list", "rename list", "delete list"]


def test_lists_of_another_host_are_not_there(lop, client):
    """Take host and `visible_to` out of `_kept_lists` and another host's organiser reads and deletes them."""
    kept = save_list_form(lop.host, usual_choice("people"), name="Của đơn vị khác", actor=lop.organiser)
    far = Class(host=make_office("FAR"), code="LOP-2")
    organiser = signed_in(client, make_organiser(far.host))
    assert "Của đơn vị khác" not in organiser.get(page_of(far, "lists"), {"form": kept.pk}).content.decode()
    assert organiser.post(f"{page_of(far, 'lists')}/kept/{kept.pk}", {"delete": "1"}).status_code == 404
    assert organiser.get(page_of(lop, "lists")).status_code == 404
    assert organiser.post(page_of(lop, "list_file"), chosen("name")).status_code == 404
    assert ListForm.objects.filter(pk=kept.pk).exists()


def test_officers_of_the_host_make_and_keep_lists_too(lop, client):
    officer = signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    lop.people(1)
    assert officer.get(page_of(lop, "lists")).status_code == 200
    officer.post(page_of(lop, "keep_list"), chosen("name", name="Của người cấp giấy"))
    assert "Của người cấp giấy" in officer.get(page_of(lop, "lists")).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"title": ""}, "This field is required."), ({"title": "Danh sách ☺"}, "cannot be printed"),
     ({"row": ["number"], "take": ["number"]}, "at least one column"), ({"who": "nobody"}, "Select a valid choice")],
)  # fmt: skip
def test_what_makes_no_list_is_refused_in_a_sentence(lop, organiser, fields, said):
    lop.people(1)
    response = organiser.post(page_of(lop, "list_file"), chosen("name") | fields)
    assert (response.status_code, said in response.content.decode()) == (200, True)
    assert not ActionLog.objects.filter(action="export list").exists()


def test_an_empty_list_is_none(lop, organiser):
    response = organiser.post(page_of(lop, "list_file"), chosen("name"))
    assert "Nobody would stand on this list" in response.content.decode()


# What they cost


@pytest.mark.parametrize(
    ("said", "queries"),
    [(chosen("name", "office", "fields", "certificate", group="block"), 21), (chosen(kind="money", rate="1"), 16),
     (chosen(kind="speakers", rate="1"), 14)],
)  # fmt: skip
def test_a_list_costs_the_same_for_one_and_for_three(lop, organiser, said, queries, django_assert_num_queries):
    speaker = make_speaker(lop.host, "Người Nói Một")
    speaks(lop, lop.general, speaker)
    organiser.get(page_of(lop, "lists"))
    for count in (1, 2):
        lop.attended(count)
        if count == 2:
            speaks(lop, lop.second, make_speaker(lop.host, "Người Nói Hai"), make_speaker(lop.host, "Người Nói Ba"))
        with django_assert_num_queries(queries):
            organiser.post(page_of(lop, "list_file"), said)
