"""The yearly plan: its lines, what became of them, the class that is made of one, the file."""

import datetime as dt
import io

import lxml.html
import pytest
from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook

from attendance.constants import MarkState
from attendance.tests.records import Class
from courses.constants.choices import CourseState
from courses.models import ActionLog, Course, PlannedClass
from courses.tests.planning import make_course, make_office, make_organiser, signed_in

pytestmark = pytest.mark.django_db
YEAR = reverse("admin:courses_plannedclass_year", args=[2026])


@pytest.fixture
def lop():
    """Two people on the list of five planned, one of whom came."""
    lop = Class()
    one, _two = lop.people(2)
    lop.mark(lop.general, MarkState.PRESENT, one)
    lop.line = PlannedClass.objects.create(
        host=lop.host, year=2026, month=6, title="Lớp đã mở", people=5, course=lop.course
    )
    lop.late = PlannedClass.objects.create(
        host=lop.host, year=2026, month=3, title="=1+1", people=7, audience="Mọi người"
    )
    off = {"put_off": "Chờ kinh phí, sang năm 2027", "people": 9}
    PlannedClass.objects.create(host=lop.host, year=2026, month=2, title="Lớp hoãn", order=200, **off)
    return lop


@pytest.fixture
def boss(client, lop):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return signed_in(client, make_organiser(lop.host))


def cells(row):
    return [" ".join(cell.text_content().split()) for cell in row.xpath("th|td")]


def test_the_page_of_a_year_says_what_became_of_each_line_and_who_came(lop, boss):
    page = lxml.html.fromstring(boss.get(YEAR).content.decode())
    rows = [cells(row) for row in page.xpath("//tbody/tr")]
    assert [(row[0].partition("Đơn vị")[0].strip(), *row[3:]) for row in rows] == [
        ("=1+1", "7", "–", "–"), ("Lớp đã mở", "5", "2", "1"), ("Lớp hoãn", "9", "–", "–"),
    ]  # fmt: skip
    assert page.xpath("//tbody//span[contains(@class, 'state')]/text()") == ["Overdue", "Held", "Put off"]
    assert cells(page.xpath("//tfoot/tr")[0])[3:] == ["21", "2", "1"]
    made = reverse("admin:courses_course_add")
    assert page.xpath(f"//a[starts-with(@href, '{made}')]/@href") == [f"{made}?planned={lop.late.pk}"]
    [named, came] = page.xpath("//tbody//a[contains(@href, 'what=')]/@href")
    for address, count in ((named, 2), (came, 1)):
        behind = lxml.html.fromstring(boss.get(address).content.decode())
        assert len(behind.xpath("//tbody/tr")) == count
    assert "Lớp đã mở" in boss.get(reverse("admin:attendance_courseresult_year", args=[2026])).content.decode()


def test_the_file_says_the_same_and_computes_nothing(lop, boss):
    answer = boss.get(f"{YEAR}?file=xlsx")
    cells = list(load_workbook(io.BytesIO(answer.content)).active)[3:7]
    rows = [[cell.value for cell in row] for row in cells]
    assert [row[2] for row in rows] == ["Title", "=1+1", "Lớp đã mở", "Lớp hoãn"]
    assert {row[2].data_type for row in cells} == {"s"}
    assert rows[2][6:10] == [5, 2, 1, "Held"]
    assert rows[3][9:11] == ["Put off", "Chờ kinh phí, sang năm 2027"]


def test_a_class_is_made_of_a_line_with_what_the_line_says(lop, boss):
    address = f"{reverse('admin:courses_course_add')}?planned={lop.late.pk}"
    form = lxml.html.fromstring(boss.get(address).content.decode()).get_element_by_id("course_form")
    said = dict(form.fields)
    assert (said["title"], said["audience"].strip(), said["capacity"]) == ("=1+1", "Mọi người", "7")
    assert said["host_office"] == str(lop.host.pk)
    data = {name: value or "" for name, value in form.form_values()}
    data |= {"code": "MOI-2026", "starts_on": "01/07/2026", "ends_on": "02/07/2026"}
    assert boss.post(address, data).status_code == 302
    lop.late.refresh_from_db()
    assert lop.late.course == Course.objects.get(code="MOI-2026")
    assert ActionLog.objects.filter(action="link class", subject_id=lop.late.pk).exists()
    # Somebody else made it meanwhile: nothing is saved, and the form says why.
    text = boss.post(address, data | {"code": "MOI-2"}).content.decode()
    assert "has its class already" in text
    assert not Course.objects.filter(code="MOI-2").exists()


def test_lines_are_entered_changed_and_deleted_and_that_is_logged(lop, boss):
    data = {"host": lop.host.pk, "year": 2027, "title": "Lớp năm sau", "kind": "training", "order": 100}
    add = reverse("admin:courses_plannedclass_add")
    assert boss.post(add, data).headers["Location"] == reverse("admin:courses_plannedclass_year", args=[2027])
    made = PlannedClass.objects.get(year=2027)
    change = reverse("admin:courses_plannedclass_change", args=[made.pk])
    boss.post(change, data | {"put_off": "Chờ kinh phí"})
    boss.post(reverse("admin:courses_plannedclass_delete", args=[made.pk]), {"post": "yes"})
    assert not PlannedClass.objects.filter(year=2027).exists()
    entries = ActionLog.objects.filter(subject="courses.plannedclass", subject_id=made.pk).order_by("pk")
    assert list(entries.values_list("action", flat=True)) == ["add", "change", "delete"]
    foreign = make_course(make_office("B"), "LOP-B", state=CourseState.PUBLISHED)
    assert boss.post(add, data | {"course": foreign.pk}).status_code == 200
    assert not PlannedClass.objects.filter(year=2027).exists()


def test_a_line_is_proposed_for_the_own_office_and_offered_to_none_that_has_ended(lop, boss):
    ended = make_office("CU", lop.host, valid_to=dt.date(2020, 7, 1))
    old = PlannedClass.objects.create(host=ended, year=2019, title="Lớp cũ", people=1)

    def offered(address):
        page = lxml.html.fromstring(boss.get(address).content.decode())
        [field] = page.xpath("//select[@name='host']")
        return set(map(int, filter(None, field.xpath("option/@value")))), field.value

    hosts, proposed = offered(reverse("admin:courses_plannedclass_add"))
    assert (lop.host.pk in hosts, ended.pk in hosts, proposed) == (True, False, str(lop.host.pk))
    hosts, chosen = offered(reverse("admin:courses_plannedclass_change", args=[old.pk]))
    assert (ended.pk in hosts, chosen) == (True, str(ended.pk))


def test_a_line_is_of_a_year_in_which_its_host_exists(lop, boss):
    """A line that stands can be put off whatever became of its host."""
    host = make_office("SAP", lop.host, valid_from=dt.date(2026, 6, 1), valid_to=dt.date(2028, 1, 1))
    add, line = reverse("admin:courses_plannedclass_add"), {"title": "Lớp", "kind": "training", "order": 1}
    refused = {
        year: boss.post(add, line | {"host": host.pk, "year": year}).status_code == 200 for year in range(2025, 2029)
    }
    assert refused == {2025: True, 2026: False, 2027: False, 2028: True}
    late = PlannedClass.objects.create(host=host, year=2028, title="Lớp")
    change, as_is = reverse("admin:courses_plannedclass_change", args=[late.pk]), line | {"host": host.pk, "year": 2028}
    assert boss.post(change, as_is | {"put_off": "Chờ"}).status_code == 302
    assert "does not exist in the year" in boss.post(change, as_is | {"year": 2029}).content.decode()


def test_another_host_sees_and_changes_nothing_of_it(lop, client):
    signed_in(client, make_organiser(make_office("B")))
    assert "Lớp đã mở" not in client.get(YEAR).content.decode()
    change = reverse("admin:courses_plannedclass_change", args=[lop.line.pk])
    made = f"{reverse('admin:courses_course_add')}?planned={lop.late.pk}"
    gone = [client.get(change), client.post(change, {"title": "x"}), client.get(made), client.post(made, {})]
    gone.append(client.get(reverse("admin:courses_plannedclass_year", args=[1999])))
    assert [answer.status_code for answer in gone] == [404] * 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_queries_for_one_line_as_for_three(lop, boss, django_assert_num_queries, count):
    for n in range(count - 1):
        course = make_course(lop.host, f"LOP-{n + 2}", state=CourseState.RUNNING)
        PlannedClass.objects.create(host=lop.host, year=2026, title=f"Lớp {n}", course=course)
    boss.get(YEAR)
    with django_assert_num_queries(6):
        boss.get(YEAR)
