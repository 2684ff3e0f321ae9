from courses.models.offices import Heading, Office, OfficeAlias, OfficeSuccession, Signer
from courses.models.people import Invitation, Responsibility, Role, Trainee, TraineeMerge, Transfer, User
from courses.models.plan import (
    Block,
    Course,
    Index,
    Material,
    Place,
    PlannedClass,
    Session,
    SessionTopic,
    Speaker,
    Topic,
    Venue,
)
from courses.models.records import ActionDetail, ActionLog, File, Setting
from courses.models.registrations import OfficeAnswer, Registration, Seats
from courses.models.requests import TraineeRequest
from courses.models.rosters import ColumnMeaning, ImportBatch, ImportRow
from courses.models.tasks import BackgroundTask, DueThing, TaskRun
from courses.models.telling import Message, MessageLine, MessageText, SessionChange

__all__ = [
    "ActionDetail",
    "ActionLog",
    "BackgroundTask",
    "Block",
    "ColumnMeaning",
    "Course",
    "DueThing",
    "File",
    "Heading",
    "ImportBatch",
    "ImportRow",
    "Index",
    "Invitation",
    "Material",
    "Message",
    "MessageLine",
    "MessageText",
    "Office",
    "OfficeAlias",
    "OfficeAnswer",
    "OfficeSuccession",
    "Place",
    "PlannedClass",
    "Registration",
    "Responsibility",
    "Role",
    "Seats",
    "Session",
    "SessionChange",
    "SessionTopic",
    "Setting",
    "Signer",
    "Speaker",
    "TaskRun",
    "Topic",
    "Trainee",
    "TraineeMerge",
    "TraineeRequest",
    "Transfer",
    "User",
    "Venue",
]
