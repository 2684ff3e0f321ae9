import pytest
from django.urls import reverse

from courses.models import ActionDetail, ActionLog, Trainee
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db

NUMBER = "093075000123"


@pytest.fixture
def host():
    return make_office("HOST")


@pytest.fixture
def organiser(client, host):
    return signed_in(client, make_organiser(host))


def typed(host, **fields):
    return {
        "full_name": "trần thị hồng ánh", "family_name": "", "middle_name": "", "given_name": "", "gender": "f",
        "birth": "1975", "position": "Chuyên viên", "office": host.pk, "phone": "", "email": "", "citizen_number": "",
        **fields,
    }  # fmt: skip


def test_a_trainee_is_added_with_parts_keys_and_a_birth_date_in_its_precision(organiser, host):
    answer = organiser.post(reverse("admin:courses_trainee_add"), typed(host, citizen_number="093 175 000 123"))
    assert answer.status_code == 302, answer.context["errors"]
    trainee = Trainee.objects.get()
    assert (trainee.full_name, trainee.family_name, trainee.middle_name, trainee.given_name) == (
        "Trần Thị Hồng Ánh", "Trần", "Thị Hồng", "Ánh"
    )  # fmt: skip
    assert (str(trainee.birth), trainee.birth_precision, trainee.search_key) == ("1975", "year", "tran thi hong anh")
    assert trainee.citizen_number == "093175000123"
    assert ActionLog.objects.get().action == "add"
    assert "093175000123" not in str(ActionDetail.objects.get().changes)


@pytest.mark.parametrize(("birth", "shown"), [("05/06/1975", "05/06/1975"), ("6/1975", "06/1975"), ("", "None")])
def test_birth_dates_are_typed_as_far_as_they_are_known(organiser, host, birth, shown):
    organiser.post(reverse("admin:courses_trainee_add"), typed(host, birth=birth))
    assert str(Trainee.objects.get().birth) == shown


def test_dates_names_and_numbers_that_cannot_be_get_a_sentence(organiser, host):
    for fields in ({"birth": "31/02/1975"}, {"full_name": " "}, {"citizen_number": "12"}, {"birth": "x" * 30}):
        answer = organiser.post(reverse("admin:courses_trainee_add"), typed(host, **fields))
        assert answer.status_code == 200
        assert answer.context["errors"]
    assert not Trainee.objects.exists()


def test_the_parts_of_a_name_are_corrected_and_must_read_like_the_name(organiser, host):
    trainee = make_trainee(host, "Danh Sa Rây")
    url = reverse("admin:courses_trainee_change", args=[trainee.pk])
    fields = {"full_name": "Danh Sa Rây", "family_name": "Danh", "middle_name": "", "given_name": "Sa Rây"}
    assert organiser.post(url, typed(host, **fields)).status_code == 302
    trainee.refresh_from_db()
    assert (trainee.middle_name, trainee.given_name) == ("", "Sa Rây")
    assert organiser.post(url, typed(host, **fields, phone="0912345678")).status_code == 302
    trainee.refresh_from_db()
    assert trainee.given_name == "Sa Rây"
    assert organiser.post(url, typed(host, **{**fields, "given_name": "Ánh"})).status_code == 200


def test_a_new_name_makes_new_parts(organiser, host):
    trainee = make_trainee(host, "Lê Văn Đức")
    url = reverse("admin:courses_trainee_change", args=[trainee.pk])
    old = {"family_name": "Lê", "middle_name": "Văn", "given_name": "Đức"}
    assert organiser.post(url, typed(host, full_name="Lê Minh Đức", **old)).status_code == 302
    trainee.refresh_from_db()
    assert (trainee.middle_name, trainee.search_key) == ("Minh", "le minh duc")


def test_the_citizen_number_is_written_and_never_shown(organiser, host):
    trainee = make_trainee(host, citizen_number=NUMBER)
    url = reverse("admin:courses_trainee_change", args=[trainee.pk])
    page = organiser.get(url).content.decode()
    assert NUMBER not in page
    assert "093•••••••23" in page
    organiser.post(url, typed(host))
    trainee.refresh_from_db()
    assert trainee.citizen_number == NUMBER


def test_a_citizen_number_of_somebody_else_is_refused_without_saying_whose(organiser, host):
    make_trainee(make_office("OTHER"), "Người Khác Thử", citizen_number=NUMBER)
    answer = organiser.post(reverse("admin:courses_trainee_add"), typed(host, citizen_number=NUMBER))
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert "Người Khác Thử" not in answer.content.decode()
    assert Trainee.objects.count() == 1


def test_a_host_that_merely_registered_somebody_reads_masked_numbers(organiser, host):
    from courses.constants.actors import SYSTEM
    from courses.services.registrations import register

    trainee = make_trainee(make_office("OTHER"), phone="0912345678", citizen_number=NUMBER)
    register(make_course(host), trainee, actor=SYSTEM)
    url = reverse("admin:courses_trainee_change", args=[trainee.pk])
    page = organiser.get(url).content.decode()
    assert "0912345678" not in page
    assert "091•••••78" in page
    assert organiser.post(url, typed(host)).status_code == 403


def test_a_choice_of_people_tells_two_of_one_name_apart_and_offers_nobody_foreign(organiser, host):
    make_trainee(host)
    make_trainee(make_office("OTHER"), "Nguyễn Thị Kín")
    found = organiser.get(
        reverse("admin:autocomplete"),
        {"app_label": "courses", "model_name": "registration", "field_name": "trainee", "term": "nguyen"},
    ).json()["results"]
    assert [row["text"] for row in found] == ["Nguyễn Thử Nghiệm – Đơn vị HOST"]
