"""Each fails when its guard is taken out: tried with the closed sheet and the host of the sister class."""

from uuid import uuid4

import pytest

from attendance.constants import Claim, MarkState, Way
from attendance.models import Event, Mark
from attendance.reports.make_up import used_for
from attendance.reports.verdicts import verdict_of
from attendance.services.in_place import replace_from
from attendance.services.ledger import undo_entries
from attendance.services.make_up import credit_make_up
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, FilePurpose
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, Registration
from courses.services.registrations import register
from courses.tests.parallel import at_once
from courses.tests.planning import make_trainee

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


# One half-day attended is one half-day credited


def missed_twice(world):
    """An was absent on both half-days of the class; the second is credited by what is asked for."""
    world.lop.mark(world.lop.first, MarkState.ABSENT, world.an)
    return lambda **fields: credit_make_up(
        world.an,
        world.lop.first,
        **{"attended": world.sister.general, "document": "13/GXN", "actor": world.lop.organiser, "act": uuid4()}
        | fields,
    )


def test_one_half_day_attended_is_credited_once_and_the_sentence_names_for_which(world):
    """Fails without `_check_not_used`."""
    again = missed_twice(world)
    world.credit()
    with pytest.raises(Refusal) as refused:
        again()
    assert str(world.lop.general) in refused.value.sentence
    assert world.lop.course.code in refused.value.sentence
    assert again(attended=None) == MarkState.PRESENT


def test_what_was_taken_back_can_be_credited_for_another_half_day_and_not_when_the_undo_was_undone(world):
    again = missed_twice(world)
    world.credit()
    undo = uuid4()
    undo_entries(world.lop.general, [Event.objects.get(way=Way.MAKE_UP).pk], actor=world.lop.organiser, act=undo)
    assert used_for(world.an.trainee_id) == {}
    assert again() == MarkState.PRESENT
    undo_entries(world.lop.general, [], also=Event.objects.filter(act=undo), actor=world.lop.organiser, act=uuid4())
    assert set(used_for(world.an.trainee_id)) == {world.sister.general.pk}


def test_a_half_day_credited_in_one_class_is_not_credited_in_a_third_one(world):
    third = Class(world.lop.host, "LOP-3")
    there = register(third.course, world.an.trainee, actor=SYSTEM)
    world.credit()
    values = {"attended": world.sister.general, "document": "1", "actor": third.organiser, "act": uuid4()}
    with pytest.raises(Refusal, match="LOP-1"):
        credit_make_up(there, third.general, **values)


@pytest.mark.django_db(transaction=True)
def test_two_classes_that_credit_the_same_half_day_at_once_credit_it_once(world):
    """Fails on PostgreSQL without `lock_people`: each sees nothing of what the other wrote."""
    third = Class(world.lop.host, "LOP-3")
    there = register(third.course, world.an.trainee, actor=SYSTEM)
    values = {"attended": world.sister.general, "document": "1", "actor": third.organiser}
    for _round in range(4):
        outcomes = at_once(world.credit, lambda: credit_make_up(there, third.general, **values, act=uuid4()))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["MarkState", "Refusal"]
        for event in Event.objects.filter(way=Way.MAKE_UP, claim=Claim.DECISION, undone_by__isnull=True):
            undo_entries(event.session, [event.pk], actor=third.organiser, act=uuid4())


def test_a_half_day_that_was_itself_only_made_up_is_nowhere_attended(world):
    """Fails when `attended_elsewhere` does not leave it out: one presence would travel from class to class."""
    third = Class(world.lop.host, "LOP-3")
    there = register(third.course, world.an.trainee, actor=SYSTEM)
    world.credit()
    values = {"attended": world.lop.general, "document": "1", "actor": third.organiser, "act": uuid4()}
    with pytest.raises(Refusal, match="not seen"):
        credit_make_up(there, third.general, **values)


# Who came into the class later


def joined(world):
    """Bình came instead of An from the afternoon on, and was at the morning of the sister class."""
    binh = make_trainee(world.lop.ward, "Ngô Thử Bình")
    new = replace_from(world.an, world.lop.first, by=binh, actor=world.lop.organiser, why="ốm", submission=uuid4())
    there = register(world.sister.course, binh, actor=SYSTEM)
    world.sister.mark(world.sister.general, MarkState.LATE, there)
    return new


def test_who_came_later_owes_the_half_days_before_that_and_may_make_them_up(world):
    """Fails with `expected_of` of marking, which knows nobody before the first half-day."""
    new = joined(world)
    before = verdict_of(new)
    assert (before.can_still, "not in the class yet on the morning of 05/06/2026, not made up" in before.reason) == (
        False,
        True,
    )
    act = {"document": "14/GXN", "actor": world.lop.organiser, "act": uuid4(), "attended": world.sister.general}
    assert credit_make_up(new, world.lop.general, **act) == MarkState.PRESENT
    after = verdict_of(new)
    assert (after.attended, after.can_still, "not in the class yet" in after.reason) == (1, True, False)
    assert [half_day.id for half_day in after.before_joining] == [world.lop.general.pk]


def test_the_marks_of_who_was_replaced_are_never_those_of_who_came(world):
    world.lop.mark(world.lop.general, MarkState.PRESENT, world.an, shown=MarkState.ABSENT)
    assert verdict_of(joined(world)).attended == 0


def test_before_joining_nobody_is_marked_otherwise_and_who_was_replaced_makes_up_nothing_later(world):
    new = joined(world)
    with pytest.raises(Refusal):
        world.lop.mark(world.lop.general, MarkState.PRESENT, new)
    values = {"attended": None, "document": "1", "actor": world.lop.organiser, "act": uuid4()}
    with pytest.raises(Refusal, match="does not have to attend"):
        credit_make_up(world.an, world.lop.first, **values)
