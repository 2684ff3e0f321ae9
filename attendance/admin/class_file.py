"""The file of a class (hồ sơ lớp): its papers with their numbers and signed copies, and the whole as a ZIP."""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.admin.making import MakingPages
from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.forms.class_file import EntryForm, SignedFileForm, TakeOutForm
from attendance.models import ClassFile, ClassPaper
from attendance.reports.class_file import certificates_of, file_of_class, papers_in_file, pointing_to
from attendance.responses import download_any, download_zip, files_of_class
from attendance.rules.permissions import may_certify, may_file, may_see_eligibility
from attendance.services.class_papers import attach_signed, change_paper, file_paper, take_out_paper
from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal
from courses.services.records import check_scan_size, log_action, read_file


@admin.register(ClassFile)
class ClassFileAdmin(MakingPages, ScopedAdmin):
    """Organisers of the host from the draft on, and its certificate officers."""

    list_display = ["code", "title", "starts_on", "ends_on", "state"]
    list_display_links = ["code", "title"]
    list_filter = ["state"]
    search_fields = ["code", "title"]
    ordering = ["-starts_on", "-pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).hosted_for(request.actor)

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return may_see_eligibility(actor, obj)

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_classfile_"
        own = [
            path("<path:object_id>/papers/add", wrap(self.add_paper), name=f"{name}add_paper"),
            path("<path:object_id>/papers/<int:paper>", wrap(self.paper), name=f"{name}paper"),
            path("<path:object_id>/papers/<int:paper>/signed", wrap(self.signed), name=f"{name}signed"),
            path("<path:object_id>/papers/<int:paper>/take-out", wrap(self.take_out), name=f"{name}take_out"),
            path("<path:object_id>/papers/<int:paper>/<slug:which>-file", wrap(self.bytes_of), name=f"{name}bytes"),
            path("<path:object_id>/file.zip", wrap(self.as_zip), name=f"{name}zip"),
        ]
        return self.making_urls() + own + super().get_urls()

    @method_decorator(require_safe)
    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What the class needs, what is filed, what came in signed; the whole as one ZIP."""
        course = self._course(request, object_id)
        papers, rests = papers_in_file(course), pointing_to(course)
        filed = {kind: [paper for paper in papers if paper.kind == kind] for kind in MADE_KINDS}
        context = {
            "kinds": [(kind, kind.label, filed[kind]) for kind in MADE_KINDS],
            "papers": [(paper, rests.get(paper.pk, {})) for paper in papers],
            "beside": [one for one in file_of_class(course) if one.file and not one.is_paper],
            "certificates": certificates_of(course).count(),
            "decides": may_certify(request.actor, course),
        }
        title = _("Class file: %(code)s") % {"code": course.code}
        return self._page(request, course, "admin/attendance/class_file.html", title, **context)

    def add_paper(self, request, object_id):
        course = self._filing(request, object_id)
        kind = request.GET.get("kind", "")
        initial = {"kind": kind if kind in ClassPaperKind.values else ClassPaperKind.OTHER}
        form = EntryForm(*_posted(request), initial=initial)
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                content = _read(upload) if upload else b""
                name = upload.name if upload else ""
                file_paper(course, form.entry(), actor=request.actor, content=content, name=name)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self._filed(request, course, _("The paper was put into the class file."))
        title = _("Put a paper into the class file")
        return self._page(request, course, "admin/attendance/class_file_add.html", title, form=form)

    def paper(self, request, object_id, paper):
        """What the file says of a paper, put right here; its signed copy; taking it out."""
        course = self._filing(request, object_id)
        found = self._paper(request, course, paper)
        said = {name: getattr(found, name) for name in ("number", "date", "summary", "author")}
        form = EntryForm(request.POST or None, kind=found.kind, initial=said)
        if request.method == "POST" and form.is_valid():
            try:
                change_paper(found, form.entry(), actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self._filed(request, course, _("The class file was put right."))
        return self._paper_page(request, course, found, form=form)

    @method_decorator(require_POST)
    def signed(self, request, object_id, paper):
        course = self._filing(request, object_id)
        found = self._paper(request, course, paper)
        form = SignedFileForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["signed"]
            try:
                attach_signed(found, _read(upload), name=upload.name, actor=request.actor)
            except Refusal as refusal:
                form.add_error("signed", refusal.sentence)
            else:
                return self._filed(request, course, _("The signed copy was put beside the paper."))
        return self._paper_page(request, course, found, signed=form)

    @method_decorator(require_POST)
    def take_out(self, request, object_id, paper):
        course = self._filing(request, object_id)
        found = self._paper(request, course, paper)
        form = TakeOutForm(request.POST)
        if form.is_valid():
            try:
                take_out_paper(found, why=form.cleaned_data["why"], actor=request.actor)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self._filed(request, course, _("The paper was taken out of the class file. The log keeps it."))
        return self._paper_page(request, course, found, take_out=form)

    @method_decorator(require_safe)
    def bytes_of(self, request, object_id, paper, which):
        course = self._course(request, object_id)
        found = self._paper(request, course, paper)
        file = {"made": found.file, "signed": found.signed}.get(which)
        if file is None:
            raise Http404
        return download_any(read_file(file), file.media_type, f"{found.kind}-{course.code}")

    @method_decorator([require_POST, reauthentication_required])
    def as_zip(self, request, object_id):
        """Every paper of the class with the index; who took it is logged."""
        course = self._course(request, object_id)
        files = files_of_class(course)
        log_action(request.actor, "export class file", course, course=course)
        return download_zip(files, f"ho-so-lop-{course.code}.zip")

    def _course(self, request, object_id):
        course = self.get_object(request, object_id)
        if course is None or not may_see_eligibility(request.actor, course):
            raise Http404
        return course

    def _filing(self, request, object_id):
        course = self._course(request, object_id)
        if not may_file(request.actor, course):
            raise Http404
        return course

    def _paper(self, request, course, pk) -> ClassPaper:
        papers = ClassPaper.objects.visible_to(request.actor).filter(course=course, removed_at__isnull=True)
        return get_object_or_404(papers.select_related("file", "signed"), pk=min(pk, 2**63 - 1))

    def _paper_page(self, request, course, paper, **forms):
        said = {name: getattr(paper, name) for name in ("number", "date", "summary", "author")}
        context = {
            "paper": paper,
            "form": EntryForm(kind=paper.kind, initial=said),
            "signed": SignedFileForm(),
            "take_out": TakeOutForm(),
            **forms,
        }
        return self._page(request, course, "admin/attendance/class_file_paper.html", str(paper), **context)

    def _filed(self, request, course, sentence):
        messages.success(request, sentence)
        return redirect("admin:attendance_classfile_change", course.pk)

    def _page(self, request, course, template, title, **context):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "course": course,
            "may_file": may_file(request.actor, course),
        }
        return TemplateResponse(request, template, context)


def _posted(request):
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _read(upload) -> bytes:
    check_scan_size(upload.size)
    return upload.read()
