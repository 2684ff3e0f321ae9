"""Whoever gets dizzy has told so the own computer: then nothing moves here, whatever a style sheet says."""

import pytest

from tests.browser.steps import signed_in

#: As if somebody added movement: the rule of the house must win. A dialogue is opened for what lies behind it.
MOVE = """() => {
    const sheet = new CSSStyleSheet();
    const all = "*, ::before, ::after, ::backdrop";
    sheet.replaceSync(`@keyframes turn { to { rotate: 1turn } }
        ${all} { transition: all 9s; animation: turn 9s infinite; scroll-behavior: smooth; }`);
    document.adoptedStyleSheets = [sheet];
    document.body.append(document.createElement("dialog"));
    document.querySelector("body > dialog:last-child").showModal();
}"""
MOVING = """() => {
    const found = document.getAnimations().map((one) => `${one.animationName || one.transitionProperty}`);
    for (const item of document.querySelectorAll("*")) {
        for (const part of [null, "::before", "::after", ...(item.localName === "dialog" ? ["::backdrop"] : [])]) {
            const style = getComputedStyle(item, part);
            const said = [style.animationName, style.transitionDuration, style.scrollBehavior];
            if (`${said}` !== "none,0s,auto") found.push(`${item.localName}${part || ""}`);
        }
    }
    return [...new Set(found)];
}"""


@pytest.mark.browser
def test_nothing_moves_for_who_asked_for_no_motion(site, eyes):
    page = eyes.new_page(1280)
    signed_in(eyes, site, page, "tochuc")
    page.goto("/admin/attendance/attendancesheet/")
    page.locator("#result_list tbody th a").first.click()
    tools = page.locator(".sheet-tools a")
    screen = next(
        link for link in tools.evaluate_all("links => links.map(link => link.href)") if link.endswith("/screen")
    )
    page.goto(screen)
    eyes.look(page)
    for path in ("/", "/here/", "/here/screen/", "/admin/", screen):
        page.goto(path)
        page.evaluate(MOVE)
        assert (path, page.evaluate(MOVING)) == (path, [])
        page.emulate_media(reduced_motion="no-preference")
        assert page.evaluate(MOVING) != []
        page.emulate_media(reduced_motion="reduce")
