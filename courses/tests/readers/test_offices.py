# ruff: noqa: E501
import datetime as dt

import pytest

from courses.readers.offices import MOST_COMPARED, Close, Match
from courses.tests.readers.books import offices

THEN, TODAY = dt.date(2024, 6, 15), dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Phường I", "31318"), ("PHƯỜNG I", "31318"), ("Phường 1", "31318"), ("phuong 01", "31318"), ("P1", "31318"),
        ("P.I", "31318"), ("UBND P.I", "31318"), ("UBND phường I, TP Vị Thanh", "31318"), ("P. VII", "31330"),
        ("Phòng Nội vụ", "P-NV"), ("phong noi vu", "P-NV"), ("P. NV", "P-NV"), ("PNV", "P-NV"), ("Nội vụ", "P-NV"),
        ("Phòng Nội vụ thành phố Vị Thanh", "P-NV"), ("Phòng GD-ĐT", "P-GDDT"), ("Phòng GDDT", "P-GDDT"),
        ("Phòng Lao động, Thương binh & Xã hội", "P-LDTBXH"), ("P.LĐTBXH", "P-LDTBXH"), ("Phòng Quản lí đô thị", "P-QLDT"),
        ("X. VỊ TÂN", "31333"), ("xã Vị Tân", "31333"), ("Vị Tân", "31333"), ("Xã Hoả Lựu", "31336"), ("X. Hoa Luu", "31336"),
        ("TTVH-TT&TT", "TT-VHTTTT"), ("Trung tâm VHTT&TT", "TT-VHTTTT"), ("Thanh tra", "TTRA"), ("Thanh tra TP", "TTRA"),
        ("VP HĐND và UBND TP", "VP"), ("Văn phòng Hội đồng nhân dân và Ủy ban nhân dân thành phố", "VP"),
        ("Đoàn Thanh niên Cộng sản Hồ Chí Minh", "TDTN"), ("Hội LHPN TP", "HPN"), ("UBND thành phố", "930"),
        ("I. PHÒNG NỘI VỤ", "P-NV"), ("X. Thanh tra", "TTRA"), ("X. Xã Vị Tân", "31333"), ("X. Phường VII", "31330"), ("V. Phường VII", "31330"), ("Pho\u0300ng No\u0323\u0302i vu\u0323", "P-NV"),
    ],
)  # fmt: skip
def test_other_ways_of_writing_a_name_are_certain(written, code):
    assert offices().find(written).code == code


@pytest.mark.parametrize(
    ("written", "how"),
    [("Phòng Nội vụ", "exact"), ("Phòng NV", "alias"), ("P.NV", "abbreviation"), ("noi vu", "abbreviation")],
)
def test_the_answer_says_how_the_office_was_known(written, how):
    assert offices().find(written) == Match("P-NV", how)


@pytest.mark.parametrize(
    "written",
    ["Phòng Nội vụt", "Phòng Nồi vụ", "Xã Hòa Tiến", "Xã Vị Tấn", "Phường 2", "Phường Vị Tân", "Phòng Kinh tê2"],
)
def test_a_wrong_letter_mark_or_number_is_never_certain(written):
    assert not isinstance(offices().find(written), Match)


def test_a_close_spelling_names_what_may_be_meant():
    assert offices().find("Xã Hòa Tiến").codes[0] == "31339"
    assert offices().find("Phòng Nội vụt").codes[0] == "P-NV"


@pytest.mark.parametrize(
    ("written", "day", "code"),
    [
        ("Phường Hoả Lựu", THEN, "31336"), ("P. Hỏa Lựu", THEN, "31336"), ("UBND phường Hoa Luu", THEN, "31336"),
        ("TT Hoả Lựu", THEN, "31336"), ("Phường Hoả Lựu, TP Vị Thanh", THEN, "31336"), ("Phường Vị Thanh", THEN, "930"),
        ("X. Vị Thanh", TODAY, "31321-2025"),
        ("Phường Hoả Lựu", TODAY, "31338-2025"), ("Xã Vị Tân", TODAY, "31333-2025"),
    ],
)  # fmt: skip
def test_the_name_of_a_place_under_another_kind_is_close_and_never_certain(written, day, code):
    """Fails without `_of_another_kind`: "TT Hoả Lựu" resembles nothing."""
    found = offices(day).find(written)
    assert isinstance(found, Close)
    assert found.codes[0] == code


@pytest.mark.parametrize("written", ["Xã III", "Xã 3", "X. 1", "Phường", "Huyện", "TT 7", "Thị trấn Ngã Sáu"])
def test_a_number_under_another_kind_suggests_nobody_by_its_name(written):
    """Take `_says_only_a_kind` out of `_without_kind` and "Xã III" suggests Phường III."""
    assert offices()._of_another_kind(written) == []


@pytest.mark.parametrize(
    "written",
    ["Sở Nội vụ tỉnh Bến Tre", "Sheet1", "DS", "I", "1", "V", "P", "KT", "NV", "TT", "Văn phòng", "", "???", "Ban"],
)
def test_what_says_nothing_is_no_office(written):
    assert not isinstance(offices().find(written), Match)


def test_offices_are_those_of_the_day():
    today = offices(dt.date(2026, 6, 15))
    assert today.find("Phường Vị Thanh") == Match("31321-2025", "exact")
    assert not isinstance(today.find("Phường I"), Match)
    assert not isinstance(offices(dt.date(2025, 3, 1)).find("Phòng LĐ-TB&XH"), Match)
    assert offices(dt.date(2025, 6, 30)).find("Phường I").code == "31318"
    assert not isinstance(offices(dt.date(2025, 7, 1)).find("Phường I"), Match)


def test_one_name_of_several_offices_is_the_one_within_the_office_that_sent_the_file():
    today = offices(dt.date(2026, 6, 15))
    codes = ("31321-2025-VX", "31333-2025-VX", "31338-2025-VX")
    answer = today.find("Phòng Văn hóa - Xã hội")
    assert isinstance(answer, Close)
    assert answer.codes == codes
    assert today.find("Phòng Văn hóa - Xã hội", within="31333-2025").code == "31333-2025-VX"


@pytest.mark.parametrize("day", [dt.date(2022, 6, 15), dt.date(2026, 6, 15)])
def test_every_office_is_found_by_its_name_and_its_other_spellings(day):
    index = offices(day)
    for code, entry in index.entries.items():
        for written in (entry.name, *entry.aliases, entry.name.upper(), entry.name.lower()):
            assert index.find(written) == Match(code, index.find(written).how), written


def test_only_so_many_unknown_texts_of_a_list_are_compared_with_all_offices():
    """Take the limit out of `_close` and a list of made-up offices keeps a process busy for minutes."""
    index = offices()
    close = index.find("Phòng Nội vự")
    assert isinstance(close, Close)
    for number in range(MOST_COMPARED):
        index.find(f"Không Đâu Cả {number}")
    assert index.find("Phòng Nội vụa") is None
    assert index.find("Phòng Nội vự") == close
    assert isinstance(index.find("Phòng Nội vụ"), Match)
