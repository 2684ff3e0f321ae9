"""Who attends: seats given to offices, their answers, registrations."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import ACTIVE_STATES, AnswerState, RegistrationKind, RegistrationState
from courses.models.offices import Office
from courses.models.people import Trainee, User
from courses.models.plan import Block, Course, Place, Session
from courses.models.records import File
from courses.querysets.plan import PROTOCOL, AnswerQuerySet, OfOwnOfficeQuerySet, RegistrationQuerySet


class Seats(models.Model):
    """How many people an office may send to a class, or to one block of it."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="seats", verbose_name=_("class"))
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="seats", verbose_name=_("office"))
    block = models.ForeignKey(
        Block, on_delete=models.CASCADE, null=True, blank=True, related_name="seats", verbose_name=_("block")
    )
    number = models.PositiveIntegerField(_("seats"))

    objects = OfOwnOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("seats of an office")
        verbose_name_plural = _("seats of offices")
        ordering = ["course", "office__order", "office__code"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=0), name="seats_not_negative"),
            models.UniqueConstraint(
                fields=["course", "office"],
                condition=Q(block__isnull=True),
                name="seats_once_an_office",
                violation_error_message=_("This office already has its seats in this class."),
            ),
            models.UniqueConstraint(
                fields=["course", "office", "block"],
                condition=Q(block__isnull=False),
                name="seats_once_an_office_and_block",
                violation_error_message=_("This office already has its seats in this block."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office}: {self.number}"


class OfficeAnswer(models.Model):
    """What an office answered to the summons, and the version of the link that came with it."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="answers", verbose_name=_("class"))
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="answers", verbose_name=_("office"))
    state = models.CharField(_("answer"), max_length=20, choices=AnswerState, default=AnswerState.NOT_SENT)
    letter_number = models.CharField(_("letter number"), max_length=60, blank=True)
    letter_date = models.DateField(_("letter date"), null=True, blank=True)
    reason = models.CharField(_("why nobody"), max_length=300, blank=True)
    signed_copy = models.ForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed copy")
    )
    signed_copy_name = models.CharField(max_length=200, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True, editable=False)
    told_at = models.DateTimeField(_("told on"), null=True, blank=True, editable=False)
    told_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("told by"),
    )
    link_version = models.PositiveIntegerField(default=1, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("office's answer")
        verbose_name_plural = _("offices' answers")
        ordering = ["course", "office__order", "office__code"]
        constraints = [models.UniqueConstraint(fields=["course", "office"], name="one_answer_an_office")]

    def __str__(self) -> str:
        return f"{self.office}: {self.get_state_display()}"


class Registration(models.Model):
    """A person in a class, with the office and position of then. Written by `courses.services.registrations`.

    `merged_into`: the same person stood in the class twice, and this is the registration that remains. `begins_with`:
    the first half-day of somebody who replaces another in a class under way; before it the one replaced is expected.
    `sessions`: the half-days that a stand-in attends; of everybody else it is empty.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("class"))
    trainee = models.ForeignKey(
        Trainee, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("trainee")
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=RegistrationKind, default=RegistrationKind.CLASS, editable=False
    )
    stand_in_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stand_ins", editable=False
    )
    blocks = models.ManyToManyField(Block, blank=True, related_name="registrations", verbose_name=_("blocks to attend"))
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("office then")
    )
    office_name = models.CharField(_("office's name then"), max_length=200)
    position = models.CharField(_("position then"), max_length=200, blank=True)
    begins_with = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    sessions = models.ManyToManyField(
        Session, blank=True, related_name="stand_ins", editable=False, verbose_name=_("half-days stood in for")
    )
    place = models.ForeignKey(
        Place, on_delete=models.SET_NULL, null=True, blank=True, related_name="registrations", verbose_name=_("place")
    )
    number = models.PositiveIntegerField(_("serial number"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=RegistrationState, default=RegistrationState.NOMINATED, editable=False
    )
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaces", editable=False
    )
    why = models.CharField(_("why withdrawn or replaced"), max_length=300, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["course", "number", *PROTOCOL]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "trainee"],
                condition=Q(state__in=ACTIVE_STATES, kind=RegistrationKind.CLASS),
                name="one_active_registration_a_trainee",
                violation_error_message=_("This person is already in the class."),
            ),
            models.UniqueConstraint(
                fields=["course", "number"],
                condition=Q(number__isnull=False),
                name="serial_number_once_in_a_course",
            ),
            models.CheckConstraint(
                condition=Q(kind=RegistrationKind.STAND_IN, stand_in_for__isnull=False, number__isnull=True)
                | Q(kind=RegistrationKind.CLASS, stand_in_for__isnull=True),
                name="stand_in_names_whom_and_has_no_number",
            ),
            models.UniqueConstraint(
                fields=["stand_in_for", "trainee"],
                condition=Q(state__in=ACTIVE_STATES, kind=RegistrationKind.STAND_IN),
                name="stands_in_once_for_one_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.trainee)
