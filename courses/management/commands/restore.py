"""Puts a backup into an empty site, whole or not at all."""

from getpass import getpass
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from courses.constants.errors import Refusal
from courses.services.backup import restore_backup


class Command(BaseCommand):
    help = "Puts a backup into an empty site; a database without tables gets them first. Stop the server before."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase", nargs="?", const="", help="opens the sealed keys; asked for if not given")

    def handle(self, *, file: Path, passphrase: str | None, **options) -> None:
        if passphrase == "":
            passphrase = getpass(_("Passphrase: "))
        try:
            if not connection.introspection.table_names():
                call_command("migrate", interactive=False, verbosity=0)
                call_command("createcachetable", verbosity=0)
            restored = restore_backup(file, passphrase=passphrase or "")
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("%d rows were restored.") % restored.rows)
        if restored.unreadable:
            self.stdout.write(_("The keys of this site are not those of the backup:"))
        for sentence in restored.unreadable:
            self.stdout.write(f"– {sentence}")
