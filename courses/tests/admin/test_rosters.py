import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RoleKind
from courses.constants.partial_dates import PartialDate
from courses.models import ImportBatch, Registration, Trainee
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.tests.listing import NUMBER, World, csv_of, line, many, running
from courses.tests.planning import make_organiser, make_trainee, organiser_of, signed_in


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


def batch_of(world, *lines):
    return read_roster(world.course, csv_of(*lines), "danh sach.csv", actor=SYSTEM)


def text_of(response):
    return response.content.decode()


def test_a_list_is_uploaded_looked_at_and_registered(world, organiser):
    page = organiser.get(upload_address(world))
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in text_of(page)
    response = upload(organiser, world, many(2), office="")
    batch = ImportBatch.objects.get()
    assert (response.status_code, response.url) == (302, address(batch))
    preview = text_of(organiser.get(address(batch)))
    assert "Ngô Thử An An" in preview
    assert "01/03/1980" in preview
    assert not Registration.objects.exists()
    assert re.search(r'<input type="submit" name="apply" class="default" value="[^"]*2[^"]*">', preview)
    done = organiser.post(address(batch), {"apply": "x"}, follow=True)
    assert Registration.objects.filter(course=world.course).count() == 2
    assert 'name="apply"' not in text_of(done)
    organiser.post(address(batch), {"apply": "x"})
    assert Registration.objects.count() == 2


def test_a_list_of_excel_is_read(world, organiser):
    book = openpyxl.Workbook()
    book.active.append(["STT", "Họ và tên", "Năm sinh", "Đơn vị"])
    book.active.append([1, "Ngô Thử An", 1980, "Phường Thử Hai"])
    file = io.BytesIO()
    book.save(file)
    upload(organiser, world, file.getvalue(), "danh sach.xlsx")
    assert ImportBatch.objects.get().rows.get().office == world.two


def test_rows_that_name_no_office_get_the_one_chosen(world, organiser):
    upload(organiser, world, csv_of(line("Ngô Thử An", "1980", office="")), office=world.two.pk)
    assert ImportBatch.objects.get().rows.get().office == world.two


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 cut off", b"<html><table><tr><td>STT</td></tr></table></html>", b"\x00" * 100]
)
def test_a_file_that_cannot_be_read_gets_a_sentence_on_the_page(world, organiser, data):
    response = upload(organiser, world, data)
    assert response.status_code == 200
    assert 'class="errorlist"' in text_of(response)
    assert not ImportBatch.objects.exists()


def test_a_file_over_ten_megabytes_gets_a_sentence_without_being_read(world, organiser):
    response = upload(organiser, world, many(1) + b"\n" * (10 * 1024 * 1024))
    assert response.status_code == 200
    assert "10 MB" in text_of(response)


def test_without_a_file_the_form_says_so(world, organiser):
    response = organiser.post(upload_address(world), {"office": ""})
    assert 'class="errorlist"' in text_of(response)


def test_rows_show_what_is_wrong_and_mask_citizen_numbers(world, organiser):
    batch = batch_of(
        world,
        line("Ngô Thử An", "31/02/1980", number=NUMBER.format(1)),
        line("Lê Thử Bình", "1980", number=NUMBER.format(2)),
    )
    text = text_of(organiser.get(address(batch)))
    assert text.count('class="problems"') == 1
    assert "31/02/1980" in text
    assert "093•••••••01" in text
    assert "093•••••••02" in text
    assert NUMBER.format(1) not in text
    assert NUMBER.format(2) not in text


def test_filters_show_the_rows_they_name(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980"), line("Lê Thử Bình", "1980"))
    for show, there, gone in (("look", "Ngô Thử An", "Lê Thử Bình"), ("ready", "Lê Thử Bình", "Ngô Thử An")):
        text = text_of(organiser.get(address(batch), {"show": show}))
        assert there in text
        assert gone not in text
    strange = text_of(organiser.get(address(batch), {"show": "'\"<", "page": "x"}))
    assert "Ngô Thử An" in strange


def test_an_asked_row_shows_the_candidates_side_by_side_and_keeps_the_choice_over_pages(world, organiser):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980-06-05"), position="Văn thư")
    batch = batch_of(world, line("Ngô Thử An", "1990"), line("Ngô Thử An", "1991"))
    first, second = batch.rows.order_by("pk")
    text = text_of(organiser.get(address(batch)))
    assert f'name="row-{first.pk}" value="{known.pk}"' in text
    assert "1980 · Văn thư · Phường Thử Một" in text
    response = organiser.post(address(batch), {f"row-{first.pk}": known.pk, "go": "show=look&page=7&x=//evil"})
    assert response.url == f"{address(batch)}?show=look&page=7"
    assert re.search(f'value="{known.pk}" checked', text_of(organiser.get(address(batch))))
    organiser.post(address(batch), {f"row-{second.pk}": "new", "apply": "x"})
    assert set(Registration.objects.values_list("trainee_id", flat=True)) == set(
        Trainee.objects.values_list("pk", flat=True)
    )
    assert Trainee.objects.count() == 2


def test_forged_fields_are_passed_over(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "1980"))
    fields = {"row-": "1", "row-x": "new", f"row-{'9' * 30}": "new", "row-²": "new", "row-1": "9" * 40}
    response = organiser.post(address(batch), {**fields, "apply": "x"})
    assert response.status_code == 302
    assert Registration.objects.count() == 1


def test_a_person_known_by_a_number_of_another_host_is_shown_as_the_row_says_alone(world):
    make_trainee(world.far, "Ngô Thử Ẩn", position="Kín đáo", phone="0911111111", citizen_number=NUMBER.format(1))
    batch = batch_of(world, line("Ngô Thử An", "1980", number=NUMBER.format(1)))
    text = text_of(signed_in(Client(), make_organiser(world.host)).get(address(batch)))
    for secret in ("Ngô Thử Ẩn", "Kín đáo", "0911111111", "Xã Thử Xa"):
        assert secret not in text


def test_an_organiser_of_another_host_gets_404(world):
    batch = batch_of(world, line("Ngô Thử An", "1980"))
    stranger = signed_in(Client(), make_organiser(world.other))
    for where in (upload_address(world), address(batch), address(batch).replace("change", "history")):
        assert stranger.get(where).status_code == 404
    assert upload(stranger, world, many(1)).status_code == 404
    assert stranger.post(address(batch), {"apply": "x"}).status_code == 404
    assert "danh sach.csv" not in text_of(stranger.get("/admin/courses/importbatch/"))
    assert not Registration.objects.exists()


def test_a_certificate_officer_of_the_host_neither_sees_nor_uploads_lists(world):
    batch = batch_of(world, line("Ngô Thử An", "1980"))
    officer = signed_in(Client(), make_organiser(world.host, RoleKind.OFFICER))
    assert officer.get(upload_address(world)).status_code == 403
    assert upload(officer, world, many(1)).status_code == 403
    assert officer.get(address(batch)).status_code in (403, 404)
    assert officer.post(address(batch), {"apply": "x"}).status_code in (403, 404)
    assert not Registration.objects.exists()


def test_missing_batches_and_classes_are_404(world, organiser):
    for pk in ("999999", "9" * 30):
        assert organiser.get(f"/admin/courses/importbatch/{pk}/change/").status_code == 404
        assert organiser.get(f"/admin/courses/importbatch/class/{pk}/").status_code == 404
    assert organiser.get("/admin/courses/importbatch/x/change/").status_code == 404


def test_nobody_who_is_not_signed_in_gets_in(world):
    assert Client().get(upload_address(world)).status_code == 302


def test_a_concluded_class_says_so_and_registers_nobody(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "1980"))
    world.course.state = CourseState.CONCLUDED
    world.course.save()
    assert '<form method="post" enctype' not in text_of(organiser.get(upload_address(world)))
    assert upload(organiser, world, many(1)).status_code == 200
    assert 'name="apply"' not in text_of(organiser.get(address(batch)))
    response = organiser.post(address(batch), {"apply": "x"}, follow=True)
    assert 'class="error"' in text_of(response)
    assert not Registration.objects.exists()


def test_a_long_list_comes_in_pages_of_a_hundred(world, organiser):
    batch = read_roster(world.course, many(120), "a.csv", actor=SYSTEM)
    first, second = (text_of(organiser.get(address(batch), {"page": page})) for page in (1, 2))
    assert (first.count("<tr"), second.count("<tr")) == (101, 21)


def test_every_page_takes_as_many_queries_for_three_rows_as_for_one(world, organiser):
    organiser.get(upload_address(world))  # the first request of a session takes more
    for number, office in ((1, world.one), (3, world.two)):
        course = running(world.host, f"LOP-{number}0")
        batch = read_roster(course, many(number, office.name), f"{number}.csv", actor=SYSTEM)
        with CaptureQueriesContext(connection) as preview:
            organiser.get(address(batch))
        apply_batch(batch, actor=organiser_of(world.host), decisions={})
        with CaptureQueriesContext(connection) as result:
            organiser.get(address(batch))
        Registration.objects.all().delete()
        batch.rows.all().delete()
        Trainee.objects.all().delete()
        assert (len(preview), len(result)) == (10, 12)


def test_the_lists_of_lists_take_as_many_queries_for_three_as_for_one(world, organiser):
    organiser.get(upload_address(world))
    for number in (1, 3):
        while ImportBatch.objects.count() < number:
            user = make_organiser(world.host)
            course = world.course if number == 1 else running(world.host, f"LOP-{user.pk}")
            ImportBatch.objects.create(
                course=course, file_name="a.csv", uploaded_at=world.course.created_at, uploaded_by=user
            )
        with CaptureQueriesContext(connection) as everywhere:
            organiser.get("/admin/courses/importbatch/")
        ImportBatch.objects.update(course=world.course)
        with CaptureQueriesContext(connection) as of_class:
            organiser.get(upload_address(world))
        assert (len(everywhere), len(of_class)) == (6, 7)
