"""The same list again, or another with the very same row: what was put right or decided before stands again, and says
so. Nothing is taken over from lists of others."""

from courses.constants.actors import SYSTEM
from courses.constants.clock import now
from courses.models import ColumnMeaning, Registration, Trainee
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.deciding import decide_rows, leave_out, put_right, say_office
from courses.services.rosters.directory import read_directory
from courses.services.rosters.reading import read_roster
from courses.services.rosters.retyping import cells_of
from courses.services.rosters.rows import NEW, SKIP, Outcome, open_rows
from courses.services.rosters.taking import finish_reading, take_in_roster
from courses.services.rosters.undoing import undo_batch
from courses.tests.listing import NUMBER, csv_of, line
from courses.tests.planning import make_trainee, organiser_of
from courses.tests.rosters import read

WRONG = line("Ngô Thử An", "31/02/1980")
RIGHT = line("Lê Thử Bình", "1981")


def mend(batch, number=0, **typed):
    row = open_rows(batch)[number]
    return put_right(row.kept, {**cells_of(row), **typed}, office=row.kept.office, actor=SYSTEM)


def kept(batch):
    """(in order, put right, choice, decided before) of each row."""
    return [(row.sound, row.kept.fixed, row.kept.choice, row.decided_before) for row in open_rows(batch)]


def test_the_same_file_again_changes_nothing_and_says_so_after_cells_were_put_right(world):
    """Leave `as_before` out of `judge_roster` and the row is wrong again."""
    first = read(world, WRONG, RIGHT)
    mend(first, birth="28/02/1980")
    assert apply_batch(first, actor=SYSTEM) == Outcome(registered=2)
    again = read(world, WRONG, RIGHT)
    assert kept(again) == [(True, True, "", True), (True, False, "", False)]
    assert len(again.notes) == 2  # imported already; one row as before
    assert [row.is_there for row in open_rows(again)] == [True, True]
    assert apply_batch(again, actor=SYSTEM) == Outcome(already=2)
    assert (Trainee.objects.count(), Registration.objects.count()) == (2, 2)


def test_read_in_the_background_it_is_remembered_as_well(world):
    mend(read(world, WRONG), birth="28/02/1980")
    batch = take_in_roster(world.course, csv_of(WRONG), "b.csv", actor=SYSTEM)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (kept(batch), len(batch.notes)) == ([(True, True, "", True)], 1)


def test_it_is_remembered_from_time_to_time(world):
    """What was remembered stands in the new row as if it had been typed there."""
    mend(read(world, WRONG), birth="28/02/1980")
    read(world, WRONG)
    third = read(world, WRONG)
    assert [(row.typed["birth"], row.read.birth.iso()) for row in open_rows(third)] == [("28/02/1980", "1980-02-28")]


def test_the_latest_word_counts_and_can_be_changed(world):
    mend(read(world, WRONG), birth="28/02/1980")
    second = read(world, WRONG)
    assert not mend(second, birth="27/02/1980").decided_before
    third = read(world, WRONG)
    assert open_rows(third)[0].read.birth.iso() == "1980-02-27"


def test_the_same_row_in_another_place_of_another_file_is_known(world):
    text = "Họ và tên,Ngày sinh,Đơn vị\n{}Ngô Thử An,31/02/1980,Phường Thử Một\n"
    mend(read_text(world, text.format("")), birth="28/02/1980")
    other = read_text(world, text.format("Lê Thử Bình,1981,Phường Thử Một\n"))
    assert kept(other) == [(True, False, "", False), (True, True, "", True)]


def test_a_row_that_differs_in_one_cell_is_judged_by_itself(world):
    mend(read(world, WRONG), birth="28/02/1980")
    assert kept(read(world, line("Ngô Thử An", "30/02/1980"))) == [(False, False, "", False)]


def test_a_row_without_a_name_is_known_in_the_same_file_alone(world):
    """Fails when `_same` looks at rows of other files that say nobody."""
    nobody = line("", "", "Văn thư")
    mend(read(world, nobody), full_name="Ngô Thử An")
    assert [row.sound for row in open_rows(read(world, nobody))] == [True]
    assert [row.sound for row in open_rows(read(world, nobody, RIGHT))] == [False, True]


def test_twice_the_same_row_elsewhere_is_asked(world):
    """Which of two was put right is not known: fails when `alone` is not asked for."""
    text = "Họ và tên,Ngày sinh,Đơn vị\n{}Ngô Thử An,31/02/1980,Phường Thử Một\n"
    mend(read_text(world, text.format("")), birth="28/02/1980")
    twice = text.format("Lê Thử Bình,1981,Phường Thử Một\n") + "Ngô Thử An,31/02/1980,Phường Thử Một\n"
    assert [row.read.birth for row in open_rows(read_text(world, twice))[1:]] == [None, None]


def read_text(world, text, **more):
    return read_roster(world.course, text.encode(), "a.csv", actor=SYSTEM, **more)


def test_who_was_left_out_is_left_out_again_of_the_same_file_only(world):
    """Nobody is dropped silently: another list with this row asks for the person to be taken in."""
    leave_out(read(world, WRONG).rows.get(), actor=SYSTEM)
    assert kept(read(world, WRONG)) == [(False, False, SKIP, True)]
    assert kept(read(world, WRONG, RIGHT))[0] == (False, False, "", False)


def test_an_answer_to_who_is_this_is_remembered_while_it_is_one(world):
    make_trainee(world.one, "Ngô Thử An")
    batch = read(world, line("Ngô Thử An", "1980"))
    decide_rows(batch, {batch.rows.get().pk: NEW}, actor=SYSTEM)
    again = read(world, line("Ngô Thử An", "1980"))
    assert kept(again) == [(True, False, NEW, True)]
    decide_rows(again, {again.rows.get().pk: SKIP}, actor=SYSTEM)
    assert kept(again) == [(True, False, SKIP, False)]
    Trainee.objects.all().delete()
    assert kept(read(world, line("Ngô Thử An", "1980"), RIGHT))[0] == (True, False, "", False)


def test_the_office_that_was_said_is_remembered_without_being_taught(world):
    lost = line("Ngô Thử An", "1980", office="Phòng Thử Lạ")
    assert say_office(read(world, lost), "Phòng Thử Lạ", world.two, actor=SYSTEM, remember=False) == 1
    [row] = open_rows(read(world, lost))
    assert (row.sound, row.kept.office, row.decided_before) == (True, world.two, True)


def test_an_office_that_does_not_exist_any_more_is_asked_again(world):
    lost = line("Ngô Thử An", "1980", office="Phòng Thử Lạ")
    say_office(read(world, lost), "Phòng Thử Lạ", world.two, actor=SYSTEM, remember=False)
    world.two.valid_to = world.course.starts_on
    world.two.save()
    assert kept(read(world, lost)) == [(False, False, "", False)]


def test_after_an_import_was_taken_back_what_was_put_right_stands(world):
    first = read(world, WRONG)
    mend(first, birth="28/02/1980")
    apply_batch(first, actor=SYSTEM)
    undo_batch(first, actor=SYSTEM)
    assert kept(read(world, WRONG)) == [(True, True, "", True)]


def test_lists_of_another_class_office_or_way_are_not_asked(world):
    """Take one of the three out of `_decided` and a row is put right by somebody else's word."""
    mend(read(world, WRONG, office=world.one), birth="28/02/1980")
    by_itself = read_roster(world.course, csv_of(WRONG), "a.csv", actor=SYSTEM, office=world.one, by_link=True)
    assert [row.sound for row in open_rows(by_itself)] == [False]
    assert [row.sound for row in open_rows(read(world, WRONG, office=world.two))] == [False]
    assert [row.sound for row in open_rows(read_directory(world.host, csv_of(WRONG), "a.csv", actor=SYSTEM))] == [False]


def test_a_directory_remembers_its_own(world):
    organiser = organiser_of(world.host, world.one, world.two)
    mend(read_directory(world.host, csv_of(WRONG), "a.csv", actor=organiser), birth="28/02/1980")
    assert kept(read_directory(world.host, csv_of(WRONG), "a.csv", actor=organiser)) == [(True, True, "", True)]
    assert kept(read_directory(world.other, csv_of(WRONG), "a.csv", actor=SYSTEM)) == [(False, False, "", False)]


def test_a_column_that_was_explained_since_is_read_all_the_same(world):
    """Without `older` the number, which was no column when the birth date was put right, would be lost."""
    text = f"STT,Họ và tên,Ngày sinh,Đơn vị,Mã định vị\n1,Ngô Thử An,31/02/1980,Phường Thử Một,{NUMBER.format(1)}\n"
    mend(read_text(world, text), birth="28/02/1980")
    ColumnMeaning.objects.create(
        host=world.host, title="Mã định vị", key="ma dinh vi", field="citizen_id", said_at=now()
    )
    [row] = open_rows(read_text(world, text))
    assert (row.read.citizen_id, row.read.birth.iso()) == (NUMBER.format(1), "1980-02-28")


def test_a_cell_that_was_emptied_stays_empty(world):
    wrong = line("Ngô Thử An", "31/02/1980", phone="0900000001")
    mend(read(world, wrong), birth="1980", phone="")
    assert open_rows(read(world, wrong))[0].read.phone is None
