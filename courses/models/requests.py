"""What a person asks of the offices that keep the own data: the personal link, or a correction."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import RequestKind, RequestState
from courses.models.people import Trainee, User
from courses.querysets.telling import TraineeRequestQuerySet


class TraineeRequest(models.Model):
    """A link or a correction asked for: by whom, until when it is to be answered, and the answer.

    `asked_as` and `answered_as` are kinds of actors. `given_to`: who took the printed card with the link.
    """

    trainee = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="requests", verbose_name=_("trainee"))
    kind = models.CharField(_("what is asked for"), max_length=12, choices=RequestKind)
    words = models.CharField(_("in their own words"), max_length=500, blank=True)
    asked_as = models.CharField(_("asked by"), max_length=20)
    asked_at = models.DateTimeField(_("asked on"))
    due_on = models.DateField(_("to be answered by"))
    state = models.CharField(_("state"), max_length=10, choices=RequestState, default=RequestState.ASKED)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    given_to = models.CharField(_("given to"), max_length=150, blank=True)
    answered_as = models.CharField(max_length=20, blank=True)
    answered_at = models.DateTimeField(_("answered on"), null=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )

    objects = TraineeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of a trainee")
        verbose_name_plural = _("requests of trainees")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["trainee", "kind"],
                condition=Q(state=RequestState.ASKED),
                name="one_open_request_a_trainee_and_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.trainee}"

    @property
    def person(self) -> Trainee:
        """Who asks, as kept today: a row that went into another one since is that person's too."""
        return self.trainee.merged_into or self.trainee
