import dataclasses

import pytest

from courses.constants.actors import NOBODY, SYSTEM, Actor


def test_nobody_and_the_system_reach_no_office_by_a_role():
    for actor in (NOBODY, SYSTEM):
        assert not actor.organises | actor.certifies | actor.coordinates
        assert not actor.is_superuser
    assert NOBODY != SYSTEM


def test_an_actor_cannot_be_changed_on_the_way():
    actor = Actor("user", user_id=1, organises=frozenset({7}))
    with pytest.raises(dataclasses.FrozenInstanceError):
        actor.is_superuser = True
    assert hash(actor) == hash(Actor("user", user_id=1, organises=frozenset({7})))
