"""What the twelve digits of a citizen number (số định danh cá nhân) say, and how they are shown.

It knows neither keys nor settings: the child that reads lists loads it for each file.
"""

import re

from courses.constants.partial_dates import PartialDate

_TWELVE_DIGITS = re.compile(r"\d{12}", re.ASCII)
# Thông tư 07/2016/TT-BCA, annex: the provinces of birth. (Those born abroad have other codes.)
# fmt: off
PROVINCE_CODES = frozenset(f"{code:03d}" for code in (
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38,
    40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80,
    82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
))
# fmt: on


def masked(number: str) -> str:
    """ "093•••••••12": enough to tell two people of an office apart, too little to be used."""
    return f"{number[:3]}{'•' * (len(number) - 5)}{number[-2:]}"


def is_well_formed(number: str) -> bool:
    """Twelve digits: three for the place of birth, one for century and sex, two for the year, six."""
    return bool(_TWELVE_DIGITS.fullmatch(number))


def agrees(number: str, gender: str | None, birth: PartialDate | None) -> bool:
    """Whether a well-formed number fits the gender ("m" or "f") and the year of birth, if known.

    The fourth digit is even for men and odd for women, 0 and 1 for those born in 19yy, 2 and 3 in
    20yy and so on; the next two are the year (Nghị định 137/2015/NĐ-CP, Điều 7).
    """
    century_and_sex = int(number[3])
    if gender and gender != "mf"[century_and_sex % 2]:
        return False
    return birth is None or birth.first.year == 1900 + 100 * (century_and_sex // 2) + int(number[4:6])
