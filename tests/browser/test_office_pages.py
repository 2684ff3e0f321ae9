"""What scripts add to the pages about offices, and that everything is there without them."""

import pytest

from tests.browser.site import TODAY
from tests.browser.steps import sheets_of, signed_in

PHONE = {"width": 375, "height": 812}
#: The ward's class of the demo is under way and the list of one office is still being made.
CLASS = "TTHC-PVT"


def open_board(eyes, site, **options):
    site.clock(TODAY)
    page = eyes.new_page(**options)
    signed_in(eyes, site, page, "quantri")
    page.goto("/admin/courses/course/")
    page.goto(page.locator("#result_list a", has_text=CLASS).get_attribute("href"))
    page.goto(page.locator("a[href$='/offices/']").first.get_attribute("href"))
    return page


def open_reminders(eyes, site, page):
    page.goto(page.locator("a[href$='/remind']").first.get_attribute("href"))
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", site.sign_ins["quantri"][0])
        page.click("main button[type=submit]")
    return page


@pytest.mark.browser
def test_a_text_is_copied_by_a_button_and_marked_where_copying_is_forbidden(site, eyes):
    page = open_reminders(eyes, site, open_board(eyes, site))
    text = page.locator("#text-for-all").input_value()
    # Reading the clipboard would ask the person; what is written to it is kept here instead.
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    page.click("[data-copy=text-for-all]")
    page.locator("[role=status]", has_text=page.locator("[data-copy]").get_attribute("data-done")).wait_for()
    assert page.evaluate("window.copied") == text
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.click("[data-copy=text-for-all]")
    page.locator("[role=status]", has_text=page.locator("[data-copy]").get_attribute("data-fallback")).wait_for()
    assert page.evaluate("document.activeElement.id") == "text-for-all"
    assert page.evaluate("document.activeElement.selectionEnd") == len(text)


@pytest.mark.browser
def test_letters_are_sound_pages_and_each_stands_on_a_sheet_of_its_own(site, eyes):
    page = open_reminders(eyes, site, open_board(eyes, site))
    page.click("form[action$='/remind/letters'] button.default")
    eyes.look(page)
    page.set_viewport_size(PHONE)
    eyes.look(page)
    page.emulate_media(media="print")
    assert page.locator(".letter-print").first.is_visible()
    assert page.locator(".letter-qr svg").first.is_visible()
    assert not page.locator(".letter-card textarea").first.is_visible()
    offices = page.locator(".letter-card h2").all_inner_texts()
    sheets = sheets_of(page)
    assert len(sheets) == len(offices)
    assert all(sheet.startswith(office) for sheet, office in zip(sheets, offices, strict=True))


@pytest.mark.browser
def test_seats_are_added_up_while_they_are_typed(site, eyes):
    page = open_board(eyes, site)
    page.goto(page.locator("a[href$='/seats/']").first.get_attribute("href"))
    total, over = page.locator("[data-total]"), page.locator("[data-over]")
    before = int(total.inner_text())
    assert not over.is_visible()
    field = page.locator(".seats input[type=number]").first
    field.fill(str(int(field.input_value() or 0) + 50))
    assert int(total.inner_text()) == before + 50
    assert over.is_visible()
    page.goto(page.url + "?fill=rule&kind-ward=1")
    eyes.look(page)
    page.set_viewport_size(PHONE)
    eyes.look(page)


@pytest.mark.browser
def test_without_a_script_there_is_no_button_that_does_nothing(site, eyes):
    """The page is read with the session of a browser that has signed in: looking at pages needs a script."""
    page = open_reminders(eyes, site, open_board(eyes, site))
    plain = eyes.new_page(java_script_enabled=False)
    plain.context.add_cookies(page.context.cookies())
    plain.goto(page.url)
    assert plain.locator("#text-for-all").is_visible()
    assert not plain.locator("[data-copy]").first.is_visible()
