"""The hall's screen on the wall and a phone before it: the code is typed, the person says who it is, and is entered."""

# The clock of the site stands still in these tests, two seconds before the code changes: a screen asks every two
# seconds, and its code is over after twenty-two.

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests.browser.site import TODAY

DURING = dt.datetime(2026, 6, 5, 7, 20, 18)
#: What the browser inside Zalo says it is; it keeps no cookie and runs no script of ours here.
ZALO = "Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36 Zalo android/12100662"

MAKE = """
from attendance.tests.records import Class
from courses.constants import links
lop = Class(code="%(code)s")
[person] = lop.people(1, phone="0900 000 123")
result = {"session": lop.general.pk, "screen": links.screen_token(lop.general.pk, 1), "name": person.trainee.full_name,
          "own": links.trainee_token(person.trainee_id, 1)}
"""
RENEW = """
from attendance.models import Sheet
result = Sheet.objects.update_or_create(session_id=%(session)d, defaults={"screen_version": 2})[1]
"""
MARKS = """
from attendance.models import Event, Mark
result = [list(Mark.objects.filter(session=%(session)d).values_list("state", flat=True)),
          Event.objects.filter(session=%(session)d, way="screen").count()]
"""

#: A screen that is kept awake, and how often it was asked to be.
AWAKE = """Object.defineProperty(navigator, "wakeLock",
    {value: {asked: 0, request() { this.asked += 1; return Promise.resolve(); }}})"""
FORGETFUL = "Storage.prototype.setItem = () => { throw new DOMException('nothing is kept', 'QuotaExceededError') }"


@pytest.fixture
def wall(site, eyes):
    """Opens the screen of a class of its own: `wall(code)`; with `script` run before the page's own."""
    site.clock(DURING)

    def opened(code, script=AWAKE):
        made = site.python(MAKE % {"code": code})
        page = eyes.new_page(1280)
        page.add_init_script(script)
        page.goto(f"/here/screen/{made['screen']}/")
        return page, made

    yield opened
    site.clock(TODAY)


def pass_seconds(page, number: int) -> None:
    """One by one: what the page gives up in one of them it learns in real time, however fast its clock is turned."""
    for _ in range(number):
        page.clock.run_for(1_000)


@pytest.mark.browser
def test_a_screen_whose_network_hangs_asks_again_and_hides_its_code_when_it_is_over(wall, eyes):
    page, _made = wall("MAN-HINH-2")
    page.clock.install()
    page.reload()
    asked = []
    eyes.network_is_cut = True
    page.route("**/now", lambda route: asked.append(route))
    pass_seconds(page, 15)
    expect(page.locator("[data-code]")).to_be_visible()
    pass_seconds(page, 10)
    expect(page.locator("[data-code]")).to_be_hidden()
    expect(page.locator("p[data-away]")).to_be_visible()
    assert len(asked) >= 2
    page.unroute("**/now")
    page.clock.run_for(8_000)
    expect(page.locator("[data-code]")).to_be_visible()
    expect(page.locator("p[data-away]")).to_be_hidden()


@pytest.mark.browser
def test_a_screen_that_is_looked_at_again_asks_at_once_and_stays_awake(wall):
    page, _made = wall("MAN-HINH-3")
    with page.expect_request("**/now", timeout=1500):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate("navigator.wakeLock.asked") == 2


@pytest.mark.browser
def test_the_secret_leaves_the_address_bar_and_the_page_can_still_be_loaded_anew(wall, eyes):
    page, made = wall("MAN-HINH-4")
    for _ in range(2):
        expect(page.locator("[data-code]")).to_be_visible()
        page.wait_for_url("**/here/screen/")
        page.reload()
    eyes.look(page)
    other = eyes.new_page(375)
    other.goto("/here/screen/")
    eyes.look(other)
    forgetful, made = wall("MAN-HINH-5", FORGETFUL)
    assert made["screen"] in forgetful.url
    forgetful.reload()
    expect(forgetful.locator("[data-code]")).to_be_visible()


@pytest.mark.browser
def test_a_screen_with_an_old_address_hides_its_code_and_says_where_the_new_one_is(wall, site, eyes):
    page, made = wall("MAN-HINH-6")
    site.python(RENEW % made)
    expect(page.locator("p[data-away]")).to_be_visible()
    assert page.inner_text("p[data-away]") == page.get_attribute("[data-now]", "data-gone")
    expect(page.locator("[data-code]")).to_be_hidden()
    page.close()
    assert {found.split(": ")[1].split()[0] for found in eyes.findings} == {"404"}
    eyes.findings.clear()


@pytest.mark.browser
@pytest.mark.parametrize(("script", "named"), [("", True), (FORGETFUL, False)])
def test_a_right_is_used_on_the_phone_that_got_it_whether_it_keeps_a_name_or_not(wall, site, eyes, script, named):
    screen, made = wall(f"MAN-HINH-7{named:d}")
    phone = eyes.new_page(375)
    phone.add_init_script(script)
    phone.goto(f"/here/{screen.inner_text('[data-code]')}/")
    eyes.look(phone)
    phone.click("main button")
    eyes.look(phone)
    assert bool(phone.input_value("[name=device]")) == named
    phone.fill("[name=name]", made["name"])
    phone.fill("[name=phone_end]", "0123")
    phone.click("main button")
    assert site.python(MARKS % made) == [["present"], 1]


@pytest.mark.browser
def test_a_trainee_enters_by_the_code_on_the_wall_without_cookie_and_script(site, eyes):
    site.clock(DURING)
    try:
        made = site.python(MAKE % {"code": "MAN-HINH"})
        wall = eyes.new_page(1280)
        wall.goto(f"/here/screen/{made['screen']}/")
        eyes.look(wall)
        first = wall.inner_text("[data-code]")
        phone = eyes.new_page(375, user_agent=ZALO, java_script_enabled=False)
        phone.goto("/here/")
        phone.fill("#code", first.lower())
        phone.click("main button")
        phone.click("main button")
        phone.context.clear_cookies()
        phone.fill("[name=name]", made["name"])
        phone.fill("[name=phone_end]", "0123")
        phone.click("main button")
        assert made["name"] in phone.inner_text("main")
        assert site.python(MARKS % made) == [["present"], 1]
        # The clock of this site stands still; twenty seconds on, the wall has another code by itself.
        site.clock(DURING + dt.timedelta(seconds=20))
        wall.wait_for_function("(old) => document.querySelector('[data-code]').textContent !== old", arg=first)
        own = eyes.new_page(375)
        own.goto(f"/my/{made['own']}/")
        eyes.look(own)
        own.fill("#here-code", wall.inner_text("[data-code]"))
        own.click("form.here-form button")
        eyes.look(own)
        assert site.python(MARKS % made) == [["present"], 1]
    finally:
        site.clock(TODAY)
