"""Each fails when its guard is taken out: tried with the closed sheet and the host of the sister class."""

from uuid import uuid4

import pytest

from attendance.constants import MarkState, Way
from attendance.models import Event, Mark
from attendance.reports.verdicts import verdict_of
from attendance.services.ledger import undo_entries
from attendance.services.make_up import credit_make_up
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, FilePurpose
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, Registration
from courses.services.registrations import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7 giay xac nhan"


class World:
    """An missed the general half-day of one class and was present at that of its sister."""

    def __init__(self):
        self.lop = Class()
        self.sister = Class(self.lop.host, "LOP-2")
        [self.an] = self.lop.people(1)
        self.elsewhere = register(self.sister.course, self.an.trainee, actor=SYSTEM)
        self.sister.mark(self.sister.general, MarkState.PRESENT, self.elsewhere)
        self.lop.mark(self.lop.general, MarkState.ABSENT, self.an)

    def credit(self, **fields):
        values = {
            "attended": self.sister.general, "document": "12/GXN", "actor": self.lop.organiser, "act": uuid4(), **fields
        }  # fmt: skip
        return credit_make_up(self.an, self.lop.general, **values)


@pytest.fixture
def world():
    return World()


def state(world):
    return Mark.objects.get(session=world.lop.general, registration=world.an).state


def test_a_half_day_made_up_is_credited_with_its_document_and_paper_and_is_logged(world):
    assert world.credit(paper=PDF) == MarkState.PRESENT
    event = Event.objects.get(way=Way.MAKE_UP)
    assert (event.claim, event.says, event.paper.purpose) == ("decision", MarkState.PRESENT, FilePurpose.MAKE_UP)
    assert event.note.startswith("12/GXN; LOP-2")
    assert ActionLog.objects.get(action="make up").changes["attended"] == [None, world.sister.general.pk]
    assert verdict_of(Registration.objects.get(pk=world.an.pk)).attended == 1


def test_the_same_page_again_adds_nothing(world):
    act = uuid4()
    assert [world.credit(act=act), world.credit(act=act)] == [MarkState.PRESENT] * 2
    assert Event.objects.filter(way=Way.MAKE_UP).count() == 1
    with pytest.raises(Refusal, match="present at this half-day already"):
        world.credit()


def test_nothing_is_credited_without_a_document(world):
    with pytest.raises(Refusal, match="document"):
        world.credit(document="  ")
    assert state(world) == MarkState.ABSENT


def test_elsewhere_is_credited_by_the_document_alone(world):
    world.credit(attended=None)
    assert Event.objects.get(way=Way.MAKE_UP).note == "12/GXN"


def test_only_a_half_day_of_a_sister_class_where_the_person_was_seen_counts(world):
    foreign = Class(code="LOP-3")
    there = register(foreign.course, world.an.trainee, actor=SYSTEM)
    foreign.mark(foreign.general, MarkState.PRESENT, there)
    world.lop.mark(world.lop.first, MarkState.PRESENT, world.an)
    world.sister.mark(world.sister.first, MarkState.EXCUSED, world.elsewhere)
    for attended in (foreign.general, world.lop.first, world.sister.first, world.sister.second):
        with pytest.raises(Refusal, match="not seen"):
            world.credit(attended=attended)


def test_only_organisers_credit_and_neither_on_a_closed_sheet_nor_in_a_concluded_class(world):
    for actor in (world.lop.officer, Class(code="LOP-3").organiser):
        with pytest.raises(Refusal):
            world.credit(actor=actor)
    close_sheet(world.lop.general, actor=world.lop.organiser, expected_version=0)
    with pytest.raises(Refusal, match="closed"):
        world.credit()
    Course.objects.filter(pk=world.lop.course.pk).update(state=CourseState.CONCLUDED)
    with pytest.raises(Refusal):
        world.credit()
    assert not Event.objects.filter(way=Way.MAKE_UP).exists()


def test_what_was_credited_is_taken_back_by_undoing_the_entry(world):
    world.credit()
    event = Event.objects.get(way=Way.MAKE_UP)
    undo_entries(world.lop.general, [event.pk], actor=world.lop.organiser, act=uuid4())
    assert state(world) == MarkState.ABSENT
    assert world.credit() == MarkState.PRESENT
