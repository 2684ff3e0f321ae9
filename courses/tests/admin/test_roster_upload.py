import datetime as dt
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import BackgroundTask, ColumnMeaning, ImportBatch
from courses.services.rosters.reading import judge_roster
from courses.services.rosters.taking import finish_reading, keep_unread, take_in_roster
from courses.tasks import reading
from courses.tests.background import run_waiting_tasks
from courses.tests.listing import World, many
from courses.tests.planning import make_organiser, signed_in
from courses.tests.services.rosters.test_taking import ODD, PARTLY, SAID

DIRECTORY = "/admin/courses/importbatch/directory/"


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def organiser(world):
    return signed_in(Client(), make_organiser(world.host))


def upload_address(world):
    return f"/admin/courses/importbatch/class/{world.course.pk}/"


def address(batch):
    return f"/admin/courses/importbatch/{batch.pk}/change/"


def upload(client, world, data, name="danh sach.csv", **more):
    return client.post(upload_address(world), {"file": SimpleUploadedFile(name, data), **more})


def text_of(response):
    return response.content.decode()


def unread(world, office=None):
    with pytest.raises(Refusal) as refused:
        judge_roster(world.course, ODD, actor=SYSTEM, office=office)
    return keep_unread(world.course, ODD, "la.csv", actor=SYSTEM, office=office, refused=refused.value)


def reading_address(batch):
    return f"/admin/courses/importbatch/{batch.pk}/reading/"


def test_a_large_file_is_read_by_a_task_while_the_page_says_how_far_it_is(world, organiser, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_READ_AT_ONCE", 100)
    response = upload(organiser, world, many(3))
    batch = ImportBatch.objects.get()
    assert (response.url, batch.state, batch.rows.count()) == (address(batch), BatchState.READING, 0)
    assert organiser.get(address(batch)).url == reading_address(batch)
    page = text_of(organiser.get(reading_address(batch)))
    assert "<progress" in page
    assert "<noscript><meta http-equiv" in page
    upload(organiser, world, many(3))
    assert ImportBatch.objects.count() == 1
    ImportBatch.objects.update(total=3, done=1)
    assert 'max="3" value="1"' in text_of(organiser.get(reading_address(batch)))
    run_waiting_tasks()
    assert organiser.get(reading_address(batch)).url == address(batch)
    assert "Ngô Thử An An" in text_of(organiser.get(address(batch)))


def test_waiting_with_nobody_at_work_is_said(world, organiser, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_READ_AT_ONCE", 100)
    upload(organiser, world, many(3))
    batch = ImportBatch.objects.get()
    assert "manage.py work" not in text_of(organiser.get(reading_address(batch)))
    BackgroundTask.objects.update(enqueued_at=now() - dt.timedelta(minutes=2))
    assert "manage.py work" in text_of(organiser.get(reading_address(batch)))


def test_a_file_that_the_task_could_not_read_says_why_on_its_page(world, organiser):
    batch = take_in_roster(world.course, b"a,b\n1,2", "x.csv", actor=SYSTEM)
    finish_reading(batch.pk)
    page = text_of(organiser.get(reading_address(batch)))
    assert "Họ và tên" in page
    assert "<select" not in page
    assert upload_address(world) in page


def test_unknown_columns_are_explained_on_a_page_and_the_list_is_read_by_itself(world, organiser):
    response = upload(organiser, world, ODD, office=world.one.pk)
    batch = ImportBatch.objects.get()
    assert response.url == address(batch)
    page = text_of(organiser.get(reading_address(batch)))
    assert [title for title in SAID if f">{title}:</label>" in page] == list(SAID)
    assert "Ngô Thử An" in page
    assert "093080000123" not in page
    said = {f"column-{number}": field for number, field in enumerate(SAID.values())}
    refused = organiser.post(reading_address(batch), said | {"column-1": ""})
    assert (refused.status_code, ColumnMeaning.objects.count()) == (200, 0)
    assert "errorlist" in text_of(refused)
    done = organiser.post(reading_address(batch), said)
    batch.refresh_from_db()
    assert (done.url, batch.state, batch.rows.count()) == (address(batch), BatchState.READ, 4)
    assert set(ColumnMeaning.objects.values_list("office", flat=True)) == {world.one.pk}
    # Once an office: its next list is read at once.
    upload(organiser, world, ODD, name="sau.csv", office=world.one.pk)
    assert ImportBatch.objects.latest("pk").state == BatchState.READ


def test_a_large_file_with_unknown_columns_is_read_again_by_a_task(world, organiser, monkeypatch):
    batch = unread(world)
    monkeypatch.setattr(reading, "LARGEST_READ_AT_ONCE", 100)
    organiser.post(reading_address(batch), {f"column-{n}": field for n, field in enumerate(SAID.values())})
    batch.refresh_from_db()
    assert batch.state == BatchState.READING
    run_waiting_tasks()
    batch.refresh_from_db()
    assert batch.state == BatchState.READ


def test_pages_of_reading_are_a_404_for_others_of_a_directory_too(world, organiser):
    batch = unread(world)
    other = signed_in(Client(), make_organiser(world.other))
    for of_class in (True, False):
        if not of_class:
            ImportBatch.objects.update(course=None, kept_by=world.host)
        assert other.get(reading_address(batch)).status_code == 404
        assert other.post(reading_address(batch), {"column-0": "full_name"}).status_code == 404
        assert organiser.get(reading_address(batch)).status_code == 200
    assert not ColumnMeaning.objects.exists()


def test_a_directory_with_unknown_columns_is_explained_on_the_same_page(world, organiser):
    posted = {"file": SimpleUploadedFile("la.csv", ODD), "kept_by": world.host.pk}
    response = organiser.post(DIRECTORY, posted)
    batch = ImportBatch.objects.get()
    assert (response.url, batch.state, batch.kept_by) == (address(batch), BatchState.REFUSED, world.host)
    page = text_of(organiser.get(reading_address(batch)))
    assert DIRECTORY in page
    assert [title for title in SAID if f">{title}:</label>" in page] == list(SAID)
    organiser.post(reading_address(batch), {f"column-{n}": field for n, field in enumerate(SAID.values())})
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (BatchState.READ, 4)


def test_a_large_directory_is_read_by_a_task(world, organiser, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_READ_AT_ONCE", 100)
    organiser.post(DIRECTORY, {"file": SimpleUploadedFile("a.csv", many(4)), "kept_by": world.host.pk})
    batch = ImportBatch.objects.get()
    assert batch.state == BatchState.READING
    assert "data-progress" in text_of(organiser.get(reading_address(batch)))
    run_waiting_tasks()
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == (BatchState.READ, 4)


def test_columns_left_out_are_explained_from_the_preview_and_the_list_is_read_again(world, organiser):
    upload(organiser, world, PARTLY)
    batch = ImportBatch.objects.get()
    columns = f"{reading_address(batch)}?columns=1"
    assert columns in text_of(organiser.get(address(batch)))
    assert organiser.get(reading_address(batch)).url == address(batch)
    page = text_of(organiser.get(columns))
    assert re.search(r'name="column-1".*?value="full_name" selected', page, re.DOTALL)
    fields = ["number", "full_name", "birth", "position", "office", "", ""]
    done = organiser.post(columns, {f"column-{n}": field for n, field in enumerate(fields)})
    batch.refresh_from_db()
    assert (done.url, batch.state, batch.notes) == (address(batch), BatchState.READ, [])
    assert columns not in text_of(organiser.get(address(batch)))
    assert organiser.get(columns).url == address(batch)


def test_the_form_to_fill_in_is_for_an_office_or_for_all(world, organiser):
    page = text_of(organiser.get(upload_address(world)))
    assert f"{upload_address(world)}template/" in page
    for query, offices in ((f"?office={world.one.pk}", {"Phường Thử Một"}), ("?office=", {None})):
        response = organiser.get(f"{upload_address(world)}template/{query}")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
        assert {row[5].value for row in sheet.iter_rows(min_row=7, max_row=20)} == offices
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert organiser.get(f"{upload_address(world)}template/?office=999999").status_code == 404
    assert organiser.get(f"{upload_address(world)}template/?office=x").status_code == 200


@pytest.mark.parametrize("state", [BatchState.READING, BatchState.REFUSED])
def test_the_page_until_it_is_read_takes_a_fixed_number_of_queries(world, organiser, state):
    counts = []
    organiser.get(upload_address(world))
    for number in (1, 3):
        batch = take_in_roster(world.course, many(number), "x.csv", actor=SYSTEM)
        ImportBatch.objects.filter(pk=batch.pk).update(state=state, refusal="?")
        with CaptureQueriesContext(connection) as queries:
            organiser.get(reading_address(batch))
        counts.append(len(queries))
    assert counts == [{BatchState.READING: 7, BatchState.REFUSED: 5}[state]] * 2
