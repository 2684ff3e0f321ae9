import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.constants.names import (
    clean_text,
    join_name,
    nfc,
    personal_name_case,
    search_key,
    sort_key,
    split_name,
)

TONES_IN_ORDER = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
PLAIN_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
VOWELS = "aăâeêioôơuưy"
LETTERS = sorted({nfc(v + t) for v in VOWELS for t in TONES_IN_ORDER} | set(PLAIN_LETTERS))
LETTERS += [letter.upper() for letter in LETTERS]
PARTS = st.text(st.sampled_from([*LETTERS, " "]), max_size=12)
ANY_TEXT = st.text(max_size=20)

# Ordered by hand: given name, then family, then middle; (family, middle, given).
IN_ORDER = [
    ("", "", ""),
    ("", "", "An"),
    ("Danh", "", "An"),
    ("Dương", "Văn", "An"),
    ("Đào", "Văn", "An"),
    ("Đinh", "Văn", "An"),
    ("Lê", "Thị", "An"),
    ("Lý", "Thị", "An"),
    ("Nguyễn", "", "An"),
    ("Nguyễn", "Bình", "An"),
    ("Nguyễn", "Thị", "An"),
    ("Nguyễn", "Thị Bích", "An"),
    ("Nguyễn", "Thị Hoà", "An"),
    ("Nguyễn", "Thuý", "An"),
    ("Nguyễn", "Văn", "An"),
    ("Nguyễn", "Văn", "Án"),
    ("Nguyễn", "Văn", "Anh"),
    ("Nguyễn", "Văn", "Ảnh"),
    ("Lê", "Văn", "Ánh"),
    ("Trần", "Văn", "Ánh"),
    ("Trần", "Văn", "Ăn"),
    ("Lê", "Hồng", "Ân"),
    ("Lê", "Hồng", "Ẩn"),
    ("Lê", "Hồng", "Ấn"),
    ("Võ", "Thị", "Ba"),
    ("Võ", "Thị", "Bà"),
    ("Võ", "Thị", "Bả"),
    ("Võ", "Thị", "Bã"),
    ("Võ", "Thị", "Bá"),
    ("Võ", "Thị", "Bạ"),
    ("Võ", "Thị", "Bằng"),
    ("Võ", "Thị", "Băng Tâm"),
    ("Võ", "Thị", "Bấc"),
    ("Võ", "Văn", "Công"),
    ("Võ", "Văn", "Cơ"),
    ("Võ", "Văn", "Cương"),
    ("Võ", "Văn", "Dung"),
    ("Võ", "Văn", "Dũng"),
    ("Võ", "Văn", "Dương"),
    ("Võ", "Văn", "Đan"),
    ("Võ", "Văn", "Đạt"),
    ("Võ", "Văn", "Em"),
    ("Võ", "Văn", "Én"),
    ("Võ", "Văn", "Êm"),
    ("Mai", "", "Giang"),
    ("Mai", "", "Hải Dương"),
    ("Mai", "", "Hạnh"),
    ("Mai", "", "Hoà"),
    ("Mai", "", "Hoa Mai"),
    ("Mai", "", "Hòa Mai"),
    ("Mai", "", "Hoàng"),
    ("Mai", "", "Hưng Yên"),
    ("Mai", "", "Khải"),
    ("Thạch", "", "Phol"),
    ("Thạch", "", "Phước"),
    ("Thạch", "Sa", "Rây"),
    ("Thạch", "", "Sa Rây"),
    ("Thạch", "", "Sà Rây"),
    ("Thạch", "", "Sa Rương"),
    # Tones from left to right: those on y come before all those on u.
    ("Trần", "Thị", "Thuỷ"),
    ("Trần", "Thị", "Thuý"),
    ("Trần", "Thị", "Thủy"),
    ("Trần", "Thị", "Thúy"),
    ("Danh", "", "Út"),
    ("Thị", "", "Út"),
    ("Trần", "", "Út"),
    ("Trần", "", "Ưng"),
    ("Trần", "", "Vân"),
    ("Trần", "", "Xuân"),
    ("Trần", "", "Y"),
    ("Trần", "", "Ý"),
    ("Trần", "", "Yến"),
]


def test_a_list_ordered_by_hand_stays_as_it_is():
    assert len(IN_ORDER) >= 60
    for before, after in itertools.pairwise(IN_ORDER):
        assert sort_key(*before) < sort_key(*after), (before, after)


def test_letters_stand_in_the_order_of_the_alphabet_and_after_digits():
    signs = [" ", "-", "'", ".", *"0123456789", *PLAIN_LETTERS]
    keys = {sign: sort_key("", "", sign) for sign in signs}
    assert sorted(signs[4:], key=keys.get) == signs[4:]
    assert max(keys[sign] for sign in signs[:4]) < keys["0"]
    assert min(keys.values()) == keys[" "]


def test_tones_stand_in_the_order_none_huyen_hoi_nga_sac_nang():
    for vowel in VOWELS:
        names = [nfc(vowel + tone) for tone in TONES_IN_ORDER]
        keys = [sort_key("", "", name) for name in names]
        assert all(before < after for before, after in itertools.pairwise(keys))


def test_small_letters_come_before_capitals_only_when_all_else_is_equal():
    names = ["an", "aN", "An", "AN", "àn", "Àn", "ana"]
    keys = [sort_key("", "", name) for name in names]
    assert all(before < after for before, after in itertools.pairwise(keys))


def test_a_letter_of_another_alphabet_comes_after_z():
    assert sort_key("", "", "Zz") < sort_key("", "", "Жан") < sort_key("", "", "ស")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_a_sort_key_is_digits_only_whatever_the_name(family, middle, given_name):
    key = sort_key(family, middle, given_name)
    assert key.isascii()
    assert key.isdigit()


@given(PARTS, PARTS, PARTS)
def test_every_normal_form_sorts_and_searches_alike(family, middle, given_name):
    parts = (family, middle, given_name)
    forms = ["NFC", "NFD", "NFKC", "NFKD"]
    assert len({sort_key(*(unicodedata.normalize(form, part) for part in parts)) for form in forms}) == 1
    assert len({search_key(unicodedata.normalize(form, family)) for form in forms}) == 1


def _levels(part):
    """Letters, tones and capitals of a Vietnamese word as lists of ranks, by another way than the code's."""
    letters, tones, capitals = [], [], []
    for character in part:
        small = character.lower()
        for tone, mark in enumerate(TONES_IN_ORDER):
            bases = [base for base in " " + PLAIN_LETTERS if nfc(base + mark) == small]
            if bases:
                letters.append((" " + PLAIN_LETTERS).index(bases[0]))
                tones.append(tone)
                capitals.append(character != small)
                break
    assert len(letters) == len(part)
    return letters, tones, capitals


@given(st.lists(st.tuples(PARTS, PARTS, PARTS), min_size=2, max_size=6))
def test_the_order_is_that_of_comparing_level_after_level_and_part_after_part(people):
    def by_levels(person):
        family, middle, given_name = person
        return [_levels(given_name), _levels(family), _levels(middle)]

    for one, other in itertools.pairwise(people):
        assert (sort_key(*one) < sort_key(*other)) == (by_levels(one) < by_levels(other))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  Nguyễn \t Văn\u00a0\u2003A \n", "Nguyễn Văn A"),
        ("Ng\u200buy\u00adễn\ufeff V\u200c\u200dăn", "Nguyễn Văn"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("Nguye\u0302\u200b\u0303n", "Nguyễn"),
        ("a\x00b\x07c\u202ed\u2028e", "abcd e"),
        ("Ð\u1eb7ng ðình", "Đặng đình"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("\u200b\t", ""),
        ("", ""),
    ],
)
def test_text_is_cleaned_of_what_cannot_be_seen(raw, clean):
    assert clean_text(raw) == clean


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(text):
    once = clean_text(text)
    assert clean_text(once) == once
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in once)


@pytest.mark.parametrize(
    ("full", "parts"),
    [
        ("Nguyễn Văn An", ("Nguyễn", "Văn", "An")),
        ("Nguyễn  Thị Bích\u00a0Thuỷ", ("Nguyễn", "Thị Bích", "Thuỷ")),
        ("Danh Út", ("Danh", "", "Út")),
        ("Thạch Sa Rây", ("Thạch", "Sa", "Rây")),
        ("Út", ("", "", "Út")),
        ("  ", ("", "", "")),
    ],
)
def test_a_name_is_split_into_family_middle_and_given(full, parts):
    assert split_name(full) == parts
    assert join_name(*parts) == clean_text(full)


@pytest.mark.parametrize(
    ("name", "cased"),
    [
        ("NGUYỄN THỊ ÁNH", "Nguyễn Thị Ánh"),
        ("nguyễn thị ánh", "Nguyễn Thị Ánh"),
        ("ĐẶNG", "Đặng"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("y-bhăm", "Y-Bhăm"),
        ("Nguyễn thị Ánh", "Nguyễn thị Ánh"),
        ("Trần Văn TÂM", "Trần Văn TÂM"),
        ("", ""),
    ],
)
def test_only_names_all_in_capitals_or_all_in_small_letters_get_a_names_capitals(name, cased):
    assert personal_name_case(name) == cased
    assert personal_name_case(unicodedata.normalize("NFD", name)) == cased


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("  ĐẶNG  Thị Thuý ", "dang thi thuy"),
        ("Đặng Thị Thúy", "dang thi thuy"),
        ("Ưng Hoà", "ung hoa"),
        ("Tổ 4 - Ấp 7A", "to 4 - ap 7a"),
        ("", ""),
    ],
)
def test_a_search_key_has_neither_marks_nor_capitals(text, key):
    assert search_key(text) == key
