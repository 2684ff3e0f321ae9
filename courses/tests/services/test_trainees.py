import datetime as dt

import pytest
from django.db import connection
from django.utils import translation

from courses.constants.actors import SYSTEM
from courses.constants.errors import Refusal
from courses.constants.names import search_key, sort_key
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Trainee
from courses.services.trainees import fill_trainee, save_trainee
from courses.tests.planning import make_office, make_trainee

pytestmark = pytest.mark.django_db
#: Invented: no serial beginning with 000 has been given out.
NUMBER, OTHER = "093080000001", "093080000002"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def office():
    return make_office("A")


def test_parts_and_keys_follow_the_name(office):
    person = make_trainee(office, "  Nguyễn  Thử\u00a0Mẫu ")
    assert (person.full_name, person.family_name, person.middle_name, person.given_name) == (
        "Nguyễn Thử Mẫu", "Nguyễn", "Thử", "Mẫu",
    )  # fmt: skip
    assert (person.sort_key, person.search_key) == (sort_key("Nguyễn", "Thử", "Mẫu"), search_key("Nguyễn Thử Mẫu"))
    save_trainee(person, actor=SYSTEM, full_name="Nguyễn Thử Đổi")
    person.refresh_from_db()
    assert (person.given_name, person.search_key) == ("Đổi", "nguyen thu doi")
    assert person.sort_key == sort_key("Nguyễn", "Thử", "Đổi")


def test_parts_that_somebody_corrected_stay_while_the_name_stays(office):
    person = make_trainee(office, "Danh Sa Rây")
    person.middle_name, person.given_name = "", "Sa Rây"
    save_trainee(person, actor=SYSTEM, full_name="Danh Sa Rây", position="Cán sự")
    person.refresh_from_db()
    assert (person.family_name, person.given_name) == ("Danh", "Sa Rây")
    assert person.sort_key == sort_key("Danh", "", "Sa Rây")


def test_what_is_not_given_stays_and_an_unknown_field_is_an_error(office):
    person = make_trainee(office, phone="0900000001", birth=PartialDate.parse("1975"))
    save_trainee(person, actor=SYSTEM, phone=None, position="Chuyên viên")
    person.refresh_from_db()
    assert (person.phone, person.birth.iso(), person.position) == ("0900000001", "1975", "Chuyên viên")
    assert person.birth_first == dt.date(1975, 1, 1)
    with pytest.raises(TypeError, match="rank"):
        fill_trainee(person, rank="1")


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_a_trainee_needs_a_name(office, name):
    with pytest.raises(Refusal, match="needs a name"):
        make_trainee(office, name)


def test_what_no_paper_can_print_is_refused_unless_it_was_there_before(office):
    """Take `refuse_unprintable` out of `save_trainee` and the list of the person's office cannot be drawn later."""
    for fields in ({"full_name": "Ngô Thử 漢"}, {"position": "Văn thư 😀"}):
        with pytest.raises(Refusal, match="cannot be printed"):
            save_trainee(Trainee(office=office), actor=SYSTEM, **{"full_name": "Ngô Thử", **fields})
    assert not Trainee.objects.exists()
    person = make_trainee(office)
    Trainee.objects.update(position="Văn thư 😀")
    person.refresh_from_db()
    assert save_trainee(person, actor=SYSTEM, phone="0912345678").position == "Văn thư 😀"


@pytest.mark.parametrize("number", ["1", "09308000000", "09308000000a", "0930800000012"])
def test_a_citizen_number_has_twelve_digits(office, number):
    with pytest.raises(Refusal, match="twelve digits"):
        make_trainee(office, citizen_number=number)


def test_a_citizen_number_is_kept_encrypted_and_logged_nowhere(office):
    person = make_trainee(office, citizen_number=NUMBER)
    assert Trainee.objects.get(pk=person.pk).citizen_number == NUMBER
    for table in ("courses_trainee", "courses_actionlog", "courses_actiondetail"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            assert NUMBER not in str(cursor.fetchall())
    save_trainee(person, actor=SYSTEM, citizen_number="")
    person.refresh_from_db()
    assert (person.citizen_number, person.citizen_number_fingerprint) == ("", None)


def test_a_number_that_somebody_else_has_is_refused_without_saying_whose(office):
    known = make_trainee(office, "Ngô Thử Một", citizen_number=NUMBER)
    with pytest.raises(Refusal, match="already belongs to another trainee") as refused:
        make_trainee(office, "Ngô Thử Hai", citizen_number=NUMBER)
    assert "Một" not in str(refused.value)
    other = make_trainee(office, "Ngô Thử Ba", citizen_number=OTHER)
    with pytest.raises(Refusal, match="already belongs"):
        save_trainee(other, actor=SYSTEM, citizen_number=NUMBER, position="Chủ tịch")
    other = Trainee.objects.get(pk=other.pk)
    assert (other.citizen_number, other.position) == (OTHER, "")
    assert save_trainee(known, actor=SYSTEM, citizen_number=NUMBER).citizen_number == NUMBER
    assert Trainee.objects.count() == 2


def test_the_log_says_what_changed_apart_from_the_number(office):
    person = make_trainee(office, "Ngô Thử Một")
    save_trainee(person, actor=SYSTEM, full_name="Ngô Thử Hai", citizen_number=NUMBER)
    save_trainee(person, actor=SYSTEM)
    entries = ActionLog.objects.filter(subject_id=person.pk).order_by("pk")
    assert [entry.action for entry in entries] == ["add", "change", "change"]
    assert entries[1].detail.changes == {"full_name": ["Ngô Thử Một", "Ngô Thử Hai"]}
    assert entries[1].changes == {}
    assert not hasattr(entries[2], "detail")
