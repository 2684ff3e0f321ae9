"""Getting in without a link: asked for on a phone, answered by the coordinator with a printed card."""

import pytest

from tests.browser.site import TODAY
from tests.browser.steps import PHONE, sheets_of, sign_in

#: Somebody whom the demo's coordinator coordinates, with the office of today that the person would choose.
SOMEBODY = """
from courses.constants.names import search_key
from courses.forms.claims import offices_that_send
from courses.models import Trainee, User
from courses.rules.actors import actor_of, offices_behind
own = actor_of(User.objects.get(username="daumoi")).coordinates
result = next(
    {"pk": one.pk, "name": search_key(one.full_name), "full_name": one.full_name, "office": str(office.pk),
     "birth": str(one.birth)}
    for office in offices_that_send()
    for one in Trainee.objects.current().filter(office__in=own & offices_behind(office.pk)).by_name()
    if one.birth and Trainee.objects.filter(search_key=one.search_key).count() == 1
)
"""


@pytest.mark.browser
def test_a_person_without_a_link_asks_the_coordinator_prints_the_card_and_the_person_opens_the_page(site, eyes):
    """No file is loaded down, no cookie kept and no second window opened by the person."""
    site.clock(TODAY)
    somebody = site.python(SOMEBODY)
    person = eyes.new_page(PHONE)
    person.goto("/")
    person.click("main a[href='/my/']")
    eyes.look(person)
    person.click("main form button")
    assert person.locator(".errorlist").count() >= 1
    eyes.look(person)
    person.fill("[name=name]", somebody["name"])
    person.select_option("[name=office]", somebody["office"])
    person.fill("[name=birth]", somebody["birth"])
    person.context.clear_cookies()
    person.click("main form button")
    assert person.locator("main form").count() == 0
    assert somebody["full_name"] not in person.content()
    eyes.look(person)

    desk = eyes.new_page(PHONE)
    sign_in(eyes, site, desk, "daumoi")
    desk.goto("/office/")
    eyes.look(desk)
    desk.click("main a[href='/office/requests/']")
    asked = desk.locator("main .card", has_text=somebody["full_name"])
    eyes.look(desk)
    asked.locator("[name=given_to]").fill("Người Giả Cầm")
    asked.locator("form[action$='/card/'] button").click()
    if "/reauthenticate/" in desk.url:
        desk.fill("input[name=password]", site.sign_ins["daumoi"][0])
        desk.click("main button[type=submit]")
    assert desk.locator(".invitation svg").is_visible()
    assert "Người Giả Cầm" in desk.inner_text(".given")
    eyes.look(desk)
    link = desk.inner_text(".invitation-address").strip()
    [card] = sheets_of(desk)
    assert card.startswith(somebody["full_name"])
    assert link in card.replace(" ", "")
    desk.goto("/office/requests/")
    assert asked.locator("form[action$='/card/']").count() == 0

    person.goto(link)
    assert somebody["full_name"] in person.inner_text("main")

    for page in ("/office/people/", f"/office/people/{somebody['pk']}/"):
        desk.goto(page)
        eyes.look(desk)
        desk.set_viewport_size({"width": 1280, "height": 800})
        eyes.look(desk)
        desk.set_viewport_size({"width": PHONE, "height": 812})
