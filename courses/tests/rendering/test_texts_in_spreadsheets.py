"""Whatever people are called, a spreadsheet shows it as it was typed and computes nothing.

Asked of LibreOffice, which reads the file like Excel: a formula would come back computed, a number without its noughts.
"""

import csv
import os
import subprocess

import pytest
from openpyxl import load_workbook

from courses.rendering.tables import xlsx_table

NASTY = [
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "＝1+1", "＋1", "－1", "＠A", "'=1+1", "'Ngô Thử", '"Ngô" Thử',
    "a;b,c", "Ngô\nThử", "=Ngô\nThử", "00123", "079123456789", "093000000012", "1e5", "1/2", "05/06/2026", "TRUE",
    "#N/A", '=HYPERLINK("http://x")', "_x0041_", "_x000D_", "  Ngô Thử  ", "Ngô\rThử", "12.000", "<b>&amp;",
    "=cmd|'/c calc'!A1",
]  # fmt: skip


@pytest.fixture(scope="module")
def in_libreoffice(tmp_path_factory):
    """The texts as LibreOffice shows them, and as they stand in the .xlsx that it writes itself."""
    folder = tmp_path_factory.mktemp("office")
    (folder / "in.xlsx").write_bytes(xlsx_table([("Tên",), *((text,) for text in NASTY)], title="Thử"))
    filters = ["csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false", "xlsx"]
    for wanted in filters:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        asked = ["soffice", profile, "--headless", "--convert-to", wanted, "--outdir", str(folder / "out")]
        env = os.environ | {"HOME": str(folder)}
        subprocess.run([*asked, str(folder / "in.xlsx")], check=True, timeout=60, capture_output=True, env=env)
    shown = (folder / "out" / "in.csv").read_bytes().decode()
    again = load_workbook(folder / "out" / "in.xlsx").active
    return [row[0] for row in csv.reader(shown.splitlines(keepends=True))][1:], [
        (cell.value, cell.data_type) for cell in again["A"][1:]
    ]


def test_they_come_back_as_they_were(in_libreoffice):
    """Take the kind of cell out of `put` and formulas are computed; take the escape out and signs are read."""
    shown, _again = in_libreoffice
    assert shown == NASTY


def test_they_are_texts_in_the_file_that_is_saved_again(in_libreoffice):
    _shown, again = in_libreoffice
    assert {kind for _value, kind in again} == {"s"}
