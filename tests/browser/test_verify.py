"""A paper is checked by its file: what a browser sends, and what it does not."""

import pytest
from playwright.sync_api import expect


@pytest.mark.browser
@pytest.mark.parametrize("flipped", [False, True])
def test_a_file_is_checked_without_being_sent(site, eyes, tmp_path, flipped):
    """Only the address with its hash is asked; nothing is posted. One flipped byte is another file."""
    code = site.links["verify"].rstrip("/").rpartition("/")[2].replace("-", "")
    data = bytes.fromhex(
        site.python(
            "from attendance.models import Certificate\n"
            f"result = bytes(Certificate.objects.get(code='{code}').pdf.content).hex()"
        )
    )
    file = tmp_path / "giay.pdf"
    file.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:] if flipped else data)
    page = eyes.new_page(375)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.goto("/verify/")
    page.locator("details:has(#by-file) summary").click()
    page.set_input_files("#by-file input[type=file]", str(file))
    expect(page.locator("[data-stays]")).to_be_visible()
    eyes.look(page)
    page.click("#by-file button")
    page.wait_for_url("**/verify/file/?sha256=*")
    eyes.look(page, status=404 if flipped else 200)
    expect(page.locator(".verdict.ok")).to_have_count(0 if flipped else 1)
    assert set(asked) == {"GET"}


@pytest.mark.browser
def test_without_script_the_file_is_posted_and_answered_alike(site, eyes, tmp_path):
    file = tmp_path / "khac.pdf"
    file.write_bytes(b"%PDF-1.7 khong phai")
    page = eyes.new_page(375, java_script_enabled=False)
    page.goto("/verify/")
    page.locator("details:has(#by-file) summary").click()
    page.set_input_files("#by-file input[type=file]", str(file))
    page.click("#by-file button")
    page.wait_for_url("**/verify/file/?sha256=*")
    expect(page.locator(".verdict")).to_have_count(1)
    expect(page.locator(".verdict.ok")).to_have_count(0)
