"""Telling people on a phone: what is due, the texts and who gets them, told by hand one after another."""

import pytest
from playwright.sync_api import expect

from tests.browser.site import TODAY
from tests.browser.steps import PHONE, sheets_of, signed_in

CODE = "TTHC-PVT"


@pytest.mark.browser
def test_an_organiser_sees_text_and_people_before_anything_leaves_and_ticks_who_was_told(site, eyes):
    """The evening before a half-day: from the week to the last tick, without an address on file and without a mouse."""
    site.clock(TODAY)
    page = eyes.new_page(PHONE)
    signed_in(eyes, site, page, "tochucphuong")
    page.goto("/admin/")
    page.locator(f".week-card:has-text('{CODE}') a[href$='/tell']").first.click()
    eyes.look(page)
    page.check("[name=occasion][value=day_before]")
    page.click("form.house-form [type=submit]")

    # The text as somebody reads it, without anybody's link; who gets it; nothing is written yet.
    expect(page.locator(".message-text")).to_contain_text("26/11/2026")
    assert "/my/" not in page.content()
    page.locator("main details > summary").first.click()
    people = page.locator("main details[open] li").count()
    assert people > 0
    eyes.look(page)
    page.click("[data-copy=group-text]")
    expect(page.locator("[role=status]")).not_to_be_empty()
    page.click(".submit-row button.default")

    # By hand: telephones to tap, one person's own text, a tick each.
    page.wait_for_url("**/tell/by-hand")
    by_hand = page.url
    ticks = page.locator("[name=told]")
    waiting = ticks.count()  # with those of the demo
    assert waiting >= people
    assert page.locator("a[href^='tel:']").count() > 0
    eyes.look(page)
    page.locator("td.acts button").first.click()
    page.wait_for_load_state()
    if "/reauthenticate/" in page.url:  # the text holds the person's own link
        page.fill("input[name=password]", site.sign_ins["tochucphuong"][0])
        page.click("main button[type=submit]")
    assert "/my/" in page.locator("textarea").input_value()
    eyes.look(page)
    page.goto(by_hand)
    page.click("form[action$='/by-hand/texts'] button.default")
    assert page.locator(".letter-card").count() == waiting
    each_stands_on_a_sheet_of_its_own(page)
    page.goto(by_hand)
    page.locator("td.acts button").first.click()
    page.click("section.letter-card form button")
    page.wait_for_url("**/tell/by-hand")
    expect(ticks).to_have_count(waiting - 1)
    ticks.first.check()
    page.click(".submit-row [type=submit]")
    expect(ticks).to_have_count(waiting - 2)
    page.click("nav.tabs a[href='?show=told']")
    told = page.locator("tbody .state.ok").count()
    assert told >= 2
    eyes.look(page)

    # Ticked by mistake: told again. Every message stands in the outbox with what became of it.
    page.locator("td.acts button").first.click()
    page.wait_for_url("**/tell/by-hand")
    expect(ticks).to_have_count(waiting - 1)
    page.goto(page.url.replace("/tell/by-hand", "/messages"))
    expect(page.locator("tbody .state.ok")).to_have_count(told - 1)
    eyes.look(page)


def each_stands_on_a_sheet_of_its_own(page) -> None:
    """Whole, with the own address, and nothing beside it: the sheet is handed over."""
    texts = page.locator(".letter-card").evaluate_all(
        "cards => cards.map(card => card.querySelector('h2').innerText + card.querySelector('textarea').value)"
    )
    assert [sheet.replace(" ", "") for sheet in sheets_of(page)] == ["".join(text.split()) for text in texts]


@pytest.mark.browser
def test_a_host_looks_at_its_own_words_before_it_keeps_them(site, eyes):
    site.clock(TODAY)
    page = eyes.new_page(PHONE)
    signed_in(eyes, site, page, "tochucphuong")
    page.goto("/admin/courses/messagetext/")
    eyes.look(page)
    page.goto("/admin/courses/messagetext/add/?occasion=day_before")
    page.fill("[name=body]", "Mai có lớp “{lop}” (thử):\n{buoi}")
    page.click("[name=_look]")
    expect(page.locator(".message-text")).to_contain_text("Mai có lớp")
    eyes.look(page)
