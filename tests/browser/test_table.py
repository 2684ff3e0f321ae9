"""The table of a class by keyboard: marked, saved behind the page, asked where somebody else was there first."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import DURING_THE_CLASS, TODAY
from tests.browser.steps import sign_in

#: Milliseconds from a key to the painted cell, of a class of any size; the middle of several, since a computer that
#: runs other tests beside it is late now and then.
AT_MOST = 50
#: What an empty frame takes in the same page: on a busy computer a key may take three of them.
FRAMES = """async () => { const took = []; for (let n = 0; n < 7; n++) { const began = performance.now();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    took.push(performance.now() - began); } return took.sort((a, b) => a - b)[3]; }"""
PAINTED = """() => { window.took = []; document.addEventListener("keydown", () => {
    const began = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.took.push(performance.now() - began), 0)); }, true); }"""


@pytest.mark.browser
def test_marks_are_made_by_keys_and_saved_by_themselves(site, eyes):
    site.clock(DURING_THE_CLASS)
    try:
        pages = [eyes.new_page(), eyes.new_page()]
        for page in pages:
            sign_in(eyes, site, page, "tochuc")
        page, other = pages
        page.goto("/admin/attendance/courseresult/")
        page.locator("#result_list a", has_text="CCHC").first.click()
        for one in pages:
            one.goto(re.sub(r"/change/.*", "/table", page.url))
        eyes.look(page)
        # In the demo these people are present, and so they are again at the end; a key goes on to who is expected next.
        first, second = ([one.locator("tbody td:nth-of-type(4) a").nth(place) for place in (1, 2)] for one in pages)
        first[0].click()
        page.evaluate(PAINTED)
        for key in ("4", "5", "ArrowUp"):
            page.keyboard.press(key)
        expect(page.locator("td a[data-became=saved]")).to_have_count(2)
        assert sorted(page.evaluate("window.took"))[1] < max(AT_MOST, 3 * page.evaluate(FRAMES))
        second[0].click()
        other.keyboard.press("2")
        expect(other.locator("td a[data-became=asked]")).to_have_count(1)
        eyes.look(other)
        eyes.look_again(other)
        other.locator(".table-asks button").first.click()
        expect(other.locator(".table-asks li")).to_have_count(0)
        assert second[0].get_attribute("class") == first[0].get_attribute("class")
        page.reload()
        assert first[0].get_attribute("data-mark") == "excused"
        for cell in first:
            cell.click()
            page.keyboard.press("1")
        expect(page.locator("td a[data-became=saved]")).to_have_count(2)
        page.get_by_role("link", name="Excel").click()
        eyes.look(page)
    finally:
        site.clock(TODAY)
