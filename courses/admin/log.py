"""The log of actions, to be read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from courses.admin.scoped import ScopedAdmin
from courses.admin.wording import changes_in_words, subject_in_words
from courses.constants.action_words import in_words
from courses.models import ActionLog


@admin.register(ActionLog)
class ActionLogAdmin(ScopedAdmin):
    list_display = ["at", "user", "what", "kind_of_object", "subject_id"]
    list_select_related = ["user"]
    list_display_links = ["at"]
    list_filter = ["at"]
    fields = readonly_fields = ["at", "user", "what", "kind_of_object", "subject_id", "old_and_new"]
    ordering = ["-at", "-pk"]

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return False

    @admin.display(description=_("what"), ordering="action")
    def what(self, obj):
        return in_words(obj.action)

    @admin.display(description=_("kind of object"), ordering="subject")
    def kind_of_object(self, obj):
        return subject_in_words(obj.subject)

    @admin.display(description=_("old and new"))
    def old_and_new(self, obj):
        return changes_in_words(obj)
