"""Last stage: what one cell says. Each reader gives (value or None, code of what is wrong or None).

An empty cell is nothing wrong. What can be read in two ways is not read: it is a problem that a person settles.
Nothing is inferred: neither a name, nor an honorific, nor a citizen number states the sex.
"""

import datetime as dt
import re

from courses.constants.citizen_digits import PROVINCE_CODES, agrees
from courses.constants.names import personal_name_case
from courses.constants.partial_dates import PartialDate
from courses.constants.printing import unprintable
from courses.readers.words import CapitalsLost, Fault, Value, fold, is_empty, marked_words, text_of

_NOTHING = {"", "khong", "khong co", "chua co", "khong ro", "chua ro"}
#: Degrees have no vowel, so that none is a word of a name: "BS.CKI", "PGS. TS", "ThS".
_DEGREES = r"(?:(?:th\.?s|pgs|gs|ts|bs|ks|cn|ds|ncs|ck\s?(?:[12]|i{1,2}))[.:,\-\s]*)+(?<=[.:,\-\s])(?=\S)"
_DEGREE = re.compile(_DEGREES, re.I)
_HONORIFIC = re.compile(
    r"(ông\s*[/(]\s*bà\)?|đồng\s+chí|đ\s*[/.]\s*c|đc|ông|bà|anh|chị|cô|chú|mr|mrs|ms)(?:[.:]\s*|\s+)(?=\S)", re.I
)
#: Where a name is written without any marks, so is what stands before it.
_BARE_HONORIFIC = re.compile(r"(dong\s+chi|d\s*[/.]\s*c|dc|ong|ba|anh|chi|mr|mrs|ms)(?:[.:]\s*|\s+)(?=\S)", re.I)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’\-]+[^\W\d_]+)*\.?")
#: "1. " or "- " before a name, where a list is numbered in the column of names.
_ENUMERATOR = re.compile(r"\A\s*(?:\d{1,4}\s*[.)/]|[-–+•])\s*(?=[^\W\d_])")
#: What a second line in the cell of a name says when it is no part of the name.
_POSITION_BELOW = re.compile(
    r"(pho (chu|truong|giam|bi|chanh|hieu|phong|ban|vien)|chu tich|truong (phong|ban|khu|ap|cong|doan|tram|khoi)|bi thu"
    r"|giam doc|chuyen vien|van thu|ke toan|cong chuc|can (bo|su)|chanh (van|thanh)|thu quy|vien chuc|nhan vien"
    r"|hieu truong|uy vien)\b.*"
)
#: Who stands behind a name under such a family name is another person, not a position.
_FAMILIES = {
    "nguyen", "tran", "le", "pham", "huynh", "hoang", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo", "duong",
    "ly", "lam", "truong", "mai", "cao", "thai", "chau", "quach", "danh", "thach", "kim", "dinh", "luong", "luu",
}  # fmt: skip
_TWO_PEOPLE = re.compile(r"\w\s+(và|VÀ)\s+\w")
#: Words that stand in the column of names for nobody.
_NOBODY = {"chua cu", "chua co", "khong cu", "khong co", "chua phan cong", "chua co nguoi", "bo trong", "khuyet"}
_DITTO_WORDS, _DITTO_SIGNS = {"nt", "nhu tren"}, set('"“”„″〃')
_POSITION_BEHIND = re.compile(r"\s+[-–—]\s*|\s*[–—]\s+|\s*[,;]\s*|-\s+")
_MOST_WORDS = 8

_YOUNGEST, _OLDEST = 14, 100
_WORKING_AGE = range(16, 81)
_FIRST_SERIAL, _LAST_SERIAL = 3_000, 60_000  # 1908 to 2064; below lie the numbers that are years
_SERIAL_ZERO = dt.date(1899, 12, 30)
_SEPARATOR = r"\s*[\s/.,\-–]\s*"
_DATE = re.compile(rf"(?:(?:(\d{{1,2}}){_SEPARATOR})?(\d{{1,2}}){_SEPARATOR})?(\d{{4}})", re.ASCII)
_SHORT_DATE = re.compile(rf"(\d{{1,2}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{2}})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_SOLID_DATE = re.compile(r"(\d\d)(\d\d)(\d{4})", re.ASCII)

_MALE = {"nam", "ong", "m", "male", "trai", "anh"}
_FEMALE = {"nu", "ba", "f", "female", "gai", "chi", "co"}
_MARKS = {"x", "v", "1", "co", "✓", "✔", "√", "+", "*", "☑", "☒", "true", "×"}
_NO_MARKS = {"", "0", "-", "khong", "false", "☐", "o"}

_EMAIL = re.compile(r"[^\s@<>,;:()\"]+@[\w-]+(?:\.[\w-]+)+")
_PHONE_WORDS = re.compile(
    r"\b(zalo|đt|sđt|dđ|di động|đtdđ|cq|cơ quan|nr|nhà riêng|tel|điện thoại|số|máy bàn"
    r"|dt|sdt|dd|di dong|dtdd|co quan|nha rieng|dien thoai|so|may ban)\b[:.]?",
    re.I,
)
_MOBILE = re.compile(r"0[^2]\d{8}", re.ASCII)
_LANDLINE = re.compile(r"02\d{8,9}", re.ASCII)


def name_of(values: list[Value]) -> tuple[str | None, str | None, str | None]:
    """(name, what stood behind it as a position, problem) of the one or two cells that hold a name."""
    given = [value for value in values if not is_empty(value)]
    text = " ".join(filter(None, map(text_of, given)))
    if not text:
        return None, None, None if any(isinstance(value, Fault) for value in given) else "name_missing"
    name, *behind = _below(given) or _POSITION_BEHIND.split(_ENUMERATOR.sub("", text, count=1), maxsplit=1)
    name = _without_honorific(name)
    if any(isinstance(value, CapitalsLost) for value in given):
        name = " ".join(word[:1].upper() + word[1:].lower() for word in name.split())
    name = personal_name_case(name)
    if (behind and _is_person(behind[0])) or _TWO_PEOPLE.search(text) or fold(text) in _NOBODY or is_ditto(text):
        return text, None, "name_odd"
    if not _NAME.fullmatch(name) or len(name.split()) > _MOST_WORDS:
        return text, None, "name_odd"
    if unprintable(name):
        return text, None, "name_unprintable"
    return name, behind[0].strip() or None if behind else None, None


def _below(given: list[Value]) -> list[str]:
    """Name and position where the one cell has the position on a line of its own; [] where it has not."""
    if len(given) != 1 or not isinstance(given[0], str):
        return []
    first, *more = (line for line in map(text_of, given[0].splitlines()) if line)
    below = " ".join(more)
    return [_ENUMERATOR.sub("", first, count=1), below] if _POSITION_BELOW.fullmatch(fold(below)) else []


def _is_person(text: str) -> bool:
    """ "Lê Thử Bình", not "Phó Chủ tịch"."""
    words = text.split()
    named = len(words) > 1 and all(word[:1].isupper() for word in words) and fold(words[0]) in _FAMILIES
    return named and not _POSITION_BELOW.fullmatch(fold(text))


def _without_honorific(name: str) -> str:
    """Ông and Anh are family names too: before "Thị" or "Văn", or a single word, they are kept."""
    honorific = _BARE_HONORIFIC if name.isascii() else _HONORIFIC
    while found := _DEGREE.match(name) or honorific.match(name):
        rest = name[found.end() :]
        if found.re is _DEGREE:
            name = rest
            continue
        plain = found[1].lower() in ("ông", "bà", "anh", "chị", "cô", "chú", "ong", "ba", "chi")
        if plain and (len(rest.split()) < 2 or marked_words(rest)[0] in ("thị", "văn", "thi", "van")):
            return name
        name = rest
    return name


def birth_of(value: Value, on: dt.date, shown: str | None = None) -> tuple[PartialDate | None, str | None]:
    """A date of birth with what is known of it; `shown` is what the cell's format shows of a whole date.

    `on` is the day that ages are reckoned on.
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return _judged(_partial(value, shown), on)
    if isinstance(value, bool | dt.time | dt.timedelta):
        return None, "birth_unreadable"
    if isinstance(value, int | float) and _FIRST_SERIAL <= value <= _LAST_SERIAL:
        return _judged(PartialDate(_SERIAL_ZERO + dt.timedelta(days=int(value))), on)
    text = text_of(value)
    if fold(text) in _NOTHING:
        return None, None
    try:
        return _judged(_date_in(text, on), on)
    except ValueError as error:
        return None, str(error) if str(error).startswith("birth_") else "birth_impossible"


def _partial(day: dt.date, shown: str | None) -> PartialDate:
    if shown == "year":
        return PartialDate(day.replace(month=1, day=1), "year")
    return PartialDate(day.replace(day=1), "month") if shown == "month" else PartialDate(day)


def _date_in(text: str, on: dt.date) -> PartialDate:
    """ValueError for a date that is none; its text is a code when the words themselves make no date."""
    text = re.sub(r"\s*\b(sinh|ngày|ngay)\b[:.]?\s*", " ", text.lower().strip(" '’()."))
    text = re.sub(r"\s*[/.\-]?\s*\b(tháng|thang|năm|nam)\b\s*", "/", text).strip(" /.,")
    text = re.sub(r"[ t]00:00(:00)?(\.0+)?$", "", text)
    if found := _ISO_DATE.fullmatch(text):
        return _made(found[3], found[2], int(found[1]))
    if found := _SOLID_DATE.fullmatch(text) or _DATE.fullmatch(text):
        return _made(found[1], found[2], int(found[3]))
    if found := _SHORT_DATE.fullmatch(text):
        ages = {year: on.year - year for year in (1900 + int(found[3]), 2000 + int(found[3]))}
        working = [year for year, age in ages.items() if age in _WORKING_AGE]
        if not working:
            raise ValueError("birth_unreadable")
        return _made(found[1], found[2], working[0])
    raise ValueError("birth_unreadable")


def _made(day: str | None, month: str | None, year: int) -> PartialDate:
    """00/00/1972 is the year, 00/05/1972 the month."""
    known_month, known_day = int(month or 0), int(day or 0)
    if known_day and not known_month:
        raise ValueError
    precision = "day" if known_day else "month" if known_month else "year"
    return PartialDate(dt.date(year, known_month or 1, known_day or 1), precision)


def years_of_birth(on: dt.date) -> range:
    """The years in which somebody at work on that day can have been born."""
    return range(on.year - _OLDEST, on.year - _YOUNGEST + 1)


def _judged(birth: PartialDate, on: dt.date) -> tuple[PartialDate | None, str | None]:
    if birth.first.year not in years_of_birth(on):
        return None, "birth_far"
    return birth, None


def gender_of(value: Value) -> tuple[str | None, str | None]:
    """ "m" or "f". 0 and 1 are not read: offices number the sexes either way."""
    words = fold(text_of(value))
    if words in _NOTHING:
        return None, None
    gender = "m" if words in _MALE else "f" if words in _FEMALE else None
    return gender, None if gender else "gender_unclear"


def mark_of(value: Value) -> bool | None:
    """Whether a cell of a column "Nam" or "Nữ" is ticked, None when it holds something else."""
    text = text_of(value).lower()
    if text in _MARKS or fold(text) in _MARKS:
        return True
    return False if text in _NO_MARKS or fold(text) in _NO_MARKS else None


def words_of(value: Value) -> str | None:
    """A position or the name of an office as it is written, None for nothing or a dash."""
    text = text_of(value)
    return None if fold(text) in _NOTHING else text


def is_ditto(value: Value) -> bool:
    """Whether the cell says "as above": "nt", "-nt-", "như trên", a sign of repetition."""
    text = text_of(value)
    return bool(text) and (fold(text) in _DITTO_WORDS or set(text) <= _DITTO_SIGNS)


def email_of(value: Value) -> tuple[str | None, str | None]:
    """The first address in the cell."""
    text = text_of(value).removeprefix("mailto:")
    if fold(text) in _NOTHING:
        return None, None
    found = next((part for part in re.split(r"[\s;,/]+", text) if _EMAIL.fullmatch(part)), None)
    return (found, None) if found and text.count("@") <= len(re.split(r"[\s;,/]+", text)) else (None, "email_broken")


def phone_of(value: Value) -> tuple[str | None, str | None]:
    """0 and nine digits; of two numbers the mobile one. A landline (0293 and seven) stands when it is the only one."""
    text = text_of(value)
    if fold(text) in _NOTHING or text == "0":
        return None, None
    text = _PHONE_WORDS.sub(" ", re.sub(r"\((?!\+?\d)[^)]*\)", " ", text)).strip()
    if re.search(r"[^\W\d_]", re.sub(r"\b(hoặc|và)\b", "/", text, flags=re.I)):
        return None, "phone_broken"
    numbers = _numbers_in(re.sub(r"\b(hoặc|và)\b", "/", text, flags=re.I))
    mobile = [number for number in numbers if _MOBILE.fullmatch(number)]
    landline = [number for number in numbers if _LANDLINE.fullmatch(number)]
    found = next(iter(mobile + landline), None)
    return found, None if found else "phone_broken"


def _numbers_in(text: str) -> list[str]:
    """All that can be telephone numbers: parted by the strongest sign that parts them into whole numbers."""
    whole = _national(text)
    if whole:
        return [whole]
    for separator in (r"[/;,|]+", r"\s+[-–]+\s+", r"[-–]+", r"\s+"):
        parts = [part for part in re.split(separator, text) if re.search(r"\d", part)]
        if len(parts) > 1:
            numbers = [number for part in parts for number in _numbers_in(part)]
            if numbers:
                return numbers
    return []


def _national(text: str) -> str | None:
    digits = re.sub(r"[^\d]", "", text)
    for prefix in ("0084", "84"):
        if digits.startswith(prefix) and len(digits) - len(prefix) in (9, 10):
            digits = digits.removeprefix(prefix)
            break
    if not digits.startswith("0"):
        digits = f"0{digits}"
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None


def citizen_of(value: Value, gender: str | None = None, birth: PartialDate | None = None):
    """Twelve digits. Zeros that a spreadsheet dropped are put back only when the row confirms the number.

    The restored number must have a known province and must agree with the year of birth, and with the sex if known.
    Nine digits are the old identity card, which is another number.
    """
    text = text_of(value)
    if fold(text) in _NOTHING:
        return None, None
    digits = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"\d+", digits, re.ASCII):
        return None, "citizen_broken"
    if len(digits) == 12:
        return digits, None
    if len(digits) == 9:
        return None, "citizen_old"
    if len(digits) in (10, 11):
        number = digits.zfill(12)
        sure = birth is not None and number[:3] in PROVINCE_CODES and agrees(number, gender, birth)
        return (number, None) if sure else (None, "citizen_zeros")
    return None, "citizen_broken"
