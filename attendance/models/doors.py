"""Getting in: passes, the phones that read them, and what they read that could not be entered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import ScanRefusal
from attendance.querysets.doors import DoorQuerySet, OfDoorQuerySet
from attendance.querysets.ledger import OfRegistrationQuerySet, OfSessionQuerySet
from courses.models import Course, Registration, Session, Venue


class PassCode(models.Model):
    """A pass of a registration: its version, by which its long code is derived, and the short code to be typed.

    Renewing adds the next version and ends the one before, which is kept: whoever shows it is told that it was renewed.
    """

    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="+", verbose_name=_("registration")
    )
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    version = models.PositiveIntegerField(_("version"), default=1)
    short = models.CharField(_("short code"), max_length=6)
    made_at = models.DateTimeField(_("made on"))
    ended_at = models.DateTimeField(_("renewed on"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("renewed by")
    )

    objects = OfRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("pass")
        verbose_name_plural = _("passes")
        ordering = ["registration", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "version"], name="pass_version_once"),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(ended_at__isnull=True), name="one_pass_in_force_a_registration"
            ),
            models.UniqueConstraint(fields=["course", "short"], name="short_code_once_in_a_course"),
        ]

    def __str__(self) -> str:
        return self.short


class Door(models.Model):
    """The right of helpers' phones to let people in at some half-days of a class, by a link, until a moment."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    sessions = models.ManyToManyField(Session, related_name="+", verbose_name=_("half-days"))
    name = models.CharField(_("name"), max_length=100)
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("hall")
    )
    until = models.DateTimeField(_("open until"))
    made_at = models.DateTimeField(_("made on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    revoked_at = models.DateTimeField(_("revoked on"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by")
    )

    objects = DoorQuerySet.as_manager()

    class Meta:
        verbose_name = _("door")
        verbose_name_plural = _("doors")
        ordering = ["course", "pk"]

    def __str__(self) -> str:
        return self.name


class DoorPhone(models.Model):
    """A phone at a door: when it was last heard, what it still holds back, how far its clock is off."""

    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="phones", verbose_name=_("door"))
    device = models.UUIDField(_("device"))
    heard_at = models.DateTimeField(_("last heard"))
    holds_back = models.PositiveIntegerField(_("entries not sent yet"), default=0)
    clock_off = models.IntegerField(_("its clock is off by seconds"), default=0)

    objects = OfDoorQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone at a door")
        verbose_name_plural = _("phones at doors")
        ordering = ["door", "pk"]
        constraints = [models.UniqueConstraint(fields=["door", "device"], name="one_phone_a_door_and_device")]

    def __str__(self) -> str:
        return f"{self.door} ({self.pk})"


class RefusedScan(models.Model):
    """Something read at a door that could not be entered, and why; kept until a person has dealt with it and after.

    `subject_hash` is that of the code read; a code itself is never kept. `words` are those typed about somebody not on
    the list when no half-day was near.
    """

    door = models.ForeignKey(Door, on_delete=models.PROTECT, related_name="refused", verbose_name=_("door"))
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("half-day")
    )
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("registration")
    )
    reason = models.CharField(_("why"), max_length=20, choices=ScanRefusal)
    subject_hash = models.CharField(max_length=64, blank=True)
    words = models.CharField(_("words typed"), max_length=300, blank=True)
    client_id = models.UUIDField(unique=True)
    device = models.CharField(_("device"), max_length=60, blank=True)
    happened_at = models.DateTimeField(_("happened at"))
    arrived_at = models.DateTimeField(_("arrived at"))
    settled_at = models.DateTimeField(_("dealt with on"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("dealt with by")
    )

    objects = OfDoorQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry refused at a door")
        verbose_name_plural = _("entries refused at doors")
        ordering = ["arrived_at", "pk"]

    def __str__(self) -> str:
        return self.get_reason_display()


class Grant(models.Model):
    """The right, got for the code on the hall's screen, to enter oneself once at one half-day from one browser.

    Of its secret, which stands in the page alone, a hash is kept; of the network address one under a key. `device` is
    the name that the phone keeps, "" where it keeps none. `client_id` is that of the entry it makes.
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="+", verbose_name=_("half-day"))
    secret_hash = models.CharField(max_length=64, unique=True)
    browser_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64, default="")
    device = models.CharField(_("device"), max_length=60, blank=True)
    client_id = models.UUIDField(unique=True)
    made_at = models.DateTimeField(_("made on"))
    until = models.DateTimeField(_("good until"))
    tries = models.PositiveSmallIntegerField(_("failed tries"), default=0)
    used_at = models.DateTimeField(_("used on"), null=True)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("right to enter oneself")
        verbose_name_plural = _("rights to enter oneself")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.session} {self.made_at:%H:%M}"
