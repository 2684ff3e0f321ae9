"""The wordings of the papers of a class that the software brings along: Word templates, built part by part."""

from collections.abc import Callable
from functools import cache

from attendance.constants import ClassPaperKind
from attendance.rendering.wordings.days import door_notice, invitation, timetable
from attendance.rendering.wordings.decision import decision
from attendance.rendering.wordings.lists import class_list, sign_in
from attendance.rendering.wordings.plan import plan
from attendance.rendering.wordings.report import report
from attendance.rendering.wordings.summons import summons

_BUILT: dict[str, Callable[[], bytes]] = {
    ClassPaperKind.PLAN: plan,
    ClassPaperKind.SUMMONS: summons,
    ClassPaperKind.TIMETABLE: timetable,
    ClassPaperKind.INVITATION: invitation,
    ClassPaperKind.CLASS_LIST: class_list,
    ClassPaperKind.SIGN_IN: sign_in,
    ClassPaperKind.DOOR_NOTICE: door_notice,
    ClassPaperKind.DECISION: decision,
    ClassPaperKind.REPORT: report,
}


@cache
def wording(kind: str) -> bytes:
    """The template of the kind as .docx; its tags are those of `attendance.rules.paper_fields`."""
    return _BUILT[kind]()
