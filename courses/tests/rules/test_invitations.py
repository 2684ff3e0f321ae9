import datetime as dt

import pytest

from courses.constants.actors import NOBODY, SYSTEM, Actor
from courses.constants.choices import RoleKind
from courses.constants.clock import today
from courses.rules.actors import actor_of
from courses.rules.invitations import may_invite, may_renew
from courses.tests.people import make_office, make_user

pytestmark = pytest.mark.django_db
ORGANISER, OFFICER, COORDINATOR = RoleKind.ORGANISER, RoleKind.OFFICER, RoleKind.COORDINATOR


@pytest.fixture
def world():
    host, other, ended = make_office("a"), make_office("b"), make_office("z", valid_to=today() - dt.timedelta(days=1))
    ward = make_office("a-1", host)
    return {
        "host": host,
        "ward": ward,
        "other": other,
        "ended": ended,
        "superuser": actor_of(make_user("su", superuser=True)),
        "organiser": actor_of(make_user("org", (ORGANISER, host), (ORGANISER, ended))),
        "officer": actor_of(make_user("off", (OFFICER, host))),
        "coordinator": actor_of(make_user("coo", (COORDINATOR, ward))),
        "closed": actor_of(make_user("out", (ORGANISER, host), active=False)),
        "office's link": Actor("office", office_id=ward.pk, course_id=1, answer_id=1),
        "nobody": NOBODY,
        "system": SYSTEM,
    }


ALL = {(kind, office) for kind in RoleKind for office in ("host", "ward", "other", "ended")}


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        ("superuser", ALL),
        ("system", ALL),
        ("organiser", {(COORDINATOR, "host"), (COORDINATOR, "ward")}),
        ("officer", set()),
        ("coordinator", set()),
        ("closed", set()),
        ("office's link", set()),
        ("nobody", set()),
    ],
)
def test_who_may_invite_whom(world, actor, allowed):
    found = {(kind, office) for kind, office in ALL if may_invite(world[actor], kind, world[office].pk)}
    assert found == allowed


@pytest.mark.parametrize(
    ("roles", "renewed"),
    [
        ([(COORDINATOR, "ward")], True),
        ([(COORDINATOR, "ward"), (COORDINATOR, "host")], True),
        ([(COORDINATOR, "ward"), (COORDINATOR, "other")], False),
        ([(COORDINATOR, "ward"), (ORGANISER, "host")], False),
        ([(COORDINATOR, "ward"), (OFFICER, "other")], False),
        ([], False),
    ],
)
def test_an_organiser_renews_accounts_that_hold_nothing_beyond_own_reach(world, roles, renewed):
    """A new password for an account is all that the account may do."""
    user = make_user("x", *((kind, world[office]) for kind, office in roles))
    assert may_renew(world["organiser"], user) is renewed
    assert may_renew(world["superuser"], user)
    assert not may_renew(world["officer"], user)


def test_an_organiser_does_not_renew_a_superuser_or_a_closed_account(world):
    superuser = make_user("s", (COORDINATOR, world["ward"]), superuser=True)
    closed = make_user("c", (COORDINATOR, world["ward"]), active=False)
    assert not may_renew(world["organiser"], superuser)
    assert not may_renew(world["organiser"], closed)
    assert may_renew(world["superuser"], closed)
