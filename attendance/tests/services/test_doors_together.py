"""A door or a sheet is closed, passes are renewed, people withdraw or entries are merged while people stand before a
door: each scan is entered, kept as a proposal or refused with its reason, and never two of these."""

import datetime as dt
import threading
import time
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import transaction

from attendance.constants import ScanRefusal
from attendance.models import Door, DoorPhone, Event, Mark, RefusedScan
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door, revoke_door
from attendance.services.ledger import lock_sheets
from attendance.services.merging import merge_trainees
from attendance.services.one_scan import take_one
from attendance.services.passes import renew_pass
from attendance.services.scans import Scan, take_scans
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.clock import now, set_clock
from courses.services.registrations import withdraw
from courses.tests.parallel import at_once
from courses.tests.planning import make_session

pytestmark = pytest.mark.django_db(transaction=True)
#: One holds the first sheet so long before asking for the next.
SECONDS_TO_MEET = 0.3
#: Before the morning of the same day.
DAWN = (dt.time(4, 0), dt.time(6, 0))


class Desk:
    def __init__(self, people: int):
        self.lop = Class()
        self.people = self.lop.people(people)
        set_clock(self.lop.general.starts_at)
        self.door = make_door(
            self.lop.course, [self.lop.general], name="Cửa A", until=self.lop.general.ends_at, actor=self.lop.organiser
        )
        codes = passes_in_force(person.pk for person in self.people)
        self.scans = [Scan(uuid4(), now(), code=codes[person.pk].code) for person in self.people]

    def one_by_one(self, scans, device):
        """As the page's view does."""
        said = {"device": device, "sent": now(), "holds_back": 0}
        return lambda: [
            take_one(self.door.pk, scan, **said) or take_scans(self.door, [scan], **said)[0] for scan in scans
        ]

    def in_batches(self, scans, device, size=5):
        parts = [scans[start : start + size] for start in range(0, len(scans), size)]
        return lambda: [one for part in parts for one in take_scans(self.door, part, device=device, sent=now())]

    def check_each_is_one(self):
        """Entered, proposed or refused, each once; the marks are those that were entered."""
        entered = set(Event.objects.filter(proposal=False).values_list("client_id", flat=True))
        proposed = set(Event.objects.filter(proposal=True).values_list("client_id", flat=True))
        refused = set(RefusedScan.objects.values_list("client_id", flat=True))
        assert Event.objects.count() + RefusedScan.objects.count() == len(self.scans)
        assert entered | proposed | refused == {scan.id for scan in self.scans}
        by_scan = dict(zip((scan.id for scan in self.scans), (person.pk for person in self.people), strict=True))
        assert set(Mark.objects.values_list("registration_id", flat=True)) == {by_scan[pk] for pk in entered}
        return entered, proposed, refused


@pytest.mark.parametrize("turn", range(2))
def test_a_door_that_is_closed_while_its_phones_send_loses_and_doubles_nothing(turn):
    desk, phones = Desk(24), [uuid4(), uuid4()]
    results = at_once(
        desk.one_by_one(desk.scans[:8], phones[0]),
        desk.in_batches(desk.scans[8:16], phones[0], size=2),
        desk.in_batches(desk.scans[16:], phones[1]),
        lambda: [revoke_door(desk.door, actor=desk.lop.organiser)],
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    _entered, _proposed, refused = desk.check_each_is_one()
    assert refused == set()
    assert Door.objects.get().revoked_at == now()
    assert DoorPhone.objects.count() == 2
    # What comes from now on waits, and what was sent is answered as it was taken.
    assert len(take_scans(desk.door, desk.scans, device=phones[0], sent=now())) == 24
    desk.check_each_is_one()


@pytest.mark.parametrize("turn", range(2))
def test_a_pass_that_is_renewed_while_it_is_read_is_entered_or_told_as_the_old_one(turn):
    desk = Desk(16)
    results = at_once(
        desk.one_by_one(desk.scans[:8], uuid4()),
        desk.in_batches(desk.scans[8:], uuid4(), size=2),
        lambda: [renew_pass(person, actor=desk.lop.organiser) for person in [*desk.people[7::-1], *desk.people[:7:-1]]],
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    _entered, proposed, refused = desk.check_each_is_one()
    assert proposed == set()
    assert set(RefusedScan.objects.values_list("reason", flat=True)) <= {ScanRefusal.OLD_PASS}
    answers = [answer for result in results[:2] for answer in result]
    assert {answer.id for answer in answers if answer.reason} == refused


@pytest.mark.parametrize("turn", range(2))
def test_two_entries_that_are_merged_while_both_cards_are_read_are_one_person_who_is_in(turn):
    desk = Desk(16)
    pairs = list(zip(desk.people[::2], desk.people[1::2], strict=True))
    results = at_once(
        desk.one_by_one(desk.scans[:8], uuid4()),
        desk.in_batches(desk.scans[8:], uuid4(), size=2),
        lambda: [merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM) for kept, gone in reversed(pairs)],
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    assert (Event.objects.count(), RefusedScan.objects.count()) == (16, 0)
    marks = sorted(Mark.objects.values_list("registration_id", flat=True))
    assert marks == sorted(kept.pk for kept, _gone in pairs)


@pytest.mark.parametrize("turn", range(2))
def test_a_sheet_that_is_closed_while_a_phone_sends_what_it_kept_takes_each_scan_before_or_as_a_proposal(turn):
    desk = Desk(16)
    read = now()
    set_clock(desk.lop.general.ends_at + dt.timedelta(minutes=1))
    desk.scans = [replace(scan, at=read) for scan in desk.scans]
    results = at_once(
        desk.one_by_one(desk.scans[:8], uuid4()),
        desk.in_batches(desk.scans[8:], uuid4(), size=2),
        lambda: close_sheet(desk.lop.general, actor=desk.lop.organiser, expected_version=0, unsettled=True),
    )
    assert [result for result in results[:2] if isinstance(result, Exception)] == []
    _entered, _proposed, refused = desk.check_each_is_one()
    assert refused == set()


@pytest.mark.parametrize("turn", range(2))
def test_whoever_withdraws_while_the_card_is_read_is_entered_or_told_so(turn):
    desk = Desk(16)
    results = at_once(
        desk.one_by_one(desk.scans[:8], uuid4()),
        desk.in_batches(desk.scans[8:], uuid4(), size=2),
        lambda: [withdraw(person, actor=desk.lop.organiser, why="Bận việc") for person in reversed(desk.people)],
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    _entered, proposed, _refused = desk.check_each_is_one()
    assert proposed == set()
    assert set(RefusedScan.objects.values_list("reason", flat=True)) <= {ScanRefusal.WITHDRAWN}


def test_what_was_kept_of_two_half_days_and_a_merging_do_not_wait_for_each_other():
    """The half-day that was planned last comes first here: all who lock several sheets do it in one order, that of
    their rows. Fails by a deadlock when `lock_sheets` takes them in the order of their hours."""
    desk = Desk(1)
    lop, [scan] = desk.lop, desk.scans
    early = make_session(lop.course, hours=DAWN)
    until = lop.general.ends_at
    door = make_door(lop.course, [lop.general, early], name="Cửa B", until=until, actor=lop.organiser)
    has_one = threading.Event()

    def send():
        with transaction.atomic():
            for half_day in (lop.general, early):
                take_scans(door, [replace(scan, id=uuid4(), at=half_day.starts_at)], device=uuid4(), sent=now())
                has_one.set()
                time.sleep(SECONDS_TO_MEET)

    def lock():
        has_one.wait(30)
        with transaction.atomic():
            lock_sheets([lop.course.pk])

    for half_day in (early, lop.general):  # somebody was let in at both before
        take_scans(door, [Scan(uuid4(), half_day.starts_at, words="Ngô Thử Lạ")], device=uuid4(), sent=now())
    assert at_once(send, lock) == [None, None]
    assert set(Event.objects.values_list("session", flat=True)) == {lop.general.pk, early.pk}
