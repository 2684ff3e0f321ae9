"""The words of the record: what was claimed, how, what it adds up to, and the states of sheets and papers.

The values are stored; the labels are what people read (docs/glossary.md). Nothing here touches the database.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from courses.constants.action_words import ACTION_WORDS

ACTION_WORDS.update(
    {
        "mail refusal": _("E-mail why a personal link was refused"),
        "prepare": _("Certificate prepared"),
        "issue": _("Certificate issued"),
        "open": _("Register book opened"),
        "hand over": _("Certificate handed over"),
        "void": _("Register number void"),
        "revoke": _("Certificate revoked"),
        "reissue": _("Certificate issued anew"),
        "confirm": _("Lost certificate confirmed"),
        "override": _("Special case decided"),
        "enter score": _("Result of the test entered"),
        "enter old book": _("Old register book entered"),
        "add blanks": _("Blanks entered"),
        "spoil blank": _("Blank spoiled"),
        "set template": _("Template of a paper set"),
        "set words": _("Words of a paper set"),
        "authorise": _("Issuing office authorised"),
        "take in signed": _("Signed copy taken in"),
        "answer signed": _("Signed copy looked at"),
        "sign": _("Check mark of the software put on"),
        "trust root": _("Root certificate installed"),
        "distrust root": _("Root certificate taken out"),
        "ask correction": _("Correction asked for"),
        "answer correction": _("Correction answered"),
        "start papers": _("Work on the papers of a class begun"),
        "stop papers": _("Work on the papers of a class stopped"),
        "write report": _("Words of the report written"),
        "number paper": _("Paper of a class entered"),
        "change paper": _("Paper of a class put right"),
        "attach signed": _("Signed copy of a paper attached"),
        "take out paper": _("Paper taken out of the class file"),
        "make paper": _("Paper of a class made"),
        "set wording": _("Wording of a paper set"),
        "export class file": _("Class file exported"),
        "set rule": _("Rule of the class set"),
        "export papers": _("Papers exported"),
        "export list": _("List of the class taken out"),
        "keep list": _("List kept for other classes"),
        "rename list": _("Kept list renamed"),
        "delete list": _("Kept list deleted"),
        "export marks": _("Attendance of the class exported"),
        "import marks": _("Attendance read in from a file"),
        "show links": pgettext_lazy("action in the log", "Links shown"),
        "ask leave": _("Absence reported"),
        "answer leave": _("Absence answered"),
        "close sheet": _("Attendance sheet closed"),
        "reopen sheet": _("Attendance sheet reopened"),
        "print sheet": _("Sign-in sheet taken out"),
        "file sheet": _("Signed sheet filed"),
        "make up": _("Half-day made up credited"),
        "stand in": _("Stand-in entered"),
        "walk in": _("Somebody not on the list settled"),
        "make door": _("Door opened"),
        "revoke door": _("Door closed"),
        "renew pass": _("Pass renewed"),
        "print passes": _("Passes taken out"),
        "renew screen": _("Address of the hall's screen renewed"),
        "settle scan": _("Entry refused at a door dealt with"),
        "load demo": pgettext_lazy("action in the log", "Demo loaded"),
    }
)


class Claim(TextChoices):
    """What an event says about one person in one half-day."""

    SEEN = "seen", pgettext_lazy("attendance", "Seen")
    NOT_SEEN = "not_seen", pgettext_lazy("attendance", "Not seen")
    EXCUSED = "excused", pgettext_lazy("attendance", "Excused")
    LEFT_EARLY = "left_early", pgettext_lazy("attendance", "Left early")
    DECISION = "decision", pgettext_lazy("attendance", "Decision")
    UNDO = "undo", pgettext_lazy("attendance", "Undo")


class Way(TextChoices):
    """How an event came in. Only claims of two different ways can contradict each other."""

    DOOR = "door", pgettext_lazy("way of marking", "Door")
    SCREEN = "screen", pgettext_lazy("way of marking", "Code on the screen")
    HAND = "hand", pgettext_lazy("way of marking", "By hand")
    PAPER = "paper", pgettext_lazy("way of marking", "Signed paper list")
    IMPORT = "import", pgettext_lazy("way of marking", "From a file")
    LEAVE = "leave", pgettext_lazy("way of marking", "Accepted leave")
    MAKE_UP = "make_up", pgettext_lazy("way of marking", "Make-up")


# Door and screen know only the moment; whether somebody came late is computed for them alone.
TIMED_WAYS = frozenset({Way.DOOR, Way.SCREEN})


class MarkState(TextChoices):
    """What the events of one person in one half-day add up to. Nothing known is no row at all."""

    PRESENT = "present", pgettext_lazy("attendance", "Present")
    LATE = "late", pgettext_lazy("attendance", "Late")
    LEFT_EARLY = "left_early", pgettext_lazy("attendance", "Left early")
    EXCUSED = "excused", pgettext_lazy("attendance", "Excused")
    ABSENT = "absent", pgettext_lazy("attendance", "Absent")
    DISPUTED = "disputed", pgettext_lazy("attendance", "Disputed, awaiting a decision")


SEEN_STATES = frozenset({MarkState.PRESENT, MarkState.LATE, MarkState.LEFT_EARLY})
# Who counts as having been there: disputed counts as seen until somebody decides.
THERE = SEEN_STATES | {MarkState.DISPUTED}
# What a person can say; disputed can only be the outcome of two claims.
SAYABLE_STATES = frozenset(MarkState) - {MarkState.DISPUTED}


class SheetState(TextChoices):
    """The attendance sheet of one half-day."""

    NOT_OPENED = "not_opened", pgettext_lazy("sheet", "Not opened")
    OPEN = "open", pgettext_lazy("sheet", "Open")
    CLOSED = "closed", pgettext_lazy("sheet", "Closed")
    REOPENED = "reopened", pgettext_lazy("sheet", "Reopened")


class ScanRefusal(TextChoices):
    """Why something read at a door could not be entered. Each has its own words, for whoever stands there asks."""

    NOT_A_PASS = "not_a_pass", pgettext_lazy("door", "Not a pass")
    OLD_PASS = "old_pass", pgettext_lazy("door", "This pass was renewed: the new one counts")
    OTHER_CLASS = "other_class", pgettext_lazy("door", "Pass of another class")
    WITHDRAWN = "withdrawn", pgettext_lazy("door", "Withdrawn from the class")
    REPLACED = "replaced", pgettext_lazy("door", "Replaced by somebody else")
    NOT_EXPECTED = "not_expected", pgettext_lazy("door", "Not expected at this half-day")
    NO_HALF_DAY = "no_half_day", pgettext_lazy("door", "No half-day of this door at that time")


class ScanAnswer(TextChoices):
    """What became of something read at a door that was entered."""

    ON_TIME = "on_time", pgettext_lazy("door", "On time")
    LATE = "late", pgettext_lazy("door", "Late")
    ALREADY_IN = "already_in", pgettext_lazy("door", "Already in")
    NOTED = "noted", pgettext_lazy("door", "Not on the list: noted for the organiser")
    WAITS = "waits", pgettext_lazy("door", "Kept: the organiser decides")
    REFUSED = "refused", pgettext_lazy("door", "Not entered")
    TAKEN_BACK = "taken_back", pgettext_lazy("door", "Taken back")


class OddEntry(TextChoices):
    """Why an entry that somebody made by the hall's screen should be looked at."""

    ONE_PHONE = "one_phone", pgettext_lazy("odd entry", "Several people on one phone")
    OUT_OF_TIME = "out_of_time", pgettext_lazy("odd entry", "Long before or after the half-day")
    TWO_HALLS = "two_halls", pgettext_lazy("odd entry", "In two halls in less time than the way takes")


class LeaveState(TextChoices):
    """A request to be absent, and its answer."""

    ASKED = "asked", pgettext_lazy("leave", "Asked, awaiting an answer")
    ACCEPTED = "accepted", pgettext_lazy("leave", "Accepted")
    REFUSED = "refused", pgettext_lazy("leave", "Refused")


class CertificateState(TextChoices):
    """In force are prepared, issued and handed over (IN_FORCE)."""

    PREPARED = "prepared", pgettext_lazy("certificate", "Prepared, awaiting signature")
    ISSUED = "issued", pgettext_lazy("certificate", "Issued")
    HANDED_OVER = "handed_over", pgettext_lazy("certificate", "Handed over")
    VOID = "void", pgettext_lazy("certificate", "Number void")
    REVOKED = "revoked", pgettext_lazy("certificate", "Revoked")
    REPLACED = "replaced", pgettext_lazy("certificate", "Replaced")


#: Papers that have left the office.
IN_HANDS = (CertificateState.ISSUED, CertificateState.HANDED_OVER)
IN_FORCE = frozenset({CertificateState.PREPARED, *IN_HANDS})


class PaperKind(TextChoices):
    """What a certificate is called on paper; *chứng chỉ* is for issuers that are authorised to."""

    ATTESTATION = "attestation", pgettext_lazy("kind of paper", "Attestation")
    CERTIFICATE = "certificate", pgettext_lazy("kind of paper", "Certificate")
    CONFIRMATION = "confirmation", pgettext_lazy("kind of paper", "Confirmation of completion")


class Counting(TextChoices):
    """How much of a half-day somebody is given who came late, left early or was excused."""

    FULL = "full", pgettext_lazy("counting", "In full")
    HALF = "half", pgettext_lazy("counting", "By half")
    NONE = "none", pgettext_lazy("counting", "Not at all")


class Measure(TextChoices):
    """What the share of a class's rule is counted in."""

    HALF_DAYS = "half_days", pgettext_lazy("measure", "Half-days")
    PERIODS = "periods", pgettext_lazy("measure", "Periods")


class Revocation(TextChoices):
    """The grounds on which a paper can be revoked (Circular 03/2023/TT-BNV, article 8)."""

    FRAUD = "fraud", pgettext_lazy("ground of revoking", "Fraud in enrolment or study")
    NOT_QUALIFIED = (
        "not_qualified",
        pgettext_lazy("ground of revoking", "Issued to somebody not entitled, or by an office without the power"),
    )
    ALTERED = "altered", pgettext_lazy("ground of revoking", "Erased or altered")
    LENT = "lent", pgettext_lazy("ground of revoking", "Lent to somebody else")
    ISSUERS_ERROR = "issuers_error", pgettext_lazy("ground of revoking", "Error of the issuing office")


class Replacing(TextChoices):
    """Why a paper stands in the place of another: an error of the issuer is issued anew, a lost one is confirmed; a
    revoked one stays revoked, and the new one is issued by a decision of its own."""

    ERROR = "error", pgettext_lazy("why a paper is replaced", "Error on the paper")
    LOST = "lost", pgettext_lazy("why a paper is replaced", "Lost or damaged")
    ANEW = "anew", pgettext_lazy("why a paper is replaced", "Issued anew after it was revoked")


class Examination(TextChoices):
    """What a class asks for beside attendance."""

    NONE = "none", pgettext_lazy("test of a class", "Nothing")
    TEST = "test", pgettext_lazy("test of a class", "Test")
    ESSAY = "essay", pgettext_lazy("test of a class", "Essay")


class Size(TextChoices):
    """Of a certificate; both lie across."""

    A4 = "a4", "A4"
    A5 = "a5", "A5"


class BatchWork(TextChoices):
    """What is done to the papers of a class at once."""

    PREPARE = "prepare", pgettext_lazy("work on papers", "Prepare certificates")
    ISSUE = "issue", pgettext_lazy("work on papers", "Issue certificates")


class WorkState(TextChoices):
    WAITING = "waiting", pgettext_lazy("state of work on papers", "Waiting")
    RUNNING = "running", pgettext_lazy("state of work on papers", "Under way")
    DONE = "done", pgettext_lazy("state of work on papers", "Done")
    STOPPED = "stopped", pgettext_lazy("state of work on papers", "Stopped")


class ClassPaperKind(TextChoices):
    """The papers of a class file, in the order in which a class needs them."""

    PLAN = "plan", pgettext_lazy("paper of a class", "Plan of the class")
    SUMMONS = "summons", pgettext_lazy("paper of a class", "Letter that calls for participants")
    TIMETABLE = "timetable", pgettext_lazy("paper of a class", "Timetable")
    INVITATION = "invitation", pgettext_lazy("paper of a class", "Invitation of a speaker")
    CLASS_LIST = "class_list", pgettext_lazy("paper of a class", "List of the class")
    SIGN_IN = "sign_in", pgettext_lazy("paper of a class", "Sign-in list")
    DOOR_NOTICE = "door_notice", pgettext_lazy("paper of a class", "Notice for the hall's door")
    DECISION = "decision", pgettext_lazy("paper of a class", "Decision on certificates")
    REPORT = "report", pgettext_lazy("paper of a class", "Report on the results")
    LIST = "list", pgettext_lazy("paper of a class", "Another list")
    OTHER = "other", pgettext_lazy("paper of a class", "Another paper")

    @property
    def on_paper(self) -> str:
        """What it is called on papers, which are Vietnamese whatever the screen speaks."""
        with override("vi"):
            return str(self.label)


#: What is made of the class's data through a Word template.
MADE_KINDS = tuple(kind for kind in ClassPaperKind if kind not in (ClassPaperKind.LIST, ClassPaperKind.OTHER))
#: What has no number in the office's register of documents, since it goes with another paper or hangs on a door.
UNNUMBERED_KINDS = (ClassPaperKind.CLASS_LIST, ClassPaperKind.SIGN_IN, ClassPaperKind.DOOR_NOTICE)


class Matched(TextChoices):
    """How a file that came back signed was found to be of a paper."""

    BYTES = "bytes", pgettext_lazy("signed copy", "Begins with the very bytes of the paper")
    WAITS = "waits", pgettext_lazy("signed copy", "Not the same byte for byte: somebody must look")
    ACCEPTED = "accepted", pgettext_lazy("signed copy", "Accepted by a person, not the same byte for byte")
    REFUSED = "refused", pgettext_lazy("signed copy", "Not taken")


class SignedBy(TextChoices):
    OFFICE = "office", pgettext_lazy("signed copy", "Signed by the office")
    SOFTWARE = "software", pgettext_lazy("signed copy", "Check mark of the software")


class SignatureState(TextChoices):
    """What is known of the signatures of a copy; only a chain to an installed root makes them valid."""

    VALID = "valid", pgettext_lazy("signature", "Signature valid")
    UNCHECKED = "unchecked", pgettext_lazy("signature", "Signed digitally, could not be checked")
    BROKEN = "broken", pgettext_lazy("signature", "Signature broken")


class CorrectionState(TextChoices):
    ASKED = "asked", pgettext_lazy("correction", "Asked, awaiting an answer")
    MADE = "made", pgettext_lazy("correction", "Issued anew")
    REFUSED = "refused", pgettext_lazy("correction", "Refused")
