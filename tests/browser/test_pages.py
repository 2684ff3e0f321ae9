"""Every kind of page that links lead to, and what public pages owe to a cheap phone."""

from urllib.parse import urlsplit

import pytest
import zxingcpp
from django.urls import Resolver404, resolve
from playwright.sync_api import expect

from tests.browser.eyes import STATUS
from tests.browser.site import TODAY
from tests.browser.steps import pixels_of, sign_in

ROOM = 60_000
#: Answers that are no pages, and doors that lead out of what is being looked at.
NOT_PAGES = {
    "courses:calendar",
    "courses:timetable_picture",
    "courses_session_notice",
    "attendance:feed",
    "courses_course_signed_copy",
    "attendance_certificate_pdf",
    "attendance_classfile_bytes",
    "attendance_wordtemplate_template",
    "attendance_wordtemplate_preview",
    "attendance:own_certificate",
    "attendance:own_certificate_picture",
    "attendance:own_material",
    "account_logout",
}
#: Pages of one template: one of each is looked at.
ALIKE = ("history", "delete")
#: Lists, forms and pages without which a crawl would have found too little.
MUST_SEE = {
    "admin:index",
    *(
        f"admin:courses_{model}_{page}"
        for model in ("course", "session", "registration", "trainee", "office", "speaker", "venue", "user", "role")
        for page in ("changelist", "change")
    ),
    *(f"admin:courses_course_{page}" for page in ("add", "overview", "seats", "copy", "board", "answer", "final")),
    *(f"admin:courses_session_{page}" for page in ("reschedule", "changed")),
    "admin:courses_block_change",
    "admin:courses_importbatch_upload",
    "admin:courses_importbatch_directory",
    "admin:courses_actionlog_changelist",
    "admin:courses_invitation_changelist",
    *(f"admin:attendance_{model}_changelist" for model in ("certificate", "registerbook", "courseresult")),
    *(f"admin:attendance_attendancesheet_{page}" for page in ("changelist", "change")),
    *(f"admin:attendance_courseresult_{page}" for page in ("change", "rule", "remind")),
    *(f"admin:attendance_courseresult_{page}" for page in ("numbers", "numbers_people", "year", "year_people")),
    "admin:courses_plannedclass_year",
    "admin:courses_plannedclass_add",
    *(f"admin:attendance_classfile_{page}" for page in ("changelist", "change", "add_paper", "make")),
    *(f"admin:attendance_wordtemplate_{page}" for page in ("changelist", "kind")),
    "admin:attendance_certificate_change",
    "admin:attendance_registerbook_add",
    *(
        f"admin:attendance_{model}_{page}"
        for model in ("papertemplate", "blankrange", "paperwords", "issuerauthority")
        for page in ("changelist", "add")
    ),
    "courses:home",
    "courses:course",
    "attendance:verify_form",
    "mfa_index",
    "account_change_password",
    "mfa_activate_totp",
}


@pytest.mark.browser
def test_every_kind_of_page_is_sound_by_day_and_night_at_a_desk_and_on_a_phone(site, eyes):
    """One link of each kind is followed. At the desk everything is asked by day, on the phone by night."""
    site.clock(TODAY)
    page = eyes.new_page()
    sign_in(eyes, site, page, "quantri")
    page.goto("/accounts/reauthenticate/?next=/admin/")
    eyes.look(page)
    page.fill("input[name=password]", site.sign_ins["quantri"][0])
    page.click("main button[type=submit]")
    assert page.url.endswith("/admin/")
    found = {"admin:index": "/admin/", "mfa_activate_totp": "/accounts/2fa/totp/activate/"}
    seen = set()
    while todo := [name for name in found if name not in seen]:
        name = todo[0]
        seen.add(name)
        page.goto(found[name])
        for link in page.eval_on_selector_all("a[href]", "all => all.map((link) => link.href)"):
            if kind := kind_of(site, link):
                found.setdefault(kind, link)
        look_twice(eyes, page)
    assert MUST_SEE - seen == set()


def kind_of(site, link: str) -> str | None:
    """Which of the site's pages an address is, None for what is none or is looked at elsewhere."""
    parts = urlsplit(link)
    if not link.startswith(site.address):
        return None
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return f"unknown {parts.path}"
    if name in NOT_PAGES or name.removeprefix("admin:") in NOT_PAGES:
        return None
    return next((alike for alike in ALIKE if name.endswith(f"_{alike}")), name)


def look_twice(eyes, page, status=200):
    eyes.look(page, status=status)
    eyes.look_again(page, status=status)


@pytest.mark.browser
def test_whoever_is_invited_reads_the_code_on_the_paper_and_gets_in_once(site, eyes):
    site.clock(TODAY)
    manager = eyes.new_page()
    sign_in(eyes, site, manager, "quantri")
    manager.goto("/admin/courses/invitation/add/")
    manager.fill("[name=full_name]", "Ngô Thị Mời Thử")
    manager.select_option("[name=kind]", "coordinator")
    manager.select_option("[name=office]", label="Phường Vị Thanh")
    manager.click("input[type=submit]")
    look_twice(eyes, manager)
    [code] = zxingcpp.read_barcodes(pixels_of(manager, ".invitation svg"))
    assert code.text == manager.locator(".invitation-address").inner_text()
    guest = eyes.new_page()
    guest.goto(code.text)
    for field in ("password1", "password2"):
        guest.fill(f"[name={field}]", "nam-tu-dai-khong-lien-quan")
    look_twice(eyes, guest)
    guest.click("main .btn.primary")
    guest.goto(code.text)
    assert guest.locator("[name=password1]").count() == 0
    look_twice(eyes, guest, status=guest.evaluate(STATUS))


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/khong-co/", "/my/khong-co/", "/admin/khong-co/", "/verify/K7KK-KKKK/"])
def test_what_is_not_there_is_told_in_the_house(site, eyes, address):
    page = eyes.new_page()
    page.goto(address)
    if "/login/" not in page.url:
        look_twice(eyes, page, status=404)


@pytest.mark.browser
def test_public_and_personal_pages_need_no_script(site, eyes):
    """Links open in a chat's own browser, on old phones: all that a trainee came for is there without a script."""
    page = eyes.new_page(375, java_script_enabled=False)
    page.goto("/")
    page.locator(".card-title a").first.click()
    assert page.locator(".schedule .half").count() >= 2
    page.goto(site.links["trainee"])
    expect(page.locator(".next .next-when")).to_have_count(1)
    assert page.locator(".pass-qr svg").count() >= 1
    page.click("button[name=language][value=en]")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url == site.links["trainee"]
    page.goto(site.links["office"])
    assert page.locator("section.card").count() >= 2
    page.goto("/verify/")
    page.fill("[name=code]", site.links["verify"].rstrip("/").rpartition("/")[2])
    page.click("main .btn.primary")
    expect(page.locator(".verdict.ok")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.parametrize("name", ["home", "course", "verify form", "verify", "trainee"])
def test_a_first_view_of_a_public_page_is_light(site, eyes, name):
    """What travels when nothing is in the browser's store yet, headers included."""
    addresses = {"home": "/", "course": "/courses/CCHC-2022/", "verify form": "/verify/"} | site.links
    page = eyes.new_page(375)
    wire = page.context.new_cdp_session(page)
    addresses_asked, bytes_come = [], []
    wire.on("Network.responseReceived", lambda event: addresses_asked.append(event["response"]["url"]))
    wire.on("Network.loadingFinished", lambda event: bytes_come.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    page.goto(addresses[name], wait_until="networkidle")
    assert any(address.endswith(".woff2") for address in addresses_asked)
    assert len(bytes_come) >= 5
    assert 10_000 < sum(bytes_come) < ROOM, addresses_asked
