"""Two rows that are one person: merged with all that they have, judged again, and taken back exactly."""

import json
from itertools import product
from uuid import uuid4

import pytest

from attendance.constants import MarkState
from attendance.models import Certificate, Event, LeaveRequest, Mark
from attendance.reports.verdicts import verdict_of
from attendance.services.ledger import add_up_again, undo_entries, undo_last_act
from attendance.services.merging import merge_trainees, undo_merge
from attendance.services.register import prepare_paper
from attendance.tests.records import Class, officer_of
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RegistrationState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Course, Registration, Responsibility, Seats, Trainee, TraineeMerge
from courses.services.final_list import finalise_list
from courses.services.registrations import register, withdraw
from courses.services.trainees import save_trainee
from courses.tests.parallel import at_once
from courses.tests.planning import make_course, make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db

PRESENT, ABSENT, EXCUSED, LATE = MarkState.PRESENT, MarkState.ABSENT, MarkState.EXCUSED, MarkState.LATE
NUMBER, OTHER = "093075000123", "093075000456"


@pytest.fixture
def world():
    world = Class()
    world.organiser = organiser_of(world.host, world.ward, world.other_ward)
    return world


def everything() -> dict:
    """All rows that a merging may touch, without the moments at which they were written."""
    left_out = {"updated_at", "link_version"}

    def rows(model):
        names = [f.attname for f in model._meta.fields if f.name not in left_out]
        return list(model.objects.order_by("pk").values(*names))

    marks = Mark.objects.order_by("session", "registration")
    through = Trainee.responsibilities.through.objects.order_by("trainee", "responsibility")
    blocks = Registration.blocks.through.objects.order_by("registration", "block")
    return {
        "trainees": rows(Trainee),
        "registrations": rows(Registration),
        "leave": rows(LeaveRequest),
        "papers": rows(Certificate),
        "events": rows(Event),
        "marks": list(marks.values("session_id", "registration_id", "state", "since")),
        "responsibilities": list(through.values_list("trainee_id", "responsibility_id")),
        "blocks": list(blocks.values_list("registration_id", "block_id")),
    }


def states(world) -> dict:
    return dict(Mark.objects.filter(session=world.general).values_list("registration_id", "state"))


def test_each_field_comes_from_the_row_chosen_and_responsibilities_are_united(world):
    one, other = (Responsibility.objects.create(code=code, name=code) for code in ("mot", "hai"))
    kept = make_trainee(world.ward, "Ngô Thử Một", position="Chuyên viên", phone="0900000001", citizen_number=NUMBER)
    gone = make_trainee(
        world.other_ward, "Ngô Thị Thử Một", position="Phó phòng", gender="f", citizen_number=OTHER,
        birth=PartialDate.parse("05/06/1975"),
    )  # fmt: skip
    kept.responsibilities.add(one)
    gone.responsibilities.add(one, other)
    merge_trainees(
        kept, gone, actor=world.organiser, from_gone={"full_name", "birth", "gender", "office", "citizen_number"}
    )
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.full_name, kept.middle_name, kept.search_key) == ("Ngô Thị Thử Một", "Thị Thử", "ngo thi thu mot")
    assert (str(kept.birth), kept.gender, kept.office) == ("05/06/1975", "f", world.other_ward)
    assert (kept.position, kept.phone) == ("Chuyên viên", "0900000001")
    assert (kept.citizen_number, gone.citizen_number) == (OTHER, NUMBER)  # both find the person
    assert set(kept.responsibilities.all()) == {one, other}
    assert gone.merged_into == kept
    assert set(Trainee.objects.visible_to(SYSTEM).named("thu mot")) == {kept}


def test_classes_move_with_their_attendance_and_papers_and_nothing_is_judged_where_only_one_stood(world):
    kept = make_trainee(world.ward, "Ngô Thử Một")
    (registration,) = world.attended(1)
    paper = prepare_paper(registration, world.order, actor=world.officer)
    before = everything()
    merge_trainees(kept, registration.trainee, actor=world.organiser)
    registration.refresh_from_db()
    assert (registration.trainee, registration.state, registration.merged_into) == (
        kept, RegistrationState.CONFIRMED, None,
    )  # fmt: skip
    after = everything()
    assert [after[name] for name in ("marks", "events", "papers", "blocks")] == [
        before[name] for name in ("marks", "events", "papers", "blocks")
    ]
    assert Certificate.objects.get(registration__trainee=kept) == paper


@pytest.mark.parametrize(
    ("mine", "others", "together"),
    [
        (PRESENT, "", PRESENT),
        ("", PRESENT, PRESENT),
        (ABSENT, PRESENT, PRESENT),  # one look that found the person is enough: both came by hand
        (PRESENT, EXCUSED, MarkState.DISPUTED),
        (EXCUSED, ABSENT, EXCUSED),
        (LATE, PRESENT, PRESENT),
        (LATE, LATE, LATE),
        (ABSENT, ABSENT, ABSENT),
        ("", "", None),
    ],
)
def test_where_both_stood_the_events_of_both_are_judged_again(world, mine, others, together):
    first, second = world.people(2)
    for registration, state in ((first, mine), (second, others)):
        if state:
            world.mark(world.general, state, registration)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert states(world) == ({first.pk: together} if together else {})
    second.refresh_from_db()
    assert (second.state, second.merged_into, second.trainee) == (RegistrationState.WITHDRAWN, first, first.trainee)
    assert Registration.objects.filter(course=world.course).active().get() == first


def test_merging_and_adding_up_by_the_table_are_the_same_in_every_order(world):
    """For each pair of states, in both directions: the mark is what the rules say of all the events in one hand."""
    for mine, others in product((PRESENT, ABSENT, EXCUSED, LATE, MarkState.LEFT_EARLY), repeat=2):
        found = set()
        for turned in (False, True):
            a, b = world.people(2)
            world.mark(world.general, mine, a)
            world.mark(world.general, others, b)
            kept, gone = (b, a) if turned else (a, b)
            merge_trainees(kept.trainee, gone.trainee, actor=world.organiser)
            found |= {(Mark.objects.get(session=world.general, registration__in=[a, b]).state)}
        assert len(found) == 1, (mine, others, found)


def test_a_mark_taken_back_after_merging_takes_back_the_events_of_both(world):
    first, second = world.people(2)
    world.mark(world.general, PRESENT, first, second)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    world.mark(world.general, "", first, shown=PRESENT)
    assert states(world) == {}


def test_an_entry_about_the_row_that_went_is_taken_back_from_the_one_that_remains(world):
    """Fails when the undo is written about the row that went: the mark of the other stays, or one appears there."""
    first, second = world.people(2)
    world.mark(world.general, PRESENT, second)
    entry = Event.objects.get(registration=second)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    world.mark(world.general, LATE, first, shown=PRESENT)
    decision = Event.objects.get(registration=first)
    assert states(world) == {first.pk: LATE}
    for event, left in ((decision, {first.pk: PRESENT}), (entry, {})):
        assert undo_entries(world.general, [event.pk], actor=world.organiser, act=uuid4()) == [event.pk]
        assert states(world) == left
    assert undo_entries(world.general, [entry.pk], actor=world.organiser, act=uuid4()) == []


def test_the_last_act_about_the_row_that_went_is_taken_back_too(world):
    first, second = world.people(2)
    world.mark(world.general, PRESENT, second)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    undo_last_act(world.general, actor=world.organiser, act=uuid4())
    assert states(world) == {}


def test_adding_up_again_later_still_reads_the_events_of_both(world):
    first, second = world.people(2)
    world.mark(world.general, PRESENT, second)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert add_up_again(world.general, [first.pk]) == {first.pk: PRESENT}


def test_what_both_did_together_earns_the_paper(world):
    first, second = world.people(2)
    for session, registration in ((world.general, first), (world.first, first), (world.second, second)):
        world.mark(session, PRESENT, registration)
    assert not verdict_of(first).earned
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert verdict_of(first).earned


def test_the_registration_with_the_paper_remains_also_when_it_is_the_other_persons(world):
    first, second = world.attended(2)
    paper = prepare_paper(second, world.order, actor=world.officer)
    facts = dict(paper.facts)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.merged_into, second.trainee, second.state) == (second, first.trainee, RegistrationState.CONFIRMED)
    paper.refresh_from_db()
    assert (paper.registration, paper.facts) == (second, facts)


def test_a_paper_of_somebody_who_had_left_the_class_takes_over_the_seat_of_the_other(world):
    first, second = world.attended(2)
    prepare_paper(second, world.order, actor=world.officer)
    withdraw(second, actor=SYSTEM)
    merge = merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    active = Registration.objects.filter(course=world.course).active()
    assert active.get() == second
    undo_merge(merge, actor=world.organiser)
    assert active.get() == first


def test_two_papers_in_force_for_one_class_block_it_and_both_numbers_are_named(world):
    first, second = world.attended(2)
    papers = [prepare_paper(r, world.order, actor=world.officer) for r in (first, second)]
    before = everything()
    with pytest.raises(Refusal) as refusal:
        merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert all(str(paper) in refusal.value.sentence for paper in papers)
    assert everything() == before


def test_the_serial_number_of_the_list_is_not_lost(world):
    first, second = world.people(2)
    Registration.objects.filter(pk=second.pk).update(number=7)
    merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert Registration.objects.filter(course=world.course).active().get().number == 7


def test_taking_it_back_restores_everything_exactly(world):
    one, other = (Responsibility.objects.create(code=code, name=code) for code in ("mot", "hai"))
    first, second = world.people(1)[0], world.people(1, blocks=[world.b], phone="0900000009")[0]
    first.trainee.responsibilities.add(one)
    second.trainee.responsibilities.add(other)
    save_trainee(first.trainee, actor=SYSTEM, citizen_number=NUMBER, birth=PartialDate.parse("1975"))
    save_trainee(second.trainee, actor=SYSTEM, citizen_number=OTHER, birth=PartialDate.parse("05/06/1975"))
    LeaveRequest.objects.create(registration=second, reason="Ốm", asked_at=now())
    elsewhere = make_course(world.host, "LOP-2", state=CourseState.RUNNING)
    register(elsewhere, second.trainee, actor=SYSTEM)
    Registration.objects.filter(pk=second.pk).update(number=3)
    world.mark(world.general, PRESENT, first)
    world.mark(world.second, EXCUSED, second)
    before = everything()
    merge = merge_trainees(
        first.trainee,
        second.trainee,
        actor=world.organiser,
        from_gone={"full_name", "birth", "phone", "citizen_number"},
    )
    assert everything() != before
    undo_merge(merge, actor=world.organiser)
    assert everything() == before
    undo_merge(merge, actor=world.organiser)
    assert everything() == before
    merge.refresh_from_db()
    assert merge.undone_by_id == world.organiser.user_id
    assert [e.action for e in ActionLog.objects.filter(subject_id=first.trainee_id, subject="courses.trainee")][:2] == [
        "undo merge", "merge",
    ]  # fmt: skip


def test_what_was_changed_later_and_has_nothing_to_do_with_it_stays(world):
    first, second = world.people(2)
    merge = merge_trainees(first.trainee, second.trainee, actor=world.organiser, from_gone={"full_name"})
    kept = Trainee.objects.get(pk=first.trainee_id)
    save_trainee(kept, actor=SYSTEM, phone="0900000005")
    undo_merge(merge, actor=world.organiser)
    kept.refresh_from_db()
    assert (kept.phone, kept.full_name) == ("0900000005", first.trainee.full_name)


def later_name(world, first, second):
    save_trainee(Trainee.objects.get(pk=first.trainee_id), actor=SYSTEM, full_name="Ngô Thử Khác")


def later_mark(world, first, second):
    world.mark(world.general, PRESENT, Registration.objects.get(pk=first.pk))


def later_paper(world, first, second):
    prepare_paper(Registration.objects.get(pk=first.pk), world.order, actor=world.officer)


def later_withdrawal(world, first, second):
    withdraw(first, actor=SYSTEM)


def later_seat(world, first, second):
    Seats.objects.create(course=world.course, office=world.ward, number=1)


def later_merge(world, first, second):
    merge_trainees(make_trainee(world.ward, "Ngô Thử Ba"), first.trainee, actor=world.organiser)


@pytest.mark.parametrize("later", [later_name, later_mark, later_paper, later_withdrawal, later_seat, later_merge])
def test_taking_it_back_is_refused_when_something_later_rests_on_it(world, later):
    """Each of the first five fails when its guard is taken out; a later merging is caught by two guards."""
    first, second = world.attended(2) if later is later_paper else world.people(2)
    merge = merge_trainees(first.trainee, second.trainee, actor=world.organiser, from_gone={"full_name"})
    later(world, first, second)
    before = everything()
    with pytest.raises(Refusal):
        undo_merge(merge, actor=world.organiser)
    assert everything() == before


def test_who_stands_apart_again_in_a_list_that_became_final_meanwhile_gets_a_number(world):
    first, second = world.people(2)
    merge = merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    finalise_list(world.course, actor=SYSTEM)
    undo_merge(merge, actor=world.organiser)
    numbers = Registration.objects.filter(course=world.course).active().order_by("pk").values_list("number", flat=True)
    assert list(numbers) == [1, 2]


def test_a_class_that_was_concluded_after_merging_keeps_its_list(world):
    """Fails without the guard in `take_back`; what was concluded before is put back exactly."""
    first, second = world.people(2)
    before = everything()
    merge = merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    Course.objects.filter(pk=world.course.pk).update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal):
        undo_merge(merge, actor=world.organiser)
    Course.objects.filter(pk=world.course.pk).update(state=CourseState.RUNNING)
    undo_merge(merge, actor=world.organiser)
    assert everything() == before
    Course.objects.filter(pk=world.course.pk).update(state=CourseState.CONCLUDED)
    undo_merge(merge_trainees(first.trainee, second.trainee, actor=world.organiser), actor=world.organiser)
    assert everything() == before


def test_two_who_together_would_owe_more_than_their_office_has_seats_for_are_not_merged(world):
    """Fails without `_refuse_over_seats`."""
    first, third = world.people(1, blocks=[world.a])[0], world.people(1, blocks=[world.b])[0]
    second = world.people(1, blocks=[world.b], office=world.other_ward)[0]
    Seats.objects.create(course=world.course, office=world.ward, block=world.b, number=1)
    before = everything()
    with pytest.raises(Refusal):
        merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert everything() == before
    merge_trainees(first.trainee, third.trainee, actor=world.organiser)
    assert set(Registration.objects.get(pk=first.pk).blocks.all()) == {world.a, world.b}


def test_a_full_block_that_neither_owed_does_not_keep_two_from_standing_apart(world):
    first, second = world.people(2, blocks=[world.a])
    world.people(1, blocks=[world.b])
    Seats.objects.create(course=world.course, office=world.ward, block=world.b, number=1)
    before = everything()
    undo_merge(merge_trainees(first.trainee, second.trainee, actor=world.organiser), actor=world.organiser)
    assert everything() == before


def test_a_seat_of_a_block_that_was_given_away_meanwhile_keeps_two_together(world):
    first, second = world.people(1, blocks=[world.a])[0], world.people(1, blocks=[world.a])[0]
    Seats.objects.create(course=world.course, office=world.ward, block=world.a, number=2)
    merge = merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    world.people(1, blocks=[world.a])
    before = everything()
    with pytest.raises(Refusal):
        undo_merge(merge, actor=world.organiser)
    assert everything() == before


def test_three_rows_of_one_person_are_merged_one_after_the_other_and_taken_back_backwards(world):
    first, second, third = world.people(3)
    for registration, state in ((first, ABSENT), (second, PRESENT), (third, EXCUSED)):
        world.mark(world.general, state, registration)
    before = everything()
    inner = merge_trainees(second.trainee, third.trainee, actor=world.organiser)
    between = everything()
    outer = merge_trainees(first.trainee, second.trainee, actor=world.organiser)
    assert states(world) == {first.pk: MarkState.DISPUTED}
    assert set(Trainee.objects.filter(merged_into=first.trainee)) == {second.trainee, third.trainee}
    with pytest.raises(Refusal):
        undo_merge(inner, actor=world.organiser)
    undo_merge(outer, actor=world.organiser)
    assert everything() == between
    undo_merge(inner, actor=world.organiser)
    assert everything() == before


def test_only_an_organiser_who_may_change_both_merges_and_takes_back(world):
    mine, foreign = make_trainee(world.ward, "Ngô Thử Một"), make_trainee(make_office("FAR"), "Ngô Thử Một")
    strangers = [officer_of(world.host), organiser_of(foreign.office), world.organiser]
    for actor in strangers:
        with pytest.raises(Refusal):
            merge_trainees(mine, foreign, actor=actor)
    merge = merge_trainees(mine, foreign, actor=SYSTEM)
    for actor in strangers:
        with pytest.raises(Refusal):
            undo_merge(merge, actor=actor)
    assert TraineeMerge.objects.get().undone_at is None


def test_the_same_merging_again_is_the_one_that_was_made_and_others_are_refused(world):
    one, two, three = (make_trainee(world.ward, f"Ngô Thử {name}") for name in ("Một", "Hai", "Ba"))
    merge = merge_trainees(one, two, actor=world.organiser)
    assert merge_trainees(one, two, actor=world.organiser) == merge
    for kept, gone in ((two, one), (three, two), (two, three), (one, one)):
        with pytest.raises(Refusal):
            merge_trainees(kept, gone, actor=world.organiser)


def test_who_stands_in_for_the_other_cannot_be_the_same_person(world):
    first, second = world.people(2)
    Registration.objects.filter(pk=second.pk).update(kind="stand_in", stand_in_for=first)
    with pytest.raises(Refusal):
        merge_trainees(first.trainee, second.trainee, actor=world.organiser)


def test_who_went_into_another_row_is_neither_changed_nor_registered(world):
    kept, gone = (make_trainee(world.ward, f"Ngô Thử {name}") for name in ("Một", "Hai"))
    stale = Trainee.objects.get(pk=gone.pk)
    merge_trainees(kept, gone, actor=world.organiser)
    with pytest.raises(Refusal):
        save_trainee(stale, actor=SYSTEM, full_name="Ngô Thử Khác")
    with pytest.raises(Refusal):
        register(world.course, stale, actor=SYSTEM)
    assert not Registration.objects.filter(trainee=gone).exists()


def test_what_is_sealed_stands_nowhere_in_the_clear(world):
    kept = make_trainee(world.ward, "Ngô Thử Một", citizen_number=NUMBER)
    gone = make_trainee(world.ward, "Ngô Thử Hai", citizen_number=OTHER)
    merge = merge_trainees(kept, gone, actor=world.organiser)
    logged = json.dumps([entry.changes for entry in ActionLog.objects.all()], ensure_ascii=False)
    for text in (merge.sealed, logged):
        assert not any(secret in text for secret in (NUMBER, OTHER, "Ngô Thử"))


def test_the_number_of_queries_does_not_depend_on_the_classes_in_which_only_one_stood(world, django_assert_num_queries):
    def merged(classes: int):
        kept, gone = make_trainee(world.ward, "Ngô Thử Một"), make_trainee(world.ward, "Ngô Thử Hai")
        for number in range(classes):
            code = f"LOP-{kept.pk}-{number}"
            register(make_course(world.host, code, state=CourseState.RUNNING), gone, actor=SYSTEM)
        return kept, gone

    for classes in (1, 3):
        kept, gone = merged(classes)
        with django_assert_num_queries(21):
            merge_trainees(kept, gone, actor=world.organiser)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_at_the_same_moment_make_one_of_two_once(world):
    """Without the lock on people both would find nobody merged: two rows that lead to each other, seen by nobody."""
    for _round in range(5):
        first, second = world.people(2)
        world.mark(world.general, PRESENT, second)
        one, other = first.trainee, second.trainee
        results = at_once(
            lambda one=one, other=other: merge_trainees(one, other, actor=world.organiser),
            lambda one=one, other=other: merge_trainees(other, one, actor=world.organiser),
        )
        assert sorted(type(result).__name__ for result in results) == ["Refusal", "TraineeMerge"]
        current = Trainee.objects.current().filter(pk__in=[one.pk, other.pk])
        registration = Registration.objects.active().get(trainee=current.get())
        assert Mark.objects.get(session=world.general, registration__in=[first, second]).registration == registration


@pytest.mark.django_db(transaction=True)
def test_a_mark_made_at_the_moment_of_merging_is_not_lost(world):
    """It is made before, and counts for the one who is kept, or it is refused: it never stays with who is gone."""
    for _round in range(5):
        first, second = world.people(2)
        results = at_once(
            lambda a=first, b=second: merge_trainees(a.trainee, b.trainee, actor=world.organiser),
            lambda b=second: world.mark(world.general, PRESENT, b),
        )
        marks = dict(Mark.objects.filter(registration__in=[first, second]).values_list("registration_id", "state"))
        refused = isinstance(results[1], Refusal)
        assert isinstance(results[0], TraineeMerge), results
        assert refused or not isinstance(results[1], Exception), results
        assert marks == ({} if refused else {first.pk: PRESENT})


@pytest.mark.django_db(transaction=True)
def test_who_is_registered_at_the_moment_of_merging_stands_under_the_one_who_is_kept(world):
    """Without the lock in `register_many`, a registration could belong to a row that nobody sees."""
    for _round in range(5):
        kept, gone = make_trainee(world.ward, "Ngô Thử Một"), make_trainee(world.ward, "Ngô Thử Hai")
        results = at_once(
            lambda kept=kept, gone=gone: merge_trainees(kept, gone, actor=world.organiser),
            lambda gone=gone: register(world.course, gone, actor=SYSTEM),
        )
        assert all(not isinstance(r, Exception) or isinstance(r, Refusal) for r in results), results
        if Trainee.objects.get(pk=gone.pk).merged_into_id:
            assert not Registration.objects.filter(trainee=gone).exists()
