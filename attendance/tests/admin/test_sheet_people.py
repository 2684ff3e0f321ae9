"""From a row of the sheet: an absence, a make-up, who comes instead; and people who are not on the list."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attendance.constants import LeaveState, MarkState, Way
from attendance.models import Event, LeaveRequest, Mark
from attendance.reports.waiting import waiting_at
from attendance.services.in_place import replace_from, stand_in_at
from attendance.services.leave import ask_for_leave
from attendance.services.sheets import close_sheet
from attendance.services.walk_ins import add_walk_in
from attendance.tests.records import Class
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RegistrationKind, RegistrationState, RoleKind
from courses.models import Course, Registration, Seats, Trainee
from courses.services.final_list import finalise_list
from courses.services.registrations import register
from courses.tests.planning import make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db


class World(Class):
    def __init__(self):
        super().__init__()
        [self.an] = self.people(1)
        self.other = make_trainee(self.ward, "Ngô Thử Thay", position="Văn thư")

    def page(self, name, *ids, session=None):
        return reverse(f"admin:attendance_attendancesheet_{name}", args=[(session or self.general).pk, *ids])

    def sheet(self):
        return self.page("change")


@pytest.fixture
def lop():
    return World()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def posted(**fields):
    return {"submission": str(uuid4()), **fields}


def states(session):
    return dict(Mark.objects.filter(session=session).order_by().values_list("registration_id", "state"))


def came(lop, words="Chị Lan thử"):
    return add_walk_in(lop.general, words, actor=lop.organiser, submission=uuid4())


# Absences


def test_an_absence_with_its_paper_is_entered_and_accepted_in_one_step(lop, organiser):
    url = lop.page("leave", lop.an.pk)
    assert "Report an absence" in organiser.get(url).content.decode()
    paper = SimpleUploadedFile("giay.jpg", b"\xff\xd8\xff anh")
    sessions = [lop.general.pk, lop.first.pk]
    response = organiser.post(url, posted(sessions=sessions, reason="ốm", accept="on", paper=paper))
    assert response.url == lop.sheet()
    assert states(lop.general) == states(lop.first) == {lop.an.pk: MarkState.EXCUSED}
    assert LeaveRequest.objects.get().paper


def test_an_absence_can_be_left_for_later_and_is_answered_on_the_page_of_results(lop, organiser):
    organiser.post(lop.page("leave", lop.an.pk), posted(sessions=[lop.general.pk], reason="ốm"))
    request = LeaveRequest.objects.get()
    assert (request.state, states(lop.general)) == (LeaveState.ASKED, {})
    results = reverse("admin:attendance_courseresult_change", args=[lop.course.pk])
    url = reverse("admin:attendance_courseresult_answer_absence", args=[lop.course.pk, request.pk])
    assert url in organiser.get(results).content.decode()
    response = organiser.post(url, posted(answer="", accept="no"))
    assert "why the absence is not accepted" in response.content.decode()
    assert organiser.post(url, posted(answer="", accept="yes")).url == results
    assert states(lop.general) == {lop.an.pk: MarkState.EXCUSED}
    organiser.post(url, posted(answer="thiếu giấy", accept="no"))
    assert states(lop.general) == {}
    assert "thiếu giấy" in organiser.get(results).content.decode()


def test_the_answer_says_what_waits_since_the_sheet_is_closed(lop, organiser):
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    data = posted(sessions=[lop.general.pk], reason="ốm", accept="on")
    response = organiser.post(lop.page("leave", lop.an.pk), data, follow=True)
    assert "closed already" in response.content.decode()


# Make-up


def test_a_make_up_is_credited_from_a_sister_class_and_taken_back(lop, organiser):
    sister = Class(lop.host, "LOP-2")
    there = register(sister.course, lop.an.trainee, actor=SYSTEM)
    sister.mark(sister.general, MarkState.PRESENT, there)
    url = lop.page("make_up", lop.an.pk)
    assert "LOP-2" in organiser.get(url).content.decode()
    scan = lop.page("make_up_paper", lop.an.pk)
    assert organiser.get(scan).status_code == 404
    paper = SimpleUploadedFile("giay.pdf", b"%PDF-1.7 giay")
    data = posted(attended=sister.general.pk, document="12/GXN", paper=paper)
    assert organiser.post(url, data).url == lop.sheet()
    assert organiser.get(scan).content == b"%PDF-1.7 giay"
    assert states(lop.general) == {lop.an.pk: MarkState.PRESENT}
    assert "12/GXN; LOP-2" in organiser.get(url).content.decode()
    organiser.post(url, posted(undo=Event.objects.get(way=Way.MAKE_UP).pk))
    assert states(lop.general) == {}
    assert "12/GXN; LOP-2" not in organiser.get(url).content.decode()


# Instead


def test_somebody_of_the_office_comes_for_half_days_and_the_sheet_says_for_whom(lop, organiser):
    url = lop.page("stand_in", lop.an.pk)
    assert "Ngô Thử Thay" in organiser.get(url).content.decode()
    data = posted(by=lop.other.pk, how_long="half-days", sessions=[lop.general.pk], why="họp", present="on")
    for _twice in range(2):
        assert organiser.post(url, data).url == lop.sheet()
    there = Registration.objects.get(kind=RegistrationKind.STAND_IN)
    assert states(lop.general) == {there.pk: MarkState.PRESENT}
    assert f"Stands in for {lop.an.trainee.full_name}" in organiser.get(lop.sheet()).content.decode()


def test_somebody_typed_comes_for_the_rest_of_the_class(lop, organiser):
    data = posted(by="new", full_name="ngô thử mới", position="Chuyên viên", how_long="class", why="ốm", present="on")
    organiser.post(lop.page("stand_in", lop.an.pk, session=lop.first), data)
    new = Registration.objects.get(trainee__full_name="Ngô Thử Mới")
    assert (new.begins_with, new.kind) == (lop.first, RegistrationKind.CLASS)
    assert states(lop.first) == {new.pk: MarkState.PRESENT}
    lop.an.refresh_from_db()
    assert lop.an.state == RegistrationState.REPLACED
    assert organiser.get(lop.page("stand_in", lop.an.pk, session=lop.first)).status_code == 404


def test_somebody_typed_with_a_known_name_is_asked_about(lop, organiser):
    url = lop.page("stand_in", lop.an.pk)
    data = posted(by="new", full_name="Ngô Thử Thay", how_long="half-days", sessions=[lop.general.pk], why="họp")
    response = organiser.post(url, data)
    assert "Is it this person?" in response.content.decode()
    organiser.post(url, {**data, "who": lop.other.pk})
    assert Registration.objects.get(kind=RegistrationKind.STAND_IN).trainee == lop.other


def test_a_refusal_stands_above_the_form_with_what_was_typed(lop, organiser):
    lop.mark(lop.general, MarkState.PRESENT, lop.an)
    data = posted(by=lop.other.pk, how_long="half-days", sessions=[lop.general.pk], why="họp lâu")
    response = organiser.post(lop.page("stand_in", lop.an.pk), data)
    assert response.status_code == 409
    assert "was marked present" in response.content.decode()
    assert "họp lâu" in response.content.decode()


def test_a_stand_in_entered_by_mistake_is_taken_back(lop, organiser):
    there = stand_in_at(
        lop.an, [lop.general], by=lop.other, actor=lop.organiser, why="", submission=uuid4(), present_at=lop.general
    )
    url = lop.page("stand_in", there.pk)
    assert "If that is a mistake" in organiser.get(url).content.decode()
    organiser.post(url, posted())
    assert states(lop.general) == {}
    assert organiser.get(url).status_code == 404


def test_the_list_of_the_class_and_its_final_numbers_are_without_stand_ins(lop, organiser):
    stand_in_at(lop.an, [lop.general], by=lop.other, actor=lop.organiser, why="", submission=uuid4())
    finalise_list(lop.course, actor=lop.organiser)
    response = organiser.get(reverse("admin:courses_registration_changelist"))
    assert list(response.context["cl"].result_list) == [lop.an]
    assert list(Registration.objects.order_by("pk").values_list("number", flat=True)) == [1, None]


# Not on the list


def test_somebody_not_on_the_list_is_noted_from_the_sheet_and_listed_there(lop, organiser):
    assert lop.page("walk_ins") in organiser.get(lop.sheet()).content.decode()
    organiser.post(lop.page("walk_ins"), posted(words="Anh Tư thử"))
    [waiting] = waiting_at(lop.general)
    assert waiting.words in organiser.get(lop.sheet()).content.decode()


def test_who_it_was_is_settled_in_each_of_four_ways(lop, organiser):
    lan = make_trainee(lop.ward, "Ngô Thử Lan")
    entries = [came(lop) for _each in range(5)]
    urls = [lop.page("walk_in", entry.pk) for entry in entries]
    organiser.post(urls[0], posted(how="expected", registration=lop.an.pk))
    organiser.post(urls[1], posted(how="dismiss", why="khách"))
    organiser.post(f"{urls[4]}?q=lan", posted(how="register", by=lan.pk))
    organiser.post(urls[2], posted(how="register", by="new", full_name="Ngô Thử Mới", from_office=lop.ward.pk))
    [binh] = lop.people(1)
    organiser.post(urls[3], posted(how="stand_in", by="new", full_name="Ngô Thử Khác", instead_of=binh.pk, why="họp"))
    assert waiting_at(lop.general) == []
    names = set(Mark.objects.filter(state=MarkState.PRESENT).values_list("registration__trainee__full_name", flat=True))
    assert names == {lop.an.trainee.full_name, "Ngô Thử Mới", "Ngô Thử Khác", "Ngô Thử Lan"}
    assert organiser.get(urls[0]).url == lop.page("walk_ins")


def test_without_a_seat_the_refusal_is_shown_and_the_entry_waits_on(lop, organiser):
    Seats.objects.create(course=lop.course, office=lop.ward, number=1)
    entry = came(lop)
    data = posted(how="register", by="new", full_name="Ngô Thử Mới", from_office=lop.ward.pk)
    response = organiser.post(lop.page("walk_in", entry.pk), data)
    assert "no seat left" in response.content.decode()
    assert [waiting.event for waiting in waiting_at(lop.general)] == [entry]
    assert not Trainee.objects.filter(full_name="Ngô Thử Mới").exists()


# All of them


def pages(lop):
    of_person = [lop.page(name, lop.an.pk) for name in ("leave", "make_up", "stand_in")]
    request = ask_for_leave(lop.an, [lop.second], reason="ốm", actor=lop.organiser)
    answer = reverse("admin:attendance_courseresult_answer_absence", args=[lop.course.pk, request.pk])
    return [*of_person, lop.page("walk_ins"), lop.page("walk_in", came(lop).pk), answer]


def test_others_find_none_of_these_pages(lop, client):
    urls = pages(lop)
    for user in (make_organiser(Class(code="LOP-2").host), make_organiser(lop.host, RoleKind.OFFICER)):
        signed_in(client, user)
        assert {client.get(url).status_code for url in urls} == {404}
        assert {client.post(url, posted()).status_code for url in urls} == {404}


def test_in_a_concluded_class_each_is_refused_by_a_sentence(lop, organiser):
    urls = pages(lop)
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.CONCLUDED)
    before = Event.objects.count()
    bodies = (
        {"sessions": [lop.general.pk], "reason": "ốm", "accept": "on"},
        {"attended": "elsewhere", "document": "12"},
        {"by": lop.other.pk, "how_long": "half-days", "sessions": [lop.general.pk], "why": "họp"},
        {"words": "ai đó"},
        {"how": "dismiss", "why": "khách"},
        {"accept": "yes", "answer": ""},
    )
    for url, body in zip(urls, bodies, strict=True):
        assert organiser.post(url, posted(**body)).status_code in (200, 409)
    assert Event.objects.count() == before


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_cost_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries, count):
    urls = pages(lop)
    for number in range(count - 1):
        lop.people(1)
        came(lop)
        make_trainee(lop.ward, f"Ngô Thử Người {'Hai' if number else 'Ba'}")
    for url, queries in zip(urls, (14, 14, 25, 7, 13, 7), strict=True):
        organiser.get(url)
        with django_assert_num_queries(queries):
            organiser.get(url)


# Who came into the class later


def test_a_half_day_before_somebody_came_is_made_up_from_the_page_of_results(lop, organiser):
    replaced = {"by": lop.other, "actor": lop.organiser, "why": "ốm", "submission": uuid4()}
    new = replace_from(lop.an, lop.first, **replaced)
    sister = Class(lop.host, "LOP-2")
    sister.mark(sister.general, MarkState.PRESENT, register(sister.course, lop.other, actor=SYSTEM))
    results = reverse("admin:attendance_courseresult_change", args=[lop.course.pk])
    address = lop.page("make_up", new.pk)
    assert organiser.get(results).content.decode().count(address) == 1
    said = posted(attended=str(sister.general.pk), document="15/GXN")
    assert organiser.post(address, said).status_code == 302
    assert states(lop.general) == {new.pk: MarkState.PRESENT}
    assert organiser.get(results).content.decode().count(address) == 1  # to look at it, or to take it back
    assert "already credited for" in organiser.get(address).content.decode()
    assert organiser.get(lop.page("leave", new.pk)).status_code == 404


def test_an_officer_who_organises_nothing_is_led_to_no_make_up(lop, client):
    new = replace_from(lop.an, lop.first, by=lop.other, actor=lop.organiser, why="ốm", submission=uuid4())
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    results = client.get(reverse("admin:attendance_courseresult_change", args=[lop.course.pk])).content.decode()
    assert lop.page("make_up", new.pk) not in results
