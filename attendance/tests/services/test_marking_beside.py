"""Marking beside acts that also want the sheet: each waits for the other, and nobody's page is lost.

The entries refer to the half-day and the registration when they are written at the end; whoever locked one of these
against references and then waited for the sheet made PostgreSQL break off the marking. Each test fails on PostgreSQL
with `select_for_update()` on the registration in `ask_for_leave`, or on the half-day in `follow_half_day`.
"""

import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from attendance.constants import MarkState
from attendance.models import Event, Mark
from attendance.rules.hall import code_at
from attendance.services.doors import make_door
from attendance.services.hall import enter_by_link
from attendance.services.leave import excuse
from attendance.services.merging import merge_trainees
from attendance.services.one_scan import take_one
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.clock import now, set_clock
from courses.models import Session, Trainee
from courses.services.schedule import reschedule_session

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]
#: How long the first one stays in its transaction, so that the second surely waits for it.
SECONDS = 0.7


def one_inside_the_other(first, second) -> list[Exception]:
    """Begins the second while the transaction of the first is open; what either of them raised."""
    raised: list[Exception] = []
    begun = threading.Event()

    def run(act, wait):
        try:
            if wait:
                begun.wait(10)
            with transaction.atomic():
                act()
                begun.set()
                if not wait:
                    time.sleep(SECONDS)
        except Exception as error:
            raised.append(error)
        finally:
            begun.set()
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in ((first, False), (second, True))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


@pytest.mark.parametrize("opened", [True, False])
def test_an_absence_is_accepted_while_somebody_marks(opened):
    lop = Class()
    person, other = lop.people(2)
    if opened:
        lop.mark(lop.general, MarkState.PRESENT, other)
    raised = one_inside_the_other(
        lambda: lop.mark(lop.general, MarkState.PRESENT, person),
        lambda: excuse(person, [lop.general], reason="ốm", actor=lop.organiser, act=uuid4()),
    )
    assert raised == []
    assert Event.objects.filter(registration=person).count() == 2


@pytest.mark.parametrize("opened", [True, False])
def test_a_half_day_is_cancelled_while_somebody_marks(opened):
    lop = Class()
    person, other = lop.people(2)
    if opened:
        lop.mark(lop.general, MarkState.PRESENT, other)

    def cancel():
        session = Session.objects.get(pk=lop.general.pk)
        reschedule_session(session, why="Bão", cancelled=True, actor=lop.organiser)

    raised = one_inside_the_other(lambda: lop.mark(lop.general, MarkState.PRESENT, person), cancel)
    assert raised == []
    assert Event.objects.filter(registration=person).count() == 1


@pytest.mark.parametrize("way", ["one scan", "a batch", "the code on the screen"])
def test_two_entries_are_merged_while_the_person_comes_in(way):
    """Who it is was found out before the merging; the mark is made after it. On PostgreSQL the first fails without the
    lock of the person in the statement, the others without `gone_into`: the mark was made for the entry that is gone,
    and the person counted as absent."""
    lop = Class()
    kept, gone, other = lop.people(3)
    set_clock(lop.general.starts_at)
    lop.mark(lop.general, MarkState.PRESENT, other)
    door = make_door(lop.course, [lop.general], name="Cửa A", until=lop.general.ends_at, actor=lop.organiser)
    scan, said = Scan(uuid4(), now(), registration_id=gone.pk), {"device": uuid4(), "sent": now(), "holds_back": 0}

    def owner():
        """Whom the personal link opens: after the merging, on SQLite, the one that was kept."""
        trainee = Trainee.objects.select_related("merged_into").get(pk=gone.trainee_id)
        return trainee.merged_into or trainee

    enter = {
        "one scan": lambda: take_one(door.pk, scan, **said) or take_scans(door, [scan], **said),
        "a batch": lambda: take_scans(door, [scan], **said),
        "the code on the screen": lambda: enter_by_link(owner(), code_at(lop.general.pk, now())),
    }[way]
    assert one_inside_the_other(lambda: merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM), enter) == []
    assert set(Mark.objects.values_list("registration", flat=True)) == {kept.pk, other.pk}
