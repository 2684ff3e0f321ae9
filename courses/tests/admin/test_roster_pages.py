"""The pages beside and on the preview of a roster: deciding, putting right, giving back, taking back, directories."""

import io
import re

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext
from django_tasks_db.models import DBTaskResult

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, RoleKind, RowDecision
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, ImportBatch, OfficeAlias, Registration, Trainee
from courses.services.registrations import register
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.deciding import leave_out, put_right
from courses.services.rosters.directory import read_directory
from courses.services.rosters.reading import read_roster
from courses.services.rosters.retyping import cells_of
from courses.services.rosters.rows import open_rows
from courses.tasks import applying
from courses.tasks.applying import apply_roster
from courses.tests.listing import NUMBER, World, csv_of, line, many, running
from courses.tests.planning import make_organiser, make_trainee, signed_in

DIRECTORY = "/admin/courses/importbatch/directory/"


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def organiser(world):
    return signed_in(Client(), make_organiser(world.host))


@pytest.fixture
def stranger(world):
    return signed_in(Client(), make_organiser(world.other))


def page(batch, what="change/"):
    return f"/admin/courses/importbatch/{batch.pk}/{what}"


def batch_of(world, *lines):
    return read_roster(world.course, csv_of(*lines), "danh sach.csv", actor=SYSTEM)


def row_page(batch, number=0):
    return page(batch, f"row/{batch.rows.order_by('pk')[number].pk}/")


def text_of(response):
    return response.content.decode()


CELLS = dict.fromkeys(("birth", "gender", "position", "phone", "email", "citizen_id"), "") | {"full_name": "Ngô Thử An"}


# Choices


def test_another_organiser_goes_on_where_the_first_one_stopped(world, organiser):
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"))
    batch = batch_of(world, line("Ngô Thử An", "1990"))
    organiser.post(page(batch), {f"row-{batch.rows.get().pk}": known.pk, "go": "show=all"})
    other = signed_in(Client(), make_organiser(world.host))
    assert re.search(rf'value="{known.pk}" checked', text_of(other.get(page(batch))))
    other.post(page(batch), {"apply": "1"})
    assert Registration.objects.get().trainee == known


def test_candidates_stand_side_by_side_with_what_tells_them_apart(world, organiser):
    first = make_trainee(
        world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980"), position="Văn thư", phone="0900000001",
        citizen_number=NUMBER.format(1),
    )  # fmt: skip
    make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1985"), position="Kế toán")
    register(running(world.host, "LOP-CU"), first, actor=SYSTEM)
    text = text_of(organiser.get(page(batch_of(world, line("Ngô Thử An", "1990")))))
    for fact in ("1980 · Văn thư · Phường Thử Một", "1985 · Kế toán", "090•••••01", "093•••••••01", "LOP-CU"):
        assert fact in text
    assert "0900000001" not in text
    assert NUMBER.format(1) not in text


def test_a_candidate_who_is_in_this_very_class_is_said_to_be_there(world, organiser):
    organiser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    register(world.course, make_trainee(world.one, "Ngô Thử An", position="Văn thư"), actor=SYSTEM)
    text = text_of(organiser.get(page(batch_of(world, line("Ngô Thử An", "1990")))))
    assert ("Already in this class" in text, f"Classes: {world.course.code}" in text) == (True, False)


def test_a_row_with_something_wrong_can_be_put_right_or_left_out_though_its_person_is_in_the_class(world, organiser):
    """Fails when rows of people who are there are never offered."""
    known = make_trainee(world.one, "Ngô Thử An", citizen_number=NUMBER.format(1))
    register(world.course, known, actor=SYSTEM)
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980", number=NUMBER.format(1)))
    row = batch.rows.get()
    assert (row.registration is not None, bool(row.problems)) == (True, True)
    assert f'name="mend" value="{row.pk}"' in text_of(organiser.get(page(batch)))


def test_the_sheet_of_a_row_is_said_only_where_there_are_several(world, organiser):
    organiser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    batch = batch_of(world, line("Ngô Thử An"), line("Ngô Thử Ba"))
    batch.rows.update(sheet="Sheet")
    assert "sheet Sheet" not in text_of(organiser.get(page(batch)))
    row = batch.rows.order_by("pk")[0]
    batch.rows.filter(pk=row.pk).update(sheet="Trang")
    assert f"{row.row}, sheet Trang" in text_of(organiser.get(page(batch)))


def test_a_candidate_who_was_merged_since_is_shown_as_the_one_who_is_kept(world, organiser):
    first, second = (make_trainee(world.one, "Ngô Thử An", position=name) for name in ("Văn thư", "Kế toán"))
    batch = batch_of(world, line("Ngô Thử An", "1990"))
    Trainee.objects.filter(pk=first.pk).update(merged_into=second)
    text = text_of(organiser.get(page(batch)))
    assert (text.count("Kế toán"), "Văn thư" in text) == (1, False)
    organiser.post(page(batch), {f"row-{batch.rows.get().pk}": first.pk, "go": "show=all"})
    assert text_of(organiser.get(page(batch))).count("checked") == 1
    organiser.post(page(batch), {"apply": "1"})
    assert Registration.objects.get().trainee == second


def test_numbers_of_candidates_are_not_shown_to_who_may_not_edit_them(world, stranger):
    """The other host sees the person through its own class, and no more than name, year, position, office."""
    known = make_trainee(world.one, "Ngô Thử An", birth=PartialDate.from_iso("1980-01-01"), phone="0900000001")
    theirs = running(world.other, "LOP-KHAC")
    register(running(world.other, "LOP-KHAC-2"), known, actor=SYSTEM)
    register(running(world.host, "LOP-KIN"), known, actor=SYSTEM)
    batch = read_roster(theirs, csv_of(line("Ngô Thử An", "1990")), "a.csv", actor=SYSTEM)
    text = text_of(stranger.get(page(batch)))
    assert "LOP-KHAC-2" in text
    assert "090•••••01" not in text
    assert "LOP-KIN" not in text


# A row put right


def test_a_list_that_comes_again_says_what_was_put_right_or_decided_before(world, organiser):
    data = csv_of(line("Ngô Thử An", "31/02/1980"), line("Lê Thử Bình", "1981"), line("Lê Thử Châu", "1982"))
    first = read_roster(world.course, data, "a.csv", actor=SYSTEM)
    mended, left, _other = open_rows(first)
    put_right(mended.kept, {**cells_of(mended), "birth": "28/02/1980"}, office=world.one, actor=SYSTEM)
    leave_out(left.kept, actor=SYSTEM)
    again = read_roster(world.course, data, "a.csv", actor=SYSTEM)
    shown = text_of(organiser.get(page(again)))
    assert [shown.count(gettext(words)) for words in ("(put right as before)", "(decided as before)")] == [1, 1]
    assert again.notes[0] in shown


def test_a_row_is_put_right_on_its_page_without_script(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980", number=NUMBER.format(1)))
    assert organiser.post(page(batch), {"mend": batch.rows.get().pk}).url == row_page(batch)
    for made_up in ("٣", "²", "9" * 30):
        assert organiser.post(page(batch), {"mend": made_up}).status_code == 302
    text = text_of(organiser.get(row_page(batch)))
    assert 'value="31/02/1980"' in text
    assert 'value="Ngô Thử An"' in text
    assert NUMBER.format(1) not in text
    done = organiser.post(row_page(batch), {**CELLS, "birth": "28/02/1980", "office": world.one.pk})
    assert done.url == page(batch)
    row = batch.rows.get()
    assert (row.status, row.fixed) == ("ok", True)
    organiser.post(page(batch), {"apply": "1"})
    person = Trainee.objects.get()
    assert (person.birth.iso(), person.citizen_number) == ("1980-02-28", NUMBER.format(1))


def test_what_still_cannot_be_read_is_shown_again_with_what_was_typed(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980"))
    response = organiser.post(row_page(batch), {**CELLS, "birth": "31/04/1980", "office": world.one.pk}, follow=True)
    text = text_of(response)
    assert response.redirect_chain[-1][0] == row_page(batch)
    assert 'value="31/04/1980"' in text
    assert 'class="problems"' in text


def test_the_number_is_taken_away_only_on_purpose(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", number="12345"))
    organiser.post(row_page(batch), {**CELLS, "office": world.one.pk})
    assert batch.rows.get().status == "problem"
    organiser.post(row_page(batch), {**CELLS, "office": world.one.pk, "no_number": "on"})
    assert batch.rows.get().status == "ok"


def test_offices_to_choose_from_are_those_of_the_day_of_the_class(world, organiser):
    world.two.valid_to = world.course.starts_on
    world.two.save()
    batch = batch_of(world, line("Ngô Thử An", "1980", office=""))
    text = text_of(organiser.get(row_page(batch)))
    assert f'<option value="{world.one.pk}"' in text
    assert f'<option value="{world.two.pk}"' not in text
    organiser.post(row_page(batch), {**CELLS, "office": world.two.pk})
    assert batch.rows.get().office is None


def test_a_row_is_left_out_and_taken_in_again(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980"))
    organiser.post(row_page(batch), {"leave": "1"})
    assert batch.rows.get().choice == "skip"
    assert 'name="take"' in text_of(organiser.get(row_page(batch)))
    organiser.post(row_page(batch), {"take": "1"})
    assert batch.rows.get().choice == ""


def test_rows_of_an_applied_list_are_shown_and_not_changed(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980"))
    apply_batch(batch, actor=SYSTEM)
    assert 'name="save"' not in text_of(organiser.get(row_page(batch)))
    organiser.post(row_page(batch), {**CELLS, "birth": "1980", "office": world.one.pk})
    assert batch.rows.get().fixed is False


# Which office


def test_a_close_spelling_is_asked_with_buttons_and_the_answer_remembered(world, organiser):
    batch = batch_of(world, *(line(f"Ngô Thử {n}", "1980", office="Phường Thừ Mọt") for n in ("An", "Ba")))
    text = text_of(organiser.get(page(batch)))
    assert f'name="answer" value="1:{world.one.pk}"' in text
    assert 'name="remember-1" checked' in text
    organiser.post(page(batch), {"answer": f"1:{world.one.pk}", "words-1": "Phường Thừ Mọt"})
    assert [row.office for row in batch.rows.all()] == [world.one, world.one]
    assert not OfficeAlias.objects.exists()
    assert 'name="answer"' not in text_of(organiser.get(page(batch)))


def test_another_office_is_chosen_from_the_list_and_remembered(world):
    client = signed_in(Client(), make_organiser(world.host))
    batch = batch_of(world, line("Ngô Thử An", "1980", office="Nơi Nào Đó Xa Lắc"))
    posted = {"answer": "1:other", "words-1": "Nơi Nào Đó Xa Lắc", "remember-1": "on"}
    client.post(page(batch), posted)
    assert batch.rows.get().office is None
    client.post(page(batch), {**posted, "other-1": world.two.pk})
    assert batch.rows.get().office == world.two
    assert OfficeAlias.objects.get().office == world.two


@pytest.mark.parametrize("answer", ["", ":", "1:", "x:y", "1:" + "9" * 40, "1:-1", "1:²"])
def test_forged_answers_change_nothing(world, organiser, answer):
    batch = batch_of(world, line("Ngô Thử An", "1980", office="Phường Thừ Mọt"))
    assert organiser.post(page(batch), {"answer": answer, "words-1": "Phường Thừ Mọt"}).status_code == 302
    assert batch.rows.get().office is None


# Long lists


def test_a_search_finds_names_by_the_beginnings_of_words(world, organiser):
    batch = batch_of(world, line("Ngô Thử Ánh", "1980"), line("Lê Thử Bình", "1980"))
    text = text_of(organiser.get(page(batch), {"q": "anh ngo"}))
    assert ("Ngô Thử Ánh" in text, "Lê Thử Bình" in text) == (True, False)
    response = organiser.post(page(batch), {"q": "binh", "go": "show=all"})
    assert response.url == f"{page(batch)}?show=all&page=1&q=binh"


def test_a_page_opens_no_more_rows_than_it_shows(world, organiser, monkeypatch):
    batch = read_roster(world.course, many(120), "a.csv", actor=SYSTEM)
    batch.rows.filter(pk__in=batch.rows.order_by("pk")[:100].values("pk")).update(sealed="broken")
    assert organiser.get(page(batch), {"page": 2}).status_code == 200
    assert organiser.get(page(batch), {"page": 1}).status_code == 302


def test_a_long_list_is_applied_in_the_background(world, organiser, monkeypatch):
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    batch = read_roster(world.course, many(3), "a.csv", actor=SYSTEM)
    organiser.post(page(batch), {"apply": "1"})
    batch.refresh_from_db()
    assert (batch.state, Registration.objects.count(), DBTaskResult.objects.count()) == (BatchState.APPLYING, 0, 1)
    text = text_of(organiser.get(page(batch)))
    assert 'role="status"' in text
    assert 'name="apply" value="again"' in text


def test_long_work_that_failed_is_handed_over_again(world, organiser, monkeypatch):
    monkeypatch.setattr(applying, "AT_ONCE", 2)
    batch = read_roster(world.course, many(3), "a.csv", actor=SYSTEM)
    organiser.post(page(batch), {"apply": "1"})
    organiser.post(page(batch), {"apply": "again"})
    assert DBTaskResult.objects.count() == 2
    user = DBTaskResult.objects.first().args_kwargs["args"][1]
    for _time in range(2):
        apply_roster.func(batch.pk, user)
    assert Registration.objects.count() == 3


# Given back


def test_the_list_is_given_back_as_excel_and_logged(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980"))
    response = organiser.post(page(batch, "download/"))
    assert response["Content-Disposition"] == 'attachment; filename="danh sach - can xem lai.xlsx"'
    assert "no-store" in response["Cache-Control"]
    assert openpyxl.load_workbook(io.BytesIO(response.content)).active["B2"].value == "Ngô Thử An"
    assert ActionLog.objects.filter(action="download roster").count() == 1
    assert organiser.get(page(batch, "download/")).status_code == 405


def test_before_it_is_given_back_who_is_there_is_asked_again(world):
    """Take `asked` out of `roster_urls` and the file comes at once."""
    user, client = make_organiser(world.host), Client()
    user.set_password("chín con voi trắng 2022")
    user.save()
    client.force_login(user)
    response = client.post(page(batch_of(world, line("Ngô Thử An", "1980")), "download/"))
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not ActionLog.objects.filter(action="download roster").exists()


# Taken back


def test_an_import_is_taken_back_on_its_page(world, organiser):
    batch = batch_of(world, line("Ngô Thử An", "1980"))
    organiser.post(page(batch), {"apply": "1"})
    assert f'action="{page(batch, "undo/")}"' in text_of(organiser.get(page(batch)))
    assert organiser.get(page(batch, "undo/")).status_code == 405
    for _time in range(2):
        assert organiser.post(page(batch, "undo/")).url == page(batch)
    batch.refresh_from_db()
    assert (batch.state, Registration.objects.count(), Trainee.objects.count()) == (BatchState.UNDONE, 0, 0)
    assert "undo/" not in text_of(organiser.get(page(batch)))


# Directories


def test_a_directory_is_taken_in_from_the_file_to_the_people(world):
    client = signed_in(Client(), make_organiser(world.host))
    for where in ("/admin/courses/trainee/", "/admin/courses/importbatch/"):
        assert DIRECTORY in text_of(client.get(where))
    file = SimpleUploadedFile("danh ba.csv", csv_of(line("Ngô Thử An", "1980"), line("Lê Thử Bình", "31/02/1980")))
    response = client.post(DIRECTORY, {"file": file, "kept_by": world.host.pk, "office": ""})
    batch = ImportBatch.objects.get()
    assert (response.url, batch.course, batch.kept_by) == (page(batch), None, world.host)
    assert "Ngô Thử An" in text_of(client.get(page(batch)))
    assert client.get(row_page(batch, 1)).status_code == 200
    client.post(row_page(batch, 1), {**CELLS, "full_name": "Lê Thử Bình", "birth": "1981", "office": world.one.pk})
    client.post(page(batch), {"apply": "1"})
    assert list(Trainee.objects.order_by("pk").values_list("full_name", flat=True)) == ["Ngô Thử An", "Lê Thử Bình"]
    assert client.get(page(batch)).status_code == 200
    assert "danh ba.csv" in text_of(client.get(DIRECTORY))
    assert client.post(page(batch, "download/")).status_code == 200
    client.post(page(batch, "undo/"))
    assert not Trainee.objects.exists()


def test_a_directory_is_kept_by_an_office_at_which_one_organises(world, organiser):
    file = SimpleUploadedFile("danh ba.csv", many(1))
    assert organiser.post(DIRECTORY, {"file": file, "kept_by": world.other.pk}).status_code == 200
    assert not ImportBatch.objects.exists()


def test_a_directory_that_cannot_be_read_gets_a_sentence(world, organiser):
    response = organiser.post(DIRECTORY, {"file": SimpleUploadedFile("a.csv", b"x"), "kept_by": world.host.pk})
    assert 'class="errorlist"' in text_of(response)


# People kept at another office


def moving_batch(world, number=2):
    people = [
        make_trainee(world.one, f"Ngô Thử {'ABC'[n]}", citizen_number=NUMBER.format(n), position="Văn thư")
        for n in range(number)
    ]
    lines = [line(p.full_name, "1980", "Thủ quỹ", "Phường Thử Hai", number=p.citizen_number) for p in people]
    return people, read_directory(world.host, csv_of(*lines), "a.csv", actor=SYSTEM)


def test_the_row_says_both_offices_and_all_may_move_or_stay_at_once(world):
    client = signed_in(Client(), make_organiser(world.host))
    people, batch = moving_batch(world)
    text = text_of(client.get(page(batch)))
    assert text.count("Phường Thử Một") >= 4
    assert text.count(f'value="{people[0].pk}:{world.one.pk}"') == 1
    assert text.count('name="moves"') == 2
    client.post(page(batch), {f"row-{batch.rows.first().pk}": str(people[0].pk), "moves": "go"})
    assert list(batch.rows.values_list("choice", flat=True)) == [
        str(people[0].pk), f"{people[1].pk}:{world.one.pk}",
    ]  # fmt: skip
    assert 'name="moves"' not in text_of(client.get(page(batch)))
    client.post(page(batch), {"apply": "1"})
    assert list(Trainee.objects.order_by("pk").values_list("office", flat=True)) == [world.one.pk, world.two.pk]
    assert list(Trainee.objects.order_by("pk").values_list("position", flat=True)) == ["Văn thư", "Thủ quỹ"]
    assert client.get(page(batch)).status_code == 200
    client.post(page(batch, "undo/"))
    assert set(Trainee.objects.values_list("office", flat=True)) == {world.one.pk}


def test_all_stay_by_one_button_and_nonsense_is_passed_over(world, organiser):
    people, batch = moving_batch(world)
    organiser.post(page(batch), {"moves": "?", f"row-{batch.rows.first().pk}": f"{people[0].pk}:{world.far.pk}"})
    assert set(batch.rows.values_list("choice", flat=True)) == {""}
    organiser.post(page(batch), {"moves": "stay"})
    assert set(batch.rows.values_list("choice", flat=True)) == {str(person.pk) for person in people}


def test_strangers_do_not_move_anybody(world, stranger):
    _people, batch = moving_batch(world)
    assert stranger.post(page(batch), {"moves": "go"}).status_code == 404
    assert set(batch.rows.values_list("choice", flat=True)) == {""}


def test_the_page_of_who_moves_takes_as_many_queries_for_three_as_for_one(world, organiser):
    organiser.get(DIRECTORY)
    taken = []
    for number in (1, 3):
        _people, batch = moving_batch(world, number)
        with CaptureQueriesContext(connection) as queries:
            assert organiser.get(f"{page(batch)}?show=moves").status_code == 200
        taken.append(len(queries))
        ImportBatch.objects.all().delete()
        Trainee.objects.all().delete()
    assert taken[0] == taken[1]


# Who may


def test_strangers_get_404_and_certificate_officers_are_refused(world, stranger):
    batch = batch_of(world, line("Ngô Thử An", "31/02/1980"))
    officer = signed_in(Client(), make_organiser(world.host, RoleKind.OFFICER))
    for client, allowed in ((stranger, (404,)), (officer, (403, 404))):
        assert client.get(row_page(batch)).status_code in allowed
        assert client.post(row_page(batch), {"leave": "1"}).status_code in allowed
        for what in ("undo/", "download/"):
            assert client.post(page(batch, what)).status_code in allowed
    assert officer.get(DIRECTORY).status_code == 403
    assert batch.rows.get().choice == ""


def test_a_row_of_another_list_is_404(world, organiser):
    batch, other = batch_of(world, line("Ngô Thử An", "1980")), batch_of(world, line("Lê Thử Bình", "1981"))
    assert organiser.get(page(batch, f"row/{other.rows.get().pk}/")).status_code == 404
    assert organiser.get(page(batch, f"row/{'9' * 30}/")).status_code == 404


def test_a_directory_of_another_host_is_404(world, stranger):
    batch = read_directory(world.host, many(1), "a.csv", actor=SYSTEM)
    for where in (page(batch), page(batch, "history/"), row_page(batch)):
        assert stranger.get(where).status_code == 404


def test_pages_take_as_many_queries_for_three_rows_as_for_one(world, organiser):
    organiser.get(DIRECTORY)
    taken = []
    for number in (1, 3):
        course = running(world.host, f"LOP-{number}0")
        for n in range(number):
            known = make_trainee(world.one, f"Lê Thử {'ABC'[n]}{number}", birth=PartialDate.from_iso("1980"))
            register(running(world.host, f"CU-{number}{n}"), known, actor=SYSTEM)
        lines = [line(f"Lê Thử {'ABC'[n]}{number}", "1990") for n in range(number)]
        lines += [line(f"Ngô Thử {'ABC'[n]}", "31/02/1980", office=f"Phường Thừ Mọt {'ABC'[n]}") for n in range(number)]
        batch = read_roster(course, csv_of(*lines), "a.csv", actor=SYSTEM)
        assert batch.rows.filter(decision=RowDecision.ASK).count() == number
        counts = []
        for where in (page(batch), f"{page(batch)}?q=le", row_page(batch), DIRECTORY):
            with CaptureQueriesContext(connection) as queries:
                assert organiser.get(where).status_code == 200
            counts.append(len(queries))
        read_directory(world.host, many(1), f"{number}.csv", actor=SYSTEM)
        taken.append(counts)
    assert taken[0] == taken[1]
