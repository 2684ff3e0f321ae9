"""Closing the sheet of a half-day, reopening it with a reason, filing the signed paper with it.

Closing writes a copy of what the sheet says and the hash of that copy. Who has no claim on a closed sheet is absent,
which is derived and not written, so that reopening undoes nothing.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import MarkState, SheetState
from attendance.models import Mark, Sheet, SheetCopy, SheetPaper
from attendance.reports.roll import roll_of
from attendance.reports.waiting import waiting_at, waiting_in
from attendance.rules.permissions import may_mark
from attendance.services.ledger import check_may_write, entries_in_force, lock_sheet, lock_sheets
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import VIETNAM, now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course, Session, User
from courses.services.records import log_action, store_scan

#: Signs that the reason for reopening may have: its column.
LONGEST_REASON = 300


@dataclass(frozen=True)
class PersonOnSheet:
    """One line of the copy: the person as the paper list names them, the state, and what it rests on."""

    registration: int
    number: int | None
    name: str
    position: str
    office: str
    state: str
    derived: bool
    ways: list[str]
    events: list[int]


@transaction.atomic
def close_sheet(session: Session, *, actor: Actor, expected_version: int, unsettled: bool = False) -> SheetCopy:
    """Closes the sheet and keeps a copy of what it says; who has no claim is absent from now on.

    `expected_version`: how many copies the page showed; the same page sent twice gives the copy that was made.
    Refusal when the actor may not mark the class, the half-day is cancelled or not over its beginning, somebody else
    closed or reopened it meanwhile, or there are disputes or proposals and `unsettled` does not say that it may be
    closed all the same.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    check_may_write(session, set(), actor=actor)
    copies = sheet.copies.count()
    if sheet.state == SheetState.CLOSED:
        if copies == expected_version + 1:
            return sheet.copies.get(version=copies)
        raise Refusal(_("Attendance of this half-day has already been closed by somebody. Please open the page again."))
    if copies != expected_version:
        raise Refusal(_("Somebody closed and reopened this half-day meanwhile. Please open the page again."))
    if now() < session.starts_at:
        raise Refusal(_("This half-day has not begun: it can be closed when it is over."))
    roll = roll_of(session)
    waiting = waiting_at(session)
    if not unsettled and (roll.counts.get(MarkState.DISPUTED) or waiting):
        raise Refusal(
            _(
                "There are %(disputes)d disputes and %(waiting)d entries that wait for a decision. Please decide them "
                "first, or say that the sheet is closed all the same."
            )
            % {"disputes": roll.counts.get(MarkState.DISPUTED, 0), "waiting": len(waiting)}
        )
    people = _people(session, roll)
    counts: dict[str, int] = {}
    for person in people:
        counts[person.state] = counts.get(person.state, 0) + 1
    at = now()
    content = _content(session, people, at=at, actor=actor)
    copy = SheetCopy.objects.create(
        sheet=sheet,
        version=copies + 1,
        closed_at=at,
        closed_by_id=actor.user_id,
        counts=counts,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
    )
    sheet.state, sheet.closed_at, sheet.closed_by_id = SheetState.CLOSED, at, actor.user_id
    sheet.save(update_fields=["state", "closed_at", "closed_by"])
    changes = {"version": [copies, copy.version], "sha256": [None, copy.sha256], "counts": [None, counts]}
    log_action(actor, "close sheet", sheet, course=session.course, changes=changes)
    return copy


@transaction.atomic
def reopen_sheet(session: Session, *, actor: Actor, why: str) -> Sheet:
    """Opens a closed sheet again; twice is harmless. What came while it was closed stays a proposal.

    Refusal without a reason or with one of more than 300 signs, or when the actor may not mark the class.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    if not may_mark(actor, session.course):
        raise Refusal(_("Attendance of this class cannot be taken: it is not under way, or it is another office's."))
    why = in_the_clear(why)
    if not why:
        raise Refusal(_("Please write why attendance of this half-day is reopened."))
    if len(why) > LONGEST_REASON:
        raise Refusal(
            _("The reason has %(length)d signs; %(most)d fit. Please write it more shortly.")
            % {"length": len(why), "most": LONGEST_REASON}
        )
    if sheet.state != SheetState.CLOSED:
        return sheet
    sheet.state, sheet.reopened_at, sheet.reopened_by_id = SheetState.REOPENED, now(), actor.user_id
    sheet.reopened_why = why
    sheet.save(update_fields=["state", "reopened_at", "reopened_by", "reopened_why"])
    log_action(actor, "reopen sheet", sheet, course=session.course, changes={"why": [None, sheet.reopened_why]})
    return sheet


def end_record(*, course: Course, **_signal) -> None:
    """Receives `class_concludes`, inside its transaction: waits for whoever is writing attendance of the class, and
    whoever comes after finds it concluded.

    Who has no mark is absent from then on. Refusal while something waits for a decision on a sheet that nobody closed:
    afterwards nobody can decide it any more. (5 queries.)
    """
    lock_sheets([course.pk])
    half_days = Session.objects.held().filter(course=course).order_by("starts_at", "pk")
    closed = Sheet.objects.filter(session__course=course, state=SheetState.CLOSED).order_by().values("session")
    open_ones = {session.pk: session for session in half_days.exclude(pk__in=closed)}
    disputed = Mark.objects.filter(session__in=open_ones, state=MarkState.DISPUTED).order_by()
    unsettled = {*disputed.values_list("session_id", flat=True), *waiting_in(list(open_ones))}
    first = next((session for pk, session in open_ones.items() if pk in unsettled), None)
    if first:
        raise Refusal(
            _(
                "%(half_day)s: something waits for a decision about attendance, and nobody can decide it once the "
                "class is concluded. Please decide it, or close attendance of that half-day all the same."
            )
            % {"half_day": first}
        )


@transaction.atomic
def file_signed_sheet(session: Session, content: bytes, *, name: str, actor: Actor) -> SheetPaper:
    """Files a scan or photograph of the signed sheet with the half-day, also of a closed one; the same twice is one.

    Refusal when the actor may not mark the class, or it is neither PDF, JPG nor PNG, or too big.
    """
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    if not may_mark(actor, session.course):
        raise Refusal(_("Attendance of this class cannot be taken: it is not under way, or it is another office's."))
    file = store_scan(content, purpose=FilePurpose.SHEET)
    paper, created = SheetPaper.objects.get_or_create(
        sheet=sheet,
        file=file,
        defaults={"name": in_the_clear(name)[-200:], "kept_at": now(), "kept_by_id": actor.user_id},
    )
    if created:
        log_action(actor, "file sheet", sheet, course=session.course, changes={"sha256": [None, file.sha256]})
    return paper


def _people(session: Session, roll) -> list[PersonOnSheet]:
    lines = [(office.office, line) for office in roll.offices for line in office.lines]
    entries = entries_in_force(session, [line.registration.pk for _office, line in lines])
    return [
        PersonOnSheet(
            registration=line.registration.pk,
            number=line.registration.number,
            name=line.registration.trainee.full_name,
            position=line.registration.position,
            office=line.registration.office_name,
            state=line.state or MarkState.ABSENT,
            derived=not line.state,
            ways=sorted({event.way for event in entries.get(line.registration.pk, [])}),
            events=sorted(event.pk for event in entries.get(line.registration.pk, [])),
        )
        for _office, line in lines
    ]


def _content(session: Session, people: list[PersonOnSheet], *, at, actor: Actor) -> str:
    """Canonical JSON: keys sorted, no spaces, so that the same sheet has the same hash everywhere."""
    by = User.objects.filter(pk=actor.user_id).values_list("full_name", flat=True).first() or ""
    said = {
        "course": session.course.code,
        "half_day": {
            "id": session.pk,
            "date": session.date.isoformat(),
            "half": session.half,
            "starts_at": session.starts_at.astimezone(VIETNAM).isoformat(),
        },
        "closed_at": at.astimezone(VIETNAM).isoformat(),
        "closed_by": by,
        "people": [asdict(person) for person in people],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
