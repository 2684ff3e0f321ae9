"""What a column is, from the words above it.

A column's words are a path: what stands over several columns first, what stands over this one last. The words that
offices use are in the tables below, folded (small letters, no marks); only where folding would make two words one
("Nam" the sex, "Năm" the year; "Họ" the family name, "Hồ" a person) are marks looked at.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from courses.readers.words import fold, marked_words

NUMBER, NAME, FAMILY, GIVEN = "number", "full_name", "family", "given"
BIRTH, BIRTH_MALE, BIRTH_FEMALE = "birth", "birth_male", "birth_female"
BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR = "birth_day", "birth_month", "birth_year"
GENDER, MALE, FEMALE = "gender", "male", "female"
POSITION, OFFICE, PHONE, EMAIL, CITIZEN = "position", "office", "phone", "email", "citizen_id"

#: The fields that a person may choose for a column whose title is not understood, in the order of the choice.
MAPPABLE = (
    NAME, FAMILY, GIVEN, BIRTH, BIRTH_MALE, BIRTH_FEMALE, BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR, GENDER, MALE, FEMALE,
    POSITION, OFFICE, PHONE, EMAIL, CITIZEN, NUMBER,
)  # fmt: skip
#: What stands instead of a field for a column that is not to be read.
NOT_READ = ""
#: {title as `title_key` gives it: one of MAPPABLE, or NOT_READ}: what a person said of column titles.
Meanings = Mapping[str, str]

_LONGEST_TITLE = 80
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

_EXACT = {
    NUMBER: "stt|tt|so tt|so thu tu|thu tu|st t|no",
    GENDER: "gioi tinh|gt|phai|nam nu|ong ba|danh xung|gender|sex",
    POSITION: "chuc vu|chuc danh|chuc vu don vi|chuc vu don vi cong tac|chuc vu co quan don vi"
    "|chuc vu chuc danh|chuc danh chuc vu|chuc vu hien nay|chuc vu hien tai|cv|position"
    "|chuc vu cong tac|chuc vu dang giu|chuc vu dam nhiem|chuc vu chuc danh cong tac|chuc vu chinh quyen"
    "|chuc vu chuc danh hien nay|chuc vu chuc danh hien tai|cong viec dang lam|cong viec dam nhiem"
    "|nhiem vu|vi tri viec lam|vi tri cong tac|chuc danh cong viec|chuc vu hoac chuc danh",
    OFFICE: "don vi|co quan|don vi cong tac|co quan cong tac|co quan don vi|don vi co quan|noi cong tac|phong ban"
    "|phong ban don vi|don vi phong ban|co quan don vi cong tac|don vi noi cong tac|ten don vi|ten co quan|office"
    "|ten co quan don vi|don vi cu|don vi cu di|don vi cu tham gia|don vi hien cong tac|don vi dang cong tac|phuong xa"
    "|xa phuong|noi lam viec|don vi lam viec|to chuc|don vi quan ly|co quan don vi cu|don vi tham du|thuoc don vi",
    FAMILY: "ho dem|ho va dem|ho ten dem|ho va ten dem|ho lot|ho va lot|ho chu lot|ho va chu lot|ho ten lot"
    "|ho va ten lot|ho chu dem|ho va chu dem|ho dem lot|ho va ten dem lot|family name|last name",
    GIVEN: "ten|first name|given name",
    NAME: "full name|name",
}  # fmt: skip
_BY_EXACT_WORDS = {words: field for field, all_words in _EXACT.items() for words in all_words.split("|")}

_PEOPLE = "hoc vien|can bo|cong chuc|vien chuc|dai bieu|nguoi|thanh vien|nguoi tham du|nguoi duoc cu|khai sinh|in hoa"
_NAME = re.compile(
    rf"(ho (va )?ten|ho chu dem( va)? ten|ten ({_PEOPLE}))( ({_PEOPLE}|chu|viet|day du|va|nguoi hoc|tham du|tham gia))*"
)
_BIRTH = re.compile(
    r"(ngay )?(thang )?(va )?(nam )?sinh( ngay| nam)?|ngay thang|sinh ngay thang nam|ntns|ns|date of birth|birthday|dob"
)
_PHONE = re.compile(r"(so )?(dien thoai|dt|dtdd|sdt|di dong|dd|zalo|phone|tel|mobile)( .*)?|.* (so dien thoai|sdt)")
_EMAIL = re.compile(r"(.* )?(e ?mail|gmail|thu dien tu)( .*)?|hop thu|mail")
_CITIZEN = re.compile(r"(.* )?(cccd|cmnd|cmtnd|cmt|can cuoc|dinh danh|chung minh nhan dan|chung minh thu)( .*)?")
_NOT_CITIZEN = re.compile(r"\b(ngay cap|noi cap|cap ngay|ngay|anh chup|ban sao)\b")


#: Columns that lists have for other ends than saying who comes: titles that begin with these words, or are these.
_OF_NO_USE = re.compile(
    r"(ghi chu|luu y|ky nhan|ky ten|chu ky|xac nhan|diem danh|dan toc|ton giao|quoc tich|que quan|nguyen quan|noi sinh"
    r"|noi o|cho o|thuong tru|tam tru|ho khau|dia chi (nha|lien he|thuong tru|noi o)|trinh do|hoc van|hoc ham|hoc vi"
    r"|chuyen nganh|van bang|bang cap|ngoai ngu|tin hoc|ly luan|bac luong|he so|ma ngach|dang vien|ngay vao dang"
    r"|ngay cap|noi cap|cap ngay|ngay het han|so tai khoan|so tien|thanh tien|ket qua|xep loai|ma so|ma can bo"
    r"|ma hoc vien)( .*)?"
    # A grade; “Ngạch, chức danh” says a position, and is asked.
    r"|ngach( (bac|luong|cong chuc|vien chuc))*"
    r"|co mat|vang mat|dia chi|chuyen mon|chinh tri|quan ly nha nuoc|bac|luong|tien|stk|ngan hang|anh|hinh anh|diem"
    r"|lop|phong o|an trua|tuoi|notes?|remarks?|signature"
)


def title_key(title: str) -> str:
    """What column titles are remembered by: small letters without marks or signs."""
    return fold(title)


def is_of_no_use(path: tuple[str, ...], meanings: Meanings) -> bool:
    """Whether nobody misses a column that is not read: it is known to hold nothing of use, or a person said so."""
    if any(meanings.get(title_key(title)) == NOT_READ for title in (" / ".join(path), path[-1])):
        return True
    return any(_OF_NO_USE.fullmatch(fold(part)) for part in path)


def understood(title: str) -> str | None:
    """The field of a column by its title as it is shown to people, its lines parted by " / "."""
    return field_of(tuple(title.split(" / ")))


#: Titles of name columns have one of these words, in any normal form; of a hundred thousand lines few cells have.
_MAYBE_NAME = re.compile(r"(?:^|[\W_])(?:h[oọ]|t[eê]n|te\u0302n|full|name|family|last)(?![^\W\d_])", re.IGNORECASE)


def may_name_people(text: str) -> bool:
    """A quick no for texts that hold no word of a title of names."""
    return _MAYBE_NAME.search(text) is not None


def names_people(text: str, meanings: Meanings) -> bool:
    """Whether a cell with this text may be the title of a column of names, or the last line of such a title."""
    key = title_key(text)
    if (
        key
        and field_of((text,)) is None
        and any(f in (NAME, FAMILY, GIVEN) and f" {title}".endswith(f" {key}") for title, f in meanings.items())
    ):
        return True
    return meaning_of((text,), meanings) in (NAME, FAMILY)


def meaning_of(path: tuple[str, ...], meanings: Meanings) -> str | None:
    """As `field_of`; only where it has no answer, what a person said of the title (all of it, or its last line).

    What is understood without people is never read as something else because somebody once said so.
    """
    if found := field_of(path):
        return found
    if meanings and path:
        for key in (title_key(" / ".join(path)), title_key(path[-1])):
            if key in meanings:
                return meanings[key] or None
    return None


@lru_cache(maxsize=10_000)
def field_of(path: tuple[str, ...]) -> str | None:
    """The field that a column with these words above it holds, None when it holds none that is read."""
    parts = [part for part in path if fold(_BRACKETS.sub(" ", part))]
    if not parts:
        return None
    last = _field_of_words(parts[-1])
    if len(parts) == 1:
        return last
    above = next((field for part in reversed(parts[:-1]) if (field := _field_of_words(part))), None)
    return _under(above, parts[-1], last) if above else last


def _under(above: str, words: str, last: str | None) -> str | None:
    """What a column with `words` means below a column that is `above`."""
    marked, folded = _words(words), fold(_BRACKETS.sub(" ", words))
    if above == BIRTH:
        parts = {"ngay": BIRTH_DAY, "thang": BIRTH_MONTH, "nu": BIRTH_FEMALE}
        if marked == ("nam",):
            return BIRTH_MALE
        return BIRTH_YEAR if marked == ("năm",) else parts.get(folded, BIRTH if last == BIRTH else None)
    if above == NAME:
        return FAMILY if folded == "ho" else last if last in (NAME, FAMILY, GIVEN) else None
    if above == PHONE:
        return PHONE
    if above == CITIZEN:
        return CITIZEN if folded in ("so", "so the") or last == CITIZEN else None
    return last


def _words(text: str) -> tuple[str, ...]:
    return marked_words(_BRACKETS.sub(" ", text))


def _field_of_words(text: str) -> str | None:
    if len(text) > _LONGEST_TITLE:
        return None
    marked, folded = _words(text), fold(_BRACKETS.sub(" ", text))
    if marked == ("nam",):
        return MALE
    if folded == "nu":
        return FEMALE
    if marked in (("họ",), ("ho",)):
        return FAMILY
    if folded in _BY_EXACT_WORDS:
        return _BY_EXACT_WORDS[folded]
    for field, pattern in ((NAME, _NAME), (BIRTH, _BIRTH), (PHONE, _PHONE), (EMAIL, _EMAIL)):
        if pattern.fullmatch(folded):
            return field
    return CITIZEN if _CITIZEN.fullmatch(folded) and not _NOT_CITIZEN.search(folded) else None
