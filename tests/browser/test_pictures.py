"""The pictures of the README are taken from the running demo: `WRITE_PICTURES=1` keeps them."""

import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings

from tests.browser.site import TODAY
from tests.browser.steps import signed_in

PICTURES = settings.BASE_DIR / "docs" / "pictures"
HEAVIEST = 200_000
CERTIFICATE_WIDTH = 1200


@pytest.mark.browser
def test_the_pictures_of_the_first_page_show_the_demo_as_it_is(site, eyes, tmp_path):
    site.clock(TODAY)
    page = eyes.new_page()
    signed_in(eyes, site, page, "quantri")
    page.goto("/admin/")
    page.screenshot(path=tmp_path / "week.png")
    paper = page.context.request.get(address_of_oldest_paper(page))
    (tmp_path / "certificate.pdf").write_bytes(paper.body())
    draw = ["pdftoppm", "-png", "-singlefile", "-scale-to-x", str(CERTIFICATE_WIDTH), "-scale-to-y", "-1"]
    subprocess.run([*draw, tmp_path / "certificate.pdf", tmp_path / "certificate"], check=True, timeout=60)
    phone = eyes.new_page(375)
    phone.goto(site.links["trainee"])
    phone.screenshot(path=tmp_path / "trainee.png")

    taken = sorted(tmp_path.glob("*.png"))
    assert [picture.name for picture in taken if picture.stat().st_size > HEAVIEST] == []
    shown = re.findall(r"docs/pictures/([^)]+)", (settings.BASE_DIR / "README.md").read_text("utf-8"))
    assert sorted(shown) == [picture.name for picture in taken]
    if os.environ.get("WRITE_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        for picture in taken:
            shutil.copy(picture, PICTURES)


def address_of_oldest_paper(page) -> str:
    page.goto("/admin/attendance/certificate/")
    return page.locator('a[href$="/paper.pdf"]').last.get_attribute("href")
