"""Whatever people are called, a spreadsheet shows it as it was typed and computes nothing; our own
reader of lists takes it in as it was.

Asked of LibreOffice, which reads the file like Excel: a formula would come back computed, a number without its noughts.
"""

import csv
import io
import os
import subprocess

import pytest
from openpyxl import load_workbook

from courses.readers.sheets import sheets_of
from courses.rendering.tables import xlsx_table
from courses.tests.readers.books import with_sheet_xml, workbook

NASTY = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1", "＋1", "－1", "＠A", "'=1+1", "'Ngô Thử", '"Ngô" Thử',
    "a;b,c", "Ngô\nThử", "=Ngô\nThử", "00123", "079123456789", "093000000012", "1e5", "1/2", "05/06/2026", "TRUE",
    "#N/A", '=HYPERLINK("http://x")', "_x0041_", "_x000D_", "  Ngô Thử  ", "Ngô\rThử", "12.000", "<b>&amp;",
    "=cmd|'/c calc'!A1",
]  # fmt: skip
#: Typed as they stand; LibreOffice shows them so too, and loses the first when it saves.
LIKE_OUR_ESCAPES = ["_x005F_x0041_", "_x0041_x0042_", "__x000D__"]


def ours(texts: list[str]) -> bytes:
    return xlsx_table([("Tên",), *((text,) for text in texts)], title="Thử")


def read_by_ours(book: bytes) -> list:
    [sheet], _hidden, _notes = sheets_of(book, "xlsx")
    return [value for row in sheet.grid[1:] for value in row]


@pytest.fixture(scope="module")
def in_libreoffice(tmp_path_factory):
    """The texts as LibreOffice shows them, and the .xlsx that it writes itself."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "in.xlsx").write_bytes(ours(NASTY))
    filters = ["csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false", "xlsx"]
    for wanted in filters:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        asked = ["soffice", profile, "--headless", "--convert-to", wanted, "--outdir", str(folder / "out")]
        env = os.environ | {"HOME": str(folder)}
        subprocess.run([*asked, str(folder / "in.xlsx")], check=True, timeout=60, capture_output=True, env=env)
    shown = (folder / "out" / "in.csv").read_bytes().decode()
    rows = csv.reader(shown.splitlines(keepends=True))
    return [row[0] for row in rows][1:], (folder / "out" / "in.xlsx").read_bytes()


def test_they_come_back_as_they_were(in_libreoffice):
    """Take the kind of cell out of `put` and formulas are computed; take the escape out and signs are read."""
    shown, _again = in_libreoffice
    assert shown == NASTY


def test_they_are_texts_in_the_file_that_is_saved_again(in_libreoffice):
    _shown, again = in_libreoffice
    assert {cell.data_type for cell in load_workbook(io.BytesIO(again)).active["A"][1:]} == {"s"}


def test_our_reader_takes_them_in_as_they_were(in_libreoffice):
    """The library for values turns numbers of characters back, once: turned back here once more, a typed "_x0041_"
    would be "A"."""
    _shown, again = in_libreoffice
    assert read_by_ours(ours(NASTY + LIKE_OUR_ESCAPES)) == NASTY + LIKE_OUR_ESCAPES
    assert read_by_ours(again) == NASTY


def test_our_reader_turns_characters_back_wherever_a_cell_keeps_its_text():
    text = "Lê_x000D_Thử_x005F_x0041_ _x0041_"
    cells = f'<c t="inlineStr"><is><t>{text}</t></is></c><c t="str"><f>A1</f><v>{text}</v></c>'
    book = with_sheet_xml(workbook([["Tên"]]), f"<row/><row>{cells}</row>".encode())
    assert read_by_ours(book) == ["Lê\rThử_x0041_ A"] * 2
