"""What a host has said of column titles in the lists that it takes in: to be looked at and forgotten."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.admin.scoped import ScopedAdmin
from courses.models import ColumnMeaning
from courses.readers import sentences
from courses.rules.permissions import may_plan_for


@admin.register(ColumnMeaning)
class ColumnMeaningAdmin(ScopedAdmin):
    """Deleting a row forgets it: the next list with that title asks again."""

    list_display = ["title", "means", "office", "host", "said_by", "said_at"]
    list_select_related = ["office", "host", "said_by"]
    fields = ["title", "means", "office", "host", "said_by", "said_at"]
    readonly_fields = ["means"]
    search_fields = ["title"]

    def may_view(self, actor) -> bool:
        return actor.is_superuser or bool(actor.organises)

    def may_add(self, actor) -> bool:
        return False  # it is said where a list asks

    def may_change(self, actor, obj) -> bool:
        return False

    def may_delete(self, actor, obj) -> bool:
        return may_plan_for(actor, obj.host_id)

    @admin.display(description=_("means"), ordering="field")
    def means(self, meaning):
        return sentences.COLUMNS.get(meaning.field, meaning.field)
