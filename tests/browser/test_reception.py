"""The organiser's side of the reception desk on a phone; and that a helper's phone says what the server says."""

import datetime as dt

import pytest
import zxingcpp
from playwright.sync_api import expect

from tests.browser.site import TODAY
from tests.browser.steps import PHONE, pixels_of, signed_in

BEFORE, AFTERNOON = dt.datetime(2026, 6, 5, 7, 20), dt.datetime(2026, 6, 5, 13, 35)

MAKE = """
from attendance.tests.records import Class
from courses.models import Office, Role
host = Office.objects.get(pk=Role.objects.get(user__username="tochuc", kind="organiser").office_id)
lop = Class(host, code="TIEP-DON")
lop.people(2)
result = lop.course.pk
"""
READ = """
from uuid import uuid4
from attendance.models import Door
from attendance.services.scans import Scan, take_scans
from courses.constants.clock import now
door = Door.objects.get(course=%d)
take_scans(door, [Scan(uuid4(), now(), code=code) for code in ("lạ", "lạ", "khác")], device=uuid4(), sent=now())
result = None
"""
#: Whoever may stand before a door of the morning and the afternoon, and what the server says to each by its clock.
MAKE_DOOR = """
import datetime as dt
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door
from attendance.services.merging import merge_trainees
from attendance.services.passes import renew_pass
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.actors import SYSTEM
from courses.constants.choices import PlaceKind
from courses.constants.clock import set_clock
from courses.models import Place
from courses.services.nominations import replace
from courses.services.registrations import withdraw
from courses.tests.planning import make_trainee, make_venue

lop = Class(code="NHU-NHAU")
other = Class(host=lop.host, code="NHU-NHAU-2")
for session, name in ((other.general, "Hội trường Sáng"), (other.first, "Hội trường Chiều")):
    Place.objects.create(session=session, kind=PlaceKind.HALL, venue=make_venue(lop.host, name=name))
set_clock(lop.general.starts_at - dt.timedelta(days=1))
names = ("plain", "replaced", "replaced_later", "withdrawn", "renewed", "kept", "gone")
who = dict(zip(names, lop.people(len(names)), strict=True))
[who["only_b"]], [who["only_a"]] = lop.people(1, blocks=[lop.b]), lop.people(1, blocks=[lop.a])
[who["stranger"]] = other.people(1)
codes = {name: one.code for name, one in zip(who, passes_in_force(r.pk for r in who.values()).values(), strict=True)}
replace(who["replaced"], by=make_trainee(lop.ward, "Ngô Thử Thay"), actor=lop.organiser, why="Ốm")
later = make_trainee(lop.ward, "Ngô Thử Thế")
replace(who["replaced_later"], by=later, actor=lop.organiser, why="Ốm", begins_with=lop.first)
withdraw(who["withdrawn"], actor=lop.organiser, why="Bận việc")
renew_pass(who["renewed"], actor=lop.organiser)
merge_trainees(who["kept"].trainee, who["gone"].trainee, actor=SYSTEM)
set_clock(lop.general.starts_at)
door = make_door(lop.course, [lop.general, lop.first], name="Cửa A", until=lop.second.ends_at, actor=lop.organiser)
result = {"door": door.pk, "path": f"/check-in/{links.door_token(door.pk)}/", "codes": {**codes, "none": "a" * 20}}
"""
SERVER = """
from uuid import uuid4
from django.db import transaction
from attendance.models import Door
from attendance.services.scans import Scan, take_scans
from courses.constants.clock import now, set_clock
set_clock(now())
result = {}
for name, code in %(codes)r.items():
    with transaction.atomic():
        [a] = take_scans(Door.objects.get(pk=%(door)d), [Scan(uuid4(), now(), code=code)], device=uuid4(), sent=now())
        result[name] = [a.answer, a.reason, a.where]
        transaction.set_rollback(True)
"""
JUDGED = """async ([moment, codes]) => {
    const loaded = performance.getEntriesByType("resource").map((one) => one.name);
    const script = loaded.find((one) => one.includes("/door_list."));
    const { List } = await import(script);
    const list = new List(await (await fetch("people")).json(), new Map());
    const said = {};
    for (const [name, code] of Object.entries(codes)) {
        const { answer, reason, where } = list.judge(await list.whose(code), Date.parse(moment));
        said[name] = [answer, reason ?? "", where ?? ""];
    }
    return said;
}"""


@pytest.fixture(autouse=True)
def _clock(site):
    site.clock(BEFORE)
    yield
    site.clock(TODAY)


@pytest.mark.browser
def test_an_organiser_makes_a_door_shows_it_deals_with_what_it_refused_and_closes_it_for_good(site, eyes):
    course = site.python(MAKE)
    page = eyes.new_page(PHONE)
    signed_in(eyes, site, page, "tochuc")
    page.goto(f"/admin/attendance/courseresult/{course}/doors")
    page.fill("#id_name", "Cửa thử")
    page.click("form.house-form button")
    eyes.look(page)
    shown = zxingcpp.read_barcode(pixels_of(page, "svg")).text
    assert "/check-in/" in shown
    helper = eyes.new_page(PHONE)
    helper.goto(shown[shown.index("/check-in/") :])
    expect(helper.locator("h1")).to_have_text("Cửa thử")
    site.python(READ % course)
    page.goto(f"/admin/attendance/courseresult/{course}/doors")
    eyes.look(page)
    page.click("a[href$='/doors/refused']")
    eyes.look(page)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    rows.first.locator("button").click()
    expect(rows).to_have_count(1)
    page.goto(f"/admin/attendance/courseresult/{course}/doors")
    page.click("details.act summary")
    page.click("details.act button")
    expect(page.locator("details.act")).to_have_count(0)
    helper.reload()
    expect(helper.locator("[data-door=closed]")).to_be_visible()


@pytest.mark.browser
def test_a_phone_without_a_network_says_of_every_card_what_the_server_says(site, eyes):
    made = site.python(MAKE_DOOR)
    page = eyes.new_page(PHONE)
    page.goto(made["path"])
    expect(page.locator("[data-door=counts]")).not_to_be_empty()
    said = {}
    for moment in (BEFORE, AFTERNOON, dt.datetime(2026, 6, 6, 2)):
        site.clock(moment)
        servers = site.python(SERVER % made)
        assert page.evaluate(JUDGED, [f"{moment.isoformat()}+07:00", made["codes"]]) == servers
        said[moment] = {name: reason or answer for name, (answer, reason, _where) in servers.items()}
    assert said[BEFORE] == {
        "plain": "on_time", "replaced": "replaced", "replaced_later": "on_time", "withdrawn": "withdrawn",
        "renewed": "old_pass", "kept": "on_time", "gone": "on_time", "only_b": "on_time", "only_a": "on_time",
        "stranger": "other_class", "none": "not_a_pass",
    }  # fmt: skip
    assert (said[AFTERNOON]["replaced_later"], said[AFTERNOON]["only_b"]) == ("replaced", "not_expected")
