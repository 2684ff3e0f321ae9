"""Marks read in from the Excel file of a class: chosen, shown, applied."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.constants import MarkState
from attendance.forms.table import MarksFileForm, read_signed_states, signed_states
from attendance.readers.attendance_file import read_marks
from attendance.reports.attendance_file import meant_by
from attendance.rules.permissions import may_mark
from attendance.services.mark_import import import_marks, plan_import
from attendance.services.table import act_of
from courses.constants.errors import Refusal
from courses.models import Registration

#: So many names are shown of those that disagree in one half-day.
NAMED = 200


class MarkImportPages:
    """For the admin of a class's results: for those who may mark the class."""

    def mark_import_urls(self):
        view, name = self.admin_site.admin_view(self.table_import), "attendance_courseresult_table_import"
        return [path("<path:object_id>/table/import", view, name=name)]

    def table_import(self, request, object_id):
        """A file is chosen and shown; the page shown carries what the file said, signed, and applies it."""
        course = self._course(request, object_id)
        if not may_mark(request.actor, course):
            raise Http404
        if request.method == "POST" and "said" in request.POST:
            return self._apply_marks(request, course)
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = MarksFileForm(*posted)
        context: dict = {"form": form}
        if posted and form.is_valid():
            try:
                read = read_marks(form.cleaned_data["file"].read())
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                context |= _preview(course, read, request.actor)
        title = _("Read marks in: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/mark_import.html", title, **context)

    def _apply_marks(self, request, course):
        try:
            submission, said = read_signed_states(course, request.actor, request.POST["said"])
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:attendance_courseresult_table_import", course.pk)
        for session in course.sessions.filter(pk__in=said).in_order():
            try:
                plan = import_marks(session, said[session.pk], actor=request.actor, act=act_of(submission, session))
            except Refusal as refusal:
                messages.error(request, f"{session}: {refusal}")
            else:
                messages.success(request, f"{session}: {_done_in_words(plan)}")
        return redirect("admin:attendance_courseresult_table", course.pk)


def _preview(course, read, actor) -> dict:
    """What the file would do in each half-day, what was not understood, and the same signed for the button."""
    meant = meant_by(course, read)
    sessions = course.sessions.in_bulk(meant.states)
    plans, sure = [], {}
    for session in sorted(sessions.values(), key=lambda one: (one.starts_at, one.pk)):
        states = meant.states[session.pk]
        try:
            plan = plan_import(session, states, actor=actor)
        except Refusal as refusal:
            plans.append({"session": session, "refused": str(refusal)})
        else:
            plans.append({"session": session, "plan": plan})
            sure[session.pk] = plan.changed
    people = (
        Registration.objects.filter(course=course)
        .select_related("trainee")
        .in_bulk({pk for one in plans if "plan" in one for pk in one["plan"].disagreeing})
    )
    for one in plans:
        if "plan" in one:
            one["named"] = [_disagreement(people[pk], one["plan"], pk) for pk in list(one["plan"].disagreeing)[:NAMED]]
    return {
        "read": read,
        "meant": meant,
        "plans": plans,
        "changes": sum(map(len, sure.values())),
        "said": signed_states(course, actor, {pk: states for pk, states in sure.items() if states}),
    }


def _disagreement(person, plan, pk) -> dict:
    stands = plan.standing.get(pk, "")
    return {
        "person": person,
        "stands": MarkState(stands).label if stands else _("Not marked yet"),
        "said": MarkState(plan.disagreeing[pk]).label,
    }


def _done_in_words(plan) -> str:
    changed = len(plan.changed)
    if not changed:
        return _("nothing to be changed")
    if plan.closed:
        text = ngettext(
            "%(count)d entry was kept and waits for a decision, since attendance is closed",
            "%(count)d entries were kept and wait for a decision, since attendance is closed",
            changed,
        )
        return text % {"count": changed}
    disputed = sum(plan.standing.get(pk) == MarkState.DISPUTED for pk in plan.changed)
    text = ngettext("%(count)d mark was read in", "%(count)d marks were read in", changed) % {"count": changed}
    if disputed:
        text += ", " + ngettext(
            "%(count)d of them awaits a decision", "%(count)d of them await a decision", disputed
        ) % {"count": disputed}
    return text
