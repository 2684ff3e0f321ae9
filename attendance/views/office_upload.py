"""An office sends its own list as a file: read, looked at, and only then its people are named."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance.forms.office import OwnRosterForm
from attendance.reports.own_roster import lines_of
from attendance.views.office_link import OfficeForm, OfficePage
from courses.constants.choices import BatchState
from courses.constants.errors import Refusal
from courses.forms.rosters import decisions_of
from courses.models import ImportBatch
from courses.rendering.roster_template import MEDIA_TYPE, roster_template
from courses.services.rosters.own import apply_own_roster, read_own_roster


class Upload(OfficeForm):
    template = "attendance/office_upload.html"

    def form(self, *posted):
        return OwnRosterForm(*posted)

    def act(self, form):
        file = form.cleaned_data["file"]
        batch = read_own_roster(self.answer, file.read(), file.name, actor=self.actor)
        said = _("The list was read. Please look at it: nobody is named yet.")
        return said, self.address("office_preview", batch.pk)


class Template(OfficePage):
    """An Excel to be filled in, with the class and the office in it; also after the deadline, it says nothing new."""

    def get(self, request, token):
        headers = {
            "Content-Disposition": f'attachment; filename="mau-danh-sach-{self.course.code}.xlsx"',
            "X-Robots-Tag": "noindex",
        }
        return HttpResponse(roster_template(self.course, self.office), content_type=MEDIA_TYPE, headers=headers)


class Preview(OfficePage):
    """What was read, what is wrong, who is meant; one button names everybody who is in order."""

    template = "attendance/office_preview.html"

    def batch(self) -> ImportBatch:
        batch = get_object_or_404(ImportBatch.objects.visible_to(self.actor), pk=self.kwargs["pk"])
        batch.course, batch.office = self.course, self.office
        return batch

    def get(self, request, token, pk):
        batch = self.batch()
        lines = lines_of(batch)
        ready = sum(line.is_ready for line in lines)
        is_open = batch.state == BatchState.READ
        may_apply = is_open and any(line.is_ready or line.who for line in lines)
        return self.shown(batch=batch, lines=lines, ready=ready, is_open=is_open, may_apply=may_apply)

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
