"""Each roster of `courses/tests/rosters` beside what a person reads in it."""

import json

import pytest

from courses.readers.limited import read_in_child
from courses.readers.offices import Match
from courses.readers.records import RosterRow
from courses.readers.repeats import mark_repeats
from courses.readers.rosters import MOST_PEOPLE, read_answer
from courses.readers.unreadable import Unreadable
from courses.tests.readers.books import CLASS_DAY, ROSTERS, offices, read, read_lines, workbook

RIGHT_READINGS = {
    path.name.removesuffix(".json"): json.loads(path.read_text("utf-8")) for path in (ROSTERS / "expected").iterdir()
}
LISTS = sorted(name for name, right in RIGHT_READINGS.items() if not right["refused"])
REFUSED = sorted(name for name, right in RIGHT_READINGS.items() if right["refused"])
FIELDS = ("full_name", "gender", "position", "phone", "email", "citizen_id")


def _placed(row: RosterRow) -> tuple[RosterRow, str | None]:
    found = offices().find(row.office_text or "")
    if isinstance(found, Match):
        return row, found.code
    return row.with_problem("office_unknown", office=row.office_text), None


def _whole_reading(name: str) -> dict:
    """{(sheet, row): (what was read, problems)} after offices and repeats have been judged too."""
    placed = [_placed(row) for row in read((ROSTERS / name).read_bytes()).rows]
    rows = mark_repeats([row for row, _code in placed], [code for _row, code in placed])
    return {
        (row.sheet, row.row): (
            {field: getattr(row, field) for field in FIELDS}
            | {"birth": row.birth.iso() if row.birth else None, "office": code},
            row.problems,
        )
        for row, (_row, code) in zip(rows, placed, strict=True)
    }


@pytest.mark.parametrize("name", LISTS)
def test_each_roster_is_read_as_a_person_reads_it(name):
    right = RIGHT_READINGS[name]
    got = _whole_reading(name)
    wanted = {
        (person["sheet"], person["row"]): ({k: v for k, v in person.items() if k not in ("sheet", "row")}, ())
        for person in right["people"]
    }
    flagged = {(row["sheet"], row["row"]) for row in right["flagged"]}
    assert {at: row for at, row in got.items() if at not in flagged} == wanted
    assert {at for at, (_fields, problems) in got.items() if problems} == flagged


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_roster_is_refused(name):
    with pytest.raises(Unreadable):
        read((ROSTERS / name).read_bytes())


def test_every_sample_has_its_right_reading():
    assert sorted(RIGHT_READINGS) == sorted(path.name for path in ROSTERS.glob("[!.]*.*"))


def test_a_hidden_sheet_is_not_read_and_named():
    reading = read((ROSTERS / "10_sheet_per_ward.xlsx").read_bytes())
    assert reading.hidden_sheets == ("cu",)
    assert "Nguyễn Văn Cũ" not in {row.full_name for row in reading.rows}


def test_a_sheet_without_a_list_is_told():
    assert any("Ghi chú" in note for note in read((ROSTERS / "10_sheet_per_ward.xlsx").read_bytes()).notes)


def test_neither_name_nor_honorific_nor_citizen_number_states_the_sex():
    (row,) = read_lines(["STT", "Họ và tên", "CCCD"], [1, "Bà Nguyễn Thị Thử", "093178000001"]).rows
    assert (row.full_name, row.gender, row.problems) == ("Nguyễn Thị Thử", None, ())


def test_raw_cells_are_kept_by_the_title_of_their_column():
    (row,) = read_lines(["STT", "Họ và tên", "Ghi chú"], [1, "NGUYỄN VĂN THỬ", "ăn chay"]).rows
    assert row.raw == {"STT": "1", "Họ và tên": "NGUYỄN VĂN THỬ", "Ghi chú": "ăn chay"}


def test_a_list_without_people_is_refused():
    with pytest.raises(Unreadable) as refused:
        read_answer(workbook([["STT", "Họ và tên"], [None, None]]), CLASS_DAY)
    assert refused.value.code == "no_people"


def test_a_list_of_more_people_than_any_class_or_directory_has_is_refused():
    lines = (f"{n},Nguyễn Văn Thử,0900000000" for n in range(1, MOST_PEOPLE + 2))
    with pytest.raises(Unreadable) as refused:
        read_answer("\n".join(["STT,Họ và tên,Điện thoại", *lines]).encode(), CLASS_DAY)
    assert refused.value.code == "too_many"


def test_a_list_of_five_thousand_is_read_within_the_limits_of_the_child():
    people = [[n, "Nguyễn Văn Thử", f"0{900_000_000 + n}", "Phường I"] for n in range(1, 5_001)]
    reading = read_in_child(workbook([["STT", "Họ và tên", "Điện thoại", "Đơn vị"], *people]), on=CLASS_DAY)
    assert (len(reading.rows), sum(map(len, (row.problems for row in reading.rows)))) == (5_000, 0)
