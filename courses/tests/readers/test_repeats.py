import datetime as dt

from courses.constants.partial_dates import PartialDate
from courses.readers.records import RosterRow
from courses.readers.repeats import mark_repeats

BORN = PartialDate(dt.date(1975, 4, 24))


def _row(number: int, name: str = "Phạm Đức Thử", **said) -> RosterRow:
    return RosterRow("DS", number, name, office_text="Phường I", **({"birth": BORN} | said))


def _repeats(*rows: RosterRow, codes=None) -> list[int]:
    return [row.row for row in mark_repeats(rows, codes) if row.problems]


def test_the_same_citizen_number_is_the_same_person_whatever_the_name():
    assert _repeats(_row(2, citizen_id="093075000001"), _row(3, "Lê Văn Khác", citizen_id="093075000001")) == [3]


def test_the_same_name_birth_and_office_is_the_same_person():
    assert _repeats(_row(2), _row(3, "PHẠM ĐỨC THỬ"), _row(4)) == [3, 4]


def test_tone_marks_placed_otherwise_make_no_other_name():
    assert _repeats(_row(2, "Trần Thị Hòa"), _row(3, "Trần Thị Hoà"), _row(4, "Trần Thị Hỏa")) == [3]


def test_two_people_of_one_name_with_different_births_numbers_or_offices_are_two():
    other = PartialDate(dt.date(1971, 3, 9))
    assert _repeats(_row(2), _row(3, birth=other)) == []
    assert _repeats(_row(2, citizen_id="093075000001"), _row(3, citizen_id="093075000002")) == []
    assert _repeats(_row(2), _row(3), codes=["31318", "31321"]) == []


def test_without_births_a_name_alone_is_not_enough():
    assert _repeats(_row(2, birth=None), _row(3, birth=None)) == []
    assert _repeats(_row(2, birth=None, phone="0912345678"), _row(3, birth=None, phone="0912345678")) == [3]


def test_rows_without_a_name_are_not_each_other():
    assert _repeats(_row(2, ""), _row(3, "")) == []


def test_the_sentence_names_the_earlier_row():
    (_first, second) = mark_repeats([_row(2), _row(7)])
    assert "2" in second.problems[0]
    (_first, second) = mark_repeats(
        [RosterRow("Phường I", 2, "A B", birth=BORN), RosterRow("Phường V", 2, "A B", birth=BORN)]
    )
    assert "Phường I" in second.problems[0]
