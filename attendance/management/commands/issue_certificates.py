"""`manage.py issue_certificates COURSE`: prepares and issues what a class has earned, as the admin's pages do."""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import PaperKind
from attendance.reports.looks import offered_templates, usable_blanks
from attendance.reports.papers import Order, candidates, check_order
from attendance.services.register import Result, issue_papers, prepare_papers
from courses.constants.actors import SYSTEM
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.models import Course, Office, Signer


class Command(BaseCommand):
    help = "Prepare and issue the certificates of a class; repeating it adds nothing."

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("course", help="code of the class")
        parser.add_argument("--date", type=_day, default=None, help="date of issue, YYYY-MM-DD; today")
        parser.add_argument("--signer", default="", help="name of the signer, where the office has several")
        parser.add_argument("--kind", default=PaperKind.ATTESTATION, choices=PaperKind.values, help="kind of paper")
        parser.add_argument("--template", default="", help="name of a template of the office; else the built-in look")
        parser.add_argument("--second-signer", default="", help="name of the second signer, where the template has two")
        parser.add_argument("--blanks", default="", help="first serial number of the bought blanks, as it is printed")
        parser.add_argument("--decision", default="", help="number of the decision")
        parser.add_argument("--decision-date", type=_day, default=None)
        parser.add_argument("--prepare-only", action="store_true", help="take the numbers, issue nothing")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of words")

    def handle(self, *args, **options):
        with override("vi"):
            try:
                answer = self._run(options)
            except Refusal as refusal:
                if options["json"]:
                    self.stdout.write(json.dumps({"refused": str(refusal)}, ensure_ascii=False))
                raise CommandError(str(refusal), returncode=2) from None
            self._say(answer, as_json=options["json"], dry_run=options["dry_run"])

    def _run(self, options) -> dict:
        course = Course.objects.filter(code=options["course"]).first()
        if course is None:
            raise Refusal(_("There is no class with the code %(code)s.") % {"code": options["course"]})
        order = _order(course, options)
        check_order(order, course)
        if options["dry_run"]:
            people = candidates(course, order)
            return {
                "prepared": [{"name": str(p.registration), "number": None} for p in people if p.is_due],
                "issued": [],
                "failed": [
                    {"name": str(p.registration), "why": p.why_not}
                    for p in people
                    if not p.is_due and not p.certificate
                ],
            }
        prepared = prepare_papers(course, order, actor=SYSTEM)
        issued = [] if options["prepare_only"] else issue_papers(course, actor=SYSTEM)
        return {
            "prepared": _done(prepared),
            "issued": _done(issued),
            "failed": [
                {"name": str(r.registration), "why": r.sentence} for r in prepared + issued if not r.certificate
            ],
        }

    def _say(self, answer: dict, *, as_json: bool, dry_run: bool):
        if as_json:
            self.stdout.write(json.dumps({"refused": None, **answer}, ensure_ascii=False))
            return
        prepared = _("Would be prepared") if dry_run else _("Prepared")
        for name, label in (("prepared", prepared), ("issued", _("Issued")), ("failed", _("Without a paper"))):
            self.stdout.write(f"{label}: {len(answer[name])}")
        for row in answer["failed"]:
            self.stdout.write(f"  {row['name']}: {row['why']}")


def _order(course: Course, options: dict) -> Order:
    issuer, day = course.host_office, options["date"] or today()
    second = options["second_signer"]
    template = _one(offered_templates(issuer).filter(kind=options["kind"]), str, options["template"])
    beside = (template and template.second_office) or issuer
    return Order(
        issuer=issuer,
        signer=_signer(issuer, options["signer"], day),
        issue_date=day,
        kind=options["kind"],
        decision_number=options["decision"],
        decision_date=options["decision_date"],
        template=template,
        second_signer=_signer(beside, second, day) if second else None,
        blanks=_one(
            usable_blanks(issuer).filter(kind=options["kind"]), lambda row: row.printed(row.first), options["blanks"]
        ),
    )


def _one(rows, called: Callable, text: str):
    """The one row that is called so; None where nothing was asked for."""
    if not text:
        return None
    found = [row for row in rows if called(row) == text]
    if len(found) != 1:
        raise Refusal(_("The office has no template, or no blanks left, called %(name)s.") % {"name": text})
    return found[0]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        with override("vi"):
            sentence = _("“%(text)s” is no date. Please write the year, the month and the day, such as 2022-06-17.")
            raise ArgumentTypeError(sentence % {"text": text}) from None


def _signer(office: Office, name: str, day: date) -> Signer:
    signers = Signer.objects.filter(office=office).valid_on(day)
    found = list(signers.filter(full_name=name) if name else signers)
    if len(found) != 1:
        raise Refusal(_("Please name one signer of the host office by --signer."))
    return found[0]


def _done(results: list[Result]) -> list[dict]:
    return [
        {"name": str(result.registration), "number": result.certificate.facts["number"]}
        for result in results
        if result.certificate
    ]
