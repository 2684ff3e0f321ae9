"""Work on the papers of a class: how far it is, what failed and why, stopping it, trying again."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import BatchWork, WorkState
from attendance.models import PaperBatch
from attendance.reports.paper_work import works_of
from attendance.services.paper_work import OPEN, failed_of, order_kept, stop_work
from attendance.tasks.papers import work_now_or_later
from courses.constants.errors import Refusal

ON_A_PAGE = 50


class PaperWorkPages:
    """For the admin of a class's results: officers work, organisers of the host read."""

    def paper_work_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        begin = "<path:object_id>/paper-work/<int:batch>"
        return [
            path("<path:object_id>/paper-work", wrap(require_safe(self.all_paper_work)), name=f"{name}all_paper_work"),
            path(begin, wrap(require_safe(self.paper_work)), name=f"{name}paper_work"),
            path(f"{begin}/stop", wrap(self.stop_paper_work), name=f"{name}stop_paper_work"),
            path(f"{begin}/again", wrap(self.paper_work_again), name=f"{name}paper_work_again"),
        ]

    def all_paper_work(self, request, object_id):
        """What was prepared and issued for the class at once: when, by whom, how many, and what went without a paper.
        (The number of queries does not depend on how often.)"""
        course = self._course(request, object_id)
        works = works_of(course, request.actor)
        page = Paginator(works, ON_A_PAGE).get_page(request.GET.get("p"))
        title = _("Certificates prepared and issued: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/all_paper_work.html", title, works=page)

    def paper_work(self, request, object_id, batch):
        """How far the work is; the page looks again by itself while it is under way."""
        course = self._course(request, object_id)
        batch = self._batch(request, course, batch)
        failed = failed_of(batch)
        context = {
            "batch": batch,
            "is_open": batch.state in OPEN,
            "stopped": batch.state == WorkState.STOPPED,
            "failed": failed,
            "made": batch.done - len(failed),
            "left": batch.total - batch.done,
        }
        title = f"{batch.get_work_display()}: {course.code}"
        return self._page(request, course, "admin/attendance/paper_work.html", title, **context)

    @method_decorator([require_POST, reauthentication_required])
    def stop_paper_work(self, request, object_id, batch):
        course = self._certifying(request, object_id)
        batch = self._batch(request, course, batch)
        try:
            stop_work(batch, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("admin:attendance_courseresult_paper_work", course.pk, batch.pk)

    @method_decorator([require_POST, reauthentication_required])
    def paper_work_again(self, request, object_id, batch):
        """Those who went without a paper, and those who were not tried, once more by the same order."""
        course = self._certifying(request, object_id)
        batch = self._batch(request, course, batch)
        done = batch.rows.filter(sentence="").values_list("registration_id", flat=True)
        left = [pk for pk in batch.order["people"] if pk not in set(done)]
        try:
            order = order_kept(batch.order["order"]) if batch.work == BatchWork.PREPARE else None
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._back(course)
        return self._work(request, course, batch.work, left, order)

    def _work(self, request, course, work, registration_ids, order=None):
        """Has it done; what was short and went well is said on the page of the class, all else has its own page."""
        try:
            batch = work_now_or_later(course, work, actor=request.actor, registration_ids=registration_ids, order=order)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return self._back(course)
        failed = batch.rows.exclude(sentence="").count()
        if batch.state == WorkState.DONE and batch.done > failed:
            messages.success(request, done_in_words(work, batch.done - failed))
        if batch.state == WorkState.DONE and not failed:
            return self._back(course)
        return redirect("admin:attendance_courseresult_paper_work", course.pk, batch.pk)

    def _under_way(self, course):
        """Whoever comes back while work is under way finds it again, also from another computer."""
        batch = PaperBatch.objects.filter(course=course, state__in=OPEN).first()
        return batch and redirect("admin:attendance_courseresult_paper_work", course.pk, batch.pk)

    def _batch(self, request, course, pk) -> PaperBatch:
        batches = PaperBatch.objects.visible_to(request.actor).filter(course=course).select_related("course")
        return get_object_or_404(batches, pk=min(pk, 2**63 - 1))


def done_in_words(work: str, count: int) -> str:
    if work == BatchWork.PREPARE:
        text = ngettext(
            "%(count)d certificate was prepared and awaits the signature.",
            "%(count)d certificates were prepared and await the signature.",
            count,
        )
    else:
        text = ngettext("%(count)d certificate was issued.", "%(count)d certificates were issued.", count)
    return text % {"count": count}
