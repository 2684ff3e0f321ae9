"""The figures of the report are those of the boards and of the ledger, in a class of five hundred."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction

from attendance.models import Event, Mark, Sheet
from attendance.reports.board import board_of
from attendance.reports.class_papers.results import People, results_of
from attendance.reports.roll import counts_by_session
from attendance.tests.generated import AFTERWARDS, PAPERS, Generated
from courses.constants.choices import SessionState
from courses.constants.clock import now, set_clock
from courses.models import Registration, Session


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Made once: it is only read here."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Generated()
        transaction.set_rollback(True)
    set_clock(None)


@pytest.fixture
def lop(made, db):
    set_clock(AFTERWARDS)
    return made


class ByHand:
    """The same counted a second way: from the raw rows of the ledger and of the plan, by none of the product's code.

    `states`: (half-day, registration) → what holds of everybody expected, for half-days that have begun.
    """

    def __init__(self, course):
        self.people = {r.pk: r for r in Registration.objects.filter(course=course).select_related("trainee")}
        owed, on = self._pairs(Registration.blocks.through, "block"), self._pairs(Session.blocks.through, "block")
        standing_in = self._pairs(Registration.sessions.through, "session")
        closed = set(Sheet.objects.filter(state="closed").values_list("session_id", flat=True))
        self.states = {}
        for session in Session.objects.filter(course=course, starts_at__lte=now()).exclude(state="cancelled"):
            said = self._said(session)
            for pk, person in self.people.items():
                if person.kind == "stand_in":
                    is_expected = person.state == "confirmed" and session.pk in standing_in.get(pk, ())
                else:
                    is_expected = self._is_in_class(person, session) and (
                        pk not in owed or session.pk not in on or bool(owed[pk] & on[session.pk])
                    )
                if is_expected:
                    nothing = "absent" if session.pk in closed else ""
                    self.states[session.pk, pk] = said.get(pk) or nothing

    def _pairs(self, through, other):
        column = "registration_id" if other == "session" or "registration" in through.__name__.lower() else "session_id"
        found = {}
        for one, two in through.objects.values_list(column, f"{other}_id"):
            found.setdefault(one, set()).add(two)
        return found

    def _is_in_class(self, person, session):
        begins = person.begins_with_id and Session.objects.get(pk=person.begins_with_id).starts_at
        if begins and session.starts_at < begins:
            return False
        if person.state == "replaced":
            heir = self.people[person.replaced_by_id]
            until = heir.begins_with_id and Session.objects.get(pk=heir.begins_with_id).starts_at
            return bool(until) and session.starts_at < until
        return person.state in ("nominated", "confirmed")

    def _said(self, session):
        events = list(Event.objects.filter(session=session).order_by("pk"))
        undoing = {}
        naming = {}
        for event in events:
            undoing.setdefault(event.undoes_id, []).append(event)
            naming.setdefault(event.names_id, []).append(event)

        def stands(event):
            if any(stands(other) for other in undoing.get(event.pk, [])):
                return False
            return not event.proposal or any(stands(other) for other in naming.get(event.pk, []))

        found = {}
        for event in filter(stands, events):
            found.setdefault(event.registration_id, []).append(event)
        late_from = session.starts_at + timedelta(minutes=session.grace_minutes)
        return {pk: self._state(standing, late_from) for pk, standing in found.items()}

    def _state(self, events, late_from):
        decisions = sorted((event.arrived_at, event.pk, event.says) for event in events if event.claim == "decision")
        if decisions:
            return decisions[-1][2]
        ways = {claim: {e.way for e in events if e.claim == claim} for claim in ("seen", "not_seen", "excused")}
        if ways["excused"]:
            return "disputed" if ways["seen"] else "excused"
        if ways["seen"] and ways["not_seen"] and ways["seen"] | ways["not_seen"] != ways["seen"] & ways["not_seen"]:
            return "disputed"
        if not ways["seen"]:
            return "absent" if ways["not_seen"] else ""
        if any(event.claim == "left_early" for event in events):
            return "left_early"
        on_time = [
            event.happened_at <= late_from if event.way in ("door", "screen") else event.says != "late"
            for event in events
            if event.claim == "seen"
        ]
        return "present" if any(on_time) else "late"


THERE = ("present", "late", "left_early", "disputed")


def words(state):
    return "there" if state in THERE else {"excused": "excused", "absent": "absent"}.get(state, "unmarked")


def people_of(by_trainee):
    """Figures of people, of {trainee: states}."""
    counted = Counter()
    for states in by_trainee.values():
        kinds = {words(state) for state in states}
        counted["expected"] += 1
        if "there" in kinds:
            counted["attended"] += 1
        elif kinds == {"excused"}:
            counted["with_leave"] += 1
        else:
            counted["unknown" if "unmarked" in kinds else "without_leave"] += 1
    return People(**counted)


def test_the_figures_are_those_that_are_counted_by_hand_from_the_raw_events(lop):
    results, by_hand = results_of(lop.course, at=now()), ByHand(lop.course)
    assert Counter(words(state) for state in by_hand.states.values()) == {
        name: getattr(results.presence, name) for name in ("there", "excused", "absent", "unmarked")
    }
    assert results.presence.expected == len(by_hand.states)
    by_trainee, gender, category = {}, {}, {}
    for (_session, pk), state in by_hand.states.items():
        person = by_hand.people[pk].trainee
        for group in (by_trainee, gender.setdefault(person.gender, {}), category.setdefault(person.staff_category, {})):
            group.setdefault(person.pk, []).append(state)
    assert results.people == people_of(by_trainee)
    assert results.attended_all == sum(all(s in THERE for s in states) for states in by_trainee.values())
    assert results.genders == {one: people_of(states) for one, states in gender.items()}
    assert results.categories == {one: people_of(states) for one, states in category.items()}
    assert sum(one.expected for one in results.genders.values()) == results.people.expected
    kinds = Counter((person.kind, person.state) for person in by_hand.people.values())
    assert (results.named, results.withdrawn, results.replaced, results.stand_ins) == (
        kinds["class", "nominated"] + kinds["class", "confirmed"],
        kinds["class", "withdrawn"],
        kinds["class", "replaced"],
        kinds["stand_in", "confirmed"],
    )


def test_by_office_the_figures_are_those_counted_by_hand_and_add_up(lop):
    results, by_hand = results_of(lop.course, at=now()), ByHand(lop.course)
    counted = {}
    for (_session, pk), state in by_hand.states.items():
        counted.setdefault(by_hand.people[pk].office_name, Counter())[words(state)] += 1
    found = {office.name: office.presence for office in results.offices if office.presence.expected}
    assert {name: Counter(p.__dict__) - Counter(expected=p.expected) for name, p in found.items()} == counted
    expected = {by_hand.people[pk] for _session, pk in by_hand.states}
    own = sorted(expected, key=lambda person: (person.kind == "stand_in", person.office_name), reverse=True)
    of_person = {person.trainee_id: person.office_name for person in own}  # the own registration is last
    by_office = {}
    for (_session, pk), state in by_hand.states.items():
        trainee = by_hand.people[pk].trainee_id
        by_office.setdefault(of_person[trainee], {}).setdefault(trainee, []).append(state)
    assert {one.name: one.people for one in results.offices if one.people.expected} == {
        name: people_of(states) for name, states in by_office.items()
    }
    for part in ("expected", "there", "excused", "absent", "unmarked"):
        assert sum(getattr(office.presence, part) for office in results.offices) == getattr(results.presence, part)
    for part in ("expected", "attended", "with_leave", "without_leave", "unknown"):
        assert sum(getattr(office.people, part) for office in results.offices) == getattr(results.people, part)
    assert sum(office.named for office in results.offices) == results.named
    assert [office.name for office in results.offices] == [f"Đơn vị CQ{n:02d}" for n in range(12)]
    assert [office.seats for office in results.offices] == [40] * 10 + [25, None]
    assert results.seats == 425


def test_the_figures_are_those_of_the_boards_of_the_half_days_and_of_the_roll(lop):
    results = results_of(lop.course, at=now())
    boards = [board_of(session) for session in results.held]
    assert results.presence.expected == sum(len(board.people) for board in boards)
    assert results.presence.there == sum(len(board.there) for board in boards)
    assert results.presence.excused == sum(len(board.excused) for board in boards)
    assert results.presence.absent + results.presence.unmarked == sum(len(board.missing) for board in boards)
    assert sum(len(board.disputed) for board in boards) > 50
    roll = counts_by_session(results.held)
    assert (results.presence.expected, results.presence.there) == (
        sum(counts.expected for counts in roll.values()),
        sum(counts.seen for counts in roll.values()),
    )
    by_office = Counter()
    for board in boards:
        for office in board.offices:
            by_office[office.office.name] += office.there
    assert by_office == Counter({office.name: office.presence.there for office in results.offices})


def test_half_days_moved_cancelled_and_to_come_are_told_and_a_cancelled_one_counts_for_nothing(lop):
    results = results_of(lop.course, at=now())
    third, fourth, off, coming = (lop.sessions[place] for place in (3, 4, 6, 7))
    assert [(changed.session.pk, changed.why, changed.is_cancelled) for changed in results.changes] == [
        (third.pk, "Hội trường bận", False),
        (fourth.pk, "Hội trường bận", False),
        (off.pk, "Mưa bão", True),
    ]
    assert Mark.objects.filter(session=off).exists()
    assert off.state == SessionState.CANCELLED
    assert (results.still_to_come, coming in results.held) == (1, False)
    assert len(results.held) == 6


def test_certificates_are_counted_by_what_became_of_them(lop):
    papers = results_of(lop.course, at=now()).papers
    counts = {str(state): count for state, count in PAPERS.items()}
    assert (papers.prepared, papers.issued, papers.handed_over, papers.revoked) == (
        counts["prepared"],
        counts["issued"] + counts["handed_over"],
        counts["handed_over"],
        counts["revoked"],
    )


def test_the_figures_of_five_hundred_take_fifteen_queries(lop, django_assert_num_queries):
    with django_assert_num_queries(15):
        results_of(lop.course, at=now())
