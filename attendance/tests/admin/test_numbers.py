"""The pages of numbers: each number has as many people behind it as it says, and nobody of another host."""

import datetime as dt
import re

import lxml.html
import pytest
from django.conf import settings
from django.urls import reverse

from attendance.constants import CertificateState, MarkState
from attendance.models import Certificate
from attendance.reports.board import board_of
from attendance.reports.numbers_year import year_numbers
from attendance.reports.yearly import year_of
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class, prepared
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import now, set_clock
from courses.constants.periods import YEARLY_TARGETS
from courses.models import Course, Index, PlannedClass, Registration, Responsibility, Seats, Setting
from courses.reports.trained import trained
from courses.services.registrations import register
from courses.tests.planning import FIRST_DAY, make_course, make_organiser, make_trainee, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def numbers(course) -> str:
    return reverse("admin:attendance_courseresult_numbers", args=[course.pk])


def year(of=FIRST_DAY.year) -> str:
    return reverse("admin:attendance_courseresult_year", args=[of])


@pytest.fixture
def lop():
    """A class with seats, people of every state of attendance, papers in every state, and somebody from two offices in
    another class of the year."""
    lop = Class()
    there = lop.attended(4)
    some = lop.people(3, office=lop.other_ward)
    lop.mark(lop.general, MarkState.EXCUSED, some[0])
    lop.mark(lop.general, MarkState.ABSENT, some[1])
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    papers = [result.certificate for result in prepared(lop) if result.certificate]
    Certificate.objects.filter(pk=papers[1].pk).update(state=CertificateState.ISSUED, issued_at=now())
    handed = {"state": CertificateState.HANDED_OVER, "issued_at": now(), "handed_on": dt.date(2026, 6, 11)}
    Certificate.objects.filter(pk=papers[2].pk).update(**handed)
    for office, block, number in ((lop.ward, None, 5), (lop.other_ward, lop.a, 2), (lop.other_ward, lop.b, 4)):
        Seats.objects.create(course=lop.course, office=office, block=block, number=number)
    second = make_course(lop.host, "LOP-9", state=CourseState.PUBLISHED)
    register(second, there[0].trainee, actor=SYSTEM)
    Course.objects.filter(pk=second.pk).update(state=CourseState.RUNNING)
    Registration.objects.filter(course=second).update(office=lop.other_ward)
    index, field = Index.objects.create(code="THU", name="Chỉ số thử", order=1), Responsibility.objects.first()
    lop.course.indices.add(index)
    lop.a.audience.add(field)
    there[0].trainee.responsibilities.add(field)
    make_trainee(lop.ward, "Ngô Thử Chưa").responsibilities.add(field)
    Setting.objects.create(key=YEARLY_TARGETS, value={"": 8})
    return lop


@pytest.fixture
def boss(client, lop):
    return signed_in(client, make_organiser(lop.host))


def links_with_numbers(client, address) -> list[tuple[int, str]]:
    page = lxml.html.fromstring(client.get(address).content.decode())
    found = [(link.text_content().strip(), link.get("href")) for link in page.xpath("//div[@id='content-main']//a")]
    return [(int(text), href) for text, href in found if text.isdigit() and "what=" in href]


def behind(client, address) -> int:
    """Rows of the list on all its pages."""
    count, more = 0, address
    while more:
        page = lxml.html.fromstring(client.get(more).content.decode())
        count += len(page.xpath("//table/tbody/tr"))
        [more] = page.xpath("//nav/a[text()='Next']/@href") or [""]
        more = more and address.partition("?")[0] + more
    said = re.search(r"(?:People|Half-days of people): (\d+)", page.text_content())
    assert int(said[1]) == count
    return count


@pytest.mark.parametrize(("page", "least"), [("class", 43), ("year", 60)])
def test_each_number_has_so_many_people_behind_it(lop, boss, monkeypatch, page, least):
    monkeypatch.setattr("attendance.admin.numbers.PEOPLE_A_PAGE", 4)
    found = links_with_numbers(boss, numbers(lop.course) if page == "class" else year())
    assert [(said, href) for said, href in set(found) if behind(boss, href) != said] == []
    assert len(found) >= least


def test_the_numbers_of_a_class_are_those_of_its_boards(lop, boss):
    page = lxml.html.fromstring(boss.get(numbers(lop.course)).content.decode())
    rows = page.xpath("//section[@id='of-half-days']//tbody/tr")
    for row, session in zip(rows, lop.sessions, strict=True):
        expected, there, excused, absent, unmarked = (int(cell.text_content()) for cell in row.xpath("td"))
        board = board_of(session)
        assert (expected, there, excused) == (len(board.people), len(board.there), len(board.excused))
        assert absent + unmarked == len(board.missing)
    assert [int(cell.text_content()) for cell in rows[0].xpath("td")] == [7, 4, 1, 2, 0]


@pytest.mark.parametrize("page", ["class", "year"])
def test_what_is_still_to_come_has_a_column_of_its_own_where_there_is_any(lop, boss, page):
    address = numbers(lop.course) if page == "class" else year()
    assert "Still to come" not in boss.get(address).content.decode()
    set_clock(lop.second.starts_at - dt.timedelta(minutes=1))
    assert "Still to come" in boss.get(address).content.decode()
    found = [(said, href) for said, href in set(links_with_numbers(boss, address)) if "to_come" in href]
    assert found
    assert [(said, href) for said, href in found if behind(boss, href) != said] == []
    set_clock(lop.second.starts_at)
    assert "Still to come" not in boss.get(address).content.decode()


def test_the_numbers_of_a_year_are_those_of_the_reports_beside_it(lop):
    found, beside = year_numbers(SYSTEM, FIRST_DAY.year, "/x"), trained(SYSTEM, year=FIRST_DAY.year)
    assert (found.people.value, found.turns.value) == (beside.people, beside.turns) == (7, 8)
    rows = {row.label: [number.value for number in row.numbers] for row in found.offices.table.rows}
    assert {name: tuple(row[2:4]) for name, row in rows.items()} == {
        row.name if row.name in rows else lop.other_ward.name: (row.people, row.turns) for row in beside.rows
    }
    people = Registration.objects.active().values_list("trainee_id", flat=True).distinct()
    years = year_of(set(people), FIRST_DAY.year).values()
    foot = [number.value for number in found.periods.table.foot.numbers]
    assert foot == [
        7,
        sum(not y.missing for y in years),
        sum(y.missing > 0 for y in years),
        sum(y.periods for y in years),
    ]
    assert found.came[lop.course.pk] == 4


def test_another_host_sees_nothing_and_its_people_are_nowhere(lop, boss, client):
    other = Class(code="KHAC")
    canary = make_trainee(other.ward, "Ngô Thử Lạ Mặt")
    register(other.course, canary, actor=SYSTEM)
    people = reverse("admin:attendance_courseresult_year_people", args=[2026])
    for address in (numbers(lop.course), year(), f"{people}?what=named", f"{people}?what=expected"):
        text = boss.get(address).content.decode()
        assert "Lạ Mặt" not in text
        assert "KHAC" not in text
    theirs = reverse("admin:attendance_courseresult_numbers_people", args=[other.course.pk])
    gone = [numbers(other.course), f"{theirs}?what=named", f"{people}?what=named&course={other.course.pk}"]
    gone += [f"{people}?what=salary", people, f"{people}?what=named&course=x", year(1999), numbers(Course(pk=999))]
    assert [boss.get(address).status_code for address in gone] == [404] * len(gone)
    session = f"{numbers(lop.course)}/people?what=expected&session={other.general.pk}"
    assert behind(boss, session) == 0
    signed_in(client, make_organiser(other.host))
    assert "Lạ Mặt" in client.get(f"{people}?what=named").content.decode()


def test_a_class_with_nobody_and_a_year_without_classes_say_what_to_do_first(boss, lop):
    empty = make_course(lop.host, "RONG", state=CourseState.PUBLISHED)
    text = boss.get(numbers(empty)).content.decode()
    assert "no office has seats" in text
    assert reverse("admin:courses_course_seats", args=[empty.pk]) in text
    text = boss.get(year(2020)).content.decode()
    assert "No class of yours begins in 2020 yet" in text
    assert f'href="{year()}"' in text  # the years that there are
    answer = boss.get(reverse("admin:attendance_courseresult_this_year"))
    assert answer.headers["Location"] == year(2026)


def test_a_class_leads_to_its_numbers_and_the_first_page_to_those_of_the_year(boss, lop):
    overview = reverse("admin:courses_course_overview", args=[lop.course.pk])
    assert numbers(lop.course) in boss.get(overview).content.decode()
    this_year = reverse("admin:attendance_courseresult_this_year")
    for name in ("admin:index", "admin:courses_course_changelist"):
        assert this_year in boss.get(reverse(name)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("page", "queries"), [("class", 22), ("year", 12), ("people", 6), ("turns", 7)])
def test_a_page_costs_the_same_queries_for_one_row_as_for_three(
    client, django_assert_num_queries, page, queries, count
):
    """Of the year's, four are of signing in and of the roles."""
    lop = Class()
    for n in range(count):
        office = lop.ward if n else lop.other_ward
        people = lop.people(count, office=office)
        lop.mark(lop.general, MarkState.PRESENT, *people)
        PlannedClass.objects.create(host=lop.host, year=2026, title=f"Lớp {n}", month=6)
        if n:
            other = make_course(lop.host, f"THEM-{n}", state=CourseState.RUNNING)
            register(other, people[0].trainee, actor=SYSTEM)
    client = signed_in(client, make_organiser(lop.host, RoleKind.ORGANISER))
    people = reverse("admin:attendance_courseresult_year_people", args=[2026])
    address = {
        "class": numbers(lop.course),
        "year": year(),
        "people": f"{people}?what=named",
        "turns": f"{people}?what=expected",
    }[page]
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)
