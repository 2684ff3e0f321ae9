"""The board, closing and copies, what waits, how a mark came about, and undo, as pages of the admin."""

import json
import re
from uuid import uuid4

import pytest
from django.urls import reverse

from attendance.constants import Claim, MarkState, SheetState
from attendance.models import Event, EventWords, Mark, Sheet, SheetCopy
from attendance.reports.waiting import waiting_at
from attendance.services.ledger import undo_last_act
from attendance.services.sheets import close_sheet, reopen_sheet
from attendance.templatetags.attendance_words import in_groups
from attendance.tests.records import Class, door_with_phones
from attendance.tests.reports.test_board import on_paper, walk_in
from courses.constants.choices import RoleKind
from courses.constants.clock import now, set_clock
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db
PRESENT, LATE, EXCUSED, ABSENT = MarkState.PRESENT, MarkState.LATE, MarkState.EXCUSED, MarkState.ABSENT


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page(name, session, *more):
    return reverse(f"admin:attendance_attendancesheet_{name}", args=[session.pk, *more])


def text_of(response):
    return response.content.decode()


def closed(lop, **fields):
    return close_sheet(lop.general, actor=lop.organiser, expected_version=0, **fields)


def reopened(lop):
    return reopen_sheet(lop.general, actor=lop.organiser, why="Quét sau giờ")


def test_the_board_names_those_behind_its_numbers_and_what_is_not_closed(lop, organiser):
    one, two = lop.people(2)
    lop.mark(lop.general, LATE, one)
    response = organiser.get(page("board", lop.general))
    assert response.context["board"].late[0].registration.pk == one.pk
    assert [day.session for day in response.context["due"]] == lop.sessions
    assert [day.session for day in response.context["same_day"]] == [lop.general, lop.first]
    text = text_of(response)
    assert "data-board" in text
    assert two.trainee.full_name in text


def test_closing_shows_who_will_be_absent_and_closes_once(lop, organiser):
    one, two = lop.people(2)
    lop.mark(lop.general, PRESENT, one)
    text = text_of(organiser.get(page("closing", lop.general)))
    assert "1 person of whom nothing is known will be absent" in text
    assert f"<li>{two.trainee.full_name}</li>" in text
    for _again in range(2):
        assert organiser.post(page("closing", lop.general), {"version": "0"}).status_code == 302
    assert SheetCopy.objects.get().counts == {PRESENT: 1, ABSENT: 1}
    assert "Attendance was closed on" in text_of(organiser.get(page("closing", lop.general)))


def test_unsettled_things_are_named_and_closing_asks_for_a_word(lop, organiser):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    on_paper(lop, Claim.NOT_SEEN, person)
    walk_in(lop)
    text = text_of(organiser.get(page("closing", lop.general)))
    assert f"{page('waiting', lop.general)}#cell-{person.pk}" in text
    assert "Ông Thử Lạ" in text
    assert organiser.post(page("closing", lop.general), {"version": "0"}).status_code == 409
    assert organiser.post(page("closing", lop.general), {"version": "0", "unsettled": "on"}).status_code == 302
    assert Sheet.objects.get(session=lop.general).state == SheetState.CLOSED


@pytest.mark.parametrize("version", ["", "x", "7", "9" * 40, "٣"])
def test_a_page_that_is_out_of_date_closes_nothing(lop, organiser, version):
    assert organiser.post(page("closing", lop.general), {"version": version}).status_code == 409
    assert not SheetCopy.objects.exists()


def test_before_it_begins_there_is_no_button(lop, organiser):
    set_clock(lop.general.starts_at.replace(year=2026, month=6, day=1))
    text = text_of(organiser.get(page("closing", lop.general)))
    assert "This half-day has not begun" in text
    assert 'name="version"' not in text
    assert organiser.post(page("closing", lop.general), {"version": "0"}).status_code == 409


def test_reopening_wants_a_reason_which_then_stands_on_the_page(lop, organiser):
    closed(lop)
    assert organiser.post(page("reopening", lop.general), {"why": " "}).status_code == 409
    for _again in range(2):
        assert organiser.post(page("reopening", lop.general), {"why": "Thẻ quét sau giờ"}).status_code == 302
    assert Sheet.objects.get(session=lop.general).state == SheetState.REOPENED
    assert "Thẻ quét sau giờ" in text_of(organiser.get(page("closing", lop.general)))


def test_a_copy_is_read_and_its_very_bytes_are_downloaded_by_organisers_alone(lop, organiser, client):
    [person] = lop.people(1)
    copy = closed(lop)
    shown = organiser.get(page("copy", lop.general, 1))
    assert person.trainee.full_name in text_of(shown)
    assert in_groups(copy.sha256) in text_of(shown)
    assert shown.context["counts"] == {
        **dict.fromkeys(MarkState, 0),
        "absent": 1,
        "expected": 1,
        "there": 0,
    }
    response = organiser.get(page("copy", lop.general, 1), {"format": "json"})
    assert response.content.decode() == copy.content
    assert json.loads(response.content)["course"] == lop.course.code
    assert ["no-store" in answer.headers["Cache-Control"] for answer in (shown, response)] == [True, True]
    for missing in (2, 10**30):
        assert organiser.get(page("copy", lop.general, missing)).status_code == 404
    assert organiser.get(page("copy", lop.first, 1)).status_code == 404
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert client.get(page("copy", lop.general, 1)).status_code == 404


def test_a_dispute_shows_both_sides_and_is_decided_with_one_button(lop, organiser):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    on_paper(lop, Claim.NOT_SEEN, person)
    response = organiser.get(page("waiting", lop.general))
    [(_person, entries)] = response.context["disputes"]
    assert [(entry.event.claim, entry.event.way) for entry in entries] == [("seen", "hand"), ("not_seen", "paper")]
    data = {"submission": str(uuid4()), "registration": person.pk, "state": ABSENT}
    for _again in range(2):
        assert organiser.post(page("waiting", lop.general), data).status_code == 302
    assert Mark.objects.get().state == ABSENT
    assert Event.objects.filter(claim=Claim.DECISION).count() == 1
    assert "Nothing waits for a decision." in text_of(organiser.get(page("waiting", lop.general)))


@pytest.mark.parametrize("count", [True, False])
def test_a_late_entry_is_decided_on_or_does_not_count_after_reopening(lop, organiser, count):
    [person] = lop.people(1)
    closed(lop)
    lop.mark(lop.general, PRESENT, person)
    late = Event.objects.get()
    what = ({"registration": person.pk, "names": late.pk, "state": PRESENT} if count else {"take_back": late.pk}) | {
        "submission": str(uuid4())
    }
    assert 'name="take_back"' not in text_of(organiser.get(page("waiting", lop.general)))
    assert organiser.post(page("waiting", lop.general), what).status_code == 409
    reopened(lop)
    assert 'name="take_back"' in text_of(organiser.get(page("waiting", lop.general)))
    assert organiser.post(page("waiting", lop.general), what).status_code == 302
    assert waiting_at(lop.general) == []
    assert list(Mark.objects.values_list("state", flat=True)) == ([PRESENT] if count else [])


def test_somebody_not_on_the_list_is_named_and_can_be_left_out(lop, organiser):
    event = walk_in(lop)
    assert "Ông Thử Lạ" in text_of(organiser.get(page("waiting", lop.general)))
    organiser.post(page("waiting", lop.general), {"submission": str(uuid4()), "take_back": event.pk})
    assert waiting_at(lop.general) == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"state": "present"}, 404),
        ({"registration": "x", "state": "present"}, 404),
        ({"registration": "stranger", "state": "present"}, 404),
        ({"registration": "own", "state": "disputed"}, 409),
        ({"registration": "own", "state": ""}, 409),
        ({"registration": "own", "state": "present", "names": "stranger"}, 404),
        ({"take_back": "stranger"}, 404),
        ({"registration": "own", "state": "present", "submission": "x"}, 409),
    ],
)
def test_what_is_not_of_this_half_day_is_not_there_and_a_broken_form_gets_a_sentence(lop, organiser, data, status):
    [person], other = lop.people(1), Class(code="LOP-2")
    [stranger] = other.people(1)
    other.mark(other.general, PRESENT, stranger)
    ids = {"own": person.pk, "stranger": stranger.pk}
    data = {"submission": str(uuid4()), **{name: ids.get(value, value) for name, value in data.items()}}
    if data.get("names") or data.get("take_back"):
        data |= {name: Event.objects.get(registration=stranger).pk for name in ("names", "take_back") if name in data}
    assert organiser.post(page("waiting", lop.general), data).status_code == status
    assert not Mark.objects.filter(session=lop.general).exists()
    assert organiser.get(page("mark", lop.general, stranger.pk)).status_code == 404


def test_every_entry_about_a_mark_is_read_from_its_row(lop, organiser):
    one, two = lop.people(2)
    lop.mark(lop.general, PRESENT, one)
    lop.mark(lop.general, LATE, one, shown=PRESENT)
    assert page("mark", lop.general, one.pk) in text_of(organiser.get(page("change", lop.general)))
    text = text_of(organiser.get(page("mark", lop.general, one.pk)))
    assert "Decided: Late" in text
    assert "Nothing was entered" in text_of(organiser.get(page("mark", lop.general, two.pk)))
    assert organiser.get(page("mark", lop.general, 10**30)).status_code == 404


def test_an_entry_that_takes_another_back_says_what_and_whose(lop, organiser):
    [person] = lop.people(1)
    lop.mark(lop.general, PRESENT, person)
    undo_last_act(lop.general, actor=lop.organiser, act=uuid4())
    text = text_of(organiser.get(page("mark", lop.general, person.pk)))
    assert f"Taken back: Present (entered by {Event.objects.get(claim=Claim.UNDO).undoes.by.full_name})" in text


@pytest.mark.parametrize("name", ["change", "board", "closing", "waiting"])
def test_an_address_with_digits_of_another_script_is_no_page(lop, organiser, name):
    """Python reads them as a number: take `row_id` out of `ScopedAdmin.get_object` and these pages open."""
    wide = str(lop.general.pk).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    address = reverse(f"admin:attendance_attendancesheet_{name}", args=[wide])
    assert organiser.get(address).status_code == 404
    assert organiser.get(page(name, lop.general)).status_code == 200


def test_the_page_that_is_open_is_marked_among_those_of_the_half_day(lop, organiser):
    for name in ("change", "board", "closing", "waiting", "walk_ins", "paper"):
        text = text_of(organiser.get(page(name, lop.general)))
        nav = text.partition('class="sheet-tools"')[2].partition("</nav>")[0]
        assert nav.count('aria-current="page"') == 1
        assert f'href="{page(name, lop.general)}" aria-current="page"' in nav


def test_ones_own_last_entry_is_taken_back_by_name_and_sent_twice_only_once(lop, organiser):
    one, two = lop.people(2)
    for person in (one, two):
        organiser.post(
            page("change", lop.general),
            {"submission": str(uuid4()), f"shown-{person.pk}": "", f"mark-{person.pk}": PRESENT},
        )
    data = {"submission": str(uuid4())}
    for _again in range(2):
        text = text_of(organiser.post(page("undo", lop.general), data, follow=True))
        assert f"about 1 person: {two.trainee.full_name}" in text
    assert list(Mark.objects.values_list("registration", flat=True)) == [one.pk]
    assert organiser.get(page("undo", lop.general)).status_code == 405


@pytest.mark.parametrize("name", ["paper", "paper_list"])
def test_from_the_pages_of_the_paper_ones_last_entry_is_taken_back_and_leads_there_again(lop, organiser, name):
    [person] = lop.people(1)
    where = page(name, lop.general)
    data = {"submission": str(uuid4()), f"shown-{person.pk}": "", f"mark-{person.pk}": PRESENT}
    organiser.post(page("paper_list", lop.general), data)
    text = text_of(organiser.get(where))
    assert f'name="page" value="{name}"' in text
    assert "Key U or Ctrl+Z" in text
    response = organiser.post(page("undo", lop.general), {"submission": str(uuid4()), "page": name})
    assert (response["Location"], Mark.objects.count()) == (where, 0)
    closed(lop)
    assert "data-undo" not in text_of(organiser.get(where))


def test_people_have_the_numbers_of_the_final_list_and_none_before(lop, organiser):
    """Fails when each office counts from one again."""
    one, two = *lop.people(1), *lop.people(1, office=lop.other_ward)
    shown = re.compile(r'<span class="no">(.*?)</span>')
    assert shown.findall(text_of(organiser.get(page("change", lop.general)))) == ["", ""]
    for number, person in enumerate((one, two), 4):
        person.number = number
        person.save(update_fields=["number"])
    assert shown.findall(text_of(organiser.get(page("change", lop.general)))) == ["4", "5"]


def test_what_was_entered_about_somebody_not_on_the_list_is_taken_back_in_the_words_typed(lop, client):
    client.cookies["language"] = "en"
    user = make_organiser(lop.host)
    signed_in(client, user)
    act = uuid4()
    event = Event.objects.create(
        session=lop.general, claim=Claim.SEEN, way="hand", by=user, act=act, client_id=uuid4(),
        happened_at=now(), arrived_at=now(),
    )  # fmt: skip
    EventWords.objects.create(event=event, text="Ông Thử Lạ")
    text = text_of(client.post(page("undo", lop.general), {"submission": str(uuid4())}, follow=True))
    assert "about 1 person: Ông Thử Lạ" in text
    text = text_of(client.post(page("undo", lop.general), {"submission": str(uuid4())}, follow=True))
    assert "There is nothing of yours" in text
    assert client.post(page("undo", lop.general), {"submission": "x"}).status_code == 302


def test_on_a_closed_sheet_the_page_says_that_entries_wait_and_keeps_them(lop, organiser):
    [person] = lop.people(1)
    closed(lop)
    text = text_of(organiser.get(page("change", lop.general)))
    assert "What is saved now changes no mark" in text
    assert "data-undo" not in text
    response = organiser.post(
        page("change", lop.general),
        {"submission": str(uuid4()), f"shown-{person.pk}": "", f"mark-{person.pk}": PRESENT},
        follow=True,
    )
    assert "1 entry was kept and waits for a decision" in text_of(response)
    assert "Nothing was changed" not in text_of(response)
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    ("kind", "where", "read", "write"),
    [
        (RoleKind.ORGANISER, "host", 200, 302),
        (RoleKind.OFFICER, "host", 200, 409),
        (RoleKind.ORGANISER, "foreign", 404, 404),
        (RoleKind.COORDINATOR, "host", 302, 302),
    ],
)
def test_who_may_read_and_who_may_write(lop, client, kind, where, read, write):
    [person] = lop.people(1)
    office = {"host": lop.host, "foreign": Class(code="LOP-2").host}[where]
    signed_in(client, make_organiser(office, kind))
    for name, more in (("board", []), ("closing", []), ("waiting", []), ("mark", [person.pk])):
        assert client.get(page(name, lop.general, *more)).status_code == read
    decided = {"submission": str(uuid4()), "registration": person.pk, "state": PRESENT}
    assert client.post(page("waiting", lop.general), decided).status_code == write
    assert client.post(page("closing", lop.general), {"version": "0"}).status_code == write
    assert client.post(page("reopening", lop.general), {"why": "Vì thử"}).status_code == write
    may = kind == RoleKind.ORGANISER and where == "host"
    assert (Mark.objects.exists(), SheetCopy.objects.exists()) == (may, may)


def test_each_page_costs_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    counts = {"board": 17, "closing": 13, "waiting": 14, "mark": 8}
    organiser.get(page("board", lop.general))
    for count in (1, 2):
        people = lop.people(count)
        lop.mark(lop.general, PRESENT, *people)
        on_paper(lop, Claim.NOT_SEEN, *people)
        walk_in(lop)
        door_with_phones(lop.general, count)
        for name, queries in counts.items():
            more = [people[0].pk] if name == "mark" else []
            with django_assert_num_queries(queries):
                assert organiser.get(page(name, lop.general, *more)).status_code == 200
