"""The papers of a class as files: each kind as Word and as PDF, and all of them at once.

A host's own template is taken where it has one, else the wording that the software brings along.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
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
from courses.rendering.word import fill
from courses.rendering.word_pdf import pdf_of
from courses.services.records import read_file

logger = logging.getLogger(__name__)

#: The names of files, without class and ending.
FILE_NAMES = {
    ClassPaperKind.PLAN: "ke-hoach",
    ClassPaperKind.SUMMONS: "cong-van-cu-tham-du",
    ClassPaperKind.TIMETABLE: "chuong-trinh",
    ClassPaperKind.INVITATION: "giay-moi",
    ClassPaperKind.CLASS_LIST: "danh-sach-lop",
    ClassPaperKind.SIGN_IN: "danh-sach-ky-ten",
    ClassPaperKind.DOOR_NOTICE: "thong-bao",
    ClassPaperKind.DECISION: "quyet-dinh",
    ClassPaperKind.REPORT: "bao-cao-ket-qua",
}
#: Of the sheets to sign in one PDF: some six seconds and a gigabyte, of a process that ends with it.
_MOST_LINES = 5_000


@dataclass(frozen=True)
class _Filled:
    """A template with the fields of a class in it."""

    kind: ClassPaperKind
    template: bytes
    fields: Mapping[str, Any]
    day: dt.date

    @cached_property
    def word(self) -> bytes:
        return fill(self.template, self.fields)

    @cached_property
    def pdf(self) -> bytes:
        """The filled file as PDF; drawn again on the same day it is the same file. On a decision every letter must be
        right; elsewhere one that cannot be shown must not keep the others from their paper."""
        return pdf_of(
            self.word,
            title=self.kind.on_paper,
            author=" ".join(self.fields["co_quan"].split()),
            timestamp=dt.datetime.combine(self.day, dt.time(), VIETNAM),
            instead="" if self.kind == ClassPaperKind.DECISION else STAND_IN,
        )

    @property
    def is_too_long(self) -> bool:
        return sum(len(sheet["hoc_vien"]) for sheet in self.fields.get("to_ky", ())) > _MOST_LINES

    def pdfs(self) -> Iterator[tuple[str, bytes]]:
        """(end of the file's name, PDF); of too many sheets to sign each is one of its own."""
        if not self.is_too_long:
            yield "", self.pdf
            return
        for place, sheet in enumerate(self.fields["to_ky"], 1):
            yield f"-{place:02d}", replace(self, fields={**self.fields, "to_ky": [sheet]}).pdf


def made_paper(course: Course, kind: str, *, at: dt.datetime, as_word: bool = False, **said) -> tuple[str, bytes]:
    """(file name, .docx or PDF) of a paper; `said` as in `fields_of`. What the paper lacks is dots. Refusal when the
    host's template is faulty, when the decision holds a letter that the PDF cannot show, and when the sheets to sign
    are too many for one PDF."""
    paper = _filled(course, [kind], at=at, **said)[0]
    name = f"{FILE_NAMES[paper.kind]}-{course.code}"
    if as_word:
        return f"{name}.docx", paper.word
    if paper.is_too_long:
        text = _("So many sheets to sign do not go into one PDF. Please choose a half-day, or take them as Word.")
        raise Refusal(text)
    return f"{name}.pdf", paper.pdf


def made_decision(course: Course, *, at: dt.datetime, **said) -> tuple[str, bytes]:
    """As `made_paper`. Refusal when nobody would stand on its list."""
    named = named_people(course)
    if not (named.with_reachable if said.get("reachable") else named.certain):
        raise Refusal(_("Nobody of the class has earned a certificate yet: the list would be empty."))
    return made_paper(course, ClassPaperKind.DECISION, at=at, **said)


def whole_set(
    course: Course, *, at: dt.datetime, kinds: Iterable[str] = MADE_KINDS, **said
) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the Word file and the PDF of each kind, numbered in the order in which a class needs them; no
    decision while it would name nobody. Refusal for a faulty template and for the decision, as of `made_paper`; what is
    left is drawn as it is asked for, without the database, and in the place of a PDF that cannot be a text says why."""
    nobody = not named_people(course).certain
    papers = _filled(course, [one for one in kinds if not (nobody and one == ClassPaperKind.DECISION)], at=at, **said)
    for paper in papers:
        # What may be refused is made now; the others' words alone.
        _made = paper.pdf if paper.kind == ClassPaperKind.DECISION else paper.word
    return _files(papers)


def _filled(course: Course, kinds: Iterable[str], *, at: dt.datetime, **said) -> list[_Filled]:
    kinds = list(kinds)
    templates = templates_of(course.host_office, kinds)
    day = said.get("date") or at.astimezone(VIETNAM).date()
    return [
        _Filled(ClassPaperKind(kind), templates[kind], fields_of(course, kind, at=at, **said), day) for kind in kinds
    ]


def _files(papers: list[_Filled]) -> Iterator[tuple[str, bytes]]:
    for place, paper in enumerate(papers, 1):
        name = f"{place:02d}-{FILE_NAMES[paper.kind]}"
        yield f"{name}.docx", paper.word
        try:
            for part, content in paper.pdfs():
                yield f"{name}{part}.pdf", content
        # Half of the ZIP is on its way already. Ended here, it would come as a whole one that nothing opens.
        except Refusal as refusal:
            yield f"{name}-khong-co-PDF.txt", str(refusal.sentence).encode()
        except Exception:
            logger.exception("The PDF of a %s could not be drawn.", paper.kind)
            text = _(
                "This PDF could not be drawn. Please take the Word file beside it, "
                "and tell the administrator of the site."
            )
            yield f"{name}-khong-co-PDF.txt", text.encode()


def templates_of(host: Office, kinds: Iterable[str]) -> dict[str, bytes]:
    """By kind the latest template of the host, else the wording of the software. (1 query, and 1 for each own file.)"""
    latest: dict[str, WordTemplate] = {}
    own = WordTemplate.objects.filter(host=host, kind__in=list(kinds)).select_related("file").order_by("version")
    for template in own:
        latest[template.kind] = template
    return {
        kind: read_file(latest[kind].file) if kind in latest and latest[kind].file else wording(kind) for kind in kinds
    }
