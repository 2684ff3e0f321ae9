"""A long list is applied in the background: once, by the rights of the moment, and a refusal is kept with it."""

import pytest

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, CourseState
from courses.constants.errors import Refusal
from courses.models import Registration, Role
from courses.rules.actors import actor_of
from courses.services.background import WHEN_GIVEN_UP
from courses.services.rosters.applying import start_applying, stop_applying
from courses.services.rosters.deciding import decide_rows
from courses.services.rosters.reading import read_roster
from courses.tasks.applying import apply_roster
from courses.tests.listing import World, many
from courses.tests.planning import make_organiser


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def organiser(world):
    return make_organiser(world.host)


def started(world, organiser):
    batch = read_roster(world.course, many(3), "a.csv", actor=SYSTEM)
    return start_applying(batch, actor=actor_of(organiser))


def state_of(batch):
    batch.refresh_from_db()
    return batch.state, batch.done, batch.total, bool(batch.refusal)


def test_a_list_is_applied_once_however_often_the_task_is_begun(world, organiser):
    batch = started(world, organiser)
    assert state_of(batch) == (BatchState.APPLYING, 0, 3, False)
    for _time in range(2):
        apply_roster.func(batch.pk, organiser.pk)
        assert state_of(batch) == (BatchState.APPLIED, 3, 3, False)
    assert Registration.objects.count() == 3


def test_starting_twice_is_harmless_and_nothing_is_decided_meanwhile(world, organiser):
    batch = started(world, organiser)
    assert start_applying(batch, actor=actor_of(organiser)).state == BatchState.APPLYING
    with pytest.raises(Refusal):
        decide_rows(batch, {batch.rows.first().pk: "skip"}, actor=SYSTEM)


def test_a_refusal_is_kept_with_the_list_which_stands_as_it_was_read(world, organiser):
    batch = started(world, organiser)
    world.course.state = CourseState.CONCLUDED
    world.course.save()
    apply_roster.func(batch.pk, organiser.pk)
    assert state_of(batch) == (BatchState.READ, 0, 3, True)
    assert not Registration.objects.exists()


def test_who_lost_the_role_meanwhile_applies_nothing(world, organiser):
    batch = started(world, organiser)
    Role.objects.filter(user=organiser).delete()
    apply_roster.func(batch.pk, organiser.pk)
    assert state_of(batch) == (BatchState.READ, 0, 3, True)
    assert not Registration.objects.exists()


def test_a_list_that_is_gone_is_no_error(world, organiser):
    apply_roster.func(999_999, organiser.pk)


def test_stopping_what_is_applied_changes_nothing(world, organiser):
    batch = started(world, organiser)
    apply_roster.func(batch.pk, organiser.pk)
    stop_applying(batch, why="x")
    assert state_of(batch) == (BatchState.APPLIED, 3, 3, False)


def test_what_is_given_up_stands_as_it_was_read_and_says_so(world, organiser):
    batch = started(world, organiser)
    WHEN_GIVEN_UP[apply_roster.module_path](batch.pk, organiser.pk)
    assert state_of(batch) == (BatchState.READ, 0, 3, True)
    assert not Registration.objects.exists()
