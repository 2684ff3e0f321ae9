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
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.directory import judge_directory, read_directory
from courses.services.rosters.reading import judge_roster, read_roster
from courses.services.rosters.rows import Judged, Outcome, open_rows


class Command(BaseCommand):
    help = "Reads a roster into a class. Exit 0: read, even with rows to be looked at; 2: refused as a whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        into = parser.add_mutually_exclusive_group(required=True)
        into.add_argument("--course", help="the code of the class")
        into.add_argument("--directory", metavar="OFFICE", help="no class: the code of the office that keeps it")
        parser.add_argument("--office", help="the code of the office of rows that name none")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
        parser.add_argument("--json", action="store_true", help="one object for programs")

    def handle(self, *, file: Path, course: str | None, office: str | None, dry_run: bool, **options) -> None:
        try:
            rows, outcome = _imported(file, course, options["directory"], office, dry_run=dry_run)
        except Refusal as refusal:
            if options["json"]:
                self._print({"refused": str(refusal.sentence), "rows": []})
            else:
                self.stderr.write(str(refusal.sentence))
            sys.exit(2)
        if options["json"]:
            self._print({"refused": None, "rows": rows})
        else:
            self._tell(rows, outcome, of_class=bool(course))

    def _print(self, answer: dict) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _tell(self, rows: list[dict], outcome: Outcome | None, *, of_class: bool) -> None:
        for row in rows:
            place = _("row %d") % row["row"] if row["sheet"] is None else f"{row['sheet']}, " + _("row %d") % row["row"]
            said = "; ".join(row["problems"]) or str(RowDecision(row["decision"]).label)
            self.stdout.write(f"{place}: {row['full_name'] or '–'}: {said}")
        if outcome is None:
            self.stdout.write(_("%d rows were read; nothing was written.") % len(rows))
        else:
            counts = vars(outcome) | {"rows": len(rows)}
            if not of_class:
                self.stdout.write(
                    _(
                        "%(rows)d rows: %(made)d new people, %(completed)d completed, %(known)d known, "
                        "%(waiting)d to be looked at."
                    )
                    % counts
                )
                return
            self.stdout.write(
                _(
                    "%(rows)d rows: %(registered)d registered, %(already)d in the class already, %(over)d over the "
                    "seats, %(waiting)d to be looked at."
                )
                % counts
            )


def _imported(
    file: Path, course_code: str | None, keeper: str | None, office_code: str | None, *, dry_run: bool
) -> tuple[list[dict], Outcome | None]:
    course = Course.objects.filter(code=course_code).first() if course_code else None
    if course_code and course is None:
        raise Refusal(_("There is no class with the code %s.") % course_code)
    office, kept_by = _office(office_code), _office(keeper)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Refusal(_("The file cannot be opened: %s.") % (error.strerror or error)) from error
    if dry_run:
        _reading, judged = (
            judge_roster(course, data, actor=SYSTEM, office=office)
            if course
            else judge_directory(kept_by, data, actor=SYSTEM, office=office)
        )
        return [_as_judged(one) for one in judged], None
    if course:
        batch = read_roster(course, data, file.name, actor=SYSTEM, office=office)
    else:
        batch = read_directory(kept_by, data, file.name, actor=SYSTEM, office=office)
    outcome = apply_batch(batch, actor=SYSTEM)
    return [
        _row(r.read, r.kept.office, r.kept.status, r.kept.decision, r.kept.problems) for r in open_rows(batch)
    ], outcome


def _office(code: str | None) -> Office | None:
    office = Office.objects.filter(code=code).first() if code else None
    if code and office is None:
        raise Refusal(_("There is no office with the code %s.") % code)
    return office


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
