import datetime as dt

import pytest

from courses.constants.citizen_digits import PROVINCE_CODES, agrees, is_well_formed, masked
from courses.constants.partial_dates import PartialDate

MAN_1975 = "093075000012"


def test_a_masked_number_shows_the_first_three_digits_and_the_last_two():
    assert masked(MAN_1975) == "093•••••••12"


@pytest.mark.parametrize(
    ("number", "fine"),
    [
        (MAN_1975, True),
        ("93075000012", False),
        ("0930750000123", False),
        ("09307500001O", False),
        ("٠٩٣٠٧٥٠٠٠٠١٢", False),
        ("093 075 0000", False),
        (MAN_1975 + "\n", False),
        ("", False),
    ],
)
def test_a_number_has_twelve_digits(number, fine):
    assert is_well_formed(number) is fine


@pytest.mark.parametrize(
    ("number", "gender", "birth", "fine"),
    [
        (MAN_1975, "m", PartialDate(dt.date(1975, 6, 5)), True),
        (MAN_1975, "m", PartialDate(dt.date(1975, 1, 1), "year"), True),
        (MAN_1975, None, None, True),
        (MAN_1975, "", None, True),
        (MAN_1975, "f", None, False),
        (MAN_1975, "m", PartialDate(dt.date(1976, 6, 5)), False),
        ("093178000001", "f", PartialDate(dt.date(1978, 3, 26)), True),
        ("093178000001", "m", PartialDate(dt.date(1978, 3, 26)), False),
        ("093202000001", "m", PartialDate(dt.date(2002, 1, 1), "year"), True),
        ("093302000001", "f", PartialDate(dt.date(2002, 1, 1), "year"), True),
        ("093302000001", "f", PartialDate(dt.date(1902, 1, 1), "year"), False),
    ],
)
def test_a_number_must_fit_what_is_known_of_sex_and_birth(number, gender, birth, fine):
    assert agrees(number, gender, birth) is fine


def test_there_were_sixty_three_provinces():
    assert len(PROVINCE_CODES) == 63
    assert {"001", "079", "092", "093", "094"} <= PROVINCE_CODES
