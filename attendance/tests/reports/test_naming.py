import datetime as dt

import pytest

from attendance.constants import MarkState
from attendance.reports.naming import candidates_of
from attendance.tests.records import Class
from courses.constants.choices import CourseState
from courses.models import Course, Responsibility, Trainee
from courses.tests.planning import AFTERNOON, FIRST_DAY, make_session, make_trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def found(lop, words=""):
    return {c.trainee.full_name: c for c in candidates_of(lop.course, lop.ward, words).candidates}


def test_who_fits_stands_first_and_who_is_on_the_list_last(lop):
    [named] = lop.people(1)
    lop.a.audience.add(field := Responsibility.objects.get(code="cchc"))
    make_trainee(lop.ward, "Bùi Thử An")
    make_trainee(lop.ward, "Bùi Thử Yên").responsibilities.add(field)
    make_trainee(lop.other_ward, "Bùi Thử Xa")
    people = found(lop)
    assert list(people) == ["Bùi Thử Yên", "Bùi Thử An", named.trainee.full_name]
    assert [(c.is_named, c.fits) for c in people.values()] == [(False, [lop.a]), (False, []), (True, [])]
    assert candidates_of(lop.course, lop.ward).has_audience


def test_who_is_named_by_another_office_is_said_to_be(lop):
    """As after people moved: the office finds its own person neither among those to name nor on its list."""
    own, moved = lop.people(1) + lop.people(1, office=lop.other_ward)
    Trainee.objects.filter(pk=moved.trainee_id).update(office=lop.ward)
    people = found(lop)
    assert {name: (c.is_named, c.by_another) for name, c in people.items()} == {
        own.trainee.full_name: (True, False),
        moved.trainee.full_name: (True, True),
    }


def test_people_are_found_without_marks(lop):
    make_trainee(lop.ward, "Nguyễn Thử Ánh")
    make_trainee(lop.ward, "Nguyễn Thử Yên")
    assert list(found(lop, "thu anh")) == ["Nguyễn Thử Ánh"]


@pytest.mark.parametrize("alike", ["title", "block", "neither"])
def test_who_attended_a_concluded_class_of_this_title_or_of_one_of_its_blocks_is_told(lop, alike):
    """Registered alone is not attended."""
    past = Class(host=lop.host, code="CU")
    title = lop.course.title.upper() if alike == "title" else "Lớp khác"
    Course.objects.filter(pk=past.course.pk).update(title=title)
    if alike != "block":
        past.course.blocks.update(title="Khối khác")
    came, stayed_away = past.people(2, office=lop.ward)
    past.mark(past.general, MarkState.LATE, came)
    Course.objects.filter(pk=past.course.pk).update(state=CourseState.CONCLUDED)
    before = {name: candidate.before for name, candidate in found(lop).items()}
    told = past.course if alike != "neither" else None
    assert before == {came.trainee.full_name: told, stayed_away.trainee.full_name: None}


def test_who_is_in_another_class_at_the_same_half_day_is_told_with_the_half_day(lop):
    other = Class(host=lop.host, code="KHAC")
    both, only_b = other.people(1, office=lop.ward) + other.people(1, office=lop.ward, blocks=[other.b])
    other.general.delete()
    busy = {name: candidate.busy for name, candidate in found(lop).items()}
    # Block A of both classes is on the first afternoon, block B on the second morning.
    assert busy == {both.trainee.full_name: [lop.first, lop.second], only_b.trainee.full_name: [lop.second]}
    make_session(other.course, day=FIRST_DAY + dt.timedelta(days=2), hours=AFTERNOON)
    assert found(lop)[only_b.trainee.full_name].busy == [lop.second]


def test_the_choice_costs_the_same_for_one_person_and_for_three(lop, django_assert_num_queries):
    past = Class(host=lop.host, code="CU")
    Course.objects.filter(pk=past.course.pk).update(title=lop.course.title)
    for count in (1, 2):
        people = past.people(count, office=lop.ward)
        past.mark(past.general, MarkState.PRESENT, *people)
        Course.objects.filter(pk=past.course.pk).update(state=CourseState.CONCLUDED)
        with django_assert_num_queries(15):
            candidates_of(lop.course, lop.ward)
        Course.objects.filter(pk=past.course.pk).update(state=CourseState.RUNNING)
