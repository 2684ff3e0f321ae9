"""What a coordinator does with a list whose column titles nobody here knows, and how a long list is shown."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from attendance.tests.views.test_office_forms import Office
from courses.constants.choices import BatchState, RowDecision, RowFate
from courses.models import ColumnMeaning, ImportBatch, Registration, Trainee
from courses.services.rosters import reading

pytestmark = pytest.mark.django_db

ODD = "Thứ tự,Danh tính,Tuổi đời,Chức trách\n1,Ngô Thử An,05/06/1980,Văn thư\n2,Ngô Thử Bình,07/08/1981,Kế toán\n"
SAID = {"column-0": "number", "column-1": "full_name", "column-2": "birth", "column-3": "position"}
#: With a name that is understood, and a title that is not.
PARTLY = "STT,Họ và tên,Chức trách\n1,Ngô Thử An,Văn thư\n2,Ngô Thử Bình,Kế toán\n"


@pytest.fixture
def office(client):
    with translation.override("en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        yield Office(client)


def send(office, text: str) -> ImportBatch:
    response = office.post("office_upload", file=SimpleUploadedFile("ds.csv", text.encode()))
    assert response.status_code == 302, response.context["form"].errors
    return ImportBatch.objects.get()


def test_titles_that_nobody_knows_are_explained_by_the_office_and_the_list_is_read(office):
    batch = send(office, ODD)
    address = office.address("office_columns", batch.pk)
    assert office.get("office_preview", batch.pk)["Location"] == address
    text = office.get("office_columns", batch.pk).content.decode()
    for words in ("Danh tính", "Tuổi đời", "Not needed", "Date of birth"):
        assert words in text, words
    response = office.post("office_columns", batch.pk, **SAID)
    assert response["Location"] == office.address("office_preview", batch.pk)
    text = office.get("office_preview", batch.pk).content.decode()
    assert "2 people are in order." in text
    assert "1980" not in text
    office.post("office_preview", batch.pk)
    assert list(Registration.objects.order_by("pk").values_list("position", flat=True)) == ["Văn thư", "Kế toán"]
    assert set(ColumnMeaning.objects.values_list("office", "said_by")) == {(office.lop.ward.pk, None)}
    # The page is of no use any more, and says nothing.
    assert office.get("office_columns", batch.pk)["Location"] == office.address("office_preview", batch.pk)
    assert office.post("office_columns", batch.pk, **SAID)["Location"] == office.address("office_preview", batch.pk)


def test_the_page_about_columns_shows_no_cell_of_the_list(office):
    """Show the samples that organisers see, and whoever has the link reads the dates of birth in the file."""
    text = office.get("office_columns", send(office, ODD).pk).content.decode()
    for words in ("Ngô Thử", "1980", "05/06", "Văn thư"):
        assert words not in text, words


def test_without_names_or_with_a_meaning_that_is_none_the_page_asks_again(office):
    batch = send(office, ODD)
    for said, words in (
        (SAID | {"column-1": ""}, "Please say which column holds the full names"),
        (SAID | {"column-1": "password"}, "is not one of the available choices"),
    ):
        response = office.post("office_columns", batch.pk, **said)
        assert response.status_code == 200
        assert words in response.content.decode()
    assert not ColumnMeaning.objects.exists()


def test_a_column_that_was_left_out_is_explained_later(office):
    batch = send(office, PARTLY)
    text = office.get("office_preview", batch.pk).content.decode()
    assert office.address("office_columns", batch.pk) in text
    response = office.post("office_columns", batch.pk, **{"column-2": "position"})
    assert response["Location"] == office.address("office_preview", batch.pk)
    text = office.get("office_preview", batch.pk).content.decode()
    assert "Kế toán" in text
    assert office.address("office_columns", batch.pk) not in text


def test_what_was_explained_meanwhile_is_not_asked_and_a_list_that_is_refused_after_all_says_why(office, monkeypatch):
    batch = send(office, ODD)
    file = SimpleUploadedFile("hai.csv", ODD.replace("An", "Em").encode())
    office.post("office_upload", file=file)
    second = ImportBatch.objects.exclude(pk=batch.pk).get()
    office.post("office_columns", batch.pk, **SAID)
    assert office.get("office_columns", second.pk)["Location"] == office.address("office_upload")
    ImportBatch.objects.filter(pk=second.pk).update(header_unknown=False, refusal="Không đọc được.")
    text = office.get("office_preview", second.pk).content.decode()
    assert "Không đọc được." in text
    assert f'href="{office.address("office_upload")}"' in text
    ImportBatch.objects.filter(pk=second.pk).update(state=BatchState.READING, refusal="")
    assert "The list was not read to its end." in office.get("office_preview", second.pk).content.decode()


def test_columns_of_a_list_of_another_office_are_not_found(office):
    batch = send(office, ODD)
    for fields in ({"by_link": False}, {"by_link": True, "office": office.lop.other_ward}):
        ImportBatch.objects.update(**fields)
        assert office.get("office_columns", batch.pk).status_code == 404
        assert office.post("office_columns", batch.pk, **SAID).status_code == 404
    assert not ColumnMeaning.objects.exists()


def test_a_list_too_large_to_wait_for_is_sent_on_to_the_organisers_in_a_sentence(office, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BY_LINK", 1)
    for data, words in (
        (PARTLY.encode(), "more than 1 people in the list"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
    ):
        text = office.post("office_upload", file=SimpleUploadedFile("ds.csv", data)).content.decode()
        assert words in text
        assert "organisers of the class" in text
    assert "At most 500 people and 2 MB" in office.get("office_upload").content.decode()


def test_what_is_to_be_looked_at_stands_first_and_the_rest_is_folded(office):
    text = "STT,Họ và tên,Chức vụ\n1,Ngô Thử An,Văn thư\n2,,Kế toán\n3,Ngô Thử Em,Văn thư\n"
    batch = send(office, text)
    page = office.get("office_preview", batch.pk)
    assert [line.row for line in page.context["to_look_at"]] == [3]
    assert [line.row for line in page.context["others"]] == [2, 4]
    assert '<details class="new-person">' in page.content.decode()
    batch.rows.filter(row=3).delete()
    assert '<details class="new-person" open>' in office.get("office_preview", batch.pk).content.decode()


def test_who_is_on_the_list_of_another_office_is_not_said_to_be_on_this_one(office):
    """Before and after applying, among the rows to be looked at."""
    own, moved = office.lop.people(1) + office.lop.people(1, office=office.lop.other_ward)
    Trainee.objects.filter(pk=moved.trainee_id).update(office=office.lop.ward)
    rows = [f"{n},{registration.trainee.full_name},Văn thư" for n, registration in enumerate((own, moved), 1)]
    batch = send(office, "\n".join(["STT,Họ và tên,Chức vụ", *rows]))
    for row, registration in zip(batch.rows.order_by("pk"), (own, moved), strict=True):
        batch.rows.filter(pk=row.pk).update(
            trainee=registration.trainee, registration=registration, decision=RowDecision.KNOWN
        )
    for fate in ("", RowFate.ALREADY):
        batch.rows.update(fate=fate)
        page = office.get("office_preview", batch.pk)
        told = "On the list for another office already: please ask the organisers"
        assert [line.said for line in page.context["to_look_at"]] == [told]
        assert [line.said for line in page.context["others"]] == ["Already on the list"]


@pytest.mark.parametrize("columns", [1, 3])
def test_saying_what_columns_hold_costs_the_same_for_one_and_for_three(office, django_assert_num_queries, columns):
    titles = ["Danh tính", *(f"Cột {'ABC'[n]}" for n in range(columns))]
    rows = [",".join([f"Ngô Thử {name}", *["Văn thư"] * columns]) for name in ("An", "Em")]
    batch = send(office, "\n".join([",".join(titles), *rows]))
    with django_assert_num_queries(7):
        assert office.get("office_columns", batch.pk).status_code == 200


@pytest.mark.parametrize("people", [1, 3])
def test_looking_at_a_list_costs_the_same_for_one_and_for_three(office, django_assert_num_queries, people):
    own = office.lop.people(people)
    rows = [f"{n},{registration.trainee.full_name},Văn thư" for n, registration in enumerate(own, 1)]
    batch = send(office, "\n".join(["STT,Họ và tên,Chức vụ", *rows]))
    for row, registration in zip(batch.rows.order_by("pk"), own, strict=True):
        batch.rows.filter(pk=row.pk).update(registration=registration)
    with django_assert_num_queries(7):
        assert len(office.get("office_preview", batch.pk).context["others"]) == people
