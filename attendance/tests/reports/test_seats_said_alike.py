"""Seats that were given by block, by class or by both ask everywhere for the same number of people."""

import pytest

from attendance.constants import ClassPaperKind
from attendance.reports.class_papers.fields import fields_of
from attendance.reports.class_papers.results import results_of
from attendance.reports.desk import own_classes
from attendance.reports.numbers_class import class_numbers
from attendance.reports.numbers_year import year_numbers
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import RoleKind
from courses.constants.clock import now
from courses.models import OfficeAnswer, Seats
from courses.reports.classes import facts_of
from courses.reports.offices_of_class import board
from courses.rules.actors import actor_of
from courses.rules.seats import people_asked_for
from courses.tests.planning import FIRST_DAY, make_organiser


def test_the_number_for_the_class_holds_and_of_blocks_alone_the_largest():
    rows = [(1, 1, 7, 3), (1, 1, 8, 2), (1, 2, 7, 9), (1, 2, None, 5), (1, 3, None, 0), (2, 1, 7, 1)]
    assert people_asked_for(rows) == {(1, 1): 3, (1, 2): 5, (1, 3): 0, (2, 1): 1}


@pytest.mark.django_db
def test_every_page_and_every_paper_says_the_same():
    lop = Class()
    for office, block, number in (
        (lop.ward, lop.a, 3), (lop.ward, lop.b, 2), (lop.other_ward, None, 5), (lop.other_ward, lop.a, 9)
    ):  # fmt: skip
        Seats.objects.create(course=lop.course, office=office, block=block, number=number)
    coordinator = make_organiser(lop.ward, RoleKind.COORDINATOR)
    OfficeAnswer.objects.create(course=lop.course, office=lop.ward)

    shown, summons = board(lop.course), fields_of(lop.course, ClassPaperKind.SUMMONS, at=now())
    results = results_of(lop.course, at=now())
    assert [row.asked for row in shown.rows] == [3, 5]
    assert [row.missing for row in shown.rows] == [3, 5]
    assert [row["so_luong"] for row in summons["chi_tieu"]] == ["03", "05"]
    assert summons["chi_theo_khoi"]
    assert [office.seats for office in results.offices] == [3, 5]
    assert [one.seats for one in own_classes(actor_of(coordinator))] == [3]
    together = class_numbers(lop.course, "/x").seats.table.foot, year_numbers(SYSTEM, FIRST_DAY.year, "/x").offices
    sums = [shown.asked, results.seats, facts_of([lop.course])[lop.course.pk].seats_given]
    sums += [together[0].numbers[0].value, together[1].table.foot.numbers[0].value, int(summons["tong_chi_tieu"])]
    assert sums == [8] * 6
