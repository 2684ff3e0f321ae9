"""The hall's screen on the wall and a phone before it: the code is typed, the person says who it is, and is entered."""

import datetime as dt

import pytest

from tests.browser.site import TODAY

DURING = dt.datetime(2026, 6, 5, 7, 20, 18)
#: What the browser inside Zalo says it is; it keeps no cookie and runs no script of ours here.
ZALO = "Mozilla/5.0 (Linux; Android 11; wv) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36 Zalo android/12100662"

MAKE = """
from attendance.tests.records import Class
from courses.constants import links
lop = Class(code="MAN-HINH")
[person] = lop.people(1, phone="0900 000 123")
result = {"session": lop.general.pk, "screen": links.screen_token(lop.general.pk, 1), "name": person.trainee.full_name,
          "own": links.trainee_token(person.trainee_id, 1)}
"""
MARKS = """
from attendance.models import Event, Mark
result = [list(Mark.objects.filter(session=%(session)d).values_list("state", flat=True)),
          Event.objects.filter(session=%(session)d, way="screen").count()]
"""


@pytest.mark.browser
def test_a_trainee_enters_by_the_code_on_the_wall_without_cookie_and_script(site, eyes):
    site.clock(DURING)
    try:
        made = site.python(MAKE)
        wall = eyes.new_page(1280)
        wall.goto(f"/here/screen/{made['screen']}/")
        eyes.look(wall)
        first = wall.inner_text("[data-code]")
        phone = eyes.new_page(375, user_agent=ZALO, java_script_enabled=False)
        phone.goto("/here/")
        phone.fill("#code", first.lower())
        phone.click("main button")
        phone.click("main button")
        phone.context.clear_cookies()
        phone.fill("[name=name]", made["name"])
        phone.fill("[name=phone_end]", "0123")
        phone.click("main button")
        assert made["name"] in phone.inner_text("main")
        assert site.python(MARKS % made) == [["present"], 1]
        # The clock of this site stands still; twenty seconds on, the wall has another code by itself.
        site.clock(DURING + dt.timedelta(seconds=20))
        wall.wait_for_function("(old) => document.querySelector('[data-code]').textContent !== old", arg=first)
        own = eyes.new_page(375)
        own.goto(f"/my/{made['own']}/")
        eyes.look(own)
        own.fill("#here-code", wall.inner_text("[data-code]"))
        own.click("form.here-form button")
        eyes.look(own)
        assert site.python(MARKS % made) == [["present"], 1]
    finally:
        site.clock(TODAY)
