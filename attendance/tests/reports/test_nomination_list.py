"""What stands on an office's list for signature."""

import pytest

from attendance.reports.nomination_list import list_for
from courses.constants.actors import SYSTEM
from courses.services.registrations import register, set_blocks
from courses.tests.planning import make_block
from courses.tests.services.test_nominations import World

pytestmark = pytest.mark.django_db


def test_who_has_no_block_named_attends_all_like_who_has_all_named():
    world = World()
    a, b = make_block(world.course, "A"), make_block(world.course, "B")
    for name, blocks in (("Ngô Thử An", [a]), ("Ngô Thử Bình", [a, b]), ("Ngô Thử Cam", [a, b])):
        registration = register(world.course, world.person(name), actor=SYSTEM, blocks=blocks)
    set_blocks(registration, [], actor=SYSTEM)
    people = list_for(world.answer, world.link).people
    assert {person.name: person.blocks for person in people} == {
        "Ngô Thử An": "A",
        "Ngô Thử Bình": "Tất cả",
        "Ngô Thử Cam": "Tất cả",
    }
