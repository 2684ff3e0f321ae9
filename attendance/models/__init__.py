from attendance.models.class_papers import ClassPaper, ListForm, ReportWords, WordTemplate
from attendance.models.doors import Door, DoorPhone, Grant, PassCode, RefusedScan
from attendance.models.leave import LeaveRequest
from attendance.models.ledger import Event, EventWords, Mark, Sheet, SheetCopy, SheetPaper
from attendance.models.pages import AttendanceSheet, ClassFile, CourseResult, Person
from attendance.models.papers import (
    BlankRange,
    IssuerAuthority,
    PaperBatch,
    PaperBatchRow,
    PaperTemplate,
    PaperWords,
    SpoiledBlank,
)
from attendance.models.register import Certificate, RegisterBook
from attendance.models.results import Completion, CourseRule, Score
from attendance.models.signed import Correction, SignedCopy, TrustedRoot

__all__ = [
    "AttendanceSheet",
    "BlankRange",
    "Certificate",
    "ClassFile",
    "ClassPaper",
    "Completion",
    "Correction",
    "CourseResult",
    "CourseRule",
    "Door",
    "DoorPhone",
    "Event",
    "EventWords",
    "Grant",
    "IssuerAuthority",
    "LeaveRequest",
    "ListForm",
    "Mark",
    "PaperBatch",
    "PaperBatchRow",
    "PaperTemplate",
    "PaperWords",
    "PassCode",
    "Person",
    "RefusedScan",
    "RegisterBook",
    "ReportWords",
    "Score",
    "Sheet",
    "SheetCopy",
    "SheetPaper",
    "SignedCopy",
    "SpoiledBlank",
    "TrustedRoot",
    "WordTemplate",
]
