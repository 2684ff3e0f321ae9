"""Results of the test of a class: typed in a table, taken out and read in as Excel; the results as Excel."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from attendance.constants import Examination
from attendance.forms.scores import ScoresFileForm, read_signed_points, score_lines, signed_points
from attendance.readers.score_file import read_scores
from attendance.reports.papers import candidates, registrations_of
from attendance.reports.scores import Meant, meant_by, result_rows, score_rows
from attendance.reports.verdicts import DEFAULT_RULE, points_of, rules_of
from attendance.responses import download
from attendance.rules.permissions import may_certify
from attendance.services.scores import ScoresRefused, enter_scores, plan_scores
from courses.constants.errors import Refusal
from courses.constants.media_types import XLSX
from courses.rendering.tables import xlsx_table
from courses.services.records import log_action

#: People on one page of the table.
ON_A_PAGE = 300


class ScorePages:
    """For the admin of a class's results: officers enter, whoever sees the results takes them out."""

    def score_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        return [
            path("<path:object_id>/scores", wrap(self.scores), name=f"{name}scores"),
            path("<path:object_id>/scores/form", wrap(self.scores_form), name=f"{name}scores_form"),
            path("<path:object_id>/scores/import", wrap(self.scores_import), name=f"{name}scores_import"),
            path("<path:object_id>/results.xlsx", wrap(self.results_export), name=f"{name}results_export"),
        ]

    @method_decorator(reauthentication_required)
    def scores(self, request, object_id):
        """The table to type points in; all that was typed is entered, or nothing and what is wrong stands beside it."""
        course, rule = self._tested(request, object_id)
        people = registrations_of(course)
        page = Paginator(people, ON_A_PAGE).get_page(request.GET.get("page"))
        points = points_of([person.pk for person in page])
        posted = request.POST if request.method == "POST" else None
        lines = score_lines(page, points, posted)
        if posted is not None and self._enter(request, course, lines):
            return redirect(request.get_full_path())
        title = _("Results of the test: %(code)s") % {"code": course.code}
        return self._page(
            request,
            course,
            "admin/attendance/scores.html",
            title,
            lines=lines,
            page=page,
            held=rule,
            entered=len(points),
        )

    def _enter(self, request, course, lines) -> bool:
        """Whether all of it could be entered; else the lines and a message say why not."""
        problems = [line for line in lines if line.problem]
        wanted = {line.person.pk: line.wanted for line in lines if line.is_changed}
        if problems:  # all that is wrong is said at once
            wrong = plan_scores(course, wanted, actor=request.actor).wrong
            for line in lines:
                line.problem = line.problem or wrong.get(line.person.pk, "")
            problems = [line for line in lines if line.problem]
        else:
            try:
                changed = enter_scores(course, wanted, actor=request.actor)
            except ScoresRefused as refusal:
                for line in lines:
                    line.problem = refusal.sentences.get(line.person.pk, "")
                problems = [line for line in lines if line.problem]
            except Refusal as refusal:
                messages.error(request, refusal.sentence)
                return False
            else:
                messages.success(request, entered_in_words(len(changed)))
                return True
        messages.error(request, _nothing_saved(len(problems)))
        return False

    @method_decorator([require_POST, reauthentication_required])
    def scores_form(self, request, object_id):
        """The list of the class to be filled in; who took it is logged."""
        course, rule = self._tested(request, object_id)
        rows = score_rows(course)
        what = "bai-thu-hoach" if rule.test == Examination.ESSAY else "bai-kiem-tra"
        return _as_file(request, course, rows, name=f"{what}-{course.code}", title="Điểm")

    @method_decorator(reauthentication_required)
    def scores_import(self, request, object_id):
        """A file is chosen and shown; the page shown carries what the file said, signed, and enters it."""
        course, _rule = self._tested(request, object_id)
        if request.method == "POST" and "said" in request.POST:
            return self._apply_scores(request, course)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = ScoresFileForm(*posted)
        context: dict = {"form": form}
        if posted and form.is_valid():
            try:
                meant = meant_by(course, read_scores(form.cleaned_data["file"].read()))
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                context |= _preview(course, meant, request.actor)
        title = _("Read results in: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/scores_import.html", title, **context)

    def _apply_scores(self, request, course):
        try:
            points, shown = read_signed_points(course, request.actor, request.POST["said"])
            changed = enter_scores(course, points, actor=request.actor, shown=shown)
        except ScoresRefused:
            return self._shown_again(request, course, points, shown)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("admin:attendance_courseresult_scores_import", course.pk)
        messages.success(request, entered_in_words(len(changed)))
        return redirect("admin:attendance_courseresult_change", course.pk)

    def _shown_again(self, request, course, points, shown):
        """What cannot be entered any more since the file was shown, and what is left to be confirmed."""
        people = {person.pk: person.trainee.full_name for person in registrations_of(course).filter(pk__in=points)}
        places = {pk: people.get(pk, "?") for pk in points}
        rows = {where: row for row, where in enumerate(places.values())}
        context = _preview(course, Meant(points, people=len(people), places=places, rows=rows), request.actor, shown)
        messages.error(request, _nothing_saved(len(context["problems"])))
        title = _("Read results in: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/scores_import.html", title, **context)

    @method_decorator(require_POST)
    def results_export(self, request, object_id):
        """The results of the class with points, grades, sentences and special cases; who took them is logged."""
        course = self._course(request, object_id)
        _row, rule = rules_of([course.pk]).get(course.pk, (None, DEFAULT_RULE))
        rows = result_rows(candidates(course), measure=rule.measure, needs_test=rule.needs_test)
        return _as_file(request, course, rows, name=f"ket-qua-{course.code}", title="Kết quả")

    def _tested(self, request, object_id):
        """(the class, its rule) for its officers, when it has a test."""
        course = self._course(request, object_id)
        _row, rule = rules_of([course.pk]).get(course.pk, (None, DEFAULT_RULE))
        if not may_certify(request.actor, course) or not rule.needs_test:
            raise Http404
        return course, rule


def entered_in_words(count: int) -> str:
    if not count:
        return _("There was nothing to be changed.")
    text = ngettext("%(count)d result was entered.", "%(count)d results were entered.", count)
    return text % {"count": count}


def _nothing_saved(count: int) -> str:
    text = ngettext(
        "Nothing was saved: %(count)d entry is to be looked at.",
        "Nothing was saved: %(count)d entries are to be looked at.",
        count,
    )
    return text % {"count": count}


def _preview(course, meant, actor, shown=None) -> dict:
    """What the file would change, what stays out and why, and the same signed for the button."""
    plan = plan_scores(course, meant.points, actor=actor, shown=shown)
    sure = {pk: value for pk, value in plan.changed.items() if pk not in plan.wrong}
    problems = [*meant.problems, *((meant.places[pk], why) for pk, why in plan.wrong.items())]
    return {
        "meant": meant,
        "problems": sorted(problems, key=lambda problem: meant.rows[problem[0]]),
        "same": len(meant.points) - len(plan.changed),
        "changes": [(plan.people[pk], plan.stands.get(pk), value) for pk, value in sure.items()],
        "said": signed_points(course, actor, sure, plan.stands),
        "back": reverse("admin:attendance_courseresult_scores", args=[course.pk]),
    }


def _as_file(request, course, rows, *, name: str, title: str) -> HttpResponse:
    log_action(request.actor, "export marks", course, course=course, changes={"people": [None, len(rows) - 1]})
    return download(xlsx_table(rows, title=title), f"{name}.xlsx", XLSX)
