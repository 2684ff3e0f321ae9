"""The results of a class: who has earned what and why, the rule, preparing and issuing papers."""

from uuid import uuid4

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance.admin.absences import AbsencePages
from attendance.admin.doors import DoorPages
from attendance.admin.handing_over import HandingOverPages
from attendance.admin.links import LinkPages
from attendance.admin.lists import ListPages
from attendance.admin.mark_import import MarkImportPages
from attendance.admin.numbers import NumbersPages
from attendance.admin.paper_out import PaperOutPages
from attendance.admin.paper_work import PaperWorkPages
from attendance.admin.passes import PassPages
from attendance.admin.reminders import ReminderPages
from attendance.admin.scores import ScorePages
from attendance.admin.signed import SignedPages
from attendance.admin.special_cases import SpecialCasePages
from attendance.admin.table import TablePages
from attendance.admin.telling import TellingPages
from attendance.constants import BatchWork, CertificateState
from attendance.forms.results import CountForm, OrderForm, RuleForm
from attendance.models import CourseResult
from attendance.reports.absences import absences_of
from attendance.reports.facts_beside import corrected_since
from attendance.reports.paper_preview import preview_of
from attendance.reports.papers import candidates, waits_until
from attendance.reports.verdicts import DEFAULT_RULE, rules_of
from attendance.rules.permissions import may_certify, may_see_eligibility
from attendance.services.course_rules import lost_by_rule, set_rule
from courses.admin.scoped import ScopedAdmin
from courses.constants.choices import CourseState
from courses.constants.errors import Refusal
from courses.rules.permissions import may_change_plan, may_organise


@admin.register(CourseResult)
class CourseResultAdmin(
    LinkPages,
    ReminderPages,
    AbsencePages,
    TablePages,
    NumbersPages,
    MarkImportPages,
    DoorPages,
    PassPages,
    ScorePages,
    SpecialCasePages,
    SignedPages,
    PaperWorkPages,
    HandingOverPages,
    PaperOutPages,
    ListPages,
    TellingPages,
    ScopedAdmin,
):
    list_display = ["code", "title", "starts_on", "ends_on", "state"]
    list_display_links = ["code", "title"]
    list_filter = ["state"]
    search_fields = ["code", "title"]
    ordering = ["-starts_on", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).hosted_for(request.actor).exclude(state=CourseState.DRAFT)

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return may_see_eligibility(actor, obj)

    def get_urls(self):
        wrap = self.admin_site.admin_view
        pages = {"rule": self.rule, "prepare": self.prepare, "issue": self.issue}
        own = [
            path(f"<path:object_id>/{name}", wrap(view), name=f"attendance_courseresult_{view.__name__}")
            for name, view in pages.items()
        ]
        pages_of_parts = self.link_urls() + self.reminder_urls() + self.absence_urls() + self.table_urls()
        pages_of_parts += self.mark_import_urls() + self.door_urls() + self.pass_urls()
        pages_of_parts += self.score_urls() + self.special_case_urls() + self.signed_urls()
        pages_of_parts += self.paper_work_urls() + self.handing_over_urls() + self.paper_out_urls()
        pages_of_parts += self.telling_urls() + self.numbers_urls() + self.list_urls()
        return self.year_urls() + own + pages_of_parts + super().get_urls()

    def _course(self, request, object_id):
        course = self.get_object(request, object_id)
        if course is None or not may_see_eligibility(request.actor, course):
            raise Http404
        return course

    def _page(self, request, course, template, title, **context):
        """A page about one class, or about many (None)."""
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "course": course,
        }
        if course:
            context |= {
                "may_certify": may_certify(request.actor, course),
                "may_set_rule": may_change_plan(request.actor, course),
            }
        return TemplateResponse(request, template, context)

    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        course = self._course(request, object_id)
        people = candidates(course)
        rule, held = rules_of([course.pk]).get(course.pk, (None, DEFAULT_RULE))
        groups = {
            "earned": [person for person in people if person.verdict.earned],
            "possible": [person for person in people if person.verdict.forecast],
            "never": [person for person in people if not person.verdict.can_still],
        }
        asked = request.GET.get("result", "")
        absences, answered = absences_of(course)
        return self._page(
            request,
            course,
            "admin/attendance/results.html",
            _("Results: %(code)s") % {"code": course.code},
            people=people,
            absences=absences,
            answered_absences=answered,
            submission=uuid4(),
            may_organise=may_organise(request.actor, course),
            rule=rule,
            held=held,
            shown=groups.get(asked, people),
            asked=asked if asked in groups else "",
            to_prepare=sum(person.verdict.can_still and not person.certificate for person in people),
            special=sum(person.verdict.special for person in people),
            without_points=sum(person.verdict.needs_test and person.verdict.points is None for person in people),
            earned=len(groups["earned"]),
            still=len(groups["possible"]),
            never=len(groups["never"]),
            prepared=_count(people, CertificateState.PREPARED),
            issued=_count(people, CertificateState.ISSUED) + _count(people, CertificateState.HANDED_OVER),
        )

    def rule(self, request, object_id):
        course = self._course(request, object_id)
        if not may_change_plan(request.actor, course):
            raise Http404
        current, _rule = rules_of([course.pk]).get(course.pk, (None, None))
        form = RuleForm(request.POST or None, instance=current, course=course)
        lost = None
        if request.method == "POST" and form.is_valid():
            fields = form.cleaned_data | {"must_attend": list(form.cleaned_data["must_attend"])}
            try:
                lost = lost_by_rule(course, actor=request.actor, **fields)
                if not lost.people or request.POST.get("sure") == str(lost.people):
                    set_rule(course, actor=request.actor, **fields)
                    messages.success(request, _("The rule of the class was saved."))
                    return self._back(course)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
        return self._page(
            request,
            course,
            "admin/attendance/rule.html",
            _("Rule of the class: %(code)s") % {"code": course.code},
            form=form,
            lost=lost,
        )

    @method_decorator(reauthentication_required)
    def prepare(self, request, object_id):
        """Order → preview with counts → the count typed → prepared, one transaction a paper."""
        course = self._certifying(request, object_id)
        if request.method == "GET" and (under_way := self._under_way(course)):
            return under_way
        form = OrderForm(request.POST or None, course=course)
        context: dict = {"form": form}
        if request.method == "POST" and form.is_valid():
            order = form.order()
            preview = preview_of(course, order)
            count = CountForm(request.POST if "count" in request.POST else None, due=len(preview.due))
            if preview.due and count.is_valid():
                ids = [person.registration.pk for person in preview.due]
                return self._work(request, course, BatchWork.PREPARE, ids, order)
            context |= {"preview": preview, "count_form": count, "waits": waits_until(order.issue_date)}
        title = _("Prepare certificates: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/prepare.html", title, **context)

    @method_decorator(reauthentication_required)
    def issue(self, request, object_id):
        """What is prepared and earned, with its count typed, is issued."""
        course = self._certifying(request, object_id)
        if request.method == "GET" and (under_way := self._under_way(course)):
            return under_way
        people = [p for p in candidates(course) if p.certificate and p.certificate.state == CertificateState.PREPARED]
        ahead = max((p.certificate.issue_date for p in people if waits_until(p.certificate.issue_date)), default=None)
        due = [p for p in people if p.verdict.earned and not waits_until(p.certificate.issue_date)]
        form = CountForm(request.POST or None, due=len(due))
        if request.method == "POST" and form.is_valid():
            return self._work(request, course, BatchWork.ISSUE, [person.registration.pk for person in due])
        title = _("Issue certificates: %(code)s") % {"code": course.code}
        context = {"people": people, "due": len(due), "form": form, "waits": ahead and waits_until(ahead)}
        context |= {"corrected": corrected_since(people)}
        return self._page(request, course, "admin/attendance/issue.html", title, **context)

    def _certifying(self, request, object_id):
        course = self._course(request, object_id)
        if not may_certify(request.actor, course):
            raise Http404
        return course

    def _back(self, course):
        return redirect(reverse("admin:attendance_courseresult_change", args=[course.pk]))


def _count(people, state) -> int:
    return sum(person.certificate is not None and person.certificate.state == state for person in people)
