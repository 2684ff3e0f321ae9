"""Taking in the lists that offices send: the preview with every row, registering, the result."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.admin.roster_pages import RosterPages
from courses.admin.roster_preview import listed, place_of, questions
from courses.admin.roster_upload import STILL_UNREAD, UploadPages, preview_address, reading_address
from courses.admin.scoped import ScopedAdmin
from courses.constants.choices import BatchState
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.forms.rosters import decisions_of
from courses.models import Course, ImportBatch, Office
from courses.rules.permissions import may_plan_classes, may_work_on_roster
from courses.services.rosters.deciding import decide_moves, decide_rows, say_office
from courses.services.rosters.rows import Outcome, outcome_of
from courses.tasks.applying import apply_now_or_later


@admin.register(ImportBatch)
class ImportBatchAdmin(UploadPages, RosterPages, ScopedAdmin):
    list_display = ["file_name", "course", "kept_by", "uploaded_by", "uploaded_at", "state"]
    list_filter = ["state"]
    list_select_related = ["course", "kept_by", "uploaded_by"]
    search_fields = ["file_name", "course__code"]

    def may_view(self, actor) -> bool:
        return actor.is_superuser or bool(actor.organises)

    def may_add(self, actor) -> bool:
        return False  # a roster belongs to a class: it is uploaded on the page of the class

    def may_change(self, actor, obj) -> bool:
        return False

    def get_urls(self):
        return [*self.upload_urls(), *self.roster_urls(), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, {"may_take_in": may_plan_classes(request.actor), **(extra_context or {})}
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.get_object(request, object_id)
        if batch is None or not self.has_view_permission(request, batch):
            raise Http404
        if batch.state in STILL_UNREAD:
            return HttpResponseRedirect(reading_address(batch))
        if request.method == "POST":
            return self._posted(request, batch)
        counts = batch.rows.counted()
        context = {"batch": batch, "course": batch.course, "title": batch.file_name, "counts": counts}
        may_work = may_work_on_roster(request.actor, batch)
        try:
            context |= listed(batch, request.GET, request.actor, counts)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(reverse("admin:courses_importbatch_changelist"))
        open_ = batch.course is None or batch.course.is_open_to_change
        context |= {
            "outcome": outcome_of(batch) if batch.state in (BatchState.APPLIED, BatchState.UNDONE) else None,
            "questions": questions(batch) if batch.state == BatchState.READ and may_work else [],
            "offices": _choosable(batch) if batch.state == BatchState.READ and may_work and counts["wrong"] else [],
            "may_work": may_work,
            "may_apply": may_work and batch.state == BatchState.READ,
            "is_open": open_,
            "may_undo": may_work and open_ and batch.state == BatchState.APPLIED,
        }
        return self._page(request, "admin/courses/importbatch/preview.html", context)

    def _posted(self, request, batch: ImportBatch):
        """Every button of the page keeps what was chosen; one of them applies the list."""
        if not may_work_on_roster(request.actor, batch):
            raise PermissionDenied
        posted, where = request.POST, HttpResponseRedirect(preview_address(batch))
        try:
            if batch.state == BatchState.READ:
                decide_rows(batch, decisions_of(posted), actor=request.actor)
            if "apply" in posted:
                self._apply(request, batch)
            elif posted.get("moves") in ("go", "stay"):
                self._move_all(request, batch, move=posted["moves"] == "go")
            elif "answer" in posted:
                self._say_office(request, batch)
            elif row := row_id(posted.get("mend", "")):
                return HttpResponseRedirect(reverse("admin:courses_importbatch_row", args=[batch.pk, row]))
            else:
                place = QueryDict(posted.get("go", ""), mutable=True)
                place["q"] = posted.get("q", "")
                return HttpResponseRedirect(f"{preview_address(batch)}?{place_of(place)}")
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return where

    def _apply(self, request, batch: ImportBatch) -> None:
        outcome = apply_now_or_later(batch, actor=request.actor)
        if outcome is None:
            return
        said = _told(outcome)
        if said:
            messages.success(request, said)
        else:
            messages.info(request, _("Nothing has changed: nobody was registered anew."))

    def _move_all(self, request, batch: ImportBatch, *, move: bool) -> None:
        rows = decide_moves(batch, move=move, actor=request.actor)
        said = (
            ngettext(
                "%d person will move once the list is taken in.", "%d people will move once the list is taken in.", rows
            )
            if move
            else ngettext("%d person stays at the office of today.", "%d people stay at the office of today.", rows)
        )
        messages.success(request, said % rows)

    def _say_office(self, request, batch: ImportBatch) -> None:
        """The button is called answer and says <number of the question>:<id of the office>, or <number>:other."""
        number, _colon, office = request.POST["answer"].partition(":")
        if office == "other":
            office = request.POST.get(f"other-{number}", "")
        found = Office.objects.filter(pk=row_id(office)).first()
        if found is None:
            raise Refusal(_("Please choose the office that is meant."))
        words = request.POST.get(f"words-{number}", "")
        remember = f"remember-{number}" in request.POST
        rows = say_office(batch, words, found, actor=request.actor, remember=remember)
        said = ngettext("%(rows)d row belongs to %(office)s now.", "%(rows)d rows belong to %(office)s now.", rows)
        messages.success(request, said % {"rows": rows, "office": found})

    def _page(self, request, template: str, context: dict):
        context = {**self.admin_site.each_context(request), "opts": Course._meta, **context}
        return TemplateResponse(request, template, context)


def _choosable(batch: ImportBatch) -> list[Office]:
    day = batch.course.starts_on if batch.course else today()
    return list(Office.objects.valid_on(day).in_protocol_order())


def _told(outcome: Outcome) -> str:
    said = []
    if outcome.registered:
        said.append(
            ngettext("%d person was registered.", "%d people were registered.", outcome.registered) % outcome.registered
        )
    if outcome.made:
        said.append(ngettext("%d new person is kept.", "%d new people are kept.", outcome.made) % outcome.made)
    if outcome.completed:
        told = ngettext("%d known person was completed.", "%d known people were completed.", outcome.completed)
        said.append(told % outcome.completed)
    if outcome.moved:
        told = ngettext(
            "%d person was moved to the office of the list.",
            "%d people were moved to the office of the list.",
            outcome.moved,
        )
        said.append(told % outcome.moved)
    return " ".join(said)
