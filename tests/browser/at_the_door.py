"""What the tests of a helper's phone at the door share: a small class of their own with its doors, and the steps."""

import datetime as dt
import struct
import zlib
from types import SimpleNamespace

import zxingcpp
from playwright.sync_api import expect

#: Half an hour before the class of `attendance.tests.records` begins, and after its grace.
EARLY, LATE = dt.datetime(2026, 6, 5, 7), dt.datetime(2026, 6, 5, 8, 30)
#: A browser of its own for a camera or a network of its own.
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

MAKE = """
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door
from attendance.services.passes import renew_pass
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.clock import set_clock
from courses.services.registrations import withdraw

lop = Class(code="CUA")
other = Class(host=lop.host, code="CUA-2")
people = lop.people(60)
set_clock(lop.general.starts_at)
doors = [make_door(lop.course, [lop.general], name=f"Cửa {name}", until=lop.general.ends_at, actor=lop.organiser)
         for name in ("A", "B", "C")]
codes = passes_in_force([r.pk for r in people])
old = codes[people[20].pk]
renew_pass(people[20], actor=lop.organiser)
withdraw(people[21], actor=lop.organiser, why="Bận việc")
[guest] = other.people(1)
result = {
    "doors": [[door.pk, links.door_token(door.pk)] for door in doors],
    "session": lop.general.pk,
    "people": [[r.pk, r.trainee.full_name, codes[r.pk].code, codes[r.pk].short] for r in people],
    "old": old.code,
    "guest": passes_in_force([guest.pk])[guest.pk].code,
}
"""
MARKS = """
from attendance.models import Event, EventWords, Mark, RefusedScan
result = {
    "marks": {m.registration_id: m.state for m in Mark.objects.filter(session_id=%(session)d)},
    "entries": list(Event.objects.filter(session_id=%(session)d).order_by().values_list("registration_id", "device")),
    "proposals": Event.objects.filter(session_id=%(session)d, proposal=True).count(),
    "words": [words.text for words in EventWords.objects.filter(event__session=%(session)d)],
    "refused": sorted(RefusedScan.objects.filter(door__sessions=%(session)d).values_list("reason", flat=True)),
}
"""
#: The rows that the browser keeps, as another program on the phone would find them.
KEPT = """async (name) => {
    const answer = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    const db = await answer(indexedDB.open("door"));
    const rows = await answer(db.transaction(name).objectStore(name).getAll());
    db.close();
    return rows.map((row) => Object.keys(row).sort().join(" ") + " " + new TextDecoder().decode(row.data));
}"""
LIST_SCRIPT = """() => performance.getEntriesByType("resource").map((one) => one.name)
    .find((address) => address.includes("/door_list."))"""
#: One after the other, each as soon as the one before is on the disk.
LET_IN = """async (codes) => {
    const field = document.getElementById("door-field");
    const kept = document.querySelector("[data-door=kept]");
    for (const code of codes) {
        field.value = code;
        kept.dataset.kept = "";
        field.form.requestSubmit();
        while (!["kept", "sent"].includes(kept.dataset.kept)) await new Promise((done) => setTimeout(done, 5));
    }
}"""


def desk_of(site, code):
    """A class with its doors, and what its database says."""
    made = site.python(MAKE.replace("CUA", code))
    people = [SimpleNamespace(pk=pk, name=name, code=code, short=short) for pk, name, code, short in made["people"]]
    return SimpleNamespace(
        people=people,
        doors=[SimpleNamespace(pk=pk, path=f"/check-in/{token}/") for pk, token in made["doors"]],
        old=made["old"],
        guest=made["guest"],
        facts=lambda: SimpleNamespace(**site.python(MARKS % {"session": made["session"]})),
    )


def state_of(facts, person) -> str | None:
    return facts.marks.get(str(person.pk))


def opened(page, path):
    page.goto(path)
    expect(page.locator("[data-door=counts]")).not_to_be_empty()
    return page


def scan(page, text, answer, reason=""):
    """As a scanner does: fast, then Enter."""
    page.fill("#door-field", text)
    page.keyboard.press("Enter")
    expect(page.locator("[data-door=answer]")).to_have_attribute("data-answer", answer)
    expect(page.locator("[data-door=answer]")).to_have_attribute("data-reason", reason)


def kept(page, state):
    expect(page.locator("[data-door=kept]")).to_have_attribute("data-kept", state)


def waiting(page, number):
    expect(page.locator("[data-door=waiting]")).to_have_attribute("data-waiting", str(number))


def ready_without_network(page):
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")


def cut(eyes, page, is_cut):
    eyes.network_is_cut = True  # and stays: what was asked while it was cut fails a moment later
    page.context.set_offline(is_cut)


def browser_with(browser, chromium_path, *flags):
    return browser.browser_type.launch(executable_path=chromium_path, args=[*FLAGS, *flags])


def grey(text: str) -> tuple[bytes, int]:
    """A QR code with its quiet zone: its pixels in grey, and how many there are in a row."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    pixels = memoryview(code.to_image(scale=8))
    return bytes(pixels), pixels.shape[1]


def png(pixels: bytes, width: int) -> bytes:
    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def film_of(text: str, wide: int = 640, high: int = 480) -> bytes:
    """A film of a pass that is held still, as a camera in a browser takes it: uncompressed, one picture again and
    again."""
    code, side = grey(text)
    left, above = (wide - side) // 2, (high - side) // 2
    white = b"\xeb"
    rows = [(white * left + code[at : at + side]).ljust(wide, white) for at in range(0, len(code), side)]
    bright = b"".join([white * wide * above, *rows]).ljust(wide * high, white)
    picture = b"FRAME\n" + bright + b"\x80" * (wide * high // 2)
    return f"YUV4MPEG2 W{wide} H{high} F10:1 Ip A1:1 C420jpeg\n".encode() + picture * 2
