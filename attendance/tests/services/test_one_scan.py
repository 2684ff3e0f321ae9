"""The statement that enters one scan on PostgreSQL says what the services say, or leaves it to them."""

import datetime as dt
import threading
import time
from contextlib import suppress
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from attendance.constants import MarkState, ScanAnswer, SheetState
from attendance.models import Door, DoorPhone, Event, Mark, Sheet
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door, revoke_door
from attendance.services.ledger import lock_sheet, undo_last_act
from attendance.services.one_scan import take_one
from attendance.services.passes import renew_pass
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class
from courses.constants.choices import CourseState, RegistrationState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import Course, Registration, Session

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(settings.TEST_DATABASE != "postgres", reason="one statement is for PostgreSQL"),
]
MINUTE = dt.timedelta(minutes=1)
PHONE = uuid4()


class Scene:
    """A door of the morning and the afternoon of block A, a person, and what may have happened before a scan."""

    def __init__(self):
        self.lop = Class()
        set_clock(self.lop.general.starts_at)
        [self.person] = self.lop.people(1)
        [self.other] = self.lop.people(1)
        self.door = make_door(
            self.lop.course,
            [self.lop.general, self.lop.first],
            name="Cửa A",
            until=self.lop.first.ends_at,
            actor=self.lop.organiser,
        )
        Sheet.objects.create(session=self.lop.general, state=SheetState.OPEN, opened_at=now())
        self.code = passes_in_force([self.person.pk])[self.person.pk].code

    def happened(self, what: str) -> None:
        lop, person = self.lop, self.person
        people = Registration.objects.filter(pk=person.pk)
        {
            "sheet closed": lambda: Sheet.objects.update(state=SheetState.CLOSED),
            "sheet reopened": lambda: Sheet.objects.update(state=SheetState.REOPENED),
            "no sheet yet": lambda: Sheet.objects.all().delete(),
            "time over": lambda: Door.objects.update(until=lop.general.starts_at - MINUTE),
            "revoked": lambda: revoke_door(self.door, actor=lop.organiser),
            "concluded": lambda: Course.objects.update(state=CourseState.CONCLUDED),
            "cancelled": lambda: Session.objects.filter(pk=lop.general.pk).update(state="cancelled", required=False),
            "withdrawn": lambda: people.update(state=RegistrationState.WITHDRAWN),
            "begins later": lambda: people.update(begins_with=lop.second),
            "merged": lambda: Registration.objects.filter(pk=self.other.pk).update(merged_into=person),
            "owes block B": lambda: person.blocks.set([lop.b]),
            "owes block A": lambda: person.blocks.set([lop.a]),
            "renewed": lambda: renew_pass(person, actor=lop.organiser),
            "renewed and shown": self._renewed_and_shown,
            "marked": lambda: lop.mark(lop.general, MarkState.ABSENT, person),
            "marked and undone": self._marked_and_undone,
            "scanned": lambda: self.send(take_scans, self.scan()),
        }[what]()

    def _renewed_and_shown(self):
        renew_pass(self.person, actor=self.lop.organiser)
        self.code = passes_in_force([self.person.pk])[self.person.pk].code

    def _marked_and_undone(self):
        self.lop.mark(self.lop.general, MarkState.ABSENT, self.person)
        undo_last_act(self.lop.general, actor=self.lop.organiser, act=uuid4())

    def scan(self, *, by_name=False, ago=dt.timedelta(), off=None) -> Scan:
        how = {"registration_id": self.person.pk} if by_name else {"code": self.code}
        return Scan(uuid4(), now() - ago + (off or dt.timedelta()), off=off, **how)

    def send(self, how, scan):
        if how is take_one:
            return take_one(self.door.pk, scan, device=PHONE, sent=now(), holds_back=3)
        return take_scans(self.door, [scan], device=PHONE, sent=now(), holds_back=3)[0]

    def outcome(self, how, scan):
        """What is answered and what then stands; all is taken back."""
        with transaction.atomic():
            answer = self.send(how, scan)
            events = list(Event.objects.order_by("client_id").values())
            for event in events:
                del event["id"]
            marks = list(Mark.objects.order_by("session", "registration").values())
            phones = list(DoorPhone.objects.values("door", "device", "heard_at", "holds_back", "clock_off"))
            for mark in marks:
                del mark["id"]
            transaction.set_rollback(True)
        return answer, events, marks, phones


HAPPENED = (
    "sheet closed",
    "sheet reopened",
    "no sheet yet",
    "time over",
    "revoked",
    "concluded",
    "cancelled",
    "withdrawn",
    "begins later",
    "merged",
    "owes block B",
    "owes block A",
    "renewed",
    "renewed and shown",
    "marked",
    "marked and undone",
    "scanned",
)
#: What is entered by the statement itself: else this test would hold nothing together.
PLAIN = {"sheet reopened", "owes block B", "owes block A", "renewed and shown"}


@pytest.mark.parametrize("what", ["", *HAPPENED])
def test_the_plain_case_alone_is_entered_by_the_statement(what):
    scene = Scene()
    if what:
        scene.happened(what)
    assert (scene.outcome(take_one, scene.scan())[0] is not None) == (what in {"", *PLAIN})


@given(
    happened=st.lists(st.sampled_from(HAPPENED), max_size=3, unique=True),
    minutes=st.sampled_from([-181, -179, -10, 0, 15, 16, 239, 300, 360, 600]),
    ago=st.sampled_from([0, 1, 20]),
    by_name=st.booleans(),
    off=st.sampled_from([None, dt.timedelta(0), dt.timedelta(hours=3), dt.timedelta(hours=-3)]),
)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_the_statement_enters_is_what_the_services_would(db, happened, minutes, ago, by_name, off):
    with transaction.atomic():
        scene = Scene()
        for what in happened:
            with suppress(Refusal):  # what cannot happen after the others
                scene.happened(what)
        set_clock(scene.lop.general.starts_at + minutes * MINUTE)
        scan = scene.scan(by_name=by_name, ago=ago * MINUTE, off=off)
        one = scene.outcome(take_one, scan)
        if one[0] is not None:
            assert one == scene.outcome(take_scans, scan)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_sheet_that_is_being_closed_is_waited_for():
    """Without FOR SHARE in the statement the scan is entered on a sheet that is closed before it is there."""
    scene = Scene()
    scan, locked, found = scene.scan(), threading.Event(), []

    def let_in():
        locked.wait(10)
        found.append(scene.send(take_one, scan))
        connection.close()

    door = threading.Thread(target=let_in)
    door.start()
    with transaction.atomic():
        lock_sheet(scene.lop.general)
        locked.set()
        door.join(0.5)
        assert door.is_alive()
        Sheet.objects.update(state=SheetState.CLOSED)
    door.join(10)
    assert found == [None]
    assert Event.objects.count() == 0


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_the_statement_is_prepared_once_and_no_other_is():
    """Django's connections prepare nothing; planned anew each time it takes longer than it runs."""
    connection.close()
    scene = Scene()
    other = Scan(uuid4(), now(), registration_id=scene.other.pk)
    assert scene.send(take_one, Scan(uuid4(), now(), registration_id=scene.person.pk))
    assert scene.send(take_one, other)
    assert len(prepared()) == 1
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_the_server_forgot_goes_the_other_way_and_is_prepared_anew():
    connection.close()
    scene = Scene()
    by_name = {"registration_id": scene.person.pk}
    assert scene.send(take_one, Scan(uuid4(), now(), **by_name))
    with connection.cursor() as cursor:
        cursor.execute(f"DEALLOCATE {prepared()[0]}")
    assert scene.send(take_one, Scan(uuid4(), now(), **by_name)) is None
    assert scene.send(take_one, Scan(uuid4(), now(), registration_id=scene.other.pk))
    assert len(prepared()) == 1
    assert Event.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_name_that_another_has_taken_in_the_session_goes_the_other_way():
    connection.close()
    scene = Scene()
    with connection.cursor() as cursor:
        cursor.execute("PREPARE _pg3_0 AS SELECT 1")
    assert scene.send(take_one, Scan(uuid4(), now(), registration_id=scene.person.pk)) is None
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_doors_that_let_the_same_person_in_at_once_make_one_mark():
    scene = Scene()
    ready, found = threading.Barrier(2), []

    def let_in(scan):
        ready.wait(10)
        found.append(scene.send(take_one, scan) or scene.send(take_scans, scan))
        connection.close()

    doors = [threading.Thread(target=let_in, args=[scene.scan()]) for _ in range(2)]
    for door in doors:
        door.start()
    for door in doors:
        door.join(10)
    assert sorted(answer.answer for answer in found) == [ScanAnswer.ALREADY_IN, ScanAnswer.ON_TIME]
    assert (Event.objects.count(), Mark.objects.get().state) == (2, MarkState.PRESENT)


@pytest.mark.django_db(transaction=True)
def test_a_scan_and_a_batch_of_the_same_phone_do_not_wait_for_each_other():
    """A phone gave up a request and sent again. Both wait for the sheet; whoever has it must not wait for what the
    other has. Deadlocks when a batch hears its phone before it locks the sheet."""
    scene, found = Scene(), {}
    take_scans(scene.door, [], device=PHONE, sent=now())

    def run(how, scan):
        try:
            found[how] = scene.send(how, scan)
        except OperationalError as error:
            found[how] = error
        finally:
            connection.close()

    scans = {take_one: scene.scan(), take_scans: Scan(uuid4(), now(), registration_id=scene.other.pk)}
    threads = [threading.Thread(target=run, args=pair) for pair in scans.items()]
    with transaction.atomic():
        lock_sheet(scene.lop.general)
        for number, thread in enumerate(threads, 1):
            thread.start()
            until_so_many_wait(number)
    for thread in threads:
        thread.join(20)
    assert {how: getattr(answer, "answer", answer) for how, answer in found.items()} == {
        take_one: ScanAnswer.ON_TIME,
        take_scans: ScanAnswer.ON_TIME,
    }


def until_so_many_wait(number):
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] == number:
                return
        time.sleep(0.02)
    raise AssertionError(f"{number} connections should wait by now")
