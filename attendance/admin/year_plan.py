"""The yearly plan: its lines, and a page a year that says what became of them. It stands here and not with the plan,
because it sets beside what was planned who came."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from attendance.reports.plan_numbers import YearPlan, plan_table, year_plan
from attendance.responses import download
from courses.admin.scoped import ScopedAdmin
from courses.constants.clock import YEARS, today
from courses.constants.media_types import XLSX
from courses.models import Course, Office, PlannedClass
from courses.rendering.list_workbook import FiledList, list_workbook
from courses.rules.permissions import may_plan_classes, may_plan_for


class PlannedForm(forms.ModelForm):
    class Meta:
        model = PlannedClass
        fields = ["host", "year", "title", "kind", "month", "people", "audience", "course", "put_off", "order"]

    def __init__(self, *args, **kwargs):
        """Offered are hosts that have not ended before this year, and the one that stands; proposed is the own office,
        where it is one with those below it."""
        super().__init__(*args, **kwargs)
        if "host" not in self.fields:  # who may only read
            return
        of_this_year = self.fields["host"].queryset.exclude(valid_to__lte=dt.date(today().year, 1, 1))
        chosen = Office.objects.filter(pk=self.instance.host_id)
        self.fields["host"].queryset = (of_this_year | chosen).in_protocol_order()
        offered = {office.pk: office for office in of_this_year}
        highest = [office for office in offered.values() if office.parent_id not in offered]
        if len(highest) == 1 and self.instance.pk is None:
            self.initial.setdefault("host", highest[0].pk)

    def clean(self):
        data = super().clean()
        host, course, year = data.get("host"), data.get("course"), data.get("year")
        if host and year and {"host", "year"} & set(self.changed_data) and not _exists_in(host, year):
            self.add_error("host", gettext_lazy("This office does not exist in the year of the plan."))
        if host and course and course.host_office_id != host.pk:
            self.add_error("course", gettext_lazy("The class has another host than the line of the plan."))
        return data


def _exists_in(office: Office, year: int) -> bool:
    """On some day of it; the closing day itself is no longer the office's."""
    began = office.valid_from is None or office.valid_from.year <= year
    return began and (office.valid_to is None or office.valid_to > dt.date(year, 1, 1))


@admin.register(PlannedClass)
class PlannedClassAdmin(ScopedAdmin):
    list_display = ()  # read by its years, and so taken out
    form = PlannedForm
    fieldsets = [
        (None, {"fields": ["host", "year", "title", "kind", "month", "people", "audience", "order"]}),
        (gettext_lazy("What became of it"), {"fields": ["course", "put_off"]}),
    ]

    def may_view(self, actor):
        return actor.is_superuser or bool(actor.organises)

    def may_add(self, actor):
        return may_plan_classes(actor)

    def may_change(self, actor, obj):
        return may_plan_for(actor, obj.host_id)

    may_delete = may_change

    def get_urls(self):
        page = self.admin_site.admin_view(require_safe(self.year))
        return [path("year/<int:year>/", page, name="courses_plannedclass_year"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        """The plan is read by its years."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:courses_plannedclass_year", args=[today().year]))

    def year(self, request, year):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if year not in YEARS:
            raise Http404
        plan = year_plan(request.actor, year)
        title = _("Training plan of the year %(year)s") % {"year": year}
        if request.GET.get("file") == "xlsx":
            return download(_as_file(plan, title), f"ke-hoach-nam-{year}.xlsx", XLSX)
        years = PlannedClass.objects.visible_to(request.actor).order_by().values_list("year", flat=True).distinct()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "plan": plan,
            "year": str(year),
            "years": [str(one) for one in sorted({year, today().year, *years}, reverse=True)],
            "may_plan": may_plan_classes(request.actor),
        }
        return TemplateResponse(request, "admin/attendance/year_plan.html", context)

    def get_changeform_initial_data(self, request):
        return {"year": today().year, **super().get_changeform_initial_data(request)}

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "host":
            kwargs["queryset"] = Office.objects.planned_by(request.actor).in_protocol_order()
        if db_field.name == "course":
            kwargs["queryset"] = Course.objects.filter(host_office__in=request.actor.organises_writable)
            if request.actor.sees_everything:
                kwargs["queryset"] = Course.objects.all()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def response_post_save_add(self, request, obj):
        return HttpResponseRedirect(reverse("admin:courses_plannedclass_year", args=[obj.year]))

    response_post_save_change = response_post_save_add


def _as_file(plan: YearPlan, title: str) -> bytes:
    heads, rows = plan_table(plan)
    held = _("As of %(day)s") % {"day": f"{today():%d/%m/%Y}"}
    return list_workbook(FiledList(title=title, held=held, columns=heads, rows=rows, total=_("In all: {count}")))
