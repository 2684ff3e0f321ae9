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
from attendance.models import Event
from attendance.services.leave import excuse
from attendance.tests.records import Class
from courses.models import Session
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
