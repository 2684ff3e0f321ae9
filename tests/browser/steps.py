"""What people do on more than one walk."""

import io

import pypdfium2
from django.conf import settings

DESK, PHONE = 1280, 375
#: A long walk is made once on each database: at the desk on PostgreSQL, on the phone on SQLite.
WIDTHS = [DESK if settings.TEST_DATABASE == "postgres" else PHONE]


def sign_in(eyes, site, page, username: str) -> None:
    """As a person does: the name, the password, and the six digits where the account has them."""
    page.goto("/accounts/login/")
    eyes.look(page)
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", site.sign_ins[username][0])
    page.click("main button[type=submit]")
    if site.sign_ins[username][1]:
        eyes.look(page)
        page.fill("input[name=code]", site.code_of(username))
        page.locator("main button[type=submit]:not([form])").click()
    assert "/accounts/" not in page.url


def signed_in(eyes, site, page, username: str) -> None:
    """As somebody who has signed in before: each code is good once, and a page that was looked at is no other now."""
    page.context.add_cookies(site.cookies.get(username, []))
    page.goto("/admin/")
    if "/accounts/" in page.url:
        sign_in(eyes, site, page, username)
        site.cookies[username] = page.context.cookies()


def sheets_of(page) -> list[str]:
    """What comes out of the printer: the words of each sheet of A4, in one line."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    return [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in document]


def pixels_of(page, selector):
    """What a camera would see of a part of the page: its pixels in grey."""
    part = page.locator(selector)
    part.scroll_into_view_if_needed()
    picture = pypdfium2.PdfImage.new(pypdfium2.PdfDocument.new())
    picture.load_jpeg(io.BytesIO(part.screenshot(type="jpeg", quality=90)))
    pixels = picture.get_bitmap()
    colours, data = pixels.n_channels, bytes(pixels.buffer)
    rows = [data[at : at + pixels.width * colours : colours] for at in range(0, len(data), pixels.stride)]
    return memoryview(b"".join(rows)).cast("B", (pixels.height, pixels.width))
