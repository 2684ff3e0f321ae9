"""Reads a roster as offices send it, and registers the people whose rows are in order."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from courses.constants.actors import SYSTEM
from courses.constants.choices import RowDecision
from courses.constants.errors import Refusal
from courses.models import Course, Office
from courses.services.roster_applying import apply_batch
from courses.services.roster_reading import Judged, judge_roster, read_roster
from courses.services.roster_rows import Outcome, open_rows


class Command(BaseCommand):
    help = "Reads a roster into a class. Exit 0: read, even with rows to be looked at; 2: refused as a whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--course", required=True, help="the code of the class")
        parser.add_argument("--office", help="the code of the office of rows that name none")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="one object for programs")

    def handle(self, *, file: Path, course: str, office: str | None, dry_run: bool, **options) -> None:
        try:
            rows, outcome = _imported(file, course, office, dry_run=dry_run)
        except Refusal as refusal:
            if options["json"]:
                self._print({"refused": str(refusal.sentence), "rows": []})
            else:
                self.stderr.write(str(refusal.sentence))
            sys.exit(2)
        if options["json"]:
            self._print({"refused": None, "rows": rows})
        else:
            self._tell(rows, outcome)

    def _print(self, answer: dict) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _tell(self, rows: list[dict], outcome: Outcome | None) -> None:
        for row in rows:
            place = _("row %d") % row["row"] if row["sheet"] is None else f"{row['sheet']}, " + _("row %d") % row["row"]
            said = "; ".join(row["problems"]) or str(RowDecision(row["decision"]).label)
            self.stdout.write(f"{place}: {row['full_name'] or '–'}: {said}")
        if outcome is None:
            self.stdout.write(_("%d rows were read; nothing was written.") % len(rows))
        else:
            counts = vars(outcome) | {"rows": len(rows)}
            self.stdout.write(
                _(
                    "%(rows)d rows: %(registered)d registered, %(already)d in the class already, %(over)d over the "
                    "seats, %(waiting)d to be looked at."
                )
                % counts
            )


def _imported(
    file: Path, course_code: str, office_code: str | None, *, dry_run: bool
) -> tuple[list[dict], Outcome | None]:
    course = Course.objects.filter(code=course_code).first()
    if course is None:
        raise Refusal(_("There is no class with the code %s.") % course_code)
    office = Office.objects.filter(code=office_code).first() if office_code else None
    if office_code and office is None:
        raise Refusal(_("There is no office with the code %s.") % office_code)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Refusal(_("The file cannot be opened: %s.") % (error.strerror or error)) from error
    if dry_run:
        _reading, judged = judge_roster(course, data, actor=SYSTEM, office=office)
        return [_as_judged(one) for one in judged], None
    batch = read_roster(course, data, file.name, actor=SYSTEM, office=office)
    outcome = apply_batch(batch, actor=SYSTEM, decisions={})
    return [
        _row(r.read, r.kept.office, r.kept.status, r.kept.decision, r.kept.problems) for r in open_rows(batch)
    ], outcome


def _as_judged(one: Judged) -> dict:
    return _row(one.row, one.office, one.status, one.verdict.decision, one.problems)


def _row(read, office: Office | None, status: str, decision: str, problems: list[str]) -> dict:
    return {
        "sheet": read.sheet,
        "row": read.row,
        "status": str(status),
        "decision": str(decision),
        "full_name": read.full_name,
        "gender": read.gender,
        "birth": read.birth.iso() if read.birth else None,
        "position": read.position,
        "office": office.code if office else None,
        "phone": read.phone,
        "email": read.email,
        "citizen_id": read.citizen_id,
        "problems": [str(problem) for problem in problems],
    }
