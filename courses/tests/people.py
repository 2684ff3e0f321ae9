"""Offices and people for the tests about getting in: two hosts, each with a ward, and an account for each role."""

from model_bakery import baker

from courses.constants.choices import OfficeKind, RoleKind
from courses.constants.clock import today
from courses.models import Office, Role, User

PASSWORD = "chín con voi trắng 2022"


def make_office(code, parent=None, **fields):
    office = Office.objects.create(code=code, name=f"Đơn vị {code}", kind=OfficeKind.WARD, parent=parent, **fields)
    office.path = f"{parent.path if parent else '/'}{office.pk}/"
    office.save()
    return office


def make_user(username, *roles, superuser=False, active=True):
    """`roles` are pairs of kind and office, held since the first of January."""
    user = baker.prepare(
        User,
        username=username,
        full_name=f"Người Thử {username}",
        is_superuser=superuser,
        is_active=active,
        is_staff=superuser or any(kind != RoleKind.COORDINATOR for kind, _office in roles),
    )
    user.set_password(PASSWORD)
    user.save()
    for kind, office in roles:
        Role.objects.create(user=user, kind=kind, office=office, valid_from=today().replace(month=1, day=1))
    return user
