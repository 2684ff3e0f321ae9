"""The whole file of a class as the archive gets it: what lies where, and its index."""

import datetime as dt
from itertools import groupby

from attendance.rendering.class_file_index import IndexLine, word_index
from attendance.rendering.paper_zip import file_name, unlike
from attendance.reports.class_file import CERTIFICATES, Filed, certificates_of
from attendance.reports.paper_sheets import class_in_words, heading_on
from courses.constants.media_types import ending_of
from courses.constants.partial_dates import official_date
from courses.models import Course


def placed(lines: list[Filed]) -> list[tuple[Filed, str]]:
    """Each line with its name in the ZIP, "" for one without a file; numbered within its folder, no name twice."""
    seen: dict[str, int] = {}
    counted: dict[str, int] = {}
    found = []
    for line in lines:
        counted[line.folder] = counted.get(line.folder, 0) + 1
        ending = ending_of(line.file.media_type) if line.file else ""
        name = f"{line.folder}/{file_name(f'{counted[line.folder]:02d} {line.name}')}{ending}"
        found.append((line, unlike(name, seen) if line.file else ""))
    return found


def index_of(course: Course, files: list[tuple[Filed, str]], *, day: dt.date) -> bytes:
    """The index as a Word file, under the host's heading of the day. (3 queries.)"""
    heading = heading_on(course.host_office, day, course.ends_on)
    body = heading.body if heading else course.host_office.name
    folders = [
        (folder, [_line(line, path, body) for line, path in lines])
        for folder, lines in groupby(files, key=lambda entry: entry[0].folder)
    ]
    if certificates := _certificates(course, body):
        folders.append((CERTIFICATES, [certificates]))
    return word_index(
        superior=heading.superior if heading else "",
        body=body,
        place_and_date=f"{heading.place if heading else '……'}, {official_date(day)}",
        course=class_in_words(course),
        folders=folders,
    )


def _line(line: Filed, path: str, body: str) -> IndexLine:
    """A paper that names nobody is the host's own."""
    author = line.author or (body if line.is_paper else "")
    note = line.note or ("" if path else "Chưa có tệp")
    return IndexLine(line.number, f"{line.date:%d/%m/%Y}" if line.date else "", line.title, author, note)


def _certificates(course: Course, body: str) -> IndexLine | None:
    """One line for all of them, from the first number to the last."""
    numbers = [paper.facts["number"] for paper in certificates_of(course).only("facts", "book", "number")]
    if not numbers:
        return None
    spans = numbers[0] if len(numbers) == 1 else f"{numbers[0]} đến {numbers[-1]}"
    return IndexLine(spans, "", f"Giấy chứng nhận đã cấp ({len(numbers):02d} bản)", body, "")
