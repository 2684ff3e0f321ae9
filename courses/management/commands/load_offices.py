"""`manage.py load_offices [FILE]`: makes or updates offices from a data file; harmless when repeated."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from courses.services.offices import OFFICES_FILE, load_offices


class Command(BaseCommand):
    help = "Load the offices of Vị Thanh, or those of another CSV file of the same columns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, default=OFFICES_FILE)

    def handle(self, *, file: Path, **options) -> None:
        if not file.is_file():
            raise CommandError(_("There is no file %(file)s.") % {"file": file})
        number = load_offices(file)
        self.stdout.write(_("%(number)d offices were loaded.") % {"number": number})
