"""The papers of the demo: the file of its concluded class with invented numbers, and the yearly plans of both hosts."""

import datetime as dt

from attendance.constants import ClassPaperKind
from attendance.reports.paper_sheets import class_in_words
from attendance.services.class_papers import Entry, file_paper, keep_decision
from attendance.services.making_papers import made_decision, made_paper
from attendance.services.report_words import set_report_words
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.models import Course, Office, PlannedClass

_ASSESSMENT = "Học viên tham dự nghiêm túc, trao đổi sôi nổi; tài liệu sát với công việc văn thư, lưu trữ ở cơ sở."
_PROPOSALS = "Tiếp tục mở lớp bồi dưỡng nghiệp vụ văn thư, lưu trữ hằng năm cho cán bộ mới nhận nhiệm vụ."


def file_papers(course: Course, *, organiser: Actor, officer: Actor, decision: tuple[str, dt.date]) -> None:
    """The plan, the letter and the report, and the decision by which the certificates were issued."""
    number, date = decision
    set_report_words(course, actor=organiser, assessment=_ASSESSMENT, proposals=_PROPOSALS)
    for kind, said, day in (
        (ClassPaperKind.PLAN, "96/KH-UBND", course.starts_on - dt.timedelta(days=18)),
        (ClassPaperKind.SUMMONS, "412/UBND-NV", course.starts_on - dt.timedelta(days=15)),
        (ClassPaperKind.REPORT, "233/BC-UBND", date + dt.timedelta(days=2)),
    ):
        name, content = made_paper(course, kind, at=now(), number=said, date=day)
        entry = Entry(kind, said, day, class_in_words(course))
        file_paper(course, entry, actor=organiser, content=content, name=name)
    # Who decides, and by what, is on the decision's own page; here it is as short as it can be.
    _name, pdf = made_decision(
        course, at=now(), number=number, date=date, deciding="Chủ tịch Ủy ban nhân dân thành phố"
    )
    keep_decision(course, pdf, actor=officer, number=number, date=date, summary=class_in_words(course))


def plan_years(ward: Office) -> None:
    """A line for each class, and what the ward means to hold later this year, with one that was put off."""
    for course in Course.objects.order_by("starts_on", "pk"):
        PlannedClass.objects.create(
            host=course.host_office,
            year=course.starts_on.year,
            title=course.title,
            kind=course.kind,
            month=course.starts_on.month,
            people=course.capacity,
            audience=course.audience[:300],
            course=course,
        )
    year = now().year
    PlannedClass.objects.create(
        host=ward, year=year, title="Tập huấn kỹ năng số cho tổ công nghệ số cộng đồng", month=12, people=60, order=200
    )
    PlannedClass.objects.create(
        host=ward,
        year=year,
        title="Bồi dưỡng nghiệp vụ công tác hội cho cán bộ hội cơ sở",
        month=9,
        people=40,
        put_off="Chờ kinh phí, chuyển sang quý I năm sau",
        order=210,
    )
