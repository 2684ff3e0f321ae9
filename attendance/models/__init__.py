from attendance.models.doors import Door, DoorPhone, Grant, PassCode, RefusedScan
from attendance.models.leave import LeaveRequest
from attendance.models.ledger import Event, EventWords, Mark, Sheet, SheetCopy, SheetPaper
from attendance.models.pages import AttendanceSheet, CourseResult, Person
from attendance.models.register import Certificate, Completion, CourseRule, RegisterBook

__all__ = [
    "AttendanceSheet",
    "Certificate",
    "Completion",
    "CourseResult",
    "CourseRule",
    "Door",
    "DoorPhone",
    "Event",
    "EventWords",
    "Grant",
    "LeaveRequest",
    "Mark",
    "PassCode",
    "Person",
    "RefusedScan",
    "RegisterBook",
    "Sheet",
    "SheetCopy",
    "SheetPaper",
]
