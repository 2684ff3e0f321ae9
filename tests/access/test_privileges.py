"""Nobody gains power over the site or over another host by a request that no page offers."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db import transaction

from courses.constants.choices import RoleKind
from courses.models import Invitation, Role, User
from tests.access.browsers import browser_of
from tests.access.database import fingerprint
from tests.access.posting import as_shown, vietnamese

pytestmark = pytest.mark.django_db
#: Who works here and may not touch accounts: the office's own people, and another host's.
WORKERS = ("coordinator", "organiser", "officer", "other organiser", "other officer")
ALL_POWERS = {
    "is_superuser": "on", "is_staff": "on", "is_active": "on", "groups": "1", "user_permissions": "1",
    "password": "x", "username": "mot-ten-khac", "full_name": "Ngô Thử Quyền",
}  # fmt: skip


def powers_of(users) -> list:
    """What users may do: flags, passwords, roles, open invitations, second factors."""
    ids = [user.pk for user in users]
    return [
        *User.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "is_superuser", "is_staff", "is_active", "password"),
        *User.objects.filter(pk__in=ids).order_by("pk").values_list("username", "groups", "user_permissions"),
        *Role.objects.filter(user__in=ids)
        .order_by("pk")
        .values_list("pk", "user", "office", "kind", "valid_from", "valid_to"),
        *Invitation.objects.filter(role__user__in=ids).order_by("pk").values_list("pk", "expires_at", "used_at"),
        *Authenticator.objects.filter(user__in=ids).order_by("pk").values_list("pk", "user", "type"),
    ]


def everybody():
    return User.objects.order_by("pk")


def refused(client, path: str, body: dict) -> None:
    """The request changes nobody's powers and makes nobody."""
    with transaction.atomic():
        before = powers_of(everybody())
        answer = client.post(path, body)
        assert answer.status_code < 500, path
        assert powers_of(everybody()) == before, path
        transaction.set_rollback(True)


@pytest.mark.parametrize("actor", WORKERS)
def test_nobody_changes_an_account_or_a_role_by_a_forged_form(world, actor):
    """The own account and those of others; fails when `may_change` of accounts or `may_add` of roles lets pass."""
    client = browser_of(world, actor)
    for user in (world.users[actor], world.a.coordinator, world.a.officer, world.b.coordinator, world.superuser):
        for end in ("change", "password", "delete", "history"):
            refused(client, f"/admin/courses/user/{user.pk}/{end}/", {**ALL_POWERS, "post": "yes"})
        for kind in RoleKind:
            refused(client, "/admin/courses/role/add/", {"user": user.pk, "kind": kind, "office": world.a.host.pk})
        for role in user.roles.order_by("pk"):
            for end in ("change", "delete"):
                body = {"user": world.users[actor].pk, "kind": "officer", "office": world.a.host.pk, "post": "yes"}
                refused(client, f"/admin/courses/role/{role.pk}/{end}/", body)
    refused(client, "/admin/courses/user/add/", {**ALL_POWERS, "password1": "x", "password2": "x"})


@pytest.mark.parametrize("actor", WORKERS)
def test_nobody_invites_for_more_than_the_own_role_holds(world, actor):
    """Organisers invite coordinators of own offices; organisers, officers and other offices' people nobody does."""
    client = browser_of(world, actor)
    foreign = world.b if actor in ("organiser", "officer", "coordinator") else world.a
    for kind in RoleKind:
        for office in (foreign.host, foreign.first, world.shared.office):
            refused(client, ADD, {"full_name": "Ngô Thử Mời", "kind": kind, "office": office.pk, "valid_days": "14"})
    own = world.a if foreign is world.b else world.b
    for kind in (RoleKind.ORGANISER, RoleKind.OFFICER):
        refused(client, ADD, {"full_name": "Ngô Thử Mời", "kind": kind, "office": own.host.pk, "valid_days": "14"})


ADD = "/admin/courses/invitation/add/"


def lists_and_actions():
    """(model, address of its list, action): what any page offers on all pages that offer some, and deleting."""
    known = {name for page in admin.site._registry.values() for name in page.actions or ()}
    for model, page in sorted(admin.site._registry.items(), key=lambda item: item[0].__name__):
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for action in ["delete_selected", *(sorted(known) if page.actions else ())]:
            yield model, address, action


@pytest.mark.parametrize("actor", ["organiser", "officer", "other organiser"])
def test_an_action_reaches_no_row_beyond_ones_own(world, actor):
    """Keys of all rows in `_selected_action` with `select_across`; of foreign ones nothing is touched, and nobody
    deletes by an action. (90 tries.)"""
    client, tried = browser_of(world, actor), 0
    foreign = world.a if actor == "other organiser" else world.b
    users = User.objects.filter(roles__office__in=[foreign.host, foreign.first, foreign.second]).distinct()
    for model, address, action in lists_and_actions():
        keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        with transaction.atomic():
            before, rows = powers_of(users), model._default_manager.count()
            body = {"action": action, "_selected_action": keys, "select_across": "1", "post": "yes"}
            assert client.post(address, body).status_code < 500, (address, action)
            assert powers_of(users) == before, (address, action)
            if action == "delete_selected":
                assert model._default_manager.count() == rows, address
            transaction.set_rollback(True)
        tried += 1
    assert tried >= 30


def test_ending_all_roles_of_the_list_ends_those_of_own_coordinators_alone(world):
    """An organiser's list also shows the own role; the service refuses what may not be given away."""
    client = browser_of(world, "organiser")
    keys = list(Role.objects.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        client.post("/admin/courses/role/", {"action": "end_roles", "_selected_action": keys, "select_across": "1"})
        ended = set(Role.objects.filter(valid_to__isnull=False).values_list("user__username", flat=True))
        gone = set(keys) - set(Role.objects.values_list("pk", flat=True))
        transaction.set_rollback(True)
    assert ended == {"coordinator-a", "coordinator-a-2"}
    assert gone == {world.a.invitation.role_id}  # given today, so it leaves no trace


def test_an_invitation_is_accepted_for_its_own_account_alone(world):
    """Whatever else is posted with the password."""
    client = browser_of(world, "nobody")
    chosen = "mười con voi đen 2023"
    with transaction.atomic():
        others = User.objects.exclude(pk=world.a.invitation.role.user_id)
        before = powers_of(others)
        client.post(
            f"/accounts/invitation/{world.a.invitation_token}/",
            {**ALL_POWERS, "password1": chosen, "password2": chosen, "user": world.superuser.pk, "role": "1"},
        )
        user = User.objects.get(pk=world.a.invitation.role.user_id)
        assert (user.is_active, user.is_superuser, user.is_staff, user.username) == (True, False, False, "moi-a")
        assert powers_of(others) == before
        transaction.set_rollback(True)


# Rows of another host among those that a form is about


def swapped(world):
    """(name, address of host B's own object, body with a row of host A's in it)."""
    a, b = world.a, world.b

    def page(kind, row, end="change"):
        return f"/admin/courses/{kind}/{row.pk}/{end}/"

    session, course = page("session", b.session), page("course", b.course)
    block, registration = page("block", b.block), page("registration", b.registration)
    add = f"/admin/courses/registration/add/?course={b.course.pk}"
    sheet = f"/admin/attendance/attendancesheet/{b.session.pk}/change/"
    result = f"/admin/attendance/courseresult/{b.course.pk}"
    yield "block of another class", course, {**as_shown(world, course), "blocks-0-id": a.block.pk}
    yield "material of another class", course, {**as_shown(world, course), "materials-0-id": a.material.pk}
    yield "topic of another block", block, {**as_shown(world, block), "topics-0-id": a.topic.pk}
    yield "part of another half-day", session, {**as_shown(world, session), "agenda-0-id": a.part.pk}
    yield "place of another half-day", session, {**as_shown(world, session), "places-0-id": a.place.pk}
    yield "topic of another class", session, {**as_shown(world, session), "agenda-0-topic": a.topic.pk}
    yield "speaker of another host", session, {**as_shown(world, session), "agenda-0-speaker": a.speaker.pk}
    yield "venue of another host", session, {**as_shown(world, session), "places-0-venue": a.venue.pk}
    yield "blocks of another class", session, {**as_shown(world, session), "blocks": a.block.pk}
    yield "blocks owed of another class", registration, {**as_shown(world, registration), "blocks": a.block.pk}
    yield "place of another class", registration, {**as_shown(world, registration), "place": a.place.pk}
    yield "person of another host", add, {**as_shown(world, add), "trainee": a.unregistered.pk}
    yield (
        "host of another host",
        page("course", b.draft),
        {**as_shown(world, page("course", b.draft)), "host_office": a.host.pk},
    )
    yield (
        "office of another host",
        page("speaker", b.speaker),
        {**as_shown(world, page("speaker", b.speaker)), "office": a.host.pk},
    )
    yield (
        "office of another host",
        page("venue", b.venue),
        {**as_shown(world, page("venue", b.venue)), "office": a.host.pk},
    )
    yield (
        "office of another host",
        page("trainee", b.trainee),
        {**as_shown(world, page("trainee", b.trainee)), "office": a.first.pk},
    )
    yield (
        "copy for another host",
        page("course", b.course, "copy"),
        {"code": "chep", "starts_on": vietnamese(b.course.starts_on), "host_office": a.host.pk},
    )
    yield (
        "marks of another class",
        sheet,
        {
            "submission": "0" * 31 + "1",
            f"shown-{a.stranger_registration.pk}": "",
            f"mark-{a.stranger_registration.pk}": "present",
        },
    )
    yield (
        "half-day of another class",
        f"{result}/rule",
        {**as_shown(world, f"{result}/rule"), "must_attend": a.session.pk},
    )
    yield (
        "person of another host",
        page("importbatch", b.batch),
        {f"row-{b.row.pk}": a.unregistered.pk, f"row-{a.row.pk}": "new"},
    )


#: A form whose foreign part is passed over is saved for the rest, with a new stamp and an entry of the log.
PASSING = ("updated_at", "sequence", "courses_actionlog", "courses_actiondetail")


def test_a_form_about_ones_own_takes_no_row_of_another_host(world):
    """Fails when the choices of a related row are not narrowed down."""
    client = browser_of(world, "other organiser")
    for name, path, body in swapped(world):
        with transaction.atomic():
            before = fingerprint(but=PASSING)
            answer = client.post(path, body)
            assert answer.status_code in (200, 302, 400, 404, 409), (name, path, answer.status_code)
            changed = [table for table, rows in fingerprint(but=PASSING).items() if rows != before[table]]
            transaction.set_rollback(True)
        assert changed == [], (name, path)


def test_an_officer_signs_with_nobody_of_another_host(world):
    client = browser_of(world, "other officer")
    a, b = world.a, world.b
    with transaction.atomic():
        before = fingerprint()
        answer = client.post(
            f"/admin/attendance/courseresult/{b.course.pk}/prepare",
            {"signer": a.signer.pk, "issue_date": f"{b.certificate.issue_date:%d/%m/%Y}", "count": "2"},
        )
        assert (answer.status_code, fingerprint() == before) == (200, True)
        answer = client.post(
            "/admin/attendance/registerbook/add/",
            {"issuer": a.host.pk, "kind": "attestation", "year": "1998", "opening_number": "1"},
        )
        assert (answer.status_code, fingerprint() == before) == (200, True)
        transaction.set_rollback(True)
