"""What a coordinator does on the office's page, by the link alone."""

import datetime as dt
import io

import openpyxl
import pypdfium2
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from attendance.models import LeaveRequest
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.choices import AnswerState, CourseState, RegistrationState, RoleKind
from courses.constants.clock import set_clock
from courses.models import (
    ActionLog,
    Course,
    Heading,
    ImportBatch,
    OfficeAnswer,
    Registration,
    Seats,
    Trainee,
)
from courses.rendering.roster_template import HEADER_ROW
from courses.tests.planning import FIRST_DAY, make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db
BEFORE = dt.datetime.combine(FIRST_DAY - dt.timedelta(days=7), dt.time(9))


class Office:
    """The ward's page a week before the class, in a browser without a session."""

    def __init__(self, client):
        self.lop = Class()
        set_clock(BEFORE)
        Course.objects.update(state=CourseState.PUBLISHED, registration_deadline=FIRST_DAY - dt.timedelta(days=3))
        self.lop.course.refresh_from_db()
        self.answer = OfficeAnswer.objects.create(course=self.lop.course, office=self.lop.ward)
        self.client = client

    def address(self, name="office", *ids, version=1):
        return reverse(f"attendance:{name}", args=[links.office_token(self.answer.pk, version), *ids])

    def get(self, name="office", *ids):
        return self.client.get(self.address(name, *ids))

    def post(self, name, *ids, **fields):
        return self.client.post(self.address(name, *ids), fields)

    def person(self, name="Bùi Thử An", **fields):
        return make_trainee(fields.pop("office", self.lop.ward), name, position="Văn thư", **fields)

    def names(self):
        return sorted(Registration.objects.active().values_list("trainee__full_name", flat=True))

    def state(self):
        return OfficeAnswer.objects.get(pk=self.answer.pk).state


@pytest.fixture
def office(client):
    with translation.override("en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        yield Office(client)


def new_person(office, **fields):
    form = office.get("office_new_person").context["form"]
    return {"submission": str(form.initial["submission"]), "full_name": "bùi thử mới", "position": "Văn thư", **fields}


def test_the_page_says_seats_left_deadline_and_the_next_step(office):
    Seats.objects.create(course=office.lop.course, office=office.lop.ward, number=1)
    text = office.get().content.decode()
    assert "1 seat left" in text
    assert "by the end of 02/06/2026" in text
    assert f'class="btn primary" href="{office.address("office_name")}"' in text
    office.post("office_name", people=[office.person().pk])
    text = office.get().content.decode()
    assert "All seats are taken." in text
    assert f'class="btn primary" href="{office.address("office_answer")}"' in text
    set_clock(dt.datetime.combine(FIRST_DAY - dt.timedelta(days=2), dt.time(0)))
    text = office.get().content.decode()
    assert "The deadline for lists is over." in text
    assert office.address("office_name") not in text
    set_clock(dt.datetime.combine(FIRST_DAY + dt.timedelta(days=9), dt.time(0)))
    assert "btn" not in office.get().content.decode().split("<main")[1].split("List and letter")[0]


def test_several_people_are_named_and_the_page_says_so(office):
    people = [office.person(), office.person("Bùi Thử Yên")]
    response = office.post("office_name", people=[person.pk for person in people])
    assert (response.status_code, response["Location"]) == (302, office.address())
    assert "2 people were named." in office.get().content.decode()
    assert office.names() == ["Bùi Thử An", "Bùi Thử Yên"]
    assert set(Registration.objects.values_list("state", flat=True)) == {RegistrationState.NOMINATED}
    assert office.state() == AnswerState.IN_PROGRESS


def test_nothing_ticked_people_of_others_and_too_many_are_said_in_a_sentence(office):
    Seats.objects.create(course=office.lop.course, office=office.lop.ward, number=1)
    foreign = office.person(office=office.lop.other_ward)
    for people, words in (
        ([], "Please tick the people"),
        ([foreign.pk], "is not one of the available choices"),
        (
            [office.person().pk, office.person("Bùi Thử Yên").pk],
            "Seats left: 1; you chose 2 people. Please take off 1.",
        ),
    ):
        response = office.post("office_name", people=people)
        assert response.status_code == 200
        assert words in response.content.decode()
    assert office.names() == []


def test_no_page_shows_birth_date_telephone_or_number_of_anybody(office):
    person = office.person(phone="0900000001", citizen_number="093080000001")
    Trainee.objects.update(birth_first=dt.date(1972, 3, 4), birth_precision="day", email="a@example.vn")
    office.post("office_name", people=[person.pk])
    named = Registration.objects.get()
    office.person("Bùi Thử Hai", phone="0900000001")
    asked = office.client.post(office.address("office_new_person"), new_person(office, full_name="Bùi Thử An"))
    assert "Is it this person?" in asked.content.decode()
    pages = [
        asked, office.get(), office.get("office_name"), office.get("office_new_person"), office.get("office_answer"),
        *(office.get(f"office_{act}", named.pk) for act in ("withdraw", "replace", "absence")),
    ]  # fmt: skip
    for page in pages:
        assert page.status_code == 200
        for words in ("0900000001", "1972", "04/03", "093080000001", "a@example.vn"):
            assert words not in page.content.decode()


def test_somebody_new_is_named_and_a_namesake_is_asked_first(office):
    fields = new_person(office, birth="1980", phone="0900.000.002", citizen_number="093180000123")
    assert office.post("office_new_person", **fields).status_code == 302
    assert office.post("office_new_person", **fields).status_code == 302  # a double tap
    trainee = Trainee.objects.get()
    assert (trainee.full_name, trainee.phone, trainee.birth.iso()) == ("Bùi Thử Mới", "0900000002", "1980")
    again = new_person(office)
    response = office.post("office_new_person", **again)
    assert response.status_code == 200
    assert "Is it this person?" in response.content.decode()
    assert office.post("office_new_person", **again, who="new").status_code == 302
    assert office.names() == ["Bùi Thử Mới", "Bùi Thử Mới"]
    assert office.post("office_new_person", **new_person(office), who=str(trainee.pk)).status_code == 302
    assert Trainee.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"full_name": " "},
        {"full_name": "bùi thử 😀"},
        {"position": "Văn thư 😀"},
        {"birth": "31/02/1980"},
        {"phone": "12"},
        {"phone": "không có"},
        {"citizen_number": "12"},
        {"citizen_number": "093080000001", "gender": "f"},
        {"submission": "x"},
    ],
)
def test_what_was_mistyped_is_said_and_nobody_is_named(office, fields):
    response = office.client.post(office.address("office_new_person"), {**new_person(office), **fields})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert Trainee.objects.count() == 0


def test_who_is_on_the_list_already_is_said_to_be_and_not_named_again(office):
    one, two = office.person(), office.person("Bùi Thử Yên")
    office.post("office_name", people=[one.pk])
    assert "1 person was named." in office.get().content.decode()
    office.post("office_name", people=[one.pk])
    assert "was on the list of your office already" in office.get().content.decode()
    office.post("office_name", people=[one.pk, two.pk])
    assert "1 person was named." in office.get().content.decode()
    office.post("office_new_person", **new_person(office, full_name=one.full_name), who=str(one.pk))
    text = office.get().content.decode()
    assert "Bùi Thử An is on the list of your office already." in text
    assert "Bùi Thử An was named." not in text


def test_somebody_is_withdrawn_and_replaced_and_both_stay_in_sight(office):
    office.post("office_name", people=[office.person().pk, office.person("Bùi Thử Yên").pk])
    one, two = Registration.objects.active().order_by("trainee__sort_key")
    assert office.post("office_withdraw", one.pk, why="bận").status_code == 302
    third = office.person("Bùi Thử Ba")
    submission = str(office.get("office_replace", two.pk).context["form"].initial["submission"])
    response = office.post("office_replace", two.pk, by=third.pk, why="ốm", submission=submission)
    assert response.status_code == 302
    assert office.names() == ["Bùi Thử Ba"]
    text = office.get().content.decode()
    assert "replaced by Bùi Thử Ba" in text
    assert "(bận)" in text
    # By somebody typed.
    [three] = Registration.objects.active()
    fields = {**new_person(office), "by": "new", "why": "ốm"}
    assert office.client.post(office.address("office_replace", three.pk), fields).status_code == 302
    assert office.names() == ["Bùi Thử Mới"]
    # Not on the list any more: pressed twice, the page leads back and says so.
    for name in ("office_replace", "office_withdraw"):
        for answer in (office.get(name, three.pk), office.post(name, three.pk, why="ốm")):
            assert (answer.status_code, answer["Location"]) == (302, office.address("office"))
    assert "is not on the list of the class any more" in office.get().content.decode()
    assert office.names() == ["Bùi Thử Mới"]


def test_an_absence_is_reported_with_a_photograph_and_shown(office):
    office.post("office_name", people=[office.person().pk])
    [person] = Registration.objects.active()
    paper = SimpleUploadedFile("giay.jpg", b"\xff\xd8\xff anh", content_type="image/jpeg")
    response = office.post("office_absence", person.pk, sessions=[office.lop.general.pk], reason="ốm", paper=paper)
    assert response.status_code == 302
    assert LeaveRequest.objects.get().paper is not None
    assert "Asked, awaiting an answer" in office.get().content.decode()
    paper = SimpleUploadedFile("giay.jpg", b"<html>", content_type="image/jpeg")
    response = office.post("office_absence", person.pk, sessions=[office.lop.first.pk], reason="ốm", paper=paper)
    assert "not a PDF, JPG or PNG" in response.content.decode()


def test_the_letter_is_reported_and_its_signed_copy_opens_again(office):
    assert office.get("office_copy").status_code == 404
    office.post("office_name", people=[office.person().pk])
    copy = SimpleUploadedFile("ky.pdf", b"%PDF-1.7 thu", content_type="application/pdf")
    response = office.post("office_answer", number="12/UBND-VX", date="28/05/2026", signed_copy=copy)
    assert response.status_code == 302
    assert office.state() == AnswerState.SENT
    assert "Letter 12/UBND-VX of 28/05/2026" in office.get().content.decode()
    answer = office.get("office_copy")
    assert (answer.content, answer["Content-Disposition"]) == (b"%PDF-1.7 thu", "attachment")
    assert answer["Cache-Control"] == "private, no-store"
    office.post("office_name", people=[office.person("Bùi Thử Yên").pk])
    assert "The list was changed after letter 12/UBND-VX" in office.get().content.decode()


def test_an_office_says_that_it_sends_nobody_and_why(office):
    assert office.post("office_nobody", why="").status_code == 200
    assert office.post("office_nobody", why="thanh tra").status_code == 302
    assert office.state() == AnswerState.SENDS_NOBODY
    assert "thanh tra" in office.get().content.decode()


def test_naming_stays_within_reach_after_the_letter_and_after_nobody_could_be_sent(office):
    naming = f'class="btn" href="{office.address("office_name")}"'
    assert "Press the button above" in office.get().content.decode()
    office.post("office_nobody", why="thanh tra")
    assert naming in office.get().content.decode()
    office.post("office_name", people=[office.person().pk])
    office.post("office_answer", number="12/UBND-VX", date="28/05/2026")
    assert naming in office.get().content.decode()
    Seats.objects.create(course=office.lop.course, office=office.lop.ward, number=1)
    assert office.address("office_name") not in office.get().content.decode()


def test_the_page_speaks_of_no_button_that_is_not_there(office):
    Seats.objects.create(course=office.lop.course, office=office.lop.ward, number=0)
    assert "Press the button" not in office.get().content.decode()
    Seats.objects.all().delete()
    Course.objects.update(list_final_at=dt.datetime(2026, 5, 20, 9, tzinfo=dt.UTC))
    text = office.get().content.decode()
    assert "The list of the class is final." in text
    assert "press the button" not in text.casefold()


def test_the_list_is_printed_with_years_of_birth_for_who_is_signed_in_alone(office):
    Heading.objects.create(office=office.lop.ward, superior="UBND TP THỬ", body="UBND PHƯỜNG THỬ", place="Thử")
    office.post("office_name", people=[office.person(gender="f").pk])
    Trainee.objects.update(birth_first=dt.date(1972, 3, 4), birth_precision="day")
    assert "1972" not in text_of(office.get("office_list"))
    assert "UBND PHƯỜNG THỬ" in text_of(office.get("office_list"))
    signed_in(office.client, make_organiser(office.lop.other_ward, RoleKind.COORDINATOR))
    assert "1972" not in text_of(office.get("office_list"))
    signed_in(office.client, make_organiser(office.lop.ward, RoleKind.COORDINATOR))
    assert "1972" in text_of(office.get("office_list"))


def text_of(response) -> str:
    assert response["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(response.content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


ROSTER = """STT,Họ và tên,Ngày sinh,Chức vụ,Đơn vị
1,Bùi Thử Tải,01/03/1980,Văn thư,
2,Bùi Thử Xa,01/03/1981,Văn thư,{other}
3,Bùi Thử An,,Văn thư,
4,,,Văn thư,"""


def test_an_own_list_is_read_looked_at_and_named_for_own_people_alone(office):
    known = office.person()
    text = ROSTER.format(other=office.lop.other_ward)
    response = office.post("office_upload", file=SimpleUploadedFile("ds.csv", text.encode()))
    batch = ImportBatch.objects.get()
    assert (batch.by_link, batch.office, batch.uploaded_by) == (True, office.lop.ward, None)
    assert response["Location"] == office.address("office_preview", batch.pk)
    page = office.get("office_preview", batch.pk)
    text = page.content.decode()
    for words in ("Bùi Thử Tải", "Of another office: left out", "To be looked at", "Is it this person?", "1 person is"):
        assert words in text, words
    assert "1980" not in text
    row = batch.rows.get(trainee=None, decision="ask")
    response = office.post("office_preview", batch.pk, **{f"row-{row.pk}": str(known.pk)})
    assert response["Location"] == office.address("office_preview", batch.pk)  # one row waits
    assert office.names() == ["Bùi Thử An", "Bùi Thử Tải"]
    assert set(Registration.objects.values_list("state", flat=True)) == {RegistrationState.NOMINATED}
    assert Trainee.objects.filter(full_name="Bùi Thử Xa").count() == 0
    office.post("office_preview", batch.pk)
    assert len(office.names()) == 2
    assert set(ActionLog.objects.filter(action__in=("read roster", "apply roster")).values_list("actor_kind")) == {
        ("office",)
    }


def test_the_form_that_the_upload_page_offers_is_read_back_with_the_office(office):
    address = office.address("office_template")
    assert f'href="{address}"' in office.get("office_upload").content.decode()
    answer = office.get("office_template")
    assert answer["Content-Disposition"] == f'attachment; filename="mau-danh-sach-{office.lop.course.code}.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    book.active.cell(HEADER_ROW + 1, 2, "Bùi Thử Mẫu")
    filled = io.BytesIO()
    book.save(filled)
    office.post("office_upload", file=SimpleUploadedFile("mau.xlsx", filled.getvalue()))
    (row,) = ImportBatch.objects.get().rows.all()
    assert (row.office, row.problems) == (office.lop.ward, [])


def test_a_list_without_anybody_to_name_has_no_button_to_name_them(office):
    file = SimpleUploadedFile("ds.csv", "STT,Họ và tên,Chức vụ\n1,,Văn thư\n2,,Văn thư".encode())
    office.post("office_upload", file=file)
    text = office.get("office_preview", ImportBatch.objects.get().pk).content.decode()
    assert "Name the people who are in order" not in text
    assert f'class="btn primary" href="{office.address("office_upload")}"' in text


def test_a_list_of_another_office_or_one_that_an_organiser_took_in_is_not_found(office):
    office.post("office_upload", file=SimpleUploadedFile("ds.csv", ROSTER.format(other="").encode()))
    batch = ImportBatch.objects.get()
    ImportBatch.objects.update(by_link=False)
    assert office.get("office_preview", batch.pk).status_code == 404
    ImportBatch.objects.update(by_link=True, office=office.lop.other_ward)
    assert office.get("office_preview", batch.pk).status_code == 404
    assert office.post("office_upload", file=SimpleUploadedFile("x.bin", b"\x00\x01")).status_code == 200


EVERY = ("name", "new_person", "answer", "nobody", "upload", "list", "copy")


@pytest.mark.parametrize("name", EVERY)
def test_a_renewed_link_opens_and_writes_nothing_at_once(office, name):
    OfficeAnswer.objects.update(link_version=2)
    assert office.get(f"office_{name}").status_code == 404
    assert office.post(f"office_{name}").status_code == 404


@pytest.mark.parametrize("name", ["withdraw", "replace", "absence", "preview"])
def test_what_is_anothers_or_nobodys_is_not_found(office, name):
    [foreign] = office.lop.people(1, office=office.lop.other_ward)
    for pk in (foreign.pk, 999_999):
        assert office.get(f"office_{name}", pk).status_code == 404
        assert office.post(f"office_{name}", pk).status_code == 404


@pytest.mark.parametrize("name", ["name", "new_person", "nobody", "upload"])
def test_after_the_deadline_naming_leads_back_with_a_sentence_and_a_post_is_refused(office, name):
    """The service refuses: the page that was open since before posts into it."""
    fields = {"people": [office.person().pk], "why": "x", **new_person(office)}
    set_clock(dt.datetime.combine(FIRST_DAY - dt.timedelta(days=2), dt.time(0)))
    assert office.get(f"office_{name}")["Location"] == office.address()
    file = SimpleUploadedFile("ds.csv", ROSTER.format(other="").encode())
    response = office.post(f"office_{name}", **fields, file=file)
    assert response.status_code == 200
    assert "The deadline for lists was 02/06/2026" in response.content.decode()
    assert office.names() == []
    assert office.state() == AnswerState.NOT_SENT


def test_a_form_without_its_token_is_refused(office):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(office.address("office_name"), {"people": [office.person().pk]}).status_code == 403
    assert office.names() == []


def test_a_coordinator_who_is_signed_in_stands_in_the_log_by_name(office):
    user = make_organiser(office.lop.ward, RoleKind.COORDINATOR)
    signed_in(office.client, user)
    office.post("office_name", people=[office.person().pk])
    entry = ActionLog.objects.get(action="nominate")
    assert (entry.actor_kind, entry.user_id) == ("office", user.pk)


@pytest.mark.parametrize(("name", "queries"), [("office_name", 20), ("office_replace", 16)])
def test_the_choice_of_people_costs_the_same_for_one_and_for_three(office, django_assert_num_queries, name, queries):
    office.post("office_name", people=[office.person("Bùi Thử Đầu").pk])
    ids = [Registration.objects.get().pk] if name == "office_replace" else []
    office.get()  # the message is shown
    for number in (1, 2):
        for n in range(number):
            office.person(f"Bùi Thử {number} {n}")
        with django_assert_num_queries(queries):
            office.get(name, *ids)
