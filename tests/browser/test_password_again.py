"""Who confirms a download is not left before a form that leads nowhere."""

import pytest

from tests.browser.steps import DESK, PHONE, sign_in


@pytest.mark.browser
def test_after_the_password_the_page_says_that_the_file_comes_and_leads_back(site, eyes):
    page = eyes.new_page(DESK)
    sign_in(eyes, site, page, "quantri")  # anew: another test may have confirmed within these five minutes
    listed = f"{site.address}/admin/courses/office/?q=Ph%C6%B0%E1%BB%9Dng"
    page.goto(listed)
    page.click(".list-export button")
    page.fill("input[name=password]", site.sign_ins["quantri"][0])
    with page.expect_download() as file:
        page.click("main button[type=submit]")
    assert file.value.suggested_filename.endswith(".xlsx")
    told = page.locator("[data-afterwards]")
    told.wait_for()
    assert not page.locator("input[name=password]").is_visible()
    eyes.look(page)
    page.set_viewport_size({"width": PHONE, "height": 812})
    eyes.look(page)
    told.locator("a").click()
    page.wait_for_url(listed)
    page.go_back()
    page.wait_for_url(listed)
    assert page.locator(".messagelist li").count() == 1
