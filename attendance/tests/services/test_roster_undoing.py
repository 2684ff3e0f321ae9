"""An import of a roster on which the record depends is not taken back; the plan knows nothing of the record."""

import pytest

from attendance.constants import MarkState
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import RegistrationState
from courses.constants.errors import Refusal
from courses.models import Registration, Trainee
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.services.rosters.undoing import Undone, undo_batch

ROSTER = "STT,Họ và tên,Ngày sinh,Đơn vị\n1,Ngô Thử Khánh,1980,{0}\n2,Lê Thử Lan,1981,{0}\n3,Lê Thử Minh,1982,{0}"


@pytest.fixture
def klass(db):
    return Class()


@pytest.fixture
def batch(klass):
    batch = read_roster(klass.course, ROSTER.format(klass.ward.name).encode(), "a.csv", actor=SYSTEM)
    assert apply_batch(batch, actor=SYSTEM).registered == 3
    return batch


def test_marks_block_it_and_the_sentence_says_of_how_many_people(klass, batch):
    """Take `_held` out of `undo_batch` and people are withdrawn under their marks."""
    marked = list(Registration.objects.filter(course=klass.course).order_by("pk")[:2])
    for session in klass.sessions:
        klass.mark(session, MarkState.PRESENT, *marked)
    people = Trainee.objects.count()
    with pytest.raises(Refusal, match=r"\b2\b"):
        undo_batch(batch, actor=SYSTEM)
    states = Registration.objects.filter(course=klass.course).order_by("pk").values_list("state", flat=True)
    assert (list(states), Trainee.objects.count()) == ([RegistrationState.CONFIRMED] * 3, people)


def test_marks_of_other_people_block_nothing(klass, batch):
    klass.attended(2)
    assert undo_batch(batch, actor=SYSTEM) == Undone(withdrawn=3, removed=3)
