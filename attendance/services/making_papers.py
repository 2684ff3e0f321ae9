"""The papers of a class as files: each kind as Word and as PDF, and all of them at once.

A host's own template is taken where it has one, else the wording that the software brings along.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.models import WordTemplate
from attendance.rendering.wordings import wording
from attendance.reports.class_papers.fields import fields_of
from attendance.reports.paper_sheets import named_people
from courses.constants.clock import VIETNAM
from courses.constants.errors import Refusal
from courses.constants.printing import STAND_IN
from courses.models import Course, Office
from courses.rendering.word import MADE, fill
from courses.rendering.word_pdf import pdf_of
from courses.services.records import read_file

#: (name of the file without class and ending, title of the PDF), in the order in which a class needs them.
NAMES = {
    ClassPaperKind.PLAN: ("ke-hoach", "Kế hoạch mở lớp"),
    ClassPaperKind.SUMMONS: ("cong-van-cu-tham-du", "Công văn cử người tham dự lớp"),
    ClassPaperKind.TIMETABLE: ("chuong-trinh", "Chương trình lớp"),
    ClassPaperKind.INVITATION: ("giay-moi", "Giấy mời báo cáo viên"),
    ClassPaperKind.CLASS_LIST: ("danh-sach-lop", "Danh sách lớp"),
    ClassPaperKind.SIGN_IN: ("danh-sach-ky-ten", "Danh sách học viên ký tên"),
    ClassPaperKind.DOOR_NOTICE: ("thong-bao", "Thông báo trước cửa hội trường"),
    ClassPaperKind.DECISION: ("quyet-dinh", "Quyết định về việc cấp giấy chứng nhận"),
    ClassPaperKind.REPORT: ("bao-cao-ket-qua", "Báo cáo kết quả lớp"),
}

#: Of the sheets to sign in one PDF: some five seconds and half a gigabyte.
_MOST_LINES = 1_500


def made_paper(course: Course, kind: str, *, at: dt.datetime, as_word: bool = False, **said) -> tuple[str, bytes]:
    """(file name, .docx or PDF) of a paper; `said` as in `fields_of`. What the paper lacks is dots. Refusal when the
    host's template is faulty, and when the decision holds a letter that the PDF cannot show."""
    template = templates_of(course.host_office, [kind])[kind]
    fields = fields_of(course, kind, at=at, **said)
    word = fill(template, fields)
    name = f"{NAMES[ClassPaperKind(kind)][0]}-{course.code}"
    if as_word:
        return f"{name}.docx", word
    return f"{name}.pdf", as_pdf(word, kind, fields, day=said.get("date") or at.astimezone(VIETNAM).date())


def made_decision(course: Course, *, at: dt.datetime, **said) -> tuple[str, bytes]:
    """As `made_paper`. Refusal when nobody would stand on its list."""
    named = named_people(course)
    if not (named.with_reachable if said.get("reachable") else named.certain):
        raise Refusal(_("Nobody of the class has earned a certificate yet: the list would be empty."))
    return made_paper(course, ClassPaperKind.DECISION, at=at, **said)


def as_pdf(word: bytes, kind: str, fields: Mapping[str, Any], *, day: dt.date) -> bytes:
    """The filled file as PDF; drawn again on the same day it is the same file. On a decision every letter must be
    right; elsewhere one that cannot be shown must not keep the others from their paper."""
    return pdf_of(
        word,
        title=NAMES[ClassPaperKind(kind)][1],
        author=" ".join(fields["co_quan"].split()),
        timestamp=dt.datetime.combine(day, dt.time(), VIETNAM),
        instead="" if kind == ClassPaperKind.DECISION else STAND_IN,
    )


def whole_set(course: Course, *, at: dt.datetime, kinds: Iterable[str] = MADE_KINDS, **said) -> bytes:
    """A ZIP with the Word file and the PDF of each kind, numbered in the order in which a class needs them; no decision
    while it would name nobody."""
    nobody = not named_people(course).certain
    kinds = [kind for kind in kinds if not (nobody and kind == ClassPaperKind.DECISION)]
    templates = templates_of(course.host_office, kinds)
    day = at.astimezone(VIETNAM).date()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, kind in enumerate(kinds, 1):
            fields = fields_of(course, kind, at=at, **said)
            word = fill(templates[kind], fields)
            name = f"{place:02d}-{NAMES[ClassPaperKind(kind)][0]}"
            files = [(f"{name}.docx", word)]
            for part, some in _in_parts(fields):
                filled = fill(templates[kind], some) if part else word
                files.append((f"{name}{part}.pdf", as_pdf(filled, kind, some, day=day)))
            for full_name, content in files:
                # All are compressed themselves already.
                archive.writestr(zipfile.ZipInfo(full_name, MADE.timetuple()[:6]), content)
    return out.getvalue()


def _in_parts(fields: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(end of the file's name, fields) of each PDF: of many long sheets to sign each its own, as all in one would take
    more memory than there is, or be refused."""
    sheets = fields.get("to_ky", ())
    if sum(len(sheet["hoc_vien"]) for sheet in sheets) <= _MOST_LINES:
        return [("", fields)]
    return [(f"-{place:02d}", {**fields, "to_ky": [sheet]}) for place, sheet in enumerate(sheets, 1)]


def templates_of(host: Office, kinds: Iterable[str]) -> dict[str, bytes]:
    """By kind the latest template of the host, else the wording of the software. (1 query, and 1 for each own file.)"""
    latest: dict[str, WordTemplate] = {}
    own = WordTemplate.objects.filter(host=host, kind__in=list(kinds)).select_related("file").order_by("version")
    for template in own:
        latest[template.kind] = template
    return {
        kind: read_file(latest[kind].file) if kind in latest and latest[kind].file else wording(kind) for kind in kinds
    }
