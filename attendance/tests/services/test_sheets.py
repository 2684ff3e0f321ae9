"""Closing, reopening, filing the signed paper."""

import hashlib
import json
from uuid import uuid4

import pytest

from attendance.constants import MarkState, SheetState
from attendance.models import Event, Mark, Sheet, SheetCopy, SheetPaper
from attendance.reports.waiting import waiting_at
from attendance.services.ledger import decide, undo_last_act
from attendance.services.sheets import close_sheet, file_signed_sheet, reopen_sheet
from attendance.tests.records import Class, officer_of
from courses.constants.errors import Refusal
from courses.models import ActionLog

pytestmark = pytest.mark.usefixtures("english")
PRESENT, ABSENT, EXCUSED = MarkState.PRESENT, MarkState.ABSENT, MarkState.EXCUSED
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def lop(db):
    return Class()


def close(lop, version=0, **fields):
    return close_sheet(lop.general, actor=lop.organiser, expected_version=version, **fields)


def test_closing_keeps_a_copy_with_its_hash_in_which_who_was_not_seen_is_absent(lop):
    one, two = lop.people(2)
    lop.mark(lop.general, PRESENT, one)
    copy = close(lop)
    said = json.loads(copy.content)
    assert [(p["name"], p["state"], p["derived"]) for p in said["people"]] == [
        (one.trainee.full_name, PRESENT, False),
        (two.trainee.full_name, ABSENT, True),
    ]
    assert copy.counts == {PRESENT: 1, ABSENT: 1}
    assert copy.sha256 == hashlib.sha256(copy.content.encode()).hexdigest()
    assert list(Mark.objects.values_list("registration", "state")) == [(one.pk, PRESENT)]
    assert Sheet.objects.get(session=lop.general).state == SheetState.CLOSED
    assert ActionLog.objects.get(action="close sheet").changes["sha256"] == [None, copy.sha256]


def test_closed_twice_from_the_same_page_it_has_one_copy(lop):
    lop.people(1)
    assert close(lop) == close(lop)
    assert SheetCopy.objects.count() == 1
    with pytest.raises(Refusal, match="already been closed"):
        close(lop, version=1)


def test_reopened_with_a_reason_and_closed_again_both_copies_stay(lop):
    [person] = lop.people(1)
    close(lop)
    with pytest.raises(Refusal, match="write why"):
        reopen_sheet(lop.general, actor=lop.organiser, why="  ")
    with pytest.raises(Refusal, match="301 signs; 300 fit"):
        reopen_sheet(lop.general, actor=lop.organiser, why="x" * 301)
    reopen_sheet(lop.general, actor=lop.organiser, why="Thẻ quét sau giờ")
    assert Sheet.objects.get().state == SheetState.REOPENED
    lop.mark(lop.general, PRESENT, person)
    with pytest.raises(Refusal, match="closed and reopened"):
        close(lop)
    close(lop, version=1)
    assert list(SheetCopy.objects.values_list("version", "counts")) == [(1, {ABSENT: 1}), (2, {PRESENT: 1})]


def test_what_came_while_it_was_closed_stays_a_proposal_until_a_decision_names_it(lop):
    [person] = lop.people(1)
    close(lop)
    lop.mark(lop.general, PRESENT, person)
    late = Event.objects.get()
    with pytest.raises(Refusal, match="reopen it first"):
        decide(lop.general, person, PRESENT, actor=lop.organiser, act=uuid4(), names=late)
    reopen_sheet(lop.general, actor=lop.organiser, why="Quét sau giờ")
    assert ([one.event for one in waiting_at(lop.general)], Mark.objects.count()) == ([late], 0)
    with pytest.raises(Refusal, match="1 entries that wait"):
        close(lop, version=1)
    assert decide(lop.general, person, PRESENT, actor=lop.organiser, act=uuid4(), names=late) == PRESENT
    assert waiting_at(lop.general) == []
    assert close(lop, version=1).counts == {PRESENT: 1}


def test_only_the_hosts_organisers_close_and_reopen(lop):
    for actor in (officer_of(lop.host),):
        with pytest.raises(Refusal):
            close_sheet(lop.general, actor=actor, expected_version=0)
        close(lop)
        with pytest.raises(Refusal):
            reopen_sheet(lop.general, actor=actor, why="x")


def test_the_signed_paper_is_filed_once_also_with_a_closed_sheet(lop):
    close(lop)
    for _again in range(2):
        file_signed_sheet(lop.general, PNG, name="buoi sang.png", actor=lop.organiser)
    assert SheetPaper.objects.get().file.sealed
    with pytest.raises(Refusal):
        file_signed_sheet(lop.general, b"GIF89a", name="x.gif", actor=lop.organiser)


def test_the_last_act_is_taken_back_and_pressed_again_the_one_before(lop):
    one, two, three = lop.people(3)
    lop.mark(lop.general, PRESENT, one, two)
    lop.mark(lop.general, EXCUSED, three)
    assert undo_last_act(lop.general, actor=lop.organiser, act=uuid4()) == [three.pk]
    again = uuid4()
    assert undo_last_act(lop.general, actor=lop.organiser, act=again) == [one.pk, two.pk]
    assert undo_last_act(lop.general, actor=lop.organiser, act=again) == []
    assert (undo_last_act(lop.general, actor=lop.organiser, act=uuid4()), Mark.objects.count()) == ([], 0)


def test_somebody_elses_act_is_not_taken_back(lop):
    from courses.tests.planning import organiser_of

    lop.mark(lop.general, PRESENT, *lop.people(1))
    assert undo_last_act(lop.general, actor=organiser_of(lop.host), act=uuid4()) == []
    assert Mark.objects.count() == 1
