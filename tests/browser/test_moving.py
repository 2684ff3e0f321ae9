"""Half past six in the morning: another hall, a later hour, not today, on a phone and in at most six taps."""

import datetime as dt

import icalendar
import pytest
from playwright.sync_api import expect

from tests.browser.steps import PHONE, signed_in

#: An hour before the ward's half-day of the morning, by the clock of the demo's first start.
EARLY = dt.datetime(2026, 11, 26, 6, 30)
MOST_TAPS = 6


class Thumb:
    """Taps what is visible, and counts."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, selector: str) -> None:
        self.taps += 1
        self.page.locator(selector).locator("visible=true").first.click()


def sequences(page, code: str) -> list[int]:
    feed = page.request.get(f"/courses/{code}/calendar.ics").body()
    return [event["SEQUENCE"] for event in icalendar.Calendar.from_ical(feed).walk("VEVENT")]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("code", "act", "choice"),
    [
        ("TTHC-PVT", "hall", "[name=hall]:not([value=other])"),
        ("TTHC-PVT", "later", "[name=delay][value='30']"),
        ("KNS-PVT", "off", "[name=day]:not([value=other])"),
    ],
)
def test_one_act_changes_page_and_feed_and_hands_over_text_and_notice(site, eyes, code, act, choice):
    site.clock(EARLY)
    page = eyes.new_page(PHONE)
    signed_in(eyes, site, page, "tochucphuong")
    page.goto("/admin/")
    before = sequences(page, code)
    thumb = Thumb(page)
    thumb.tap(f".week-card:has-text('{code}') a[href*='/reschedule']")
    eyes.look(page)
    thumb.tap(f".big-choice:has([name=what][value={act}])")
    thumb.tap(f".big-choice:has({choice})")
    thumb.tap(f".big-choice:has([name=reason][value^={act}])")
    eyes.look(page)
    thumb.tap(".bar button")
    page.wait_for_url("**/changed")
    eyes.look(page)
    thumb.tap("[data-copy]")
    expect(page.locator("[role=status]")).not_to_be_empty()
    assert thumb.taps <= MOST_TAPS
    changed = page.url
    text = page.locator("#text-for-group").input_value()
    assert f"/courses/{code}/" in text
    notice = page.request.get(changed.replace("/changed", "/notice"))
    assert notice.body().startswith(b"%PDF-")
    assert sum(sequences(page, code)) == sum(before) + 1
    page.goto(f"/courses/{code}/")
    eyes.look(page)
    news = page.locator(".changes li")
    shown = news.count()
    assert shown > 0
    assert page.request.get(f"/courses/{code}/timetable.png").body().startswith(b"\x89PNG")
    page.goto(changed)
    page.locator("form[action*='take-back'] button").click()
    page.goto(f"/courses/{code}/")
    assert news.count() == shown - 1
    assert sum(sequences(page, code)) == sum(before) + 2
