"""`manage.py make_signing_key FILE`: a key for trying out the check mark of the software."""

import secrets
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from courses.constants.clock import now
from courses.constants.signing_key import new_development_key


class Command(BaseCommand):
    help = (
        "Makes a key for trying out the check mark of the software. It says so in its name; with https it is refused."
    )

    def add_arguments(self, parser: CommandParser):
        parser.add_argument("file")

    def handle(self, *args, file: str, **options):
        password = secrets.token_urlsafe(16)
        with override("vi"):
            try:
                with Path(file).open("xb") as out:
                    Path(file).chmod(0o600)
                    out.write(new_development_key(password, at=now()))
            except OSError as error:
                raise CommandError(_("The file %(file)s cannot be written.") % {"file": file}) from error
        self.stdout.write(f"SIGNING_P12={Path(file).resolve()}")
        self.stdout.write(f"SIGNING_PASSWORD={password}")
