"""The list given back says what is to be looked at, is inert in a spreadsheet, and reads in again as it was."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from courses.constants.actors import SYSTEM
from courses.constants.choices import RowFate
from courses.models import ActionLog
from courses.readers.limited import read_in_child
from courses.rendering.roster import RosterLine, roster_book
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.deciding import decide_rows, leave_out, put_right
from courses.services.rosters.export import roster_again
from courses.services.rosters.reading import read_roster
from courses.services.rosters.retyping import cells_of
from courses.services.rosters.rows import NEW, open_rows
from courses.services.rosters.taking import explain_columns
from courses.tests.listing import DAY, NUMBER, csv_of, line, many
from courses.tests.planning import make_trainee
from courses.tests.services.rosters.test_taking import ODD, SAID, unread

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")', "'=1", "%0A=1"]


def sheet_of(book: bytes):
    return openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]


def said(book: bytes):
    return [[cell.value or "" for cell in row] for row in sheet_of(book).iter_rows()]


def read_again(world, book):
    return read_in_child(book, on=DAY).rows


def plain(row):
    return (row.full_name, row.gender, row.birth, row.position, row.phone, row.email, row.citizen_id, row.problems)


def test_the_last_column_says_what_is_to_be_looked_at(world):
    batch = read_roster(
        world.course,
        csv_of(line("Ngô Thử An", "31/02/1980"), line("Lê Thử Bình", "1980"), line("Lê Thử Châu", "12")),
        "a.csv",
        actor=SYSTEM,
    )
    leave_out(batch.rows.order_by("pk")[2], actor=SYSTEM)
    rows = said(roster_again(batch, actor=SYSTEM))
    assert rows[0][:3] == ["STT", "Họ và tên", "Ngày sinh"]
    assert rows[1][2] == "31/02/1980"
    assert [bool(row[-1]) for row in rows] == [True, True, False, True]
    problem = batch.rows.order_by("pk")[0].problems[0]
    assert rows[1][-1] == problem.rstrip(".")


def test_the_names_survive_being_read_in_again(world):
    data = csv_of(
        line("Ngô Thử An", "31/02/1980", "Văn thư", number=NUMBER.format(1)),
        line("Lê Thử Bình", "1980"),
        line("", "1981"),
    )
    batch = read_roster(world.course, data, "a.csv", actor=SYSTEM)
    again = read_again(world, roster_again(batch, actor=SYSTEM))
    assert [plain(row) for row in again] == [plain(row) for row in read_in_child(data, on=DAY).rows]


def test_an_office_that_stands_above_its_people_is_written_beside_each(world):
    book = openpyxl.Workbook()
    for row in (
        ["STT", "Họ và tên", "Năm sinh"],
        ["I", "PHƯỜNG THỬ HAI"],
        [1, "Ngô Thử An", 1980],
        [2, "Lê Thử Bình", dt.date(1975, 1, 1)],
    ):
        book.active.append(row)
    book.active["C4"].number_format = "yyyy"
    file = io.BytesIO()
    book.save(file)
    batch = read_roster(world.course, file.getvalue(), "a.xlsx", actor=SYSTEM)
    again = roster_again(batch, actor=SYSTEM)
    second = read_roster(world.course, again, "b.xlsx", actor=SYSTEM)
    assert [row.office for row in second.rows.order_by("pk")] == [world.two, world.two]
    assert [row.read.birth for row in open_rows(second)] == [row.read.birth for row in open_rows(batch)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_is_a_formula_and_every_text_stays_as_it_was(text):
    book = roster_book([RosterLine("S", {"Họ và tên": text, text: "x"}, text)], remarks="Cần xem lại")
    cells = [cell for row in sheet_of(book).iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    # A line end is kept by its number, which spreadsheets read and openpyxl leaves as it is.
    shown = [unescape(cell.value) for cell in cells]
    assert shown == ["Họ và tên", text, "Cần xem lại", text, "x", text]
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_a_name_that_begins_like_a_formula_comes_back_the_same(world):
    data = csv_of(line("=Ngô Thử An", "1980"), line("+Lê Thử Bình", "1981"), line("@Lê Thử Châu", "1982"))
    batch = read_roster(world.course, data, "a.csv", actor=SYSTEM)
    again = read_again(world, roster_again(batch, actor=SYSTEM))
    assert [row.full_name for row in again] == [row.read.full_name for row in open_rows(batch)]


def test_sheets_keep_their_names_and_two_alike_stay_two():
    lines = [
        RosterLine("Phường I", {"A": "1"}, ""),
        RosterLine("phường i", {"A": "2"}, ""),
        RosterLine("a/b" * 20, {}, "!"),
    ]
    book = openpyxl.load_workbook(io.BytesIO(roster_book(lines, remarks="R")))
    assert [name.lower() for name in book.sheetnames[:2]] == ["phường i", "phường i (2)"]
    assert len(book.sheetnames[2]) <= 31


def test_a_row_that_was_put_right_is_not_to_be_looked_at_any_more(world):
    batch = read_roster(world.course, csv_of(line("Ngô Thử An", "31/02/1980")), "a.csv", actor=SYSTEM)
    row = open_rows(batch)[0]
    put_right(row.kept, {**cells_of(row), "birth": "28/02/1980"}, office=world.one, actor=SYSTEM)
    last = said(roster_again(batch, actor=SYSTEM))[1]
    assert (last[2], last[-1]) == ("28/02/1980", "")


def test_after_applying_only_rows_that_did_not_get_in_are_to_be_looked_at(world):
    """Fails when each fate is said: "Registered" is nothing to look at."""
    lines = [line("Ngô Thử An", "1980"), line("Lê Thử Bình", "31/02/1980"), line("Lê Thử Châu", "1982")]
    batch = read_roster(world.course, csv_of(*lines), "a.csv", actor=SYSTEM)
    leave_out(batch.rows.order_by("pk")[2], actor=SYSTEM)
    apply_batch(batch, actor=SYSTEM)
    registered, wrong, out = (row[-1] for row in said(roster_again(batch, actor=SYSTEM))[1:])
    assert registered == ""
    assert batch.rows.order_by("pk")[1].problems[0].rstrip(".") in wrong
    assert out == RowFate.LEFT_OUT.label


def test_a_question_that_was_answered_is_not_to_be_looked_at_any_more(world):
    make_trainee(world.one, "Ngô Thử An")
    batch = read_roster(world.course, csv_of(line("Ngô Thử An", "1980")), "a.csv", actor=SYSTEM)
    assert said(roster_again(batch, actor=SYSTEM))[1][-1] != ""
    decide_rows(batch, {batch.rows.get().pk: NEW}, actor=SYSTEM)
    assert said(roster_again(batch, actor=SYSTEM))[1][-1] == ""


@pytest.mark.parametrize(
    "text",
    [
        "STT,Họ và tên,Ngày sinh,Chức vụ,Đơn vị\n1,Ngô Thử An,31/02/1980,Văn thư,Phường Thử Mót",
        "STT,Họ và chữ lót,Tên,Giới tính,Ngày sinh,Đơn vị,CCCD\n1,Ngô Thử,An,Nam,31/02/1980,Phường Thử Một,12",
        "STT,Họ và tên,Nam,Nữ,Năm sinh,Đơn vị\n1,Ngô Thử An,x,,31/02/1980,Phường Thử Một",
    ],
)
def test_what_was_put_right_is_read_in_again_in_order(world, text):
    """Fails when the cells stay as they came."""
    batch = read_roster(world.course, text.encode(), "a.csv", actor=SYSTEM)
    row = open_rows(batch)[0]
    typed = {
        "full_name": "Lê Thử Bình", "birth": "28/02/1980", "gender": "f", "position": "Kế toán", "phone": "0900000001",
        "email": "binh@example.vn", "citizen_id": "093180000001",
    }  # fmt: skip
    mended = put_right(row.kept, typed, office=world.one, actor=SYSTEM)
    assert mended.sound, mended.kept.problems
    [again] = read_again(world, roster_again(batch, actor=SYSTEM))
    assert plain(again) == (*plain(mended.read)[:-1], ())
    assert again.office_text == world.one.name


def test_it_is_logged_without_a_number(world):
    batch = read_roster(world.course, many(2), "a.csv", actor=SYSTEM)
    roster_again(batch, actor=SYSTEM)
    entry = ActionLog.objects.get(action="download roster")
    assert (entry.subject_id, entry.changes) == (batch.pk, {"rows": [None, 2]})


def test_what_was_put_right_stands_in_the_column_that_a_person_explained(world):
    """With `field_of` in place of what was explained, one more column with a title of our own says the name."""
    explain_columns(unread(world), actor=SYSTEM, meanings=SAID)
    batch = read_roster(world.course, ODD, "a.csv", actor=SYSTEM)
    row = open_rows(batch)[0]
    put_right(row.kept, {**cells_of(row), "full_name": "Ngô Thử Ân"}, office=world.two, actor=SYSTEM)
    rows = said(roster_again(batch, actor=SYSTEM))
    assert rows[0][:-1] == ["Thứ tự", "Danh tính", "Tuổi đời", "Mã định vị", "Chốn làm"]
    assert rows[1][:-1] == ["1", "Ngô Thử Ân", "05/06/1980", "093080000123", "Phường Thử Hai"]
