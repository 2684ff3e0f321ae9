"""An office sends its own list as a file: read, its columns explained where nobody here knows their titles, looked at,
and only then its people are named."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.forms.office import OwnColumnsForm, OwnRosterForm
from attendance.reports.own_roster import lines_of
from attendance.views.office_link import OfficeForm, OfficePage
from courses.constants.choices import BatchState
from courses.constants.errors import Refusal
from courses.constants.media_types import XLSX
from courses.forms.rosters import decisions_of
from courses.models import ImportBatch
from courses.rendering.roster_template import roster_template
from courses.services.rosters.own import apply_own_roster, explain_own_columns, read_own_roster
from courses.services.rosters.taking import unknown_titles


class OwnList:
    """For pages about one list that the office has sent; that of another is a 404."""

    def batch(self) -> ImportBatch:
        own = ImportBatch.objects.visible_to(self.actor).select_related("file")
        batch = get_object_or_404(own, pk=self.kwargs["pk"])
        batch.course, batch.office = self.course, self.office
        return batch


class Upload(OfficeForm):
    template = "attendance/office_upload.html"

    def form(self, *posted):
        return OwnRosterForm(*posted)

    def act(self, form):
        file = form.cleaned_data["file"]
        batch = read_own_roster(self.answer, file.read(), file.name, actor=self.actor)
        if batch.state == BatchState.REFUSED:
            return _("The list has come. Please say what its columns hold."), self.address("office_columns", batch.pk)
        return _read(), self.address("office_preview", batch.pk)


class Template(OfficePage):
    """An Excel to be filled in, with the class and the office in it; also after the deadline, it says nothing new."""

    def get(self, request, token):
        headers = {
            "Content-Disposition": f'attachment; filename="mau-danh-sach-{self.course.code}.xlsx"',
            "X-Robots-Tag": "noindex",
        }
        return HttpResponse(roster_template(self.course, self.office), content_type=XLSX, headers=headers)


class Columns(OwnList, OfficeForm):
    """What the columns of a list hold whose titles are not known here; then it is read again."""

    template = "attendance/office_columns.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.list = self.batch()

    def dispatch(self, request, *args, **kwargs):
        if not asks_for_columns(self.list):
            return redirect(self.address("office_preview", self.list.pk))
        return super().dispatch(request, *args, **kwargs)

    def form(self, *posted):
        return OwnColumnsForm(*posted, batch=self.list, titles=unknown_titles(self.list))

    def asked(self, form):
        if not form.titles:
            messages.info(self.request, _("These column titles are known by now: please send the file once more."))
            return redirect(self.address("office_upload"))
        return self.shown(form=form, batch=self.list, was_read=self.list.state == BatchState.READ)

    def act(self, form):
        batch = explain_own_columns(self.list, actor=self.actor, meanings=form.meanings())
        if batch.state == BatchState.REFUSED:
            raise Refusal(batch.refusal)
        return _read(), self.address("office_preview", batch.pk)


def asks_for_columns(batch: ImportBatch) -> bool:
    return batch.header_unknown and batch.state in (BatchState.READ, BatchState.REFUSED)


def _read() -> str:
    return _("The list was read. Please look at it: nobody is named yet.")


class Preview(OwnList, OfficePage):
    """What was read, what is wrong, who is meant; one button names everybody who is in order. What is to be looked at
    stands first, the rest is folded: a phone shows five hundred rows badly."""

    template = "attendance/office_preview.html"

    def get(self, request, token, pk):
        batch = self.batch()
        if batch.state == BatchState.REFUSED and batch.header_unknown:
            return redirect(self.address("office_columns", pk))
        lines = lines_of(batch)
        is_open = batch.state == BatchState.READ
        return self.shown(
            batch=batch,
            to_look_at=[line for line in lines if line.needs_a_look],
            others=[line for line in lines if not line.needs_a_look],
            ready=sum(line.is_ready for line in lines),
            is_open=is_open,
            is_unread=batch.state in (BatchState.READING, BatchState.REFUSED),
            may_apply=is_open and any(line.is_ready or line.who for line in lines),
            may_explain=is_open and batch.header_unknown,
        )

    def post(self, request, token, pk):
        batch = self.batch()
        try:
            outcome = apply_own_roster(batch, actor=self.actor, decisions=decisions_of(request.POST))
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.address("office_preview", pk))
        said = ngettext("%(number)d person was named.", "%(number)d people were named.", outcome.registered)
        messages.success(request, said % {"number": outcome.registered})
        left = outcome.over + outcome.waiting
        if left:
            messages.warning(
                request, _("Rows that could not be named: %(number)d. They stand below.") % {"number": left}
            )
        return redirect(self.address("office_preview", pk) if left else self.address())
