"""The closed lists of the plan: what an office, a class, a half-day or a registration can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OfficeKind(TextChoices):
    CITY = "city", _("City")
    WARD = "ward", _("Ward")
    COMMUNE = "commune", _("Commune")
    DEPARTMENT = "department", _("Department")
    CENTRE = "centre", _("Centre")
    PARTY = "party", _("Party body")
    MASS = "mass", _("Mass organisation")
    OTHER = "other", _("Other office")


class RoleKind(TextChoices):
    ORGANISER = "organiser", _("Organiser")
    OFFICER = "officer", _("Certificate officer")
    COORDINATOR = "coordinator", _("Coordinator of an office")


class Gender(TextChoices):
    MALE = "m", pgettext_lazy("gender", "Male")
    FEMALE = "f", pgettext_lazy("gender", "Female")


#: As lists and papers write them, whatever the screen says.
GENDERS: dict[str, str] = {Gender.MALE: "Nam", Gender.FEMALE: "Nữ"}


class DatePrecision(TextChoices):
    DAY = "day", _("day, month and year")
    MONTH = "month", _("month and year")
    YEAR = "year", _("year only")


class StaffCategory(TextChoices):
    ELECTED = "elected", _("Elected official")
    CIVIL_SERVANT = "civil_servant", _("Civil servant")
    PUBLIC_EMPLOYEE = "public_employee", _("Public employee")
    PART_TIME = "part_time", _("Part-time commune worker")


class CourseKind(TextChoices):
    TRAINING = "training", _("Training class")
    FURTHER = "further", _("Further training")


class CourseState(TextChoices):
    """Forward only: draft → published → running → concluded → archived."""

    DRAFT = "draft", _("Being prepared")
    PUBLISHED = "published", _("Published")
    RUNNING = "running", _("Under way")
    CONCLUDED = "concluded", _("Concluded")
    ARCHIVED = "archived", _("Archived")


#: What anybody may see without a link. A draft is a 404 outside, an archived class leaves the public list.
PUBLIC_STATES = (CourseState.PUBLISHED, CourseState.RUNNING, CourseState.CONCLUDED)


class HalfDay(TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")


class SessionState(TextChoices):
    PLANNED = "planned", _("As planned")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", pgettext_lazy("half-day", "Cancelled")


class PlaceKind(TextChoices):
    HALL = "hall", _("Hall")
    REMOTE = "remote", _("Remote site")
    ONLINE = "online", _("Online")


class AnswerState(TextChoices):
    NOT_SENT = "not_sent", _("Not sent")
    IN_PROGRESS = "in_progress", _("Being made")
    SENT = "sent", _("Sent")
    FINAL = "final", _("Final")
    SENDS_NOBODY = "sends_nobody", _("Sends nobody")


class RegistrationState(TextChoices):
    NOMINATED = "nominated", _("Nominated")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REPLACED = "replaced", _("Replaced")


#: Registrations that hold a seat.
ACTIVE_STATES = (RegistrationState.NOMINATED, RegistrationState.CONFIRMED)


class RegistrationKind(TextChoices):
    CLASS = "class", _("For the class")
    STAND_IN = "stand_in", _("Stand-in for named half-days")


class BatchState(TextChoices):
    READING = "reading", _("Being read")
    REFUSED = "refused", _("Could not be read")
    READ = "read", _("Read, not applied")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    UNDONE = "undone", _("Applied and taken back")
    DISCARDED = "discarded", _("Discarded")


class RowStatus(TextChoices):
    OK = "ok", _("In order")
    PROBLEM = "problem", _("To be looked at")


class RowDecision(TextChoices):
    """What would happen to a row of a roster; the values are those of `import_roster --json`."""

    NEW = "new", _("New person")
    KNOWN = "known", _("Known person")
    ASK = "ask", _("Who is this?")
    OVER_SEATS = "over seats", _("Over the seats")
    LATE = "late", _("After the deadline")
    CLASH = "clash", _("Already in a class at that time")
    MOVES = "moves", _("Kept at another office")


class RowFate(TextChoices):
    """What became of a row of an applied roster; of a directory, which registers nobody, "made", "completed" and
    "moved"."""

    REGISTERED = "registered", _("Registered")
    ALREADY = "already", _("In the class already")
    OVER = "over", _("Over the seats, not registered")
    WAITING = "waiting", _("To be looked at, not registered")
    LEFT_OUT = "left out", _("Left out")
    MADE = "made", _("New person")
    COMPLETED = "completed", _("What was missing was filled in")
    MOVED = "moved", _("Moved to the office of the list")
    KNOWN = "known", _("Known, nothing new")


class FilePurpose(TextChoices):
    """Only import files may ever be deleted; the guard on the table reads this column."""

    IMPORT = "import", _("Roster as it came")
    CERTIFICATE = "certificate", _("Certificate")
    MATERIAL = "material", _("Material")
    ANSWER = "answer", _("Signed letter of an office")
    LEAVE = "leave", _("Paper about an absence")
    MAKE_UP = "make_up", _("Paper about a half-day made up")
    SHEET = "sheet", _("Signed attendance sheet")
    PAPER = "paper", _("Paper of a class")
    SIGNED = "signed", _("Signed copy of a paper")
    TEMPLATE = "template", _("Word template of papers")
    EMBLEM = "emblem", _("Emblem on papers")


class Occasion(TextChoices):
    """Why people are told something, in the order in which it stands in a message."""

    CHANGED = "changed", _("A half-day was changed")
    DAY_BEFORE = "day_before", _("The day before")
    NAMED = "named", _("Named for the class")
    CONFIRMED = "confirmed", _("On the final list")
    MISSING = "missing", _("Marked missing")
    CERTIFICATE = "certificate", _("Certificate ready to collect")
    DEADLINE = "deadline", _("Deadline for lists of offices")


class Channel(TextChoices):
    EMAIL = "email", _("E-mail")
    BY_HAND = "by_hand", _("Zalo, telephone or paper")


class MessageState(TextChoices):
    """What became of a message. `sending` is committed before the channel is touched; a message found in it whose
    sender is gone is `unknown`, and nothing sends it again by itself."""

    QUEUED = "queued", pgettext_lazy("message", "Waiting to be sent")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Could not be sent")
    UNKNOWN = "unknown", pgettext_lazy("message", "Not known whether it was sent")
    TO_TELL = "to_tell", pgettext_lazy("message", "To be told by hand")
    TOLD = "told", pgettext_lazy("message", "Told")
    DROPPED = "dropped", pgettext_lazy("message", "Dropped")


class RequestKind(TextChoices):
    LINK = "link", pgettext_lazy("request", "The personal link")
    CORRECTION = "correction", pgettext_lazy("request", "A correction of own data")


class RequestState(TextChoices):
    ASKED = "asked", pgettext_lazy("request", "Asked, awaiting an answer")
    DONE = "done", pgettext_lazy("request", "Done")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
