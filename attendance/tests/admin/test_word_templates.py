"""The pages of wordings: what holds for a host, what may be typed, putting back, looking at it, versions."""

import datetime as dt
import io

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape
from docx import Document

from attendance.constants import MADE_KINDS
from attendance.models import WordTemplate
from attendance.rendering.wordings import wording
from attendance.reports.wordings import fields_told
from attendance.rules.paper_fields import sample_of
from attendance.services.word_templates import put_back, sample_paper
from attendance.tests.records import Class
from attendance.tests.services.test_word_templates import worded
from courses.constants.choices import RoleKind
from courses.models import Office
from courses.readers.word_template import read_template
from courses.tests.planning import make_organiser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page(host, name, kind="plan"):
    return reverse(f"admin:attendance_wordtemplate_{name}", args=[host.pk, kind])


KINDS = "/admin/attendance/wordtemplate/"


def upload(*lines, content=None, name="mau.docx"):
    return {"file": SimpleUploadedFile(name, worded(*lines) if content is None else content)}


def text_of(pdf: bytes) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def put(lop, *lines, host=None):
    return put_back(host or lop.host, "plan", worded(*lines), actor=lop.organiser, name="a.docx")


def test_the_kinds_of_the_host_are_listed_with_what_holds(lop, organiser):
    put(lop, "{{ ten_lop }}")
    body = organiser.get(KINDS).content.decode()
    assert all(str(escape(kind.label)) in body for kind in MADE_KINDS)
    assert body.count("Own wording, version 1") == 1
    assert body.count("Wording of the software") == len(MADE_KINDS) - 1


def test_who_has_several_hosts_chooses_and_the_host_of_others_is_not_there(lop, client):
    client.cookies["language"] = "en"
    user = make_organiser(lop.host)
    second, foreign = Class(code="LOP-2"), Class(code="LOP-3")
    user.roles.create(office=second.host, kind=RoleKind.OFFICER, valid_from=dt.date(2000, 1, 1))
    signed_in(client, user)
    put(lop, "{{ ten_lop }}")
    body = client.get(KINDS, {"host": second.host.pk}).content.decode()
    assert (f"?host={lop.host.pk}" in body, "Own wording" in body) == (True, False)
    for asked in (foreign.host.pk, 99999999, "x" * 3):
        assert client.get(KINDS, {"host": asked}).status_code == (404 if asked != "xxx" else 200)


def test_an_office_without_classes_is_told_what_comes_first(client, lop):
    client.cookies["language"] = "en"
    signed_in(client, make_organiser(lop.ward))
    assert "has not held a class yet" in client.get(KINDS).content.decode()


def test_the_page_asks_as_often_for_three_versions_as_for_one(lop, organiser, django_assert_num_queries):
    put(lop, "Một")
    organiser.get(page(lop.host, "kind"))
    with django_assert_num_queries(6):
        organiser.get(KINDS)
    with django_assert_num_queries(7):
        organiser.get(page(lop.host, "kind"))
    put(lop, "Hai"), put(lop, "Ba")
    with django_assert_num_queries(6):
        organiser.get(KINDS)
    with django_assert_num_queries(7):
        organiser.get(page(lop.host, "kind"))


@pytest.mark.parametrize("kind", MADE_KINDS)
def test_each_sign_that_the_page_lists_can_be_typed_and_is_filled_in(kind):
    """A list with its signs is a paragraph, so that what lies deeper stands inside it."""
    lines, told = [], [*fields_told(kind)[0], *fields_told(kind)[1]]
    ends: list[str] = []
    for number, field in enumerate(told):
        while len(ends) > field.depth:
            lines[-1] += ends.pop()
        tag = field.tag.replace("…", "có" if "{% if" in field.tag else "")
        if field.is_list:
            begin, end = tag.split("  ")
            ends.append(end)
            tag = begin
        if field.depth or ends[1:]:
            lines[-1] += f" [{number}] {tag}"
        else:
            lines.append(f"[{number}] {tag}")
    while ends:
        lines[-1] += ends.pop()
    content = worded(*lines)
    used = read_template(content, sample_of(kind))
    assert used >= {name for name, sample in sample_of(kind).items() if not isinstance(sample, bool)}
    text = text_of(sample_paper(kind, content))
    assert "{" not in text
    assert "Nguyễn Văn Mẫu" in text
    assert "CCHC-2026" in text
    assert all(f"[{number}]" in text for number in range(len(told)))


def test_what_is_put_back_is_how_the_papers_of_this_host_are_worded_and_no_other(lop, organiser):
    other = Class(code="LOP-2")
    answer = organiser.post(page(lop.host, "kind"), upload("LỜI MỚI: {{ ten_lop }}") | {"note": "thử"}, follow=True)
    assert "The new wording holds from now on" in answer.content.decode()
    template = WordTemplate.objects.get()
    assert (template.host, template.version, template.file_name, template.note) == (lop.host, 1, "mau.docx", "thử")
    made = organiser.post(reverse("admin:attendance_classfile_make", args=[lop.course.pk, "plan"]), {"pdf": 1})
    assert f"LỜI MỚI: {lop.course.title}" in " ".join(text_of(made.content).split())
    signed_in(organiser, make_organiser(other.host))
    made = organiser.post(reverse("admin:attendance_classfile_make", args=[other.course.pk, "plan"]), {"pdf": 1})
    assert (made.status_code, "LỜI MỚI" in text_of(made.content)) == (200, False)


def test_what_cannot_be_a_template_is_said_beside_the_file(lop, organiser):
    for said, sentence in (
        (upload("{{ ten_lopp }}"), "ten_lopp"),
        (upload(content=b"%PDF-1.7"), "not a Word file"),
        ({}, "This field is required"),
    ):
        answer = organiser.post(page(lop.host, "kind"), said)
        assert (answer.status_code, sentence in answer.content.decode()) == (200, True), sentence
    assert not WordTemplate.objects.exists()


def test_each_version_is_taken_out_and_looked_at_by_its_number(lop, organiser):
    put(lop, "MỘT {{ ma_lop }}"), put(lop, "HAI {{ ma_lop }}")
    for query, text in ({"version": 1}, "MỘT"), ({"version": 2}, "HAI"), ({}, "HAI"):
        word = organiser.get(page(lop.host, "template"), query)
        assert Document(io.BytesIO(word.content)).paragraphs[0].text == text + " {{ ma_lop }}"
        pdf = organiser.get(page(lop.host, "preview"), query)
        assert f"{text} CCHC-2026" in text_of(pdf.content)
        assert "no-store" in pdf["Cache-Control"]
        assert pdf["Content-Disposition"].startswith("inline")
    for asked in ("3", "0", "x", "9" * 30, ""):
        assert organiser.get(page(lop.host, "template"), {"version": asked}).status_code == 404
        assert organiser.get(page(lop.host, "preview"), {"version": asked}).status_code == 404


def test_the_wording_of_the_software_is_taken_out_and_taken_again(lop, organiser):
    assert organiser.get(page(lop.host, "template")).content == wording("plan")
    put(lop, "Mẫu riêng")
    answer = organiser.post(page(lop.host, "standard"), follow=True)
    assert "The wording of the software holds again" in answer.content.decode()
    assert organiser.get(page(lop.host, "template")).content == wording("plan")
    versions = answer.content.decode().partition("Versions")[2]
    assert "?version=1" in versions
    assert "?version=2" not in versions
    assert organiser.get(page(lop.host, "standard")).status_code == 405


def test_what_the_pdf_does_not_show_is_said_on_the_page(lop, organiser):
    document, file = Document(), io.BytesIO()
    document.add_paragraph("{{ ten_lop }}")
    document.add_comment(document.paragraphs[0].runs, text="Xin xem lại")
    document.save(file)
    put_back(lop.host, "plan", file.getvalue(), actor=lop.organiser, name="a.docx")
    body = organiser.get(page(lop.host, "kind")).content.decode()
    assert "looks otherwise than in Word" in body
    assert "Comments are not shown." in body
    assert "looks otherwise" not in organiser.get(page(lop.host, "kind", "summons")).content.decode()


def test_what_is_foreign_or_none_is_not_there(lop, organiser):
    foreign = Class(code="LOP-2").host
    for host, kind in ((foreign, "plan"), (lop.host, "other"), (lop.host, "khong-co")):
        for name in ("kind", "template", "preview"):
            assert organiser.get(page(host, name, kind)).status_code == 404
        for name, said in (("kind", upload("x")), ("standard", {})):
            assert organiser.post(page(host, name, kind), said).status_code == 404
    assert not WordTemplate.objects.exists()


def test_whoever_reads_the_host_by_an_office_that_has_ended_looks_and_changes_nothing(lop, client):
    client.cookies["language"] = "en"
    put(lop, "Mẫu riêng {{ ma_lop }}")
    user = make_organiser(lop.host)
    Office.objects.filter(pk=lop.host.pk).update(valid_to=dt.date(2026, 6, 11))
    signed_in(client, user)
    assert "Own wording, version 1" in client.get(KINDS).content.decode()
    body = client.get(page(lop.host, "kind")).content.decode()
    assert "To be looked at only" in body
    assert "Put the template back" not in body
    assert "Take the wording of the software" not in body
    assert client.get(page(lop.host, "preview")).status_code == 200
    for name, said in (("kind", upload("x")), ("standard", {})):
        assert client.post(page(lop.host, name), said).status_code == 404
    assert WordTemplate.objects.count() == 1
