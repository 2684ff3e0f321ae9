"""What people decide about rows is kept with them, and judged as the file was."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import RowDecision
from courses.constants.errors import Refusal
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, OfficeAlias, Registration, Trainee
from courses.services.registrations import register, withdraw
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.deciding import decide_rows, leave_out, put_right, say_office
from courses.services.rosters.export import roster_again
from courses.services.rosters.reading import read_roster
from courses.services.rosters.retyping import cells_of
from courses.services.rosters.rows import NEW, SKIP, Outcome, open_rows
from courses.tests.listing import DAY, NUMBER, csv_of, line, many, running
from courses.tests.planning import make_trainee, organiser_of
from courses.tests.rosters import OK, PROBLEM, read, told
from courses.tests.services.rosters.test_export import sheet_of


def mend(row, actor=SYSTEM, office=None, **typed):
    """Puts cells right as the form does: what is not typed stays as it was shown."""
    office = office or row.kept.office
    return put_right(row.kept, {**cells_of(row), **typed}, office=office, actor=actor)


# Who is it


def test_a_choice_is_kept_with_the_row_for_whoever_goes_on(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980-06-05"))
    batch = read(world, line("Ngô Thử An", "1990"), line("Ngô Thử An", "1991"))
    first, second = batch.rows.order_by("pk")
    assert decide_rows(batch, {first.pk: known.pk, second.pk: NEW}, actor=SYSTEM) == 2
    assert decide_rows(batch, {first.pk: known.pk}, actor=SYSTEM) == 0
    assert list(batch.rows.order_by("pk").values_list("choice", flat=True)) == [str(known.pk), NEW]
    assert apply_batch(batch, actor=organiser_of(world.host, world.one)) == Outcome(registered=2)
    assert Trainee.objects.count() == 2


def test_a_choice_that_answers_nothing_is_passed_over(world):
    """Take `row.answers` out of `decide_rows` and a stranger's id is kept as a choice."""
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980-06-05"))
    other = make_trainee(world.two, "Lê Thử Bình")
    batch = read(world, line("Ngô Thử An", "1990"), line("Ngô Thử Lan", "1990"))
    asking, ready = batch.rows.order_by("pk")
    foreign = read(world, line("Ngô Thử An", "1992")).rows.get()
    choices = {asking.pk: other.pk, ready.pk: known.pk, foreign.pk: NEW, 2**70: NEW}
    assert decide_rows(batch, choices, actor=SYSTEM) == 0


def test_nothing_is_decided_in_a_list_that_is_applied(world):
    batch = read(world, line("Ngô Thử An", "1990"))
    row = open_rows(batch)[0]
    apply_batch(batch, actor=SYSTEM)
    with pytest.raises(Refusal):
        decide_rows(batch, {row.kept.pk: SKIP}, actor=SYSTEM)
    with pytest.raises(Refusal):
        mend(row, full_name="Ngô Thử Ân")
    with pytest.raises(Refusal):
        leave_out(row.kept, actor=SYSTEM)
    with pytest.raises(Refusal):
        say_office(batch, "x", world.one, actor=SYSTEM, remember=True)


def test_a_row_with_a_problem_can_be_left_out_and_taken_in_again(world):
    batch = read(world, line("Ngô Thử An", "31/02/1980"))
    row = batch.rows.get()
    leave_out(row, actor=SYSTEM)
    assert (batch.rows.counted()["wrong"], batch.rows.counted()["out"]) == (0, 1)
    leave_out(row, actor=SYSTEM, out=False)
    assert batch.rows.counted()["wrong"] == 1
    leave_out(row, actor=SYSTEM)
    assert apply_batch(batch, actor=SYSTEM) == Outcome(left_out=1)


# A cell put right


@pytest.mark.parametrize(
    ("lines", "typed", "read_as"),
    [
        (line("Ngô Thử An", "31/02/1980"), {"birth": "28/2/1980"}, ("birth", PartialDate.from_iso("1980-02-28"))),
        (line("Ngô Thử An 2", "1980"), {"full_name": "ngô thử an"}, ("full_name", "Ngô Thử An")),
        (line("", "1980"), {"full_name": "Ngô Thử An"}, ("full_name", "Ngô Thử An")),
        (line("Ngô Thử An", position="Văn thư 😀"), {"position": "Văn thư"}, ("position", "Văn thư")),
        (line("Ngô Thử An", phone="12"), {"phone": "+84 900 000 001"}, ("phone", "0900000001")),
        (line("Ngô Thử An", number="12345"), {"citizen_id": NUMBER.format(7)}, ("citizen_id", NUMBER.format(7))),
        (line("Ngô Thử An", number="12345"), {"citizen_id": ""}, ("citizen_id", None)),
        # The year lets the zero be put back that Excel had dropped.
        (line("Ngô Thử An", number=NUMBER.format(7)[1:]), {"birth": "1980"}, ("citizen_id", NUMBER.format(7))),
    ],
)
def test_a_cell_put_right_is_judged_as_a_cell_of_a_file(world, lines, typed, read_as):
    batch = read(world, lines)
    assert told(batch) == [(PROBLEM, RowDecision.NEW)]
    row = mend(open_rows(batch)[0], **typed)
    assert (row.sound, row.kept.fixed, getattr(row.read, read_as[0])) == (True, True, read_as[1])
    assert told(batch) == [(OK, RowDecision.NEW)]
    assert apply_batch(batch, actor=SYSTEM) == Outcome(registered=1)


def test_what_still_cannot_be_read_stays_a_problem_and_keeps_the_words(world):
    batch = read(world, line("Ngô Thử An", "31/02/1980", phone="12"))
    assert cells_of(open_rows(batch)[0])["birth"] == "31/02/1980"
    row = mend(open_rows(batch)[0], birth="30/02/1980")
    assert (row.sound, len(row.kept.problems)) == (False, 2)
    assert cells_of(row)["birth"] == "30/02/1980"
    assert row.read.raw["Ngày sinh"] == "31/02/1980"
    assert len(mend(row, phone="0900000001").kept.problems) == 1


def known_in_class(world):
    known = make_trainee(world.one, "Ngô Thử An", citizen_number=NUMBER.format(1))
    return register(world.course, known, actor=SYSTEM)


def test_who_is_in_the_class_needs_no_office_in_the_list(world):
    """The counter, the filter, the question for the office and the file that is given back say the same. Fails when
    `Judged.problems` keeps that of the office; one of a cell stays."""
    known_in_class(world)
    unknown = line("Ngô Thử An", office="Phòng Thử Lạ", number=NUMBER.format(1))
    batch = read(world, unknown, line("Ngô Thử Ba", office="Phòng Thử Lạ"))
    there, other = batch.rows.order_by("pk")
    assert (there.status, there.problems, there.asked_office) == (OK, [], "")
    assert (other.status, other.asked_office) == (PROBLEM, "Phòng Thử Lạ")
    counted = batch.rows.counted()
    assert (counted["there"], counted["wrong"], counted["look"]) == (1, 1, 1)
    assert list(batch.rows.which_are("look")) == [other]
    remarks = [row[-1].value or "" for row in sheet_of(roster_again(batch, actor=SYSTEM)).iter_rows(min_row=2)]
    assert [bool(remark) for remark in remarks] == [False, True]
    assert say_office(batch, "Phòng Thử Lạ", world.two, actor=SYSTEM, remember=False) == 1
    assert apply_batch(batch, actor=SYSTEM) == Outcome(registered=1, already=1)
    wrong = read(world, line("Ngô Thử An", "31/02/1980", office="Phòng Thử Lạ", number=NUMBER.format(1))).rows.get()
    assert (wrong.status, len(wrong.problems), wrong.asked_office) == (PROBLEM, 2, "Phòng Thử Lạ")


def test_who_left_the_class_since_waits_for_an_office(world):
    """Fails with an error when `_Step.decide` goes on without an office."""
    registration = known_in_class(world)
    batch = read(world, line("Ngô Thử An", office="Phòng Thử Lạ", number=NUMBER.format(1)))
    withdraw(registration, actor=SYSTEM)
    assert apply_batch(batch, actor=SYSTEM) == Outcome(waiting=1)
    row = batch.rows.get()
    assert (row.registration, bool(row.why)) == (None, True)


def test_a_row_put_right_finds_the_person_whom_it_means(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980-06-05"))
    batch = read(world, line("Ngô Thử An", "31/02/1980"))
    row = mend(open_rows(batch)[0], birth="05/06/1980")
    assert (row.kept.decision, row.kept.trainee) == (RowDecision.KNOWN, known)


def test_a_repeat_is_none_any_more_when_the_row_before_it_is_put_right(world):
    batch = read(
        world, line("Ngô Thử An", "1980", number=NUMBER.format(1)), line("Lê Thử Bình", "1981", number=NUMBER.format(1))
    )
    assert [status for status, _decision in told(batch)] == [OK, PROBLEM]
    mend(open_rows(batch)[0], citizen_id=NUMBER.format(2))
    assert [status for status, _decision in told(batch)] == [OK, OK]
    mend(open_rows(batch)[0], citizen_id=NUMBER.format(1))
    assert [status for status, _decision in told(batch)] == [OK, PROBLEM]


def test_a_choice_falls_when_the_row_asks_something_else(world):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980-06-05"))
    batch = read(world, line("Ngô Thử An", "1990"))
    decide_rows(batch, {batch.rows.get().pk: known.pk}, actor=SYSTEM)
    row = mend(open_rows(batch)[0], full_name="Ngô Thử Lan")
    assert (row.kept.choice, row.kept.decision) == ("", RowDecision.NEW)


def test_a_whole_list_is_put_right_without_typing_a_name_again(world):
    batch = read(
        world,
        line("Ngô Thử An", "31/02/1980"),
        line("Lê Thử Bình", "1980", office="Phường Thừ Mọt"),
        line("Lê Thử Châu", "1981", office=""),
    )
    say_office(batch, "Phường Thừ Mọt", world.one, actor=SYSTEM, remember=False)
    mend(open_rows(batch)[0], birth="1980")
    mend(open_rows(batch)[2], office=world.two)
    assert apply_batch(batch, actor=SYSTEM) == Outcome(registered=3)
    assert list(Registration.objects.order_by("pk").values_list("office__code", flat=True)) == ["a-1", "a-1", "a-2"]


def test_no_number_is_kept_in_the_clear_when_it_was_typed(world):
    batch = read(world, line("Ngô Thử An", number="12345"))
    mend(open_rows(batch)[0], citizen_id=NUMBER.format(5), position=f"số {NUMBER.format(5)}")
    row = batch.rows.get()
    assert NUMBER.format(5) not in str(vars(row))
    assert NUMBER.format(5) not in str(list(ActionLog.objects.values()))


# Which office


def test_one_answer_counts_for_every_row_with_the_same_words(world):
    batch = read(
        world,
        line("Ngô Thử An", "1980", office="Phường Thừ Mọt"),
        line("Lê Thử Bình", "1981", office="Phường Thừ Mọt"),
        line("Lê Thử Châu", "1982", office="Phòng Lạ Hoắc Nào"),
    )
    assert list(batch.rows.order_by("pk").values_list("asked_office", flat=True)) == ["Phường Thừ Mọt"] * 2 + [
        "Phòng Lạ Hoắc Nào"
    ]
    assert say_office(batch, "Phường Thừ Mọt", world.one, actor=SYSTEM, remember=False) == 2
    assert [row.office for row in batch.rows.order_by("pk")] == [world.one, world.one, None]
    assert [status for status, _decision in told(batch)] == [OK, OK, PROBLEM]
    assert say_office(batch, "Phường Thừ Mọt", world.two, actor=SYSTEM, remember=False) == 0
    assert not OfficeAlias.objects.exists()


def test_the_answer_is_remembered_for_later_lists(world):
    actor = organiser_of(world.host, world.one)
    batch = read(world, line("Ngô Thử An", "1980", office="Phường Thừ Mọt"), actor=actor)
    say_office(batch, "Phường Thừ Mọt", world.one, actor=actor, remember=True)
    assert OfficeAlias.objects.get().office == world.one
    assert ActionLog.objects.filter(action="teach office", subject_id=world.one.pk).count() == 1
    assert read(world, line("Lê Thử Bình", "1981", office="phường thừ mọt")).rows.get().office == world.one


def test_what_one_host_teaches_is_asked_in_the_lists_of_another_until_it_is_made_general(world):
    """Take `taught_by` out of `_index_of` and one host's guess is certain in every host's lists."""
    actor = organiser_of(world.host, world.one)
    batch = read(world, line("Ngô Thử An", "1980", office="Khu Nọ Kia"), actor=actor)
    say_office(batch, "Khu Nọ Kia", world.one, actor=actor, remember=True)
    assert OfficeAlias.objects.get().taught_by == world.host
    data = csv_of(line("Lê Thử Bình", "1981", office="Khu Nọ Kia"))
    other = running(world.other, "LOP-KHAC")
    row = read_roster(other, data, "a.csv", actor=SYSTEM).rows.get()
    assert (row.office, row.asked_office) == (None, "Khu Nọ Kia")
    assert world.one.name in str(row.problems)  # asked with the office that may be meant
    OfficeAlias.objects.update(taught_by=None)
    assert read_roster(other, data, "b.csv", actor=SYSTEM).rows.get().office == world.one


def test_an_office_of_others_is_asked_once_too_and_nobody_elses_lists_are_read_by_it(world):
    """A ward answers for the ward beside it: what it said holds in its own lists alone."""
    actor = organiser_of(world.host, world.one)
    batch = read(world, line("Ngô Thử An", "1980", office="Xã Thừ Xạ"), actor=actor)
    assert say_office(batch, "Xã Thừ Xạ", world.far, actor=actor, remember=True) == 1
    assert batch.rows.get().office == world.far
    data = csv_of(line("Lê Thử Bình", "1981", office="Xã Thừ Xạ"))
    assert read_roster(world.course, data, "a.csv", actor=actor).rows.get().office == world.far
    elsewhere = read_roster(running(world.other, "LOP-KHAC"), data, "b.csv", actor=SYSTEM).rows.get()
    assert (elsewhere.office, elsewhere.asked_office) == (None, "Xã Thừ Xạ")


def test_who_does_not_organise_for_the_host_teaches_it_nothing(world):
    """Take the question of `may_plan_for` out of `say_office` and any actor writes a spelling for the host's lists."""
    batch = read(world, line("Ngô Thử An", "1980", office="Xã Thừ Xạ"))
    assert say_office(batch, "Xã Thừ Xạ", world.far, actor=organiser_of(world.other), remember=True) == 1
    assert not OfficeAlias.objects.exists()


def test_an_office_that_does_not_exist_on_the_day_of_the_class_is_no_answer(world):
    world.two.valid_to = DAY
    world.two.save()
    batch = read(world, line("Ngô Thử An", "1980", office="Phường Thừ Mọt"))
    with pytest.raises(Refusal):
        say_office(batch, "Phường Thừ Mọt", world.two, actor=SYSTEM, remember=True)
    assert not OfficeAlias.objects.exists()


def test_a_spelling_that_was_learnt_means_the_office_of_the_day_of_the_class(world):
    """The same words mean the old office in an old class and its successor in a new one."""
    OfficeAlias.objects.create(office=world.one, text="P. Thử Chung", key="p thu chung")
    OfficeAlias.objects.create(office=world.two, text="P. Thử Chung", key="p thu chung")
    world.one.valid_to = world.two.valid_from = DAY.replace(year=2025)
    world.one.save()
    world.two.save()
    later = running(world.host, "LOP-2", starts_on=DAY.replace(year=2025), ends_on=DAY.replace(year=2025))
    data = csv_of(line("Ngô Thử An", "1980", office="P. Thử Chung"))
    offices = [read_roster(course, data, "a.csv", actor=SYSTEM).rows.get().office for course in (world.course, later)]
    assert offices == [world.one, world.two]


def test_deciding_takes_as_many_queries_for_three_rows_as_for_one(world):
    taken = []
    for number in (1, 3):
        batch = read_roster(
            running(world.host, f"LOP-{number}0"),
            many(number) + f"\n9,Ngô Thử Út,1980,,Phường Thừ Mọt {number},,".encode(),
            "a.csv",
            actor=SYSTEM,
        )
        rows = open_rows(batch)
        asked = rows[-1].kept.asked_office
        with CaptureQueriesContext(connection) as choices:
            decide_rows(batch, {row.kept.pk: SKIP for row in rows}, actor=SYSTEM)
        with CaptureQueriesContext(connection) as fixed:
            mend(rows[0], birth="1980")
        with CaptureQueriesContext(connection) as answered:
            say_office(batch, asked, world.one, actor=SYSTEM, remember=True)
        taken.append((len(choices), len(fixed), len(answered)))
    assert taken[0] == taken[1]


def test_new_is_no_answer_about_somebody_who_came_after_it_was_chosen(world):
    """Fails when "new" is taken whoever fits now."""
    make_trainee(world.one, "Ngô Thử An")
    batch = read(world, line("Ngô Thử An"))
    row = batch.rows.get()
    decide_rows(batch, {row.pk: NEW}, actor=SYSTEM)
    make_trainee(world.one, "Ngô Thử An", phone="0900000009")
    assert apply_batch(batch, actor=SYSTEM).waiting == 1
    assert Trainee.objects.count() == 2


@pytest.mark.parametrize("chosen", [NEW, "gone", "kept"])
def test_an_answer_counts_for_who_went_into_another_row_since(world, chosen):
    kept, gone = make_trainee(world.one, "Ngô Thử An"), make_trainee(world.one, "Ngô Thử An", phone="0900000009")
    batch = read(world, line("Ngô Thử An"))
    answer = {"gone": gone.pk, "kept": kept.pk}.get(chosen, chosen)
    decide_rows(batch, {batch.rows.get().pk: answer}, actor=SYSTEM)
    Trainee.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert apply_batch(batch, actor=SYSTEM).registered == 1
    assert (Registration.objects.get().trainee_id == kept.pk) == (chosen != NEW)
