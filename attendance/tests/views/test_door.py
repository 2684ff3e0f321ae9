import datetime as dt
import json
import threading
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.templatetags.static import static
from django.urls import reverse

from attendance.constants import MarkState, ScanAnswer, ScanRefusal
from attendance.models import DoorPhone, Event, Mark, RefusedScan
from attendance.reports.passes import hash_of_code, passes_in_force
from attendance.services.doors import make_door, revoke_door
from attendance.services.ledger import lock_sheet
from attendance.services.passes import renew_pass
from attendance.tests.records import Class
from attendance.views.door import FILES
from courses.constants import links
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.partial_dates import PartialDate
from courses.models import Course
from courses.services.registrations import withdraw

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at)
    return lop


def door_of(lop, *sessions):
    return make_door(
        lop.course, sessions or [lop.general], name="Cửa A", until=lop.general.ends_at, actor=lop.organiser
    )


def address(door, name="door_scans"):
    return reverse(f"attendance:{name}", args=[links.door_token(door.pk)])


def batch(*scans, **fields):
    sent = now().isoformat()
    scans = [{"id": str(uuid4()), "at": sent, **scan} for scan in scans]
    return {"device": str(uuid4()), "sent": sent, "holds_back": 0, "scans": scans, **fields}


def send(client, door, body):
    return client.post(address(door), body, content_type="application/json")


def code_of(person):
    return passes_in_force([person.pk])[person.pk].code


def test_what_a_phone_sends_is_entered_and_answered_in_words(lop, client):
    [person] = lop.people(1)
    door = door_of(lop)
    answer = send(client, door, batch({"code": code_of(person)}, {"code": "??"})).json()
    one, two = answer["answers"]
    assert (one["answer"], one["says"], one["registration"]) == (ScanAnswer.ON_TIME, "Đúng giờ", person.pk)
    assert (two["answer"], two["reason"]) == (ScanAnswer.REFUSED, ScanRefusal.NOT_A_PASS)
    assert Mark.objects.get().state == MarkState.PRESENT


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        {"scans": None},
        {"device": "x"},
        {"sent": "2026-06-05T07:30:00"},
        {"sent": "0001-01-01T00:00:00+00:00"},
        {"holds_back": -1},
        {"holds_back": "x"},
        {"holds_back": True},
        {"scans": [{}]},
        {"scans": [{"id": "x", "at": "2026-06-05T07:30:00Z", "code": "a"}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z"}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "code": "a\0"}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "registration": 2**70}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "registration": True}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "code": "a", "words": "b"}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "code": "a", "off": "3"}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "code": "a", "off": 0.5}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "code": "a", "off": True}]},
        {"scans": [{"id": str(uuid4()), "at": "2026-06-05T07:30:00Z", "code": "a"}] * 501},
    ],
)
def test_what_is_not_of_our_page_is_refused_and_enters_nothing(lop, client, body):
    data = body if isinstance(body, bytes) else json.dumps(batch() | body)
    answer = send(client, door_of(lop), data)
    assert (answer.status_code, answer.json()["refused"]) == (400, True)
    assert Event.objects.count() == 0


def test_a_phone_whose_clock_begins_in_1970_is_heard(lop, client):
    [person] = lop.people(1)
    at, sent = "1970-01-01T00:05:00Z", "1970-01-01T00:06:00Z"
    answer = send(client, door_of(lop), batch({"code": code_of(person), "at": at}, sent=sent)).json()["answers"][0]
    assert answer["answer"] == ScanAnswer.ON_TIME
    assert Event.objects.get().happened_at == now() - dt.timedelta(minutes=1)


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00-23:59", "2199-12-31T23:59:59+23:59"])
def test_a_zone_that_is_nowhere_on_earth_is_no_reason_to_give_up(lop, client, at):
    """PostgreSQL takes no zone beyond sixteen hours: one such scan kept its whole batch from being taken, for ever."""
    [person] = lop.people(1)
    answers = send(client, door_of(lop), batch({"code": code_of(person)}, {"words": "Ngô Thử", "at": at})).json()
    assert answers["answers"][0]["answer"] == ScanAnswer.ON_TIME


def test_a_citizen_number_read_at_the_door_cannot_be_found_again_by_trying_all(lop, client):
    """A plain hash of twelve digits is opened in minutes: what is no pass is kept under a key."""
    number, door = "000000000001", door_of(lop)
    send(client, door, batch({"code": number}, {"code": number}))
    kept = set(RefusedScan.objects.values_list("subject_hash", flat=True))
    assert (len(kept), hash_of_code(number) in kept) == (1, False)


def test_a_form_of_another_site_cannot_send(lop, client):
    answer = client.post(address(door_of(lop)), json.dumps(batch()), content_type="text/plain")
    assert (answer.status_code, answer.json()["refused"]) == (415, True)


@pytest.mark.parametrize("put", [3, -3])
def test_a_clock_set_between_taking_and_sending_leaves_a_scan_where_it_was_and_as_it_was_said(lop, client, put):
    [person] = lop.people(1)
    hour = dt.timedelta(hours=1)
    happened = lop.general.starts_at - hour / 4
    set_clock(happened + hour)
    said, sent = happened + 2 * hour, now() + (2 + put) * hour  # two hours fast, then set
    read = {"code": code_of(person), "at": said.isoformat(), "off": 2 * 3_600_000}
    send(client, door_of(lop), batch(read, sent=sent.isoformat()))
    event = Event.objects.get()
    assert (event.happened_at, event.device_at) == (happened, said)


def test_how_wrong_a_clock_is_may_be_unknown_and_beyond_measure(lop, client):
    people = lop.people(3)
    offs = (None, 10**20, -(10**13))
    reads = [{"code": code_of(person), "off": off} for person, off in zip(people, offs, strict=True)]
    send(client, door_of(lop), batch(*reads))
    assert set(Event.objects.values_list("happened_at", flat=True)) == {now()}


def test_a_time_too_far_off_to_say_anything_is_that_of_sending(lop, client):
    [person] = lop.people(1)
    send(client, door_of(lop), batch({"code": code_of(person), "at": "2190-01-01T00:00:00Z"}))
    assert Event.objects.get().happened_at == now()


def test_the_list_holds_who_is_expected_by_name_and_hash_and_nothing_more(lop, client):
    [one] = lop.people(1)
    [two] = lop.people(1, gender="f", phone="0900000001", birth=PartialDate(dt.date(1980, 1, 2)))
    door = door_of(lop)
    gone = lop.people(1)[0]
    withdraw(gone, actor=lop.organiser, why="Bận việc")
    old = code_of(two)
    renew_pass(two, actor=lop.organiser)
    send(client, door, batch({"code": code_of(one)}))
    answer = client.get(address(door, "door_people"))
    text, data = answer.content.decode(), answer.json()
    known = {person["id"]: person for person in data["people"]}
    assert known[one.pk]["name"] == one.trainee.full_name
    assert hash_of_code(code_of(one)) in known[one.pk]["codes"]
    assert known[one.pk]["known"][str(lop.general.pk)]["door"] == "Cửa A"
    assert known[two.pk]["known"] == {}
    assert known[two.pk]["expected"] == [lop.general.pk]
    turned = {code: turned["reason"] for turned in data["turned"] for code in turned["codes"]}
    assert turned[hash_of_code(old)] == ScanRefusal.OLD_PASS
    assert turned[hash_of_code(code_of(gone))] == ScanRefusal.WITHDRAWN
    for secret in (code_of(one), old, "0900000001", "1980-01", "02/01", "sort_key", "citizen"):
        assert secret not in text
    assert "no-store" in answer["Cache-Control"]


def test_a_closed_door_shows_no_list_and_still_takes_what_was_held_back(lop, client):
    [person] = lop.people(1)
    door = door_of(lop)
    revoke_door(door, actor=lop.organiser)
    closed = client.get(address(door, "door_people"))
    assert (closed.status_code, closed.json()["closed"]) == (410, True)
    [answer] = send(client, door, batch({"code": code_of(person)})).json()["answers"]
    assert answer["answer"] == ScanAnswer.WAITS
    assert client.get(address(door, "door")).status_code == 200


def test_no_other_link_opens_a_door_and_an_archived_class_has_none(lop, client):
    door = door_of(lop)
    for token in (links.door_token(door.pk + 1), links.trainee_token(door.pk, 1), "x", "ü"):
        assert client.get(reverse("attendance:door", args=[token])).status_code == 404
        assert is_gone(client.get(reverse("attendance:door_people", args=[token])))
        assert is_gone(client.post(reverse("attendance:door_scans", args=[token]), batch(), "application/json"))
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.ARCHIVED)
    assert client.get(address(door, "door")).status_code == 404
    assert is_gone(client.get(address(door, "door_people")))
    assert is_gone(send(client, door, batch()))


def is_gone(answer) -> bool:
    """As the phone is told to forget its list: whatever stands in between may answer 404, and not this."""
    return (answer.status_code, answer.json()) == (404, {"gone": True})


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(lop, client, django_assert_num_queries, count):
    lop.people(count)
    door = door_of(lop)
    with django_assert_num_queries(15):
        client.get(address(door, "door_people"))


def test_wasm_may_run_at_the_door_alone(lop, client):
    policy = client.get(address(door_of(lop), "door"))["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert "wasm" not in client.get("/")["Content-Security-Policy"]


def test_a_phone_keeps_the_page_without_a_door_and_its_files_and_asks_for_them_anew_when_they_change(lop, client):
    door_of(lop)
    worker = client.get("/sw.js")
    assert (worker["Content-Type"], worker["Cache-Control"]) == ("text/javascript", "no-cache")
    text = worker.content.decode()
    assert json.loads(text.split("FILES = ")[1].split(";\n")[0]) == [static(name) for name in FILES]
    assert text.count(f'"{reverse("attendance:door_shell")}"') == 1
    scripts = {f"js/{path.name}" for path in (settings.BASE_DIR / "static" / "js").glob("door*.js")}
    assert scripts == {name for name in FILES if name.startswith("js/")}
    assert text == client.get("/sw.js").content.decode()
    assert text != client.get("/sw.js", headers={"Cookie": "language=en"}).content.decode()


def test_the_page_that_a_phone_keeps_names_no_door_and_may_run_what_the_door_may(lop, client):
    door = door_of(lop)
    kept = client.get(reverse("attendance:door_shell"))
    assert kept["Content-Security-Policy"] == client.get(address(door, "door"))["Content-Security-Policy"]
    for secret in (door.name, lop.course.title, links.door_token(door.pk)):
        assert secret not in kept.content.decode()


def test_somebody_about_whom_nothing_was_typed_is_noted_all_the_same(lop, client):
    [answer] = send(client, door_of(lop), batch({"words": "   "})).json()["answers"]
    assert answer["answer"] == ScanAnswer.NOTED
    assert Event.objects.get().words.text == "–"


@pytest.mark.django_db(transaction=True)
def test_what_the_database_gives_up_is_to_be_sent_again(lop, client):
    """Somebody else holds what a scan needs, for longer than the database waits. Fails when that is an error."""
    one, two = lop.people(2)
    door = door_of(lop)
    body = batch({"code": code_of(one)}, {"code": code_of(two)})
    send(client, door, batch({"words": "Ngô Thử Lạ"}))  # there is a sheet to be held
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            lock_sheet(lop.general)
            held.set()
            done.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        with connection.cursor() as cursor:
            is_postgres = connection.vendor == "postgresql"
            cursor.execute("SET lock_timeout = 100" if is_postgres else "PRAGMA busy_timeout = 100")
        answer = send(client, door, body)
    finally:
        done.set()
        holder.join(20)
        connection.close()
    assert (answer.status_code, answer["Retry-After"], answer["Content-Type"]) == (503, "2", "application/json")
    assert Mark.objects.count() == 0
    assert [one["answer"] for one in send(client, door, body).json()["answers"]] == [ScanAnswer.ON_TIME] * 2


def test_a_pass_of_another_class_is_answered_with_its_class_and_hall(lop, client):
    other = Class(host=lop.host, code="LOP-2")
    set_clock(lop.general.starts_at)
    [guest] = other.people(1)
    door = door_of(lop)
    [answer] = send(client, door, batch({"code": code_of(guest)})).json()["answers"]
    [turned] = [
        one
        for one in client.get(address(door, "door_people")).json()["turned"]
        if hash_of_code(code_of(guest)) in one["codes"]
    ]
    assert answer["reason"] == turned["reason"] == ScanRefusal.OTHER_CLASS
    assert answer["where"] == turned["where"][str(lop.general.pk)] == other.course.title


def test_a_door_that_took_more_than_its_class_can_bring_says_try_later(lop, client):
    door = door_of(lop)
    RefusedScan.objects.bulk_create(
        RefusedScan(door=door, reason=ScanRefusal.NOT_A_PASS, client_id=uuid4(), happened_at=now(), arrived_at=now())
        for _row in range(2000)
    )
    answer = send(client, door, batch({"code": "??"}))
    assert (answer.status_code, answer["Content-Type"], int(answer["Retry-After"]) > 0) == (
        429,
        "application/json",
        True,
    )
    assert RefusedScan.objects.count() == 2000


def test_a_full_door_keeps_no_more_phones_either(lop, client):
    """A link in wrong hands gives each scan another phone. On PostgreSQL fails when a phone is heard by the statement
    that enters nothing."""
    door = door_of(lop)
    send(client, door, batch({"words": "Ngô Thử Lạ"}))
    RefusedScan.objects.bulk_create(
        RefusedScan(door=door, reason=ScanRefusal.NOT_A_PASS, client_id=uuid4(), happened_at=now(), arrived_at=now())
        for _row in range(2000)
    )
    assert [send(client, door, batch({"registration": 2**40})).status_code for _phone in range(3)] == [429] * 3
    assert DoorPhone.objects.count() == 1
