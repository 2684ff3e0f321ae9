"""What the record adds to the organiser's week."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from attendance.models import Certificate, RefusedScan
from attendance.reports.week import notes_of_corrections, notes_of_doors, notes_of_telling
from attendance.services.corrections import ask_correction, refuse_correction
from attendance.services.doors import make_door, settle_refused
from attendance.services.register import issue_papers
from attendance.services.scans import Scan, take_scans
from attendance.tests.records import Class, officer_of, prepared
from courses.constants.choices import RoleKind
from courses.constants.clock import now, set_clock
from courses.models import Message
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


@pytest.mark.usefixtures("english")
def test_what_was_asked_about_papers_waits_on_the_first_page_of_the_officer_with_its_day(
    client, django_assert_num_queries
):
    elsewhere = officer_of(Class(code="LOP-9").host)
    lop = Class()
    lop.attended(3)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    assert notes_of_corrections(lop.officer) == []
    papers = list(Certificate.objects.order_by("number"))
    first = ask_correction(papers[0], words="Sai tên", is_lost=False, actor=lop.officer)
    with django_assert_num_queries(1):
        [note] = notes_of_corrections(lop.officer)
    assert note.text == f"1 correction or new paper asked for – to be answered by {first.due_on:%d/%m/%Y}"
    assert note.level == "warn"
    set_clock(dt.datetime(2026, 6, 25, 9))
    for paper in papers[1:]:
        ask_correction(paper, words="Sai tên", is_lost=False, actor=lop.officer)
    with django_assert_num_queries(1):
        [note] = notes_of_corrections(lop.officer)
    words = (
        f"3 corrections or new papers asked for – the first to be answered by {first.due_on:%d/%m/%Y} (1 is overdue)"
    )
    assert (note.text, note.level) == (words, "bad")
    assert notes_of_corrections(lop.organiser) == notes_of_corrections(elsewhere) == []
    client.cookies["language"] = "en"
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    text = client.get(reverse("admin:index")).content.decode()
    assert words in text
    assert len(client.get(note.url).context["cl"].result_list) == 3
    refuse_correction(first, answer="Đúng", actor=lop.officer)
    assert len(client.get(note.url).context["cl"].result_list) == 2


def test_the_lists_of_the_certificate_officer_stand_before_the_classes(client):
    lop = Class()
    lists = ("certificate", "correction", "registerbook", "papertemplate", "blankrange", "courseresult")
    for kind in (RoleKind.OFFICER, RoleKind.ORGANISER):
        client.logout()
        signed_in(client, make_organiser(lop.host, kind))
        text = client.get(reverse("admin:index")).content.decode()
        for name in lists:
            address = f'"{reverse(f"admin:attendance_{name}_changelist")}"'
            assert text.count(address) == 1
            assert (text.index(address) < text.index('class="week"')) == (kind == RoleKind.OFFICER)


@pytest.mark.usefixtures("english")
def test_the_card_says_how_many_are_not_reminded_and_what_was_not_sent(django_assert_num_queries):
    lop = Class()
    set_clock(dt.datetime(2026, 6, 4, 19, 0))
    lop.people(2)
    with django_assert_num_queries(12):
        [note] = notes_of_telling([lop.course], lop.organiser)[lop.course.pk]
    page = reverse("admin:attendance_courseresult_tell", args=[lop.course.pk])
    assert (note.text, note.level, note.url) == ("Class tomorrow: 2 people were not reminded", "warn", page)
    others = [Class(lop.host, code=f"LOP-{number}") for number in (2, 3)]
    set_clock(dt.datetime(2026, 6, 4, 19, 0))
    for other in others:
        person = other.people(1)[0].trainee
        Message.objects.create(
            course=other.course, act=uuid4(), trainee=person, channel="email", address="x@thu.example",
            state="unknown", approved_at=now(),
        )  # fmt: skip
    courses = [one.course for one in (lop, *others)]
    with django_assert_num_queries(12):
        notes = notes_of_telling(courses, lop.organiser)
    assert [len(notes[course.pk]) for course in courses] == [1, 2, 2]
    assert notes_of_telling(courses, lop.officer) == {}
