"""What goes wrong around a helper's phone at the door: others that answer in the server's place, a clock that is set, a
disk and a camera that fail, a name tapped by mistake, a link that was opened twice or too early."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from courses.constants.clock import VIETNAM
from tests.browser.at_the_door import (
    EARLY,
    KEPT,
    LATE,
    LIST_SCRIPT,
    browser_with,
    cut,
    desk_of,
    film_of,
    kept,
    opened,
    ready_without_network,
    scan,
    state_of,
    waiting,
)
from tests.browser.site import TODAY
from tests.browser.steps import PHONE

HTML, JSON = "text/html", "application/json"
#: The moment of the server, in milliseconds.
RIGHT = EARLY.replace(tzinfo=VIETNAM).timestamp() * 1000
TIMES = """
from attendance.models import Event
result = {e.registration_id: [e.happened_at.isoformat(), e.device_at.isoformat()]
          for e in Event.objects.filter(registration_id__in=%s)}
"""
#: A clock that can be set: what is in `put` are milliseconds.
SETTABLE = """(() => {
    const Real = Date;
    window.put = 0;
    window.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + window.put); }
        static now() { return Real.now() + window.put; }
    };
})()"""
#: Bytes that no key opens, in all rows that were kept.
SPOILT = """async (names) => {
    const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const db = await answer(indexedDB.open("door"));
    for (const name of names) {
        const rows = db.transaction(name, "readwrite").objectStore(name);
        for (const row of await answer(rows.getAll())) await answer(rows.put({ ...row, data: new ArrayBuffer(40) }));
    }
    db.close();
}"""
HOLDS_ITS_CONNECTION = """(() => {
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...given) {
        window.held = this;
        return transaction.apply(this, given);
    };
})()"""
#: An iPhone after a call: no sound until somebody touches the screen again.
SILENCED = """(() => {
    Object.assign(window, { resumed: 0, shaken: 0 });
    AudioContext.prototype.resume = () => { window.resumed += 1; return Promise.reject(new Error("interrupted")); };
    Object.defineProperty(AudioContext.prototype, "state", { get: () => "interrupted" });
    navigator.vibrate = () => { window.shaken += 1; };
})()"""
FAILS_AT_FIRST = """(times) => {
    const { getImageData } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.getImageData = function (...given) {
        if (times-- > 0) throw new Error("no memory");
        return getImageData.apply(this, given);
    };
}"""
TAKEN_AWAY = """() => {
    for (const track of document.querySelector("video").srcObject.getTracks()) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
    }
}"""
KNOWN = """async (script) => {
    const { List } = await import(script);
    const half = { id: 1, starts_at: "", ends_at: "", late_after: "" };
    const states = ["absent", "excused", "late", null];
    const people = states.map((state, id) => ({ id, name: "Thử", codes: [], known: state ? { 1: { state } } : {} }));
    const own = new Map(people.map(({ id }) => [`${id}:1`, { state: "present" }]));
    const list = new List({ door: {}, half_days: [half], people, turned: [] }, own);
    const bare = new List({ door: {}, half_days: [half], people, turned: [] }, new Map());
    return [list, bare].map((one) => people.map((person) => one.known(person, half)?.state ?? null));
}"""


@pytest.fixture(scope="module")
def desk(site):
    return desk_of(site, "SU-CO")


@pytest.fixture(autouse=True)
def _clock(site):
    site.clock(EARLY)
    yield
    site.clock(TODAY)


@pytest.fixture
def new_page(site, browser):
    """A page whose requests a test may answer itself, and whose failures are meant."""
    contexts = []

    def made():
        context = browser.new_context(base_url=site.address, service_workers="block")
        contexts.append(context)
        return context.new_page()

    yield made
    for context in contexts:
        context.close()


def answered(page, what, status, body, kind):
    """Over whatever was answered before: a moment without either, and what waits would reach the server."""
    page.route(f"**/{what}", lambda route: route.fulfill(status=status, content_type=kind, body=body))


def sent_again(page):
    """What the page tries once more, and the answer that it gets."""
    with page.expect_response("**/scans"):
        page.evaluate("dispatchEvent(new Event('online'))")


def reached_again(page):
    """The server is reached; the page's own clock may have been faster than this call, which then finds nothing."""
    page.unroute("**/scans")
    page.evaluate("dispatchEvent(new Event('online'))")


def picked(page, person):
    page.fill("#door-field", person.name)
    page.locator(f"[data-door=found] button[data-person='{person.pk}']").click()
    expect(page.locator("[data-door=who]")).to_have_text(person.name)


@pytest.mark.browser
@pytest.mark.parametrize(
    ("first", "status", "body", "kind"),
    [
        (30, 400, "<h1>Bad Request</h1>", HTML),
        (32, 413, "", HTML),
        (36, 404, "<h1>?</h1>", HTML),
    ],
)
def test_what_others_answer_on_the_way_takes_nothing_from_what_waits(site, new_page, desk, first, status, body, kind):
    one, two = desk.people[first : first + 2]
    page = opened(new_page(), desk.doors[0].path)
    page.route("**/scans", lambda route: route.abort())
    for person in (one, two):
        scan(page, person.code, "on_time")
        kept(page, "kept")
    waiting(page, 2)
    answered(page, "scans", status, body, kind)
    sent_again(page)
    sent_again(page)
    expect(page.locator("[data-door=network]")).to_be_visible()
    waiting(page, 2)
    expect(page.locator("[data-door=troubles]")).to_be_hidden()
    expect(page.locator("[data-door=closed]")).to_be_hidden()
    reached_again(page)
    waiting(page, 0)
    assert state_of(desk.facts(), one) == state_of(desk.facts(), two) == "present"


@pytest.mark.browser
def test_what_the_server_itself_cannot_read_is_kept_whole_until_somebody_has_dealt_with_it(site, new_page, desk):
    fine, wrong, unknown = desk.people[2], desk.people[3], "a" * 20
    page = opened(new_page(), desk.doors[0].path)
    page.route("**/scans", lambda route: route.abort())
    for code, answer, reason in (
        (wrong.code, "on_time", ""),
        (unknown, "refused", "not_a_pass"),
        (fine.code, "on_time", ""),
    ):
        scan(page, code, answer, reason)
        kept(page, "kept")

    def read(route):
        if any(code in route.request.post_data for code in (wrong.code, unknown)):
            route.fulfill(status=400, content_type=JSON, body='{"refused": true, "error": "?"}')
        else:
            route.continue_()

    page.route("**/scans", read)
    sent_again(page)
    waiting(page, 0)
    assert state_of(desk.facts(), fine) == "present"
    page.reload()
    items = page.locator("[data-door=trouble-list] li")
    expect(items).to_have_count(2)
    assert [wrong.name in items.nth(0).inner_text(), unknown in items.nth(1).inner_text()] == [True, True]
    # All that was read lies there, sealed.
    rows = page.evaluate(KEPT, "troubles")
    assert [row.startswith("data door id iv order ") and unknown not in row for row in rows] == [True] * 2


@pytest.mark.browser
@pytest.mark.parametrize(
    ("what", "status", "body", "kind"),
    [("scans", 404, "", HTML), ("people", 404, "{}", JSON), ("people", 410, "", HTML), ("people", 410, "{}", JSON)],
)
def test_only_the_server_closes_a_door(site, new_page, desk, what, status, body, kind):
    page = opened(new_page(), desk.doors[0].path)
    answered(page, what, status, body, kind)
    page.reload()
    expect(page.locator("[data-door=network]")).to_be_visible()
    expect(page.locator("[data-door=closed]")).to_be_hidden()
    expect(page.locator("[data-door=counts]")).not_to_be_empty()
    page.unroute(f"**/{what}")
    answered(page, "scans", 404, '{"gone": true}', JSON)
    page.reload()
    expect(page.locator("[data-door=closed]")).to_be_visible()
    assert page.evaluate(KEPT, "lists") == []


@pytest.mark.browser
def test_a_clock_that_is_put_right_without_a_network_moves_nobody_into_another_half_day(site, new_page, desk):
    """One was let in before the clock was set, one after it; both are sent two hours later."""
    before, after = desk.people[4:6]
    page = new_page()
    page.add_init_script(SETTABLE)
    opened(page, desk.doors[0].path)
    expect(page.locator("[data-door=clock]")).to_be_visible()
    page.route("**/*", lambda route: route.abort())
    scan(page, before.code, "on_time")
    kept(page, "kept")
    off = page.evaluate("(right) => Date.now() - right", RIGHT)
    page.evaluate("(off) => { window.put = -off; }", off)
    scan(page, after.code, "on_time")
    kept(page, "kept")
    site.clock(LATE)
    page.unroute("**/*")
    page.evaluate("(wait) => { window.put += wait; }", (LATE - EARLY).total_seconds() * 1000)
    page.evaluate("dispatchEvent(new Event('online'))")
    waiting(page, 0)
    times = site.python(TIMES % [before.pk, after.pk])
    assert [times[str(person.pk)][0][:15] for person in (before, after)] == ["2026-06-05T00:0"] * 2
    assert times[str(before.pk)][1][:10] != "2026-06-05"


@pytest.mark.browser
def test_a_clock_that_is_put_right_with_a_network_is_put_right_once(site, new_page, desk):
    """The server says so, and the phone notices by itself: the same hours are not taken off twice."""
    page = new_page()
    page.add_init_script(SETTABLE)
    opened(page, desk.doors[0].path)
    page.evaluate("(right) => { window.put = right - Date.now(); }", RIGHT)
    sent_again(page)
    scan(page, desk.people[16].code, "on_time")
    expect(page.locator("[data-door=clock]")).to_be_hidden()


@pytest.mark.browser
@pytest.mark.parametrize("is_open", [True, False])
def test_the_list_is_gone_when_the_doors_time_is_over_though_there_is_no_network(site, new_page, desk, is_open):
    """Whether its page was open or is opened again only then; what waits stays."""
    person = desk.people[17 if is_open else 18]
    page = new_page()
    page.add_init_script(SETTABLE)
    opened(page, desk.doors[0].path)
    for what in ("scans", "people"):
        page.route(f"**/{what}", lambda route: route.abort())
    scan(page, person.code, "on_time")
    kept(page, "kept")
    assert page.evaluate(KEPT, "lists") != []
    if is_open:
        page.evaluate("window.put = 24 * 3600000")
        page.fill("#door-field", desk.old)
        page.keyboard.press("Enter")
        expect(page.locator("[data-door=closed]")).to_be_visible()
    else:
        page.add_init_script("window.put = 24 * 3600000")
        page.reload()
        expect(page.locator("[data-door=word]")).not_to_be_empty()
    assert page.evaluate(KEPT, "lists") == []
    assert len(page.evaluate(KEPT, "queue")) == 1 + is_open


@pytest.mark.browser
def test_a_door_opened_before_its_time_says_from_when_people_are_let_in(site, eyes, desk):
    site.clock(EARLY - dt.timedelta(hours=9))
    page = eyes.new_page(PHONE)
    page.goto(desk.doors[0].path)
    expect(page.locator("[data-door=half]")).to_contain_text("04:30")
    eyes.look(page)
    site.clock(LATE + dt.timedelta(hours=2))
    page.reload()
    expect(page.locator("[data-door=counts]")).not_to_be_empty()
    expect(page.locator("[data-door=half]")).not_to_contain_text("04:30")


@pytest.mark.browser
def test_two_pages_of_one_phone_keep_and_send_together(site, eyes, desk):
    """Somebody opened the link twice. What the one took in the other sends, and nothing is entered twice."""
    people = desk.people[40:46]
    pages = [opened(eyes.new_page(PHONE), desk.doors[2].path)]
    ready_without_network(pages[0])
    pages.append(opened(eyes.one_more_page(pages[0].context), desk.doors[2].path))
    cut(eyes, pages[0], True)
    for page, part in zip(pages, (people[:3], people[3:]), strict=True):
        for person in part:
            scan(page, person.code, "on_time")
            kept(page, "kept")
    pages[0].close()
    cut(eyes, pages[1], False)
    pages[1].evaluate("dispatchEvent(new Event('online'))")
    waiting(pages[1], 0)
    facts = desk.facts()
    assert [state_of(facts, person) for person in people] == ["present"] * 6
    assert [sum(pk == person.pk for pk, _device in facts.entries) for person in people] == [1] * 6
    assert len({device for pk, device in facts.entries if pk in {person.pk for person in people}}) == 1


@pytest.mark.browser
def test_what_cannot_be_opened_on_the_phone_is_counted_and_hinders_nothing(site, new_page, desk):
    spoilt, fine = desk.people[6:8]
    page = opened(new_page(), desk.doors[0].path)
    page.route("**/scans", lambda route: route.abort())
    scan(page, spoilt.code, "on_time")
    kept(page, "kept")
    page.evaluate(SPOILT, ["queue", "lists"])
    page.reload()
    expect(page.locator("[data-door=unreadable]")).to_contain_text("1")
    page.unroute("**/scans")
    opened(page, desk.doors[0].path)
    scan(page, fine.code, "on_time")
    kept(page, "sent")
    waiting(page, 0)
    assert state_of(desk.facts(), fine) == "present"
    assert len(page.evaluate(KEPT, "queue")) == 1
    expect(page.locator("[data-door=unreadable]")).to_be_visible()


@pytest.mark.browser
def test_a_connection_to_the_disk_that_the_browser_has_closed_is_opened_again(site, new_page, desk):
    one, two = desk.people[8:10]
    page = new_page()
    page.add_init_script(HOLDS_ITS_CONNECTION)
    opened(page, desk.doors[0].path)
    scan(page, one.code, "on_time")
    kept(page, "sent")
    page.evaluate("window.held.close()")
    scan(page, two.code, "on_time")
    kept(page, "sent")
    waiting(page, 0)
    assert state_of(desk.facts(), two) == "present"


@pytest.mark.browser
def test_a_camera_that_fails_once_reads_on_and_one_that_is_taken_away_can_be_opened_again(
    site, desk, browser, chromium_path, tmp_path
):
    person = desk.people[10]
    film = tmp_path / "pass.y4m"
    film.write_bytes(film_of(f"http://localhost:8000/p/{person.code}/"))
    flags = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    with browser_with(browser, chromium_path, *flags, f"--use-file-for-fake-video-capture={film}") as filming:
        page = opened(filming.new_page(base_url=site.address), desk.doors[0].path)
        page.evaluate(FAILS_AT_FIRST, 3)
        page.click("[data-door=open-camera]")
        expect(page.locator("[data-door=who]")).to_have_text(person.name)
        page.evaluate(TAKEN_AWAY)
        expect(page.locator("[data-door=no-camera]")).to_be_visible()
        expect(page.locator("[data-door=video]")).to_be_hidden()
        page.click("[data-door=open-camera]")
        expect(page.locator("[data-door=video]")).to_be_visible()
        expect(page.locator("[data-door=no-camera]")).to_be_hidden()
        # One that fails for good says so too.
        page.evaluate(FAILS_AT_FIRST, 10_000)
        expect(page.locator("[data-door=no-camera]")).to_be_visible()


@pytest.mark.browser
def test_whom_this_phone_let_in_is_in_whatever_else_is_said_of_absence(site, new_page, desk):
    page = opened(new_page(), desk.doors[0].path)
    known = page.evaluate(KNOWN, page.evaluate(LIST_SCRIPT))
    assert known == [["present", "present", "late", "present"], ["absent", "excused", "late", None]]


@pytest.mark.browser
def test_a_phone_that_was_silenced_shakes_and_is_woken_by_each_touch(site, new_page, desk):
    page = new_page()
    page.add_init_script(SILENCED)
    opened(page, desk.doors[0].path)
    for _ in range(3):
        page.locator("h1").click()
    assert page.evaluate("window.resumed") == 3
    scan(page, desk.people[11].code, "on_time")
    assert page.evaluate("window.shaken") == 1


@pytest.mark.browser
def test_whoever_was_sent_already_is_in_also_after_the_page_was_opened_anew_without_a_network(site, new_page, desk):
    person = desk.people[12]
    page = opened(new_page(), desk.doors[0].path)
    page.route("**/people", lambda route: route.abort())
    scan(page, person.code, "on_time")
    kept(page, "sent")
    page.route("**/scans", lambda route: route.abort())
    opened(page, desk.doors[0].path)
    scan(page, person.code, "already_in")


@pytest.mark.browser
def test_a_name_tapped_by_mistake_is_taken_back_where_nobody_else_has_it(site, eyes, desk):
    person = desk.people[13]
    page = opened(eyes.new_page(PHONE), desk.doors[0].path)
    cut(eyes, page, True)
    picked(page, person)
    kept(page, "kept")
    eyes.look(page)
    page.click("[data-door=undo]")
    expect(page.locator("[data-door=answer]")).to_have_attribute("data-answer", "taken_back")
    waiting(page, 0)
    expect(page.locator("[data-door=undo]")).to_be_hidden()
    assert page.evaluate(KEPT, "queue") == []
    eyes.look(page)
    # Whoever comes after all is not told to be in already.
    scan(page, person.code, "on_time")
    expect(page.locator("[data-door=undo]")).to_be_hidden()
    kept(page, "kept")
    cut(eyes, page, False)
    page.evaluate("dispatchEvent(new Event('online'))")
    waiting(page, 0)
    facts = desk.facts()
    assert [registration for registration, _device in facts.entries].count(person.pk) == 1
    assert [words for words in facts.words if person.name in words] == []


@pytest.mark.browser
@pytest.mark.parametrize("is_answered", [True, False])
def test_a_name_tapped_by_mistake_that_may_have_been_sent_is_taken_back_or_told(site, new_page, desk, is_answered):
    person = desk.people[14 if is_answered else 15]
    page = opened(new_page(), desk.doors[0].path)
    if not is_answered:
        page.route("**/scans", lambda route: route.abort())
    picked(page, person)
    kept(page, "sent" if is_answered else "kept")
    page.click("[data-door=undo]")
    expect(page.locator("[data-door=answer]")).to_have_attribute("data-answer", "taken_back")
    kept(page, "sent" if is_answered else "kept")
    if not is_answered:
        waiting(page, 1)
        reached_again(page)
    waiting(page, 0)
    facts = desk.facts()
    assert state_of(facts, person) is None
    assert len([words for words in facts.words if person.name in words]) == (0 if is_answered else 1)
