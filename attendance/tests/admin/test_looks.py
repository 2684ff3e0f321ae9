"""Templates of papers with their preview, bought blanks, words and powers, in the admin."""

import datetime as dt

import pytest
from django.urls import reverse

from attendance.constants import PaperKind
from attendance.models import BlankRange, IssuerAuthority, PaperTemplate, PaperWords, SpoiledBlank
from attendance.reports.samples import invented_office, sample_of
from attendance.services.blanks import add_blanks, spoil_blank
from attendance.services.register import prepare_papers
from attendance.services.templates import save_template
from attendance.tests.records import Class
from attendance.tests.rendering.test_look import png
from courses.constants.choices import CourseState, RoleKind
from courses.models import ActionLog, File
from courses.tests.planning import make_office, make_organiser, make_user, signed_in

pytestmark = pytest.mark.django_db
TEMPLATES = reverse("admin:attendance_papertemplate_changelist")
ADD = reverse("admin:attendance_papertemplate_add")
PREVIEW = reverse("admin:attendance_papertemplate_preview")
TEST_SHEET = reverse("admin:attendance_papertemplate_test_sheet")
BLANKS = reverse("admin:attendance_blankrange_changelist")


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def typed(lop, **fields):
    usual = {"issuer": lop.host.pk, "kind": "attestation", "name": "Mẫu A5", "size": "a5"}
    return {**usual, "offset_x": "0", "offset_y": "0", "person": "usual", **fields}


def page_of(row, name="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def made(lop, **fields):
    return save_template(issuer=lop.host, kind=PaperKind.ATTESTATION, name="Mẫu thử", actor=lop.officer, **fields)


# Templates


def test_an_officer_makes_a_template_and_its_next_version(lop, officer):
    assert officer.get(ADD).status_code == 200
    response = officer.post(ADD, typed(lop, closing="Đạt yêu cầu của lớp."))
    first = PaperTemplate.objects.get()
    assert response.url == page_of(first)
    assert (first.version, first.size, first.closing) == (1, "a5", "Đạt yêu cầu của lớp.")
    assert "Version 1 of the template holds" in officer.get(response.url).content.decode()
    officer.post(page_of(first), typed(lop, two_signers="on"))
    assert list(PaperTemplate.objects.order_by("version").values_list("version", "two_signers", "name")) == [
        (1, False, "Mẫu A5"),
        (2, True, "Mẫu A5"),
    ]
    page = officer.get(TEMPLATES).content.decode()
    assert page_of(PaperTemplate.objects.get(version=2)) in page
    assert page_of(first) not in page


def test_what_is_typed_is_shown_without_a_script_and_nothing_is_written(lop, officer):
    response = officer.post(ADD, typed(lop, name="", show="1"))
    assert response.context["shown"].startswith("data:image/png;base64,")
    assert (PaperTemplate.objects.count(), File.objects.count()) == (0, 0)


@pytest.mark.parametrize("person", ["usual", "long", "blocks", "little"])
@pytest.mark.parametrize("more", [{}, {"two_signers": "on"}, {"on_blanks": "on", "offset_x": "2.5", "offset_y": "-4"}])
def test_the_preview_is_a_picture_of_each_invented_person(lop, officer, person, more):
    response = officer.post(PREVIEW, typed(lop, person=person, **more))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response.content.startswith(b"\x89PNG")


def test_a_preview_that_cannot_be_drawn_is_a_sentence(lop, officer):
    response = officer.post(PREVIEW, typed(lop, title="Giấy ☃ nhận"))
    assert response["Content-Type"].startswith("text/plain")
    assert "GIẤY ☃ NHẬN" in response.content.decode()
    response = officer.post(PREVIEW, typed(lop, on_blanks="on", offset_x="20"))
    assert "would leave the sheet" in response.content.decode()


def test_an_emblem_is_kept_by_the_version_and_taken_over_by_the_next(lop, officer):
    picture = png(40, 40)
    picture.name = "quoc-huy.png"
    officer.post(ADD, typed(lop, picture=picture))
    first = PaperTemplate.objects.get()
    assert first.emblem.purpose == "emblem"
    officer.post(page_of(first), typed(lop, closing="Khác."))
    officer.post(page_of(first), typed(lop, closing="Khác.", no_emblem="on"))
    assert list(PaperTemplate.objects.order_by("version").values_list("emblem", flat=True)) == [
        first.emblem_id,
        first.emblem_id,
        None,
    ]


def test_a_file_that_is_no_picture_is_refused_by_name(lop, officer):
    svg = png(1, 1)
    svg.seek(0)
    svg.truncate()
    svg.write(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    svg.seek(0)
    svg.name = "x.png"
    response = officer.post(ADD, typed(lop, picture=svg))
    assert "is not a PNG or JPG picture" in response.content.decode()
    assert PaperTemplate.objects.count() == 0


def test_an_organiser_reads_and_writes_nothing(lop, client):
    template = made(lop)
    signed_in(client, make_organiser(lop.host))
    assert client.get(page_of(template)).status_code == 200
    assert client.get(page_of(template, "picture")).status_code == 200
    assert [
        client.post(page_of(template), typed(lop)).status_code,
        client.post(page_of(template, "withdraw")).status_code,
        client.get(ADD).status_code,
        client.post(PREVIEW, typed(lop)).status_code,
        client.post(TEST_SHEET, typed(lop)).status_code,
    ] == [404] * 5


def test_another_offices_template_is_not_there(lop, client):
    template = made(lop)
    signed_in(client, make_organiser(make_office("KHAC"), RoleKind.OFFICER))
    assert [client.get(page_of(template, name)).status_code for name in ("change", "picture")] == [404, 404]
    assert client.post(page_of(template, "withdraw")).status_code == 404
    assert client.post(PREVIEW, typed(lop, base=template.pk)).status_code == 404


def test_a_template_is_taken_off_the_list_of_an_order(lop, officer):
    template = made(lop, two_signers=True)
    prepare = reverse("admin:attendance_courseresult_prepare", args=[lop.course.pk])
    assert "second_signer" in officer.get(prepare).context["form"].fields
    officer.post(page_of(template, "withdraw"))
    assert list(PaperTemplate.objects.order_by("version").values_list("offered", flat=True)) == [True, False]
    assert "template" not in officer.get(prepare).context["form"].fields


def test_the_test_sheet_comes_as_a_file_and_bad_distances_get_a_sentence(lop, officer):
    response = officer.post(TEST_SHEET, typed(lop, offset_x="3"))
    assert response.content.startswith(b"%PDF-")
    response = officer.post(TEST_SHEET, typed(lop, offset_x="ba"), follow=True)
    assert "needs a size and two distances" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_templates_costs_the_same_for_each_length(lop, officer, django_assert_num_queries, count):
    for number in range(count):
        save_template(issuer=lop.host, kind=PaperKind.ATTESTATION, name=f"Mẫu {number}", actor=lop.officer)
    officer.get(TEMPLATES)
    with django_assert_num_queries(6):
        officer.get(TEMPLATES)


# Blanks


def test_an_officer_enters_blanks_and_what_was_spoiled(lop, officer):
    form = {"issuer": lop.host.pk, "kind": "attestation", "prefix": "A", "digits": 6, "first": 1, "last": 50}
    response = officer.post(reverse("admin:attendance_blankrange_add"), form)
    blanks = BlankRange.objects.get()
    assert response.url == page_of(blanks)
    response = officer.post(page_of(blanks), {"number": "3", "why": "Rách khi in"}, follow=True)
    assert "is entered as spoiled" in response.content.decode()
    assert SpoiledBlank.objects.get().number == 3
    assert response.context["left"] == 49
    response = officer.post(page_of(blanks), {"number": "99", "why": "Rách"})
    assert "is not among these blanks" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_blanks_costs_the_same_however_many_are_used(lop, officer, django_assert_num_queries, count):
    template = made(lop, on_blanks=True)
    blanks = add_blanks(issuer=lop.host, kind=PaperKind.ATTESTATION, first=1, last=9, actor=lop.officer)
    lop.attended(count)
    prepare_papers(lop.course, lop.ordered(template=template, blanks=blanks), actor=lop.officer)
    for number in range(9, 9 - count, -1):
        spoil_blank(blanks, number, why="Rách", actor=lop.officer)
    officer.get(page_of(blanks))
    with django_assert_num_queries(9):
        page = officer.get(page_of(blanks))
    assert (page.context["left"], len(page.context["used"]), len(page.context["spoiled"])) == (
        9 - 2 * count,
        count,
        count,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_blanks_costs_the_same_for_each_length(lop, officer, django_assert_num_queries, count):
    for number in range(count):
        add_blanks(
            issuer=lop.host, kind=PaperKind.ATTESTATION, first=number * 10, last=number * 10 + 5, actor=lop.officer
        )
    officer.get(BLANKS)
    with django_assert_num_queries(6):
        officer.get(BLANKS)


def test_organisers_read_blanks_and_others_do_not_find_them(lop, client):
    blanks = add_blanks(issuer=lop.host, kind=PaperKind.ATTESTATION, first=1, last=9, actor=lop.officer)
    signed_in(client, make_organiser(lop.host))
    assert client.get(page_of(blanks)).status_code == 200
    assert client.post(page_of(blanks), {"number": "3", "why": "Rách"}).status_code == 404
    signed_in(client, make_organiser(make_office("KHAC"), RoleKind.OFFICER))
    assert client.get(page_of(blanks)).status_code == 404


# Words and powers


def test_only_an_administrator_sets_words_and_powers(lop, client):
    lists = [reverse("admin:attendance_paperwords_add"), reverse("admin:attendance_issuerauthority_add")]
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert [client.get(page).status_code for page in lists] == [403, 403]
    signed_in(client, make_user(is_superuser=True))
    client.cookies["language"] = "en"
    words = {"kind": "confirmation", "title": "Giấy xác nhận", "completed": "Đã học xong", "abbreviation": "GXN-HT"}
    words |= {"replaced_by": "confirmation", "working_days": "3"}
    assert client.post(lists[0], words).status_code == 302
    row = PaperWords.objects.get()
    assert (row.title, row.abbreviation, row.working_days) == ("Giấy xác nhận", "GXN-HT", 3)
    response = client.post(page_of(row), words | {"abbreviation": "G/{X}"})
    assert "with letters, digits, points and hyphens only" in response.content.decode()
    power = {"issuer": lop.host.pk, "kind": "certificate", "document": "QĐ 1/QĐ-UBND", "valid_from": "01/01/2026"}
    assert client.post(lists[1], power).status_code == 302
    assert IssuerAuthority.objects.get().issuer == lop.host
    assert sorted(ActionLog.objects.filter(action__in=["set words", "authorise"]).values_list("action", flat=True)) == [
        "authorise",
        "set words",
    ]


# Which offices


def offered(client, address):
    return set(client.get(address).context["form"].fields["issuer"].queryset.values_list("code", flat=True))


ADDS = [reverse(f"admin:attendance_{name}_add") for name in ("papertemplate", "blankrange", "registerbook")]


@pytest.mark.parametrize("address", ADDS)
def test_only_offices_that_issue_papers_are_offered_and_the_only_one_is_chosen(lop, officer, address):
    """Below the host stand its wards and inner offices, for which the officer certifies too: without heading and
    signer none can issue."""
    assert offered(officer, address) == {lop.host.code}
    assert officer.get(address).context["form"].initial["issuer"] == lop.host


@pytest.mark.parametrize("address", ADDS)
def test_an_office_that_ended_is_offered_while_a_class_of_its_time_gets_papers(lop, officer, address):
    lop.host.valid_to = dt.date(2026, 6, 11)
    lop.host.save(update_fields=["valid_to"])
    assert offered(officer, address) == {lop.host.code}
    lop.course.state = CourseState.ARCHIVED
    lop.course.save(update_fields=["state"])
    assert officer.get(address).status_code == 404


def test_the_officer_of_an_office_that_ended_makes_the_template_for_its_last_class(lop, officer):
    lop.host.valid_to = dt.date(2026, 6, 11)
    lop.host.save(update_fields=["valid_to"])
    response = officer.post(ADD, typed(lop))
    template = PaperTemplate.objects.get()
    assert response.url == page_of(template)
    assert officer.get(page_of(template)).context["may_save"]
    lop.course.state = CourseState.ARCHIVED
    lop.course.save(update_fields=["state"])
    assert not officer.get(page_of(template)).context["may_save"]


def test_without_an_office_the_preview_shows_an_invented_one(lop, officer):
    """The first office of the list was shown, whichever it was."""
    facts = sample_of(PaperTemplate(issuer=invented_office(), kind=PaperKind.ATTESTATION))
    assert (facts.superior_body, facts.issuing_body) == ("ỦY BAN NHÂN DÂN THÀNH PHỐ MẪU", "ỦY BAN NHÂN DÂN PHƯỜNG MẪU")
    drawn = [officer.post(PREVIEW, typed(lop, issuer=issuer)) for issuer in ("", lop.host.pk)]
    assert [(one.status_code, one["Content-Type"]) for one in drawn] == [(200, "image/png")] * 2
    assert drawn[0].content != drawn[1].content
