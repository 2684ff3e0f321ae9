"""The register: its books and its certificates."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import IN_FORCE, CertificateState, PaperKind, Replacing, Revocation
from attendance.models.class_papers import ClassPaper
from attendance.models.papers import BlankRange, PaperTemplate
from attendance.querysets.register import CertificateQuerySet, OfIssuerQuerySet
from courses.models import File, Office, Registration


class RegisterBook(models.Model):
    """The register of one issuer, kind of paper and year. `last_number` is the last one taken."""

    issuer = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing office"))
    kind = models.CharField(_("kind of paper"), max_length=15, choices=PaperKind, default=PaperKind.ATTESTATION)
    year = models.PositiveSmallIntegerField(_("year"))
    number_format = models.CharField(
        _("form of the number"),
        max_length=60,
        default="{number:03d}/{year}/GCN",
        help_text=_("{number:03d} is the number with three digits, {year} the year."),
    )
    opening_number = models.PositiveIntegerField(_("first number"), default=1)
    opening_reason = models.CharField(_("why it does not begin at 1"), max_length=300, blank=True)
    last_number = models.PositiveIntegerField(_("last number taken"), default=0, editable=False)

    objects = OfIssuerQuerySet.as_manager()

    class Meta:
        verbose_name = _("register book")
        verbose_name_plural = _("register books")
        ordering = ["-year", "issuer__order", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "kind", "year"], name="one_book_an_issuer_kind_and_year"),
            models.CheckConstraint(
                condition=Q(opening_number__gte=1, last_number__gte=F("opening_number") - 1),
                name="book_numbers_from_its_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year} – {self.issuer}"

    def printed(self, number: int) -> str:
        """The number as it stands on the paper, e.g. 015/2022/GCN."""
        return self.number_format.format(number=number, year=self.year)


class Certificate(models.Model):
    """A paper with its number. Facts, bytes and number are frozen by a guard; only the state moves on.

    `code` is what `/verify/` answers to. `facts` are the printed ones (`attendance.rendering.certificate`). An entry of
    an old book has neither registration nor PDF and stands below the book's opening number. The date and document of
    its end are those of voiding, revoking or replacing, whichever it was.
    """

    book = models.ForeignKey(
        RegisterBook, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("register book")
    )
    number = models.PositiveIntegerField(_("number"))
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("registration")
    )
    code = models.CharField(_("verification code"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=CertificateState, default=CertificateState.PREPARED)
    facts = models.JSONField(_("printed facts"))
    pdf = models.ForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("paper"))
    template_version = models.CharField(max_length=40, blank=True)
    template = models.ForeignKey(
        PaperTemplate, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("template")
    )
    blanks = models.ForeignKey(
        BlankRange, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("blanks")
    )
    blank_number = models.PositiveBigIntegerField(_("number of the blank"), null=True)
    issue_date = models.DateField(_("date of issue"))
    prepared_at = models.DateTimeField(_("prepared on"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("prepared by")
    )
    issued_at = models.DateTimeField(_("issued on"), null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )
    handed_on = models.DateField(_("handed over on"), null=True)
    handed_to = models.CharField(_("handed over to"), max_length=150, blank=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    ended_at = models.DateTimeField(_("ended on"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("ended by")
    )
    ended_why = models.CharField(_("why it ended"), max_length=300, blank=True)
    ground = models.CharField(_("ground of revoking"), max_length=15, choices=Revocation, blank=True)
    ended_document = models.CharField(_("number of the decision"), max_length=60, blank=True)
    ended_document_date = models.DateField(_("date of the decision"), null=True)
    decision = models.ForeignKey(
        ClassPaper, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decision in the class file")
    )
    ended_paper = models.ForeignKey(
        ClassPaper,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decision of its end in the class file"),
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("stands in place of")
    )
    replacing = models.CharField(_("why it stands in its place"), max_length=6, choices=Replacing, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["-book__year", "book", "number"]
        constraints = [
            models.UniqueConstraint(fields=["book", "number"], name="certificate_number_once_in_a_book"),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(state__in=sorted(IN_FORCE)),
                name="one_certificate_in_force_a_registration",
            ),
            models.UniqueConstraint(fields=["blanks", "blank_number"], name="blank_is_used_once"),
            models.CheckConstraint(
                condition=Q(blanks__isnull=True, blank_number__isnull=True)
                | Q(blanks__isnull=False, blank_number__isnull=False),
                name="blank_has_range_and_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=CertificateState.HANDED_OVER) | Q(handed_on__isnull=False),
                name="handed_over_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=CertificateState.REVOKED)
                | (~Q(ground="") & ~Q(ended_document="") & Q(ended_document_date__isnull=False)),
                name="revoked_on_a_ground_by_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, replacing="") | (Q(replaces__isnull=False) & ~Q(replacing="")),
                name="replaces_another_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.book.printed(self.number)

    @property
    def was_issued(self) -> bool:
        """Also what was replaced twice before anybody issued the second, and what the old book says."""
        return bool(self.issued_at) or self.registration_id is None or self.stands_for_issued

    @property
    def stands_for_issued(self) -> bool:
        """Its holder has earned it and had one: it stands in the place of an issued paper, which is good no more. What
        follows a revoked one is judged as any other."""
        return self.replaces is not None and self.replacing != Replacing.ANEW and self.replaces.was_issued
