"""Loads the demo classes once, and prints how to get in."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from attendance.services.demo import DemoNotes, load_demo
from courses.constants.errors import Refusal


class Command(BaseCommand):
    help = "Loads the demo classes on the first call, and prints the addresses and sign-ins of the demo."

    def handle(self, **options) -> None:
        try:
            notes = load_demo()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write("\n".join(_lines(notes)))


def _lines(notes: DemoNotes) -> list[str]:
    names = max(len(sign_in.username) for sign_in in notes.sign_ins) if notes.sign_ins else 0
    links = [
        (_("Public pages"), notes.site),
        (_("Sign in"), f"{notes.site}accounts/login/"),
        (_("A trainee's own page"), notes.trainee_link),
        (_("The page of an office, Phường IV"), notes.office_link),
        (_("The page of an office that still names its people, of Phường Vị Thanh"), notes.naming_link),
        (_("A certificate to check"), notes.verify_link),
    ]
    lines = ["", _("Demo with invented people. Addresses:")]
    lines += [f"  {label}: {link}" for label, link in links if link]
    lines += ["", _("Sign-ins (made at the first start, for this computer only):")]
    for sign_in in notes.sign_ins:
        lines.append(f"  {sign_in.username:<{names}}  {sign_in.password}  {sign_in.role}")
        if sign_in.totp_secret:
            key = _("key for the authenticator app: %(key)s") % {"key": sign_in.totp_secret}
            lines.append(f"  {'':<{names}}  {key}")
    return [*lines, ""]
