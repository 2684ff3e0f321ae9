"""The stylesheets, letters and error pages keep what they promise."""

import hashlib
import re
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles import finders
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse

from vithanh_training.static_files import JOINED, JoinedStyles, joined

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
ERRORS = ["400", "403", "403_csrf", "404", "429", "500"]
# What a first visit to a public page loads beside the page itself: styles as they are, letters as they travel.
PUBLIC_STYLES, PUBLIC_LETTERS = 16 * 1024, 28 * 1024


def _palettes() -> dict[str, dict[str, str]]:
    """Each block of colours in the house's stylesheet: light, dark by the browser, dark by choice."""
    css = (STATIC / "css" / "house.css").read_text()
    blocks = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", body)) for body in re.findall(r"{([^{}]*)}", css)]
    light, dark, chosen = [block for block in blocks if "brand" in block]
    return {"light": light, "dark": dark, "dark by choice": chosen}


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["light", "dark", "dark by choice"])
def test_every_colour_of_text_can_be_read_on_every_ground(name):
    palette = _palettes()[name]
    pairs = [(text, ground) for text in ("text", "quiet", "brand") for ground in ("bg", "card", "sunk", "brand-soft")]
    pairs += [(state, ground) for state in ("ok", "warn", "bad") for ground in ("bg", "card", f"{state}-soft")]
    pairs += [("text", f"{state}-soft") for state in ("ok", "warn", "bad")] + [("on-brand", "brand")]

    assert [pair for pair in pairs if _contrast(palette[pair[0]], palette[pair[1]]) < 4.5] == []
    assert _contrast(palette["edge"], palette["card"]) >= 3


def test_the_dark_of_the_browser_and_the_dark_of_choice_are_one():
    assert _palettes()["dark"] == _palettes()["dark by choice"]


def test_a_public_page_stays_small_on_a_phone():
    styles = sum((STATIC / "css" / name).stat().st_size for name in ("house.css", "site.css"))
    letters = sum(file.stat().st_size for file in (STATIC / "vendor" / "be-vietnam-pro").glob("*.woff2"))

    assert styles <= PUBLIC_STYLES
    assert letters <= PUBLIC_LETTERS


def test_the_own_page_has_one_stylesheet_that_is_made_of_the_others(rf):
    """Written by the finder when it is asked for, so that no rule stands in two files that people edit."""
    sources = [(STATIC / part).read_text() for part in JOINED["css/own.css"]]
    made = Path(finders.find("css/own.css"))
    before = made.stat().st_mtime_ns

    assert made.read_text() == joined(sources)
    assert (made.read_text().count("font-display: optional"), "swap" in made.read_text()) == (4, False)
    assert Path(finders.find("css/own.css")).stat().st_mtime_ns == before
    assert "css/own.css" in [path for path, _storage in JoinedStyles().list([])]
    page = render_to_string("base_own.html", request=rf.get("/"))
    assert re.findall('rel="stylesheet" href="([^"]*)"', page) == ["/static/css/own.css"]


def test_each_vendored_file_is_listed_with_its_fingerprint():
    vendor = STATIC / "vendor"
    listed = dict(re.findall(r"`([0-9a-f]{64})` \| `([^`]+)`", (vendor / "VENDORED.md").read_text()))
    found = {
        hashlib.sha256(file.read_bytes()).hexdigest(): file.relative_to(vendor).as_posix()
        for file in vendor.glob("*/**/*")
        if file.is_file()
    }

    assert found == listed


@pytest.mark.parametrize("folder", [STATIC, TEMPLATES])
def test_nothing_is_written_that_the_strict_policy_would_refuse(folder):
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<style|javascript:|<script(?![^>]*\b(src|type=\"application/json\"))")
    pages = [file for file in folder.rglob("*.html") if inline.search(file.read_text())]

    assert pages == []


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_needs_neither_request_nor_database_and_says_what_to_do(name):
    page = get_template(f"{name}.html").template.render(Context())

    assert "<h1>" in page
    assert page.count("<li>") >= 2
    assert 'href="/"' in page


def test_a_personal_page_is_neither_indexed_nor_told_to_others(rf):
    page = render_to_string("base_personal.html", request=rf.get("/"))

    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in page
    assert '<meta name="referrer" content="strict-origin">' in page


@pytest.fixture
def signed_in(client, db):
    get_user_model().objects.create_user("lan", password="nam-tu-dai-khong-lien-quan", full_name="Nguyễn Thị Thử")
    answer = client.post(reverse("account_login"), {"login": "lan", "password": "nam-tu-dai-khong-lien-quan"})
    assert answer.status_code == 302
    client.post(reverse("account_reauthenticate"), {"password": "nam-tu-dai-khong-lien-quan"})
    return client


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("account_change_password", "csrfmiddlewaretoken"),
        ("account_logout", "csrfmiddlewaretoken"),
        ("account_reauthenticate", "csrfmiddlewaretoken"),
        ("mfa_index", "state warn"),
        ("mfa_activate_totp", "totp-qr"),
    ],
)
def test_each_page_of_an_account_stands_in_the_house(signed_in, name, says):
    answer = signed_in.get(reverse(name))

    assert answer.status_code == 200
    assert says in answer.text
    assert "css/account" in answer.text


def test_whoever_switches_the_second_step_on_sees_the_recovery_codes_and_can_switch_it_off(signed_in):
    form = signed_in.get(reverse("mfa_activate_totp")).context["form"]
    code = format_hotp_value(hotp_value(form.secret, next(iter(yield_hotp_counters_from_time()))))

    shown = signed_in.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)

    assert shown.text.count("<li><code>") == 10
    assert "state ok" in signed_in.get(reverse("mfa_index")).text
    for name in ("mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_reauthenticate"):
        assert "btn" in signed_in.get(reverse(name)).text
