"""What the record adds to the organiser's week."""

from uuid import uuid4

import pytest
from django.urls import reverse

from attendance.models import RefusedScan
from attendance.reports.week import notes_of_doors
from attendance.services.doors import make_door, settle_refused
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.constants.clock import now, set_clock
from courses.tests.planning import make_organiser, organiser_of, signed_in

pytestmark = pytest.mark.django_db


def refuse(lop, *codes):
    set_clock(lop.general.starts_at)
    door = make_door(lop.course, [lop.general], name="Cửa A", until=lop.general.ends_at, actor=lop.organiser)
    take_scans(door, [Scan(uuid4(), now(), code=code) for code in codes], device=uuid4(), sent=now())


@pytest.mark.usefixtures("english")
def test_the_card_of_a_class_says_how_many_refused_entries_wait_and_where(django_assert_num_queries):
    lop = Class()
    others = [Class(lop.host, code=f"LOP-{number}") for number in (2, 3)]
    refuse(lop, "lạ")
    page = reverse("admin:attendance_courseresult_refused", args=[lop.course.pk])
    with django_assert_num_queries(1):
        [note] = notes_of_doors([lop.course], lop.organiser)[lop.course.pk]
    assert (note.text, note.level, note.url) == ("1 entry refused at the doors, to be dealt with", "warn", page)
    for other in others:
        refuse(other, "lạ", "khác")
    courses = [one.course for one in (lop, *others)]
    with django_assert_num_queries(1):
        notes = notes_of_doors(courses, lop.organiser)
    assert [notes[course.pk][0].text.split()[0] for course in courses] == ["1", "2", "2"]
    for row in RefusedScan.objects.all():
        settle_refused(row, actor=lop.organiser)
    assert notes_of_doors(courses, lop.organiser) == {}


def test_of_another_hosts_doors_nothing_is_said_and_an_officer_gets_no_way_to_them():
    lop = Class()
    refuse(lop, "lạ")
    assert notes_of_doors([lop.course], organiser_of(Class(code="LOP-9").host)) == {}
    [note] = notes_of_doors([lop.course], lop.officer)[lop.course.pk]
    assert note.url == ""


@pytest.mark.parametrize("kind", [RoleKind.ORGANISER, RoleKind.OFFICER])
def test_the_week_shows_it(client, kind):
    lop = Class()
    refuse(lop, "lạ")
    signed_in(client, make_organiser(lop.host, kind))
    page = client.get(reverse("admin:index")).content.decode()
    address = reverse("admin:attendance_courseresult_refused", args=[lop.course.pk])
    assert (address in page) == (kind == RoleKind.ORGANISER)
