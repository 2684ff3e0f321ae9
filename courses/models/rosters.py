"""Rosters as they came, row by row, with what was read, decided and done."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import BatchState, RowDecision, RowFate, RowStatus
from courses.models.offices import Office
from courses.models.people import Trainee, Transfer, User
from courses.models.plan import Course
from courses.models.records import File
from courses.models.registrations import Registration
from courses.querysets.offices import KeptByHostQuerySet
from courses.querysets.plan import ImportQuerySet, ImportRowQuerySet


class ImportBatch(models.Model):
    """One uploaded roster. `sealed` texts are encrypted, since rosters carry citizen numbers.

    Without a class it is a directory: people are kept and nobody is registered; `kept_by` is the office whose
    organiser took it in. `done` of `total` rows says how far long work is; `refusal` why the file could not be read,
    `header_unknown` that a person can help by saying what its columns mean.
    """

    course = models.ForeignKey(
        Course, on_delete=models.CASCADE, null=True, blank=True, related_name="batches", verbose_name=_("class")
    )
    kept_by = models.ForeignKey(
        Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("directory kept by")
    )
    office = models.ForeignKey(
        Office,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("office of rows that name none"),
    )
    file = models.ForeignKey(File, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=255)
    uploaded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded on"))
    state = models.CharField(_("state"), max_length=20, choices=BatchState, default=BatchState.READ)
    notes = models.JSONField(default=list, editable=False)
    refusal = models.CharField(max_length=300, blank=True, editable=False)
    header_unknown = models.BooleanField(default=False, editable=False)
    total = models.PositiveIntegerField(_("rows in all"), default=0, editable=False)
    done = models.PositiveIntegerField(_("rows done"), default=0, editable=False)
    by_link = models.BooleanField(_("sent by the office itself"), default=False, editable=False)
    applied_at = models.DateTimeField(_("applied on"), null=True, blank=True)
    applied_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("applied by")
    )

    undone_at = models.DateTimeField(_("taken back on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(course__isnull=False) | Q(kept_by__isnull=False),
                name="roster_is_of_a_class_or_a_directory",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a roster. `sealed` holds what was read, what was put right and the raw cells, encrypted; the rest is
    not personal.

    `choice` is what a person decided: "" nothing yet, "new", "skip", the id of a trainee, or "<trainee>:<office>": that
    trainee, who moves from that office to the row's. `fixed`: a cell was put
    right in place, or its office said by a person. `made_trainee`: applying the row made its person, so taking it back
    may take the person away; `filled` are the fields that it filled in a known one,
    `transfer` the move that took the person to the office of the row. `fate` and `why`: what became of
    it. `asked_office` are the words that name an office nobody knows, as long as nobody has said which is meant.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    row = models.PositiveIntegerField(_("row"))
    sealed = models.TextField(editable=False)
    problems = models.JSONField(default=list, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=RowStatus)
    decision = models.CharField(_("what would happen"), max_length=12, choices=RowDecision)
    choice = models.CharField(max_length=20, blank=True, editable=False)
    fixed = models.BooleanField(default=False, editable=False)
    made_trainee = models.BooleanField(default=False, editable=False)
    filled = models.JSONField(default=list, editable=False)
    fate = models.CharField(_("what became of it"), max_length=12, choices=RowFate, blank=True, editable=False)
    why = models.CharField(max_length=300, blank=True, editable=False)
    asked_office = models.CharField(max_length=200, blank=True, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    trainee = models.ForeignKey(Trainee, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    registration = models.ForeignKey(Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    transfer = models.ForeignKey(Transfer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a roster")
        verbose_name_plural = _("rows of a roster")
        ordering = ["batch", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="row_once_in_a_roster")]

    def __str__(self) -> str:
        return gettext("%(row)s, sheet %(sheet)s") % vars(self) if self.sheet else str(self.row)


class ColumnMeaning(models.Model):
    """What a column title of an office's lists means, said once by a person, in lists that `host` takes in alone.
    `office` None: for every office.

    `key` is the title folded (small letters, no marks); `field` is one of `courses.readers.header`, or "" for a column
    that is not read.
    """

    host = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+", verbose_name=_("host"))
    office = models.ForeignKey(
        Office,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in lists of the office"),
    )
    title = models.CharField(_("column title"), max_length=200)
    key = models.CharField(max_length=200, editable=False)
    field = models.CharField(_("means"), max_length=20, blank=True)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("said by"))
    said_at = models.DateTimeField(_("said on"))

    objects = KeptByHostQuerySet.as_manager()

    class Meta:
        verbose_name = _("meaning of a column title")
        verbose_name_plural = _("meanings of column titles")
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["host", "office", "key"], condition=Q(office__isnull=False), name="column_title_once_an_office"
            ),
            models.UniqueConstraint(
                fields=["host", "key"], condition=Q(office__isnull=True), name="column_title_once_a_host"
            ),
        ]

    def __str__(self) -> str:
        return self.title
