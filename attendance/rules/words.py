"""What each kind of paper is called and how it speaks, as long as the site has no words of its own for it."""

import re
from dataclasses import dataclass

from attendance.constants import PaperKind


@dataclass(frozen=True)
class Words:
    """`completed` stands before the class, which the paper then names (“Đã hoàn thành” + “lớp tập huấn:”);
    `addressed` before “ông (bà)”; `abbreviation` in the numbers of a new register book."""

    title: str
    abbreviation: str
    completed: str = "Đã hoàn thành"
    addressed: str = "Cấp cho"
    needs_authority: bool = False
    replaced_by: str = PaperKind.CONFIRMATION
    working_days: int = 5


#: Only institutions that are authorised to train issue a *chứng chỉ*; what replaces a lost paper is no second original
#: but a confirmation of the same value, within five working days (Circulars 01/2018 and 03/2023/TT-BNV).
DEFAULT_WORDS = {
    PaperKind.ATTESTATION: Words("Giấy chứng nhận", "GCN"),
    PaperKind.CERTIFICATE: Words("Chứng chỉ", "CC", needs_authority=True),
    PaperKind.CONFIRMATION: Words("Giấy xác nhận hoàn thành khóa học", "GXN", addressed="Xác nhận"),
}


def number_format(words: Words) -> str:
    """How the numbers of a new book of this kind are printed: 015/2022/GXN."""
    return "{number:03d}/{year}/" + words.abbreviation.replace("{", "{{").replace("}", "}}")


def carried_over(form: str, *, year: int, to: int) -> str:
    """The form of one year's book for a later year: "{number:02d}/26.PNV-GCN" of 2026 gives "{number:02d}/27.PNV-GCN".

    "" where the year does not stand in it once, whole or as two digits: carried over, the numbers of two years would be
    printed alike.
    """
    if "{year}" in form:
        return form
    for old, new in ((f"{year}", f"{to}"), (f"{year % 100:02d}", f"{to % 100:02d}")):
        # The digits of {number:02d} are no part of what is printed.
        found = re.findall(rf"(?<![0-9:]){old}(?![0-9])", form)
        if found:
            return re.sub(rf"(?<![0-9:]){old}(?![0-9])", new, form) if len(found) == 1 else ""
    return ""


def format_by_example(printed: str, number: int) -> str:
    """The form in which `number` is printed like this: "015/2026/GCN" of 15 gives "{number:03d}/2026/GCN".

    A book is of one year, which stands in it as written. ValueError when the number does not stand in it once, or
    beside other signs than those that are read aloud, typed and made part of the name of a file.
    """
    runs = [run for run in re.finditer(r"[0-9]+", printed) if int(run[0]) == number]
    if len(runs) != 1 or not re.fullmatch(r"[\w /.-]+", printed):
        raise ValueError(printed)
    start, end = runs[0].span()
    return f"{printed[:start]}{{number:0{end - start}d}}{printed[end:]}"
