"""The list builder of a class: what stands on a list is chosen, looked at, taken out, kept for other classes."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from attendance.forms.lists import ChoiceForm, NameForm, SpeakersForm
from attendance.models import ListForm
from attendance.rendering import list_excel, list_word
from attendance.rendering.list_paper import ListPaper, said, total_cells
from attendance.reports.lists import Made, people_list, refuse_empty
from attendance.reports.money_lists import money_list, speakers_list, speakers_of
from attendance.responses import download
from attendance.rules.lists import MASKED, ListChoice, ListKind, Only, without_class
from attendance.rules.permissions import may_keep_lists
from attendance.services.lists import delete_list_form, rename_list_form, save_list_form
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.constants.media_types import DOCX, XLSX
from courses.constants.printing import STAND_IN
from courses.rendering.word_pdf import pdf_of
from courses.services.records import log_action

#: Lines of the list that are shown on the page.
SHOWN = 12
_NAMES = {ListKind.PEOPLE: "danh-sach", ListKind.MONEY: "ky-nhan-tien", ListKind.SPEAKERS: "bao-cao-vien"}


class ListPages:
    """For the admin of a class's results: for the organisers and officers of the host."""

    def list_urls(self):
        wrap, name = self.admin_site.admin_view, "attendance_courseresult_"
        return [
            path("<path:object_id>/lists", wrap(self.lists), name=f"{name}lists"),
            path("<path:object_id>/lists/file", wrap(self.list_file), name=f"{name}list_file"),
            path("<path:object_id>/lists/keep", wrap(self.keep_list), name=f"{name}keep_list"),
            path("<path:object_id>/lists/kept/<int:kept>", wrap(self.kept_list), name=f"{name}kept_list"),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def lists(self, request, object_id):
        """What can be chosen, and how the list begins: of what is proposed, of a kept list, of what was typed."""
        course = self._course(request, object_id)
        if request.method == "POST":
            return _Builder(self, request, course, request.POST).page()
        kept = _kept(request, course, request.GET.get("form", ""))
        choice = ListChoice.from_json(kept.form) if kept else None
        return _Builder(self, request, course, None, kept=kept, choice=choice).page()

    @method_decorator(require_POST)
    def list_file(self, request, object_id):
        """The list as Excel, Word or PDF; who takes telephones or addresses out is asked again who is there."""
        course = self._course(request, object_id)
        builder = _Builder(self, request, course, request.POST)
        if not builder.is_valid():
            return builder.page()
        reaches = any(column.key in MASKED for column in builder.form.choice().columns)
        return self._list_of_addresses(request, builder) if reaches else self._list_taken_out(request, builder)

    @method_decorator(reauthentication_required)
    def _list_of_addresses(self, request, builder):
        return self._list_taken_out(request, builder)

    def _list_taken_out(self, request, builder):
        """Logged, with the personal columns."""
        course, choice = builder.course, builder.form.choice()
        try:
            made = builder.made()
            refuse_empty(made)
            answer = _as_file(made.paper, builder.kind, course, request.POST.get("as", ""))
        except Refusal as refusal:
            return builder.refused(refusal)
        changes = {"title": [None, choice.title], "count": [None, made.people]}
        if choice.personal:
            changes["fields"] = choice.personal
        log_action(request.actor, "export list", course, course=course, changes=changes)
        return answer

    @method_decorator(require_POST)
    def keep_list(self, request, object_id):
        """Kept under the name that was typed, for every class of the host."""
        course = self._course(request, object_id)
        builder = _Builder(self, request, course, request.POST)
        if not builder.is_valid():
            return builder.page()
        choice = without_class(builder.form.choice(), course.code, course.title)
        try:
            kept = save_list_form(
                course.host_office, choice, name=request.POST.get("name", ""), actor=request.actor, form=builder.kept
            )
        except Refusal as refusal:
            return builder.refused(refusal)
        messages.success(request, _("The list was kept as “%(name)s”.") % {"name": kept.name})
        return redirect(f"{reverse('admin:attendance_courseresult_lists', args=[course.pk])}?form={kept.pk}")

    @method_decorator(require_POST)
    def kept_list(self, request, object_id, kept):
        """A kept list gets another name, or is deleted."""
        course = self._course(request, object_id)
        form = get_object_or_404(_kept_lists(request, course), pk=min(kept, 2**63 - 1))
        try:
            if "delete" in request.POST:
                delete_list_form(form, actor=request.actor)
                messages.success(request, _("The list “%(name)s” was deleted.") % {"name": form.name})
            else:
                renamed = rename_list_form(form, name=request.POST.get("name", ""), actor=request.actor)
                messages.success(request, _("The list is now called “%(name)s”.") % {"name": renamed.name})
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return redirect("admin:attendance_courseresult_lists", course.pk)


class _Builder:
    """One request to the page: its forms, and the list that they make."""

    def __init__(self, admin, request, course, data, *, kept=None, choice=None):
        self.admin, self.request, self.course = admin, request, course
        asked = (data or request.GET).get("kind", "") if choice is None else choice.kind
        self.kind = ListKind(asked) if asked in ListKind.values else ListKind.PEOPLE
        self.kept = kept if data is None else _kept(request, course, data.get("form", ""))
        self.form = ChoiceForm(data, course=course, kind=self.kind, choice=choice)
        self.speakers = None
        if self.kind == ListKind.SPEAKERS:
            self.speakers = SpeakersForm(data, speakers=speakers_of(course)[0])

    def is_valid(self) -> bool:
        """Both are looked at, so that all that is wrong is said at once."""
        valid = self.form.is_valid()
        return (self.speakers is None or self.speakers.is_valid()) and valid

    def made(self) -> Made:
        """The list as it goes into a file, of forms without errors."""
        return self._made(self.form.choice(), self._only())

    def refused(self, refusal: Refusal):
        self.form.add_error(None, refusal.sentence)
        return self.page()

    def page(self):
        shown, problem = self._shown()
        course, request = self.course, self.request
        title = _("Lists: %(code)s") % {"code": course.code}
        context = {
            "kind": self.kind,
            "kinds": [(kind, kind.label) for kind in ListKind],
            "formats": [("xlsx", "Excel"), ("docx", "Word"), ("pdf", "PDF")],
            "form": self.form,
            "speakers": self.speakers,
            "kept": self.kept,
            "kept_lists": list(_kept_lists(request, course)),
            "may_keep": may_keep_lists(request.actor, course.host_office),
            "name_form": NameForm(initial={"name": self.kept.name if self.kept else ""}),
            "shown": shown,
            "problem": problem,
        }
        return self.admin._page(request, course, "admin/attendance/lists.html", title, **context)

    def _shown(self) -> tuple[dict | None, str]:
        """The beginning of the list for the page, telephones and addresses in part; or why there is none."""
        if self.form.is_bound:
            if not self.is_valid():
                return None, ""
            choice, only = self.form.choice(), self._only()
        else:
            choice, only = self.form.start, Only()
            if self.kind != ListKind.PEOPLE and not choice.rate:
                return None, _("Please type the rate, then look at the list.")
        try:
            made = self._made(choice, only, masked=True)
            refuse_empty(made)
        except Refusal as refusal:
            return None, str(refusal)
        return _as_table(made), ""

    def _made(self, choice: ListChoice, only: Only, *, masked: bool = False) -> Made:
        if self.kind == ListKind.MONEY:
            return money_list(self.course, choice, only)
        if self.kind == ListKind.SPEAKERS:
            return speakers_list(self.course, choice, only)
        return people_list(self.course, choice, only, masked=masked)

    def _only(self) -> Only:
        return Only(speakers=self.speakers.said()) if self.speakers else self.form.only()


def _as_table(made: Made) -> dict:
    """{heads, lines: (kind, [(text, columns that it takes)]), left: lines not shown, below, notes}."""
    paper = made.paper
    lines = []
    for line in paper.lines[:SHOWN]:
        taken, values = 0, line.cells
        cells: list[tuple[str, int]] = []
        if line.kind == "group":
            taken, values = len(paper.heads), ()
            cells = [(str(line.cells[0]), taken)]
        elif line.kind == "total":
            taken, values = total_cells(line, len(paper.heads))
            cells = [(str(line.cells[0]), taken)]
        pairs = zip(values, paper.heads[taken:], strict=True)
        lines.append((line.kind, [*cells, *((said(value, head), 1) for value, head in pairs)]))
    heads = [f"{head.over}: {head.title}" if head.over else head.title for head in paper.heads]
    left = len(paper.lines) - len(lines)
    return {"heads": heads, "lines": lines, "left": left, "below": paper.below, "notes": made.notes}


def _as_file(paper: ListPaper, kind: ListKind, course, wanted: str) -> HttpResponse:
    name = f"{_NAMES[kind]}-{course.code}"
    if wanted == "xlsx":
        return download(list_excel.list_excel(paper), f"{name}.xlsx", XLSX)
    word = list_word.list_word(paper)
    if wanted == "docx":
        return download(word, f"{name}.docx", DOCX)
    if wanted != "pdf":
        raise Http404
    pdf = pdf_of(word, title=paper.title, author=paper.body, timestamp=now(), instead=STAND_IN)
    return download(pdf, f"{name}.pdf")


def _kept_lists(request, course):
    return ListForm.objects.visible_to(request.actor).filter(host=course.host_office).order_by("name")


def _kept(request, course, pk: str) -> ListForm | None:
    """The kept list that was asked for; one of another host is none, as is one that was deleted meanwhile."""
    number = row_id(pk)
    return _kept_lists(request, course).filter(pk=number).first() if number else None
