"""The accounts of the demo: one for each role, with passwords that are made at the first start.

They stand in a file of the data folder that only its owner may read, so that a later start can print them again; the
database has their hashes alone.
"""

import datetime as dt
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import RoleKind
from courses.models import Office, Role, User

FILE_NAME = "demo-sign-ins.txt"
ADMINISTRATOR, ORGANISER, WARD_ORGANISER, OFFICER, COORDINATOR = (
    "quantri",
    "tochuc",
    "tochucphuong",
    "capgiay",
    "daumoi",
)
#: The coordinator's offices: one that has ended, and one that has not answered yet to the class that is open.
CITY, NEW_WARD, COORDINATED, COORDINATED_NOW = "930", "31321-2025", "31324", "31321-2025-KT"
CITY_FROM, NEW_WARD_FROM = dt.date(2021, 1, 1), dt.date(2025, 7, 1)

#: User name → invented full name and what the person may do.
ACCOUNTS = {
    ORGANISER: ("Trần Thị Mẫu", _("organiser of the city's classes")),
    WARD_ORGANISER: ("Lê Văn Mẫu", _("organiser of the classes of Phường Vị Thanh")),
    OFFICER: ("Phạm Thị Mẫu", _("certificate officer of both")),
    COORDINATOR: ("Huỳnh Văn Mẫu", _("coordinator of Phường IV, and today of a department of Phường Vị Thanh")),
    ADMINISTRATOR: ("Võ Thị Mẫu", _("manages accounts, sees everything")),
}
#: User name, role, office, from.
ROLES = [
    (ORGANISER, RoleKind.ORGANISER, CITY, CITY_FROM),
    (WARD_ORGANISER, RoleKind.ORGANISER, NEW_WARD, NEW_WARD_FROM),
    (OFFICER, RoleKind.OFFICER, CITY, CITY_FROM),
    (OFFICER, RoleKind.OFFICER, NEW_WARD, NEW_WARD_FROM),
    (COORDINATOR, RoleKind.COORDINATOR, COORDINATED, CITY_FROM),
    (COORDINATOR, RoleKind.COORDINATOR, COORDINATED_NOW, NEW_WARD_FROM),
]
# Without letters and digits that are taken for one another.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class SignIn:
    """How one role of the demo gets in. `totp_secret` (base 32) is "" for accounts without a second factor."""

    username: str
    password: str
    totp_secret: str = ""

    @property
    def role(self) -> str:
        return str(ACCOUNTS[self.username][1])


def make_accounts() -> dict[str, User]:
    """The users with their roles, without a usable password so far; by user name."""
    users = {}
    for username, (full_name, _role) in ACCOUNTS.items():
        users[username] = User.objects.create_user(
            username,
            full_name=full_name,
            is_superuser=username == ADMINISTRATOR,
            is_staff=username != COORDINATOR,
        )
    offices = {office.code: office for office in Office.objects.filter(code__in={code for _n, _k, code, _s in ROLES})}
    Role.objects.bulk_create(
        Role(user=users[name], kind=kind, office=offices[code], valid_from=since) for name, kind, code, since in ROLES
    )
    return users


@transaction.atomic
def make_sign_ins() -> list[SignIn]:
    """New passwords, and a new second factor of the certificate officer, for the accounts that are still there."""
    sign_ins = []
    for user in User.objects.select_for_update().filter(username__in=ACCOUNTS).order_by("pk"):
        password = "-".join("".join(secrets.choice(_ALPHABET) for _place in range(4)) for _group in range(3))
        user.set_password(password)
        user.save(update_fields=["password"])
        secret = ""
        if user.username == OFFICER:
            secret = generate_totp_secret()
            Authenticator.objects.filter(user=user).delete()
            TOTP.activate(user, secret)
        sign_ins.append(SignIn(user.username, password, secret))
    _write(sign_ins)
    return sign_ins


def sign_ins_kept() -> list[SignIn]:
    """The sign-ins as they were made; none when the file is gone."""
    try:
        lines = _file().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    return [SignIn(*line.split("\t")) for line in lines if line.split("\t")[0] in ACCOUNTS]


def _file() -> Path:
    return Path(settings.DATA_DIR) / FILE_NAME


def _write(sign_ins: list[SignIn]) -> None:
    """A new file is never readable by others, not even while it is being written."""
    fresh = _file().with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as lines:
        lines.writelines(f"{s.username}\t{s.password}\t{s.totp_secret}\n" for s in sign_ins)
    fresh.replace(_file())
