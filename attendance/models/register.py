"""What the record earns: the rule of a class, completions, register books, certificates."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import IN_FORCE, CertificateState, Counting, Measure, PaperKind
from attendance.querysets.ledger import OfRegistrationQuerySet
from attendance.querysets.register import CertificateQuerySet, OfIssuerQuerySet
from courses.models import Course, File, Office, Registration, Session
from courses.querysets.plan import PartOfCourseQuerySet


class CourseRule(models.Model):
    """What must be attended to earn a certificate, by version: the highest version of a class holds."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    share = models.PositiveSmallIntegerField(
        _("share to attend, in percent"), default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    measure = models.CharField(_("counted in"), max_length=10, choices=Measure, default=Measure.HALF_DAYS)
    late_counts = models.CharField(_("coming late counts"), max_length=4, choices=Counting, default=Counting.FULL)
    left_early_counts = models.CharField(
        _("leaving early counts"), max_length=4, choices=Counting, default=Counting.FULL
    )
    excused_counts = models.CharField(
        _("excused absence counts"), max_length=4, choices=Counting, default=Counting.NONE
    )
    must_attend = models.ManyToManyField(
        Session, blank=True, related_name="+", verbose_name=_("half-days that nobody may miss")
    )
    created_at = models.DateTimeField(_("made on"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )

    objects = PartOfCourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of a class")
        verbose_name_plural = _("rules of classes")
        ordering = ["course", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["course", "version"], name="rule_version_once_in_a_course"),
            models.CheckConstraint(condition=Q(share__gte=1, share__lte=100), name="rule_share_is_a_percentage"),
        ]

    def __str__(self) -> str:
        return f"{self.course.code}: {self.share} %"


class Completion(models.Model):
    """What a registration earned when it was judged for a paper, with the reason as the person read it."""

    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, related_name="+", verbose_name=_("registration")
    )
    rule = models.ForeignKey(CourseRule, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("rule"))
    earned = models.BooleanField(_("earned"))
    reason = models.TextField(_("reason"))
    override_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    override_why = models.CharField(_("why"), max_length=300, blank=True)
    override_document = models.CharField(_("document"), max_length=200, blank=True)
    judged_at = models.DateTimeField(_("judged on"))

    objects = OfRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        ordering = ["registration"]

    def __str__(self) -> str:
        return self.reason


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

    `code` is what `/verify/` answers to. `facts` are the printed ones (`attendance.rendering.certificate`).
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
    issue_date = models.DateField(_("date of issue"))
    prepared_at = models.DateTimeField(_("prepared on"))
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("prepared by")
    )
    issued_at = models.DateTimeField(_("issued on"), null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )

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
        ]

    def __str__(self) -> str:
        return self.book.printed(self.number)
