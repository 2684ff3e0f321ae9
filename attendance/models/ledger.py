"""The ledger: what was claimed (events, append-only), what it adds up to (marks), and the half-day's sheet.

No reverse accessor leads from the plan to the record: every relation to `courses` has `related_name="+"`.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import Claim, MarkState, SheetState, Way
from attendance.querysets.ledger import EventQuerySet, OfRegistrationQuerySet, OfSessionQuerySet
from courses.models import File, Registration, Session


class Event(models.Model):
    """One claim about one person in one half-day; never changed, never deleted.

    `happened_at` is what the device or the person says, `arrived_at` the server's time; of a phone at a door, whose
    clock may be wrong, `happened_at` is put right by the server and `device_at` is what its clock said. `client_id`
    makes a repeat harmless. `says` is the state that a hand, a paper, a file or a decision names; door and screen leave
    it empty. `names` is the proposal, or the entry about somebody not on the list, that a decision is about. `act` is
    shared by all that one person did with one tap or one page. `call`: 2 for the second call of the list after the
    break. Without a registration it is about somebody who is not on the list: see `EventWords`.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("half-day"))
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("registration")
    )
    claim = models.CharField(_("claim"), max_length=12, choices=Claim)
    says = models.CharField(_("state named"), max_length=12, choices=MarkState, blank=True)
    way = models.CharField(_("how"), max_length=10, choices=Way)
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by", verbose_name=_("takes back")
    )
    names = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="named_by", verbose_name=_("decides on the proposal")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by whom")
    )
    device = models.CharField(_("device"), max_length=60, blank=True)
    device_at = models.DateTimeField(_("time of the device"), null=True)
    door = models.ForeignKey("Door", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("door"))
    subject_hash = models.CharField(max_length=64, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    act = models.UUIDField(null=True, db_index=True)
    call = models.PositiveSmallIntegerField(_("call of the list"), default=1)
    paper = models.ForeignKey(
        File, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("paper it rests on")
    )
    proposal = models.BooleanField(_("arrived after the sheet was closed"), default=False)
    client_id = models.UUIDField(unique=True)
    happened_at = models.DateTimeField(_("happened at"))
    arrived_at = models.DateTimeField(_("arrived at"), db_index=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance entry")
        verbose_name_plural = _("attendance entries")
        ordering = ["arrived_at", "pk"]
        indexes = [models.Index(fields=["session", "registration"], name="event_of_session_and_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(claim=Claim.UNDO, undoes__isnull=False) | (~Q(claim=Claim.UNDO) & Q(undoes__isnull=True)),
                name="undo_names_what_it_undoes",
            ),
            models.CheckConstraint(
                condition=Q(claim=Claim.DECISION) | Q(names__isnull=True),
                name="only_a_decision_names_a_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_claim_display()} {self.arrived_at:%d/%m/%Y %H:%M}"


class EventWords(models.Model):
    """The words typed about somebody who is not on the list; personal, so that they can be erased without the entry."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="words", verbose_name=_("entry"))
    text = models.CharField(_("words typed"), max_length=300)

    class Meta:
        verbose_name = _("words about somebody not on the list")
        verbose_name_plural = _("words about people not on the list")

    def __str__(self) -> str:
        return self.text


class Mark(models.Model):
    """The state that the events of one person in one half-day add up to; no row means nothing is known."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("half-day"))
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="+", verbose_name=_("registration")
    )
    state = models.CharField(_("state"), max_length=12, choices=MarkState)
    since = models.DateTimeField(_("since"), null=True)
    updated_at = models.DateTimeField(_("changed on"))

    objects = OfRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["session", "registration"]
        constraints = [
            models.UniqueConstraint(fields=["session", "registration"], name="one_mark_a_person_and_session")
        ]

    def __str__(self) -> str:
        return self.get_state_display()


class Sheet(models.Model):
    """The attendance sheet of a half-day: whether it may be written on. What it said when closed: `SheetCopy`."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("half-day"))
    state = models.CharField(_("state"), max_length=12, choices=SheetState, default=SheetState.NOT_OPENED)
    opened_at = models.DateTimeField(_("opened on"), null=True)
    closed_at = models.DateTimeField(_("closed on"), null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    reopened_at = models.DateTimeField(_("reopened on"), null=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("reopened by")
    )
    reopened_why = models.CharField(_("why it was reopened"), max_length=300, blank=True)
    screen_version = models.PositiveIntegerField(_("version of the address of the hall's screen"), default=1)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance sheet")
        verbose_name_plural = _("attendance sheets")
        ordering = ["session"]

    def __str__(self) -> str:
        return f"{self.session}: {self.get_state_display()}"


class SheetCopy(models.Model):
    """What a sheet said when it was closed; each closing adds one, none is ever changed.

    `content` is canonical JSON: {"half_day", "course", "closed_at", "closed_by", "people": [{"number", "name",
    "position", "office", "state", "ways", "events"}, …]}; `sha256` is the hash of these very bytes. `counts` are
    people by state, who is only derived to be absent under "absent".
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="copies", verbose_name=_("sheet"))
    version = models.PositiveSmallIntegerField(_("version"))
    closed_at = models.DateTimeField(_("closed on"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    counts = models.JSONField(_("counts"))
    content = models.TextField(_("copy"))
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("copy of a closed sheet")
        verbose_name_plural = _("copies of closed sheets")
        ordering = ["sheet", "version"]
        constraints = [models.UniqueConstraint(fields=["sheet", "version"], name="sheet_copy_version_once")]

    def __str__(self) -> str:
        return f"{self.sheet} ({self.version})"


class SheetPaper(models.Model):
    """A scan or photograph of the signed sheet, filed with its half-day."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="papers", verbose_name=_("sheet"))
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", verbose_name=_("scan"))
    name = models.CharField(_("file name"), max_length=200, blank=True)
    kept_at = models.DateTimeField(_("filed on"))
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("filed by")
    )

    class Meta:
        verbose_name = _("signed sheet")
        verbose_name_plural = _("signed sheets")
        ordering = ["sheet", "kept_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "file"], name="signed_sheet_filed_once")]

    def __str__(self) -> str:
        return self.name or f"{self.kept_at:%d/%m/%Y %H:%M}"
