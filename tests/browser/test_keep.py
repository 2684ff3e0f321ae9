"""What a trainee takes along from the own page: kept on the phone, in the calendar, the pass over the whole screen; in
the browser inside Zalo, without a script, without a cookie; and how little and how soon the page is there."""

import datetime as dt
import time
import urllib.request

import pytest
import vobject
import zxingcpp
from playwright.sync_api import expect

from courses.constants.clock import VIETNAM
from tests.browser.site import TODAY
from tests.browser.steps import pixels_of
from tests.browser.test_hall import AWAKE

#: What the browser inside Zalo says it is.
ZALO = "Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36 Zalo android/12100662"
#: A class that begins in two days by the clock of the computer: a service worker goes by no other.
MAKE = """
import datetime as dt
from attendance.tests.records import Class
from attendance.services.passes import give_passes
from courses.constants import links
from courses.constants.clock import set_clock
from courses.models import Course, Place, Venue
from courses.services.schedule import set_times
lop = Class(code="%(code)s")
set_clock(None)
begins = dt.date.fromisoformat("%(begins)s")
Course.objects.filter(pk=lop.course.pk).update(starts_on=begins, ends_on=begins + dt.timedelta(days=2))
hall = Venue.objects.create(office=lop.host, name="Hội trường Thử %(code)s")
for session in lop.sessions:
    day = begins + (session.date - lop.course.starts_on)
    local = [moment.astimezone().time() for moment in (session.starts_at, session.ends_at)]
    set_times(session, date=day, begins=local[0], ends=local[1])
    session.save()
    Place.objects.create(session=session, venue=hall)
[person] = lop.people(1)
give_passes(lop.course)
result = {"own": links.trainee_token(person.trainee_id, 1), "feed": links.feed_code(person.trainee_id, 1),
          "name": person.trainee.full_name, "course": lop.course.pk, "trainee": person.trainee_id,
          "registration": person.pk, "pass": links.pass_code(person.pk, 1)}
"""
RENEW = """
from courses.models import Trainee
result = Trainee.objects.filter(pk=%(trainee)d).update(link_version=2)
"""
OVER = """
import datetime as dt
from courses.models import Course, Session
for session in Session.objects.filter(course=%(course)d):
    session.date -= dt.timedelta(days=30)
    session.starts_at -= dt.timedelta(days=30)
    session.ends_at -= dt.timedelta(days=30)
    session.save()
result = 1
"""
MOVED = """
from courses.models import Venue
result = Venue.objects.filter(places__session__course=%(course)d).update(name="Hội trường Khác")
"""
LEFT_OVER = "async (path) => (await caches.open(`kept ${path}`)).put('/static/old.css', new Response('x'))"
TEXT = "async (path) => (await caches.match(path, { cacheName: `kept ${path}` }))?.text()"
#: A kept copy whose class ended a second ago, as far as the worker can see.
ENDED = """async (path) => {
    const cache = await caches.open(`kept ${path}`);
    const copy = await cache.match(path);
    const headers = new Headers(copy.headers);
    headers.set("X-Kept-Until", String(Date.now() - 1000));
    await cache.put(path, new Response(await copy.text(), { headers }));
}"""
KEPT = """async () => {
    const kept = {};
    for (const name of await caches.keys()) {
        kept[name] = (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname);
    }
    return kept;
}"""
WORKERS = "async () => (await navigator.serviceWorker.getRegistrations()).map((one) => new URL(one.scope).pathname)"


@pytest.fixture
def person(site):
    """Somebody in a class of her own that begins in two days: `person(code)`."""

    def made(code):
        moment = dt.datetime.now(VIETNAM).replace(tzinfo=None)
        begins = moment.date() + dt.timedelta(days=2)
        site.clock(moment)
        found = site.python(MAKE % {"code": code, "begins": begins.isoformat()})
        return found | {"path": f"/my/{found['own']}/"}

    yield made
    site.clock(TODAY)


def kept_of(page) -> dict:
    return page.evaluate(KEPT)


def wait_until(page, holds) -> None:
    """What the page does when it has opened is done a moment later."""
    deadline = time.monotonic() + 30
    while not holds() and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert holds()


def keep(page, path):
    page.goto(path)
    assert kept_of(page) == {}
    page.locator("[data-keep-do]").click()
    expect(page.locator("[data-keep-remove]")).to_be_visible()


@pytest.mark.browser
def test_schedule_and_pass_are_kept_by_a_tap_open_without_a_network_and_go_by_another(site, eyes, person):
    found = person("GIU-1")
    page = eyes.new_page(375)
    page.add_init_script(AWAKE)
    keep(page, found["path"])
    eyes.look(page)
    kept = kept_of(page)
    assert list(kept) == [f"kept {found['path']}"]
    files = [name for name in kept[f"kept {found['path']}"] if name != found["path"]]
    assert [name for name in files if not name.startswith("/static/")] == []
    assert page.evaluate(WORKERS) == [found["path"]]
    eyes.network_is_cut = True
    page.context.set_offline(True)
    page.goto(found["path"])
    expect(page.locator(".notice.warn")).to_be_visible()
    for words in (found["name"], "Hội trường Thử GIU-1"):
        expect(page.locator("main")).to_contain_text(words)
    assert zxingcpp.read_barcode(pixels_of(page, ".pass-qr")).text.endswith(f"/p/{found['pass']}/")
    page.locator(".pass-fill").click()
    expect(page.locator(".pass-close")).to_be_visible()
    assert page.evaluate("navigator.wakeLock.asked") == 1
    page.keyboard.press("Escape")
    expect(page.locator(".pass-close")).to_be_hidden()
    page.locator("[data-keep-remove]").click()
    expect(page.locator("[data-keep-remove]")).to_be_hidden()
    assert kept_of(page) == {}
    assert page.evaluate(WORKERS) == []


@pytest.mark.browser
def test_what_is_kept_is_made_as_new_whenever_the_page_opens(site, eyes, person):
    found = person("GIU-2")
    page = eyes.new_page(375)
    keep(page, found["path"])
    page.evaluate(LEFT_OVER, found["path"])
    site.python(MOVED % found)
    page.goto(found["path"])
    wait_until(page, lambda: "Hội trường Khác" in page.evaluate(TEXT, found["path"]))
    wait_until(page, lambda: "/static/old.css" not in kept_of(page)[f"kept {found['path']}"])


@pytest.mark.browser
def test_what_is_kept_goes_when_the_class_is_over(site, eyes, person):
    """By the worker, which shows nothing of it any more, and by the page, when the server says so."""
    found = person("GIU-7")
    page = eyes.new_page(375)
    keep(page, found["path"])
    eyes.network_is_cut = True
    page.evaluate(ENDED, found["path"])
    page.context.set_offline(True)
    with pytest.raises(Exception, match="net::ERR_FAILED"):
        page.goto(found["path"])
    page.context.set_offline(False)
    page.goto(found["path"])
    assert kept_of(page) == {}
    keep(page, found["path"])
    site.python(OVER % found)
    page.goto(found["path"])
    wait_until(page, lambda: kept_of(page) == {})


@pytest.mark.browser
def test_a_renewed_link_takes_what_was_kept_away(site, eyes, person):
    found = person("GIU-3")
    page = eyes.new_page(375)
    keep(page, found["path"])
    site.python(RENEW % found)
    page.goto(found["path"])
    page.goto("/")
    wait_until(page, lambda: kept_of(page) == {})


@pytest.mark.browser
def test_a_browser_that_cannot_keep_says_so_and_offers_the_picture(site, eyes, person):
    found = person("GIU-4")
    page = eyes.new_page(375)
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(found["path"])
    expect(page.locator("[data-keep-cannot]")).to_be_visible()
    expect(page.locator("[data-keep-do]")).to_be_hidden()
    page.locator(".pass-keep summary").click()
    expect(page.locator(".pass-keep img")).to_be_visible()


@pytest.mark.browser
def test_without_a_script_everything_but_keeping_is_there(site, eyes, person):
    found = person("GIU-5")
    page = eyes.new_page(375, java_script_enabled=False)
    page.goto(found["path"])
    expect(page.locator("[data-keep-cannot]")).to_be_visible()
    expect(page.locator("[data-keep-do]")).to_be_hidden()
    page.locator(".pass-fill").click()
    box = page.locator(".pass").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 375, 812)
    assert zxingcpp.read_barcode(pixels_of(page, ".pass-qr")).text.endswith(f"/p/{found['pass']}/")
    page.locator(".pass-close").click()
    assert page.locator(".pass").bounding_box()["height"] < 812
    page.locator(".add-calendar summary").click()
    address = page.locator("#feed-address").input_value()
    with urllib.request.urlopen(address) as answer:
        assert len(vobject.readOne(answer.read().decode()).vevent_list) == 3
    page.locator(".lang button").click()
    expect(page.locator("h1")).to_contain_text(found["name"])


@pytest.mark.browser
def test_in_the_browser_inside_zalo_every_task_goes_without_download_cookie_or_second_window(site, eyes, person):
    found = person("GIU-6")
    page = eyes.new_page(375, user_agent=ZALO, accept_downloads=False)
    downloads, windows = [], []
    page.on("download", lambda download: downloads.append(download))
    page.context.on("page", lambda window: windows.append(window))
    page.add_init_script("window.open = () => { throw new Error('no second window') }")
    page.goto(found["path"])
    eyes.look(page)
    assert page.locator("[target], [download]").count() == 0
    page.locator(".pass-fill").click()
    expect(page.locator(".pass-close")).to_be_visible()
    page.locator(".pass-close").click()
    page.locator(".pass-keep summary").click()
    expect(page.locator(".pass-keep img")).to_be_visible()
    # The address stands open, to be copied: nothing need be opened here.
    assert page.locator("#feed-address").input_value().endswith(f"/calendar/{found['feed']}.ics")
    page.locator("[data-copy]").click()
    expect(page.locator(".add-calendar [role=status]")).not_to_be_empty()
    page.locator("[data-keep-do]").click()
    expect(page.locator("[data-keep-remove]")).to_be_visible()
    assert page.context.cookies() == []  # none is asked for, so none is missed
    page.locator(".lang button").click()
    expect(page.locator("h1")).to_contain_text(found["name"])
    assert (downloads, windows) == ([], [])
