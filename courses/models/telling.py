"""What people are told: how half-days changed, the messages and what became of each, the words of a host."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import Channel, MessageState, Occasion
from courses.constants.telling import without_own_page
from courses.models.offices import Office
from courses.models.people import Trainee, User
from courses.models.plan import Course, Session
from courses.models.registrations import OfficeAnswer, Registration
from courses.querysets.offices import OwnedByOfficeQuerySet
from courses.querysets.plan import SessionPartQuerySet
from courses.querysets.telling import MessageLineQuerySet, MessageQuerySet


class SessionChange(models.Model):
    """That a half-day of a class that is no draft was moved, put elsewhere, cancelled or taken up again.

    `old` and `new`: {"starts_at", "ends_at": ISO 8601 in UTC, "state": a value of SessionState, "places": what is
    read as the place of each, in order}; beside it "kept": what is needed to put the half-day back, {"required",
    "days": first and last day of the class, "places": [kind, id of the venue, link] of each}.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="changes", verbose_name=_("half-day"))
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    why = models.CharField(_("why"), max_length=300, blank=True)
    old = models.JSONField(_("before"))
    new = models.JSONField(_("after"))

    objects = SessionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a half-day")
        verbose_name_plural = _("changes of half-days")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return str(self.session)


class MessageText(models.Model):
    """The words of a host office for an occasion; where there is no row, those that came with the program count."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("host office"))
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion)
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=2000)

    objects = OwnedByOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        ordering = ["office__order", "office__code", "occasion"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "occasion"],
                name="one_text_an_office_and_occasion",
                violation_error_message=_("This office already has its own text for this occasion."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} – {self.office}"


class Message(models.Model):
    """What one person, or one office, was told in one act about a class: a digest of its lines.

    `act`: the approval it came from; pressing again adds nothing. The address of a personal page is a secret and is
    not kept: it is put in place of `courses.constants.telling.LINK` when the message leaves or is shown.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="messages", verbose_name=_("class"))
    act = models.UUIDField(editable=False)
    trainee = models.ForeignKey(
        Trainee, on_delete=models.PROTECT, null=True, related_name="messages", verbose_name=_("trainee")
    )
    answer = models.ForeignKey(
        OfficeAnswer, on_delete=models.PROTECT, null=True, related_name="messages", verbose_name=_("office")
    )
    channel = models.CharField(_("by"), max_length=10, choices=Channel)
    address = models.CharField(_("address"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=MessageState)
    trouble = models.CharField(_("why it was not sent"), max_length=300, blank=True)
    approved_at = models.DateTimeField(_("approved on"))
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("approved by")
    )
    settled_at = models.DateTimeField(_("sent or told on"), null=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-approved_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(trainee__isnull=False, answer__isnull=True) | Q(trainee__isnull=True, answer__isnull=False),
                name="message_is_to_a_person_or_an_office",
            ),
            models.CheckConstraint(condition=~Q(channel=Channel.EMAIL) | ~Q(address=""), name="email_has_its_address"),
            models.UniqueConstraint(fields=["act", "trainee"], name="one_message_a_person_and_act"),
            models.UniqueConstraint(fields=["act", "answer", "address"], name="one_message_an_office_and_act"),
        ]
        indexes = [models.Index(fields=["state"], name="message_by_state")]

    def __str__(self) -> str:
        return self.subject

    @property
    def to(self) -> str:
        """The person, or the office, as a list names them."""
        return str(self.trainee or (self.answer and self.answer.office))

    @property
    def shown_body(self) -> str:
        """The text without the address of anybody's own page."""
        return without_own_page(self.body)


class MessageLine(models.Model):
    """One thing that a message tells. `about`: the id of what it is about (a half-day, a change, a paper), 0 for the
    class itself; nobody is told the same thing twice."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="lines", verbose_name=_("message"))
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, null=True, related_name="told", verbose_name=_("registration")
    )
    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion)
    about = models.BigIntegerField(default=0)

    objects = MessageLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a message")
        verbose_name_plural = _("lines of messages")
        ordering = ["message", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "occasion", "about"],
                condition=Q(registration__isnull=False),
                name="told_once",
            )
        ]

    def __str__(self) -> str:
        return self.get_occasion_display()
