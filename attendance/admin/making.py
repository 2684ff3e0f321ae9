"""The papers of a class as files: one click each, or with signer, number and date said before; all of them as a ZIP."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from attendance.constants import MADE_KINDS, UNNUMBERED_KINDS, ClassPaperKind
from attendance.forms.making import MakingForm
from attendance.forms.report_words import ReportWordsForm
from attendance.models import ReportWords
from attendance.reports.class_papers.every_paper import Asked, number_in_full
from attendance.reports.paper_sheets import class_in_words
from attendance.responses import download, download_zip
from attendance.services.class_papers import Entry, file_paper
from attendance.services.making_papers import made_paper, whole_set
from attendance.services.report_words import set_report_words
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.media_types import DOCX, PDF
from courses.rules.permissions import may_organise
from courses.services.records import log_action


class MakingPages:
    """For the admin of class files. What is made is logged; for the links of offices who is there is asked again."""

    def making_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_classfile_"
        return [
            path("<path:object_id>/make/all.zip", wrap(self.make_all), name=f"{name}make_all"),
            path("<path:object_id>/make/report/words", wrap(self.report_words), name=f"{name}report_words"),
            path("<path:object_id>/make/<slug:kind>", wrap(self.make), name=f"{name}make"),
        ]

    def make(self, request, object_id, kind):
        """`word` or `pdf` in the post: the file; `keep`: the PDF goes into the class file with its number and date."""
        course = self._course(request, object_id)
        if kind not in MADE_KINDS or kind == ClassPaperKind.DECISION:
            raise Http404  # the decision has a page of its own, which says who decides by what
        posted = request.POST if request.method == "POST" else None
        links = may_organise(request.actor, course)
        form = MakingForm(posted, course=course, kind=kind, may_show_links=links)
        words = self._words(request, course) if kind == ClassPaperKind.REPORT and links else None
        if request.method == "POST" and form.is_valid() and not (words and words.errors):
            try:
                said = form.said()
                if "keep" in posted and said.get("with_links"):
                    # Others than organisers read the file, and in the archive nobody needs them.
                    raise Refusal(
                        _("The letter with the links of offices is only for sending. Please file it without.")
                    )
                make = self._made_with_links if said.get("with_links") else self._made
                return make(request, course, kind, said)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
        context = {"kind": ClassPaperKind(kind), "form": form, "words": words}
        title = str(ClassPaperKind(kind).label)
        return self._page(request, course, "admin/attendance/class_file_make.html", title, **context)

    def _words(self, request, course):
        """What the office writes itself: saved by the click that makes the report, which would else go out without."""
        if "assessment" not in request.POST:  # the report by one click, from the page of the class file
            return ReportWordsForm(instance=ReportWords.objects.filter(course=course).first())
        form = ReportWordsForm(request.POST)
        if form.is_valid():
            set_report_words(course, actor=request.actor, **form.cleaned_data)
        return form

    @method_decorator(reauthentication_required)
    def _made_with_links(self, request, course, kind, said):
        return self._made(request, course, kind, said)

    def _made(self, request, course, kind, said):
        name, content = made_paper(course, kind, at=now(), as_word="word" in request.POST, **said)
        if said.get("with_links"):
            log_action(request.actor, "show links", course, course=course)
        if "keep" in request.POST:
            return self._kept(request, course, kind, said, (name, content))
        log_action(request.actor, "make paper", course, course=course, changes={"kind": [None, kind]})
        return download(content, name, DOCX if "word" in request.POST else PDF)

    def _kept(self, request, course, kind, said, file):
        number, date = said.get("number", ""), said.get("date")
        if not date and kind in UNNUMBERED_KINDS:
            raise Refusal(_("To put the paper into the file, please enter its date."))
        if not date or not (number or kind in UNNUMBERED_KINDS):
            raise Refusal(_("To put the paper into the file, please enter its number and date."))
        name, content = file
        number = number and number_in_full(Asked(course, kind, now(), number=number, date=date))
        entry = Entry(kind, number, date, class_in_words(course))
        file_paper(course, entry, actor=request.actor, content=content, name=name)
        return self._filed(request, course, _("The paper was put into the class file."))

    @method_decorator(require_POST)
    def make_all(self, request, object_id):
        """Everything that a class needs, as Word and as PDF, without the links of offices."""
        course = self._course(request, object_id)
        try:
            files = whole_set(course, at=now())
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect("admin:attendance_classfile_change", course.pk)
        log_action(request.actor, "make paper", course, course=course, changes={"kind": [None, "all"]})
        return download_zip(files, f"van-ban-lop-{course.code}.zip")

    @method_decorator(require_POST)
    def report_words(self, request, object_id):
        course = self._course(request, object_id)
        if not may_organise(request.actor, course):
            raise Http404
        form = ReportWordsForm(request.POST)
        if form.is_valid():
            set_report_words(course, actor=request.actor, **form.cleaned_data)
            messages.success(request, _("The words of the report were saved."))
        return redirect("admin:attendance_classfile_make", course.pk, ClassPaperKind.REPORT)
