"""One's own last act is taken back by one key, in the table and at the desk; what is not saved is not lost unasked."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import DURING_THE_CLASS, TODAY
from tests.browser.steps import signed_in


@pytest.mark.browser
def test_a_key_takes_back_what_was_entered_last(site, eyes):
    site.clock(DURING_THE_CLASS)
    try:
        page = eyes.new_page(1280)
        signed_in(eyes, site, page, "tochuc")
        page.goto("/admin/attendance/courseresult/")
        page.locator("#result_list a", has_text="CCHC").first.click()
        page.goto(re.sub(r"/change/.*", "/table", page.url))
        in_the_table(eyes, page)
        page.goto(page.locator("thead th a").nth(3).get_attribute("href"))
        at_the_desk(eyes, page)
    finally:
        site.clock(TODAY)


def in_the_table(eyes, page) -> None:
    """A mark that was changed, then one that was cleared, sent with one request or two: each is a tap of its own."""
    cells = [page.locator("tbody td:nth-of-type(4) a").nth(place) for place in (4, 5)]
    before = [cell.get_attribute("data-mark") for cell in cells]
    assert before[1]
    cells[0].click()
    page.keyboard.press("4" if before[0] != "excused" else "1")
    page.keyboard.press("0")
    expect(page.locator("td a[data-became=saved]")).to_have_count(2)
    page.keyboard.press("u")
    expect(cells[1]).to_have_attribute("data-became", "undone")
    assert cells[1].get_attribute("data-mark") == before[1]
    assert cells[0].get_attribute("data-mark") != before[0]
    page.keyboard.press("Control+z")
    expect(cells[0]).to_have_attribute("data-became", "undone")
    eyes.look(page)
    page.reload()
    assert [cell.get_attribute("data-mark") for cell in cells] == before


def at_the_desk(eyes, page) -> None:
    row = page.locator(".marks-row").nth(4)
    chosen = row.locator("input:checked")
    before = chosen.get_attribute("value")
    chosen.focus()
    page.keyboard.press("4" if before != "excused" else "1")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => location.reload())")
    assert asked == ["beforeunload"]
    page.locator(".bar input[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_have_count(1)
    assert chosen.get_attribute("value") != before
    page.keyboard.press("u")
    expect(page.locator(".messagelist .info")).to_have_count(1)
    assert chosen.get_attribute("value") == before
    eyes.look(page)
