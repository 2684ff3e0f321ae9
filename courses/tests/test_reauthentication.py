"""Asking again who is there, before what cannot be undone: on a page of the admin and on a form posted to it."""

import time

import pytest
from allauth.account.decorators import reauthentication_required
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib import admin
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.http import require_POST

from courses.constants.choices import RoleKind
from courses.tests.people import PASSWORD, make_office, make_user

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]
PAGE = "/admin/issue/7/"
NOTHING_DONE = "Confirmed. Nothing has been done yet: please look once more and press again."


def issue(request, number):
    if "file" in request.POST:
        return HttpResponse("PK", headers={"Content-Disposition": "attachment; filename=lop.zip"})
    return HttpResponse(f"{request.method} {number} {request.POST.get('what', '')} by {request.actor.user_id}")


urlpatterns = [
    path("admin/issue/<int:number>/file", admin.site.admin_view(require_POST(reauthentication_required(issue)))),
    path("admin/issue/<int:number>/", admin.site.admin_view(reauthentication_required(issue)), name="issue"),
    path("", include("vithanh_training.urls")),
]


@pytest.fixture
def organiser():
    return make_user("org", (RoleKind.ORGANISER, make_office("h")))


def signed_in(**options):
    client = Client(**options)
    client.post("/accounts/login/", {"login": "org", "password": PASSWORD})
    return client


def test_the_page_asks_for_the_password_and_then_lets_through(organiser):
    client = signed_in()
    asked = client.get(PAGE)
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fadmin%2Fissue%2F7%2F"
    assert client.get(asked["Location"]).status_code == 200
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert client.get(PAGE).status_code == 302
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == PAGE
    assert client.get(PAGE).content.decode() == f"GET 7  by {organiser.pk}"
    assert client.post(PAGE, {"what": "all"}).content.decode() == f"POST 7 all by {organiser.pk}"


def test_a_form_posted_without_it_is_kept_and_goes_through_after_the_password(organiser):
    client = signed_in()
    asked = client.post(PAGE, {"what": "all"})
    done = client.post(asked["Location"], {"password": PASSWORD})
    assert done.content.decode() == f"POST 7 all by {organiser.pk}"


def test_it_holds_for_five_minutes(organiser, monkeypatch):
    client = signed_in()
    client.post(f"/accounts/reauthenticate/?next={PAGE}", {"password": PASSWORD})
    assert client.get(PAGE).status_code == 200
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + 301)
    assert client.get(PAGE)["Location"].startswith("/accounts/reauthenticate/")


def test_who_has_a_second_factor_is_asked_for_it(organiser):
    secret = generate_totp_secret()
    TOTP.activate(organiser, secret)
    client = signed_in()
    now = int(time.time()) // 30
    client.post("/accounts/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, now))})
    asked = client.get(PAGE)
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/")
    answer = client.post(asked["Location"], {"code": format_hotp_value(hotp_value(secret, now + 1))})
    assert answer["Location"] == PAGE
    assert client.get(PAGE).status_code == 200


def test_a_forged_form_is_refused_before_anybody_is_asked(organiser):
    client = signed_in()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(PAGE, {"what": "all"}).status_code == 403


def test_a_form_with_a_query_in_its_address_goes_through_too(organiser):
    """allauth alone compares the path with the whole address, and leaves the form out without a word."""
    client = signed_in()
    asked = client.post(PAGE + "?page=2", {"what": "all"})
    done = client.post(asked["Location"], {"password": PASSWORD})
    assert done.content.decode() == f"POST 7 all by {organiser.pk}"


def test_a_form_that_was_overtaken_by_another_tab_is_said_not_to_be_done(organiser):
    client = signed_in()
    client.cookies["language"] = "en"
    first = client.post(PAGE, {"what": "all"})
    client.post("/admin/issue/8/", {"what": "all"})
    answer = client.post(first["Location"], {"password": PASSWORD})
    assert answer["Location"] == PAGE
    assert NOTHING_DONE in [str(message) for message in get_messages(answer.wsgi_request)]


BUTTON, FILE = "http://testserver/admin/issue/7/?page=2", "/admin/issue/7/file"


def file_asked_for(client, page=BUTTON):
    return client.post(FILE, {"file": "1"}, headers={"referer": page})["Location"]


def test_after_a_file_the_page_of_confirming_leads_back_to_the_button(organiser):
    """The browser stays on it: whoever reloads it, goes back to it or types the password again is not told that a
    button is needed. Take either way of `_back_from_file` out and the second or the last line fails."""
    client = signed_in()
    client.cookies["language"] = "en"
    asked = file_asked_for(client)
    assert f'href="{BUTTON}"' in client.get(asked).content.decode()
    assert client.post(asked, {"password": PASSWORD}).content == b"PK"
    for again in (client.get(asked), client.post(asked, {"password": PASSWORD})):
        assert again["Location"] == BUTTON
        assert "please press the button once more" in str([*get_messages(again.wsgi_request)][-1])
    assert client.post(FILE, {"file": "1"}).content == b"PK"


def test_long_after_a_file_the_password_is_asked_for_and_then_leads_back(organiser, monkeypatch):
    client = signed_in()
    asked = file_asked_for(client)
    client.post(asked, {"password": PASSWORD})
    moment = time.time()
    monkeypatch.setattr(time, "time", lambda: moment + 301)
    assert client.get(asked).status_code == 200
    assert client.post(asked, {"password": PASSWORD})["Location"] == BUTTON
    monkeypatch.setattr(time, "time", lambda: moment + 700)
    assert client.post(file_asked_for(client), {"password": PASSWORD}).content == b"PK"


@pytest.mark.parametrize("page", ["https://elsewhere.test/admin/", "", "http://testserver/accounts/reauthenticate/"])
def test_nobody_is_led_to_another_site_nor_in_a_circle(organiser, page):
    client = signed_in()
    asked = file_asked_for(client, page)
    assert '<a href="/">' in client.get(asked).content.decode()
    client.post(asked, {"password": PASSWORD})
    assert client.get(asked).status_code == 200
