"""Proxies: pages of the record about a row of the plan, each with its own place in the admin."""

from django.utils.translation import gettext_lazy as _

from courses.models import Course, Session, Trainee


class AttendanceSheet(Session):
    """The half-day as the page on which its attendance is taken."""

    class Meta:
        proxy = True
        verbose_name = _("attendance of a half-day")
        verbose_name_plural = _("attendance by half-day")


class CourseResult(Course):
    """The class as the page on which its results are judged and its papers issued."""

    class Meta:
        proxy = True
        verbose_name = _("results and certificates of a class")
        verbose_name_plural = _("results and certificates by class")


class Person(Trainee):
    """The trainee as the page on which everything about the person stands."""

    class Meta:
        proxy = True
        verbose_name = _("person")
        verbose_name_plural = _("people")


class ClassFile(Course):
    """The class as the page on which its papers are made and filed (hồ sơ lớp)."""

    class Meta:
        proxy = True
        verbose_name = _("class file")
        verbose_name_plural = _("class files")
