"""What the papers about certificates say: the register of a book, the list to sign; whom a decision names.

In Vietnamese whatever the screen speaks; what was frozen is taken as it was frozen.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import override

from attendance.constants import CertificateState, ClassPaperKind, PaperKind, Replacing, Revocation
from attendance.models import Certificate, ClassPaper, RegisterBook
from attendance.rendering.hand_over_list import HandOverList, ToSignFor
from attendance.rendering.register_book import BookEntry, BookPaper
from attendance.reports.papers import Candidate, candidates
from courses.constants.choices import GENDERS, CourseKind
from courses.constants.partial_dates import PartialDate
from courses.models import Course, Heading, Office
from courses.rendering.class_names import KINDS, class_named

#: Who decides together, so that one of them signs on behalf of all.
_TOGETHER = ("ủy ban", "ban ", "hội đồng", "hội ")
_STRUCK = (CertificateState.VOID, CertificateState.REVOKED, CertificateState.REPLACED)
_ENDED = {
    CertificateState.VOID: "hủy {count:02d} số",
    CertificateState.REVOKED: "thu hồi {count:02d} số",
    CertificateState.REPLACED: "thay {count:02d} số",
}
_IN_PLACE = {
    Replacing.ERROR: "Cấp lại do sai sót, thay",
    Replacing.LOST: "Xác nhận do mất, hỏng, thay",
    Replacing.ANEW: "Cấp mới theo quyết định, sau khi thu hồi",
}


def register_of(book: RegisterBook, *, day: dt.date) -> BookPaper:
    """Every entry of a book in its order, with what became of it. (2 queries.)"""
    papers = list(book.certificates.select_related("replaces", "replaced_by", "registration").order_by("number"))
    heading = heading_on(book.issuer, day, *(paper.issue_date for paper in papers[-1:]))
    return BookPaper(
        superior=heading.superior if heading else "",
        body=heading.body if heading else book.issuer.name,
        place=heading.place if heading else "……",
        title=f"Sổ cấp {kind_in_words(book.kind)}",
        subject=f"Năm {book.year}",
        entries=tuple(_entry(paper) for paper in papers),
        totals=tuple(_totals(papers)),
    )


def hand_over_list_of(course: Course, papers: Iterable[Certificate], *, day: dt.date) -> HandOverList:
    """The papers of a class (with their registrations and books) as a list to sign. (1 query.)"""
    papers = list(papers)
    heading = heading_on(course.host_office, day, course.ends_on)
    kinds = {paper.book.kind for paper in papers}
    return HandOverList(
        superior=heading.superior if heading else "",
        body=heading.body if heading else course.host_office.name,
        kind=kind_in_words(kinds.pop() if len(kinds) == 1 else PaperKind.ATTESTATION),
        course=class_in_words(course),
        code=course.code,
        people=tuple(
            ToSignFor(
                paper.facts["full_name"],
                paper.registration.office_name if paper.registration else "",
                paper.facts["number"],
                f"{paper.handed_on:%d/%m/%Y}" if paper.handed_on else "",
                paper.handed_to,
            )
            for paper in papers
        ),
    )


@dataclass(frozen=True)
class NamedPeople:
    """Whom a decision can name, in register order: those who qualify or have an issued paper; the same with those who
    have a number and will qualify if they come to what is left; how many with a number cannot any more."""

    certain: list[Candidate]
    with_reachable: list[Candidate]
    never: int

    @property
    def reachable(self) -> int:
        return len(self.with_reachable) - len(self.certain)

    @property
    def left_out(self) -> int:
        return self.reachable + self.never


def named_people(course: Course) -> NamedPeople:
    """Whose paper was revoked and who has no other is in none of them. (As `candidates`, and one query.)"""
    revoked = Certificate.objects.filter(registration__course=course, state=CertificateState.REVOKED)
    out = set(revoked.order_by().values_list("registration_id", flat=True))
    people = [p for p in candidates(course) if p.certificate or p.registration.pk not in out]
    certain = [person for person in people if person.verdict.earned or _is_issued(person)]
    named = [p for p in people if p.verdict.earned or (p.certificate and (p.verdict.can_still or _is_issued(p)))]
    numbered = sum(bool(person.certificate) for person in people)
    return NamedPeople(certain, named, numbered - sum(bool(person.certificate) for person in named))


def _is_issued(person: Candidate) -> bool:
    return person.certificate is not None and person.certificate.state != CertificateState.PREPARED


def signing_lines(lines: Iterable[str], deciding: str) -> tuple[str, ...]:
    """What stands above the signature. TM. (on behalf of) is of a body that decides together; where its chairman, or
    any other head, decides alone, there is none (NĐ 30/2020, annex I)."""
    lines = tuple(lines)
    if deciding.casefold().startswith(_TOGETHER):
        return lines
    return tuple(line for line in lines if not line.upper().startswith("TM."))


def heading_on(office: Office, *days: dt.date) -> Heading | None:
    """The heading that holds on the first of these days that has one: an office that has ended finishes its classes and
    its books under the heading that it had then. (A query a day.)"""
    for day in days:
        headings = Heading.objects.filter(office=office).valid_on(day)
        if heading := headings.order_by("-valid_from", "-pk").first():
            return heading
    return None


def kind_in_words(kind: str) -> str:
    """ "giấy chứng nhận" """
    with override("vi"):
        return str(PaperKind(kind).label).lower()


def class_in_words(course: Course) -> str:
    """ "Lớp tập huấn …" """
    return class_named(course.title, KINDS[CourseKind(course.kind)])


def _entry(paper: Certificate) -> BookEntry:
    facts = paper.facts
    days = " – ".join(dict.fromkeys(_day(facts.get(name, "")) for name in ("starts_on", "ends_on")))
    cells = (
        facts.get("number", ""),
        facts.get("full_name", ""),
        PartialDate.from_iso(facts["birth"]).vietnamese() if facts.get("birth") else "",
        GENDERS.get(facts.get("gender", ""), ""),
        ", ".join(filter(None, (facts.get("position", ""), facts.get("office", "")))),
        "; ".join(filter(None, (facts.get("course_title", ""), days))),
        facts.get("grade", ""),
        facts.get("serial", ""),
        ", ".join(filter(None, (facts.get("decision_number", ""), _day(facts.get("decision_date", ""))))),
        f"{paper.issue_date:%d/%m/%Y}",
        _received(paper),
        _remark(paper),
    )
    return BookEntry(cells, struck=paper.state in _STRUCK)


def _received(paper: Certificate) -> str:
    if not paper.handed_on:
        return ""
    return f"{paper.handed_to or paper.facts.get('full_name', '')}, {paper.handed_on:%d/%m/%Y}"


def _remark(paper: Certificate) -> str:
    """What became of the number, in words of the book."""
    said = []
    if paper.state == CertificateState.PREPARED:
        said.append("Chờ ký")
    elif paper.state == CertificateState.VOID:
        said.append(f"Hủy số: {paper.ended_why}")
    elif paper.state == CertificateState.REVOKED:
        with override("vi"):
            ground = str(Revocation(paper.ground).label)
        day = f" ngày {paper.ended_document_date:%d/%m/%Y}" if paper.ended_document_date else ""
        said.append(f"Thu hồi theo {paper.ended_document}{day}: {ground}")
    elif paper.state == CertificateState.REPLACED:
        later = getattr(paper, "replaced_by", None)
        said.append(f"Đã được thay bằng số {later.facts['number']}" if later else "Đã được thay")
    if paper.replaces:
        said.append(f"{_IN_PLACE[Replacing(paper.replacing)]} số {paper.replaces.facts['number']}")
    return ". ".join(said)


def _totals(papers: list[Certificate]) -> Iterable[str]:
    if not papers:
        yield "Sổ chưa có số nào."
        return
    first, last = papers[0].facts.get("number", ""), papers[-1].facts.get("number", "")
    yield f"Sổ có {len(papers):02d} số, từ số {first} đến số {last}."
    counts = {state: sum(paper.state == state for paper in papers) for state in _STRUCK}
    ended = [_ENDED[state].format(count=count) for state, count in counts.items() if count]
    if ended:
        yield f"Trong đó {', '.join(ended)}."


def _day(iso: str) -> str:
    return f"{dt.date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def proposed_decision(course: Course) -> ClassPaper | None:
    """The latest decision that was kept for a class: its number and date are proposed for the papers."""
    decisions = ClassPaper.objects.filter(course=course, kind=ClassPaperKind.DECISION, removed_at__isnull=True)
    return decisions.exclude(number="").order_by("-pk").first()
