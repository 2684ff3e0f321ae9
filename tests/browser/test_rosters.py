"""A list with all that offices write wrong is put right on the screen, taken in, and taken back, at a desk and
on a phone."""

import os

import pytest
from playwright.sync_api import expect

from courses.tests.listing import csv_of, line
from tests.browser.steps import WIDTHS, signed_in


def lines(mark: str) -> bytes:
    """People who do not exist, each with something to decide; `mark` keeps the widths of one run apart."""
    return csv_of(
        line(f"Ngô Thử {mark} Anh", "31/02/1980", "Chuyên viên", "Phòng Nội vụ", number="093080"),
        line(f"Ngô Thử {mark} Bình", "05/06/1981", "Chuyên viên", "Phòng Nội vu và Lao độg"),
        line(f"Ngô Thử {mark} Châu", "05/06/1982", "Kế toán", "Phường III"),
        line(f"Ngô Thử {mark} Dung", "1983", "Cán bộ", "Phường III"),
    )


def shot(page, name: str) -> None:
    if folder := os.environ.get("PICTURES_OF_ROSTERS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def upload(page, course: str, mark: str, data: bytes) -> None:
    page.goto(f"/admin/courses/importbatch/class/{course}/")
    page.set_input_files("input[type=file]", files=[{"name": f"{mark}.csv", "mimeType": "text/csv", "buffer": data}])
    page.click("#content-main form input[type=submit]")


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_is_put_right_taken_in_and_taken_back(site, eyes, width):
    mark = "Rộng" if width > 1000 else "Hẹp"
    page = eyes.new_page(width)
    signed_in(eyes, site, page, "tochuc")
    page.goto("/admin/courses/course/")
    page.locator("#result_list a", has_text="CCHC").first.click()
    course = page.url.split("/course/")[1].split("/")[0]
    upload(page, course, mark, lines(mark))
    eyes.look(page)
    shot(page, "preview")
    preview = page.url
    page.locator(".office-question select").select_option(label="Phòng Nội vụ")
    page.click(".office-question button[value='1:other']")
    expect(page.locator(".office-question")).to_have_count(0)
    page.locator("tr", has_text=f"{mark} Anh").locator("button[name=mend]").click()
    eyes.look(page)
    shot(page, "row")
    page.fill("input[name=birth]", "28/02/1980")
    page.check("input[name=no_number]")
    page.click("input[name=save]")
    assert page.url == preview
    page.fill("input[name=q]", f"{mark} anh")
    page.press("input[name=q]", "Enter")
    expect(page.locator("table.roster tbody tr")).to_have_count(1)
    page.goto(preview)
    page.click("input[name=apply]")
    eyes.look(page)
    shot(page, "applied")
    assert page.locator(".board .ok dd").inner_text() == "4"
    upload(page, course, mark, csv_of(line(f"Ngô Thử {mark} Châu", "1990", office="Phường III")))
    eyes.look(page)
    shot(page, "who")
    page.locator(".who label", has_text="1982").click()
    page.click(".bar button[name=go]")
    expect(page.locator(".who input:checked")).to_have_count(1)
    page.goto(preview)
    page.locator("details.act summary").click()
    page.click("details.act input[type=submit]")
    eyes.look(page)
    shot(page, "undone")
    expect(page.locator("table.roster tbody tr")).to_have_count(4)
