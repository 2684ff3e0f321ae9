"""Handing papers over, taking a slip back, and making void what was prepared and is not to be."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import CertificateState
from attendance.forms.handing_over import HandOverForm, VoidForm
from attendance.forms.results import CountForm
from attendance.models import Certificate
from attendance.reports.handing_over import handed_of, is_over, prepared_of
from attendance.services.handing_over import hand_over, take_back_handing_over, void_paper, void_unearned
from courses.constants.errors import Refusal
from courses.constants.ids import row_id


class HandingOverPages:
    """For the admin of a class's results: officers act, organisers of the host read."""

    def handing_over_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        return [
            path("<path:object_id>/hand-over", wrap(require_safe(self.handing_over)), name=f"{name}handing_over"),
            path("<path:object_id>/hand-over/save", wrap(self.hand_over), name=f"{name}hand_over"),
            path("<path:object_id>/hand-over/<int:paper>/back", wrap(self.hand_back), name=f"{name}hand_back"),
            path("<path:object_id>/void", wrap(self.void), name=f"{name}void"),
            path("<path:object_id>/void/<int:paper>", wrap(self.void_one), name=f"{name}void_one"),
        ]

    def handing_over(self, request, object_id):
        """Who has got the paper, on which day and who took it; who has not."""
        course = self._course(request, object_id)
        return self._handing_over(request, course, HandOverForm())

    @method_decorator([require_POST, reauthentication_required])
    def hand_over(self, request, object_id):
        """The papers that are ticked; `all`: every one that is issued and was not handed over."""
        course = self._certifying(request, object_id)
        form = HandOverForm(request.POST)
        if not form.is_valid():
            return self._handing_over(request, course, form)
        if "all" in request.POST:
            ids = [paper.pk for paper in handed_of(course) if paper.state == CertificateState.ISSUED]
        else:
            ids = [pk for text in request.POST.getlist("pk") if (pk := row_id(text))]
        if not ids:
            form.add_error(None, _("Please tick the papers that were handed over."))
            return self._handing_over(request, course, form)
        data = form.cleaned_data
        try:
            done = hand_over(course, ids, actor=request.actor, on=data["on"], to=data["to"])
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
            return self._handing_over(request, course, form)
        text = ngettext("%(count)d paper was handed over.", "%(count)d papers were handed over.", len(done))
        messages.success(request, text % {"count": len(done)})
        return redirect("admin:attendance_courseresult_handing_over", course.pk)

    @method_decorator([require_POST, reauthentication_required])
    def hand_back(self, request, object_id, paper):
        course = self._certifying(request, object_id)
        found = self._paper(request, course, paper)
        try:
            take_back_handing_over(found, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            said = _("Number %(number)s counts as not handed over again.")
            messages.success(request, said % {"number": found.facts["number"]})
        return redirect("admin:attendance_courseresult_handing_over", course.pk)

    @method_decorator(reauthentication_required)
    def void(self, request, object_id):
        """What was prepared and not earned, its count typed, becomes void; the others with a reason, one by one."""
        course = self._certifying(request, object_id)
        prepared = prepared_of(course)
        lost, kept = [one for one in prepared if one.lost], [one for one in prepared if not one.lost]
        over = is_over(course)
        form = CountForm(request.POST if request.method == "POST" else None, due=len(lost)) if lost and over else None
        if form is not None and form.is_valid():
            results = void_unearned(course, actor=request.actor, certificate_ids=[one.paper.pk for one in lost])
            self._say_void(request, results)
            return self._back(course)
        title = _("Make numbers void: %(code)s") % {"code": course.code}
        context = {"lost": lost, "kept": kept, "form": form, "over": over}
        return self._page(request, course, "admin/attendance/void.html", title, **context)

    @method_decorator(reauthentication_required)
    def void_one(self, request, object_id, paper):
        """One prepared number, with the reason that the officer gives."""
        course = self._certifying(request, object_id)
        found = self._paper(request, course, paper)
        if found.state != CertificateState.PREPARED:
            raise Http404
        form = VoidForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                void_paper(found, actor=request.actor, why=form.cleaned_data["why"])
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("Number %(number)s is void.") % {"number": found.facts["number"]})
                return redirect("admin:attendance_courseresult_void", course.pk)
        title = _("Make number %(number)s void") % {"number": found.facts["number"]}
        return self._page(request, course, "admin/attendance/void_one.html", title, form=form, paper=found)

    def _handing_over(self, request, course, form):
        papers = handed_of(course)
        waiting = [paper for paper in papers if paper.state == CertificateState.ISSUED]
        context = {"papers": papers, "waiting": len(waiting), "handed": len(papers) - len(waiting), "form": form}
        title = _("Hand over certificates: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/hand_over.html", title, **context)

    def _say_void(self, request, results):
        done = sum(result.certificate is not None for result in results)
        if done:
            text = ngettext("%(count)d number was made void.", "%(count)d numbers were made void.", done)
            messages.success(request, text % {"count": done})
        for result in results:
            if result.certificate is None:
                messages.error(request, f"{result.registration.trainee}: {result.sentence}")

    def _paper(self, request, course, pk) -> Certificate:
        papers = Certificate.objects.filter(registration__course=course).visible_to(request.actor)
        papers = papers.select_related("registration__trainee", "registration__course", "book")
        return get_object_or_404(papers, pk=min(pk, 2**63 - 1))
