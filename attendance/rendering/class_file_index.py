"""The index of a class file (mục lục văn bản trong hồ sơ) as a Word file, with the columns that archives ask for."""

from collections.abc import Sequence
from dataclasses import dataclass

from courses.rendering.heading import in_lines
from courses.rendering.official import CENTRE, Column, OfficialPaper

_COLUMNS = (
    Column("STT", 12, CENTRE),
    Column("Số, ký hiệu", 32),
    Column("Ngày tháng", 25, CENTRE),
    Column("Tên loại và trích yếu nội dung", 46),
    Column("Tác giả", 28),
    Column("Ghi chú", 22),
)


@dataclass(frozen=True)
class IndexLine:
    """A line; empty texts where a paper has none."""

    number: str
    date: str
    title: str
    author: str
    note: str


def word_index(
    *, superior: str, body: str, place_and_date: str, course: str, folders: Sequence[tuple[str, Sequence[IndexLine]]]
) -> bytes:
    """The .docx. `folders`: (name of the folder in the ZIP, its lines); papers are numbered through all of them."""
    paper = OfficialPaper(title="Mục lục hồ sơ", author=body)
    paper.head(superior=in_lines(superior.upper()), body=in_lines(body.upper()), place_and_date=place_and_date)
    paper.title("MỤC LỤC HỒ SƠ", course)
    rows: list[str | list[str]] = []
    number = 0
    for name, lines in folders:
        rows.append(name)
        for line in lines:
            number += 1
            rows.append([str(number), line.number, line.date, line.title, line.author, line.note])
    paper.table(_COLUMNS, rows)
    paper.paragraph(f"Hồ sơ có {number:02d} văn bản, tài liệu./.")
    paper.signing(powers="NGƯỜI LẬP HỒ SƠ", name="")
    return paper.as_bytes()
