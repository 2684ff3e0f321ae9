"""Who works with the system and who is trained: users, their roles at offices, trainees."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.constants import citizen_digits, citizen_numbers
from courses.constants.choices import DatePrecision, Gender, RoleKind, StaffCategory
from courses.constants.partial_dates import PartialDate
from courses.models.offices import Office
from courses.querysets.offices import TransferQuerySet
from courses.querysets.people import (
    InvitationQuerySet,
    RoleQuerySet,
    TraineeQuerySet,
    UserManagerWithActors,
)


class User(AbstractUser):
    """Somebody who signs in. Vietnamese names are one field; the e-mail address is optional."""

    first_name = None
    last_name = None
    full_name = models.CharField(_("full name"), max_length=150)
    email = models.EmailField(_("e-mail address"), blank=True)

    objects = UserManagerWithActors()

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name


class Role(models.Model):
    """What a user does for an office, from when to when. It reaches the offices below and those it succeeded."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles", verbose_name=_("user"))
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="roles", verbose_name=_("office"))
    kind = models.CharField(_("role"), max_length=20, choices=RoleKind)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day without it."))

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "office__order", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="role_from_before_to",
                violation_error_message=_("The last day must lie after the first."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.office}"


class Invitation(models.Model):
    """A one-time right to choose a password, printed or copied; only the hash of its token is kept."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("role"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("made on"))
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("used on"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.role)


class Responsibility(models.Model):
    """A field of work (lĩnh vực phụ trách); a block's audience is the people who hold one of its fields."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=150)
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("field of responsibility")
        verbose_name_plural = _("fields of responsibility")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Trainee(models.Model):
    """An official who is trained. Written by `courses.services.trainees`, which keeps the derived columns right.

    `merged_into`: the same person was kept twice, and this is the row that remains.
    """

    full_name = models.CharField(_("full name"), max_length=150)
    family_name = models.CharField(_("family name"), max_length=150, blank=True)
    middle_name = models.CharField(_("middle name"), max_length=150, blank=True)
    given_name = models.CharField(_("given name"), max_length=150)
    sort_key = models.CharField(max_length=1500, db_index=True, editable=False)
    search_key = models.CharField(max_length=200, db_index=True, editable=False)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    birth_first = models.DateField(
        _("birth date, or the first day of the month or year"), null=True, blank=True, editable=False
    )
    birth_precision = models.CharField(max_length=5, choices=DatePrecision, blank=True, editable=False)
    position = models.CharField(_("position"), max_length=200, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="trainees", verbose_name=_("office"))
    staff_category = models.CharField(_("staff category"), max_length=20, choices=StaffCategory, blank=True)
    responsibilities = models.ManyToManyField(
        Responsibility, blank=True, related_name="trainees", verbose_name=_("fields of responsibility")
    )
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    citizen_number_sealed = models.TextField(blank=True, editable=False)
    citizen_number_fingerprint = models.CharField(max_length=64, null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    link_version = models.PositiveIntegerField(default=1, editable=False)
    feed_version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TraineeQuerySet.as_manager()

    class Meta:
        verbose_name = _("trainee")
        verbose_name_plural = _("trainees")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["citizen_number_fingerprint"],
                name="one_trainee_a_citizen_number",
                violation_error_message=_("This citizen number already belongs to another trainee."),
            ),
            models.CheckConstraint(
                condition=Q(birth_first__isnull=True, birth_precision="")
                | Q(birth_first__isnull=False, birth_precision__in=DatePrecision.values),
                name="birth_date_has_its_precision",
            ),
            models.CheckConstraint(
                condition=Q(citizen_number_sealed="", citizen_number_fingerprint__isnull=True)
                | (~Q(citizen_number_sealed="") & Q(citizen_number_fingerprint__isnull=False)),
                name="citizen_number_has_its_fingerprint",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def birth(self) -> PartialDate | None:
        return PartialDate(self.birth_first, self.birth_precision) if self.birth_first else None

    @property
    def citizen_number(self) -> str:
        """The number in the clear; show it only through a reveal that is logged."""
        return citizen_numbers.decrypt(self.citizen_number_sealed) if self.citizen_number_sealed else ""

    @property
    def masked_citizen_number(self) -> str:
        return citizen_digits.masked(self.citizen_number) if self.citizen_number_sealed else ""


class TraineeMerge(models.Model):
    """Two rows that were one person: `gone` went into `kept`. `sealed` holds, encrypted, what is needed to undo it."""

    kept = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="merges", verbose_name=_("kept"))
    gone = models.ForeignKey(Trainee, on_delete=models.PROTECT, related_name="+", verbose_name=_("went into it"))
    sealed = models.TextField(editable=False)
    done_at = models.DateTimeField(_("merged on"))
    done_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("merged by")
    )
    undone_at = models.DateTimeField(_("taken back on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )

    class Meta:
        verbose_name = _("merged trainee")
        verbose_name_plural = _("merged trainees")
        ordering = ["-done_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="merged_away_once"),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="trainee_is_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"


class Transfer(models.Model):
    """People of one office moved to another in one reviewed step. `people`: ids of the trainees who were moved.

    `followed`: what went with them in classes still to come, for the undo. {"registrations": [{"pk", "course", "name":
    the office's name before}], "seats": [{"course", "block", "old" and "new": [number before, after] or None}], and
    "positions" that changed, if any: [{"pk", "old", "new"}]}.
    """

    old = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("from the office"))
    new = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("to the office"))
    effective_on = models.DateField(_("from which day"))
    people = models.JSONField(_("people"), default=list, editable=False)
    followed = models.JSONField(default=dict, editable=False)
    done_at = models.DateTimeField(_("moved on"))
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("moved by"))
    undone_at = models.DateTimeField(_("taken back on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken back by")
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of people")
        verbose_name_plural = _("moves of people")
        ordering = ["-done_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="people_move_to_another_office"),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
