"""The office's old register book, from before this software: its papers as read-only entries below the opening number,
so that they are known when somebody asks (`/verify/`, "has attended before")."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from attendance.constants import CertificateState
from attendance.models import Certificate, RegisterBook
from attendance.readers.old_book import OldRow
from attendance.rendering.certificate import CertificateFacts
from attendance.rules.permissions import may_end_paper
from courses.constants import codes
from courses.constants.actors import Actor
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.constants.names import personal_name_case
from courses.constants.partial_dates import PartialDate
from courses.models import Heading
from courses.services.records import log_action

#: One line in the log a book, not one a paper; inserted so many at a time.
_AT_ONCE = 500
_NUMBER = re.compile(r"[0-9]{1,9}")
#: What two readings of one entry are compared by: not the code, which is made anew.
_COMPARED = (
    "number",
    "full_name",
    "birth",
    "position",
    "office",
    "course_title",
    "issued_on",
    "grade",
    "serial",
    "note",
)


@dataclass(frozen=True)
class Entry:
    """A paper of the old book as it would be kept."""

    row: int
    number: int
    issue_date: dt.date
    facts: dict

    @property
    def birth(self) -> str:
        """As people read it; "" when it is not known."""
        return PartialDate.from_iso(self.facts["birth"]).vietnamese() if self.facts["birth"] else ""


@dataclass
class OldBookPlan:
    """What a file would do: `new` entries, `same` that are in the book already, and by row the sentence why one cannot
    be entered. With one problem nothing is entered."""

    new: list[Entry] = field(default_factory=list)
    same: list[Entry] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def plan_old_book(book: RegisterBook, rows: Iterable[OldRow]) -> OldBookPlan:
    """What `enter_old_book` would do now; nothing is written. (4 queries, whatever the number of rows.)"""
    plan = OldBookPlan()
    seen: dict[int, int] = {}
    limits = _Limits(book)
    there = dict(
        Certificate.objects.filter(book=book, number__lt=book.opening_number).order_by().values_list("number", "facts")
    )
    for row in rows:
        try:
            entry = _entry(book, row, limits)
            if entry.number in seen:
                said = _("Number %(number)d stands in row %(row)d already.")
                raise Refusal(said % {"number": entry.number, "row": seen[entry.number]})
            old = there.get(entry.number)
            if old is not None and _compared(old) != _compared(entry.facts):
                raise Refusal(
                    _("Number %(number)d is in the book already, and says something else.") % {"number": entry.number}
                )
        except Refusal as refusal:
            plan.problems.append((row.row, str(refusal.sentence)))
            continue
        seen[entry.number] = row.row
        (plan.new if old is None else plan.same).append(entry)
    return plan


@transaction.atomic
def enter_old_book(book: RegisterBook, rows: Iterable[OldRow], *, actor: Actor) -> OldBookPlan:
    """Enters all rows as issued papers without registration and PDF, or none; the same file again adds nothing.

    Refusal for anybody but the officers of the issuer, for a book that begins at 1, and for any row with a problem.
    """
    if not may_end_paper(actor, book.issuer_id):
        raise Refusal(_("Only a certificate officer of the issuing office enters its old register book."))
    book = RegisterBook.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=book.pk)
    if book.opening_number == 1:
        raise Refusal(_("This book begins at number 1: there is no number left for an old paper."))
    plan = plan_old_book(book, rows)
    if plan.problems:
        raise Refusal(_("Nothing was entered: %(count)d rows have a problem.") % {"count": len(plan.problems)})
    moment = now()
    Certificate.objects.bulk_create(
        [
            Certificate(
                book=book,
                number=entry.number,
                code=entry.facts["code"],
                state=CertificateState.ISSUED,
                facts=entry.facts,
                issue_date=entry.issue_date,
                prepared_at=moment,
                prepared_by_id=actor.user_id,
            )
            for entry in plan.new
        ],
        batch_size=_AT_ONCE,
    )
    if plan.new:
        log_action(actor, "enter old book", book, changes={"count": [None, len(plan.new)]})
    return plan


class _Limits:
    """Between which dates an old paper can be: its day decides the book's year, and the first paper of the new numbers
    is not older than it."""

    def __init__(self, book: RegisterBook):
        opened = Certificate.objects.filter(book=book, number__gte=book.opening_number)
        self.last = min(today(), opened.aggregate(first=Min("issue_date"))["first"] or today())
        self.headings = list(Heading.objects.filter(office=book.issuer_id).order_by("-valid_from", "-pk"))

    def heading_on(self, day: dt.date) -> Heading | None:
        for heading in self.headings:
            if (heading.valid_from or dt.date.min) <= day < (heading.valid_to or dt.date.max):
                return heading
        return None


def _entry(book: RegisterBook, row: OldRow, limits: _Limits) -> Entry:
    """The entry of a row. Refusal with the sentence of what is wrong with it."""
    if "?" in asdict(row).values():
        raise Refusal(_("A cell is a formula without a value, or an error. Please save the file in Excel once more."))
    if not any(letter.isalpha() for letter in row.name):
        raise Refusal(
            _("There is a register number, but the name of the person is missing.")
            if row.number
            else _("The name of the person is missing.")
        )
    if not row.title:
        raise Refusal(_("The name of the class is missing."))
    number, printed = _number(book, row.number)
    day = _day(row.issued)
    if day.year != book.year:
        raise Refusal(
            _("The paper is of %(day)s, and this book of %(year)d.") % {"day": f"{day:%d/%m/%Y}", "year": book.year}
        )
    if day > limits.last:
        raise Refusal(
            _("The paper is of %(day)s, after %(last)s: the first paper with a new number is of then, or it is today.")
            % {"day": f"{day:%d/%m/%Y}", "last": f"{limits.last:%d/%m/%Y}"}
        )
    heading = limits.heading_on(day)
    facts = CertificateFacts(
        number=printed,
        code=codes.new_code(),
        superior_body=heading.superior if heading else "",
        issuing_body=heading.body if heading else book.issuer.name,
        place=heading.place if heading else "",
        issued_on=day.isoformat(),
        full_name=personal_name_case(in_the_clear(row.name)),
        birth=_birth(row.birth),
        position=in_the_clear(row.position),
        office=in_the_clear(row.office),
        course_title=in_the_clear(row.title),
        starts_on="",
        ends_on="",
        sign_lines=(),
        signer="",
        grade=in_the_clear(row.grade),
        serial=in_the_clear(row.serial),
        title=str(book.get_kind_display()),
    )
    kept = asdict(facts) | {"sign_lines": [], "blocks": [], "note": in_the_clear(row.note)}
    return Entry(row.row, number, day, kept)


def _number(book: RegisterBook, text: str) -> tuple[int, str]:
    """(the number, how it stands in the book): "015/2019/GCN", or a plain 15 in the form of the book."""
    found = _NUMBER.search(text)
    if not found or int(found[0]) < 1:
        raise Refusal(_("The register number is missing, or has no figures."))
    number = int(found[0])
    if number >= book.opening_number:
        raise Refusal(
            _("Number %(number)d is not below %(opening)d, with which this software began the book.")
            % {"number": number, "opening": book.opening_number}
        )
    return number, book.printed(number) if text.isdigit() else in_the_clear(text)


def _day(text: str) -> dt.date:
    day = _date(text)
    if day is None or day.precision != "day":
        raise Refusal(_("The date of issue is missing, or is no whole date such as 15/06/2019."))
    return day.first


def _birth(text: str) -> str:
    """ISO as far as it is known; "" when the book does not say it, and the paper is then not found by /verify/."""
    if not text:
        return ""
    born = _date(text)
    if born is None:
        raise Refusal(_("The birth date cannot be read. Please write it as 05/06/1975, 06/1975 or 1975."))
    return born.iso()


def _date(text: str) -> PartialDate | None:
    try:
        return PartialDate.from_iso(text)
    except ValueError:
        pass
    try:
        return PartialDate.parse(text)
    except Refusal:
        return None


def _compared(facts: dict) -> tuple:
    return tuple(facts.get(name, "") for name in _COMPARED)
