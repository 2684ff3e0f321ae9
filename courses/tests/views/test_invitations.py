import pytest
from django.contrib.auth import get_user

from courses.constants.actors import SYSTEM
from courses.constants.choices import RoleKind
from courses.models import User
from courses.rules.actors import actor_of
from courses.services.invitations import accept_invitation, invite, renew_invitation
from courses.tests.people import PASSWORD, make_office, make_user

NEW = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def host(db):
    return make_office("h")


@pytest.fixture
def made(host):
    ward = make_office("w", host)
    organiser = actor_of(make_user("org", (RoleKind.ORGANISER, host)))
    return invite({"full_name": "Ngô Thử Mẫu"}, RoleKind.COORDINATOR, ward, actor=organiser)


@pytest.fixture
def made_again(host):
    organiser = actor_of(make_user("org", (RoleKind.ORGANISER, host)))
    first, lost = invite({"full_name": "Ngô Thử Mẫu"}, RoleKind.COORDINATOR, host, actor=organiser)
    renew_invitation(first, actor=organiser)
    return lost


def address(token):
    return f"/accounts/invitation/{token}/"


def test_the_page_says_who_invites_whom_for_what(client, made):
    text = client.get(address(made[1])).content.decode()
    for word in ("Ngô Thử Mẫu", "Người Thử org", "Đơn vị w", 'value="ngo.thu.mau"', "readonly"):
        assert word in text
    assert "noindex" in text


def test_choosing_a_password_leads_to_sign_in_and_the_password_works(client, made):
    response = client.post(address(made[1]), NEW)
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert "ngo.thu.mau" in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/login/", {"login": "ngo.thu.mau", "password": PASSWORD}).status_code == 302
    assert get_user(client).username == "ngo.thu.mau"


def test_somebody_else_who_is_signed_in_on_the_computer_is_signed_out(client, made):
    client.force_login(User.objects.get(username="org"))
    client.post(address(made[1]), NEW)
    assert not get_user(client).is_authenticated


def test_looking_uses_nothing_up(client, made):
    for method in ("get", "head", "get"):
        assert getattr(client, method)(address(made[1])).status_code == 200
    made[0].refresh_from_db()
    assert made[0].used_at is None


@pytest.mark.parametrize(
    "typed",
    [
        {"password1": PASSWORD, "password2": PASSWORD + "x"},
        {"password1": "ngắn", "password2": "ngắn"},
        {"password1": "ngo.thu.mau", "password2": "ngo.thu.mau"},
        {"password1": "1234567890", "password2": "1234567890"},
        {},
    ],
)
def test_a_password_that_will_not_do_is_explained_and_uses_nothing_up(client, made, typed):
    response = client.post(address(made[1]), typed)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert not User.objects.get(username="ngo.thu.mau").is_active


def test_used_renewed_over_and_unknown_answer_alike(client, made, settings):
    accept_invitation(made[1], password=PASSWORD)
    used = client.get(address(made[1]))
    unknown = client.get(address("0" * 28))
    assert used.status_code == unknown.status_code == 404
    plain = [r.content.decode().replace(made[1], "").replace("0" * 28, "") for r in (used, unknown)]
    csrf = [text.split("csrfmiddlewaretoken")[0] for text in plain]
    assert csrf[0] == csrf[1]
    assert client.post(address(made[1]), NEW).status_code == 404
    assert client.post(address("0" * 28), NEW).status_code == 404


def test_a_paper_that_was_replaced_is_not_open(client, made_again):
    assert client.get(address(made_again)).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, made, method):
    assert getattr(client, method)(address(made[1])).status_code == 405


def test_a_form_from_another_site_is_refused(made):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(address(made[1]), NEW).status_code == 403


def test_no_copy_of_the_page_is_kept(client, made):
    assert "no-store" in client.get(address(made[1]))["Cache-Control"]


def test_an_account_made_by_the_system_names_nobody_as_inviting(client, host):
    _invitation, token = invite({"full_name": "Lê Thử Hai"}, RoleKind.OFFICER, host, actor=SYSTEM)
    assert client.get(address(token)).status_code == 200
