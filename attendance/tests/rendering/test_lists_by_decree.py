"""Lists of the builder and the notice at the door, measured by what of the decree they can keep; and that the measuring
finds what is wrong."""

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pypdfium2
import pytest
from docx import Document

from attendance.constants import ClassPaperKind
from attendance.rendering.list_paper import HEADS, SIGNERS, Head, Line
from attendance.rendering.list_word import list_word
from attendance.rendering.wordings import wording
from attendance.rules.lists import Col
from attendance.rules.paper_fields import sample_of
from attendance.tests.rendering.test_lists import MONEY, PAPER
from courses.rendering.word import fill
from courses.rendering.word_pdf import pdf_of
from courses.tests.rendering.decree_by_analogy import check_door_notice, check_list
from courses.tests.rendering.test_official import _broken, _moved, _said, _set, _without_rules

AT = dt.datetime(2026, 6, 5, tzinfo=dt.UTC)
PHONE = "0912 345 678"
LISTED = tuple(
    Line((n, f"Trần Thị Thử Nghiệm {n}", "05/06/1980", "Phòng Văn hóa - Xã hội", PHONE, "", "")) for n in range(1, 31)
)
PEOPLE = replace(
    PAPER,
    heads=(
        *HEADS[Col.NUMBER], *HEADS[Col.NAME], *HEADS[Col.BIRTH], *HEADS[Col.OFFICE], *HEADS[Col.PHONE],
        Head("Ký nhận tài liệu", 27), Head("Phòng nghỉ", 27),
    ),
    lines=(Line(("I. Phòng Văn hóa - Xã hội",), "group"), *LISTED),
    below=("Danh sách có 30 người.",),
    signers=tuple(replace(one, name="Ngô Thử Lập") for one in SIGNERS["people"]),
)  # fmt: skip
SPEAKERS = replace(
    PAPER,
    title="Bảng thanh toán tiền báo cáo viên",
    heads=(*HEADS[Col.NUMBER], *HEADS[Col.NAME], Head("Số tiết", 15), MONEY),
    lines=(Line((1, "Ngô Thử", Decimal("2.50"), 500_000)), Line(("Tổng cộng", Decimal("2.50"), 500_000), "total")),
)
#: Upright and across; one page and two; with groups, with who signs, with money.
LISTS = {
    "money": PAPER,
    "speakers": SPEAKERS,
    "people": PEOPLE,
    "people across": replace(PEOPLE, landscape=True),
    "one page across": replace(PEOPLE, lines=LISTED[:3], landscape=True),
}
SHEETS = {"people": 2, "people across": 3}
MOVED: list[tuple[Callable, str, str]] = [
    (_moved(5, 0), "the right margin", "does not stand in the middle between the margins"),
    (_moved(-5, 0), "the left margin", "does not stand in the middle between the margins"),
    (_moved(0, 5), "the text of page 1 begins 27.", "the text of page 1 begins 27."),
    (_moved(0, -5), "the text of page 1 begins 17.", "the text of page 1 begins 17."),
]
#: What is done to the list of people at once, each with what the checker must say of it.
WRONG_LIST = [
    (_without_rules, "the rule below what the paper is about is missing"),
    (_set("DANH SÁCH THỬ", size=16), "“DANH SÁCH THỬ” is not bold of 13–14"),
    (_set("Độc lập", size=12), "the motto is not bold of 13–14"),
    (_said("UBND TỈNH THỬ", "UBND tỉnh Thử"), "“UBND tỉnh Thử” is not in capitals"),
    (_said("THỦ TRƯỞNG", "Thủ trưởng"), "“Thủ trưởng ĐƠN VỊ” is not in capitals"),
    (_set("NGƯỜI LẬP", bold=False), "“NGƯỜI LẬP BIỂU” is not bold and upright"),
    (_set("Vị Thanh, ngày", italic=False), "are not in italics of 13–14"),
    (_said("ngày 05 tháng 6", "ngày 05 tháng 06"), "is written “ngày 05 tháng 6 năm 2026”"),
    (_said("Ngô Thử Lập", "ThS. Ngô Thử Lập"), "no title stands before the name"),
    (_set("Danh sách có 30", size=11), "points, not 13–14"),
]
WRONG_NOTICE = [
    (_without_rules, "the rule below the motto is not as long as the motto"),
    (_set("CỘNG HÒA", size=16), "the name of the country is not bold of 12–13"),
    (_set("Độc lập", bold=False), "the motto is not bold"),
    (_set("{{ co_quan }}", bold=False), "the issuing body is not bold"),
    (_set("{{ mot.dia_diem }}", size=12), "nobody reads it from two metres"),
]


def drawn(word: bytes) -> bytes:
    return pdf_of(word, title="x", author="x", timestamp=AT)


@pytest.fixture(scope="module")
def words() -> dict[str, bytes]:
    return {name: list_word(paper) for name, paper in LISTS.items()}


@pytest.fixture(scope="module")
def pdfs(words) -> dict[str, bytes]:
    return {name: drawn(word) for name, word in words.items()}


def notice(faults=()) -> bytes:
    template = wording(ClassPaperKind.DOOR_NOTICE)
    sample = sample_of(ClassPaperKind.DOOR_NOTICE)
    return drawn(fill(_broken(template, faults) if faults else template, sample))


def check_of(name: str, pdf: bytes) -> list[str]:
    paper = LISTS[name]
    return check_list(pdf, title=paper.title, landscape=paper.landscape, body=paper.body)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_as_the_decree_wants_it(pdfs, name):
    assert check_of(name, pdfs[name]) == []


@pytest.mark.parametrize("name", ["money", "one page across"])
@pytest.mark.parametrize(("move", "said", "_of_notice"), MOVED)
def test_a_list_that_is_moved_is_found(words, name, move, said, _of_notice):
    found = check_of(name, drawn(_broken(words[name], [(move, said)])))
    assert any(said in one for one in found), found


def test_each_fault_of_a_list_is_found(words):
    found = check_of("people", drawn(_broken(words["people"], WRONG_LIST)))
    assert [said for _do, said in WRONG_LIST if not any(re.search(said, one) for one in found)] == [], found


def test_the_notice_at_the_door_is_as_the_decree_wants_it_but_for_its_giant_letters():
    assert check_door_notice(notice(), body=sample_of(ClassPaperKind.DOOR_NOTICE)["co_quan"]) == []


def test_a_notice_of_long_names_stays_on_its_page():
    sample = sample_of(ClassPaperKind.DOOR_NOTICE)
    hall = "Hội trường Trung tâm Văn hóa - Thể thao và Truyền thanh phường Vị Thanh"
    sample["ten_lop"] = "Lớp tập huấn kỹ năng tiếp công dân và giải quyết thủ tục hành chính cho cán bộ, công chức " * 2
    sample["thong_bao"] = [row | {"dia_diem": hall} for row in sample["thong_bao"]]
    pdf = drawn(fill(wording(ClassPaperKind.DOOR_NOTICE), sample))
    assert len(pypdfium2.PdfDocument(pdf)) == len(sample["thong_bao"])
    assert check_door_notice(pdf, body=sample["co_quan"]) == []


@pytest.mark.parametrize(("move", "_of_list", "said"), MOVED)
def test_a_notice_that_is_moved_is_found(move, _of_list, said):
    found = check_door_notice(notice([(move, said)]), body="")
    assert any(said in one for one in found), found


def test_each_fault_of_a_notice_is_found():
    found = check_door_notice(notice(WRONG_NOTICE), body="")
    assert [said for _do, said in WRONG_NOTICE if not any(said in one for one in found)] == [], found


def test_numbers_and_dates_of_a_list_stand_on_one_line_and_are_copied_with_plain_spaces(words, pdfs):
    assert PHONE.replace(" ", "\u00a0") in {
        cell.text for cell in Document(io.BytesIO(words["people"])).tables[1]._cells
    }
    for name in ("people", "people across"):
        pages = pypdfium2.PdfDocument(pdfs[name])
        text = "".join(page.get_textpage().get_text_range() for page in pages)
        assert (len(pages), text.count(PHONE), text.count("05/06/1980")) == (SHEETS[name], 30, 30)


@pytest.mark.parametrize("unclear", [False, True])
def test_the_figures_of_an_office_add_up_whether_or_not_somebody_is_not_marked(unclear):
    sample = sample_of(ClassPaperKind.REPORT) | {"co_chua_ro": unclear}
    counts = {"luot_phai_du": "40", "luot_co_mat": "31", "luot_co_phep": "04", "luot_khong_phep": "02"}
    sample["co_quan_du"] = [row | counts | {"luot_chua_ro": "03"} for row in sample["co_quan_du"]]
    tables = Document(io.BytesIO(fill(wording(ClassPaperKind.REPORT), sample | counts))).tables
    (table,) = [one for one in tables if one.rows[0].cells[-1].text.startswith("Lượt người")]
    heads, row = ([cell.text for cell in table.rows[at].cells] for at in (1, 2))
    assert heads[6:-1] == ["Phải dự", "Có mặt", "Vắng có phép", "Vắng không phép", *["Chưa điểm danh"] * unclear]
    assert row[6:-1] == ["40", "31", "04", "02", *["03"] * unclear]
    assert len(table.rows[-1].cells) == len(heads)
