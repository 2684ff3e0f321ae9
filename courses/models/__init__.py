from courses.models.offices import Heading, Office, OfficeAlias, OfficeSuccession, Signer
from courses.models.people import Invitation, Responsibility, Role, Trainee, TraineeMerge, Transfer, User
from courses.models.plan import (
    Block,
    Course,
    Index,
    Material,
    Place,
    Session,
    SessionTopic,
    Speaker,
    Topic,
    Venue,
)
from courses.models.records import ActionDetail, ActionLog, File, Setting
from courses.models.registrations import OfficeAnswer, Registration, Seats
from courses.models.rosters import ColumnMeaning, ImportBatch, ImportRow
from courses.models.tasks import BackgroundTask, DueThing, TaskRun

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
    "Office",
    "OfficeAlias",
    "OfficeAnswer",
    "OfficeSuccession",
    "Place",
    "Registration",
    "Responsibility",
    "Role",
    "Seats",
    "Session",
    "SessionTopic",
    "Setting",
    "Signer",
    "Speaker",
    "TaskRun",
    "Topic",
    "Trainee",
    "TraineeMerge",
    "Transfer",
    "User",
    "Venue",
]
