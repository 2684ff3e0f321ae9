"""A long list and one with unknown columns, as the organiser's browser meets them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.site import TODAY

PEOPLE = 1500
#: Invented people, with remarks so long that the file is read in the background.
LONG = "STT,Họ và tên,Năm sinh,Đơn vị,Ghi chú\n" + "".join(
    f"{number},Ngô Thử {chr(65 + number % 26)}{'abcdefghij'[number // 26 % 10]},{1965 + number % 30},Phường I,"
    f"{'ghi chú dài ' * 18}\n"
    for number in range(1, PEOPLE + 1)
)
ODD = "Danh tính,Tuổi đời,Chốn làm\n" + "".join(
    f"Ngô Thử {name},0{number}/06/1980,Phường I\n" for number, name in enumerate(("An", "Bình", "Châu", "Dung"), 1)
)


def file_of(name: str, text: str) -> dict:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_long_list_goes_on_to_its_preview_by_itself_and_unknown_columns_are_explained(site, eyes, script):
    site.clock(TODAY)
    page = eyes.new_page(375, java_script_enabled=script)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "tochuc")
    page.fill("input[name=password]", site.sign_ins["tochuc"][0])
    page.click("main button[type=submit]")
    page.goto("/admin/courses/course/?q=CCHC")
    overview = page.locator("#result_list a[href*='/course/']").first.get_attribute("href")
    upload = f"/admin/courses/importbatch/class/{re.search(r'/course/([0-9]+)/', overview)[1]}/"
    page.goto(upload)
    page.set_input_files("input[type=file]", file_of("dai.csv", LONG if script else LONG + ",\n"))
    page.click(".submit-row input[type=submit]")
    assert page.url.endswith("/reading/")
    expect(page.locator("progress")).to_have_count(1)
    page.wait_for_url("**/change/**", timeout=120_000)
    expect(page.locator("table.roster tbody tr")).to_have_count(100)
    page.goto(upload)
    page.set_input_files("input[type=file]", file_of("la.csv", ODD + ("\n" if script else "")))
    page.click(".submit-row input[type=submit]")
    if page.url.endswith("/reading/"):  # whoever came second finds the columns explained
        for number, field in enumerate(("full_name", "birth", "office")):
            page.select_option(f"[name=column-{number}]", field)
        if script:
            eyes.look(page)
        page.click(".submit-row input[type=submit]")
    assert page.url.endswith("/change/")
    expect(page.locator("table.roster tbody tr")).to_have_count(4)
