import pytest
from django.urls import reverse

from courses.constants.clock import today
from courses.models import ActionDetail, ActionLog, Responsibility, Trainee
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, signed_in, with_password

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
    for fields in ({"birth": "31/02/1975"}, {"full_name": " "}, {"citizen_number": "12"}, {"birth": "x" * 30},
                   {"full_name": "Trần Thử 😀"}, {"position": "Văn thư 😀"}):  # fmt: skip
        answer = organiser.post(reverse("admin:courses_trainee_add"), typed(host, **fields))
        assert answer.status_code == 200
        assert answer.context["errors"]
    assert not Trainee.objects.exists()


def test_old_words_that_cannot_be_printed_hinder_no_other_change(organiser, host):
    trainee = make_trainee(host, "Trần Thị Hồng Ánh")
    Trainee.objects.update(position="Văn thư 😀")
    url = reverse("admin:courses_trainee_change", args=[trainee.pk])
    for position, phone, status in (("Văn thư 😀", "0912345678", 302), ("Kế toán 😀", "0987654321", 200)):
        answer = organiser.post(url, typed(host, full_name=trainee.full_name, position=position, phone=phone))
        assert answer.status_code == status
    assert list(Trainee.objects.values_list("position", "phone")) == [("Văn thư 😀", "0912345678")]


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


# The citizen number, one at a time


def reveal(trainee):
    return reverse("admin:courses_trainee_reveal", args=[trainee.pk])


def test_a_citizen_number_is_shown_once_and_logged_without_the_number(organiser, host):
    trainee = make_trainee(host, citizen_number=NUMBER)
    answer = organiser.post(reveal(trainee))
    assert NUMBER in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = ActionLog.objects.get(action="reveal")
    assert (entry.subject_id, entry.changes, hasattr(entry, "detail")) == (trainee.pk, {}, False)
    assert NUMBER not in organiser.get(reverse("admin:courses_trainee_change", args=[trainee.pk])).content.decode()


def test_it_is_asked_for_by_post_after_who_is_there_was_asked_again(client, host):
    trainee = make_trainee(host, citizen_number=NUMBER)
    client.force_login(with_password(make_organiser(host)))
    answer = client.post(reveal(trainee))
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert client.get(reveal(trainee)).status_code == 405
    assert not ActionLog.objects.filter(action="reveal").exists()


def test_it_is_shown_to_nobody_who_may_not_change_the_person(organiser, client, host):
    from courses.constants.actors import SYSTEM
    from courses.services.registrations import register

    foreign = make_trainee(make_office("OTHER"), citizen_number=NUMBER)
    assert organiser.post(reveal(foreign)).status_code == 404
    register(make_course(host), foreign, actor=SYSTEM)
    assert organiser.post(reveal(foreign)).status_code == 403
    officer = signed_in(client, make_organiser(host, "officer"))
    assert officer.post(reveal(make_trainee(host, "Ngô Thử Hai", citizen_number="093075000456"))).status_code == 403
    assert not ActionLog.objects.filter(action="reveal").exists()


def test_who_has_no_number_gets_a_sentence(organiser, host):
    answer = organiser.post(reveal(make_trainee(host)), follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


# Searching, and many at once


def search(client, **words):
    page = client.get(reverse("admin:courses_trainee_changelist"), words)
    return [trainee.full_name for trainee in page.context["cl"].result_list]


def test_the_list_and_choices_find_by_the_beginnings_of_words(organiser, host):
    for name in ("Nguyễn Thị Ánh", "Trần Thị Hồng Ánh", "Nguyễn Văn An"):
        make_trainee(host, name)
    assert search(organiser, q="ng th a") == ["Nguyễn Thị Ánh"]
    assert search(organiser, q="guyen") == []
    assert search(organiser) == ["Nguyễn Văn An", "Nguyễn Thị Ánh", "Trần Thị Hồng Ánh"]
    choices = organiser.get(
        reverse("admin:autocomplete"),
        {"app_label": "courses", "model_name": "registration", "field_name": "trainee", "term": "anh thi"},
    ).json()["results"]
    assert [row["text"].split(" – ")[0] for row in choices] == ["Nguyễn Thị Ánh", "Trần Thị Hồng Ánh"]


def test_the_number_in_the_log_finds_its_person(organiser, host):
    trainee = make_trainee(host)
    make_trainee(host, "Lê Thử Khác")
    assert search(organiser, q=f"#{trainee.pk}") == [trainee.full_name]
    assert search(organiser, q="#") == search(organiser, q="#x") == []


def test_of_very_many_the_first_are_shown_and_it_is_said(organiser, host, monkeypatch):
    monkeypatch.setattr("courses.admin.trainees.MOST_FOUND", 2)
    for name in ("Lê Thử Bình", "Lê Thử An", "Lê Thử Ánh"):
        make_trainee(host, name)
    page = organiser.get(reverse("admin:courses_trainee_changelist"), {"q": "le"})
    assert [t.full_name for t in page.context["cl"].result_list] == ["Lê Thử An", "Lê Thử Bình"]
    assert [message.level_tag for message in page.context["messages"]] == ["info"]


def test_within_an_office_people_stand_by_name_and_offices_by_protocol(organiser, host):
    child = make_office("A-CHILD", host, order=1)
    for office, name in ((host, "Lê Thử Bình"), (child, "Lê Thử Yến"), (child, "Lê Thử Ân"), (host, "Lê Thử An")):
        make_trainee(office, name)
    assert search(organiser, o="3") == ["Lê Thử Ân", "Lê Thử Yến", "Lê Thử An", "Lê Thử Bình"]
    assert search(organiser, o="1") == ["Lê Thử An", "Lê Thử Ân", "Lê Thử Bình", "Lê Thử Yến"]


@pytest.fixture
def fields():
    return [Responsibility.objects.create(code=code, name=f"Việc {code}") for code in ("mot", "hai")]


def chosen(people, **more):
    return {"action": "set_fields", "_selected_action": [person.pk for person in people], **more}


def test_fields_of_responsibility_are_set_for_many_at_once(organiser, host, fields):
    one, two = fields
    people = [make_trainee(host, f"Ngô Thử {name}") for name in ("Một", "Hai", "Ba")]
    people[0].responsibilities.add(two)
    people[1].responsibilities.add(one)
    url = reverse("admin:courses_trainee_changelist")
    asked = organiser.post(url, chosen(people[:2]))
    assert (asked.context["count"], asked.context["foreign"]) == (2, 0)
    assert organiser.post(url, chosen(people[:2], apply="1")).status_code == 200  # nothing chosen is asked again
    organiser.post(url, chosen(people[:2], apply="1", add=[one.pk], take_away=[two.pk]))
    assert [set(person.responsibilities.all()) for person in people] == [{one}, {one}, set()]
    entries = ActionLog.objects.filter(action="set responsibilities")
    assert [entry.subject_id for entry in entries] == [people[0].pk]  # the second had it already
    assert entries.get().detail.changes == {"responsibilities": [[two.pk], [one.pk]]}


def test_people_of_other_offices_among_those_chosen_stay_as_they_are(organiser, host, fields):
    from courses.constants.actors import SYSTEM
    from courses.services.registrations import register

    foreign = make_trainee(make_office("OTHER"), "Ngô Thử Xa")
    register(make_course(host), foreign, actor=SYSTEM)
    url = reverse("admin:courses_trainee_changelist")
    asked = organiser.post(url, chosen([foreign, make_trainee(host)]))
    assert (asked.context["count"], asked.context["foreign"]) == (1, 1)
    organiser.post(url, chosen([foreign], apply="1", add=[fields[0].pk]))
    assert not foreign.responsibilities.exists()


def test_all_who_were_found_can_be_chosen_at_once(organiser, host, fields, monkeypatch):
    monkeypatch.setattr("courses.admin.trainees.TraineeAdmin.list_per_page", 2)
    people = [make_trainee(host, f"Ngô Thử {name}") for name in ("An", "Ba", "Cúc")]
    others = make_trainee(host, "Lê Thử Khác")
    url = reverse("admin:courses_trainee_changelist") + "?q=ngo"
    asked = organiser.post(url, chosen(people[:2], select_across="1"))
    assert (asked.context["count"], list(asked.context["chosen"])) == (3, [str(people[0].pk)])
    organiser.post(url, chosen(people[:1], select_across="1", apply="1", add=[fields[0].pk]))
    assert {p.pk for p in fields[0].trainees.all()} == {p.pk for p in people}
    assert not others.responsibilities.exists()


def test_setting_fields_costs_the_same_for_one_person_and_for_three(host, fields, django_assert_num_queries):
    from courses.constants.actors import SYSTEM
    from courses.services.trainees import set_responsibilities

    for count in (1, 3):
        people = [make_trainee(host, f"Ngô Thử {n}").pk for n in range(count)]
        with django_assert_num_queries(8):
            assert set_responsibilities(people, actor=SYSTEM, add=fields[:1], take_away=fields[1:]) == count
        assert set_responsibilities(people, actor=SYSTEM, add=fields[:1], take_away=fields[1:]) == 0


def test_who_only_reads_is_offered_no_acts(client, host, fields):
    officer = signed_in(client, make_organiser(host, "officer"))
    person = make_trainee(host)
    officer.post(reverse("admin:courses_trainee_changelist"), chosen([person], apply="1", add=[fields[0].pk]))
    assert not person.responsibilities.exists()


def test_the_directory_is_offered_to_those_alone_to_whom_it_opens(client, host):
    """An organiser of an office that has ended reads its people and takes in no list."""
    page, directory = reverse("admin:courses_trainee_changelist"), reverse("admin:courses_importbatch_directory")
    signed_in(client, make_organiser(host))
    assert (directory in client.get(page).content.decode(), client.get(directory).status_code) == (True, 200)
    type(host).objects.filter(pk=host.pk).update(valid_to=today())
    assert (directory in client.get(page).content.decode(), client.get(directory).status_code) == (False, 403)
