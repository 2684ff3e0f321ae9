"""The papers of a class: what is in its file, the office's own Word templates and lists, words for the report."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import ClassPaperKind
from attendance.querysets.register import OfHostOfficeQuerySet, OfHostQuerySet
from courses.models import Course, File, Office


class ClassPaper(models.Model):
    """A paper of a class: its kind, number and date in the office's own register of documents, its file as it was made
    or finished, and the copy with the signature. What was entered by mistake is taken out and says why."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    kind = models.CharField(_("kind"), max_length=15, choices=ClassPaperKind)
    number = models.CharField(_("number"), max_length=60, blank=True)
    date = models.DateField(_("date"), null=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    author = models.CharField(_("issued by"), max_length=200, blank=True)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    signed = models.ForeignKey(
        File, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("signed copy")
    )
    signed_name = models.CharField(_("name of the signed copy"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    removed_at = models.DateTimeField(_("taken out on"), null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken out by")
    )
    removed_why = models.CharField(_("why it was taken out"), max_length=300, blank=True)

    objects = OfHostQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a class")
        verbose_name_plural = _("papers of a class")
        ordering = ["course", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | ~Q(removed_why=""), name="paper_is_taken_out_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".strip()


class WordTemplate(models.Model):
    """One version of a host's own Word template for a kind of paper; the highest holds. Without a file the wording that
    the software brings along holds again. A guard keeps every version as it was."""

    host = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("host office"))
    kind = models.CharField(_("kind"), max_length=15, choices=ClassPaperKind)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    objects = OfHostOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Word template")
        verbose_name_plural = _("Word templates")
        ordering = ["host__order", "kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["host", "kind", "version"], name="word_template_version_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class ListForm(models.Model):
    """A list as a host wants it, to be used again for other classes. `form` is what was chosen
    (`attendance.rules.lists`)."""

    host = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("host office"))
    name = models.CharField(_("name"), max_length=80)
    form = models.JSONField(_("what was chosen"), default=dict)
    changed_at = models.DateTimeField(_("changed on"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = OfHostOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("form of a list")
        verbose_name_plural = _("forms of lists")
        ordering = ["host__order", "name"]
        constraints = [models.UniqueConstraint(fields=["host", "name"], name="list_form_once_a_host")]

    def __str__(self) -> str:
        return self.name


class ReportWords(models.Model):
    """What an organiser writes about a class for its report; figures are never typed."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    assessment = models.TextField(_("assessment"), blank=True)
    proposals = models.TextField(_("proposals"), blank=True)
    changed_at = models.DateTimeField(_("changed on"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = OfHostQuerySet.as_manager()

    class Meta:
        verbose_name = _("words of a report")
        verbose_name_plural = _("words of reports")
        ordering = ["course"]

    def __str__(self) -> str:
        return str(self.course)
