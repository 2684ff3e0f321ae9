"""The base of every admin page: it shows what the actor sees, and answers 404 for all else."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, models
from django.db.models import ProtectedError
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from courses.admin.list_export import ListExport
from courses.admin.wording import changes_in_words, subject_in_words
from courses.constants.action_words import in_words
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import ActionLog, Course
from courses.services.records import log_action

LONGEST_SEARCH = 200
WAYS_TO_FILTER = ("", "__exact", "__id__exact", "__in", "__isnull", "__gte", "__lt")


class ScopedFilter(admin.RelatedFieldListFilter):
    """A filter that names only rows that the actor sees and that the list has."""

    def field_choices(self, field, request, model_admin):
        used = scoped(model_admin.model, request).order_by().values(self.field_path)
        rows = scoped(field.related_model, request).filter(pk__in=used)
        return [(row.pk, str(row)) for row in rows.order_by(*self.field_admin_ordering(field, request, model_admin))]


def course_asked_for(request: HttpRequest) -> Course | None:
    """The class of `?course=`, to which something is added; 404 when it is none of the actor's."""
    return asked_for(request, "course", Course.objects.hosted_for(request.actor))


def asked_for(request: HttpRequest, name: str, rows: models.QuerySet):
    """The row whose id the address names, None when it names none; 404 when it is none of these."""
    if name not in request.GET:
        return None
    pk = row_id(request.GET[name])
    found = rows.filter(pk=pk).first() if pk else None
    if found is None:
        raise Http404
    return found


def scoped(model: type[models.Model], request: HttpRequest):
    """All rows of the model that the actor of the request sees; all rows of a model without owners."""
    rows = model._default_manager.all()
    return rows.visible_to(request.actor) if hasattr(rows, "visible_to") else rows


class ScopedForeignKeys:
    """Choices of related rows are those that the actor sees, in forms and inlines alike."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", scoped(db_field.related_model, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", scoped(db_field.related_model, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class SharedChoices(forms.BaseInlineFormSet):
    """Reads the choices of each related field once for all rows, and not once a row."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        shared = self.__dict__.setdefault("shared_choices", {})
        for name, field in form.fields.items():
            if isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.models.InlineForeignKeyField):
                if name not in shared and not isinstance(field.widget, forms.HiddenInput):
                    shared[name] = list(iter(field.choices))  # asked for its length, it would count the rows
                if name in shared:
                    field.choices = shared[name]


class ScopedInline(ScopedForeignKeys, admin.TabularInline):
    """An inline follows its parent: who may change the parent may change its parts. It shows what the actor sees."""

    extra = 0
    show_change_link = False
    formset = SharedChoices

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.visible_to(request.actor) if hasattr(queryset, "visible_to") else queryset

    def _of_parent(self, request, obj, what: str) -> bool:
        parent = self.admin_site.get_model_admin(self.parent_model)
        return getattr(parent, f"has_{what}_permission")(request, obj) if obj else parent.has_add_permission(request)

    def has_view_permission(self, request, obj=None):
        # Django also asks without an object before it reads the rows.
        return self.admin_site.get_model_admin(self.parent_model).has_view_permission(request, obj)

    def has_add_permission(self, request, obj):
        return self._of_parent(request, obj, "change")

    def has_change_permission(self, request, obj=None):
        return self._of_parent(request, obj, "change")

    def has_delete_permission(self, request, obj=None):
        return self._of_parent(request, obj, "change")


class ScopedAdmin(ListExport, ScopedForeignKeys, admin.ModelAdmin):
    """Override `may_add(actor)`, `may_change(actor, obj)`, `may_delete(actor, obj)`; by default only superusers may.

    Django's own permissions and groups are not asked: roles held at offices decide. What a service refuses by
    `Refusal` while a form is saved stands in that form, never a 500. Changes go into the log of actions, not into
    Django's.
    """

    view_on_site = False
    list_per_page = 50
    # Counts beside filters would be one more query each.
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    actions = None

    def may_view(self, actor) -> bool:
        return actor.is_superuser or bool(actor.organises or actor.certifies)

    def may_add(self, actor) -> bool:
        return actor.is_superuser

    def may_change(self, actor, obj) -> bool:
        return actor.is_superuser

    def may_delete(self, actor, obj) -> bool:
        return False

    def get_urls(self):
        return [*self.export_urls(), *super().get_urls()]

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return queryset.visible_to(request.actor) if hasattr(queryset, "visible_to") else queryset

    def has_module_permission(self, request):
        return self.may_view(request.actor)

    def has_view_permission(self, request, obj=None):
        return self.may_view(request.actor)

    def has_add_permission(self, request):
        return self.may_add(request.actor)

    def has_change_permission(self, request, obj=None):
        return self.may_view(request.actor) if obj is None else self.may_change(request.actor, obj)

    def has_delete_permission(self, request, obj=None):
        return obj is not None and self.may_delete(request.actor, obj)

    def lookup_allowed(self, lookup, value, request=None):
        """Django lets the address filter by any column of the model, so also by password or token: here by none that
        is not a named filter, and in no way that a filter does not use, which might lead on to another model."""
        names = {item[0] if isinstance(item, (tuple, list)) else item for item in self.get_list_filter(request)}
        names |= {self.date_hierarchy} - {None}
        ways = {f"{name}{way}" for name in names if isinstance(name, str) for way in WAYS_TO_FILTER}
        return lookup in ways

    def changelist_view(self, request, extra_context=None):
        """The heading says what is listed; Django's says what to do with it."""
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_changelist_instance(self, request):
        if len(request.GET.get(SEARCH_VAR, "")) > LONGEST_SEARCH:
            # No name is longer; SQLite answers a thousand words with an error.
            request.GET = request.GET.copy()
            request.GET[SEARCH_VAR] = request.GET[SEARCH_VAR][:LONGEST_SEARCH]
        changelist = super().get_changelist_instance(request)
        self.fill(changelist.result_list)
        return changelist

    def fill(self, rows) -> None:
        """Adds what the list shows of each row and what was not read with it, for all rows at once."""

    def get_object(self, request, object_id, from_field=None):
        """An empty `_to_field` in the address is none; Django looks for a field without a name. A number is in plain
        digits: Python reads those of every script, and one row would have many addresses."""
        if isinstance(self.opts.pk, models.IntegerField) and not from_field and row_id(str(object_id)) is None:
            return None
        return super().get_object(request, object_id, from_field or None)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def delete_view(self, request, object_id, extra_context=None):
        """Django asks for the permission first, which a foreign object never has: that would be another answer."""
        if self.has_view_permission(request) and self.get_object(request, unquote(object_id)) is None:
            raise Http404
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, Refusal):
            # Something has come to depend on the row since the page was shown; the page shown again says what.
            messages.error(request, _("This cannot be deleted: other records depend on it."))
            return HttpResponseRedirect(request.path)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A refusal by a service while saving takes everything back and stands in the form, with all that was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            request.refusal = refusal.sentence
        except IntegrityError:
            request.refusal = _("Somebody else has just saved something that does not go with this. Please look again.")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The form; after a refusal one that says it as an error of its own (see `changeform_view`)."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        if refusal is None:
            return form

        class Refused(form):
            def clean(self):
                cleaned = super().clean()
                self.add_error(None, refusal)
                return cleaned

        return Refused

    def log_addition(self, request, obj, message):
        return log_action(request.actor, "add", obj, course=_course_of(obj))

    def log_change(self, request, obj, message):
        fields = sorted({field for part in message if isinstance(part, dict) for field in _fields_of(part)})
        return log_action(request.actor, "change", obj, course=_course_of(obj), changes={"fields": fields})

    def log_deletions(self, request, queryset):
        return [log_action(request.actor, "delete", obj, course=_course_of(obj)) for obj in queryset]

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        own = {"subject": obj._meta.label_lower, "subject_id": obj.pk}
        of_class = {"course_id": obj.pk}
        readable = ActionLog.objects.readable_by(request.actor).select_related("user")
        entries = list(readable.filter(**(of_class if isinstance(obj, Course) else own))[:200])
        for entry in entries:
            entry.what = f"{in_words(entry.action)} – {subject_in_words(entry.subject)}"
            entry.in_words = changes_in_words(entry)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change history: %s") % obj,
            "entries": entries,
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)


def _fields_of(part: dict) -> list[str]:
    return [str(name) for what in part.values() for name in what.get("fields", [])]


def _course_of(obj) -> int | None:
    if obj._meta.label_lower == "courses.course":
        return obj.pk
    try:
        obj._meta.get_field("course")
    except FieldDoesNotExist:
        return None
    return obj.course_id
