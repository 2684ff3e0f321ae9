"""Says what is wrong with an installation, in sentences; exit 1 when something is."""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from courses.services.health import examine


class Command(BaseCommand):
    help = "Says what is wrong with this installation."
    requires_system_checks = ()

    def handle(self, **options) -> None:
        findings = examine()
        for finding in findings:
            kind = _("Wrong") if finding.wrong else _("Note")
            self.stdout.write(f"{kind}: {finding.sentence}")
        if any(finding.wrong for finding in findings):
            sys.exit(1)
        self.stdout.write(_("Nothing is wrong."))
