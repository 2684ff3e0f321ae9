"""The papers of a class as they are made: by the decree, with every name, as Word and as PDF."""

import datetime as dt
import io
import json
import re
import zipfile
from collections import Counter
from itertools import cycle

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import ImageChops

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.models import ReportWords, WordTemplate
from attendance.rendering.wordings import wording
from attendance.reports.class_papers.every_paper import Asked, number_in_full
from attendance.reports.class_papers.fields import fields_of
from attendance.rules.paper_fields import fields_for, pictures_of, sample_of
from attendance.services import making_papers
from attendance.services.demo import OUTLINES
from attendance.services.making_papers import made_decision, made_paper, whole_set
from attendance.services.report_words import set_report_words
from attendance.services.word_templates import sample_paper
from attendance.tests.records import Class, officer_of
from courses.constants.choices import CourseKind, FilePurpose
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Heading, Office, OfficeAnswer, Place, Seats, SessionTopic, Speaker, Topic, Trainee
from courses.readers.word_template import read_template
from courses.rendering.official import OfficialPaper
from courses.rendering.word import Picture
from courses.rendering.word_pdf import not_drawn
from courses.services.final_list import finalise_list
from courses.services.records import store_file
from courses.services.schedule import reschedule_session
from courses.tests.planning import make_block, make_course, make_session, make_speaker, make_venue, organiser_of
from courses.tests.rendering.decree import check

pytestmark = pytest.mark.django_db

#: What the decree calls each kind; the notice for a door is of none.
DECREE = {
    ClassPaperKind.PLAN: "plan",
    ClassPaperKind.SUMMONS: "letter",
    ClassPaperKind.TIMETABLE: "programme",
    ClassPaperKind.INVITATION: "invitation",
    ClassPaperKind.CLASS_LIST: "list",
    ClassPaperKind.SIGN_IN: "sheet",
    ClassPaperKind.DECISION: "decision",
    ClassPaperKind.REPORT: "report",
}
NAMES = ("Nguyễn Thị Ửng", "Đặng Quỳnh Ẩn", "Huỳnh Thử Hoà", "Lữ Kỳ Vỹ")
DECIDING = {"deciding": "Chủ tịch Ủy ban nhân dân thành phố Thử", "bases": ("Căn cứ kết quả học tập;",)}


def said(kind, **fields):
    more = DECIDING if kind == ClassPaperKind.DECISION else {}
    return {"with_links": True} | more | fields


@pytest.fixture
def lop():
    """A class of two days with two blocks, whose papers have something of everything."""
    lop = Class()
    lop.attended(4)
    for trainee, name in zip(Trainee.objects.order_by("pk"), NAMES, strict=True):
        Trainee.objects.filter(pk=trainee.pk).update(full_name=name)
    Heading.objects.update(abbreviation="UBND", drafting="NV")
    lop.course.audience, lop.course.contact = "Công chức của các phường", "bà Ngô Thử Hỏi, 0293 000 000"
    lop.course.title = "Tập huấn nghiệp vụ soạn thảo văn bản và lưu trữ"
    lop.course.registration_deadline = dt.date(2026, 6, 3)
    lop.course.save()
    Seats.objects.create(course=lop.course, office=lop.ward, number=5)
    Seats.objects.create(course=lop.course, office=lop.other_ward, block=lop.a, number=3)
    for office in (lop.ward, lop.other_ward):
        OfficeAnswer.objects.get_or_create(course=lop.course, office=office)
    speakers = [make_speaker(lop.host, name) for name in ("Võ Thử Giảng", "Trịnh Thử Thuyết")]
    venue = make_venue(lop.host, "Hội trường Thử")
    topics = list(Topic.objects.filter(block__course=lop.course).order_by("pk"))
    for place, session in enumerate(lop.sessions):
        SessionTopic.objects.create(session=session, topic=topics[place % 2], speaker=speakers[place % 2])
        Place.objects.create(session=session, venue=venue)
    return lop


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def shape(value):
    match value:
        case dict():
            return {name: shape(inner) for name, inner in value.items()}
        case list():
            return [shape(value[0])] if value else []
        case Picture():
            return str
        case _:
            return type(value)


@pytest.mark.parametrize("kind", MADE_KINDS)
def test_the_values_have_the_names_and_kinds_that_the_office_is_told(lop, kind):
    values = fields_of(lop.course, kind, at=now(), **said(kind))
    sample, known = shape(sample_of(kind)), shape(values)
    assert known.keys() == sample.keys()
    for name, told in sample.items():
        if known[name]:  # a list without any
            assert known[name] == told, name


def test_fields_have_words_and_their_names_are_plain_vietnamese_without_marks():
    def every(fields):
        for field in fields:
            yield field
            yield from every(getattr(field, "fields", ()))

    for kind in MADE_KINDS:
        names = [field.name for field in fields_for(kind)]
        assert len(names) == len(set(names))
        for field in every(fields_for(kind)):
            assert field.name.isascii(), field.name
            assert field.name.replace("_", "").isalpha(), field.name
            assert str(field.words)
    assert pictures_of(ClassPaperKind.SUMMONS) == {"ma_qr"}


def test_every_paper_is_laid_out_by_the_decree(lop):
    reschedule_session(lop.second, actor=lop.organiser, cancelled=True, why="Mưa bão")
    for number, date in (("", None), ("7", dt.date(2026, 2, 5))):
        for kind, name in DECREE.items():
            _name, pdf = made_paper(lop.course, kind, at=now(), **said(kind, number=number, date=date))
            assert check(pdf, kind=name, body="ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ") == [], kind


def names_of_demo():
    """Every word of which the demo makes names, two given ones in each, and the names that it has whole."""
    book = json.loads((OUTLINES / "people.json").read_text(encoding="utf-8"))
    given = [name for names in book["given"].values() for name in names]
    middle = [name for names in book["middle"].values() for name in names]
    made = (
        " ".join(filter(None, words)) for words in zip(cycle(book["surnames"]), cycle(middle), given[::2], given[1::2])
    )
    return [*made, *(name for name, _gender in book["khmer_and_hoa"])]


def test_libreoffice_reads_every_word_file_with_all_names_and_says_and_shows_what_our_pdf_does(lop, office):
    files, drawn, names = {}, {}, [*NAMES, *names_of_demo()]
    Seats.objects.update(number=len(names))
    for registration, name in zip(lop.attended(len(names) - len(NAMES)), names[len(NAMES) :], strict=True):
        Trainee.objects.filter(pk=registration.trainee_id).update(full_name=name)
    for kind in MADE_KINDS:
        name, files[f"{kind}.docx"] = made_paper(lop.course, kind, at=now(), as_word=True, **said(kind))
        assert name.endswith(f"-{lop.course.code}.docx")
        drawn[f"{kind}.docx"] = made_paper(lop.course, kind, at=now(), **said(kind))[1]
    converted = office(files)
    assert {name: looks_unlike(drawn[name], pdf) for name, pdf in converted.items()} == {name: [] for name in files}
    ours, theirs = ({name: text_of(pdf) for name, pdf in pdfs.items()} for pdfs in (drawn, converted))
    for kind in (ClassPaperKind.CLASS_LIST, ClassPaperKind.SIGN_IN, ClassPaperKind.DECISION):
        assert [name for name in names if name not in theirs[f"{kind}.docx"] or name not in ours[f"{kind}.docx"]] == []
    for kind in MADE_KINDS:
        assert letters(theirs[f"{kind}.docx"]) == letters(ours[f"{kind}.docx"]), kind


def looks_unlike(one, other):
    """Pages whose pictures differ, by squares of 14 mm whose greys are more than a sixteenth of black apart: letters
    may stand a millimetre elsewhere, a picture or a line of words may not."""
    pages = [
        [page.render(scale=0.5, grayscale=True).to_pil() for page in pypdfium2.PdfDocument(pdf)] for pdf in (one, other)
    ]
    assert [page.size for page in pages[0]] == [page.size for page in pages[1]]
    squares = [[page.reduce(20) for page in document] for document in pages]
    apart = [ImageChops.difference(*both).getextrema()[1] for both in zip(*squares, strict=True)]
    return [number for number, most in enumerate(apart, 1) if most > 16]


def letters(text):
    """All of a text: an address is broken at another place, where our paper holds a space without width, and a
    hyphen at the end of a line is read as U+FFFE."""
    return Counter("".join(text.replace("\u200b", "").replace("\ufffe", "-").split()))


def plain_class(kind=CourseKind.TRAINING, **fields):
    """A class of one day with one block, in which hardly anything is filled in, of a host without a heading."""
    lop = Class()
    course = make_course(lop.host, "LOP-DON", kind=kind, ends_on=dt.date(2026, 6, 5), state="published", **fields)
    make_block(course, "A")
    course.blocks.update(title="Soạn thảo văn bản")
    make_session(course)
    Heading.objects.all().delete()
    return course


@pytest.mark.parametrize("kind", [CourseKind.TRAINING, CourseKind.FURTHER])
def test_what_is_not_filled_in_stands_as_dots_and_a_class_of_one_day_and_block_reads_right(kind):
    course = plain_class(kind, title="Văn thư")
    for paper in MADE_KINDS:
        text = text_of(made_paper(course, paper, at=now(), **said(paper))[1])
        word = "tập huấn" if kind == CourseKind.TRAINING else "bồi dưỡng"
        assert f"{word}: Văn thư" in text, paper
        assert "None" not in text
        assert "Khối" not in text
    text = text_of(made_paper(course, ClassPaperKind.PLAN, at=now())[1])
    assert "01 ngày (01 buổi, 04 tiết), ngày 05 tháng 6 năm 2026" in text
    assert "……/KH-……" in text


def test_a_moved_half_day_stands_where_it_is_now_and_a_cancelled_one_says_so(lop):
    moved = reschedule_session(
        lop.general, actor=lop.organiser, date=dt.date(2026, 6, 4), begins=dt.time(8), ends=dt.time(11, 30), why="Bận"
    )
    reschedule_session(lop.second, actor=lop.organiser, cancelled=True, why="Mưa bão")
    days = fields_of(lop.course, ClassPaperKind.TIMETABLE, at=now())["ngay_hoc"]
    assert [(day["thu"], day["ngay"]) for day in days] == [
        ("Thứ Năm", "04/6/2026"), ("Thứ Sáu", "05/6/2026"), ("Thứ Bảy", "06/6/2026"),
    ]  # fmt: skip
    assert [day["buoi_hoc"][0]["thay_doi"] for day in days] == ["Dời từ 07 giờ 30 ngày 05/6/2026", "", "Tạm hoãn"]
    assert days[0]["buoi_hoc"][0]["gio"] == "08 giờ 00 - 11 giờ 30"
    assert moved.date == dt.date(2026, 6, 4)


def test_days_of_several_half_days_stand_in_one_merged_cell(lop):
    _name, word = made_paper(lop.course, ClassPaperKind.TIMETABLE, at=now(), as_word=True)
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        xml = archive.read("word/document.xml").decode()
    assert (xml.count('w:vMerge w:val="restart"'), xml.count("<w:vMerge/>")) == (1, 1)
    assert "↑" not in xml


def test_a_speaker_is_invited_to_the_own_half_days_and_each_invitation_begins_on_a_page_of_its_own(lop):
    both = fields_of(lop.course, ClassPaperKind.INVITATION, at=now())["giay_moi"]
    assert [(one["ho_ten"], len(one["buoi_hoc"])) for one in both] == [("Võ Thử Giảng", 2), ("Trịnh Thử Thuyết", 1)]
    assert len(pypdfium2.PdfDocument(made_paper(lop.course, ClassPaperKind.INVITATION, at=now())[1])) == 2
    speaker = Speaker.objects.get(full_name="Trịnh Thử Thuyết")
    _name, pdf = made_paper(lop.course, ClassPaperKind.INVITATION, at=now(), speaker=speaker)
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    assert "Võ Thử Giảng" not in text_of(pdf)


def test_links_of_offices_stand_on_the_letter_only_when_they_are_asked_for(lop):
    address = "/office/"
    assert address in text_of(made_paper(lop.course, ClassPaperKind.SUMMONS, at=now(), with_links=True)[1])
    _name, pdf = made_paper(lop.course, ClassPaperKind.SUMMONS, at=now())
    assert address not in text_of(pdf)
    rows = fields_of(lop.course, ClassPaperKind.SUMMONS, at=now(), with_links=False)["chi_tieu"]
    assert {row["duong_dan"] for row in rows} == {""}


def test_the_host_s_own_template_is_taken_and_the_software_s_again_when_it_goes_back(lop):
    paper = OfficialPaper(title="Kế hoạch riêng")
    paper.paragraph("Mẫu riêng của cơ quan cho {{ ten_lop_thuong }}.")
    file = store_file(paper.as_bytes(), purpose=FilePurpose.TEMPLATE, media_type="application/msword")
    host = {"host": lop.host, "kind": ClassPaperKind.PLAN, "made_at": now()}
    WordTemplate.objects.create(version=1, file=file, **host)
    assert "Mẫu riêng của cơ quan cho lớp" in text_of(made_paper(lop.course, ClassPaperKind.PLAN, at=now())[1])
    WordTemplate.objects.create(version=2, **host)
    assert "MỤC ĐÍCH, YÊU CẦU" in text_of(made_paper(lop.course, ClassPaperKind.PLAN, at=now())[1])


def test_the_whole_set_has_word_and_pdf_of_every_kind_and_is_the_same_on_the_same_day(lop):
    first, again = list(whole_set(lop.course, at=now())), list(whole_set(lop.course, at=now()))
    assert first == again
    assert len(first) == 2 * len(MADE_KINDS)
    assert [name for name, _content in first[:2]] == ["01-ke-hoach.docx", "01-ke-hoach.pdf"]


def test_the_whole_set_holds_no_decision_that_names_nobody():
    kinds = [ClassPaperKind.CLASS_LIST, ClassPaperKind.DECISION]
    names = [name for name, _content in whole_set(plain_class(), at=now(), kinds=kinds)]
    assert names == ["01-danh-sach-lop.docx", "01-danh-sach-lop.pdf"]


def test_a_letter_without_links_speaks_of_no_addresses(lop):
    words = {
        links: text_of(made_paper(lop.course, ClassPaperKind.SUMMONS, at=now(), with_links=links)[1])
        for links in (True, False)
    }
    assert ["ĐỊA CHỈ LẬP DANH SÁCH" in words[links] for links in (True, False)] == [True, False]


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (ClassPaperKind.PLAN, "7", "07/KH-UBND"),
        (ClassPaperKind.PLAN, "7/KH-UBND", "7/KH-UBND"),
        (ClassPaperKind.CLASS_LIST, "7", "7"),
    ],
)
def test_a_number_is_kept_as_the_paper_shows_it(lop, kind, typed, kept):
    assert number_in_full(Asked(lop.course, kind, now(), number=typed)) == kept


def test_a_number_of_an_office_whose_abbreviation_is_not_known_is_kept_as_typed():
    assert number_in_full(Asked(plain_class(), ClassPaperKind.PLAN, now(), number="7")) == "7"


def test_a_decision_without_anybody_is_refused():
    course = plain_class()
    with pytest.raises(Refusal):
        made_decision(course, at=now(), **DECIDING)


@pytest.mark.parametrize("kind", MADE_KINDS)
def test_a_paper_costs_the_same_queries_for_few_people_and_for_many(lop, kind):
    with CaptureQueriesContext(connection) as few:
        fields_of(lop.course, kind, at=now(), **said(kind))
    Seats.objects.update(number=30)
    lop.attended(6, office=lop.other_ward)
    with CaptureQueriesContext(connection) as many:
        fields_of(lop.course, kind, at=now(), **said(kind))
    assert len(many) == len(few)


def test_words_of_the_report_are_kept_once_masked_and_by_organisers_alone(lop):
    words = {"assessment": "Học viên  nghiêm túc.\n\nSố 093175000001.", "proposals": "Mở lớp hằng năm."}
    for _again in (1, 2):
        set_report_words(lop.course, actor=lop.organiser, **words)
    kept = ReportWords.objects.get()
    assert kept.assessment.startswith("Học viên nghiêm túc.\n")
    assert "093175000001" not in kept.assessment
    text = text_of(made_paper(lop.course, ClassPaperKind.REPORT, at=now())[1])
    assert "Học viên nghiêm túc." in text
    assert "Mở lớp hằng năm." in text
    for stranger in (officer_of(lop.host), organiser_of(Office.objects.get(pk=lop.ward.pk))):
        with pytest.raises(Refusal):
            set_report_words(lop.course, actor=stranger, **words)


def test_the_list_of_the_class_stands_by_office_or_by_given_name_and_keeps_its_fixed_numbers(lop):
    lop.people(1, office=lop.other_ward)
    Trainee.objects.filter(office=lop.other_ward).update(full_name="Bùi Thử Ảnh", sort_key="0")

    def listed(order):
        people = fields_of(lop.course, ClassPaperKind.CLASS_LIST, at=now(), order=order)["hoc_vien"]
        return [(person["stt"], person["ho_ten"]) for person in people]

    assert (listed("protocol")[-1], listed("name")[0]) == (("5", "Bùi Thử Ảnh"), ("1", "Bùi Thử Ảnh"))
    finalise_list(lop.course, actor=lop.organiser, order="name", confirm_rest=True)
    lop.course.refresh_from_db()
    assert listed("protocol") == listed("name")
    assert listed("protocol")[0] == ("1", "Bùi Thử Ảnh")


@pytest.mark.parametrize("kind", MADE_KINDS)
def test_the_software_s_wording_is_a_template_that_an_office_may_put_back(kind):
    """What the office downloads, it can send again as it is; and every field that stands in it is one it is told."""
    assert read_template(wording(kind), sample_of(kind))
    text = text_of(sample_paper(kind, None))
    assert "MẪU" in text
    # None is broken over two lines.
    assert all(date in text for date in re.findall(r"\d\d/\d\d/\d{4}", str(sample_of(kind))))
    assert not_drawn(wording(kind)) == []


def test_long_sheets_to_sign_are_each_a_pdf_of_their_own_in_the_whole_set(lop, monkeypatch):
    """One PDF of 500 people and 18 half-days is refused, and says what else there is."""
    monkeypatch.setattr(making_papers, "_MOST_LINES", 5)
    found = dict(whole_set(lop.course, at=now(), kinds=[ClassPaperKind.SIGN_IN]))
    sheets = fields_of(lop.course, ClassPaperKind.SIGN_IN, at=now())["to_ky"]
    numbered = [f"01-danh-sach-ky-ten-{place:02d}.pdf" for place in range(1, len(sheets) + 1)]
    assert list(found) == ["01-danh-sach-ky-ten.docx", *numbered]
    for name, sheet in zip(numbered, sheets, strict=True):
        text = text_of(found[name])
        assert all(person["ho_ten"] in text for person in sheet["hoc_vien"])
    with pytest.raises(Refusal, match="chọn một buổi"):
        made_paper(lop.course, ClassPaperKind.SIGN_IN, at=now())
    assert made_paper(lop.course, ClassPaperKind.SIGN_IN, at=now(), as_word=True)[1]
    assert made_paper(lop.course, ClassPaperKind.SIGN_IN, at=now(), session=lop.general)[1].startswith(b"%PDF")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("fault", "says"),
    [(Refusal("Dài quá."), "Dài quá."), (RuntimeError("Nguyễn Thử"), "could not be drawn")],
)
def test_a_pdf_that_cannot_be_drawn_does_not_keep_the_others_back(lop, monkeypatch, fault, says):
    """A fault of ours does not either: the server ends what it has begun to send as if it were whole."""

    def pdf_of(_word, *, title, **_said):
        if title == "Chương trình lớp":
            raise fault
        return b"%PDF"

    monkeypatch.setattr(making_papers, "pdf_of", pdf_of)
    found = dict(whole_set(lop.course, at=now(), kinds=[ClassPaperKind.TIMETABLE, ClassPaperKind.CLASS_LIST]))
    assert list(found)[1:] == ["01-chuong-trinh-khong-co-PDF.txt", "02-danh-sach-lop.docx", "02-danh-sach-lop.pdf"]
    assert says in found["01-chuong-trinh-khong-co-PDF.txt"].decode()
