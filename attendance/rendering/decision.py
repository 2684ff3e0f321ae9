"""The decision by which certificates are given (quyết định về việc cấp giấy chứng nhận) with its list, as PDF.

Laid out by Nghị định 30/2020/NĐ-CP, annexes I and III. What an office has not filled in yet stands as dots.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from attendance.rendering.register_book import MOTTO, NATION
from courses.constants.partial_dates import official_date
from courses.rendering.nominations import in_two
from courses.rendering.paper import draw

_TEMPLATE = Path(__file__).parent / "papers" / "decision.typ"
NO_NUMBER, NO_ABBREVIATION, NO_DATE = "……/QĐ-", "……", "ngày …… tháng …… năm ……"


@dataclass(frozen=True)
class NamedInDecision:
    """One line of the list; `number` in the register is "" when none was taken yet."""

    name: str
    birth: str
    position: str
    office: str
    number: str = ""


@dataclass(frozen=True)
class Decision:
    """`kind` is "giấy chứng nhận"; `course` the class in words; `held` its days; `deciding` who decides
    ("Chủ tịch Ủy ban nhân dân …"); `bases` lines of căn cứ as typed; `abbreviation` of the number that is not known yet
    ("UBND"); `all_completed`: nobody has something left to come to."""

    superior: str
    body: str
    place: str
    kind: str
    course: str
    held: str
    deciding: str
    bases: tuple[str, ...]
    sign_lines: tuple[str, ...]
    signer: str
    people: tuple[NamedInDecision, ...]
    number: str = ""
    date: dt.date | None = None
    abbreviation: str = ""
    all_completed: bool = True


def draw_decision(paper: Decision, *, timestamp: dt.datetime) -> bytes:
    """The decision and its list as PDF/A-2a. Refusal, naming the text, when the font lacks a letter."""
    number = paper.number or NO_NUMBER + (paper.abbreviation or NO_ABBREVIATION)
    day = official_date(paper.date) if paper.date else NO_DATE
    completed = "đã hoàn thành" if paper.all_completed else "hoàn thành"
    numbered = any(person.number for person in paper.people)
    course = f"{paper.course[0].lower()}{paper.course[1:]}"
    data = {
        "document_title": f"Quyết định về việc cấp {paper.kind}",
        "author": paper.body.upper(),
        "superior": in_two(paper.superior.upper()),
        "body": in_two(paper.body.upper()),
        "nation": NATION,
        "motto": MOTTO,
        "number": number,
        "place_and_date": f"{paper.place}, {day}",
        "title": "QUYẾT ĐỊNH",
        "subject": f"Về việc cấp {paper.kind} hoàn thành {course}",
        "authority": [paper.deciding.upper()],
        "bases": _ended(paper.bases),
        "decides": "QUYẾT ĐỊNH:",
        "articles": [
            [
                "Điều 1.",
                f"Cấp {paper.kind} cho {len(paper.people):02d} học viên {completed} {course}, {paper.held} "
                "(có danh sách kèm theo).",
            ],
            [
                "Điều 2.",
                f"Việc quản lý, vào sổ và phát {paper.kind} thực hiện theo quy định.",
            ],
            [
                "Điều 3.",
                "Thủ trưởng các cơ quan, đơn vị có liên quan và các học viên có tên trong danh sách chịu trách nhiệm "
                "thi hành Quyết định này kể từ ngày ký./.",
            ],
        ],
        "to": "Nơi nhận:",
        "recipients": ["- Như Điều 3;", "- Lưu: VT, hồ sơ lớp."],
        "sign_lines": list(paper.sign_lines),
        "signer": paper.signer,
        "list_title": "DANH SÁCH",
        "list_subject": f"Học viên được cấp {paper.kind} hoàn thành {course}",
        # No line ends within the middle part.
        "attached": ["(Kèm theo Quyết định", f"số {number} {day}", f"của {paper.deciding})"],
        "heads": ["STT", "Họ và tên", "Ngày sinh", "Chức vụ", "Đơn vị", *(["Số vào sổ"] if numbered else [])],
        "lines": [
            [str(place), one.name, one.birth, one.position, one.office, *([one.number] if numbered else [])]
            for place, one in enumerate(paper.people, 1)
        ],
        "total": f"Danh sách có {len(paper.people):02d} người./.",
    }
    return draw(_TEMPLATE, data, timestamp=timestamp.replace(microsecond=0))


def _ended(bases: tuple[str, ...]) -> list[str]:
    """Each ends with a semicolon, the last with a full stop (NĐ 30/2020, annex I)."""
    lines = [line.strip().rstrip(";.") for line in bases if line.strip()]
    return [f"{line}{'.' if place == len(lines) else ';'}" for place, line in enumerate(lines, 1)]
