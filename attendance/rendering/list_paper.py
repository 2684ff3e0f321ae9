"""A list as it goes on paper, whichever file it becomes: its heads, its lines, who signs. In Vietnamese whatever the
screen speaks."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Literal

from attendance.rules.lists import Col, ListKind, Signing
from courses.constants.money_words import with_dots
from courses.rendering.ruled import width

Value = str | int | Decimal
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True)
class Head:
    """The head of a column. `width` in mm before all are scaled to the page; `over` is a title above this one and its
    neighbours with the same; `money`: whole numbers are amounts; `whole`: its texts are never broken over two lines."""

    title: str
    width: float
    align: Align = "left"
    over: str = ""
    money: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Line:
    """One row. A `group` has one cell over the whole table; a `total` one over the columns that it leaves out."""

    cells: tuple[Value, ...]
    kind: Literal["person", "group", "total"] = "person"


@dataclass(frozen=True)
class ListPaper:
    """`below` are sentences under the table; `to_sign`: lines are high enough for a signature."""

    superior: str
    body: str
    place_and_date: str
    title: str
    subtitle: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    below: tuple[str, ...]
    signers: tuple[Signing, ...]
    landscape: bool
    to_sign: bool
    day: dt.date

    @property
    def rows_of_heads(self) -> list[list[str]]:
        """One row of titles, or two where a title stands above others."""
        titles = [head.title for head in self.heads]
        if not any(head.over for head in self.heads):
            return [titles]
        return [[head.over or head.title for head in self.heads], titles]

    @property
    def spans(self) -> list[tuple[str, int, int]]:
        """Of the upper row of heads: (title above others or "", first column, last column), from 0."""
        found, at = [], 0
        for over, some in groupby(self.heads, key=lambda head: head.over):
            count = len(list(some))
            if over:
                found.append((over, at, at + count - 1))
            else:
                found += [("", place, place) for place in range(at, at + count)]
            at += count
        return found


def said(value: Value, head: Head | None = None) -> str:
    """The value as it is written: amounts with dots, parts of a number behind a comma."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}".replace(".", ",")
    if isinstance(value, int):
        return with_dots(value) if head and head.money else str(value)
    return value


def total_cells(line: Line, columns: int) -> tuple[int, Sequence[Value]]:
    """(how many columns its words take, the cells after them) of a line of totals."""
    rest = line.cells[1:]
    return columns - len(rest), rest


def column_widths(paper: ListPaper) -> list[float]:
    """In mm, of the columns that fill the page: those that are not broken have what they need, the others share the
    rest. Where that would leave less than half of the room to the others, all are made narrower."""
    room = _ROOM[paper.landscape]
    wanted = [head.width for head in paper.heads]
    for at, head in enumerate(paper.heads):
        if head.whole:
            texts = [str(line.cells[at]) for line in paper.lines if line.kind == "person"]
            wanted[at] = max([width(text, _POINTS) + _ASIDE for text in texts], default=head.width)
    kept = sum(have for have, head in zip(wanted, paper.heads, strict=True) if head.whole)
    rest = sum(wanted) - kept
    if not rest or kept > room / 2:
        return [have * room / sum(wanted) for have in wanted]
    scale = (room - kept) / rest
    return [have if head.whole else have * scale for have, head in zip(wanted, paper.heads, strict=True)]


#: Of the letters in a table; millimetres beside a text in its cell.
_POINTS, _ASIDE = 12, 3.5
#: Millimetres between the margins: upright, across.
_ROOM = {False: 165, True: 252}

#: Widths are those of the registration forms in use; a year of birth stands under Nam or Nữ and so says the gender.
HEADS: dict[str, tuple[Head, ...]] = {
    Col.NUMBER: (Head("STT", 14, "centre"),),
    Col.NAME: (Head("Họ và tên", 44),),
    Col.FAMILY_MIDDLE: (Head("Họ và tên đệm", 34),),
    Col.GIVEN: (Head("Tên", 17),),
    Col.BIRTH: (Head("Ngày sinh", 24, "centre", whole=True),),
    Col.BIRTH_YEAR: (Head("Nam", 16.5, "centre", over="Năm sinh"), Head("Nữ", 16.5, "centre", over="Năm sinh")),
    Col.GENDER: (Head("Giới tính", 14, "centre"),),
    Col.POSITION: (Head("Chức vụ", 34),),
    Col.OFFICE: (Head("Đơn vị công tác", 42),),
    Col.STAFF: (Head("Đối tượng", 26),),
    Col.FIELDS: (Head("Lĩnh vực phụ trách", 38),),
    Col.BLOCKS: (Head("Khối nội dung", 20, "centre"),),
    Col.PHONE: (Head("Số điện thoại", 27, "centre", whole=True),),
    Col.EMAIL: (Head("Email", 42),),
    Col.PRESENT: (Head("Số buổi có mặt", 18, "centre"),),
    Col.PERIODS: (Head("Số tiết", 14, "centre"),),
    Col.RESULT: (Head("Kết quả", 26, "centre"),),
    Col.CERTIFICATE: (Head("Số giấy chứng nhận", 32, "centre"),),
}
#: Of an empty column, by how long its title is.
OWN_WIDTH = 27.0
READY_COLUMNS = ("Ký nhận tài liệu", "Ký nhận tiền ăn", "Phòng nghỉ", "Ghi chú")
TITLES = {
    ListKind.PEOPLE: "Danh sách học viên",
    ListKind.MONEY: "Danh sách ký nhận tiền",
    ListKind.SPEAKERS: "Bảng thanh toán tiền báo cáo viên",
}
SIGNERS = {
    ListKind.PEOPLE: (Signing("Người lập biểu"), Signing("Thủ trưởng đơn vị")),
    ListKind.MONEY: (Signing("Người lập"), Signing("Kế toán"), Signing("Thủ trưởng đơn vị")),
    ListKind.SPEAKERS: (Signing("Người lập"), Signing("Kế toán"), Signing("Thủ trưởng đơn vị")),
}
