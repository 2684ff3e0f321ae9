"""Every list of the admin as an Excel file: what the list shows, of everybody's own rows alone."""

import io

import openpyxl
import pytest
from django.contrib import admin
from django.urls import reverse

from courses.models import ActionLog, Course, Registration, Trainee
from courses.services.trainees import fill_trainee
from tests.access.browsers import browser_of
from tests.access.test_scope import words_of

pytestmark = pytest.mark.django_db
LISTS = [
    pytest.param(model, id=model._meta.label_lower)
    for model, pages in admin.site._registry.items()
    if pages.list_display
]
#: Title, what it holds, an empty line, the heads; and the sum below.
BESIDE = 5


def address(model, name) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}")


def taken_out(client, model, query=""):
    """(heads, rows) of the file without the numbers of the rows; None when the list is not for them."""
    answer = client.post(address(model, "export") + query)
    if answer.status_code != 200:
        assert answer.status_code == client.get(address(model, "changelist")).status_code == 403
        return None
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]
    assert [row[0] for row in rows[4:-1]] == list(range(1, len(rows) - BESIDE + 1))
    return rows[3][1:], [row[1:] for row in rows[4:-1]]


@pytest.mark.parametrize("model", LISTS)
def test_each_list_comes_out_whole_and_names_nobody_of_the_other_host(world, model):
    for actor, _own, other in (("organiser", world.a, world.b), ("other organiser", world.b, world.a)):
        client = browser_of(world, actor)
        found = taken_out(client, model)
        if found is None:
            continue
        heads, rows = found
        shown = client.get(address(model, "changelist"))
        if shown.status_code == 200 and "cl" in (shown.context or {}):
            assert len(rows) == shown.context["cl"].result_count
        assert len(heads) >= 1
        assert "None" not in {str(value) for row in rows for value in row if value is not None}
        text = repr(rows).lower()
        assert [word for word in words_of(other) if word in text] == []


def test_a_file_holds_what_search_and_filters_leave_and_says_so_and_is_logged(world):
    client = browser_of(world, "organiser")
    before = ActionLog.objects.filter(action="export list").count()
    everybody = taken_out(client, Trainee)[1]
    some = client.post(address(Trainee, "export") + f"?q={world.a.trainee.family_name}")
    sheet = openpyxl.load_workbook(io.BytesIO(some.content)).active
    assert world.a.trainee.family_name in sheet["A2"].value
    assert 1 <= sheet.max_row - BESIDE <= len(everybody)
    entries = ActionLog.objects.filter(action="export list").order_by("pk")
    assert entries.count() == before + 2
    assert entries.last().changes == {"count": [None, sheet.max_row - BESIDE]}


def test_nobody_else_takes_a_list_out(world):
    for actor in ("nobody", "coordinator", "trainee link"):
        answer = browser_of(world, actor).post(address(Trainee, "export"))
        assert answer.status_code == 302
        assert "/login/" in answer.headers["Location"]


def test_a_file_asks_as_often_for_many_rows_as_for_few(world, django_assert_num_queries):
    client, path = browser_of(world, "organiser"), address(Trainee, "export")
    client.post(path)
    with django_assert_num_queries(11) as few:
        client.post(path)
    for name in ("Ngô Thử Thêm Một", "Ngô Thử Thêm Hai"):
        fill_trainee(Trainee(), full_name=name, office=world.a.first).save()
    with django_assert_num_queries(len(few)):
        client.post(path)


def test_a_name_that_begins_like_a_formula_stays_as_it_was_typed(world):
    fill_trainee(Trainee(), full_name="=Ngô Công Thức", office=world.a.first, position='=HYPERLINK("http://x")').save()
    answer = browser_of(world, "organiser").post(address(Trainee, "export") + "?q=Công+Thức")
    cells = {
        cell.value: cell.data_type for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active for cell in row
    }
    assert cells["=Ngô Công Thức"] == cells['=HYPERLINK("http://x")'] == "s"


def test_a_list_that_is_called_a_list_is_not_called_so_twice(world):
    answer = browser_of(world, "organiser").post(address(Registration, "export"))
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).active["A1"].value.count("DANH SÁCH") == 1


def test_what_was_typed_stands_in_the_file_as_it_was_typed(world):
    """Fails, with “&amp;” in the cells, where a column is a link and only its tags are taken away."""
    title = "Văn thư & lưu trữ <mới>"
    Course.objects.filter(pk=world.a.course.pk).update(title=title)
    _heads, rows = taken_out(browser_of(world, "organiser"), Course)
    assert any(title in str(value) for row in rows for value in row)
    assert not any("&amp;" in str(value) for row in rows for value in row)
