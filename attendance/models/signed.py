"""Copies of papers that were signed digitally, the roots by which their signatures are checked, and what holders ask to
have put right."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import CorrectionState, Matched, SignatureState, SignedBy
from attendance.models.class_papers import ClassPaper
from attendance.models.register import Certificate
from attendance.querysets.register import OfCertificateQuerySet, OfHostQuerySet
from courses.models import Course, File


class SignedCopy(models.Model):
    """A signed file, kept byte for byte beside what was signed: a certificate or a paper of the class.

    `signatures`: of each, in the order of signing, {"signer", "at", "whole", "intact", "trusted", "root"}
    (`attendance.readers.signatures`). Neither certificate nor paper: nobody has said yet what it is a copy of.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("class"))
    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, null=True, related_name="signed_copies", verbose_name=_("certificate")
    )
    paper = models.ForeignKey(
        ClassPaper, on_delete=models.PROTECT, null=True, related_name="signed_copies", verbose_name=_("paper")
    )
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=10, choices=SignedBy, default=SignedBy.OFFICE)
    matched = models.CharField(_("matched"), max_length=10, choices=Matched)
    state = models.CharField(_("signatures"), max_length=10, choices=SignatureState)
    signatures = models.JSONField(_("what each signature says"), default=list)
    sentence = models.CharField(_("what is the matter"), max_length=300, blank=True)
    added_at = models.DateTimeField(_("taken in on"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("taken in by")
    )
    answered_at = models.DateTimeField(_("looked at on"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("looked at by")
    )

    objects = OfHostQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed copy")
        verbose_name_plural = _("signed copies")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "file"], name="signed_copy_once_in_a_class"),
            models.CheckConstraint(
                condition=Q(certificate__isnull=True) | Q(paper__isnull=True), name="signed_copy_is_of_one_paper"
            ),
            models.CheckConstraint(
                condition=~Q(matched__in=[Matched.BYTES, Matched.ACCEPTED])
                | Q(certificate__isnull=False)
                | Q(paper__isnull=False),
                name="matched_copy_is_of_a_paper",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class TrustedRoot(models.Model):
    """A root certificate by which the site checks signatures, installed by its administrator. Taken out it stays, for
    what was checked by it."""

    name = models.CharField(_("name"), max_length=200)
    pem = models.TextField(_("certificate"))
    fingerprint = models.CharField(_("fingerprint (SHA-256)"), max_length=64, unique=True)
    added_at = models.DateTimeField(_("installed on"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("installed by")
    )
    removed_at = models.DateTimeField(_("taken out on"), null=True)

    class Meta:
        verbose_name = _("root certificate")
        verbose_name_plural = _("root certificates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Correction(models.Model):
    """What the holder or the office asks to have put right on a paper, or confirmed when it is lost, with its clock."""

    certificate = models.ForeignKey(
        Certificate, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("certificate")
    )
    words = models.CharField(_("what is wrong"), max_length=500)
    is_lost = models.BooleanField(_("lost or damaged"), default=False)
    asked_as = models.CharField(_("asked by"), max_length=20)
    asked_at = models.DateTimeField(_("asked on"))
    due_on = models.DateField(_("to be answered by"))
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.ASKED)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(_("answered on"), null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )

    objects = OfCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction asked for")
        verbose_name_plural = _("corrections asked for")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=Q(state=CorrectionState.ASKED),
                name="one_correction_asked_for_a_certificate",
            )
        ]

    def __str__(self) -> str:
        return self.words
