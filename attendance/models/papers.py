"""How certificates are worded and look, what they are printed on, and work on the papers of a whole class."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import BatchWork, PaperKind, Size, WorkState
from attendance.querysets.register import OfHostQuerySet, OfIssuerQuerySet
from courses.models import Course, File, Office, Registration
from courses.models.offices import Dated

#: Printers and bought blanks are off by some millimetres; more is a mistake.
MOST_OFFSET = 30


class PaperWords(models.Model):
    """What a kind of paper is called and how it speaks; a kind without a row has the words of
    `attendance.rules.words`."""

    kind = models.CharField(_("kind of paper"), max_length=15, choices=PaperKind, unique=True)
    title = models.CharField(_("title"), max_length=80)
    completed = models.CharField(_("words before the class"), max_length=120)
    abbreviation = models.CharField(_("abbreviation in numbers"), max_length=20)
    needs_authority = models.BooleanField(
        _("only for authorised offices"), default=False, help_text=_("Such as the chứng chỉ of a training institution.")
    )
    replaced_by = models.CharField(
        _("what replaces a lost one"), max_length=15, choices=PaperKind, default=PaperKind.CONFIRMATION
    )
    working_days = models.PositiveSmallIntegerField(_("working days to replace it"), default=5)

    class Meta:
        verbose_name = _("words of a kind of paper")
        verbose_name_plural = _("words of kinds of papers")
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.title


class IssuerAuthority(Dated):
    """By which document an office may issue a kind of paper that needs one."""

    issuer = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing office"))
    kind = models.CharField(_("kind of paper"), max_length=15, choices=PaperKind, default=PaperKind.CERTIFICATE)
    document = models.CharField(_("document"), max_length=200)

    objects = OfIssuerQuerySet.as_manager()

    class Meta:
        verbose_name = _("power to issue")
        verbose_name_plural = _("powers to issue")
        ordering = ["issuer__order", "kind", "valid_from"]

    def __str__(self) -> str:
        return self.document


class PaperTemplate(models.Model):
    """One version of how an issuer's papers of a kind look; a change is a new version, the highest of a name holds.

    Texts that are empty are those of the kind. `on_blanks`: only the words are printed, on bought blanks, moved by the
    offsets in millimetres (right and down).
    """

    issuer = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing office"))
    kind = models.CharField(_("kind of paper"), max_length=15, choices=PaperKind, default=PaperKind.ATTESTATION)
    name = models.CharField(_("name"), max_length=80)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    title = models.CharField(_("title"), max_length=80, blank=True)
    completed = models.CharField(_("words before the class"), max_length=120, blank=True)
    closing = models.CharField(_("words after the class"), max_length=200, blank=True)
    size = models.CharField(_("size"), max_length=2, choices=Size, default=Size.A4)
    on_blanks = models.BooleanField(_("print the words only, on bought blanks"), default=False)
    offset_x = models.DecimalField(
        _("to the right, in mm"),
        max_digits=4,
        decimal_places=1,
        default=0,
        validators=[MinValueValidator(-MOST_OFFSET), MaxValueValidator(MOST_OFFSET)],
    )
    offset_y = models.DecimalField(
        _("down, in mm"),
        max_digits=4,
        decimal_places=1,
        default=0,
        validators=[MinValueValidator(-MOST_OFFSET), MaxValueValidator(MOST_OFFSET)],
    )
    emblem = models.ForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("emblem")
    )
    two_signers = models.BooleanField(_("two signers"), default=False)
    second_office = models.ForeignKey(
        Office,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office of the second signer"),
        help_text=_("Only where two offices sign together. Empty: the issuing office."),
    )
    offered = models.BooleanField(_("can be chosen"), default=True)
    made_at = models.DateTimeField(_("made on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    objects = OfIssuerQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of a paper")
        verbose_name_plural = _("templates of papers")
        ordering = ["issuer__order", "kind", "name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "name", "version"], name="template_version_once"),
            models.CheckConstraint(
                condition=Q(offset_x__gte=-MOST_OFFSET, offset_x__lte=MOST_OFFSET)
                & Q(offset_y__gte=-MOST_OFFSET, offset_y__lte=MOST_OFFSET),
                name="template_offset_is_small",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BlankRange(models.Model):
    """Bought blanks with printed serial numbers, `prefix` and so many digits; `next_number` is the next one to use."""

    issuer = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing office"))
    kind = models.CharField(_("kind of paper"), max_length=15, choices=PaperKind, default=PaperKind.ATTESTATION)
    prefix = models.CharField(_("letters before the number"), max_length=20, blank=True)
    digits = models.PositiveSmallIntegerField(
        _("digits"), default=6, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    first = models.PositiveBigIntegerField(_("first number"))
    last = models.PositiveBigIntegerField(_("last number"))
    next_number = models.PositiveBigIntegerField(_("next number"), editable=False)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    made_at = models.DateTimeField(_("entered on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    objects = OfIssuerQuerySet.as_manager()

    class Meta:
        verbose_name = _("blanks")
        verbose_name_plural = _("blanks")
        ordering = ["issuer__order", "kind", "prefix", "first"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lte=F("last"), next_number__gte=F("first"), next_number__lte=F("last") + 1),
                name="blanks_number_from_first_to_last",
            )
        ]

    def __str__(self) -> str:
        return f"{self.printed(self.first)} – {self.printed(self.last)}"

    def printed(self, number: int) -> str:
        """The serial number as it stands on the blank, e.g. A 000123."""
        return f"{self.prefix} {number:0{self.digits}d}".strip()


class SpoiledBlank(models.Model):
    """A blank that was torn, misprinted or lost; its number is never used."""

    blanks = models.ForeignKey(BlankRange, on_delete=models.PROTECT, related_name="spoiled", verbose_name=_("blanks"))
    number = models.PositiveBigIntegerField(_("number"))
    why = models.CharField(_("why"), max_length=200)
    at = models.DateTimeField(_("entered on"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    class Meta:
        verbose_name = _("spoiled blank")
        verbose_name_plural = _("spoiled blanks")
        ordering = ["blanks", "number"]
        constraints = [models.UniqueConstraint(fields=["blanks", "number"], name="blank_is_spoiled_once")]

    def __str__(self) -> str:
        return self.blanks.printed(self.number)


class PaperBatch(models.Model):
    """Work on the papers of a whole class, done while nobody waits. `order` is what the officer said, by ids; `done` of
    `total` says how far it is."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    work = models.CharField(_("work"), max_length=10, choices=BatchWork)
    order = models.JSONField(_("order"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=WorkState, default=WorkState.WAITING)
    total = models.PositiveIntegerField(_("papers in all"), default=0)
    done = models.PositiveIntegerField(_("papers done"), default=0)
    asked_at = models.DateTimeField(_("asked on"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    ended_at = models.DateTimeField(_("ended on"), null=True)

    objects = OfHostQuerySet.as_manager()

    class Meta:
        verbose_name = _("work on papers")
        verbose_name_plural = _("work on papers")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(state__in=[WorkState.WAITING, WorkState.RUNNING]),
                name="one_work_on_papers_a_class",
            )
        ]

    def __str__(self) -> str:
        return self.get_work_display()


class PaperBatchRow(models.Model):
    """One person of the work: `sentence` says why there is no paper, "" that there is one; no row: not yet tried."""

    batch = models.ForeignKey(PaperBatch, on_delete=models.CASCADE, related_name="rows")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="+")
    sentence = models.CharField(_("why not"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("person of work on papers")
        verbose_name_plural = _("people of work on papers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "registration"], name="once_in_a_work_on_papers")]

    def __str__(self) -> str:
        return self.sentence
