"""The pages of a half-day's paper: the sheet to print, typing it in, filing its scan."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attendance.constants import MarkState, Way
from attendance.models import Event, Mark, SheetPaper
from attendance.rendering.certificate import read_back
from attendance.reports.sign_in import sheets_of
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.models import ActionLog, Place, Registration
from courses.services.schedule import Where, set_session
from courses.tests.planning import make_organiser, make_venue, signed_in

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page(name, session, *more):
    return reverse(f"admin:attendance_attendancesheet_{name}", args=[session.pk, *more])


def states():
    return dict(Mark.objects.order_by().values_list("registration_id", "state"))


def as_previewed(response):
    """What the second form of the page posts."""
    text = response.content.decode().split('id="names"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))


def test_names_are_shown_before_anything_is_saved_and_the_second_post_saves(lop, organiser):
    people = lop.people(4)
    preview = organiser.post(page("paper", lop.general), {"text": "có mặt hết, trừ 2, 4P", "call": "1"})
    assert preview.status_code == 200
    assert [row["registration"] for row in preview.context["preview"]["rows"]] == [people[1], people[3]]
    assert not Event.objects.exists()
    posted = as_previewed(preview)
    for _again in range(2):
        assert organiser.post(page("paper", lop.general), posted).status_code == 302
    wanted = [MarkState.PRESENT, MarkState.ABSENT, MarkState.PRESENT, MarkState.EXCUSED]
    assert states() == {person.pk: state for person, state in zip(people, wanted, strict=True)}
    assert set(Event.objects.values_list("way", flat=True)) == {Way.PAPER}
    assert Event.objects.count() == 4


def test_the_second_column_is_typed_on_the_same_page(lop, organiser):
    one, two = lop.people(2)
    for call, text in (("1", "2"), ("2", "1")):
        preview = organiser.post(page("paper", lop.general), {"text": text, "call": call})
        organiser.post(page("paper", lop.general), as_previewed(preview))
    assert states() == {one.pk: MarkState.LEFT_EARLY, two.pk: MarkState.LATE}


def test_what_cannot_be_read_stays_in_the_field_with_a_sentence(lop, organiser):
    lop.people(2)
    response = organiser.post(page("paper", lop.general), {"text": "1, 7", "call": "1"})
    assert response.status_code == 409
    assert "Not on this sheet: 7." in response.content.decode()
    assert "1, 7</textarea>" in response.content.decode()


def test_a_list_that_changed_between_the_two_steps_is_looked_at_again(lop, organiser):
    lop.people(2)
    posted = as_previewed(organiser.post(page("paper", lop.general), {"text": "2", "call": "1"}))
    lop.people(1)
    response = organiser.post(page("paper", lop.general), posted)
    assert (response.status_code, Event.objects.exists()) == (409, False)
    assert "has changed meanwhile" in response.content.decode()


def test_down_the_list_the_paper_says_only_what_it_says(lop, organiser):
    one, two = lop.people(2)
    lop.mark(lop.general, MarkState.PRESENT, one)
    text = organiser.get(page("paper_list", lop.general)).content.decode()
    assert f'name="shown-{one.pk}" value=""' in text
    data = {"submission": str(uuid4()), f"shown-{one.pk}": "", f"mark-{one.pk}": "absent", f"shown-{two.pk}": ""}
    assert organiser.post(page("paper_list", lop.general), data | {"rest": "present"}).status_code == 302
    assert states() == {one.pk: MarkState.DISPUTED, two.pk: MarkState.PRESENT}
    assert f'name="shown-{one.pk}" value="absent"' in organiser.get(page("paper_list", lop.general)).content.decode()
    refused = organiser.post(page("paper_list", lop.general), {f"mark-{one.pk}": "late", f"shown-{one.pk}": ""})
    assert refused.status_code == 409


def test_the_sheet_comes_as_pdf_and_word_for_one_half_day_or_all(lop, organiser):
    [person] = lop.people(1)
    answer = organiser.post(page("sign_in_pdf", lop.general), {"calls": "2"})
    assert person.trainee.full_name in read_back(answer.content)
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer["Cache-Control"]
    everything = read_back(organiser.post(page("sign_in_pdf", lop.general), {"all": "1"}).content)
    assert everything.count("DANH SÁCH HỌC VIÊN") == 3
    assert organiser.post(page("sign_in_word", lop.general)).content.startswith(b"PK")
    assert ActionLog.objects.filter(action="print sheet").count() == 3


def test_one_place_or_all(lop, organiser):
    hall, site = (
        Place.objects.create(session=lop.general, venue=make_venue(lop.host, name), order=order)
        for order, name in enumerate(("Hội trường Thử", "Điểm cầu Thử"), 1)
    )
    there = Place.objects.create(session=lop.first, venue=site.venue)
    one, two, three = lop.people(3)
    Registration.objects.filter(pk=two.pk).update(place=site)
    Registration.objects.filter(pk=three.pk).update(place=there)
    sheets = sheets_of([lop.general])
    assert [(s.place, {n: r.pk for n, r in s.people.items()}) for s in sheets] == [
        (hall, {1: one.pk}),
        (site, {2: two.pk, 3: three.pk}),
    ]
    text = read_back(organiser.post(page("sign_in_pdf", lop.general), {"place": site.pk}).content)
    assert two.trainee.full_name in text
    assert one.trainee.full_name not in text.replace(two.trainee.full_name, "")
    both = read_back(organiser.post(page("sign_in_pdf", lop.general), {"place": site.pk, "all": "1"}).content)
    assert both.count("DANH SÁCH HỌC VIÊN") == 2
    preview = organiser.post(page("paper", lop.general), {"text": "2", "call": "1", "place": site.pk})
    organiser.post(page("paper", lop.general), as_previewed(preview))
    assert states() == {two.pk: MarkState.ABSENT, three.pk: MarkState.PRESENT}
    assert organiser.post(page("sign_in_pdf", lop.general), {"place": there.pk}).status_code == 404


def test_who_was_seated_on_the_page_of_the_class_stands_on_the_sheet_of_that_place(lop, organiser):
    """From the page of the class to the printed sheet; in another half-day at the same site by another row."""
    venues = [make_venue(lop.host, name) for name in ("Hội trường Thử", "Điểm cầu Thử")]
    for session in (lop.general, lop.first):
        set_session(session, actor=lop.organiser, places=[Where(venue) for venue in venues])
    here, [there] = lop.people(2), lop.people(1, office=lop.other_ward)
    site = lop.general.places.get(venue=venues[1])
    places = reverse("admin:courses_course_places", args=[lop.course.pk])
    assert organiser.post(places, {"place": site.pk, "office": [lop.other_ward.pk]}).status_code == 302
    for session in (lop.general, lop.first):
        one, other = session.places.order_by("order")
        sheets = {sheet.place: list(sheet.people.values()) for sheet in sheets_of([session])}
        assert sheets == {one: here, other: [there]}
        text = read_back(organiser.post(page("sign_in_pdf", session), {"place": other.pk}).content)
        assert there.trainee.full_name in text
        assert here[0].trainee.full_name not in text


def test_numbers_are_those_of_the_list_and_run_on_for_who_has_none(lop):
    one, two, three = lop.people(3)
    Registration.objects.filter(pk=two.pk).update(number=7)
    [sheet] = sheets_of([lop.general])
    assert {number: r.pk for number, r in sheet.people.items()} == {7: two.pk, 8: one.pk, 9: three.pk}


def test_signed_sheets_are_filed_also_when_closed_and_given_to_organisers_alone(lop, organiser):
    lop.people(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    for _twice in range(2):
        files = {"scan": SimpleUploadedFile("phieu thu.png", PNG)}
        assert organiser.post(page("file_scan", lop.general), files).status_code == 302
    [paper] = SheetPaper.objects.all()
    assert "phieu thu.png" in organiser.get(page("paper", lop.general)).content.decode()
    answer = organiser.get(page("scan", lop.general, paper.pk))
    assert (answer.content, "no-store" in answer["Cache-Control"]) == (PNG, True)
    assert answer["Content-Disposition"].startswith("attachment")
    assert organiser.get(page("scan", lop.first, paper.pk)).status_code == 404
    refused = organiser.post(page("file_scan", lop.general), {"scan": SimpleUploadedFile("a.exe", b"MZ")}, follow=True)
    assert "not a PDF, JPG or PNG" in refused.content.decode()
    signed_in(organiser, make_organiser(lop.host, RoleKind.OFFICER))
    addresses = [page(name, lop.general) for name in ("paper", "paper_list", "sign_in_pdf", "sign_in_word")]
    assert {organiser.post(url).status_code for url in addresses} == {404}
    assert organiser.get(page("scan", lop.general, paper.pk)).status_code == 404


def test_down_the_list_the_second_signature_says_who_left_and_who_came_late(lop, organiser):
    """Fails when the page of the second column shows or writes the first."""
    one, two, three = lop.people(3)
    first, second = page("paper_list", lop.general), page("paper_list", lop.general) + "?call=2"

    def posted(url, **says):
        people = {"one": one, "two": two, "three": three}
        data = {"submission": str(uuid4())} | {f"shown-{person.pk}": "" for person in people.values()}
        return organiser.post(url, data | {f"mark-{people[name].pk}": state for name, state in says.items()})

    posted(first, one="present", two="present")
    assert posted(second, one="present", two="absent", three="present")["Location"] == second
    states = dict(Mark.objects.order_by("pk").values_list("registration_id", "state"))
    assert states == {one.pk: MarkState.PRESENT, two.pk: MarkState.LEFT_EARLY, three.pk: MarkState.LATE}
    shown = {url: organiser.get(url).content.decode() for url in (first, second)}
    said = [re.findall(r'name="shown-\d+" value="(\w*)"', text) for text in shown.values()]
    assert said == [["present", "present", ""], ["present", "absent", "present"]]
    assert 'value="late"' not in shown[second]
    assert 'name="page" value="paper_list?call=2"' in shown[second]
    undone = organiser.post(page("undo", lop.general), {"submission": str(uuid4()), "page": "paper_list?call=2"})
    assert undone["Location"] == second
    assert posted(second, one="excused").status_code == 409


def test_pages_and_files_cost_the_same_for_one_person_and_for_three(lop, organiser, django_assert_num_queries):
    addresses = {page("paper", lop.general): 13, page("paper_list", lop.general): 17}
    files = {"": 14, "1": 15}
    for url in addresses:
        organiser.get(url)
    for count in (1, 2):
        people = lop.people(count)
        lop.mark(lop.general, MarkState.PRESENT, *people)
        for number in range(count):
            organiser.post(
                page("file_scan", lop.general),
                {"scan": SimpleUploadedFile("a", PNG + people[number].trainee.full_name.encode())},
            )
        for url, queries in addresses.items():
            with django_assert_num_queries(queries):
                organiser.get(url)
        for everything, queries in files.items():
            with django_assert_num_queries(queries):
                organiser.post(page("sign_in_pdf", lop.general), {"all": "1"} if everything else {})
