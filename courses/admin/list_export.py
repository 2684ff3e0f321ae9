"""Every list of the admin as an Excel file: the rows that are shown, through all of its pages, as offices file them."""

from html import unescape

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.constants.clock import today
from courses.constants.media_types import XLSX
from courses.constants.names import search_key
from courses.rendering.cells import Cell
from courses.rendering.list_workbook import FiledList, list_workbook
from courses.services.records import log_list

#: A file of so many rows takes some ten seconds; what is longer is narrowed by the filters first.
MOST_ROWS = 20_000


class ListExport(admin.ModelAdmin):
    """For every admin with a list. `not_in_files`: columns that lead somewhere and say nothing."""

    not_in_files: tuple[str, ...] = ()

    def export_urls(self):
        if not self.list_display:
            return []
        view = self.admin_site.admin_view(self.export_list)
        return [path("export/", view, name=f"{self.opts.app_label}_{self.opts.model_name}_export")]

    @method_decorator([require_POST, reauthentication_required])
    def export_list(self, request):
        """The rows that the filters and the search of the address leave, in their order; who took them is logged."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        try:
            shown = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(address)
        if shown.result_count > MOST_ROWS:
            text = _("This list has more than %(most)d rows. Please narrow it by the filters, then take it out.")
            messages.error(request, text % {"most": MOST_ROWS})
            return redirect(address)
        rows = list(shown.queryset)
        self.fill(rows)
        title = capfirst(str(self.opts.verbose_name_plural))
        columns = [name for name in self.get_list_display(request) if name not in self.not_in_files]
        content = list_workbook(
            FiledList(
                title=_titled(title),
                held=self._held(request, shown),
                columns=[capfirst(str(label_for_field(name, self.model, self))) for name in columns],
                rows=(self._row(row, columns) for row in rows),
                total=_("In all: {count}"),
            )
        )
        log_list(request.actor, "export list", self.model, count=len(rows))
        name = "-".join(search_key(title).split())
        headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=XLSX, headers=headers)

    def _held(self, request, shown) -> str:
        """ "As of 26/11/2026 · Being prepared · search: an": which rows these are."""
        said = [_("As of %(day)s") % {"day": f"{today():%d/%m/%Y}"}]
        for asked in shown.filter_specs:
            said += [
                f"{asked.title}: {choice['display']}"
                for choice in asked.choices(shown)
                if choice.get("selected") and choice.get("query_string", "?") != "?"
            ]
        if shown.query:
            said.append(_("search: %(words)s") % {"words": shown.query})
        return " · ".join(str(one) for one in said)

    def _row(self, row, columns) -> list[Cell]:
        return [self._cell(row, name) for name in columns]

    def _cell(self, row, name) -> Cell:
        """As the list shows it, without its tags; what somebody typed stays as it was typed."""
        try:
            field, _method, value = lookup_field(name, row, self)
        except ObjectDoesNotExist:
            return ""
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if type(value) in (int, float) and not getattr(field, "choices", None):
            return value
        if field is not None and not field.is_relation:
            value = display_for_field(value, field, "", avoid_link=True)
        else:
            value = display_for_value(value, "")
        return unescape(strip_tags(value)) if isinstance(value, SafeString) else str(value)


def _titled(lists: str) -> str:
    """ "List of half-days"; what is called a list already is not called so twice."""
    named = _("List of %(what)s")
    is_list = lists.lower().startswith(named.partition("%")[0].lower())
    return lists if is_list else named % {"what": lists.lower()}
