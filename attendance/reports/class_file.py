"""What is in the file of a class (hồ sơ lớp): its papers and all that came to it signed, in the order of the index; and
which paper a number means."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from attendance.constants import IN_HANDS, MADE_KINDS, ClassPaperKind
from attendance.models import Certificate, ClassPaper, Completion, Event, LeaveRequest, SheetPaper
from courses.constants.clock import VIETNAM
from courses.constants.names import clean_text
from courses.models import Course, File, OfficeAnswer
from courses.rendering.days import HALF_NAMES

#: The folders of the file, as an archive has them: what the class was held by, what came in, what was signed.
PAPERS, LETTERS, SHEETS, PROOFS, CERTIFICATES = (
    "1 Văn bản của lớp",
    "2 Công văn của các đơn vị",
    "3 Danh sách ký tên",
    "4 Xin phép vắng và học bù",
    "5 Giấy chứng nhận",
)


@dataclass(frozen=True)
class Filed:
    """One line of the index. `file` is without its bytes; None where a paper was entered without one. `name`: of the
    file without its ending."""

    folder: str
    title: str
    name: str
    number: str = ""
    date: dt.date | None = None
    author: str = ""
    file: File | None = None
    note: str = ""

    @property
    def is_paper(self) -> bool:
        """Entered by hand into the file; the others come from where they were taken in."""
        return self.folder == PAPERS


def papers_in_file(course: Course):
    """The papers of the class that were not taken out, in the order of their dates; those without one come last."""
    papers = ClassPaper.objects.filter(course=course, removed_at__isnull=True)
    papers = papers.select_related("file", "signed", "made_by").defer("file__content", "signed__content")
    return sorted(papers.order_by("pk"), key=lambda paper: (paper.date is None, paper.date or dt.date.min, paper.pk))


def file_of_class(course: Course) -> list[Filed]:
    """All lines but the certificates, which are a line of their own (`certificates_of`). (5 queries.)"""
    return [*_papers(course), *_letters(course), *_sheets(course), *_proofs(course)]


def certificates_of(course: Course):
    """The papers of the class that are in people's hands, in register order."""
    papers = Certificate.objects.filter(registration__course=course, state__in=IN_HANDS, pdf__isnull=False)
    return papers.in_register_order()


def pointing_to(course: Course) -> dict[int, dict[str, int]]:
    """What rests on each paper of the file: {id of the paper: {"issued", "ended", "cases": how many}}. (3 queries.)"""
    found: dict[int, dict[str, int]] = {}
    certificates = Certificate.objects.filter(registration__course=course)
    cases = Completion.objects.filter(registration__course=course)
    for what, rows, column in (
        ("issued", certificates, "decision"),
        ("ended", certificates, "ended_paper"),
        ("cases", cases, "override_paper"),
    ):
        counted = rows.filter(**{f"{column}__isnull": False}).order_by().values_list(column).annotate(n=Count("pk"))
        for paper, count in counted:
            found.setdefault(paper, {})[what] = count
    return found


def paper_with_number(course: Course | int | None, number: str, date: dt.date | None = None) -> ClassPaper | None:
    """The paper of the file that a decision names by its number, and by its date where both say one; the latest."""
    number = clean_text(number)
    if course is None or not number:
        return None
    found = ClassPaper.objects.filter(course=course, number=number, removed_at__isnull=True).order_by("-pk")
    return next((paper for paper in found if date is None or paper.date in (None, date)), None)


def paper_named_in(course: Course, words: str) -> ClassPaper | None:
    """The paper of the file whose number stands in words such as "12/QĐ-UBND ngày 20/6/2026"; the longest number."""
    filed = ClassPaper.objects.filter(course=course, removed_at__isnull=True).exclude(number="").order_by("pk")
    named = [paper for paper in filed if says_number(words, paper.number)]
    return max(named, key=lambda paper: (len(paper.number), paper.pk), default=None)


def says_number(words: str, number: str) -> bool:
    """Whether a number stands in the words by itself: 2/QĐ-UBND does not stand in 12/QĐ-UBND."""
    return f" {number} " in f" {clean_text(words).replace(',', ' ').replace(';', ' ').replace('.', ' ')} "


def _papers(course: Course) -> Iterator[Filed]:
    for paper in papers_in_file(course):
        kind = ClassPaperKind(paper.kind).on_paper
        named = paper.kind in MADE_KINDS or not paper.summary  # “Văn bản khác” says less than what the paper is about
        title = ". ".join(filter(None, (kind if named else "", paper.summary)))
        name = " ".join(filter(None, (kind, paper.number)))
        note = "Bản đã ký" if paper.signed else "Chưa có bản đã ký"
        yield Filed(PAPERS, title, name, paper.number, paper.date, paper.author, paper.signed or paper.file, note)


def _letters(course: Course) -> Iterator[Filed]:
    answers = OfficeAnswer.objects.filter(course=course, signed_copy__isnull=False)
    answers = answers.select_related("office", "signed_copy").defer("signed_copy__content")
    for answer in answers.order_by("office__order", "office__code"):
        name = " ".join(filter(None, (answer.office.name, answer.letter_number)))
        title = "Công văn, danh sách cử tham dự"
        yield Filed(
            LETTERS, title, name, answer.letter_number, answer.letter_date, answer.office.name, answer.signed_copy
        )


def _sheets(course: Course) -> Iterator[Filed]:
    papers = SheetPaper.objects.filter(sheet__session__course=course).select_related("sheet__session", "file")
    for paper in papers.defer("file__content").order_by("sheet__session__starts_at", "sheet_id", "kept_at", "pk"):
        session = paper.sheet.session
        half = HALF_NAMES[session.half]
        title = f"Danh sách học viên ký tên buổi {half} ngày {session.date:%d/%m/%Y}"
        yield Filed(SHEETS, title, f"{session.date:%Y-%m-%d} buổi {half}", date=session.date, file=paper.file)


def _proofs(course: Course) -> Iterator[Filed]:
    leaves = LeaveRequest.objects.filter(registration__course=course, paper__isnull=False)
    leaves = leaves.select_related("registration__trainee", "paper").defer("paper__content").order_by("asked_at", "pk")
    for leave in leaves:
        day = leave.asked_at.astimezone(VIETNAM).date()
        yield _proof("Đơn xin phép vắng", leave.registration, day, leave.paper)
    events = Event.objects.filter(registration__course=course, paper__isnull=False)
    events = (
        events.select_related("registration__trainee", "paper").defer("paper__content").order_by("arrived_at", "pk")
    )
    seen: set[tuple[int, int]] = set()
    for event in events:
        if event.registration is None or (key := (event.registration.pk, event.paper_id)) in seen:
            continue
        seen.add(key)
        day = event.arrived_at.astimezone(VIETNAM).date()
        yield _proof("Giấy tờ học bù", event.registration, day, event.paper)


def _proof(what: str, registration, day: dt.date, file: File) -> Filed:
    who = registration.trainee.full_name
    return Filed(PROOFS, f"{what} của {who}", f"{what} {who}", date=day, author=registration.office_name, file=file)
