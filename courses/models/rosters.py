"""Rosters as they came, row by row, with what was read, decided and done."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import BatchState, RowDecision, RowStatus
from courses.models.offices import Office
from courses.models.people import Trainee, User
from courses.models.plan import Course
from courses.models.records import File
from courses.models.registrations import Registration
from courses.querysets.plan import ImportQuerySet, ImportRowQuerySet


class ImportBatch(models.Model):
    """One uploaded roster. `sealed` texts are encrypted, since rosters carry citizen numbers."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="batches", verbose_name=_("class"))
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
    applied_at = models.DateTimeField(_("applied on"), null=True, blank=True)
    applied_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("applied by")
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roster")
        verbose_name_plural = _("rosters")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One row of a roster. `sealed` holds what was read and the raw cells, encrypted; the rest is not personal."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    row = models.PositiveIntegerField(_("row"))
    sealed = models.TextField(editable=False)
    problems = models.JSONField(default=list, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=RowStatus)
    decision = models.CharField(_("what would happen"), max_length=12, choices=RowDecision)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    trainee = models.ForeignKey(Trainee, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    registration = models.ForeignKey(Registration, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a roster")
        verbose_name_plural = _("rows of a roster")
        ordering = ["batch", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "sheet", "row"], name="row_once_in_a_roster")]

    def __str__(self) -> str:
        return f"{self.sheet} {self.row}".strip()
