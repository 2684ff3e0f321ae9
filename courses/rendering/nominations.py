"""The list with which an office names its people (Danh sách cử … kèm theo Công văn số …), for signature.

Laid out by Nghị định 30/2020/NĐ-CP as an appendix to a letter: the heading of the office, the title, the letter that it
goes with, a table, how many people it holds, who made it and who signs. It has no citizen numbers.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from courses.constants.partial_dates import NO_DATE, official_date
from courses.constants.printing import with_stand_ins
from courses.rendering.class_names import class_named, in_a_sentence
from courses.rendering.heading import head_of, in_two
from courses.rendering.paper import draw, in_texts

_TEMPLATE = Path(__file__).parent / "papers" / "nominations.typ"
#: What is filled in by hand when the letter has no number yet.
_NO_NUMBER = "……/……"


@dataclass(frozen=True)
class NamedPerson:
    """One line. `year` is "" where it is filled in by hand; `gender` m, f or "" says in which column it stands."""

    name: str
    position: str = ""
    gender: str = ""
    year: str = ""
    blocks: str = ""


@dataclass(frozen=True)
class NominationList:
    """What the paper says. `course_kind` is of `class_names.KINDS`."""

    superior: str
    body: str
    office: str
    course_title: str
    people: tuple[NamedPerson, ...]
    course_kind: str = "tập huấn"
    letter_number: str = ""
    letter_date: dt.date | None = None
    has_blocks: bool = False


def draw_nominations(facts: NominationList, *, timestamp: dt.datetime) -> bytes:
    """The list as PDF/A-2a. What cannot be printed, which only old data hold, has a visible sign in its place: one such
    name must not keep the others of the office from their list. A certificate refuses it."""
    date = official_date(facts.letter_date) if facts.letter_date else NO_DATE
    course = in_a_sentence(class_named(facts.course_title, facts.course_kind))
    subject = f"Cử cán bộ, công chức, viên chức tham dự {course}"
    data = {
        "document_title": f"Danh sách {subject[0].lower()}{subject[1:]}",
        "author": facts.body.upper(),
        **head_of(facts.superior, facts.body),
        "title": "DANH SÁCH",
        "subject": subject,
        "attached": f"(Kèm theo Công văn số {facts.letter_number or _NO_NUMBER} {date} của",
        "office": in_two(facts.office),
        "columns": ["blocks"] if facts.has_blocks else [],
        "people": [_line(number, person) for number, person in enumerate(facts.people, 1)],
        "total": f"Danh sách có {len(facts.people):02d} người./.",
        "made_by": "Người lập biểu",
        "head": "THỦ TRƯỞNG ĐƠN VỊ",
    }
    return draw(_TEMPLATE, in_texts(with_stand_ins, data), timestamp=timestamp)


def _line(number: int, person: NamedPerson) -> dict[str, str]:
    return {
        "number": str(number),
        "name": person.name,
        "man": person.year if person.gender != "f" else "",
        "woman": person.year if person.gender == "f" else "",
        "position": person.position,
        "blocks": person.blocks,
    }
