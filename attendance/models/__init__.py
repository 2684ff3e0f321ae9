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
    "Event",
    "EventWords",
    "LeaveRequest",
    "Mark",
    "Person",
    "RegisterBook",
    "Sheet",
    "SheetCopy",
    "SheetPaper",
]
