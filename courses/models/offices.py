"""Offices through time: their names, their order, who took over from whom, how their papers begin and end."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.constants.choices import OfficeKind
from courses.querysets.offices import OfficeQuerySet, OwnedByOfficeQuerySet


class Office(models.Model):
    """A city office, ward, commune, centre, party body or mass organisation.

    `code` is our own and unique for ever; official codes are reused by other units (31321 was Phường III and is
    Phường Vị Thanh today), so they stand beside the system they belong to and identify nothing.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    official_code = models.CharField(_("official code"), max_length=20, blank=True)
    code_system = models.CharField(_("system of the official code"), max_length=20, blank=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=OfficeKind)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    path = models.CharField(_("path of ancestors"), max_length=200, blank=True, db_index=True, editable=False)
    order = models.PositiveIntegerField(_("protocol order"), default=1000)
    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_to = models.DateField(_("exists until"), null=True, blank=True, help_text=_("The first day without it."))
    closed_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered for by"),
        help_text=_("For an office without a successor: who checks and revokes its certificates now."),
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="office_valid_from_before_valid_to",
                violation_error_message=_("The last day must lie after the first."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def exists_on(self, day) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def has_ended_by(self, day) -> bool:
        return self.valid_to is not None and self.valid_to <= day


class OfficeAlias(models.Model):
    """Another way in which offices write a name; `key` is its search key. What a host taught while it took in a list
    is certain in its own lists alone; `taught_by` None: in everybody's."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="aliases", verbose_name=_("office"))
    text = models.CharField(_("also written"), max_length=200)
    key = models.CharField(max_length=200, db_index=True, editable=False)
    taught_by = models.ForeignKey(
        Office,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taught by"),
        help_text=_("Certain in lists of this host alone. Empty: in all lists."),
    )

    class Meta:
        verbose_name = _("other spelling")
        verbose_name_plural = _("other spellings")
        ordering = ["office", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "text"], condition=Q(taught_by__isnull=True), name="office_alias_once"
            ),
            models.UniqueConstraint(
                fields=["office", "text", "taught_by"],
                condition=Q(taught_by__isnull=False),
                name="office_alias_once_a_host",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class OfficeSuccession(models.Model):
    """`old` passed its work to `new` on `date`; many to one in a merger, one to many in a split."""

    old = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="successions", verbose_name=_("office that ended")
    )
    new = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="inheritances", verbose_name=_("office that took over")
    )
    date = models.DateField(_("date"))

    class Meta:
        verbose_name = _("succession of offices")
        verbose_name_plural = _("successions of offices")
        ordering = ["date", "old__order"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="office_succession_once"),
            models.CheckConstraint(
                condition=~Q(old=F("new")),
                name="office_does_not_succeed_itself",
                violation_error_message=_("An office cannot take over from itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Dated(models.Model):
    """Half-open period of validity; an empty end is open."""

    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The first day without it."))

    class Meta:
        abstract = True


class Heading(Dated):
    """How an office's papers begin: superior body, body, place (NĐ 30/2020, annex I)."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="headings", verbose_name=_("office"))
    superior = models.CharField(_("superior body"), max_length=200, blank=True)
    body = models.CharField(_("issuing body"), max_length=200)
    place = models.CharField(_("place name on papers"), max_length=100)
    abbreviation = models.CharField(_("abbreviation in document numbers"), max_length=40, blank=True)
    drafting = models.CharField(
        _("abbreviation of the drafting unit"),
        max_length=20,
        blank=True,
        help_text=_("In the numbers of letters and after “Lưu: VT”, for example NV."),
    )

    objects = OwnedByOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("heading of papers")
        verbose_name_plural = _("headings of papers")
        ordering = ["office__order", "valid_from"]

    def __str__(self) -> str:
        return self.body


class Signer(Dated):
    """Who signs for an office and by which power, as it stands above the name on a paper."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="signers", verbose_name=_("office"))
    authority = models.CharField(
        _("lines of authority"),
        max_length=200,
        help_text=_("For example: TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH. One line each."),
        blank=True,
    )
    title = models.CharField(_("title of the signer"), max_length=100)
    full_name = models.CharField(_("full name"), max_length=150)

    objects = OwnedByOfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("signer")
        verbose_name_plural = _("signers")
        ordering = ["office__order", "valid_from", "full_name"]

    def __str__(self) -> str:
        return f"{self.title} {self.full_name}"
