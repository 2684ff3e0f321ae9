"""How many people were trained by office: a page, and the same as a file."""

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.constants.media_types import XLSX
from courses.forms.offices import TrainedForm
from courses.rendering.tables import csv_table, xlsx_table
from courses.reports.trained import Trained, trained


class TrainedPages:
    """For the admin of offices. Numbers alone: nobody's name stands on the page or in the file."""

    def trained_urls(self):
        view = self.admin_site.admin_view(require_safe(self.trained_view))
        return [path("trained/", view, name="courses_office_trained")]

    def trained_view(self, request):
        form = TrainedForm(request.GET, actor=request.actor)
        asked = form.asked()
        found = trained(request.actor, **asked)
        title = _("People trained, by office")
        if request.GET.get("file") in ("csv", "xlsx"):
            return _as_file(found, request.GET["file"], title)
        query = request.GET.copy()
        query.pop("file", None)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "found": found,
            "by": asked["by"],
            "query": query.urlencode(),
        }
        return TemplateResponse(request, "admin/courses/office/trained.html", context)


def _as_file(found: Trained, kind: str, title: str) -> HttpResponse:
    rows = [
        (_("Office"), _("People"), _("Turns")),
        *((row.name, row.people, row.turns) for row in found.rows),
        (_("Together"), found.people, found.turns),
    ]
    content = csv_table(rows) if kind == "csv" else xlsx_table(rows, title=title)
    media_type = "text/csv; charset=utf-8" if kind == "csv" else XLSX
    headers = {"Content-Disposition": f'attachment; filename="tap-huan-theo-don-vi.{kind}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)
