"""A half-day on the morning of the class: changed by one act, and what there is to hand over afterwards.

Each view takes the ModelAdmin of half-days. What the actor does not see, or may not change, is a 404.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.forms.moving import HALL, MovingForm
from courses.models import Session, SessionChange
from courses.rendering.door_notice import draw_door_notice
from courses.reports.changes import latest_change
from courses.reports.moving import door_notice_of, free_days, halls_for, handed_to_group, text_for_group
from courses.services.moving import note_text_to_group, relocate_session, take_back_change
from courses.services.schedule import reschedule_session


def urls(model_admin) -> list:
    def page(view, name):
        return path(
            f"<path:object_id>/{name}",
            model_admin.admin_site.admin_view(view(model_admin)),
            name=f"courses_session_{name.replace('-', '_')}",
        )

    return [
        page(reschedule, "reschedule"),
        page(changed, "changed"),
        page(notice, "notice"),
        page(take_back, "take-back"),
        page(sent_to_group, "sent-to-group"),
    ]


def reschedule(model_admin):
    def view(request, object_id):
        """Another hall, another hour, another day or none, and why."""
        session = session_of(model_admin, request, object_id)
        ways = {"session": session, "halls": halls_for(session, request.actor), "days": free_days(session)}
        chosen = {"what": request.GET.get("what", "")}
        form = MovingForm(request.POST if request.method == "POST" else None, initial=chosen, **ways)
        if form.is_bound and form.is_valid():
            try:
                _act(session, form.cleaned_data, request.actor)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return _told_or_overview(session)
        context = {
            "form": form,
            "reasons": form.reasons(),
            "others": list(session.course.sessions.held().filter(ends_at__gt=now()).exclude(pk=session.pk).in_order()),
            "media": model_admin.media + form.media,
        }
        return _page(model_admin, request, "reschedule", session, _("Change: %(half_day)s"), context)

    return view


def changed(model_admin):
    @require_safe
    def view(request, object_id):
        """All that follows from the last change of a half-day, at once: text, notice, who must hear of it, back."""
        session = session_of(model_admin, request, object_id)
        change = latest_change(session)
        if change is None:
            return HttpResponseRedirect(reverse("admin:courses_session_reschedule", args=[session.pk]))
        site = model_admin.admin_site
        expected = site.expected_at(session)
        context = {
            "change": change,
            "text": text_for_group(change, expected, now()),
            "handed": next(iter(handed_to_group(session.course, [change.pk])), None),
            "people": len(expected),
            "offices": len({registration.office_id for registration in expected}),
            "telling": site.telling_page(session.course),
            "media": model_admin.media,
        }
        return _page(model_admin, request, "changed", session, _("Changed: %(half_day)s"), context)

    return view


def notice(model_admin):
    @require_safe
    def view(request, object_id):
        """The paper for the door about the last change."""
        session = session_of(model_admin, request, object_id)
        change = latest_change(session)
        if change is None:
            raise Http404
        try:
            content = draw_door_notice(door_notice_of(change), timestamp=change.at)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(reverse("admin:courses_session_changed", args=[session.pk]))
        name = f"thong-bao-{session.course.code}-{session.date:%Y%m%d}.pdf"
        headers = {
            "Content-Disposition": content_disposition_header(False, name) or "inline",
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(content, content_type="application/pdf", headers=headers)

    return view


def take_back(model_admin):
    @require_POST
    def view(request, object_id):
        """The half-day stands again as before its last change; of that, too, people must hear."""
        session = session_of(model_admin, request, object_id)
        change = _change_of(session, request)
        try:
            take_back_change(change, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("The half-day stands again as before. Whoever was told must hear of it."))
        return HttpResponseRedirect(reverse("admin:courses_session_changed", args=[session.pk]))

    return view


def sent_to_group(model_admin):
    @require_POST
    def view(request, object_id):
        """The text was sent into the group: the pages of telling say so."""
        session = session_of(model_admin, request, object_id)
        try:
            noted = note_text_to_group(_change_of(session, request), actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("Noted: the text is in the group.") if noted else _("Nothing has changed."))
        return HttpResponseRedirect(reverse("admin:courses_session_changed", args=[session.pk]))

    return view


def session_of(model_admin, request, object_id: str) -> Session:
    """The half-day among those that the actor may change; else 404."""
    session = model_admin.get_object(request, object_id)
    if session is None or not model_admin.may_change(request.actor, session):
        raise Http404
    return session


def _change_of(session: Session, request) -> SessionChange:
    """The change (`change`) of this half-day that a page was about; else 404."""
    pk = row_id(request.POST.get("change", ""))
    change = SessionChange.objects.filter(session=session, pk=pk).select_related("session__course").first()
    if change is None:
        raise Http404
    return change


def _act(session: Session, said: dict, actor) -> None:
    if said["what"] == HALL:
        relocate_session(session, places=said["places"], why=said["said"], actor=actor)
    else:
        times = said.get("times", {})
        reschedule_session(session, actor=actor, why=said["said"], cancelled=said.get("cancelled", False), **times)


def _told_or_overview(session: Session) -> HttpResponseRedirect:
    """Of a draft nobody knows yet, so there is nobody to be told."""
    if session.changes.exists():
        return HttpResponseRedirect(reverse("admin:courses_session_changed", args=[session.pk]))
    return HttpResponseRedirect(reverse("admin:courses_course_overview", args=[session.course_id]) + "#schedule")


def _page(model_admin, request, template: str, session: Session, title: str, context: dict) -> TemplateResponse:
    common = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title % {"half_day": session},
        "session": session,
        "course": session.course,
    }
    return TemplateResponse(request, f"admin/courses/session/{template}.html", {**common, **context})
