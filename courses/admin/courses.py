"""Classes: their list, their form, their blocks and topics. The first page of a class is its overview."""

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from courses.admin import class_offices, class_places, course_pages
from courses.admin.scoped import ScopedAdmin, ScopedFilter, ScopedInline, SharedChoices, asked_for
from courses.constants.choices import CourseState
from courses.constants.errors import Refusal
from courses.forms.plan import CourseForm, MaterialForm
from courses.models import Block, Course, Material, Office, PlannedClass, Topic
from courses.rules.permissions import may_change_plan, may_plan_classes
from courses.services.plan import save_course
from courses.services.schedule import lock_open_course
from courses.services.year_plan import link_class

STATE_SIGNS = {
    CourseState.DRAFT: "",
    CourseState.PUBLISHED: "info",
    CourseState.RUNNING: "ok",
    CourseState.CONCLUDED: "",
    CourseState.ARCHIVED: "",
}


class BlocksInUseStay(SharedChoices):
    """A block that half-days or people name is not taken away: they would then name none, and that means all."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields and getattr(form.instance, "in_use", False):
            form.fields["DELETE"].disabled = True


class BlockInline(ScopedInline):
    model = Block
    formset = BlocksInUseStay
    fields = ["code", "title", "order", "audience"]
    show_change_link = True

    def get_queryset(self, request):
        sessions, people = (
            relation.through.objects.filter(block=OuterRef("pk")).order_by()
            for relation in (Block.sessions, Block.registrations)
        )
        in_use = Exists(sessions) | Exists(people)
        return super().get_queryset(request).prefetch_related("audience").annotate(in_use=in_use)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class MaterialInline(ScopedInline):
    model = Material
    form = MaterialForm
    fields = ["title", "kept_file", "upload", "link", "order"]
    readonly_fields = ["kept_file"]

    @admin.display(description=_("file name"), empty_value="")
    def kept_file(self, obj):
        return obj.file_name


class TopicInline(ScopedInline):
    model = Topic
    fields = ["title", "order"]
    extra = 1


@admin.register(Course)
class CourseAdmin(ScopedAdmin):
    form = CourseForm
    list_display = ["overview_link", "host_office", "starts_on", "ends_on", "registered_of", "state_shown"]
    list_display_links = None
    list_select_related = ["host_office"]
    list_filter = ["state", ("host_office", ScopedFilter)]
    search_fields = ["code", "title"]
    ordering = ["-starts_on", "code"]
    inlines = [BlockInline, MaterialInline]
    fieldsets = [
        (None, {"fields": ["code", "kind", "title", "host_office", "summary"]}),
        (_("When and for whom"), {
            "fields": [("starts_on", "ends_on"), "registration_deadline", "capacity", "audience", "indices", "contact"]
        }),
    ]  # fmt: skip

    def may_add(self, actor):
        return may_plan_classes(actor)

    def may_change(self, actor, obj):
        return may_change_plan(actor, obj)

    def get_queryset(self, request):
        """Own classes; those with which one is only concerned as a coordinator are on the office's page."""
        return super().get_queryset(request).hosted_for(request.actor).with_registered()

    def get_urls(self):
        def page(view, name):
            return path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view(self)),
                name=f"courses_course_{name.replace('-', '_')}",
            )

        own = [page(view, name) for name, view in course_pages.PAGES.items()]
        return own + class_offices.urls(self) + class_places.urls(self) + super().get_urls()

    def get_readonly_fields(self, request, obj=None):
        """The code stands in printed addresses and the host on papers: both are fixed by publishing."""
        return ["code", "host_office"] if obj and obj.state != CourseState.DRAFT else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "host_office":
            kwargs["queryset"] = Office.objects.planned_by(request.actor).in_protocol_order()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"year_links": self.admin_site.year_links(), **(extra_context or {})})

    def _planned(self, request) -> PlannedClass | None:
        """The line of the yearly plan of `?planned=`, of which the class is made."""
        return asked_for(request, "planned", PlannedClass.objects.visible_to(request.actor))

    def add_view(self, request, form_url="", extra_context=None):
        self._planned(request)
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request):
        planned = self._planned(request)
        said = super().get_changeform_initial_data(request)
        if planned is None:
            return said
        fields = {"title": "title", "kind": "kind", "audience": "audience", "capacity": "people", "host_office": "host"}
        return {name: getattr(planned, of) for name, of in fields.items()} | said

    def save_model(self, request, obj, form, change):
        save_course(obj, actor=request.actor)
        planned = None if change else self._planned(request)
        if planned:
            link_class(planned, obj, actor=request.actor)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """The code below the heading: a title of two lines would run under the buttons."""
        if obj:
            context["subtitle"] = obj.code
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def response_post_save_add(self, request, obj):
        return HttpResponseRedirect(reverse("admin:courses_course_overview", args=[obj.pk]))

    response_post_save_change = response_post_save_add

    @admin.display(description=_("class"), ordering="code")
    def overview_link(self, obj):
        url = reverse("admin:courses_course_overview", args=[obj.pk])
        return format_html('<a href="{}">{} – {}</a>', url, obj.code, obj.title)

    @admin.display(description=_("registered"), ordering="registered")
    def registered_of(self, obj):
        return f"{obj.registered}/{obj.capacity}" if obj.capacity is not None else str(obj.registered)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, obj):
        return format_html(
            '<span class="state {}">{}</span>', STATE_SIGNS[CourseState(obj.state)], obj.get_state_display()
        )


@admin.register(Block)
class BlockAdmin(ScopedAdmin):
    """Reached from the page of its class: the topics of one block."""

    fields = ["code", "title", "order", "audience"]
    inlines = [TopicInline]

    def may_change(self, actor, obj):
        return may_change_plan(actor, obj.course)

    def get_queryset(self, request):
        return super().get_queryset(request).hosted_for(request.actor).select_related("course")

    def get_model_perms(self, request):
        """Not in the lists: a block is nothing without its class."""
        return {}

    def has_add_permission(self, request):
        return False

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def changelist_view(self, request, extra_context=None):
        return HttpResponseRedirect(reverse("admin:courses_course_changelist"))

    def save_model(self, request, obj, form, change):
        if Block.objects.filter(course=obj.course, code=obj.code).exclude(pk=obj.pk).exists():
            raise Refusal(_("The class already has a block with the letter %(code)s.") % {"code": obj.code})
        lock_open_course(obj.course)
        super().save_model(request, obj, form, change)

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(
            reverse("admin:courses_course_overview", args=[obj.course_id]) + "#content-of-class"
        )
