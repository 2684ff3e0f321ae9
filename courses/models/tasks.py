"""Background work: what is running, and what fell due and was done once."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from courses.constants.task_words import task_in_words


class BackgroundTask(DBTaskResult):
    """A task of the library's queue as this project knows it: its arguments are ids, what it says of a failure holds
    no value of anybody."""

    class Meta:
        proxy = True
        verbose_name = _("background work")
        verbose_name_plural = _("background work")
        ordering = ["-enqueued_at"]

    def __str__(self) -> str:
        return str(task_in_words(self.task_path))


class TaskRun(models.Model):
    """The life signs of one task of the queue: how often it was begun, when its worker was last heard."""

    task = models.UUIDField(_("task"), primary_key=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    beat_at = models.DateTimeField(_("last heard of"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("run of a task")
        verbose_name_plural = _("runs of tasks")
        ordering = ["-beat_at"]

    def __str__(self) -> str:
        return str(self.task)


class DueThing(models.Model):
    """Something that fell due at a time and is done once, whichever worker sees it first; `key` names it."""

    key = models.CharField(_("what"), max_length=200, unique=True)
    at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        verbose_name = _("thing done when due")
        verbose_name_plural = _("things done when due")
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.key
