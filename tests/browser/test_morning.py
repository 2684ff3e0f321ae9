"""A half-day from the empty board to the sheet that is closed for the second time, at a desk and on a phone."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import DESK, PHONE, WIDTHS, signed_in

#: While the last two half-days of the ward's class are held, by the clock of the demo's first start.
AT = {DESK: dt.datetime(2026, 11, 26, 9, 30), PHONE: dt.datetime(2026, 11, 26, 15)}


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_paper_desk_and_late_claims_add_up_to_one_record(site, eyes, width):
    site.clock(AT[width])
    page = eyes.new_page(width)
    signed_in(eyes, site, page, "tochucphuong")
    sheet = open_sheet(eyes, page, width)
    people = board_is_empty(eyes, page, sheet)
    late_page = eyes.new_page(width)
    signed_in(eyes, site, late_page, "tochucphuong")
    type_in_the_paper(eyes, page, sheet, people)
    late_page.goto(f"{sheet}change/")  # opened while the sheet is open, sent when it is closed
    somebody_comes_instead(eyes, page, sheet, people)
    an_absence_is_accepted(eyes, page, sheet)
    a_dispute_is_decided(eyes, page, sheet)
    close(eyes, page, sheet, copies=1)
    a_late_claim_waits(eyes, late_page)
    reopen_and_decide(eyes, page, sheet)
    close(eyes, page, sheet, copies=2)
    who_said_so(eyes, page, sheet)


def open_sheet(eyes, page, width) -> str:
    """The address below which the pages of this half-day stand."""
    page.goto("/admin/attendance/attendancesheet/")
    half = "Buổi sáng" if width == 1280 else "Buổi chiều"
    page.locator("#result_list a", has_text=f"{half} 26/11/2026").first.click()
    eyes.look(page)
    return page.url.removesuffix("change/")


def board_is_empty(eyes, page, sheet) -> int:
    page.goto(f"{sheet}board")
    eyes.look(page)
    numbers = [int(text) for text in re.findall(r"\d+", " ".join(page.locator("main").all_inner_texts()))]
    page.goto(f"{sheet}closing")
    shown = [int(text) for text in page.locator("dl.board dd").all_inner_texts()]
    assert shown[0] in numbers
    assert shown[1:6] == [0, 0, 0, 0, 0]
    assert shown[6] == shown[0] > 10
    return shown[0]


def type_in_the_paper(eyes, page, sheet, people) -> None:
    """All present but four: one excused, one late."""
    page.goto(f"{sheet}paper/list")
    eyes.look(page)
    first, second, third, fourth = page.locator(".marks-row .no").all_inner_texts()[:4]
    page.goto(f"{sheet}paper")
    eyes.look(page)
    page.fill("[name=text]", f"có mặt hết, trừ {first}, 99999")
    page.locator("form.house-form button.default").first.click()
    expect(page.locator(".errorlist li")).to_have_count(1)
    eyes.look(page, status=409)
    page.fill("[name=text]", f"có mặt hết, trừ {first}, {second}, {third}P, {fourth}M")
    page.locator("form.house-form button.default").first.click()
    expect(page.locator("section.notice tbody tr")).to_have_count(4)
    eyes.look(page)
    page.click("button[name=save]")
    page.wait_for_load_state()
    assert counts(page, sheet) == [people, people - 3, 1, 0, 0, 1, 2]


def counts(page, sheet) -> list[int]:
    """Expected; present, of them late, left early, disputed; excused, absent."""
    page.goto(f"{sheet}closing")
    return [int(text) for text in page.locator("dl.board dd").all_inner_texts()]


def absent_people(page, sheet) -> list[str]:
    """The ids of the registrations that stand as absent, in the order of the sheet."""
    page.goto(f"{sheet}change/")
    marked = page.locator(".marks-row input[value=absent]:checked")
    return [marked.nth(n).get_attribute("name").removeprefix("mark-") for n in range(marked.count())]


def somebody_comes_instead(eyes, page, sheet, people) -> None:
    """One more is expected and there; the other's absence stays."""
    person = absent_people(page, sheet)[0]
    page.goto(f"{sheet}people/{person}/stand-in")
    eyes.look(page)
    page.locator("[name=by]").first.check()
    page.fill("[name=why]", "đi công tác")
    page.click(".submit-row input[type=submit]")
    page.wait_for_load_state()
    assert counts(page, sheet) == [people + 1, people - 2, 1, 0, 0, 1, 2]


def an_absence_is_accepted(eyes, page, sheet) -> None:
    person = absent_people(page, sheet)[1]
    page.goto(f"{sheet}people/{person}/leave")
    eyes.look(page)
    page.fill("[name=reason]", "ốm, có đơn")
    page.click(".submit-row input[type=submit]")
    page.wait_for_load_state()
    assert counts(page, sheet)[5:] == [2, 1]


def a_dispute_is_decided(eyes, page, sheet) -> None:
    """Whoever is present on paper, and has leave."""
    page.goto(f"{sheet}change/")
    present = page.locator(".marks-row input[value=present]:checked").first.get_attribute("name").removeprefix("mark-")
    page.goto(f"{sheet}people/{present}/leave")
    page.fill("[name=reason]", "việc nhà")
    page.click(".submit-row input[type=submit]")
    page.wait_for_load_state()
    page.goto(f"{sheet}waiting")
    expect(page.locator("section.to-decide")).to_have_count(1)
    eyes.look(page)
    page.locator("section.to-decide button[value=present]").click()
    expect(page.locator("section.to-decide")).to_have_count(0)


def close(eyes, page, sheet, *, copies: int) -> None:
    page.goto(f"{sheet}closing")
    eyes.look(page)
    page.click(".submit-row input[type=submit]")
    expect(page.locator("table.house-table tbody tr")).to_have_count(copies)
    eyes.look(page)


def a_late_claim_waits(eyes, page) -> None:
    """A page that was opened before: what it sends is kept and changes no mark."""
    row = page.locator(".marks-row", has=page.locator("input[value=late]:checked")).first
    row.locator("input[value=present]").check(force=True)
    page.click(".bar input[type=submit]")
    page.wait_for_load_state()
    eyes.look(page)
    assert page.locator(".marks-row input[value=late]:checked").count() == 1


def reopen_and_decide(eyes, page, sheet) -> None:
    page.goto(f"{sheet}closing")
    page.fill("[name=why]", "Danh sách giấy nộp sau giờ chốt")
    page.click(".submit-row input[type=submit]")
    page.wait_for_load_state()
    page.goto(f"{sheet}waiting")
    expect(page.locator("section.to-decide")).to_have_count(1)
    eyes.look(page)
    page.locator("section.to-decide button[value=present]").click()
    expect(page.locator("section.to-decide")).to_have_count(0)
    assert counts(page, sheet)[2] == 0


def who_said_so(eyes, page, sheet) -> None:
    page.goto(f"{sheet}change/")
    page.locator(f'a[href*="{sheet.split("/admin", 1)[1]}marks/"]').first.click()
    eyes.look(page)
    assert page.locator("main ol li, main tbody tr").count() >= 1
