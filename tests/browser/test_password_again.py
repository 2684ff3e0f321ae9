"""Who confirms a download is not left before a form that leads nowhere."""

import pytest

from tests.browser.steps import signed_in


@pytest.mark.browser
@pytest.mark.parametrize("width", [375, 1280])
def test_after_the_password_the_page_says_that_the_file_comes_and_leads_back(site, eyes, width):
    page = eyes.new_page(width)
    signed_in(eyes, site, page, "quantri")
    came_from = f"{site.address}/admin/courses/office/?q=Vị"
    page.goto("/accounts/reauthenticate/?next=/admin/", referer=came_from)
    file = {"status": 200, "headers": {"Content-Disposition": "attachment; filename=lop.zip"}, "body": "PK"}
    page.route("**/reauthenticate/*", lambda route: route.fulfill(**file) if route.request.method == "POST" else None)
    page.fill("input[name=password]", "whatever it is")
    with page.expect_download():
        page.click("main button[type=submit]")
    told = page.locator("[data-afterwards]")
    told.wait_for()
    assert not page.locator("input[name=password]").is_visible()
    eyes.look(page)
    page.unroute("**/reauthenticate/*")
    told.locator("a").click()
    page.wait_for_url("**/admin/courses/office/?q=*")
