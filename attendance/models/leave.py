"""Asking for an absence: by an office or an organiser, answered by an organiser."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from attendance.constants import LeaveState
from attendance.querysets.ledger import OfRegistrationQuerySet
from courses.models import File, Registration, Session


class LeaveRequest(models.Model):
    """That somebody will be, or was, absent from some half-days, and why; accepted, it excuses."""

    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="+", verbose_name=_("registration")
    )
    sessions = models.ManyToManyField(Session, related_name="+", verbose_name=_("half-days"))
    reason = models.CharField(_("reason"), max_length=300)
    paper = models.ForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    state = models.CharField(_("state"), max_length=12, choices=LeaveState, default=LeaveState.ASKED)
    by_link = models.BooleanField(_("asked by the office itself"), default=False)
    by_trainee = models.BooleanField(_("asked by the person"), default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked on"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    objects = OfRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave request")
        verbose_name_plural = _("leave requests")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.registration}: {self.get_state_display()}"
