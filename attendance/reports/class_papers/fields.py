"""All that stands on a paper of a class, by its kind."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from attendance.constants import ClassPaperKind
from attendance.reports.class_papers.days import door_notice_fields, invitation_fields, timetable_fields
from attendance.reports.class_papers.every_paper import Asked, common_fields
from attendance.reports.class_papers.people import class_list_fields, decision_fields, sign_in_fields
from attendance.reports.class_papers.plan import plan_fields, summons_fields
from attendance.reports.class_papers.report import report_fields
from courses.models import Course
from courses.reports.timetable import sessions_of

_OWN: dict[str, Callable[[Asked], dict[str, Any]]] = {
    ClassPaperKind.PLAN: plan_fields,
    ClassPaperKind.SUMMONS: summons_fields,
    ClassPaperKind.TIMETABLE: timetable_fields,
    ClassPaperKind.INVITATION: invitation_fields,
    ClassPaperKind.CLASS_LIST: class_list_fields,
    ClassPaperKind.SIGN_IN: sign_in_fields,
    ClassPaperKind.DOOR_NOTICE: door_notice_fields,
    ClassPaperKind.REPORT: report_fields,
}


def fields_of(course: Course, kind: str, *, at: dt.datetime, **said) -> dict[str, Any]:
    """The values of all fields of the kind (`attendance.rules.paper_fields`). `said` are further ones of `Asked`:
    signer, number, date, speaker, session, order, with_links, deciding, bases, reachable. In Vietnamese whatever the
    screen speaks. (As many queries whatever the number of people, half-days and offices; a test holds them.)"""
    asked = Asked(course, kind, at, sessions=list(sessions_of(course)), **said)
    common = common_fields(asked)
    own = decision_fields(asked, common["nguoi_ky"]) if kind == ClassPaperKind.DECISION else _OWN[kind](asked)
    return common | own
