"""What phones at a door send: entered once, answered alike when sent again, refused with a reason that is kept."""

import datetime as dt
import random
from dataclasses import replace
from uuid import uuid4

import pytest

from attendance.constants import MarkState, ScanAnswer, ScanRefusal
from attendance.models import Door, DoorPhone, Event, EventWords, Mark, PassCode, RefusedScan
from attendance.reports.passes import passes_in_force
from attendance.services.doors import make_door, revoke_door, settle_refused
from attendance.services.merging import merge_trainees
from attendance.services.passes import give_passes, renew_pass
from attendance.services.scans import Answer, DoorIsFull, Scan, take_scans
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course
from courses.services.registrations import withdraw
from courses.tests.planning import organiser_of

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
PHONE = uuid4()


@pytest.fixture
def lop():
    lop = Class()
    set_clock(lop.general.starts_at - 30 * MINUTE)
    return lop


def door_of(lop, *sessions, name="Cửa A", until=None) -> Door:
    sessions = sessions or (lop.general,)
    until = until or max(session.ends_at for session in sessions)
    return make_door(lop.course, sessions, name=name, until=until, actor=lop.organiser)


def code_of(registration) -> str:
    return passes_in_force([registration.pk])[registration.pk].code


def read(registration, at=None) -> Scan:
    return Scan(uuid4(), at or now(), code=code_of(registration))


def send(door, *scans, sent=None, device=PHONE, holds_back=0):
    return take_scans(door, scans, device=device, sent=sent or now(), holds_back=holds_back)


def said(answers) -> list[str]:
    return [str(answer.reason or answer.answer) for answer in answers]


def test_who_comes_in_time_late_and_again_is_told_so_and_marked(lop):
    one, two = lop.people(2)
    door, other = door_of(lop), door_of(lop, name="Cửa B")
    assert said(send(door, read(one))) == [ScanAnswer.ON_TIME]
    came = now()
    set_clock(lop.general.starts_at + 16 * MINUTE)
    [late] = send(other, read(two))
    [again] = send(other, read(one))
    assert (late.answer, late.since, late.door) == (ScanAnswer.LATE, now(), "Cửa B")
    assert (again.answer, again.since, again.door) == (ScanAnswer.ALREADY_IN, came, "Cửa A")
    assert list(Mark.objects.order_by("registration").values_list("registration", "state")) == [
        (one.pk, MarkState.PRESENT),
        (two.pk, MarkState.LATE),
    ]


def test_a_batch_sent_again_adds_nothing_and_is_answered(lop):
    door, people = door_of(lop), lop.people(3)
    scans = [read(person) for person in people]
    assert said(send(door, *scans)) == [ScanAnswer.ON_TIME] * 3
    assert said(send(door, *reversed(scans))) == [ScanAnswer.ALREADY_IN] * 3
    assert Event.objects.count() == 3


def test_five_hundred_scans_repeated_shuffled_and_cut_are_each_person_once(lop):
    """A fifth sent again, by three phones, in any order; a tenth of the batches answered into the void."""
    people = lop.people(100)
    doors, chance = [door_of(lop), door_of(lop), door_of(lop)], random.Random(5)
    scans = [(door, read(person)) for door in doors for person in people]
    scans += chance.sample(scans, 60)
    chance.shuffle(scans)
    for start in range(0, len(scans), 20):
        for door in doors:
            batch = [scan for where, scan in scans[start : start + 20] if where == door]
            send(door, *batch)
            if chance.random() < 0.1:
                send(door, *batch)
    assert Mark.objects.filter(state=MarkState.PRESENT).count() == 100
    assert Event.objects.count() == 300


def test_a_short_code_a_name_and_a_stranger_are_taken_too(lop):
    one, two = lop.people(2)
    door = door_of(lop)
    short = passes_in_force([one.pk])[one.pk].short
    answers = send(
        door,
        Scan(uuid4(), now(), code=short.lower()),
        Scan(uuid4(), now(), registration_id=two.pk),
        Scan(uuid4(), now(), words="Ngô Thử Lạ, phường khác 093080001234"),
    )
    assert said(answers) == [ScanAnswer.ON_TIME, ScanAnswer.ON_TIME, ScanAnswer.NOTED]
    words = Event.objects.get(registration=None).words.text
    assert words.startswith("Ngô Thử Lạ")
    assert "093080001234" not in words


def test_what_cannot_be_entered_has_its_own_reason_and_is_kept(lop):
    gone, old, other_half = lop.people(3)
    door, elsewhere = door_of(lop), Class(host=lop.host, code="LOP-2")
    set_clock(lop.general.starts_at)
    stranger = elsewhere.people(1)[0]
    scan_of_old = read(old)
    renew_pass(old, actor=lop.organiser)
    withdraw(gone, actor=lop.organiser, why="Bận việc")
    [only_b] = lop.people(1, blocks=[lop.b])
    of_a = door_of(lop, lop.first)
    set_clock(lop.first.starts_at)
    assert said(send(of_a, read(only_b))) == [ScanRefusal.NOT_EXPECTED]
    set_clock(lop.general.starts_at)
    scans = [
        read(gone),
        Scan(uuid4(), now(), code=scan_of_old.code),
        read(stranger),
        Scan(uuid4(), now(), code="https://thu.example/x"),
        Scan(uuid4(), now(), code="ZZZZZZ"),
        Scan(uuid4(), now(), registration_id=stranger.pk),
        Scan(uuid4(), now() - dt.timedelta(hours=5), code=code_of(other_half)),
    ]
    expected = [
        ScanRefusal.WITHDRAWN,
        ScanRefusal.OLD_PASS,
        ScanRefusal.OTHER_CLASS,
        ScanRefusal.NOT_A_PASS,
        ScanRefusal.NOT_A_PASS,
        ScanRefusal.NOT_A_PASS,
        ScanRefusal.NO_HALF_DAY,
    ]
    assert said(send(door, *scans)) == expected
    assert said(send(door, *scans)) == expected
    assert RefusedScan.objects.count() == 8
    assert Mark.objects.count() == 0
    assert not RefusedScan.objects.filter(subject_hash__in=[scan.code for scan in scans if scan.code]).exists()
    settle_refused(RefusedScan.objects.first(), actor=lop.organiser)
    assert RefusedScan.objects.filter(settled_at=None).count() == 7


def test_two_hundred_codes_cannot_be_guessed_and_each_that_does_not_count_has_its_own_reason(lop):
    """Renewed, of another class, of another hour; the rest are let in. The last 16 letters are 80 bits: at each
    place stand about all 32 letters, which fails as soon as fewer bytes are taken."""
    people, strangers = lop.people(150), Class(host=lop.host, code="LOP-2").people(50)
    set_clock(lop.general.starts_at)
    door = door_of(lop)
    codes = [code_of(person) for person in [*people, *strangers]]
    assert len({code[-16:] for code in codes}) == 200
    assert min(len(set(letters)) for letters in zip(*(code[-16:] for code in codes), strict=True)) >= 26
    for person in people[:50]:
        renew_pass(person, actor=lop.organiser)
    hours = [now()] * 50 + [now() - dt.timedelta(hours=5)] * 50 + [now()] * 100
    answers = send(door, *(Scan(uuid4(), at, code=code) for at, code in zip(hours, codes, strict=True)))
    assert [answer.reason for answer in answers if answer.reason] == (
        [ScanRefusal.OLD_PASS] * 50 + [ScanRefusal.NO_HALF_DAY] * 50 + [ScanRefusal.OTHER_CLASS] * 50
    )
    assert (RefusedScan.objects.count(), Mark.objects.count()) == (150, 50)


def test_the_new_pass_of_a_renewed_one_is_let_in(lop):
    [person] = lop.people(1)
    door = door_of(lop)
    old = code_of(person)
    renewed = renew_pass(person, actor=lop.organiser)
    assert renewed.version == 2
    assert code_of(person) != old
    assert said(send(door, read(person))) == [ScanAnswer.ON_TIME]


@pytest.mark.parametrize("hours", [off for off in range(-24, 25, 2) if off])
def test_a_clock_that_is_hours_wrong_puts_nobody_into_another_half_day(lop, hours):
    [person] = lop.people(1)
    door = door_of(lop, lop.general, lop.first, lop.second)
    off = dt.timedelta(hours=hours)
    happened = now()
    scan = read(person, at=happened + off)
    set_clock(happened + 20 * MINUTE)
    assert said(send(door, scan, sent=now() + off)) == [ScanAnswer.ON_TIME]
    event = Event.objects.get()
    assert (event.session, event.happened_at, event.device_at) == (lop.general, happened, happened + off)
    assert event.arrived_at == now()
    assert DoorPhone.objects.get().clock_off == hours * 3600


def test_what_a_revoked_door_held_back_and_what_is_read_after_its_time_waits_for_the_organiser(lop):
    one, two, three = lop.people(3)
    door, short = door_of(lop), door_of(lop, until=now() + MINUTE)
    in_time, late = read(one), read(two, at=now() + 2 * MINUTE)
    set_clock(now() + 10 * MINUTE)
    assert said(send(short, in_time, late)) == [ScanAnswer.ON_TIME, ScanAnswer.WAITS]
    revoke_door(door, actor=lop.organiser)
    revoke_door(door, actor=lop.organiser)
    assert said(send(door, read(three))) == [ScanAnswer.WAITS]
    assert list(Mark.objects.values_list("registration", flat=True)) == [one.pk]
    assert Event.objects.filter(proposal=True).count() == 2
    assert ActionLog.objects.filter(action="revoke door").count() == 1


def test_on_a_closed_sheet_and_in_a_concluded_class_scans_wait(lop):
    one, two = lop.people(2)
    door = door_of(lop)
    set_clock(lop.general.ends_at + MINUTE)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    assert said(send(door, read(one, at=lop.general.starts_at))) == [ScanAnswer.WAITS]
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    assert said(send(door, read(two, at=lop.general.starts_at))) == [ScanAnswer.WAITS]


def test_each_phone_says_what_it_holds_back(lop):
    door = door_of(lop)
    send(door, holds_back=12)
    send(door, device=uuid4(), holds_back=3)
    send(door, holds_back=0)
    assert sorted(DoorPhone.objects.values_list("holds_back", flat=True)) == [0, 3]


def test_only_organisers_open_doors_of_half_days_that_are_held(lop):
    stranger = organiser_of(Class(code="LOP-9").host)
    set_clock(lop.general.starts_at)
    for actor in (stranger, Actor("nobody"), lop.officer):
        with pytest.raises(Refusal):
            make_door(lop.course, [lop.general], name="Cửa", until=lop.general.ends_at, actor=actor)
    with pytest.raises(Refusal):
        make_door(lop.course, [], name="Cửa", until=lop.general.ends_at, actor=lop.organiser)
    with pytest.raises(Refusal):
        make_door(lop.course, [lop.general], name="Cửa", until=now(), actor=lop.organiser)


def test_everybody_has_one_pass_with_a_short_code_of_six(lop):
    people = lop.people(30)
    assert give_passes(lop.course) == 30
    assert give_passes(lop.course) == 0
    shorts = list(PassCode.objects.values_list("short", flat=True))
    assert len(set(shorts)) == len(people)
    assert {len(short) for short in shorts} == {6}


def test_a_batch_costs_the_same_queries_for_one_and_for_many(lop, django_assert_num_queries):
    people = lop.people(6)
    door = door_of(lop)
    send(door, read(people[0]))
    one, many = [read(people[1])], [read(person) for person in people[2:]]
    with django_assert_num_queries(23):
        send(door, *one)
    with django_assert_num_queries(23):
        send(door, *many)


def test_whoever_is_picked_from_an_old_list_under_an_entry_that_went_into_another_is_in():
    """Fails when who was picked by name is not followed to the entry that counts, as whose pass was read is."""
    lop = Class()
    set_clock(lop.general.starts_at)
    kept, gone = lop.people(2)
    door = door_of(lop)
    merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM)
    [answer] = send(door, Scan(uuid4(), now(), registration_id=gone.pk))
    assert (answer.answer, answer.registration_id) == (ScanAnswer.ON_TIME, kept.pk)
    assert Mark.objects.get().registration == kept


def test_whoever_was_seen_under_an_entry_that_went_into_another_is_in_already(lop):
    """Fails when first times are found by the id under which they were written."""
    kept, gone = lop.people(2)
    door = door_of(lop)
    send(door, read(gone))
    merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM)
    set_clock(now() + MINUTE)
    [again] = send(door, read(kept))
    assert (again.answer, again.since, again.door) == (ScanAnswer.ALREADY_IN, now() - MINUTE, "Cửa A")


def test_whoever_was_picked_by_name_from_a_list_before_two_entries_were_merged_is_let_in(lop):
    """Fails when the entry that went into another is taken for somebody who left: a phone without a network picks from
    the list that it had."""
    kept, gone = lop.people(2)
    door = door_of(lop)
    merge_trainees(kept.trainee, gone.trainee, actor=SYSTEM)
    [answer] = send(door, Scan(uuid4(), now(), registration_id=gone.pk))
    assert (answer.answer, answer.registration_id) == (ScanAnswer.ON_TIME, kept.pk)


def mistaken(scan, at=None) -> Scan:
    return Scan(uuid4(), at or now(), words="Bấm nhầm tên: Ngô Thử", takes_back=scan.id)


def test_a_name_tapped_by_mistake_is_taken_back_once_and_whoever_comes_later_is_on_time(lop):
    [person] = lop.people(1)
    door = door_of(lop)
    picked = Scan(uuid4(), now(), registration_id=person.pk)
    send(door, picked)
    slip = mistaken(picked)
    for _time in range(2):
        assert said(send(door, slip)) == [ScanAnswer.TAKEN_BACK]
    assert said(send(door, mistaken(picked))) == [ScanAnswer.TAKEN_BACK]
    assert list(Event.objects.order_by("pk").values_list("claim", "undoes__client_id")) == [
        ("seen", None), ("undo", picked.id),
    ]  # fmt: skip
    assert (Mark.objects.count(), EventWords.objects.count()) == (0, 0)
    assert said(send(door, Scan(uuid4(), now(), registration_id=person.pk))) == [ScanAnswer.ON_TIME]


def test_a_name_tapped_by_mistake_and_what_takes_it_back_may_come_together(lop):
    """A phone that has wifi and no internet has tried to send the first when the second is written. Fails when a batch
    is looked through for slips once, before anything is entered."""
    one, two = lop.people(2)
    door = door_of(lop)
    picked, other = (Scan(uuid4(), now(), registration_id=person.pk) for person in (one, two))
    scans = [mistaken(picked), other, picked]
    assert said(send(door, *scans)) == [ScanAnswer.TAKEN_BACK, ScanAnswer.ON_TIME, ScanAnswer.ON_TIME]
    assert said(send(door, *scans)) == [ScanAnswer.TAKEN_BACK, ScanAnswer.ALREADY_IN, ScanAnswer.ALREADY_IN]
    assert list(Mark.objects.values_list("registration_id", flat=True)) == [two.pk]
    # Where the pass was read it is no slip, together or not.
    third = read(one)
    assert said(send(door, third, mistaken(third))) == [ScanAnswer.ON_TIME, ScanAnswer.NOTED]


def test_what_is_no_slip_of_this_phone_goes_to_the_organiser_in_words(lop):
    """Another phone's, a pass that was read, one long ago, one that never arrived, and whatever on a closed sheet: each
    fails to be refused when its condition is taken out of `_take_back`."""
    first, second, third, fourth = lop.people(4)
    door = door_of(lop)
    pass_read, others = read(first), Scan(uuid4(), now(), registration_id=second.pk)
    long_ago, closed = Scan(uuid4(), now(), registration_id=third.pk), Scan(uuid4(), now(), registration_id=fourth.pk)
    send(door, pass_read, long_ago, closed)
    send(door, others, device=uuid4())
    then = now()
    for scan in (pass_read, others, Scan(uuid4(), now(), registration_id=first.pk)):
        assert said(send(door, mistaken(scan))) == [ScanAnswer.NOTED]
    set_clock(then + 11 * MINUTE)
    assert said(send(door, mistaken(long_ago))) == [ScanAnswer.NOTED]
    set_clock(lop.general.ends_at + MINUTE)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0, unsettled=True)
    assert said(send(door, mistaken(closed, at=then + 3 * MINUTE))) == [ScanAnswer.WAITS]
    assert not Event.objects.filter(claim="undo").exists()
    assert EventWords.objects.count() == 5


def test_words_typed_when_no_half_day_is_near_are_kept_with_the_refusal(lop):
    door = door_of(lop)
    early = now() - dt.timedelta(hours=5)
    assert said(send(door, Scan(uuid4(), early, words="Ngô Thử Lạ 093080001234"))) == [ScanRefusal.NO_HALF_DAY]
    [refused] = RefusedScan.objects.all()
    assert refused.words.startswith("Ngô Thử Lạ")
    assert "093080001234" not in refused.words


def test_an_id_that_another_door_has_used_says_nothing_of_what_became_of_it_there(lop):
    """Ids are drawn at random on the phone: no honest one meets another. Fails when the other door's entry answers."""
    one, two = lop.people(2)
    door, other = door_of(lop), door_of(lop, name="Cửa B")
    entered, refused = read(one), Scan(uuid4(), now(), code="https://thu.example/x")
    send(other, entered, refused)
    written = (Event.objects.count(), RefusedScan.objects.count())
    nothing = [Answer(scan.id, ScanAnswer.REFUSED) for scan in (entered, refused)]
    assert send(door, entered, refused) == nothing
    assert send(door, *(replace(scan, code=code_of(two)) for scan in (entered, refused))) == nothing
    assert (Event.objects.count(), RefusedScan.objects.count()) == written
    assert said(send(other, entered, refused)) == [ScanAnswer.ALREADY_IN, ScanRefusal.NOT_A_PASS]


def fill(door, rows, **fields):
    """So many scans that a door took before."""
    fields = {"door": door, "reason": ScanRefusal.NOT_A_PASS, "happened_at": now(), "arrived_at": now(), **fields}
    RefusedScan.objects.bulk_create(RefusedScan(client_id=uuid4(), **fields) for _row in range(rows))


def test_a_door_takes_what_a_class_can_bring_and_not_without_end(lop):
    """A link that got into wrong hands can fill no disk. Fails without the check, and when phones are not counted."""
    people = lop.people(10)
    door = door_of(lop)
    send(door)
    fill(door, 2000 + 20 * 10 - 10 - 1)
    assert set(said(send(door, *map(read, people)))) == {ScanAnswer.ON_TIME}
    for scans in ([read(people[0])], [Scan(uuid4(), now(), words="Ngô Thử Lạ")]):
        with pytest.raises(DoorIsFull):
            send(door, *scans)
    send(door, device=uuid4())
    with pytest.raises(DoorIsFull):
        send(door, device=uuid4())
    assert (Event.objects.count(), DoorPhone.objects.count()) == (10, 2)


def test_a_closed_door_takes_what_its_phones_held_back_and_less_than_an_open_one(lop):
    """What it took while it was open does not count. Fails when it does, and when a closed door takes as much."""
    people = lop.people(10)
    revoked, over = door_of(lop), door_of(lop, name="Cửa B", until=now() + MINUTE)
    for door in (revoked, over):
        fill(door, 2000)
    kept = [read(person) for person in people]
    revoke_door(revoked, actor=lop.organiser)
    set_clock(now() + 2 * MINUTE)
    for door, expected in ((revoked, ScanAnswer.WAITS), (over, ScanAnswer.ON_TIME)):
        fill(door, 1000 + 2 * 10 - 10 - 1)
        assert set(said(send(door, *(replace(scan, id=uuid4()) for scan in kept)))) == {expected}
        with pytest.raises(DoorIsFull):
            send(door, replace(kept[0], id=uuid4()))


def test_five_hundred_scans_of_an_honest_phone_pass_one_after_the_other_and_from_a_closed_door(lop):
    people = lop.people(60)
    door = door_of(lop)
    for _time in range(4):
        assert len(send(door, *(read(people[number % 60]) for number in range(500)))) == 500
    revoke_door(door, actor=lop.organiser)
    set_clock(now() + MINUTE)
    kept = [read(people[number % 60], at=now() - MINUTE) for number in range(500)]
    assert set(said(send(door, *kept))) == {ScanAnswer.WAITS}
