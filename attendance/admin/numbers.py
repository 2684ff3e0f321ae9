"""Numbers to look at, of a class and of a year, and the people behind each of them."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance.reports.behind import Asked, behind, lines_of
from attendance.reports.numbers import TURNS, WORDS
from attendance.reports.numbers_class import class_numbers
from attendance.reports.numbers_year import classes_of, year_numbers
from attendance.reports.plan_numbers import year_plan
from courses.constants.clock import YEARS, today
from courses.constants.ids import row_id
from courses.models import Course, Office, Session
from courses.rules.permissions import may_plan_classes

PEOPLE_A_PAGE = 200


class NumbersPages:
    """For the admin of a class's results: whoever works on a class sees its numbers."""

    def year_urls(self):
        """Before the addresses that begin with a class."""
        wrap, name = self.admin_site.admin_view, "attendance_courseresult"
        return [
            path("year/", wrap(require_safe(self.this_year)), name=f"{name}_this_year"),
            path("year/<int:year>/", wrap(require_safe(self.year)), name=f"{name}_year"),
            path("year/<int:year>/people/", wrap(require_safe(self.year_people)), name=f"{name}_year_people"),
        ]

    def numbers_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_numbers"
        return [
            path("<path:object_id>/numbers", wrap(require_safe(self.numbers)), name=name),
            path("<path:object_id>/numbers/people", wrap(require_safe(self.numbers_people)), name=f"{name}_people"),
        ]

    def numbers(self, request, object_id):
        course = self._course(request, object_id)
        people = reverse("admin:attendance_courseresult_numbers_people", args=[course.pk])
        shown = class_numbers(course, people)
        title = _("Numbers of the class: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/numbers_class.html", title, shown=shown)

    def numbers_people(self, request, object_id):
        course = self._course(request, object_id)
        back = reverse("admin:attendance_courseresult_numbers", args=[course.pk])
        classes = Course.objects.filter(pk=course.pk)
        return self._people(request, classes, course.starts_on.year, course=course, back=back, of=course.code)

    def this_year(self, request):
        return redirect("admin:attendance_courseresult_year", today().year)

    def year(self, request, year):
        _check(year)
        page = reverse("admin:attendance_courseresult_year_people", args=[year])
        return self._page(
            request,
            None,
            "admin/attendance/numbers_year.html",
            _("Numbers of the year %(year)s") % {"year": year},
            shown=year_numbers(request.actor, year, page),
            plan=year_plan(request.actor, year),
            may_plan=may_plan_classes(request.actor),
            year=str(year),
        )

    def year_people(self, request, year):
        _check(year)
        back = reverse("admin:attendance_courseresult_year", args=[year])
        return self._people(request, classes_of(request.actor, year), year, back=back, of=str(year))

    def _people(self, request, classes, year, *, back, of, course=None):
        asked = _asked(request.GET)
        if asked.course and not classes.filter(pk=asked.course).exists():
            raise Http404
        found = behind(asked, classes, request.actor, year)
        if found is None:
            raise Http404
        page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("p"))
        query = request.GET.copy()
        query.pop("p", None)
        return self._page(
            request,
            course,
            "admin/attendance/numbers_people.html",
            f"{WORDS[asked.what]}: {of}",
            page=page,
            lines=lines_of(page),
            also=f"&{query.urlencode()}",
            narrowed=_narrowed(asked, classes),
            back=back,
            is_turns=asked.what in TURNS,
            in_year=asked.what in ("year", "reached", "below"),
        )


def _check(year: int) -> None:
    if year not in YEARS:
        raise Http404


def _asked(query) -> Asked:
    """404 for a number that is none."""
    ids = {name: row_id(query[name]) for name in ("course", "office", "session") if query.get(name)}
    if None in ids.values():
        raise Http404
    return Asked(query.get("what", ""), **ids, index=query.get("index", "")[:20])


def _narrowed(asked: Asked, classes) -> list[str]:
    """In words, to what the list is narrowed."""
    found = []
    if asked.course:
        found += [str(one) for one in classes.filter(pk=asked.course)]
    if asked.session:
        found += [str(one) for one in Session.objects.filter(pk=asked.session, course__in=classes.order_by())]
    if asked.office:
        found += [one.name for one in Office.objects.filter(pk=asked.office)]
    return [*found, asked.index] if asked.index else found
