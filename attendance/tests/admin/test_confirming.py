"""A form that comes back with an error after who is there was asked again: it still knows where it belongs."""

import time

import lxml.html
import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from attendance.models import Certificate
from attendance.services.register import prepare_papers
from attendance.tests.admin.test_results import long_ago, ordered, page_of
from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.models import User
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = {"password": "chín con voi trắng 2022"}
SAID = "Nothing has been done yet: please look once more and press again."


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def confirmed(client, address, data):
    """What stands in the browser once the form was posted, the password asked and given."""
    asked = client.post(address, data)
    assert asked.status_code == 302
    return client.post(asked["Location"], PASSWORD)


def test_after_the_six_digits_of_a_second_factor_it_is_the_same(lop, officer):
    """Fails when only the page of the password goes on so."""
    lop.attended(2)
    long_ago(officer)
    secret = generate_totp_secret()
    TOTP.activate(User.objects.get(pk=officer.session["_auth_user_id"]), secret)
    session = officer.session
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session["account_authentication_methods"] += [{"method": "mfa", "at": time.time() - 3600, "type": "totp"}]
    session.save()
    asked = officer.post(page_of(lop, "prepare"), ordered(lop, count="3"))
    assert asked["Location"].startswith("/accounts/2fa/reauthenticate/")
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    back = officer.post(asked["Location"], {"code": code})
    assert the_form(back).get("action") == page_of(lop, "prepare")
    assert SAID in back.content.decode()


def the_form(response):
    """The page's own form, not those of its frame."""
    return lxml.html.fromstring(response.content.decode()).xpath("//main//form[@method='post']")[0]


def test_a_wrong_count_is_corrected_where_it_belongs(lop, officer):
    """Fails with allauth's own page: the form has no address, and the right count goes to the page of the code."""
    lop.attended(2)
    long_ago(officer)
    page = page_of(lop, "prepare")
    back = confirmed(officer, page, ordered(lop, count="3"))
    form = the_form(back)
    assert (back.status_code, form.get("action")) == (200, page)
    assert SAID in back.content.decode()
    assert Certificate.objects.count() == 0
    sent = officer.post(form.get("action"), {**{k: v or "" for k, v in form.fields.items()}, "count": "2"})
    assert sent["Location"] == page_of(lop)
    assert Certificate.objects.count() == 2


def test_a_preview_that_was_asked_for_is_shown_with_its_address_and_no_word_of_failing(lop, officer):
    lop.attended(1)
    long_ago(officer)
    back = confirmed(officer, page_of(lop, "prepare"), ordered(lop))
    assert the_form(back).get("action") == page_of(lop, "prepare")
    assert "1 certificate would be prepared" in back.content.decode()
    assert SAID not in back.content.decode()


def test_a_wrong_count_when_issuing_says_that_nothing_was_issued(lop, officer):
    lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    long_ago(officer)
    back = confirmed(officer, page_of(lop, "issue"), {"count": "9"})
    assert the_form(back).get("action") == page_of(lop, "issue")
    assert SAID in back.content.decode()


def test_a_file_is_still_a_file(lop, officer):
    lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    long_ago(officer)
    assert confirmed(officer, page_of(lop, "papers"), {})["Content-Type"] == "application/pdf"
