"""The file of the demo's concluded class: its papers as they were made, with invented numbers."""

import datetime as dt

from attendance.constants import ClassPaperKind
from attendance.reports.paper_sheets import class_in_words
from attendance.services.class_papers import Entry, file_paper, keep_decision
from attendance.services.making_papers import made_decision, made_paper
from attendance.services.report_words import set_report_words
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.models import Course

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
