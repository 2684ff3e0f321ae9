"""Papers of a class as files: one click each, or with signer, number and date, into the class file, all as a ZIP."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from docx import Document

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.models import ClassPaper, ReportWords
from attendance.tests.admin.test_results import ASKED_AGAIN, long_ago
from attendance.tests.admin.test_word_templates import text_of
from attendance.tests.records import Class
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import set_clock
from courses.constants.media_types import DOCX
from courses.models import ActionLog, Course, Seats, SessionTopic, Signer, Topic
from courses.tests.planning import make_organiser, make_speaker, signed_in

pytestmark = pytest.mark.django_db
#: The decision has a page of its own.
MADE_HERE = [kind for kind in MADE_KINDS if kind != ClassPaperKind.DECISION]


@pytest.fixture
def lop():
    lop = Class()
    lop.attended(2)
    Seats.objects.create(course=lop.course, office=lop.ward, number=2)
    topic = Topic.objects.order_by("pk").first()
    SessionTopic.objects.create(session=lop.general, topic=topic, speaker=make_speaker(lop.host))
    return lop


@pytest.fixture
def organiser(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host))


def page(lop, kind="plan"):
    return reverse("admin:attendance_classfile_make", args=[lop.course.pk, kind])


def words_of(answer) -> str:
    document = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.mark.parametrize("kind", MADE_HERE)
def test_each_paper_is_a_word_file_or_a_pdf_by_one_click(lop, organiser, kind):
    word, pdf = (organiser.post(page(lop, kind), {form: "1"}) for form in ("word", "pdf"))
    assert (word["Content-Type"], pdf["Content-Type"]) == (DOCX, "application/pdf")
    for answer, ending in ((word, "docx"), (pdf, "pdf")):
        assert answer["Content-Disposition"].endswith(f'-{lop.course.code}.{ending}"')
        assert answer["Cache-Control"].startswith("no-store")
    assert "{" not in words_of(word)
    title = lop.course.title.removeprefix("Lớp ")
    assert kind == ClassPaperKind.DOOR_NOTICE or title in " ".join(text_of(pdf.content).split())
    logged = ActionLog.objects.filter(action="make paper", course_id=lop.course.pk)
    assert [entry.changes for entry in logged] == [{"kind": [None, kind]}] * 2


def test_papers_are_made_of_a_draft_too(lop, organiser):
    Course.objects.filter(pk=lop.course.pk).update(state=CourseState.DRAFT)
    assert organiser.post(page(lop), {"word": 1})["Content-Type"] == DOCX


def test_signer_number_and_date_stand_on_the_paper_and_dots_without_them(lop, organiser):
    other = Signer.objects.create(office=lop.host, title="Chủ tịch", full_name="Ngô Thử Hai")
    bare = words_of(organiser.post(page(lop), {"word": 1}))
    assert "ngày …… tháng …… năm" in bare
    assert "Ngô Thử Ký" not in bare
    assert other.full_name not in bare
    said = {"word": 1, "signer": lop.signer.pk, "number": "45", "date": "20/05/2026"}
    text = words_of(organiser.post(page(lop), said))
    assert "Ngô Thử Ký" in text
    assert "45" in text
    assert "ngày 20 tháng 5 năm 2026" in text
    foreign = Class(code="LOP-2").signer
    answer = organiser.post(page(lop), {"word": 1, "signer": foreign.pk})
    assert (answer.status_code, "errorlist" in answer.content.decode()) == (200, True)


def test_a_paper_is_kept_in_the_class_file_with_its_number_and_date_and_only_so(lop, organiser):
    for said in ({}, {"number": "45/KH-UBND"}, {"date": "20/05/2026"}):
        answer = organiser.post(page(lop), {"keep": 1} | said)
        assert "please enter its number and date" in answer.content.decode()
    assert not ClassPaper.objects.exists()
    answer = organiser.post(page(lop), {"keep": 1, "number": "45/KH-UBND", "date": "20/05/2026"})
    assert answer["Location"] == reverse("admin:attendance_classfile_change", args=[lop.course.pk])
    paper = ClassPaper.objects.select_related("file").get()
    said = (paper.kind, paper.number, paper.date, paper.file.media_type)
    assert said == ("plan", "45/KH-UBND", dt.date(2026, 5, 20), "application/pdf")


def test_links_of_offices_stand_on_the_summons_only_when_an_organiser_asks_and_are_logged(lop, organiser, client):
    asked = {"word": 1, "with_links": "on"}
    assert "/office/" not in words_of(organiser.post(page(lop, "summons"), {"word": 1}))
    assert not ActionLog.objects.filter(action="show links").exists()
    assert "/office/" in words_of(organiser.post(page(lop, "summons"), asked))
    assert ActionLog.objects.filter(action="show links", course_id=lop.course.pk).count() == 1
    assert "/office/" not in words_of(organiser.post(page(lop, "plan"), asked))
    keep = {"keep": 1, "with_links": "on", "number": "45/UBND-NV", "date": "20/05/2026"}
    assert "Please file it without" in organiser.post(page(lop, "summons"), keep).content.decode()
    assert not ClassPaper.objects.exists()
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert "with_links" not in client.get(page(lop, "summons")).content.decode()
    assert "/office/" not in words_of(client.post(page(lop, "summons"), asked))
    assert ActionLog.objects.filter(action="show links").count() == 1


def test_who_signed_when_the_class_was_held_is_offered_still(lop, organiser):
    ended = {"valid_from": dt.date(2020, 1, 1), "valid_to": lop.course.ends_on + dt.timedelta(days=1)}
    before = {"valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(2021, 1, 1)}
    for name, valid in (("Ngô Thử Xưa", ended), ("Ngô Thử Cũ", before)):
        Signer.objects.create(office=lop.host, title="Chủ tịch", full_name=name, **valid)
    set_clock(dt.datetime(2029, 1, 1, 9))
    shown = organiser.get(page(lop)).content.decode()
    assert ("Ngô Thử Xưa" in shown, "Ngô Thử Cũ" in shown) == (True, False)


def test_only_what_a_kind_needs_is_asked(lop, organiser):
    for kind, name in (("class_list", "order"), ("invitation", "speaker"), ("sign_in", "session")):
        for other in MADE_HERE:
            shown = f'name="{name}"' in organiser.get(page(lop, other)).content.decode()
            wanted = other == kind or (name, other) == ("session", "door_notice")
            assert shown == wanted, (name, other)


def test_who_is_there_is_asked_again_before_links_leave_and_not_for_a_paper_without(lop, organiser):
    long_ago(organiser)
    summons = reverse("admin:attendance_classfile_make", args=[lop.course.pk, "summons"])
    assert organiser.post(summons, {"word": 1}).status_code == 200
    before = ActionLog.objects.filter(action="make paper").count()
    answer = organiser.post(summons, {"word": 1, "with_links": "on"})
    assert ASKED_AGAIN in answer["Location"]
    assert ActionLog.objects.filter(action="make paper").count() == before
    assert not ActionLog.objects.filter(action="show links").exists()


def test_what_the_office_writes_stands_in_the_report(lop, organiser, client):
    save = reverse("admin:attendance_classfile_report_words", args=[lop.course.pk])
    said = {"assessment": "Học viên hỏi nhiều.\nHội trường đủ chỗ.", "proposals": "Mở thêm một lớp."}
    answer = organiser.post(save, said, follow=True)
    assert "The words of the report were saved" in answer.content.decode()
    assert "Hội trường đủ chỗ." in answer.content.decode()
    text = words_of(organiser.post(page(lop, "report"), {"word": 1}))
    assert all(line in text for line in ("Học viên hỏi nhiều.", "Hội trường đủ chỗ.", "Mở thêm một lớp."))
    said["assessment"] = "Lớp học sôi nổi."
    assert "Lớp học sôi nổi." in words_of(organiser.post(page(lop, "report"), {"word": 1} | said))
    assert ReportWords.objects.get().assessment == "Lớp học sôi nổi."
    signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))
    assert 'name="assessment"' not in client.get(page(lop, "report")).content.decode()
    assert client.post(save, {"assessment": "Khác", "proposals": ""}).status_code == 404
    assert ReportWords.objects.get().proposals == "Mở thêm một lớp."


def test_all_papers_come_as_a_zip_in_the_order_in_which_they_are_needed(lop, organiser):
    answer = organiser.post(reverse("admin:attendance_classfile_make_all", args=[lop.course.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="van-ban-lop-{lop.course.code}.zip"'
    packed = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    names = packed.namelist()
    assert names[:2] == ["01-ke-hoach.docx", "01-ke-hoach.pdf"]
    assert [name[:2] for name in names[::2]] == [f"{place:02d}" for place in range(1, len(MADE_KINDS) + 1)]
    assert all(b"/office/" not in packed.read(name) for name in names if name.endswith("docx"))
    assert ActionLog.objects.filter(action="make paper", changes={"kind": [None, "all"]}).count() == 1


def test_what_is_foreign_or_none_is_not_there(lop, organiser):
    other = Class(code="LOP-2")
    for asked, kind in ((other, "plan"), (lop, "decision"), (lop, "other"), (lop, "khong-co")):
        assert organiser.get(page(asked, kind)).status_code == 404
        assert organiser.post(page(asked, kind), {"word": 1}).status_code == 404
    for name in ("make_all", "report_words"):
        assert organiser.post(reverse(f"admin:attendance_classfile_{name}", args=[other.course.pk])).status_code == 404
        assert organiser.get(reverse(f"admin:attendance_classfile_{name}", args=[lop.course.pk])).status_code == 405


def test_the_page_asks_as_often_for_three_signers_and_speakers_as_for_one(lop, organiser, django_assert_num_queries):
    organiser.get(page(lop, "invitation"))
    with django_assert_num_queries(8):
        organiser.get(page(lop, "invitation"))
    for number in range(2):
        lop.signer.pk = None
        lop.signer.full_name = f"Ngô Thử Ký {number}"
        lop.signer.save()
        topic = Topic.objects.order_by("-pk").first()
        SessionTopic.objects.create(
            session=lop.sessions[number + 1], topic=topic, speaker=make_speaker(lop.host, f"Người {number}")
        )
    with django_assert_num_queries(8):
        organiser.get(page(lop, "invitation"))
