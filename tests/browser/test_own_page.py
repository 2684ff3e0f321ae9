"""The own page as an official of 55 finds it inside Zalo: a small screen, no script, nothing downloaded."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import TODAY
from tests.browser.test_hall import ZALO

PHONE = {"user_agent": ZALO, "java_script_enabled": False}


def folded(page, inside: str):
    """Opens what is folded around this element, by its words as a finger does."""
    page.locator(f"details:has({inside}) > summary").last.click()
    return page.locator(inside).first


@pytest.mark.browser
def test_an_official_sees_where_to_be_and_asks_for_leave_and_for_a_correction_without_script(site, eyes):
    site.clock(TODAY)
    page = eyes.new_page(375, **PHONE)
    page.on("download", lambda download: eyes.findings.append(f"downloads {download.url}"))
    page.goto(site.links["trainee"])
    # Where to be and when, without a finger moved, and what was changed.
    box = page.locator("#next .next-when").bounding_box()
    assert box
    assert box["y"] + box["height"] < 812
    expect(page.locator(".changes li").first).to_contain_text("13:30–17:00 → 14:00–17:00")
    # The half-day that was asked for in the demo is not offered again; another one is asked for.
    leave = "form[action*='/leave/']"
    form = folded(page, leave)
    before = form.locator("input[name=sessions]").count()
    form.locator("input[name=sessions]").first.check()
    form.locator("input[name=reason]").fill("Việc nhà thử <b>")
    form.locator("button").click()
    expect(page.locator("main")).to_contain_text("Việc nhà thử <b>")
    assert page.locator(f"{leave} input[name=sessions]").count() == before - 1
    # What is wrong in the own data is said, and waits for its answer.
    form = folded(page, "form[action$='/data/']")
    form.locator("textarea").fill("Chức vụ đã đổi (thử)")
    form.locator("button").click()
    expect(page.locator("#own-data .state.warn")).to_be_visible()
    assert page.locator("form[action$='/data/']").count() == 0


@pytest.mark.browser
def test_the_paper_of_a_past_class_is_seen_as_a_picture_and_nothing_moves_when_it_comes(site, eyes):
    site.clock(TODAY)
    page = eyes.new_page(375, user_agent=ZALO)
    page.goto(site.links["trainee"])
    picture = folded(page, "img.paper-picture")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    page.wait_for_function("document.querySelector('img.paper-picture').naturalWidth > 0")
    drawn = picture.evaluate("img => [img.naturalWidth, img.naturalHeight, Number(img.getAttribute('height'))]")
    assert (drawn[0], abs(drawn[1] - drawn[2]) <= 2) == (1080, True)
    page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true; })")
    eyes.look(page)
