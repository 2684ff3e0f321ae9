"""A directory: people are kept and completed, nobody is registered."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, RoleKind, RowDecision, RowStatus
from courses.constants.clock import now, today
from courses.constants.partial_dates import PartialDate
from courses.models import ColumnMeaning, ImportBatch, Registration, Role, Trainee
from courses.readers import header
from courses.readers.limited import NotRead
from courses.rendering.roster_template import roster_template
from courses.rules.actors import actor_of
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.directory import read_directory
from courses.services.rosters.rows import Fate, Outcome, open_rows
from courses.services.rosters.taking import (
    explain_columns,
    finish_reading,
    keep_unread,
    take_in_roster,
    unknown_titles,
)
from courses.services.rosters.undoing import Undone, undo_batch
from courses.tests.listing import csv_of, line, many
from courses.tests.planning import make_organiser, make_trainee, organiser_of
from courses.tests.services.rosters.test_taking import ODD, SAID


@pytest.fixture
def organiser(world):
    return organiser_of(world.host, world.one, world.two)


def take_in(world, *lines, actor, office=None):
    return read_directory(world.host, csv_of(*lines), "danh ba.csv", actor=actor, office=office)


def test_people_are_made_and_completed_and_nobody_is_registered(world, organiser):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"))
    make_trainee(world.two, "Lê Thử Châu", birth=PartialDate.from_iso("1982"), position="Văn thư")
    batch = take_in(
        world,
        line("Ngô Thử An", "1980", "Chuyên viên"),
        line("Lê Thử Bình", "1981", phone="0900000002"),
        line("Lê Thử Châu", "1982", "Văn thư", "Phường Thử Hai"),
        line("Lê Thử Dung", "31/02/1980"),
        actor=organiser,
    )
    assert (batch.course, batch.kept_by) == (None, world.host)
    assert apply_batch(batch, actor=organiser) == Outcome(made=1, completed=1, known=1, waiting=1)
    known.refresh_from_db()
    assert (known.position, Trainee.objects.count(), Registration.objects.count()) == ("Chuyên viên", 3, 0)
    assert [row.fate for row in open_rows(batch)] == [Fate.COMPLETED, Fate.MADE, Fate.KNOWN, Fate.WAITING]
    assert apply_batch(batch, actor=organiser) == Outcome(made=1, completed=1, known=1, waiting=1)
    assert Trainee.objects.count() == 3


def test_the_same_directory_again_changes_nothing_and_says_so(world, organiser):
    for notes, expected in ((0, Outcome(made=3)), (1, Outcome(known=3))):
        batch = read_directory(world.host, many(3), "danh ba.csv", actor=organiser)
        assert len(batch.notes) == notes
        assert apply_batch(batch, actor=organiser) == expected
    assert Trainee.objects.count() == 3


def test_column_titles_that_were_explained_are_understood_in_a_directory_too(world, organiser):
    """Leave the meanings out of `judge_roster` and the file is refused."""
    for title, field in (("Cột lạ", header.NAME), ("Cột khác", header.POSITION)):
        ColumnMeaning.objects.create(
            host=world.host, key=header.title_key(title), title=title, field=field, said_at=now()
        )
    data = "Cột lạ,Cột khác\nNgô Thử An,Chuyên viên\nLê Thử Ba,Văn thư".encode()
    batch = read_directory(world.host, data, "a.csv", actor=organiser, office=world.one)
    assert apply_batch(batch, actor=organiser) == Outcome(made=2)
    assert set(Trainee.objects.values_list("position", flat=True)) == {"Chuyên viên", "Văn thư"}


def in_office(world):
    """An organiser as the background finds one, by the roles held now."""
    user = make_organiser(world.host)
    for office in (world.one, world.two):
        Role.objects.create(user=user, office=office, kind=RoleKind.ORGANISER, valid_from=today())
    return actor_of(user)


def test_a_directory_with_unknown_titles_waits_for_what_they_mean(world):
    organiser = in_office(world)
    with pytest.raises(NotRead) as refused:
        read_directory(world.host, ODD, "a.csv", actor=organiser)
    more = {"actor": organiser, "office": None, "kept_by": world.host, "refused": refused.value}
    batch = keep_unread(None, ODD, "a.csv", **more)
    assert (batch.state, batch.header_unknown, batch.kept_by) == (BatchState.REFUSED, True, world.host)
    assert [one["title"] for one in unknown_titles(batch)] == list(SAID)
    explain_columns(batch, actor=organiser, meanings=SAID)
    finish_reading(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.filter(status=RowStatus.OK).count()) == (BatchState.READ, 4)


def test_a_directory_read_later_is_what_would_be_read_at_once_and_is_taken_in_once(world):
    organiser = in_office(world)
    batches = [
        take_in_roster(None, many(3), "a.csv", actor=organiser, kept_by=world.host, office=world.one) for _ in range(2)
    ]
    assert batches[0] == batches[1]
    finish_reading(batches[0].pk)
    at_once = read_directory(world.host, many(3), "a.csv", actor=organiser, office=world.one)
    later = ImportBatch.objects.get(pk=batches[0].pk)
    kept = [[(r.read, r.kept.decision, r.kept.office_id) for r in open_rows(one)] for one in (later, at_once)]
    assert kept[0] == kept[1]
    assert (later.state, later.done, later.notes) == (at_once.state, at_once.done, at_once.notes)
    assert (later.course, later.kept_by) == (None, world.host)


def test_the_form_of_this_site_is_read_as_a_directory_without_a_word_on_its_hidden_sheet(world, organiser):
    book = openpyxl.load_workbook(io.BytesIO(roster_template(world.course, offices=[world.one.name])))
    book.active.cell(7, 2, "Ngô Thử An")
    book.active.cell(7, 6, world.one.name)
    file = io.BytesIO()
    book.save(file)
    batch = read_directory(world.host, file.getvalue(), "mau.xlsx", actor=organiser)
    assert (batch.rows.count(), batch.notes) == (1, [])


def test_offices_are_those_of_today(world, organiser):
    world.two.valid_to = today()
    world.two.save()
    row = take_in(world, line("Ngô Thử An", "1980", office="Phường Thử Hai"), actor=organiser).rows.get()
    assert (row.status, row.office) == (RowStatus.PROBLEM, None)


def test_people_of_offices_that_the_organiser_does_not_look_after_are_not_made(world, organiser):
    """Take the check out of `match_people` and one host's list makes people in another's offices."""
    batch = take_in(world, line("Ngô Thử An", "1980", office="Xã Thử Xa"), actor=organiser)
    assert batch.rows.get().status == RowStatus.PROBLEM
    assert apply_batch(batch, actor=organiser) == Outcome(waiting=1)
    assert not Trainee.objects.exists()


def test_who_is_this_is_asked_as_for_a_class(world, organiser):
    make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"))
    assert take_in(world, line("Ngô Thử An", "1990"), actor=organiser).rows.get().decision == RowDecision.ASK


def test_only_organisers_of_the_office_that_keeps_it_see_it(world, organiser):
    take_in(world, line("Ngô Thử An", "1980"), actor=organiser)
    assert ImportBatch.objects.visible_to(organiser).count() == 1
    assert ImportBatch.objects.visible_to(organiser_of(world.other)).count() == 0


def test_it_is_taken_back_like_any_import(world, organiser):
    batch = read_directory(world.host, many(2), "danh ba.csv", actor=organiser)
    apply_batch(batch, actor=organiser)
    assert undo_batch(batch, actor=organiser) == Undone(removed=2)
    assert not Trainee.objects.exists()


def test_it_takes_as_many_queries_for_three_people_as_for_one(world):
    taken = []
    for number, office in ((1, "Phường Thử Một"), (3, "Phường Thử Hai")):
        with CaptureQueriesContext(connection) as reading:
            batch = read_directory(world.host, many(number, office), f"{number}.csv", actor=SYSTEM)
        with CaptureQueriesContext(connection) as applying:
            apply_batch(batch, actor=SYSTEM)
        undo_batch(batch, actor=SYSTEM)
        taken.append((len(reading), len(applying)))
    assert taken[0] == taken[1]
