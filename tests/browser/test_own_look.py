"""The own page for those who see badly, or do not see: large letters, strong contrast, colours of the system, the order
in which a screen reader tells it."""

import itertools

import pytest
import zxingcpp

from tests.browser.eyes import AXE, TOO_WIDE
from tests.browser.steps import pixels_of
from tests.browser.test_keep import person  # noqa: F401 (a fixture)

#: Words that do not fit into what they stand in.
CUT_OFF = """() => [...document.querySelectorAll("main :not(input)")]
    .filter((item) => getComputedStyle(item).overflow !== "visible" && item.scrollWidth > item.clientWidth + 1
        && item.clientWidth > 1)
    .map((item) => item.outerHTML.slice(0, 90))"""
HEADINGS = "() => [...document.querySelectorAll('h1, h2, h3, h4')].map((item) => Number(item.localName[1]))"
STRUCTURE = ["heading-order", "page-has-heading-one", "landmark-one-main", "landmark-unique", "region", "list", "label"]


@pytest.mark.browser
def test_the_own_page_is_read_at_twice_the_size_and_in_strong_and_in_the_systems_colours(eyes, person):  # noqa: F811
    found = person("NHIN-1")
    page = eyes.new_page(375)
    page.goto(found["path"])
    # A browser that makes everything twice as large has half the room, and style sheets hear of it so.
    page.set_viewport_size({"width": 188, "height": 406})
    for item in page.locator("summary").all():
        item.click()
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(CUT_OFF) == []
    page.locator(".pass-fill").click()
    assert zxingcpp.read_barcode(pixels_of(page, ".pass-qr")).text.endswith(f"/p/{found['pass']}/")
    page.locator(".pass-close").click()
    page.set_viewport_size({"width": 375, "height": 812})
    for wanted in ({"contrast": "more"}, {"forced_colors": "active", "color_scheme": "dark"}):
        page.emulate_media(**wanted)
        assert zxingcpp.read_barcode(pixels_of(page, ".pass-qr")).text.endswith(f"/p/{found['pass']}/")
        if "contrast" in wanted:
            answer = AXE.run(page, options={"runOnly": ["color-contrast"], "preload": False}).response
            assert [item["html"] for rule in answer["violations"] for item in rule["nodes"]] == []


@pytest.mark.browser
def test_a_screen_reader_meets_the_parts_of_the_own_page_in_order(eyes, person):  # noqa: F811
    page = eyes.new_page(375)
    page.goto(person("NHIN-2")["path"])
    levels = page.evaluate(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [after - before for before, after in itertools.pairwise(levels) if after - before > 1] == []
    answer = AXE.run(page, options={"runOnly": STRUCTURE, "preload": False}).response
    found = [(rule["id"], item["html"][:100]) for rule in answer["violations"] for item in rule["nodes"]]
    assert found == []
