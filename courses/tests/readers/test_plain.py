# ruff: noqa: E501
"""The quick ways say what the slow ways say: of a plain line, and of a workbook's XML."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from courses.readers import rosters, worksheet_xml
from courses.readers.grid import Sheet
from courses.readers.plain import PlainLines
from courses.readers.rows import lines_of
from courses.readers.table import tables_of
from courses.readers.words import Fault
from courses.tests.readers.books import CLASS_DAY, ROSTERS, saved, workbook
from courses.tests.readers.dirty import rosters as dirty_rosters

TITLES = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Chức vụ", "Đơn vị", "Điện thoại", "Email", "CCCD", "Ghi chú"]
CELLS = [
    st.sampled_from([1.0, 2.5, 0.0, "1", "01", "I", "", "x", 100_000.0, 7]),
    st.sampled_from(
        ["Nguyễn Văn Thử", "Lê Hoà", "Ông Lê Văn Thử", "LÊ THỬ", "Tống Sáu", "Lưu Ý", "H'Hen Niê", "Lê  Thử", "Lê Thử - Văn thư", "Thử", "",
         "Phòng Nội vụ", "Tổng số", "Ðỗ Thử", "Đồng chí Lê Thử", "Mr Lê Thử", "Ba Le Thu Gia", "Dong chi Le Thu", "lê thử", "Lê Văn A", "A B", "Lê Thử 2", "Hoa\u0300 Lê"]
    ),
    st.sampled_from(
        ["05/06/1980", "5/6/1980", "31/02/1980", "1980", 1980.0, dt.date(1980, 6, 5), dt.date(2020, 1, 1), "", "x",
         dt.datetime(1980, 6, 5, 7, 30), dt.time(7, 30), 29377.0, "01/01/1899", "05/06/2009", True]
    ),
    st.sampled_from(["Nam", "Nữ", "nữ", "", "?", 1.0, "không", " Nam "]),
    st.sampled_from(["Văn thư", " Văn  thư", "", "-", "không", 5.0, "'Kế toán", "P. Chủ tịch", "Văn thư 😀", "\uf0b7 Kế toán"]),
    st.sampled_from(["Phường I", "", "Phòng Nội vụ", "Phường\u00a0I", 3.0, "-"]),
    st.sampled_from(["0912345678", "912345678", 912345678.0, 0.0, "", "abc", "0293 876 543", "02933876543", "0212345678", "'0912345678"]),
    st.sampled_from(["a@b.vn", "a@b", "", "a b@c.vn", 0.0, "mailto:a@b.vn", "á@b.vn", "a.b-c@d-e.gov.vn", "-@b.vn"]),
    st.sampled_from(["093080000123", "93080000123", 93080000123.0, 0.0, "", "123456789", "x", "093 080 000123"]),
    st.sampled_from(["", "ăn chay", 2.0, 2.5, dt.date(2022, 1, 1), None, "H\u00f2a", "Ho\u0300a", "\u200b"]),
]  # fmt: skip
ROWS = st.lists(st.tuples(*CELLS).map(list), min_size=1, max_size=6)


def _rows(lines: list[list]) -> list[dict]:
    sheet, tables = tables_of(Sheet("DS", [list(line) for line in lines]), {})
    found, _left_out = lines_of(sheet, tables, CLASS_DAY)
    return [rosters._row(line, sheet, "DS", CLASS_DAY, named_sheets=True) for line in found]


class _Never(PlainLines):
    def read(self, row: int):
        return None


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS, st.integers(3, len(TITLES)))
def test_a_plain_line_says_what_the_general_way_says_of_it(rows, width):
    """Taking a condition out of `PlainLines.read` fails here."""
    lines = [TITLES[:width], *(row[:width] for row in rows)]
    quick = _rows(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("courses.readers.rows.PlainLines", _Never)
        assert quick == _rows(lines)


def test_the_quick_way_is_taken_for_a_list_as_most_are():
    lines = [
        TITLES,
        [
            1.0,
            "Nguyễn Văn Thử",
            dt.date(1980, 6, 5),
            "Nam",
            "Văn thư",
            "Phường I",
            "0912345678",
            "a@b.vn",
            "093080000123",
            "",
        ],
    ]
    _sheet, (table,) = tables_of(Sheet("DS", lines), {})
    assert PlainLines(Sheet("DS", lines), table, CLASS_DAY, set()).read(1)["full_name"] == "Nguyễn Văn Thử"
    assert PlainLines(Sheet("DS", lines), table, CLASS_DAY, {1}).read(1) is None
    lines[1][-1] = Fault("error")
    assert PlainLines(Sheet("DS", lines), table, CLASS_DAY, set()).read(1) is None


def _looks(data: bytes, monkeypatch, *, parsed: bool) -> list[worksheet_xml.SheetLook]:
    with monkeypatch.context() as patch, zipfile.ZipFile(io.BytesIO(data)) as archive:
        if parsed:
            patch.setattr(worksheet_xml, "scan", lambda *_all: None)
        looks = worksheet_xml.look(archive)
    for look in looks:  # formats of cells without a text or a date are noted by one of the two, and used by none
        look.encodings = {at: kind for at, kind in look.encodings.items() if at in _texts(data, look.name)}
    return looks


def _texts(data: bytes, name: str) -> set[tuple[int, int]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[name]
    return {(c.row - 1, c.column - 1) for line in sheet.iter_rows() for c in line if isinstance(c.value, str)}


def _with_everything() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["STT", "Họ và tên", "=A1", "#N/A", '<c r="A1" t="e">', 'hidden="1"', None, 't="e"'])
    sheet.append([1, "NguyÔn", dt.date(1980, 1, 1), "=1+1", '=""', 's="3"', 5, "<f>"])
    sheet["B2"].font = Font(name=".VnTime")
    sheet["C2"].number_format = "mm/yyyy"
    sheet["AB3"] = "=#REF!"
    sheet.row_dimensions[2].hidden = True
    sheet.row_dimensions[5].hidden = True
    return saved(book)


FILES = [path.name for path in sorted(ROSTERS.glob("[01]*.xlsx"))]


@pytest.mark.parametrize("name", [*FILES, ""])
def test_searching_the_xml_finds_what_parsing_it_finds(name, monkeypatch):
    data = (ROSTERS / name).read_bytes() if name else _with_everything()
    assert _looks(data, monkeypatch, parsed=False) == _looks(data, monkeypatch, parsed=True)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(dirty_rosters().filter(lambda made: made[0].startswith(b"PK") and b"xl/workbook.xml" in made[0]))
def test_searching_the_xml_of_any_roster_finds_what_parsing_it_finds(made):
    monkeypatch = pytest.MonkeyPatch()
    assert _looks(made[0], monkeypatch, parsed=False) == _looks(made[0], monkeypatch, parsed=True)


def test_a_workbook_as_programs_write_it_is_searched_and_not_parsed(monkeypatch):
    monkeypatch.setattr(worksheet_xml, "_look_at_each_cell", None)
    with zipfile.ZipFile(io.BytesIO(workbook([["STT", "Họ và tên"], [1, "Nguyễn Văn Thử"]]))) as archive:
        assert worksheet_xml.look(archive)[0].faults == {}
