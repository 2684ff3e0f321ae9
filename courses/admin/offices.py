"""Offices through time, what their papers begin and end with, fields of responsibility, indices."""

from django import forms
from django.contrib import admin

from courses.admin.reorganisation import ReorganisationPages
from courses.admin.scoped import ScopedAdmin, ScopedInline
from courses.admin.trained import TrainedPages
from courses.admin.transfers import MovePages
from courses.constants.clock import today
from courses.constants.names import clean_text, search_key
from courses.models import Heading, Index, Office, OfficeAlias, OfficeSuccession, Responsibility, Signer
from courses.rules.permissions import may_move_people, may_reorganise
from courses.services.offices import refuse_rings, set_paths


class AliasForm(forms.ModelForm):
    class Meta:
        model = OfficeAlias
        fields = ["text", "taught_by"]

    def clean_text(self):
        return clean_text(self.cleaned_data["text"])

    def save(self, commit=True):
        self.instance.key = search_key(self.instance.text)
        return super().save(commit)


class AliasInline(ScopedInline):
    model = OfficeAlias
    fk_name = "office"
    form = AliasForm
    fields = ["text", "taught_by"]


class SuccessionInline(ScopedInline):
    model = OfficeSuccession
    fk_name = "old"
    fields = ["new", "date"]


class HeadingInline(ScopedInline):
    model = Heading
    fields = ["superior", "body", "place", "abbreviation", "drafting", "valid_from", "valid_to"]


class SignerInline(ScopedInline):
    model = Signer
    fields = ["authority", "title", "full_name", "valid_from", "valid_to"]


@admin.register(Office)
class OfficeAdmin(ReorganisationPages, MovePages, TrainedPages, ScopedAdmin):
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to"]
    list_select_related = ["parent"]
    list_filter = ["kind"]
    search_fields = ["name"]
    ordering = ["order", "code"]
    fields = [
        "name", "code", "kind", "parent", "order", "official_code", "code_system",
        "valid_from", "valid_to", "closed_by",
    ]  # fmt: skip
    inlines = [AliasInline, SuccessionInline, HeadingInline, SignerInline]

    def get_search_results(self, request, queryset, search_term):
        """By name or by another spelling, marks set aside; a spelling's key is its search key."""
        key = search_key(search_term)
        if not key:
            return queryset, False
        spelled = OfficeAlias.objects.filter(key__contains=key).order_by().values("office")
        named = [pk for pk, name in Office.objects.order_by().values_list("pk", "name") if key in search_key(name)]
        return queryset.filter(pk__in=named) | queryset.filter(pk__in=spelled), False

    def get_urls(self):
        return [*self.reorganisation_urls(), *self.trained_urls(), *self.move_urls(), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        pages = {"may_reorganise": may_reorganise(request.actor)}
        return super().changelist_view(request, {**pages, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        office = self.get_object(request, object_id)
        pages = {
            "may_reorganise": may_reorganise(request.actor) and bool(office and not office.has_ended_by(today())),
            "may_move": bool(office and may_move_people(request.actor, office)),
        }
        return super().change_view(request, object_id, form_url, {**pages, **(extra_context or {})})

    def save_model(self, request, obj, form, change):
        # The paths of all offices are written after it: locked in the order of a reorganisation, neither waits for
        # the other.
        list(Office.objects.select_for_update().order_by("pk").values_list("pk"))
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        set_paths()
        refuse_rings()


@admin.register(Responsibility)
class ResponsibilityAdmin(ScopedAdmin):
    list_display = ["name", "code", "order"]
    fields = ["name", "code", "order"]


@admin.register(Index)
class IndexAdmin(ScopedAdmin):
    list_display = ["code", "name", "order"]
    fields = ["code", "name", "order"]
