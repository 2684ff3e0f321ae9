"""What holds for every answer, asked of whichever addresses the site has."""

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import translation

from courses.constants.clock import now, set_clock
from courses.middleware import LARGEST_BODY, LARGEST_BODY_IN_ADMIN, LONGEST_ADDRESS

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    user = get_user_model().objects.create_user("thu.demo", full_name="Nguyễn Thị Thử")
    client.force_login(user)
    return client


def test_vietnamese_is_shown_whatever_the_browser_asks_for(client):
    response = client.get("/accounts/login/", headers={"accept-language": "en-US,en;q=0.9"})
    assert response.headers["Content-Language"] == "vi"
    assert "Cookie" in response.headers["Vary"]


def test_a_chosen_language_stays(client):
    client.post("/language/setlang/", {"language": "en"})
    assert client.get("/accounts/login/").headers["Content-Language"] == "en"


def test_an_unknown_language_is_vietnamese(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "../../etc"
    assert client.get("/accounts/login/").headers["Content-Language"] == "vi"


def test_a_language_does_not_leak_into_the_next_request(client):
    client.post("/language/setlang/", {"language": "en"})
    client.get("/accounts/login/")
    client.cookies.clear()
    assert client.get("/accounts/login/").headers["Content-Language"] == "vi"
    assert translation.get_language() == "vi"


@pytest.mark.parametrize("address", ["/accounts/login/", "/my/abc/", "/office/abc/", "/verify/abc/", "/admin/"])
def test_no_copy_of_a_personal_page_is_kept(client, address):
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_a_public_page_seen_while_signed_in_is_personal(signed_in):
    assert "no-store" in signed_in.get("/courses/none/").headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/accounts/login/", "/healthz", "/no-such-page/"])
def test_every_answer_carries_the_policy_and_the_privacy_headers(client, address):
    headers = client.get(address).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_camera_is_for_doors_alone(client):
    assert "camera=(self)" in client.get("/check-in/none/").headers["Permissions-Policy"]


@pytest.mark.parametrize("address", ["/admin/%00", "/?q=%00", "/?%00=1", "/verify/a%00b/"])
def test_a_nul_byte_in_an_address_is_refused_with_a_page(client, address):
    response = client.get(address)
    assert response.status_code == 400
    assert "<html" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/admin/courses/actionlog/", "/accounts/login/", "/no-such-page/"])
def test_an_address_that_no_page_makes_is_refused_before_it_is_read(client, address):
    """Fails without `RefusedLength`: a list of the admin takes seconds to read a megabyte of columns to sort by."""
    response = client.get(address, {"o": "1." * 500_000})
    assert (response.status_code, response.templates[0].name) == (414, "414.html")
    assert "<html" in response.content.decode()
    assert client.post(f"{address}?o={'1.' * 500_000}").status_code == 414
    assert client.get(f"{address}{'a' * LONGEST_ADDRESS}").status_code == 414


@pytest.mark.parametrize(
    ("address", "most"),
    [("/verify/file/", LARGEST_BODY), ("/admin/", LARGEST_BODY_IN_ADMIN), ("/nothing/", LARGEST_BODY)],
)
def test_a_body_larger_than_any_page_takes_is_refused_unread(client, address, most):
    """Fails without the look at its length: whoever finds the site fills its disk, file by file."""
    body = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(most + 1)}
    response = client.generic("POST", address, b"", **body)
    assert (response.status_code, response.templates[0].name) == (413, "413.html")
    response = client.generic("POST", address, b"--x--", content_type=body["content_type"])
    assert response.status_code != 413


def test_an_address_with_hundreds_of_people_and_a_long_search_is_read(client):
    ids = [("id__in", ",".join(str(pk) for pk in range(1_000_000, 1_000_200))), ("q", "Nguyễn Thị Thử " * 40)]
    assert client.get("/courses/none/", ids).status_code == 404
    assert client.get("/", [("people", pk) for pk in range(1_000_000, 1_000_200)]).status_code == 200
    longest = LONGEST_ADDRESS - len("/")
    assert client.get("/?" + "q" * longest).status_code == 200
    assert client.get("/?" + "q" * (longest + 1)).status_code == 414


def test_a_nul_byte_in_a_form_is_refused_with_a_page(client):
    response = client.post("/accounts/login/", {"login": "a\0b", "password": "x"})
    assert response.status_code == 400
    assert "<html" in response.content.decode()


def test_a_session_that_is_used_lasts_and_an_idle_one_is_renewed_at_most_every_quarter_of_an_hour(signed_in):
    signed_in.get("/admin/")
    first = signed_in.session["renewed"]
    set_clock(now() + dt.timedelta(minutes=10))
    signed_in.get("/admin/")
    assert signed_in.session["renewed"] == first
    set_clock(now() + dt.timedelta(minutes=10))
    signed_in.get("/admin/")
    assert signed_in.session["renewed"] > first


def test_a_session_ends_after_seven_days_however_much_it_is_used(signed_in):
    signed_in.get("/admin/")
    set_clock(now() + dt.timedelta(days=6, hours=23))
    signed_in.get("/admin/")
    assert "_auth_user_id" in signed_in.session
    set_clock(now() + dt.timedelta(hours=2))
    signed_in.get("/admin/")
    assert "_auth_user_id" not in signed_in.session


def test_a_visitor_without_a_session_is_given_none(client):
    client.get("/healthz")
    assert settings.SESSION_COOKIE_NAME not in client.cookies
