"""What a class asks for, what somebody reached in its test, and what a registration has earned."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from attendance.constants import Counting, Examination, Measure
from attendance.models.class_papers import ClassPaper
from attendance.querysets.ledger import OfRegistrationQuerySet
from courses.models import Course, Registration, Session
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
    test = models.CharField(_("test"), max_length=5, choices=Examination, default=Examination.NONE)
    scale = models.DecimalField(
        _("highest mark"), max_digits=6, decimal_places=2, default=10, validators=[MinValueValidator(1)]
    )
    pass_mark = models.DecimalField(
        _("mark to pass"), max_digits=6, decimal_places=2, default=5, validators=[MinValueValidator(0)]
    )
    #: [lowest mark, words], from the highest down; none: the paper says no grade.
    grades = models.JSONField(_("grades"), default=list, blank=True)
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
            models.CheckConstraint(condition=Q(pass_mark__gte=0, pass_mark__lte=F("scale")), name="rule_can_be_passed"),
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
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )
    override_decided_by = models.CharField(_("who decided"), max_length=150, blank=True)
    override_why = models.CharField(_("why"), max_length=300, blank=True)
    override_document = models.CharField(_("document"), max_length=200, blank=True)
    override_paper = models.ForeignKey(
        ClassPaper, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("document in the class file")
    )
    judged_at = models.DateTimeField(_("judged on"))

    objects = OfRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("completion")
        verbose_name_plural = _("completions")
        ordering = ["registration"]

    def __str__(self) -> str:
        return self.reason


class Score(models.Model):
    """What somebody reached in the test or essay of a class. Changed by `attendance.services.scores`, which logs it."""

    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, related_name="+", verbose_name=_("registration")
    )
    points = models.DecimalField(_("mark"), max_digits=6, decimal_places=2)
    entered_at = models.DateTimeField(_("entered on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("entered by")
    )

    objects = OfRegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a test")
        verbose_name_plural = _("results of tests")
        ordering = ["registration"]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="score_is_not_below_zero")]

    def __str__(self) -> str:
        return f"{self.points.normalize():f}"
