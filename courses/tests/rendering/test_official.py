"""Papers that the builder makes, opened by LibreOffice and measured against the decree; and that the measuring finds
what is wrong: each fault is put into a paper that is right."""

import copy
import io
from collections.abc import Callable

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from courses.rendering.official import CENTRE, OF_ABOVE, OF_LEFT, Column, OfficialPaper
from courses.tests.rendering.decree import check
from courses.tests.rendering.measured import measured

LONG = "Ủy ban nhân dân phường tổ chức lớp tập huấn cho cán bộ, công chức phụ trách chuyển đổi số của các đơn vị; "
HEAD = {"superior": "THÀNH PHỐ CẦN THƠ", "body": "ỦY BAN NHÂN DÂN\nPHƯỜNG VỊ THANH"}
PLACED = "Vị Thanh, ngày 05 tháng 6 năm 2026"
SIGNED = {"powers": "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", "name": "Nguyễn Thử Nghiệm"}
COLUMNS = [
    Column("STT", 12, CENTRE),
    Column("Họ và tên", 50),
    Column("Nam", 18),
    Column("Nữ", 18),
    Column("Đơn vị", 60),
]
HEADS = [["STT", "Họ và tên", "Năm sinh", OF_LEFT, "Đơn vị"], [OF_ABOVE, OF_ABOVE, "Nam", "Nữ", OF_ABOVE]]
PEOPLE = [[str(number), f"Trần Thị Thử {number}", "", "1990", "Phòng Văn hóa - Xã hội"] for number in range(1, 46)]


def plan() -> bytes:
    paper = OfficialPaper(title="Kế hoạch", author="UBND phường Vị Thanh")
    paper.head(**HEAD, number="Số: 12/KH-UBND", place_and_date=PLACED)
    paper.title("KẾ HOẠCH", "Mở lớp tập huấn kỹ năng số cho cán bộ, công chức năm 2026")
    paper.bases("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025", f"Theo đề nghị của {LONG}.")
    paper.paragraph("Ủy ban nhân dân phường ban hành kế hoạch như sau:")
    paper.heading("I. MỤC ĐÍCH, YÊU CẦU")
    for number in range(1, 8):
        paper.heading(f"{number}. Mục đích", level=2)
        paper.paragraph(LONG * 4)
    paper.paragraph("Trên đây là kế hoạch mở lớp tập huấn./.")
    paper.signing(**SIGNED, recipients=["- Như trên;", "- Các đơn vị có người học;", "- Lưu: VT, VHXH."])
    paper.appendix(
        "Phụ lục I", "DANH SÁCH CÁN BỘ, CÔNG CHỨC", "(Kèm theo Kế hoạch số 12/KH-UBND ngày 05 tháng 6 năm 2026)"
    )
    paper.table(COLUMNS, ["Khối phường", *PEOPLE], heads=HEADS)
    paper.appendix("Phụ lục II", "CHƯƠNG TRÌNH", landscape=True)
    paper.table(COLUMNS, PEOPLE[:3])
    return paper.as_bytes()


def letter() -> bytes:
    paper = OfficialPaper(title="Công văn", author="UBND phường Vị Thanh")
    about = "V/v cử cán bộ, công chức\ntham dự lớp tập huấn"
    paper.head(**HEAD, number="Số: 05/UBND-VHXH", place_and_date=PLACED, about=about)
    paper.to("Phòng Văn hóa - Xã hội", "Phòng Kinh tế, Hạ tầng và Đô thị", "Trung tâm Phục vụ hành chính công")
    paper.paragraph(LONG * 5)
    paper.paragraph(LONG * 3 + "./.", lead="1. Thời gian:")
    paper.signing(**SIGNED, recipients=["- Như trên;", "- Lưu: VT, VHXH."])
    return paper.as_bytes()


def decision() -> bytes:
    paper = OfficialPaper(title="Quyết định", author="UBND phường Vị Thanh")
    paper.head(**HEAD, number="Số: 1234/QĐ-UBND", place_and_date="Vị Thanh, ngày 12 tháng 02 năm 2026")
    paper.title("QUYẾT ĐỊNH", "Về việc cấp giấy chứng nhận hoàn thành lớp tập huấn")
    paper.heading("CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG VỊ THANH", align=CENTRE)
    paper.bases(f"Căn cứ {LONG}", "Căn cứ Quyết định của Ủy ban nhân dân", "Theo đề nghị của Trưởng phòng")
    paper.heading("QUYẾT ĐỊNH:", align=CENTRE)
    paper.paragraph(LONG * 2, lead="Điều 1.")
    paper.paragraph("Quyết định này có hiệu lực kể từ ngày ký./.", lead="Điều 2.")
    paper.signing(powers="CHỦ TỊCH", name="Lê Thử Nghiệm", recipients=["- Như Điều 2;", "- Lưu: VT, VHXH."])
    return paper.as_bytes()


def sheet() -> bytes:
    paper = OfficialPaper(title="Danh sách", landscape=True)
    paper.head(**HEAD)
    paper.title("DANH SÁCH", "Học viên lớp tập huấn kỹ năng số")
    paper.table(COLUMNS, PEOPLE, least_height=9)
    paper.paragraph("Danh sách có 45 người.")
    paper.signing(powers="TRƯỞNG BAN TỔ CHỨC", name="Lê Thử Nghiệm", left="NGƯỜI LẬP BIỂU")
    return paper.as_bytes()


RIGHT = {"plan": plan, "letter": letter, "decision": decision, "list": sheet}


# What can be wrong


def _moved(right: float, down: float):
    def move(document):
        for section in document.sections:
            section.left_margin, section.right_margin = (
                section.left_margin + Mm(right),
                section.right_margin - Mm(right),
            )
            section.top_margin, section.bottom_margin = section.top_margin + Mm(down), section.bottom_margin - Mm(down)

    return move


def _runs(document, text: str):
    paragraphs = [
        *document.paragraphs,
        *(one for table in document.tables for cell in table._cells for one in cell.paragraphs),
    ]
    found = [run for one in paragraphs for run in one.runs if text in run.text]
    assert found, text
    return found


def _set(text: str, **look):
    def change(document):
        for run in _runs(document, text):
            for name, value in look.items():
                setattr(run.font, name, Pt(value) if name == "size" else value)

    return change


def _said(text: str, other: str):
    def change(document):
        for run in _runs(document, text):
            run.text = run.text.replace(text, other)

    return change


def _numbers_below(document):
    section = document.sections[0]  # the others follow it
    section.footer.is_linked_to_previous = False
    above, below = section.header.paragraphs[0]._p, section.footer.paragraphs[0]._p
    below.getparent().replace(below, copy.deepcopy(above))
    above.clear_content()


def _numbers_on_first(document):
    for section in document.sections:
        section.different_first_page_header_footer = False


def _numbers_go_on(document):
    for section in list(document.sections)[1:]:
        section._sectPr.remove(section._sectPr.find(qn("w:pgNumType")))


def _without_rules(document):
    """Done twice, it finds none any more."""
    for style in ("DuongKeDai", "DuongKeNgan"):
        for border in document.styles.element.xpath(f".//w:style[@w:styleId='{style}']//w:pBdr"):
            border.getparent().remove(border)


def _rules_longer(document):
    for element in document.element.body.xpath(".//w:pPr[w:pStyle[@w:val='DuongKeNgan']]/w:ind"):
        for side in ("w:left", "w:right"):
            element.set(qn(side), str(int(element.get(qn(side))) - 400))


def _ragged(document):
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("Ủy ban nhân dân phường tổ chức"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _other_indent(document):
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("Ủy ban nhân dân phường tổ chức"):
            paragraph.paragraph_format.first_line_indent = Mm(6)


def _other_font(document):
    for run in _runs(document, "Ủy ban nhân dân phường tổ chức"):
        run.font.name = "DejaVu Sans"


def _letter_size(document):
    for section in document.sections:
        section.page_width, section.page_height = Mm(215.9), Mm(279.4)


#: What is done to a paper at once, each with what the checker must say of it. Faults that would hide each other are
#: done to different papers.
WRONG: dict[str, list[tuple[Callable, str]]] = {
    "moved to the right": [(_moved(5, 0), "the right margin is 9.9")],
    "moved to the left": [(_moved(-5, 0), "the left margin is 24.9")],
    "moved down": [(_moved(0, 5), "the text of page 1 begins 27.")],
    "moved up": [(_moved(0, -5), "the text of page 1 begins 17.")],
    "sheet": [
        (_letter_size, "not A4"),
        (_other_font, "letters of"),
        (_numbers_on_first, "page 1 begins a part and shows its number"),
        (_ragged, "does not reach the right margin"),
    ],
    "one": [
        (_set("CỘNG HÒA", size=11), "the name of the country is not bold of 12–13"),
        (_set("Độc lập", bold=False), "the motto is not bold"),
        (_set("THÀNH PHỐ", bold=True), "the superior body is bold"),
        (_set("Số: 12", bold=True), "the number is not upright"),
        (_set("Vị Thanh, ngày", italic=False), "place and date are not in italics"),
        (_set("KẾ HOẠCH", bold=False), "“KẾ HOẠCH” is not bold"),
        (_set("Căn cứ", italic=False), "is not in italics"),
        (_set("Ủy ban nhân dân phường tổ chức", size=12), "points, not 13–14"),
        (_set("KT. CHỦ TỊCH", size=12), "“KT. CHỦ TỊCH” is not bold and upright of 13–14"),
        (_set("Nơi nhận:", italic=False), "is not bold and italic of 12"),
        (_set("Phụ lục I", bold=False), "“Phụ lục I” is not bold"),
        (_numbers_below, "page 2 has its number at the bottom"),
    ],
    "two": [
        (_set("Độc lập", size=12), "the motto is not bold of 13–14"),
        (_said("THÀNH PHỐ CẦN THƠ", "Thành phố Cần Thơ"), "“Thành phố Cần Thơ” is not in capitals"),
        (_said("Số: 12/", "Số: 7/"), "is written 07"),
        (_said("Vị Thanh, ngày 05", "Vị Thanh, ngày 5"), "is written “ngày 05 tháng 6 năm 2026”"),
        (_set("Mở lớp", size=16), "is not bold of 13–14"),
        (_said("năm 2025;", "năm 2025,"), "does not end with “;”"),
        (_other_indent, "begins 6.0 mm from the margin"),
        (_said("tập huấn./.", "tập huấn."), "not with “./.”"),
        (_said("Nguyễn Thử", "ThS. Nguyễn Thử"), "no title stands before the name"),
        (_set("- Các đơn vị", size=13), "is not upright of 11"),
        (_said("DANH SÁCH CÁN BỘ", "Danh sách cán bộ"), "is not in bold capitals"),
        (_numbers_go_on, "page 4 has the number 4, not 2"),
        (_rules_longer, "the rule below the issuing body is 0."),
    ],
    "three": [
        (_set("PHƯỜNG VỊ THANH", bold=False), "the issuing body is not bold"),
        (_said("Số: 12/KH", "Số: 12/QĐ"), "does not begin with KH-"),
        (_said("ngày 16 tháng 6", "ngày 16 tháng 06"), "is written “ngày 16 tháng 6 năm 2025”"),
        (_without_rules, "the rule below what the paper is about is missing"),
        (_without_rules, "the rule below the motto is not as long as the motto"),
        (_set("Nguyễn Thử", bold=False), "nobody signs"),
        (_said("- Lưu: VT, VHXH.", "- Trang tin điện tử;"), "does not end with"),
    ],
    "four": [
        (_said("Số: 12/KH-UBND", "12/KH-UBND"), "the number is missing"),
        (_said("ngày 16 tháng 6", "ngày 31 tháng 6"), "there is no “ngày 31 tháng 6 năm 2025”"),
        (_said("Độc lập - Tự do", "Độc lập – Tự do"), "its motto is missing"),
    ],
}
#: What is done to the letter.
WRONG_LETTER: list[tuple[Callable, str]] = [
    (_set("tham dự lớp tập huấn", size=14), "“V/v …” is not upright of 12–13 points"),
    (_set("Kính gửi:", bold=True), "“Kính gửi:” is not upright"),
    (_said("Hạ tầng và Đô thị;", "Hạ tầng và Đô thị,"), "do not end with “;”"),
    (_said("Số: 05/UBND-VHXH", "Số: 05-UBND"), "is no number of a paper"),
    (_said("TM. ỦY BAN NHÂN DÂN", "Ủy ban nhân dân"), "does not stand beside who signs"),
]
FAULTS = [("letter", said) for _change, said in WRONG_LETTER] + [
    (name, said) for name, faults in WRONG.items() for _change, said in faults
]


def _broken(data: bytes, faults) -> bytes:
    document, out = Document(io.BytesIO(data)), io.BytesIO()
    for change, _said_of in faults:
        change(document)
    document.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def as_pdf(office) -> dict[str, bytes]:
    """All papers of this module, the right and the wrong ones, in one call."""
    files = {f"{name}.docx": make() for name, make in RIGHT.items()}
    wrong = {f"wrong {name}.docx": _broken(files["plan.docx"], faults) for name, faults in WRONG.items()}
    wrong["wrong letter.docx"] = _broken(files["letter.docx"], WRONG_LETTER)
    return office(files | wrong)


@pytest.fixture(scope="module")
def found(as_pdf) -> dict[str, list[str]]:
    """What the checker says of each wrong paper."""
    kinds = dict.fromkeys(WRONG, "plan") | {"letter": "letter"}
    return {name: check(as_pdf[f"wrong {name}.docx"], kind=kind, body=HEAD["body"]) for name, kind in kinds.items()}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_the_builder_makes_is_as_the_decree_wants_it(as_pdf, kind):
    assert check(as_pdf[f"{kind}.docx"], kind=kind, landscape=kind == "list", body=HEAD["body"]) == []


@pytest.mark.parametrize(("name", "said"), FAULTS)
def test_the_checker_finds(found, name, said):
    assert any(said in complaint for complaint in found[name]), found[name]


def test_a_paper_of_another_kind_is_none_of_this(as_pdf):
    found = check(as_pdf["plan.docx"], kind="letter")
    assert "“V/v …” is missing below the number" in found
    assert any("lies" in one for one in check(as_pdf["list.docx"], kind="list"))


def test_no_row_of_a_table_may_be_broken_over_two_pages():
    rows = list(Document(io.BytesIO(plan())).element.body.iter(qn("w:tr")))
    assert len(rows) > 45
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_heads_of_tables_come_again_on_each_page(as_pdf):
    pages = measured(as_pdf["list.docx"])
    assert len(pages) > 2
    for page in pages[1:-1]:
        assert {"STT", "Họ và tên", "Đơn vị"} <= {line.text for line in page.lines if line.bold}
    cells = {line.text for page in pages for line in page.lines}
    assert {f"Trần Thị Thử {number}" for number in range(1, 46)} <= cells


def test_the_same_parts_are_the_same_bytes():
    assert plan() == plan()


def test_the_file_speaks_vietnamese_and_one_family_of_letters():
    document = Document(io.BytesIO(letter()))
    languages = {element.get(qn("w:val")) for element in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"vi-VN"}
    assert document.styles["Normal"].font.name == "Times New Roman"
    assert document.core_properties.author == "UBND phường Vị Thanh"
    assert document.core_properties.last_modified_by == ""
