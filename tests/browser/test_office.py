"""The pages of an office's link, on a telephone and at a desk, while the class is under way; nobody is named or
reported, so that the demo stays as it is for other tests."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import DURING_THE_CLASS, TODAY
from tests.browser.steps import DESK, PHONE


@pytest.mark.browser
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_of_an_office_are_in_order_and_a_form_left_empty_says_what_is_missing(site, eyes, width):
    site.clock(DURING_THE_CLASS)
    page = eyes.new_page(width)
    page.goto(site.links["office"])
    expect(page.locator(".next .next-when")).to_have_count(1)
    pages = [page.url + name for name in ("name/", "name/new/", "answer/", "upload/")]
    person = page.locator("section.card").first
    for act in ("replace", "absence", "withdraw"):
        pages.append(site.address + person.locator(f".actions a[href*='/{act}/']").get_attribute("href"))
    for address in pages:
        page.goto(address)
        assert page.url == address
        eyes.look(page)
    for address in (address for address in pages if "withdraw" not in address and "answer" not in address):
        page.goto(address)
        # As a browser that checks nothing.
        page.evaluate("document.querySelectorAll('[required]').forEach((field) => field.removeAttribute('required'))")
        page.locator("main form[method=post] button").first.click()
        expect(page.locator("main .errorlist, main .notice.bad").first).to_be_visible()
        eyes.look(page)
    site.clock(TODAY)
