"""The reorganisation of 1 July 2025 with the real offices (`courses/data/offices.csv`, DOMAIN 1.2).

Before it the city held a class with people of its wards and communes. Then nine of them became Phường Vị Thanh, Phường
Vị Tân and Xã Hỏa Lựu, the city ended, and their people were moved over. What was said stays said; what comes is said
with the new names.
"""

import csv
import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from attendance.constants import MarkState
from attendance.models import Certificate
from attendance.reports.papers import Order
from attendance.services.ledger import Change, mark_by_hand
from attendance.services.register import issue_papers, prepare_papers
from courses.constants import codes, links
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import set_clock
from courses.models import Course, Heading, Office, OfficeAnswer, OfficeSuccession, Registration, Role, Signer, Trainee
from courses.reports.classes import overview
from courses.reports.trained import trained
from courses.rules.actors import actor_of
from courses.rules.permissions import may_organise, may_plan_for
from courses.services.offices import OFFICES_FILE, load_offices
from courses.services.registrations import Nominee, register_many
from courses.services.reorganisation import NewOffice, merge_offices
from courses.services.rosters.reading import judge_roster
from courses.services.trainees import save_trainee
from courses.services.transfers import move_people
from courses.tests.listing import csv_of, line
from courses.tests.planning import make_block, make_course, make_organiser, make_session, make_user, signed_in

pytestmark = pytest.mark.django_db
CUT = dt.date(2025, 7, 1)
CLASS_DAY = dt.date(2022, 6, 14)
#: Old codes by the new office: name, kind, official code.
MERGED = {
    ("Phường Vị Thanh", "ward", "31321"): ("31318", "31321", "31330"),
    ("Phường Vị Tân", "ward", "31333"): ("31324", "31327", "31333"),
    ("Xã Hỏa Lựu", "commune", "31338"): ("31336", "31338", "31339"),
}
OLD_NAMES = {
    "31318": "Phường I", "31321": "Phường III", "31324": "Phường IV", "31327": "Phường V", "31330": "Phường VII",
    "31333": "Xã Vị Tân", "31336": "Xã Hỏa Lựu", "31338": "Xã Tân Tiến", "31339": "Xã Hỏa Tiến",
}  # fmt: skip


class World:
    """2022: the offices of the file without what came in July 2025, and a class of the city."""

    def __init__(self, folder):
        set_clock(dt.datetime(2022, 6, 1, 8, 0))
        load_offices(as_in_2022(folder))
        self.city = Office.objects.get(code="930")
        self.city_organiser = make_organiser(self.city)
        self.city_officer = make_organiser(self.city, RoleKind.OFFICER)
        self.course = make_course(
            self.city, "CCHC-2022", starts_on=CLASS_DAY, ends_on=CLASS_DAY, state=CourseState.RUNNING
        )
        make_block(self.course)
        self.session = make_session(self.course, day=CLASS_DAY)
        self.people = {}
        for code, name in OLD_NAMES.items():
            office = Office.objects.get(code=code)
            for place in range(2):
                person = save_trainee(
                    Trainee(), actor=SYSTEM, full_name=f"Ngô Thử {name} {'Một' if place else 'Hai'}", office=office
                )
                self.people.setdefault(code, []).append(person)
        nominees = [Nominee(p, p.office, "Chuyên viên") for people in self.people.values() for p in people]
        registered, _refused = register_many(self.course, nominees, actor=SYSTEM)
        self._papers(list(registered.values()))
        self.superuser = Actor("user", user_id=make_user().pk, is_superuser=True)

    def _papers(self, registrations):
        set_clock(dt.datetime(2022, 6, 20, 8, 0))
        Heading.objects.create(office=self.city, superior="UBND TỈNH", body="UBND THÀNH PHỐ", place="Vị Thanh")
        signer = Signer.objects.create(office=self.city, title="Phó Chủ tịch", full_name="Ngô Thử Ký")
        organiser, officer = actor_of(self.city_organiser), actor_of(self.city_officer)
        present = [Change(registration.pk, "", MarkState.PRESENT) for registration in registrations]
        mark_by_hand(self.session, present, actor=organiser, submission=uuid4())
        order = Order(issuer=self.city, signer=signer, issue_date=dt.date(2022, 6, 17))
        prepare_papers(self.course, order, actor=officer)
        issue_papers(self.course, actor=officer)
        self.course.state = CourseState.CONCLUDED
        self.course.save()

    def july(self):
        """The day has come: the nine become three, the city and its offices end, people are moved over."""
        set_clock(dt.datetime(2025, 7, 2, 8, 0))
        self.new = {}
        for (name, kind, official), old in MERGED.items():
            offices = list(Office.objects.filter(code__in=old))
            new = NewOffice(name, kind, official_code=official)
            self.new[name] = merge_offices(offices, new, on=CUT, actor=self.superuser)
        Office.objects.filter(valid_from__isnull=True, valid_to__isnull=True).update(valid_to=CUT)
        Office.objects.filter(code="930").update(valid_to=CUT)
        self.ward = self.new["Phường Vị Thanh"]
        self.ward_organiser = make_user(is_staff=True)
        Role.objects.create(user=self.ward_organiser, office=self.ward, kind=RoleKind.ORGANISER, valid_from=CUT)

    def moved_over(self):
        """By the organiser of the ward for the ward, by the site's manager for the two others."""
        self.july()
        for (name, _kind, _official), old in MERGED.items():
            actor = actor_of(self.ward_organiser) if name == "Phường Vị Thanh" else self.superuser
            for code in old:
                office, people = Office.objects.get(code=code), [person.pk for person in self.people[code]]
                move_people(office, self.new[name], people, effective_on=CUT, actor=actor)
        set_clock(dt.datetime(2026, 3, 2, 8, 0))
        return self


def as_in_2022(folder):
    """The file as it would have been: nothing of July 2025, and nobody knew what would end."""
    with OFFICES_FILE.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["valid_from"] != CUT.isoformat()]
    for row in rows:
        row["valid_to"] = row["successor"] = ""
    file = folder / "offices.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_the_pages_and_the_file_say_the_same(world):
    """Merged by the service, the offices are those of the file: same codes, dates, successors."""
    world.july()
    fields = ("code", "name", "kind", "official_code", "code_system", "valid_from", "valid_to")
    merged = {*sum(MERGED.values(), ()), *(office.code for office in world.new.values())}
    done = set(Office.objects.filter(code__in=merged).values_list(*fields))
    passed = set(OfficeSuccession.objects.values_list("old__code", "new__code", "date"))
    load_offices()
    assert set(Office.objects.filter(code__in=merged).values_list(*fields)) == done
    wards = OfficeSuccession.objects.exclude(old__code="P-LDTBXH")
    assert set(wards.values_list("old__code", "new__code", "date")) == passed
    assert len(passed) == 9


def test_an_official_code_that_is_used_again_confuses_nothing(world):
    world.july()
    then, now = Office.objects.filter(official_code="31321").order_by("pk")
    assert (then.code, then.name, then.valid_to) == ("31321", "Phường III", CUT)
    assert (now.code, now.name, now.valid_from) == ("31321-2025", "Phường Vị Thanh", CUT)
    # 31338 was Xã Tân Tiến; Xã Hỏa Lựu was 31336.
    assert {office.name for office in Office.objects.filter(official_code="31338")} == {"Xã Tân Tiến", "Xã Hỏa Lựu"}
    assert Office.objects.filter(name="Xã Hỏa Lựu").count() == 2


def test_everybody_is_of_the_new_office_and_was_of_the_old(world):
    world.moved_over()
    for (name, _kind, _official), old in MERGED.items():
        people = [person.pk for code in old for person in world.people[code]]
        assert set(Trainee.objects.filter(office=world.new[name]).values_list("pk", flat=True)) == set(people)
    then = set(Registration.objects.values_list("office__code", "office_name"))
    assert then == set(OLD_NAMES.items())


def text_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_every_list_of_the_old_class_says_the_old_names(world, client):
    world.moved_over()
    signed_in(client, world.city_organiser)
    course = world.course.pk
    lists = [
        text_of(client, f"{reverse('admin:courses_registration_changelist')}?course__id__exact={course}"),
        text_of(client, reverse("admin:attendance_courseresult_change", args=[course])),
        text_of(client, reverse("admin:courses_course_overview", args=[course])),
        text_of(client, reverse("admin:courses_course_seats", args=[course])),
        text_of(client, f"{reverse('admin:courses_office_trained')}?year=2022"),
    ]
    for shown in lists:
        for name in OLD_NAMES.values():
            assert name in shown
        assert "Phường Vị Thanh" not in shown
        assert "Phường Vị Tân" not in shown
    registration = Registration.objects.get(trainee=world.people["31321"][0])
    shown = text_of(client, reverse("admin:courses_registration_change", args=[registration.pk]))
    assert "Phường III" in shown
    assert "Phường Vị Thanh" not in shown
    assert {row.office.name for row in overview(world.course).offices.rows} == set(OLD_NAMES.values())


def test_the_old_office_s_page_of_the_class_still_opens_and_names_its_people(world, client):
    world.moved_over()
    answer = OfficeAnswer.objects.get(course=world.course, office__code="31321")
    shown = text_of(client, f"/office/{links.office_token(answer.pk, answer.link_version)}/")
    assert "Phường III" in shown
    assert "Ngô Thử Phường III Một" in shown
    assert "Ngô Thử Phường I Một" not in shown


def test_certificates_of_2022_are_still_real_and_say_what_they_said(world, client):
    world.moved_over()
    assert Certificate.objects.count() == 18
    paper = Certificate.objects.get(registration__trainee=world.people["31321"][0])
    shown = text_of(client, reverse("attendance:verify", args=[codes.grouped(paper.code)]))
    assert paper.facts["office"] == "Phường III"
    assert "Phường III" in shown
    assert "UBND THÀNH PHỐ" in shown
    assert "Phường Vị Thanh" not in shown


def test_counts_by_the_office_then_and_by_its_successor(world):
    world.moved_over()
    then = trained(SYSTEM, year=2022)
    assert [(row.name, row.people, row.turns, row.ended) for row in then.rows] == [
        (name, 2, 2, True) for name in OLD_NAMES.values()
    ]
    now = trained(SYSTEM, year=2022, by="now")
    assert [(row.name, row.people, row.turns, row.ended) for row in now.rows] == [
        (name, 6, 6, False) for name, _kind, _official in MERGED
    ]
    assert (then.people, then.turns) == (now.people, now.turns) == (18, 18)


def matched(course, office_text):
    """(code of the office that a row of this class names, or None; whether the row is to be looked at)."""
    _reading, [judged] = judge_roster(course, csv_of(line("Lê Thử Mới", "01/03/1980", "", office_text)), actor=SYSTEM)
    return judged.office and judged.office.code, judged.status == "problem"


@pytest.mark.parametrize(
    ("written", "in_2022", "in_2026"),
    [
        ("Phường III", ("31321", False), (None, True)),
        ("UBND P.3", ("31321", False), (None, True)),
        ("Phường Vị Thanh", (None, True), ("31321-2025", False)),
        ("UBND phường Vị Thanh", (None, True), ("31321-2025", False)),
        ("Xã Hoả Lựu", ("31336", False), ("31338-2025", False)),
    ],
)
def test_a_roster_is_read_with_the_offices_of_the_day_of_its_class(world, written, in_2022, in_2026):
    world.moved_over()
    load_offices()
    now = make_course(world.ward, "LOP-2026", starts_on=dt.date(2026, 4, 1), ends_on=dt.date(2026, 4, 1))
    with translation.override("en"):
        assert matched(world.course, written) == in_2022
        assert matched(now, written) == in_2026


def test_the_ward_s_organiser_reaches_the_wards_it_took_over_from_and_no_others(world):
    world.moved_over()
    actor = actor_of(world.ward_organiser)
    reached = set(Office.objects.filter(pk__in=actor.organises).values_list("code", flat=True))
    assert reached == {"31318", "31321", "31330", "31321-2025"}
    assert actor.organises_writable == actor.organises
    assert set(Trainee.objects.visible_to(actor)) == {p for code in MERGED[("Phường Vị Thanh", "ward", "31321")]
                                                      for p in world.people[code]}  # fmt: skip
    assert not Course.objects.hosted_for(actor).exists()  # the city's class is not the ward's


def test_the_city_s_roles_read_and_finish_what_is_under_way_alone(world):
    """Decision 0001."""
    world.moved_over()
    actor = actor_of(world.city_organiser)
    assert world.city.pk in actor.organises
    assert actor.organises_writable == set()
    assert not may_plan_for(actor, world.city.pk)
    assert not may_organise(actor, world.course)
    assert list(Course.objects.hosted_for(actor)) == [world.course]
    world.course.state = CourseState.RUNNING
    assert may_organise(actor, world.course)
