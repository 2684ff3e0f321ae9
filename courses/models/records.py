"""What every app keeps in the same way: the log of actions, files as rows, settings of the site."""

from django.conf import settings
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from courses.constants.action_words import in_words
from courses.constants.choices import FilePurpose
from courses.querysets.records import ActionLogQuerySet


class ActionLog(models.Model):
    """Who did what to which row, when. Refers by id and only grows; personal values stand in `ActionDetail`."""

    at = models.DateTimeField(_("when"), db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    actor_kind = models.CharField(_("acting as"), max_length=20)
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("kind of object"), max_length=60)
    subject_id = models.BigIntegerField(_("object"), null=True)
    course_id = models.BigIntegerField(_("class"), null=True, db_index=True)
    batch = models.UUIDField(_("batch"), null=True)
    changes = models.JSONField(_("old and new"), default=dict)

    objects = ActionLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log")
        ordering = ["-at", "-pk"]
        # It only grows, and is asked about one row by every own page, feed and history.
        indexes = [models.Index(fields=["subject", "subject_id"], name="log_of_a_row")]

    def __str__(self) -> str:
        return f"{in_words(self.action)} – {localtime(self.at):%H:%M %d/%m/%Y}"


class ActionDetail(models.Model):
    """Old and new values of personal fields; the one part of the log that erasure may delete."""

    entry = models.OneToOneField(ActionLog, on_delete=models.CASCADE, related_name="detail")
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("personal part of a log entry")
        verbose_name_plural = _("personal parts of log entries")


class File(models.Model):
    """Bytes by their SHA-256. Never served by itself, only through the object that refers to it.

    `sealed` bytes are encrypted (rosters carry citizen numbers); the hash is of the bytes as they came.
    """

    sha256 = models.CharField(max_length=64)
    purpose = models.CharField(max_length=20, choices=FilePurpose)
    media_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sealed = models.BooleanField(default=False)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["sha256", "purpose"], name="file_once_a_purpose")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Setting(models.Model):
    """A setting of the site that has a page in the admin; defaults stand in `courses.constants`."""

    key = models.CharField(_("setting"), max_length=60, unique=True)
    value = models.JSONField(_("value"))

    class Meta:
        verbose_name = _("setting")
        verbose_name_plural = _("settings")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key
