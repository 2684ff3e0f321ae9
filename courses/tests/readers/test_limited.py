"""Files made to harm, or broken on their way, end in a sentence: in less than ten seconds and 300 MB.

The child's address space is limited below 300 MB, so what passes here has not used more.
"""

import contextlib
import io
import logging
import struct
import subprocess
import sys
import time
import warnings
import zipfile

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.constants.errors import Refusal
from courses.readers import limited, sentences
from courses.readers.limited import read_in_child
from courses.readers.rosters import read_answer
from courses.readers.unreadable import Unreadable
from courses.tests.readers.books import CLASS_DAY, ROSTERS, SHEET_XML, saved, with_sheet_xml, workbook
from courses.tests.readers.opendocument import ods

SMALL = workbook([["STT", "Họ và tên", "Đơn vị"], [1, "Nguyễn Văn Thử", "Phường I"]])


def _refused(data: bytes, **limits) -> str:
    """The code of the sentence by which the file is refused, within the time."""
    started = time.monotonic()
    with pytest.raises(Refusal) as refusal:
        read_in_child(data, on=CLASS_DAY, **limits)
    assert time.monotonic() - started < 10
    begins = {code: str(sentence).split("%(")[0] for code, sentence in sentences.REFUSALS.items()}
    return next(code for code, beginning in begins.items() if str(refusal.value).startswith(beginning))


def _with_cell(address: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(SMALL))
    book.active[address] = "x"
    return saved(book)


@pytest.fixture(scope="module")
def gigabyte() -> bytes:
    """A workbook of some megabytes whose sheet is a gigabyte when unpacked."""
    stream = io.BytesIO(SMALL)
    with (
        zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/worksheets/sheet2.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(64):
            part.write(b" " * (1 << 24))
    return stream.getvalue()


def _ole(*streams: str) -> bytes:
    """The head of an old Office container whose directory names these streams."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + names


def test_the_child_reads_a_roster_with_its_sentences():
    reading = read_in_child((ROSTERS / "16_formulas.xlsx").read_bytes(), on=CLASS_DAY)
    assert [row.full_name for row in reading.rows][:2] == ["Danh Út", "Huỳnh Thị Thùy Út"]
    assert [row.birth.iso() for row in reading.rows[:2]] == ["1994-03-11", "1982-01-03"]
    assert [bool(row.problems) for row in reading.rows] == [False] * 4 + [True] * 2


def test_without_a_day_ages_are_reckoned_on_today():
    assert len(read_in_child(SMALL).rows) == 1


def test_the_childs_memory_is_limited_below_300_mb():
    assert limited.MEMORY < 300 * 1024 * 1024
    assert limited.SECONDS < 10


@pytest.mark.parametrize("address", ["XFD1048576", "Z1048576", "XFD3"])
def test_one_cell_far_away_is_refused_before_the_library_makes_room_for_all_between(address):
    assert _refused(_with_cell(address)) == "far_cell"


def test_a_gigabyte_behind_a_megabyte_is_refused_by_what_the_archive_says_of_itself(gigabyte):
    assert _refused(gigabyte) == "bomb"


def test_an_archive_that_lies_about_its_sizes_is_refused():
    data = with_sheet_xml(SMALL, b" " * (1 << 28))
    size = zipfile.ZipFile(io.BytesIO(data)).getinfo(SHEET_XML).file_size
    assert _refused(data.replace(struct.pack("<I", size), struct.pack("<I", 1000))) == "damaged"


@pytest.mark.slow
def test_a_million_cells_in_one_line_are_refused():
    """By the count of cells, by time or by memory, whichever ends first; out of memory the parser may not say so."""
    data = with_sheet_xml(SMALL, b'<row r="1">' + b'<c r="A1"><v>1</v></c>' * 1_500_000)
    assert _refused(data) in ("bomb", "too_long", "damaged")


@pytest.mark.parametrize("reference", [b"ZZZZZZZ99999999999", b"A0", b"\xe1\xbb\x81", b""])
def test_an_address_that_is_none_is_refused(reference):
    assert _refused(with_sheet_xml(SMALL, b'<row><c r="' + reference + b'"><v>1</v></c></row>')) == "damaged"


def test_entities_that_grow_are_not_unfolded():
    entities = b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    old = zipfile.ZipFile(io.BytesIO(SMALL))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            head = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa">' + entities + b"]>" if name == SHEET_XML else b""
            new.writestr(name, head + old.read(name).replace("Nguyễn".encode(), b"&j;"))
    started = time.monotonic()
    with contextlib.suppress(Refusal):
        assert "aaaa" not in read_in_child(stream.getvalue(), on=CLASS_DAY).rows[0].full_name
    assert time.monotonic() - started < 10


def test_a_workbook_cut_short_is_refused():
    assert _refused((ROSTERS / "truncated.xlsx").read_bytes()) == "damaged"


def test_another_kind_of_file_under_a_rosters_name_is_refused():
    assert _refused((ROSTERS / "renamed.xlsx").read_bytes()) == "not_a_table"


def test_an_empty_file_is_refused():
    assert _refused(b"") == "empty"
    assert _refused(b"\xef\xbb\xbf\r\n  ") == "empty"


def test_a_workbook_behind_a_password_is_refused():
    assert _refused(_ole("Root Entry", "EncryptionInfo", "EncryptedPackage")) == "password"


def test_old_word_files_and_unknown_containers_are_refused():
    assert _refused(_ole("Root Entry", "WordDocument")) == "old_format"
    assert _refused(_ole("Root Entry", "Contents")) == "not_a_table"


def test_an_old_workbook_that_is_only_a_head_is_refused():
    assert _refused(_ole("Root Entry", "Workbook")) == "damaged"


def test_a_web_page_named_like_a_workbook_is_refused():
    assert _refused(b"<html><table><tr><td>STT</td></tr></table></html>") == "web_page"


def test_a_file_too_large_is_refused_without_a_child():
    assert _refused(b"a" * (20 * 1024 * 1024 + 1)) == "too_big"


def test_a_child_without_enough_memory_is_a_refusal(caplog):
    with caplog.at_level(logging.ERROR):
        assert _refused(SMALL, memory=20 * 1024 * 1024) in ("too_long", "unexpected")
    assert "Nguyễn" not in caplog.text


def test_a_child_that_takes_too_long_is_a_refusal():
    assert _refused(SMALL, seconds=0.01) == "too_long"


def test_the_child_is_told_no_keys(monkeypatch):
    """What it inherits of the environment is listed; taking the list out would hand on DATABASE_URL and SECRET_KEY."""
    monkeypatch.setattr(limited.sys, "executable", "/usr/bin/env")
    monkeypatch.setenv("SECRET_KEY", "told")
    ran = {}
    run = limited.subprocess.run
    monkeypatch.setattr(limited.subprocess, "run", lambda *a, **k: ran.update(k) or run(*a, **k))
    with pytest.raises(Refusal):
        read_in_child(SMALL, on=CLASS_DAY)
    assert "SECRET_KEY" not in ran["env"]


def _with_parts(data: bytes, parts: dict[str, bytes]) -> bytes:
    """The package with more parts, or other ones of the same name."""
    old, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def _read_in_time(data: bytes) -> list[str]:
    started = time.monotonic()
    names = [row.full_name for row in read_in_child(data, on=CLASS_DAY).rows]
    assert time.monotonic() - started < 10
    return names


def test_a_workbook_with_macros_is_read_and_its_macros_are_not():
    types = zipfile.ZipFile(io.BytesIO(SMALL)).read("[Content_Types].xml")
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = types.replace(plain, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    assert macros != types
    data = _with_parts(SMALL, {"[Content_Types].xml": macros, "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 5000})
    assert _read_in_time(data) == ["Nguyễn Văn Thử"]


def test_a_million_empty_rows_below_the_list_are_passed_over():
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 1_000_000))
    sheet = zipfile.ZipFile(io.BytesIO(SMALL)).read(SHEET_XML)
    assert _read_in_time(_with_parts(SMALL, {SHEET_XML: sheet.replace(b"</sheetData>", rows + b"</sheetData>")})) == [
        "Nguyễn Văn Thử"
    ]


def test_a_million_empty_rows_of_an_opendocument_file_are_passed_over():
    data = ods([["STT", "Họ và tên"], [1, "Nguyễn Văn Thử"]])
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml")
    rows = b'<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row></table:table>'
    assert _read_in_time(_with_parts(data, {"content.xml": content.replace(b"</table:table>", rows)})) == [
        "Nguyễn Văn Thử"
    ]


@pytest.mark.parametrize(("rows", "columns"), [(1_048_576, 1), (100_000, 400), (2, 16_384)])
def test_cells_of_an_opendocument_file_that_are_said_again_and_again_are_refused(rows, columns):
    cell = f'<table:table-cell table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row></table:table>'
    data = ods([["STT", "Họ và tên"], [1, "Nguyễn Văn Thử"]])
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").replace(b"</table:table>", row.encode())
    assert _refused(_with_parts(data, {"content.xml": content})) == "far_cell"


def test_a_list_as_long_and_as_wide_as_is_allowed_at_once_is_refused():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 100_000))
    wide = b'<row r="100000"><c r="RR100000"><v>1</v></c></row>'
    assert _refused(with_sheet_xml(SMALL, rows + wide)) == "far_cell"


SECRET = "Trần Thị Bí Mật"


@pytest.mark.parametrize("kind", ["xlsx", "ods", "docx"])
def test_nothing_outside_the_file_is_read_into_it(kind, tmp_path):
    """A part asks for a file of the server, as an entity; it is refused or read without it."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    doctype = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
    document = Document()
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["STT", "Họ và tên", "1", "Nguyễn Văn Thử"], strict=True):
        cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    data, part = {
        "xlsx": (SMALL, SHEET_XML),
        "ods": (ods([["STT", "Họ và tên"], [1, "Nguyễn Văn Thử"]]), "content.xml"),
        "docx": (stream.getvalue(), "word/document.xml"),
    }[kind]
    content = zipfile.ZipFile(io.BytesIO(data)).read(part).replace("Nguyễn Văn Thử".encode(), b"&e;")
    opening, rest = content.split(b"?>", 1) if content.startswith(b"<?xml") else (b'<?xml version="1.0"', content)
    try:
        names = _read_in_time(_with_parts(data, {part: opening + b"?>" + doctype + rest}))
    except Refusal:
        return
    assert all(SECRET not in name for name in names)


def test_links_to_other_files_are_not_followed(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(SMALL))
    book.active["B3"] = f"='{tmp_path}/[other.xlsx]DS'!B2"
    book.active["A3"] = 2
    rows = read_in_child(saved(book), on=CLASS_DAY).rows
    assert [(row.full_name, bool(row.problems)) for row in rows] == [("Nguyễn Văn Thử", False), ("", True)]


def test_a_part_named_like_a_path_elsewhere_writes_nothing(tmp_path):
    outside = tmp_path / "written.txt"
    data = _with_parts(SMALL, {f"../../../..{outside}": b"x", str(outside): b"x"})
    assert _read_in_time(data) == ["Nguyễn Văn Thử"]
    assert not outside.exists()


def test_a_workbook_that_says_a_part_twice_is_read_or_refused():
    stream = io.BytesIO(SMALL)
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(SHEET_XML, zipfile.ZipFile(io.BytesIO(_with_cell("XFD1048576"))).read(SHEET_XML))
    with pytest.raises(Refusal):
        read_in_child(stream.getvalue(), on=CLASS_DAY)


@pytest.mark.parametrize(
    "data",
    [
        b"STT,H\xe1\xbb\x8d v\xc3\xa0 t\xc3\xaan\n" + b"1," * 9_000_000,
        b"STT,H\xe1\xbb\x8d v\xc3\xa0 t\xc3\xaan\n" + b"\n" * 19_000_000,
        b"STT,H\xe1\xbb\x8d v\xc3\xa0 t\xc3\xaan\n" + b'"' + b"x" * 19_000_000,
        ("STT,Họ và tên\n" * 900_000).encode(),
    ],
    ids=["one line of commas", "only line ends", "one endless cell", "nothing but titles"],
)
def test_a_text_made_to_harm_ends_in_time(data):
    assert _refused(data) in sentences.REFUSALS


def test_a_gigabyte_behind_a_word_file_is_refused():
    stream = io.BytesIO()
    Document().save(stream)
    with (
        zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("word/more.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(64):
            part.write(b" " * (1 << 24))
    assert _refused(stream.getvalue()) == "bomb"


def test_a_word_file_of_a_hundred_thousand_cells_ends_in_time():
    stream = io.BytesIO()
    Document().save(stream)
    xml = zipfile.ZipFile(stream).read("word/document.xml")
    row = b"<w:tr>" + b"<w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>" * 50 + b"</w:tr>"
    body = xml.replace(b"<w:body>", b"<w:body><w:tbl>" + row * 20_000 + b"</w:tbl>")
    assert _refused(_with_parts(stream.getvalue(), {"word/document.xml": body})) in sentences.REFUSALS


def _rows_or_code(data: bytes) -> list | str:
    """Anything but `Unreadable` with a known code fails the test."""
    try:
        return read_answer(data, CLASS_DAY)["rows"]
    except Unreadable as refused:
        return {code: code for code in sentences.REFUSALS}[refused.code]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_whatever_do_anything_but_refuse_or_read(data):
    assert _rows_or_code(data)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_roster_is_read_or_refused(data):
    name = data.draw(
        st.sampled_from(
            ["02_official_form.xlsx", "13_excel97.xls", "14_opendocument.ods", "15_word_table.docx", "12_utf8.csv"]
        )
    )
    roster = bytearray((ROSTERS / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        roster[data.draw(st.integers(0, len(roster) - 1))] = data.draw(st.integers(0, 255))
    _rows_or_code(bytes(roster[: data.draw(st.integers(0, len(roster)))]))


def test_the_child_loads_what_reads_a_list_and_neither_django_nor_keys():
    """Each of them takes longer to load than most lists to read."""
    loaded = "import courses.readers.rosters, sys; print({'django', 'cryptography'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", loaded], text=True).strip() == "set()"
