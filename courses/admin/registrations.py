"""Who is in a class: added by the service that keeps seats, withdrawn and never deleted."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses.admin.scoped import ScopedAdmin, ScopedFilter, course_asked_for
from courses.constants.choices import ACTIVE_STATES, RegistrationKind
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.forms.plan import RegistrationForm
from courses.models import Registration, Trainee
from courses.querysets.plan import PROTOCOL
from courses.rules.permissions import may_change_plan
from courses.services.registrations import register, set_blocks, withdraw
from courses.services.schedule import lock_open_course


class ChoiceOfPeople(AutocompleteSelect):
    """Says what to type; an empty one has no name for who cannot see it."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return {**super().build_attrs(base_attrs, extra_attrs), "data-placeholder": gettext("Type a name")}

    def optgroups(self, name, value, attr=None):
        """A refused form is shown again with what was sent; Django asks the database for it, whatever it is."""
        return super().optgroups(name, [text for text in value if row_id(str(text))], attr)


class OfficeOrName(admin.SimpleListFilter):
    """A switch and no filter: the list by offices in protocol order, as it is printed, or by given name."""

    title = _("order")
    parameter_name = "by"

    def lookups(self, request, model_admin):
        return [("name", gettext("by name"))]

    def choices(self, changelist):
        office, name = super().choices(changelist)
        return [{**office, "display": gettext("by office")}, name]

    def queryset(self, request, queryset):
        return queryset


SHOWN = ["trainee", "office_name", "position", "number", "state"]


@admin.register(Registration)
class RegistrationAdmin(ScopedAdmin):
    form = RegistrationForm
    list_display = ["trainee", "number", "position", "office_then", "course", "state"]
    list_select_related = ["trainee", "course"]
    list_filter = [OfficeOrName, ("course", ScopedFilter), "state", ("office", ScopedFilter)]
    search_fields = ["trainee__search_key"]
    search_help_text = _("Name, with or without marks")
    ordering = ["-course__starts_on", "course", "number", *PROTOCOL]
    autocomplete_fields = ["trainee"]

    def may_change(self, actor, obj):
        return may_change_plan(actor, obj.course) and obj.state in ACTIVE_STATES

    def has_add_permission(self, request):
        """Somebody is added to a class: from its page, by `?course=`."""
        course = course_asked_for(request)
        return course is not None and may_change_plan(request.actor, course)

    def add_view(self, request, form_url="", extra_context=None):
        if "course" not in request.GET:
            messages.info(request, gettext("Open a class and add the person there."))
            return HttpResponseRedirect(reverse("admin:courses_course_changelist"))
        return super().add_view(request, form_url, extra_context)

    def get_queryset(self, request):
        """Stand-ins stand on the sheets of their half-days, not on the list of the class."""
        registrations = super().get_queryset(request).hosted_for(request.actor).filter(kind=RegistrationKind.CLASS)
        return registrations.select_related("course", "trainee", "office")

    def lookup_allowed(self, lookup, value, request=None):
        return lookup == OfficeOrName.parameter_name or super().lookup_allowed(lookup, value, request)

    def get_ordering(self, request):
        by_name = ["-course__starts_on", "course", "trainee__sort_key", "pk"]
        return by_name if request.GET.get(OfficeOrName.parameter_name) == "name" else self.ordering

    @admin.display(description=_("office then"), ordering="office__order")
    def office_then(self, obj):
        """By the name on the list, whatever the office is called today."""
        return obj.office_name

    def get_search_results(self, request, queryset, search_term):
        found = Trainee.objects.named(search_term).order_by().values("pk")
        return (queryset.filter(trainee__in=found) if search_term else queryset), False

    def get_urls(self):
        act = self.admin_site.admin_view(require_POST(self.withdraw_view))
        return [path("<int:pk>/withdraw/", act, name="courses_registration_withdraw"), *super().get_urls()]

    def get_fields(self, request, obj=None):
        return [*SHOWN, "blocks", "place"] if obj else ["trainee", "blocks"]

    def get_readonly_fields(self, request, obj=None):
        return SHOWN if obj else []

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        registration = self.get_object(request, object_id) if object_id else None
        request.planned_course = registration.course if registration else course_asked_for(request)
        context = {**(extra_context or {}), "course": request.planned_course}
        if registration:
            context["may_withdraw"] = self.has_change_permission(request, registration)
        return super().changeform_view(request, object_id, form_url, context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.course = request.planned_course
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "trainee":
            kwargs["widget"] = ChoiceOfPeople(db_field, self.admin_site)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "place":
            field.queryset = field.queryset.select_related("venue", "session")
        return field

    def save_form(self, request, form, change):
        """The service makes the row; it stands in for the form's own, so that Django goes on with what was saved."""
        if change:
            return super().save_form(request, form, change)
        data = form.cleaned_data
        form.save_m2m = lambda: None
        form.instance = register(form.course, data["trainee"], actor=request.actor, blocks=data["blocks"])
        return form.instance

    def save_model(self, request, obj, form, change):
        if change:
            lock_open_course(obj.course)
            obj.save(update_fields=["place", "updated_at"])
            set_blocks(obj, form.cleaned_data["blocks"], actor=request.actor)
            form.save_m2m = lambda: None

    def log_addition(self, request, obj, message):
        """The service has written the log."""

    def withdraw_view(self, request, pk):
        registration = self.get_queryset(request).filter(pk=pk).first()
        if registration is None:
            raise Http404
        if not may_change_plan(request.actor, registration.course):
            raise PermissionDenied
        try:
            withdraw(registration, actor=request.actor)
            messages.success(
                request, gettext("%(name)s is withdrawn; the seat is free.") % {"name": registration.trainee}
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return self._to_course(registration.course_id)

    def _to_course(self, course_id: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:courses_course_overview", args=[course_id]) + "#offices")

    def response_post_save_add(self, request, obj):
        return self._to_course(obj.course_id)

    response_post_save_change = response_post_save_add
