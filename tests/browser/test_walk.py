"""The whole path on the demo's class of 2022, in a real browser against a real server, at a desk and on a phone.

From an office's roster to a certificate that anybody can check. Tried: an inline style, an error of a script, something
too wide, grey on grey, and a citizen number in a log or in the database are each found.
"""

import re
from dataclasses import dataclass

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from django.conf import settings
from playwright.sync_api import expect

from courses.constants import codes
from tests.browser.site import DURING_THE_CLASS, TODAY
from tests.browser.steps import WIDTHS, pixels_of, sign_in

ROSTERS = settings.BASE_DIR / "courses" / "tests" / "rosters"
DECISION = "1234/QĐ-UBND"
KEYS = {"1": "present", "2": "late", "3": "left_early", "4": "excused", "5": "absent"}
#: A list as an office sent it, how many are in it, and whom of Phường IV we follow to the certificate.
ROSTER, PEOPLE, PERSON = "01_clean.xlsx", 12, "Nguyễn Văn Hải"


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_roster_becomes_certificates_that_anybody_can_check(site, eyes, width):
    site.clock(DURING_THE_CLASS)
    organiser = eyes.new_page(width)
    sign_in(eyes, site, organiser, "tochuc")
    class_page = open_class(eyes, organiser)
    import_roster(eyes, organiser, class_page)
    look_as_office(eyes, site, width)
    link = hand_out_link(eyes, site, organiser, class_page)
    look_as_trainee(eyes, site, width, link)
    site.clock(TODAY)
    # Signed in four years ago: that is over.
    organiser.goto(class_page)
    assert "/accounts/login/" in organiser.url
    sign_in(eyes, site, organiser, "tochuc")
    mark_all_half_days(eyes, site, organiser, class_page, width)
    paper = prepare_and_issue(eyes, site, width, class_page)
    check_paper(eyes, width, paper)
    speak_another_language_and_leave(eyes, organiser)
    look_as_coordinator(eyes, site, width)
    nothing_secret_was_written_down(site.stored_bytes())


def open_class(eyes, page) -> str:
    """From the week to the page of the class; returns its address."""
    assert page.url.endswith("/admin/")
    eyes.look(page)
    page.locator(".week-card", has_text="CCHC-2022").locator("h3 a").click()
    eyes.look(page)
    return page.url


def choose_act(page, link):
    """On the page of a class: the group in which it lies is opened first, by the keyboard, where it is folded."""
    for folded in page.locator(".acts > details:not([open])", has=page.locator(link)).all():
        folded.locator("> summary").press("Enter")
    page.locator(f".acts {link}").click()


def import_roster(eyes, page, class_page):
    choose_act(page, 'a[href*="/importbatch/class/"]')
    page.set_input_files("input[type=file]", ROSTERS / "truncated.xlsx")
    page.click(".submit-row input[type=submit]")
    expect(page.locator(".errorlist li")).to_have_count(1)
    eyes.look(page)
    page.set_input_files("input[type=file]", ROSTERS / ROSTER)
    page.click(".submit-row input[type=submit]")
    rows = page.locator("table.roster tbody tr")
    assert rows.count() == PEOPLE
    assert rows.filter(has_text=PERSON).filter(has_text="Phường IV").count() == 1
    assert page.locator("table.roster tr.problem").count() == 0
    eyes.look(page)
    registered = registered_in_all(page, class_page)
    page.go_back()
    page.click("input[name=apply]")
    assert page.locator(".board .ok dd").inner_text() == str(PEOPLE)
    expect(page.locator("input[name=apply]")).to_have_count(0)
    eyes.look(page)
    assert registered_in_all(page, class_page) == registered + PEOPLE
    page.locator('#content-main a[href*="/registration/?course"]').first.click()
    eyes.look(page)


def registered_in_all(page, class_page) -> int:
    page.goto(class_page)
    return int(page.locator(".board dd").first.inner_text().split("/")[0])


def look_as_office(eyes, site, width):
    page = eyes.new_page(width)
    page.goto(site.links["office"])
    expect(page.locator("main h3", has_text=PERSON)).to_have_count(1)
    assert page.locator("main section.card").count() == page.locator("main section.card h3").count() >= 2
    eyes.look(page)


def hand_out_link(eyes, site, page, class_page) -> str:
    """The card with the code that a trainee's telephone reads; whoever prints links shows the password again."""
    page.goto(class_page)
    choose_act(page, 'a[href$="/links"]')
    eyes.look(page)
    page.fill("input[name=password]", site.sign_ins["tochuc"][0])
    page.click("main button[type=submit]")
    eyes.look(page)
    page.locator("tr", has_text=PERSON).locator("button[name=pk]:not([formaction])").click()
    eyes.look(page)
    [found] = zxingcpp.read_barcodes(pixels_of(page, ".invitation svg"))
    assert found.text == page.locator(".invitation-address").inner_text()
    return found.text


def look_as_trainee(eyes, site, width, link):
    """The next half-day on top, the pass as a QR that a stranger's phone can read, the timetable."""
    page = eyes.new_page(width)
    page.goto(link)
    assert PERSON in page.locator("h1").inner_text()
    coming = page.locator(".next .next-when").inner_text()
    assert "15/06/2022" in coming
    assert "13:30" in coming
    expect(page.locator(".schedule .half")).to_have_count(6)
    eyes.look(page)
    [found] = zxingcpp.read_barcodes(pixels_of(page, ".pass-qr"))
    assert found.text.startswith(f"{site.address}/p/")
    page.goto(found.text)
    assert PERSON not in page.content()
    eyes.look(page)


def mark_all_half_days(eyes, site, page, class_page, width):
    page.goto(class_page)
    links = page.locator('#schedule ~ table a[href*="/attendancesheet/"]')
    sheets = [link.get_attribute("href") for link in links.all()]
    assert len(sheets) == 6
    page.goto("/admin/attendance/attendancesheet/")
    eyes.look(page)
    for sheet in (*sheets[:3], sheets[5]):
        page.goto(sheet)
        page.click("button[name=rest]")
        expect(page.locator("button[name=rest]")).to_have_count(0)
    mark_one_by_one(eyes, page, sheets[3])
    mark_at_once(eyes, site, page, sheets[4], width)


def unmarked(page) -> list[str]:
    """The ids of the registrations that have no mark yet, without the person whom we follow."""
    rows = page.locator(".marks-row", has_not_text=PERSON).filter(has=page.locator('[name^="shown-"][value=""]'))
    return [shown.get_attribute("name").partition("-")[2] for shown in rows.locator('[name^="shown-"]').all()]


def states(page, ids) -> list[str]:
    """What the page shows as the mark of each."""
    return [page.locator(f"[name=shown-{pk}]").get_attribute("value") for pk in ids]


def choose(page, pk: str, state: str):
    page.locator(f'label:has([name=mark-{pk}][value="{state}"])').click()


def save_marks(page):
    page.click(".bar input[type=submit]")
    page.wait_for_load_state()


def mark_one_by_one(eyes, page, sheet):
    """A tap for some, a key for others; who is not touched is present at the end."""
    page.goto(sheet)
    tapped, *keyed = unmarked(page)[:6]
    choose(page, tapped, "late")
    for key, pk in zip(KEYS, keyed, strict=True):
        page.locator(f"[name=mark-{pk}]").first.focus()
        page.keyboard.press(key)
    assert page.locator("[data-count]").inner_text().startswith("6 ")
    eyes.look(page)
    save_marks(page)
    assert states(page, [tapped, *keyed]) == ["late", *KEYS.values()]
    page.click("button[name=rest]")
    page.wait_for_load_state()
    assert states(page, [tapped, *keyed]) == ["late", *KEYS.values()]
    assert unmarked(page) == []


def mark_at_once(eyes, site, one, sheet, width):
    """Two organisers have the same page open: what both changed is asked, what one changed is kept."""
    other = eyes.new_page(width)
    sign_in(eyes, site, other, "tochuc")
    one.goto(sheet)
    other.goto(sheet)
    both, first, second = unmarked(one)[:3]
    choose(one, both, "absent")
    choose(one, first, "late")
    save_marks(one)
    choose(other, both, "present")
    choose(other, second, "excused")
    save_marks(other)
    asked = other.locator(".marks-row.asked")
    assert asked.count() == 1
    assert asked.locator(f"[name=mark-{both}]:checked").get_attribute("value") == "present"
    assert states(other, [both, first, second]) == ["absent", "late", "excused"]
    eyes.look(other)
    one.goto(sheet)
    assert states(one, [both, first, second]) == ["absent", "late", "excused"]
    save_marks(other)
    assert states(other, [both, first, second]) == ["present", "late", "excused"]
    other.click("button[name=rest]")
    other.wait_for_load_state()
    assert unmarked(other) == []


@dataclass(frozen=True)
class Paper:
    """What stands on it."""

    number: str
    code: str


def prepare_and_issue(eyes, site, width, class_page) -> Paper:
    page = eyes.new_page(width)
    sign_in(eyes, site, page, "capgiay")
    page.goto("/admin/attendance/courseresult/")
    eyes.look(page)
    page.locator("#result_list a", has_text="CCHC-2022").first.click()
    results = page.url
    eyes.look(page)
    page.locator('a[href$="/prepare"]').click()
    confirm_by_code(eyes, site, page)
    page.select_option("[name=signer]", label="Phó Chủ tịch Nguyễn Văn Mẫu")  # other tests' classes bring their own
    page.fill("[name=issue_date]", "17/06/2022")
    page.fill("[name=decision_number]", DECISION)
    page.fill("[name=decision_date]", "18/06/2022")
    page.click(".submit-row input[type=submit]")
    expect(page.locator(".errorlist li")).to_have_count(1)
    eyes.look(page)
    page.fill("[name=decision_date]", "16/06/2022")
    page.click(".submit-row input[type=submit]")
    assert type_count(eyes, page) >= PEOPLE - 3
    page.goto(results)
    page.locator('a[href$="/issue"]').click()
    type_count(eyes, page)
    eyes.look(page)
    row = page.locator("tbody tr", has_text=PERSON)
    row.locator("a").click()
    eyes.look(page)
    number = page.title().split(" | ")[0].split(": ")[1]
    code = codes.normalise(page.locator('dl.facts a[href*="/verify/"]').inner_text().rstrip("/").rpartition("/")[2])
    paper = page.context.request.get(page.locator('a[href$="/paper.pdf"]').get_attribute("href"))
    assert paper.headers["content-type"] == "application/pdf"
    text = text_of(paper.body())
    for fact in (PERSON, number, DECISION, codes.grouped(code)):
        assert fact in text
    return Paper(number, code)


def type_count(eyes, page) -> int:
    """A wrong number of papers is told, the right one does it; returns how many papers were made."""
    due = int(re.search(r"\d+", page.locator(".notice.ok, form .help").last.inner_text())[0])
    page.fill("[name=count]", str(due + 1))
    page.click(".submit-row input[type=submit]")
    assert str(due) in page.locator(".errorlist").inner_text()
    eyes.look(page)
    page.fill("[name=count]", str(due))
    page.click(".submit-row input[type=submit]")
    assert str(due) in page.locator(".messagelist .success").inner_text()
    expect(page.locator(".messagelist .error")).to_have_count(0)
    return due


def text_of(pdf: bytes) -> str:
    """The words of a paper in one line."""
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


def confirm_by_code(eyes, site, page):
    """Whoever makes papers shows the second factor once more; the code of the sign-in was good once."""
    assert "/accounts/2fa/reauthenticate/" in page.url
    eyes.look(page)
    page.fill("input[name=code]", site.code_of("capgiay"))
    page.click("main button[type=submit]")
    assert page.url.endswith("/prepare")


def check_paper(eyes, width, paper):
    """Anybody, without an account, by the code on the paper."""
    page = eyes.new_page(width)
    page.goto("/verify/")
    eyes.look(page)
    page.fill("[name=code]", codes.grouped(paper.code).lower())
    page.click("main .btn.primary")
    facts = page.locator("dl.facts").last.inner_text()
    expect(page.locator(".verdict.ok")).to_have_count(1)
    for fact in (PERSON, paper.number, DECISION, "17/06/2022"):
        assert fact in facts
    eyes.look(page)
    mistyped = ("2" if paper.code[3] != "2" else "3").join((paper.code[:3], paper.code[4:]))
    page.fill("[name=code]", mistyped)
    page.click("main .btn.primary")
    expect(page.locator(".verdict")).to_have_count(0)
    expect(page.locator("#code-error li")).to_have_count(1)
    eyes.look(page)


def speak_another_language_and_leave(eyes, page):
    page.goto("/")
    words = page.locator("h1").inner_text()
    for language in ("en", "vi"):
        page.click(f"button[name=language][value={language}]")
        assert page.locator("html").get_attribute("lang") == language
        assert (page.locator("h1").inner_text() == words) == (language == "vi")
        eyes.look(page)
    page.goto("/admin/")
    page.click("#logout-form button")
    page.goto("/admin/")
    assert "/accounts/login/" in page.url


def look_as_coordinator(eyes, site, width):
    page = eyes.new_page(width)
    sign_in(eyes, site, page, "daumoi")
    assert page.url.endswith("/office/")
    eyes.look(page)
    page.locator(".card", has_text="06/2022").locator("a.primary").click()
    page.wait_for_load_state()
    card = page.locator("section.card", has_text=PERSON)
    expect(card.locator("tbody tr")).to_have_count(6)
    eyes.look(page)
    assert page.goto("/admin/").status in (403, 404)


def nothing_secret_was_written_down(stored):
    """Citizen numbers are kept encrypted, and no log line has one: neither the roster's nor the demo's."""
    numbers = citizen_numbers()
    assert len(numbers) == 12
    shape = re.compile(rb"(?<![0-9A-Za-z])0[0-9]{2}[0-3][0-9]{8}(?![0-9A-Za-z])|093[01][0-9]{2}000[5-9][0-9]{2}")
    assert any(ROSTER.encode() in data for data in stored.values())  # the right files are being searched
    for name, data in stored.items():
        assert [number for number in numbers if number in data] == [], name
        assert shape.findall(data) == [], name


def citizen_numbers() -> list[bytes]:
    sheet = openpyxl.load_workbook(ROSTERS / ROSTER).active
    texts = (str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    return [text.encode() for text in texts if re.fullmatch(r"\d{12}", text)]
