"""Everything of the site in one file; without the keys, unless a passphrase is given to seal them with."""

from getpass import getpass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from courses.constants.errors import Refusal
from courses.services.backup import make_backup


class Command(BaseCommand):
    help = "Saves everything to one file. Keep it in another place than the keys (DATA_DIR/keys.json)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase", nargs="?", const="", help="put the keys in, sealed; asked for if not given")

    def handle(self, *, file: Path, passphrase: str | None, **options) -> None:
        if passphrase == "":
            passphrase = getpass(_("Passphrase: "))
            if passphrase != getpass(_("Again: ")):
                raise CommandError(_("The two are not the same."))
        if passphrase is not None and len(passphrase) < 12:
            raise CommandError(_("A passphrase needs at least 12 characters: it alone protects the keys in the file."))
        try:
            made = make_backup(file, passphrase=passphrase or "")
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("%(rows)d rows are in %(file)s.") % {"rows": made.rows, "file": file})
        if not made.with_keys:
            self.stdout.write(_("The keys are not in it: keep keys.json of DATA_DIR in another safe place."))
