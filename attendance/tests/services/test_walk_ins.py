"""Each fails when its guard is taken out: tried with the question whether the entry still waits."""

from uuid import uuid4

import pytest

from attendance.constants import MarkState, Way
from attendance.models import Event, EventWords, Mark
from attendance.reports.waiting import waiting_at
from attendance.services.ledger import undo_entries
from attendance.services.sheets import close_sheet, reopen_sheet
from attendance.services.walk_ins import (
    add_walk_in,
    dismiss_walk_in,
    settle_as_expected,
    settle_as_stand_in,
    settle_registered,
)
from attendance.tests.records import Class
from courses.constants.choices import CourseState, RegistrationKind, RegistrationState, SessionState
from courses.constants.errors import Refusal
from courses.models import ActionLog, Course, Registration, Seats, Session, Trainee
from courses.services.nominations import NewPerson
from courses.tests.planning import make_trainee, organiser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NEW = NewPerson("Ngô Thử Mới", "Chuyên viên")


class World(Class):
    def __init__(self):
        super().__init__()
        self.organiser = organiser_of(self.host, self.ward, self.other_ward)
        [self.an] = self.people(1)

    def came(self, words="chị Lan, Phường Thử", **fields):
        return add_walk_in(self.general, words, **{"actor": self.organiser, "submission": uuid4(), **fields})

    def by(self, **fields):
        return {"actor": self.organiser, "act": uuid4(), **fields}


@pytest.fixture
def lop():
    return World()


def states(session):
    return dict(Mark.objects.filter(session=session).order_by().values_list("registration_id", "state"))


def test_somebody_not_on_the_list_is_noted_by_words_without_long_numbers(lop):
    submission = uuid4()
    one, again = (lop.came("Lan CCCD 012345678901", submission=submission) for _twice in range(2))
    assert (one, one.registration, one.claim, one.way) == (again, None, "seen", Way.HAND)
    assert "012345678901" not in EventWords.objects.get().text
    [waiting] = waiting_at(lop.general)
    assert (waiting.event, waiting.words) == (one, EventWords.objects.get().text)
    assert states(lop.general) == {}


def test_nobody_is_noted_without_words_or_in_a_half_day_that_cannot_be_marked(lop):
    with pytest.raises(Refusal, match="who it was"):
        lop.came("  ")
    for actor in (lop.officer, Class(code="LOP-2").organiser):
        with pytest.raises(Refusal):
            lop.came(actor=actor)
    Session.objects.filter(pk=lop.general.pk).update(state=SessionState.CANCELLED, required=False)
    with pytest.raises(Refusal, match="cancelled"):
        lop.came()
    assert not Event.objects.exists()


def test_it_was_somebody_expected(lop):
    event, by = lop.came(), lop.by()
    for _twice in range(2):
        assert settle_as_expected(event, lop.an, **by) == MarkState.PRESENT
    assert waiting_at(lop.general) == []
    assert ActionLog.objects.filter(action="walk in").count() == 1
    with pytest.raises(Refusal, match="settled this already"):
        settle_as_expected(event, lop.an, **lop.by())


def test_what_was_decided_can_be_taken_back_and_waits_again(lop):
    event = lop.came()
    settle_as_expected(event, lop.an, **lop.by())
    decision = Event.objects.get(names=event)
    undo_entries(lop.general, [decision.pk], **lop.by())
    assert [waiting.event for waiting in waiting_at(lop.general)] == [event]
    assert states(lop.general) == {}


def test_it_was_somebody_known_whom_the_organiser_registers(lop):
    event, by, lan = lop.came(), lop.by(), make_trainee(lop.ward, "Ngô Thử Lan")
    for _twice in range(2):
        there = settle_registered(event, lan, **by)
    assert (there.trainee, there.state, there.kind) == (lan, RegistrationState.CONFIRMED, RegistrationKind.CLASS)
    assert states(lop.general) == {there.pk: MarkState.PRESENT}


def test_somebody_typed_is_registered_for_an_office_once(lop):
    event, by = lop.came(), lop.by()
    with pytest.raises(Refusal, match="choose the office"):
        settle_registered(event, NEW, **by)
    for _twice in range(2):
        there = settle_registered(event, NEW, office=lop.ward, **by)
    assert (there.state, Trainee.objects.filter(full_name=NEW.full_name).count()) == (RegistrationState.CONFIRMED, 1)


def test_without_a_seat_nobody_is_registered_and_the_entry_waits_on(lop):
    Seats.objects.create(course=lop.course, office=lop.ward, number=1)
    event = lop.came()
    for person, more in ((make_trainee(lop.ward, "Ngô Thử Lan"), {}), (NEW, {"office": lop.ward})):
        with pytest.raises(Refusal, match="no seat left"):
            settle_registered(event, person, **lop.by(**more))
    assert Registration.objects.count() == 1
    assert [waiting.event for waiting in waiting_at(lop.general)] == [event]


def test_it_was_somebody_who_stands_in(lop):
    event, by = lop.came(), lop.by()
    for _twice in range(2):
        there = settle_as_stand_in(event, lop.an, by=NEW, why="họp", **by)
    assert (there.kind, there.stand_in_for) == (RegistrationKind.STAND_IN, lop.an)
    assert states(lop.general) == {there.pk: MarkState.PRESENT}
    assert waiting_at(lop.general) == []


def test_nobody_of_ours_does_not_count_and_says_why(lop):
    event, by = lop.came(), lop.by()
    with pytest.raises(Refusal, match="does not count"):
        dismiss_walk_in(event, why=" ", **by)
    for _twice in range(2):
        dismiss_walk_in(event, why="khách của hội trường", **by)
    assert waiting_at(lop.general) == []
    assert Event.objects.get(undoes=event).note == "khách của hội trường"
    with pytest.raises(Refusal, match="settled this already"):
        settle_as_expected(event, lop.an, **lop.by())


def test_on_a_closed_sheet_words_wait_and_nothing_is_settled_before_it_is_reopened(lop):
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    event, lan = lop.came(), make_trainee(lop.ward, "Ngô Thử Lan")
    assert event.proposal
    acts = (
        lambda: settle_as_expected(event, lop.an, **lop.by()),
        lambda: settle_registered(event, lan, **lop.by()),
        lambda: settle_as_stand_in(event, lop.an, by=lan, why="", **lop.by()),
        lambda: dismiss_walk_in(event, why="nhầm", **lop.by()),
    )
    for act in acts:
        with pytest.raises(Refusal, match="closed"):
            act()
    reopen_sheet(lop.general, actor=lop.organiser, why="sót người")
    settle_registered(event, lan, **lop.by())
    assert waiting_at(lop.general) == []


def test_nobody_settles_for_another_host_or_in_a_concluded_class(lop):
    event, lan = lop.came(), make_trainee(lop.ward, "Ngô Thử Lan")
    other = Class(code="LOP-2").organiser

    def acts(actor):
        return (
            lambda: settle_as_expected(event, lop.an, **lop.by(actor=actor)),
            lambda: settle_registered(event, lan, **lop.by(actor=actor)),
            lambda: settle_as_stand_in(event, lop.an, by=lan, why="", **lop.by(actor=actor)),
            lambda: dismiss_walk_in(event, why="nhầm", **lop.by(actor=actor)),
        )

    for act in acts(other):
        with pytest.raises(Refusal):
            act()
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    for act in acts(lop.organiser):
        with pytest.raises(Refusal):
            act()
    assert [waiting.event for waiting in waiting_at(lop.general)] == [event]
