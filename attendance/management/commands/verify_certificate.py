"""`manage.py verify_certificate CODE-or-FILE`: what the public page says, for a code or for the paper's own bytes."""

import hashlib
import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.reports.checking import answer_to, known_papers, paper_of_hash
from courses.constants import codes


class Command(BaseCommand):
    help = "Check a certificate by its code or by its file. Exit 0: in force; 1: known, not in force; 2: unknown."

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("code_or_file")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, code_or_file: str, **options):
        with override("vi"):
            file = Path(code_or_file)
            if file.is_file():
                paper = paper_of_hash(hashlib.sha256(file.read_bytes()).hexdigest())
            else:
                paper = known_papers().filter(code=codes.normalise(code_or_file)).first()
            answer = answer_to(paper) if paper else None
            if options["json"]:
                self.stdout.write(json.dumps(answer.as_json() if answer else {"known": False}, ensure_ascii=False))
            elif answer is None:
                self.stdout.write(_("There is no certificate with this code"))
            else:
                self.stdout.write(answer.headline)
                for label, value in answer.standing + answer.lines:
                    self.stdout.write(f"{label}: {value}")
        if answer is None:
            raise SystemExit(2)
        raise SystemExit(0 if answer.tone == "ok" else 1)
