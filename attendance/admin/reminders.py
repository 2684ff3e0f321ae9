"""Reminding offices whose list is late: texts to copy or to print, and who was told."""

from uuid import uuid4

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from attendance.forms.marks import read_submission
from courses.constants import links
from courses.constants.errors import Refusal
from courses.constants.telling import LINK
from courses.rendering.qr import qr_svg
from courses.reports.offices_of_class import Board, OfficeRow, board
from courses.reports.reminders import letters, mail_link, recipients, text_for_all
from courses.services.answers import set_told
from courses.services.messages import approve_letters
from courses.services.records import log_action
from courses.tasks.sending import approved


class ReminderPages:
    """For the admin of a class, beside `LinkPages`. Letters hold the offices' links, so they are handed out as links
    are: who is there is asked again, they are shown on demand (POST) and logged. The text for all holds none."""

    def reminder_urls(self):
        wrap, asked = self.admin_site.admin_view, reauthentication_required
        name = "attendance_courseresult_"
        return [
            path("<path:object_id>/remind", wrap(asked(require_safe(self.remind))), name=f"{name}remind"),
            path(
                "<path:object_id>/remind/letters",
                wrap(asked(require_POST(self.remind_letters))),
                name=f"{name}remind_letters",
            ),
            path(
                "<path:object_id>/remind/send", wrap(asked(require_POST(self.remind_send))), name=f"{name}remind_send"
            ),
            path("<path:object_id>/remind/told", wrap(require_POST(self.remind_told)), name=f"{name}remind_told"),
        ]

    def remind(self, request, object_id):
        """The offices whose list is to come; below them those that sent fewer people than they have seats."""
        course = self._organising(request, object_id)
        shown = board(course)
        title = _("Remind late offices: %(code)s") % {"code": course.code}
        return self._page(
            request,
            course,
            "admin/attendance/remind.html",
            title,
            rows=[*shown.late, *shown.short],
            late=len(shown.late),
            text=text_for_all(shown, shown.late),
        )

    def remind_letters(self, request, object_id):
        """A letter with the office's own address and QR, for one office (`office`) or for all that are late."""
        course = self._organising(request, object_id)
        if course.list_final_at:
            return redirect("admin:attendance_courseresult_remind", course.pk)  # which says why
        shown = board(course)
        rows = _asked_for(request, shown)
        addresses = {
            row.office.pk: links.office_page(row.answer.pk, row.answer.link_version) for row in rows if row.answer.pk
        }
        found = letters(shown, rows, addresses)
        to = recipients(rows, request.actor)
        cards = [
            {
                "letter": letter,
                "qr": qr_svg(addresses[letter.row.office.pk]) if letter.row.office.pk in addresses else "",
                "to": to.get(letter.row.office.pk, []),
                "mail": mail_link(letter, to[letter.row.office.pk]) if letter.row.office.pk in to else "",
            }
            for letter in found
        ]
        log_action(request.actor, "show links", course, course=course, changes={"count": [None, len(addresses)]})
        title = _("Letters to late offices: %(code)s") % {"code": course.code}
        context = {"cards": cards, "submission": uuid4(), "email_used": settings.EMAIL_USED}
        context["mails"] = sum(len(to.get(row.office.pk, [])) for row in rows if row.answer.pk)
        return self._page(request, course, "admin/attendance/remind_letters.html", title, **context)

    def remind_send(self, request, object_id):
        """The letters of the offices that the page showed (`shown`) to all addresses of their coordinators, in the
        background; an office counts as told once one has left."""
        course = self._organising(request, object_id)
        shown = board(course)
        asked = set(request.POST.getlist("shown"))
        rows = [row for row in shown.rows if str(row.office.pk) in asked and row.answer.pk]
        to = recipients(rows, request.actor)
        found = letters(shown, rows, {row.office.pk: LINK for row in rows})
        ready = [
            (one.row.answer, address, one.subject, one.text)
            for one in found
            for address in to.get(one.row.office.pk, [])
        ]
        try:
            if not settings.EMAIL_USED:
                raise Refusal(_("No e-mail is sent from here: EMAIL_URL is not set."))
            act = read_submission(request.POST)
            made = approved(lambda: approve_letters(course, ready, act=act, actor=request.actor))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("admin:attendance_courseresult_remind", course.pk)
        text = ngettext("%(number)d e-mail is on its way.", "%(number)d e-mails are on their way.", len(made))
        messages.success(request, text % {"number": len(made)})
        return redirect("admin:attendance_courseresult_messages", course.pk)

    def remind_told(self, request, object_id):
        """Ticks who was told: of the offices that the page showed (`shown`) those that are ticked (`told`)."""
        course = self._organising(request, object_id)
        ticked = set(request.POST.getlist("told"))
        concerned = {row.office.pk for row in board(course).rows}
        told = {pk: str(pk) in ticked for pk in concerned if str(pk) in request.POST.getlist("shown")}
        changed = set_told(course, told, actor=request.actor)
        text = ngettext("Saved: %(number)d office.", "Saved: %(number)d offices.", changed)
        messages.success(request, text % {"number": changed} if changed else _("Nothing has changed."))
        return redirect("admin:attendance_courseresult_remind", course.pk)


def _asked_for(request, shown: Board) -> list[OfficeRow]:
    """The office that is posted, whatever its answer; all late ones when none is."""
    asked = request.POST.get("office", "")
    if not asked:
        return shown.late
    found = [row for row in shown.rows if str(row.office.pk) == asked]
    if not found:
        raise Http404
    return found
