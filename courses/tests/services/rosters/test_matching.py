"""What an office learns of people by sending lists."""

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import RowDecision
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Trainee
from courses.services.limits import FAILURES
from courses.services.rosters.reading import judge_roster, read_roster
from courses.services.trainees import save_trainee
from courses.tests.listing import csv_of, line


def by_link(world) -> Actor:
    return Actor("office", office_id=world.one.pk, course_id=world.course.pk, coordinates=frozenset({world.one.pk}))


def known(office, name: str, number: int | None = None, **fields) -> Trainee:
    if number is not None:
        fields["citizen_number"] = f"093175000{number:03d}"
    return save_trainee(Trainee(), actor=SYSTEM, full_name=name, office=office, **fields)


def of(number: int, name: str = "Ngô Thử Dò") -> tuple:
    return line(name, "1975", number=f"093175000{number:03d}")


def problems(world, *lines) -> list[str]:
    _reading, judged = judge_roster(world.course, csv_of(*lines), actor=by_link(world), office=world.one)
    return [one.verdict.problem for one in judged]


@pytest.mark.parametrize("name", ["Lê Thử Xa", "Ngô Thử Dò"])  # of another office by its own name, and by another
def test_a_list_of_numbers_tells_an_office_no_more_than_the_form_does(world, name):
    """Take `_too_many_tried` out of `_People` and one list tells of hundreds of numbers whether they are kept."""
    for number in range(FAILURES):
        known(world.far, f"{name}", number)
    lines = [of(number, "Ngô Thử Dò") for number in range(FAILURES)] + [of(500)]
    (said,) = set(problems(world, *lines))
    with translation.override("en"):
        assert set(problems(world, *lines)) == {
            "Too many citizen numbers were refused. Please leave the number empty, or wait five minutes."
        }
    assert problems(world, of(700), line("Ngô Thử Không Số", "1980")) == [said, ""]
    read_roster(world.course, csv_of(*lines), "a.csv", actor=by_link(world), office=world.one)
    log = ActionLog.objects.get(action="find by citizen number")
    assert len(log.changes["trainees"]) == FAILURES


def test_the_same_list_sent_again_is_counted_once_and_own_people_are_not_counted(world):
    known(world.far, "Lê Thử Xa", 1)
    for number in range(20, 20 + FAILURES):
        known(world.one, f"Ngô Thử {chr(70 + number)}", number)
    own = [of(number, f"Ngô Thử {chr(70 + number)}") for number in range(20, 20 + FAILURES)]
    for _time in range(FAILURES + 1):
        first, *others = problems(world, of(1), *own)
        assert first
        assert set(others) == {""}


@pytest.mark.parametrize(
    "tried",
    [line("Ngô Thử An", "05/06/1980"), line("Ngô Thử An", "06/06/1980"), line("Ngô Thử An", phone="0900000001"),
     line("Ngô Thử An", phone="0900000002"), line("Ngô Thử An")],
)  # fmt: skip
def test_days_of_birth_and_telephones_are_no_proof_for_an_office_so_that_the_answer_does_not_differ(world, tried):
    """Take `by_office` out of `verdict` and the right day or number answers otherwise than a wrong one."""
    person = known(world.one, "Ngô Thử An", birth=PartialDate.parse("05/06/1980"), phone="0900000001")
    _reading, (judged,) = judge_roster(world.course, csv_of(tried), actor=by_link(world), office=world.one)
    assert (judged.verdict.decision, judged.verdict.candidates) == (RowDecision.ASK, [person])
