"""What people do wrongly is answered with a sentence in Vietnamese that says what to do."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import lxml.html
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.constants import MarkState
from attendance.models import Certificate, Mark
from attendance.reports.papers import Order
from attendance.services.register import prepare_papers
from courses.constants.clock import today
from courses.models import ImportBatch, Office, Session, Trainee
from courses.rules.actors import actor_of
from courses.services.registrations import withdraw
from tests.access.browsers import browser_of

pytestmark = pytest.mark.django_db
ROSTERS = Path(settings.BASE_DIR) / "courses" / "tests" / "rosters"

NO_TABLE_FILE = (
    "Đây không phải là tệp Excel, Word, OpenDocument hay CSV, dù tên tệp ghi như vậy. Đề nghị mở bằng chương trình đã "
    "tạo ra tệp và lưu lại dạng .xlsx."
)
CUT_SHORT = "Tệp bị hỏng hoặc bị cắt ngang khi gửi. Đề nghị mở tệp, lưu lại và gửi lần nữa."
NO_SUCH_DATE = "Ngày chưa đúng. Đề nghị nhập theo dạng ngày/tháng/năm."


def words(answer) -> str:
    """What the page says, without its tags."""
    return " ".join(lxml.html.fromstring(answer.content.decode()).text_content().split())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), NO_TABLE_FILE),
        ((ROSTERS / "truncated.xlsx").read_bytes(), CUT_SHORT),
        (b"", "Tệp không có nội dung. Đề nghị gửi lại danh sách."),
        (
            (ROSTERS / "no_table.xlsx").read_bytes(),
            "Không tìm thấy danh sách: không có dòng nào mang tiêu đề cột “Họ và tên”.",
        ),
    ],
    ids=["a picture", "cut short", "empty", "no list"],
)
def test_a_broken_file_is_refused_with_what_to_do(world, data, sentence):
    before = ImportBatch.objects.count()
    answer = browser_of(world, "organiser").post(
        f"/admin/courses/importbatch/class/{world.a.course.pk}/", {"file": SimpleUploadedFile("danh sach.xlsx", data)}
    )
    assert answer.status_code == 200
    assert sentence in words(answer)
    assert ImportBatch.objects.count() == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("31/02/1975", "Không có ngày này. Đề nghị xem lại ngày, tháng và năm."),
        ("05/06/9999", "Không có ngày này. Đề nghị xem lại ngày, tháng và năm."),
        ("hôm qua", "Đề nghị ghi theo dạng ngày/tháng/năm, tháng/năm hoặc chỉ năm, ví dụ 05/06/1975."),
    ],
)
def test_a_birth_date_that_does_not_exist_is_refused(world, typed, sentence):
    answer = add_trainee(world, birth=typed)
    assert answer.status_code == 200
    assert sentence in words(answer)


@pytest.mark.parametrize("typed", ["31/02/2026", "00/06/2026", "2026-02-31", "31/12/0000"])
def test_a_half_day_or_an_issue_on_a_date_that_does_not_exist_is_refused(world, typed):
    a = world.a
    half_days = Session.objects.count()
    answer = browser_of(world, "organiser").post(
        f"/admin/courses/session/add/?course={a.course.pk}", {"date": typed, "begins": "07:30", "ends": "11:00"}
    )
    assert answer.status_code == 200
    assert NO_SUCH_DATE in words(answer)
    assert Session.objects.count() == half_days
    answer = prepare(world, issue_date=typed)
    assert answer.status_code == 200
    assert NO_SUCH_DATE in words(answer)


def test_marks_for_somebody_who_is_not_on_the_list_any_more_are_refused_and_the_others_stay_chosen(world):
    a = world.a
    withdraw(a.colleague_registration, actor=a.actor)
    gone, stays = a.colleague_registration.pk, a.stranger_registration.pk
    answer = browser_of(world, "organiser").post(
        f"/admin/attendance/attendancesheet/{a.session.pk}/change/",
        {
            "submission": str(uuid4()),
            f"shown-{gone}": MarkState.PRESENT, f"mark-{gone}": MarkState.ABSENT,
            f"shown-{stays}": "", f"mark-{stays}": MarkState.LATE,
        },
    )  # fmt: skip
    assert answer.status_code == 409
    assert "Trên trang có người không có tên trong danh sách của buổi học này. Đề nghị mở lại trang." in words(answer)
    assert not Mark.objects.filter(session=a.session, registration=stays).exists()
    page = lxml.html.fromstring(answer.content.decode())
    assert page.xpath(f"//input[@name='mark-{stays}' and @checked]/@value") == [MarkState.LATE]
    assert not page.xpath(f"//input[@name='mark-{gone}']")


def test_a_paper_for_somebody_who_has_not_earned_it_is_refused_with_the_reason(world):
    a = world.a
    client = browser_of(world, "organiser")
    pk = a.stranger_registration.pk
    client.post(
        f"/admin/attendance/attendancesheet/{a.session.pk}/change/",
        {"submission": str(uuid4()), f"shown-{pk}": "", f"mark-{pk}": MarkState.ABSENT},
    )
    before = Certificate.objects.count()
    order = Order(issuer=a.host, signer=a.signer, issue_date=today())
    [result] = prepare_papers(a.course, order, actor=actor_of(a.officer), registration_ids=[pk])
    assert result.certificate is None
    assert result.sentence.startswith("Không còn khả năng đủ điều kiện: ")
    assert "là buổi không được vắng" in result.sentence
    # The preview says the same, and the count that would include the person is not taken.
    answer = prepare(world, count=2)
    assert result.sentence in words(answer)
    assert Certificate.objects.count() == before


def test_a_second_person_with_the_same_citizen_number_is_refused(world):
    before = Trainee.objects.count()
    answer = add_trainee(world, citizen_number="093175000010")
    assert answer.status_code == 200
    assert "Số định danh này đã thuộc về học viên khác. Đề nghị kiểm tra lại số." in words(answer)
    assert Trainee.objects.count() == before


def test_an_issuer_that_does_not_exist_on_the_date_of_issue_is_refused(world):
    a = world.a
    yesterday = today() - dt.timedelta(days=1)
    Office.objects.filter(pk=a.host.pk).update(valid_from=today())
    before = Certificate.objects.count()
    answer = prepare(world, issue_date=f"{yesterday:%d/%m/%Y}")
    assert answer.status_code == 200
    assert (
        f"{a.host.name} không tồn tại vào ngày {yesterday:%d/%m/%Y} nên không thể cấp giấy đề ngày đó. "
        "Đề nghị chọn ngày khác."
    ) in words(answer)
    assert Certificate.objects.count() == before


def add_trainee(world, **fields):
    return browser_of(world, "organiser").post(
        "/admin/courses/trainee/add/",
        {"full_name": "Ngô Thử Trùng", "office": world.a.first.pk, "gender": "f", **fields},
    )


def prepare(world, **fields):
    return browser_of(world, "officer").post(
        f"/admin/attendance/courseresult/{world.a.course.pk}/prepare",
        {"signer": world.a.signer.pk, "issue_date": f"{today():%d/%m/%Y}", **fields},
    )
