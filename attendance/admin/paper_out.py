"""The papers of a class as they leave the house: one file to print, a ZIP, the list to sign, the decision.

Each is asked for again who is there, and logged.
"""

import tempfile

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.constants import ClassPaperKind
from attendance.forms.paper_out import DecisionForm
from attendance.models import ClassPaper
from attendance.rendering.certificate import merge_into
from attendance.rendering.hand_over_list import draw_hand_over_list
from attendance.reports.handing_over import in_hands_of
from attendance.reports.paper_out import frozen_papers
from attendance.reports.paper_sheets import class_in_words, hand_over_list_of, named_people
from attendance.responses import download, download_zip, frozen_bytes, named_bytes
from attendance.services.class_papers import keep_decision
from attendance.services.making_papers import made_decision
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.media_types import DOCX, PDF
from courses.services.records import log_action, read_file


class PaperOutPages:
    """For the admin of a class's results: for officers; the list to sign also for organisers of the host."""

    def paper_out_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        return [
            path("<path:object_id>/papers.pdf", wrap(self.papers), name=f"{name}papers"),
            path("<path:object_id>/papers.zip", wrap(self.papers_zip), name=f"{name}papers_zip"),
            path("<path:object_id>/hand-over.pdf", wrap(self.hand_over_list), name=f"{name}hand_over_list"),
            path("<path:object_id>/decision", wrap(self.decision), name=f"{name}decision"),
            path(
                "<path:object_id>/decision/<int:paper>", wrap(require_safe(self.class_paper)), name=f"{name}class_paper"
            ),
        ]

    @method_decorator([require_POST, reauthentication_required])
    def papers(self, request, object_id):
        """The frozen papers of the class in register order, as one file for the printer."""
        course = self._certifying(request, object_id)
        papers = self._taken_out(request, course)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        merge_into(file, (content for _paper, content in frozen_bytes(papers)))
        file.seek(0)
        name = f"giay-chung-nhan-{course.code}.pdf"
        return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")

    @method_decorator([require_POST, reauthentication_required])
    def papers_zip(self, request, object_id):
        """Each frozen paper as a file of its own, named by number and person."""
        course = self._certifying(request, object_id)
        papers = self._taken_out(request, course)
        return download_zip(named_bytes(papers), f"giay-chung-nhan-{course.code}.zip")

    @method_decorator([require_POST, reauthentication_required])
    def hand_over_list(self, request, object_id):
        """The list on which people sign when they get their papers."""
        course = self._course(request, object_id)
        papers = in_hands_of(course)
        if not papers:
            raise Http404
        log_action(request.actor, "export papers", course, course=course, changes={"count": [None, len(papers)]})
        pdf = draw_hand_over_list(hand_over_list_of(course, papers, day=today()), timestamp=now())
        return download(pdf, f"danh-sach-ky-nhan-{course.code}.pdf")

    @method_decorator(reauthentication_required)
    def decision(self, request, object_id):
        """The decision with its list: as a draft to be signed, then kept with its number and date."""
        course = self._certifying(request, object_id)
        named = named_people(course)
        posted = request.POST if request.method == "POST" else None
        form = DecisionForm(posted, course=course, reachable=named.reachable)
        if request.method == "POST" and form.is_valid():
            try:
                return self._decision_form(request, course, form)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        papers = ClassPaper.objects.visible_to(request.actor).filter(course=course, kind=ClassPaperKind.DECISION)
        kept = papers.filter(removed_at__isnull=True).order_by("-pk")
        title = _("Decision on certificates: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/decision.html", title, form=form, kept=kept, named=named)

    def class_paper(self, request, object_id, paper):
        course = self._course(request, object_id)
        papers = ClassPaper.objects.visible_to(request.actor).filter(course=course, file__isnull=False)
        found = get_object_or_404(papers.select_related("file"), pk=min(paper, 2**63 - 1))
        return download(read_file(found.file), f"quyet-dinh-{course.code}.pdf")

    def _decision_form(self, request, course, form):
        said = form.said()
        as_word = "word" in request.POST and "keep" not in request.POST
        name, content = made_decision(course, at=now(), as_word=as_word, **said)
        if "keep" not in request.POST:
            log_action(request.actor, "export papers", course, course=course, changes={"count": [None, 1]})
            return download(content, name, DOCX if as_word else PDF)
        keep_decision(
            course,
            content,
            actor=request.actor,
            number=said["number"],
            date=said["date"],
            summary=class_in_words(course),
        )
        messages.success(request, _("The decision was kept; its number is proposed for the certificates of the class."))
        return redirect("admin:attendance_courseresult_decision", course.pk)

    def _taken_out(self, request, course):
        papers = frozen_papers(course, request.actor)
        count = papers.count()
        if not count:
            raise Http404
        log_action(request.actor, "export papers", course, course=course, changes={"count": [None, count]})
        return papers
