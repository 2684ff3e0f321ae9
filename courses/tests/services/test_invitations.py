import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import RoleKind
from courses.constants.clock import set_clock, today
from courses.constants.errors import Refusal
from courses.models import ActionLog, Invitation, Role, User
from courses.rules.actors import actor_of
from courses.services.accounts import close_account, end_role, give_role, reopen_account
from courses.services.invitations import (
    accept_invitation,
    invite,
    open_invitation,
    renew_invitation,
    suggested_username,
)
from courses.tests.people import PASSWORD, make_office, make_user

COORDINATOR, ORGANISER, OFFICER = RoleKind.COORDINATOR, RoleKind.ORGANISER, RoleKind.OFFICER
NAME = {"full_name": "Ngô Thử Mẫu"}


@pytest.fixture
def ward(db):
    return make_office("w", make_office("h"))


@pytest.fixture
def organiser(ward):
    return actor_of(make_user("org", (ORGANISER, ward.parent)))


def test_an_invited_person_cannot_sign_in_until_a_password_is_chosen(ward, organiser):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=organiser)
    user = invitation.role.user
    assert (user.username, user.full_name) == ("ngo.thu.mau", "Ngô Thử Mẫu")
    assert (user.is_active, user.is_staff, user.is_superuser, user.has_usable_password()) == (False,) * 4
    assert (invitation.role.kind, invitation.role.office, invitation.role.valid_from) == (COORDINATOR, ward, today())
    accepted = accept_invitation(token, password=PASSWORD)
    assert accepted == user
    assert accepted.is_active
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    assert list(ActionLog.objects.order_by("pk").values_list("action", "user")) == [
        ("invite", organiser.user_id),
        ("accept invitation", user.pk),
    ]


@pytest.mark.parametrize(("kind", "staff"), [(ORGANISER, True), (OFFICER, True), (COORDINATOR, False)])
def test_organisers_and_officers_work_in_the_admin_and_coordinators_do_not(ward, kind, staff):
    invitation, _token = invite(NAME, kind, ward, actor=SYSTEM)
    assert invitation.role.user.is_staff is staff


def test_only_the_hash_of_a_token_of_140_bits_is_kept(ward):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=SYSTEM)
    assert len(token) == 28
    assert set(token) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    kept = [str(value) for row in Invitation.objects.order_by("pk").values() for value in row.values()]
    kept += [str(value) for row in ActionLog.objects.order_by("pk").values() for value in row.values()]
    assert not any(token in value for value in kept)


def test_a_token_works_once(ward):
    _invitation, token = invite(NAME, COORDINATOR, ward, actor=SYSTEM)
    accept_invitation(token, password=PASSWORD)
    with pytest.raises(Refusal):
        accept_invitation(token, password="another password 2022")
    assert User.objects.get(username="ngo.thu.mau").check_password(PASSWORD)


def test_a_token_is_good_for_its_days(ward):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=SYSTEM, valid_days=14)
    set_clock(invitation.created_at + dt.timedelta(days=14, seconds=-1))
    assert open_invitation(token) == invitation
    set_clock(invitation.created_at + dt.timedelta(days=14))
    assert open_invitation(token) is None
    with pytest.raises(Refusal):
        accept_invitation(token, password=PASSWORD)


@pytest.mark.parametrize("token", ["", "x", "0" * 28, "ữ" * 28, "\ud800"])
def test_an_unknown_token_opens_nothing(db, token):
    assert open_invitation(token) is None


def test_a_token_typed_in_capitals_is_the_same(ward):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=SYSTEM)
    assert open_invitation(f" {token.upper()} ") == invitation


def test_renewing_closes_the_paper_that_was_lost(ward, organiser):
    first, lost = invite(NAME, COORDINATOR, ward, actor=organiser)
    second, token = renew_invitation(first, actor=organiser)
    assert second != first
    assert open_invitation(lost) is None
    assert open_invitation(token) == second


def test_renewing_lets_a_person_who_forgot_the_password_choose_another(ward, organiser):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=organiser)
    accept_invitation(token, password=PASSWORD)
    _again, token = renew_invitation(invitation, actor=organiser)
    assert User.objects.get(username="ngo.thu.mau").check_password(PASSWORD)
    accept_invitation(token, password="năm con voi trắng 2023")
    assert User.objects.get(username="ngo.thu.mau").check_password("năm con voi trắng 2023")


def test_an_organiser_cannot_take_over_an_account_by_renewing_it(ward, organiser):
    invitation, _token = invite(NAME, COORDINATOR, ward, actor=organiser)
    give_role(invitation.role.user, OFFICER, make_office("elsewhere"), actor=SYSTEM)
    with pytest.raises(Refusal):
        renew_invitation(invitation, actor=organiser)


def test_an_organiser_invites_coordinators_of_own_offices_only(ward, organiser):
    elsewhere = make_office("elsewhere")
    for kind, office in [(ORGANISER, ward), (OFFICER, ward), (COORDINATOR, elsewhere)]:
        with pytest.raises(Refusal):
            invite(NAME, kind, office, actor=organiser)
    assert not User.objects.filter(full_name=NAME["full_name"]).exists()


def test_inviting_the_same_person_twice_makes_one_account(ward, organiser):
    invite(NAME, COORDINATOR, ward, actor=organiser)
    with pytest.raises(Refusal):
        invite({"full_name": " Ngô  Thử Mẫu"}, COORDINATOR, ward, actor=organiser)
    assert User.objects.filter(full_name=NAME["full_name"]).count() == 1


@pytest.mark.parametrize("username", ["ORG", "org", "tên có dấu", "ab", "a b c", "x" * 61])
def test_an_account_name_that_is_taken_or_cannot_be_is_refused(ward, organiser, username):
    with pytest.raises(Refusal):
        invite({**NAME, "username": username}, COORDINATOR, ward, actor=organiser)


def test_a_suggested_account_name_has_no_marks_and_is_free(db):
    assert suggested_username("Đỗ Thị Thử-Mẫu") == "do.thi.thu.mau"
    make_user("do.thi.thu.mau")
    assert suggested_username("Đỗ Thị Thử-Mẫu") == "do.thi.thu.mau2"
    assert suggested_username("Ý") == "can-bo.y"
    assert suggested_username("李") == "can-bo"


def test_an_ended_role_and_a_closed_account_are_not_opened_by_an_old_paper(ward):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=SYSTEM)
    invitation.role.valid_from = today() - dt.timedelta(days=3)
    invitation.role.save()
    end_role(invitation.role, actor=SYSTEM)
    assert open_invitation(token) is None
    invitation, token = invite({"full_name": "Lê Thử Hai"}, COORDINATOR, ward, actor=SYSTEM)
    close_account(invitation.role.user, actor=SYSTEM)
    assert open_invitation(token) is None


def test_a_role_ended_on_its_first_day_is_gone(ward):
    invitation, token = invite(NAME, COORDINATOR, ward, actor=SYSTEM)
    end_role(invitation.role, actor=SYSTEM)
    assert not Role.objects.filter(user=invitation.role.user).exists()
    assert open_invitation(token) is None
    end_role(invitation.role, actor=SYSTEM)
    assert ActionLog.objects.filter(action="end role").count() == 1


def test_ending_the_last_role_of_the_admin_takes_the_admin_away(ward):
    user = make_user("both", (ORGANISER, ward), (OFFICER, ward))
    organiser, officer = user.roles.order_by("pk")
    Role.objects.filter(user=user).update(valid_from=today() - dt.timedelta(days=3))
    end_role(organiser, actor=SYSTEM)
    assert User.objects.get(pk=user.pk).is_staff
    end_role(officer, actor=SYSTEM)
    assert not User.objects.get(pk=user.pk).is_staff


def test_an_account_without_a_password_is_not_opened_by_reopening(ward):
    invitation, _token = invite(NAME, COORDINATOR, ward, actor=SYSTEM)
    with pytest.raises(Refusal):
        reopen_account(invitation.role.user, actor=SYSTEM)


def test_accounts_are_managed_by_superusers_alone_and_nobody_closes_the_own(ward, organiser):
    user = make_user("coo", (COORDINATOR, ward))
    with pytest.raises(Refusal):
        close_account(user, actor=organiser)
    superuser = make_user("su", superuser=True)
    with pytest.raises(Refusal):
        close_account(superuser, actor=actor_of(superuser))
    assert not close_account(user, actor=actor_of(superuser)).is_active
    assert reopen_account(user, actor=actor_of(superuser)).is_active


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_of_twenty_who_redeem_a_token_at_once_exactly_one_succeeds(_round):
    """Fails when accept_invitation looks at the invitation before the lock alone: several succeed."""
    office = make_office("w")
    invitation, token = invite(NAME, COORDINATOR, office, actor=SYSTEM)
    together = Barrier(20)

    def redeem(number):
        try:
            together.wait()
            return accept_invitation(token, password=f"{PASSWORD} {number}") and number
        except Refusal:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        winners = [number for number in pool.map(redeem, range(20)) if number is not None]
    assert len(winners) == 1
    user = User.objects.get(pk=invitation.role.user_id)
    assert user.check_password(f"{PASSWORD} {winners[0]}")
    assert ActionLog.objects.filter(action="accept invitation").count() == 1


def test_a_link_of_an_office_invites_nobody(ward):
    with pytest.raises(Refusal):
        invite(NAME, COORDINATOR, ward, actor=Actor("office", office_id=ward.pk))
