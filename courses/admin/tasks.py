"""Background work as superusers see it: what waits, runs, failed, and one button to try again."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskResultStatus

from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal
from courses.constants.task_words import reason_in_words, task_in_words
from courses.models import BackgroundTask, TaskRun
from courses.services.background import try_again

_STATES = {
    TaskResultStatus.READY: _("Waits"),
    TaskResultStatus.RUNNING: _("Is being done"),
    TaskResultStatus.FAILED: _("Failed"),
    TaskResultStatus.SUCCESSFUL: _("Done"),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(str(state.value), words) for state, words in _STATES.items()]

    def queryset(self, request, queryset):
        return queryset.filter(status=self.value()) if self.value() in TaskResultStatus.values else queryset


@admin.register(BackgroundTask)
class BackgroundTaskAdmin(ScopedAdmin):
    list_display = ["what", "state", "asked", "ended", "why"]
    list_filter = [StateFilter]
    fields = readonly_fields = ["what", "state", "why", "asked", "begun", "ended", "tries", "where"]
    ordering = ["-enqueued_at", "pk"]
    change_form_template = "admin/courses/backgroundtask/change_form.html"

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == StateFilter.parameter_name or super().lookup_allowed(lookup, value, request)

    def may_view(self, actor) -> bool:
        return actor.is_superuser

    def may_add(self, actor) -> bool:
        return False

    def may_change(self, actor, obj) -> bool:
        return False

    def get_urls(self):
        again = self.admin_site.admin_view(self.again_view)
        return [path("<uuid:pk>/again/", again, name="courses_backgroundtask_again"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        task = self.get_object(request, object_id)
        failed = task is not None and task.status == TaskResultStatus.FAILED
        return super().change_view(request, object_id, form_url, {"failed": failed, **(extra_context or {})})

    def again_view(self, request, pk):
        task = self.get_queryset(request).filter(pk=pk).first() if self.has_view_permission(request) else None
        if task is None:
            raise Http404
        if request.method == "POST":
            try:
                try_again(task, actor=request.actor)
                messages.success(request, _("It waits to be done again."))
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
        return HttpResponseRedirect(reverse("admin:courses_backgroundtask_change", args=[task.pk]))

    @admin.display(description=_("work"), ordering="task_path")
    def what(self, task):
        return task_in_words(task.task_path)

    @admin.display(description=_("state"), ordering="status")
    def state(self, task):
        return _STATES[TaskResultStatus(task.status)]

    @admin.display(description=_("why it failed"))
    def why(self, task):
        return reason_in_words(task.exception_class_path) if task.status == TaskResultStatus.FAILED else ""

    @admin.display(description=_("wanted on"), ordering="enqueued_at")
    def asked(self, task):
        return _moment(task.enqueued_at)

    @admin.display(description=_("begun on"), ordering="started_at")
    def begun(self, task):
        return _moment(task.started_at)

    @admin.display(description=_("ended on"), ordering="finished_at")
    def ended(self, task):
        return _moment(task.finished_at)

    @admin.display(description=_("tries"))
    def tries(self, task):
        return TaskRun.objects.filter(pk=task.pk).values_list("tries", flat=True).first() or 0

    @admin.display(description=_("for whoever maintains the program"))
    def where(self, task):
        return task.traceback


def _moment(value) -> str:
    return f"{localtime(value):%H:%M %d/%m/%Y}" if value else ""
