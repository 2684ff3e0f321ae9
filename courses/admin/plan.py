"""Half-days with their agenda and places; the speakers and venues that offices keep."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.admin import moving
from courses.admin.scoped import ScopedAdmin, ScopedFilter, ScopedInline, course_asked_for, scoped
from courses.constants.choices import CourseState, SessionState
from courses.constants.clock import VIETNAM, today
from courses.forms.plan import SessionForm
from courses.models import Office, Place, Session, SessionTopic, Speaker, Topic, Venue
from courses.rules.permissions import may_change_plan, may_plan_classes, may_plan_for
from courses.services.schedule import delete_session, planned


class OfSession(ScopedInline):
    """Choices of a half-day's parts: those that the actor sees and those that stand there already."""

    named_by: str

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(self.named_by)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        session, course = request.planned_session, request.planned_course
        if db_field.name == "topic":
            kwargs["queryset"] = Topic.objects.filter(block__course=course).select_related("block")
        elif db_field.name in ("venue", "speaker"):
            model = db_field.related_model
            own = Q(pk__in=scoped(model, request).order_by().values("pk"))
            standing = {"venue": "places__session", "speaker": "agenda__session"}[db_field.name]
            kwargs["queryset"] = (
                model.objects.filter(own | Q(**{standing: session})).distinct()
                if session
                else model.objects.filter(own)
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AgendaInline(OfSession):
    model = SessionTopic
    named_by = "topic"
    fields = ["topic", "speaker", "order"]
    extra = 1


class PlaceInline(OfSession):
    model = Place
    named_by = "venue"
    fields = ["kind", "venue", "link", "order"]
    extra = 1


@admin.register(Session)
class SessionAdmin(ScopedAdmin):
    form = SessionForm
    list_display = ["day_and_half", "course", "hours", "halls", "periods", "required", "state"]
    list_select_related = ["course"]
    list_filter = ["date", "state", ("course", ScopedFilter)]
    ordering = ["-starts_at", "pk"]
    inlines = [AgendaInline, PlaceInline]
    fields = [("date", "begins", "ends"), ("periods", "grace_minutes"), "required", "blocks", "note"]

    def may_change(self, actor, obj):
        return may_change_plan(actor, obj.course)

    def may_delete(self, actor, obj):
        return obj.course.state == CourseState.DRAFT and may_change_plan(actor, obj.course)

    def has_add_permission(self, request):
        """A half-day is added to a class: from its page, by `?course=`."""
        course = course_asked_for(request)
        return course is not None and may_change_plan(request.actor, course)

    def add_view(self, request, form_url="", extra_context=None):
        if "course" not in request.GET:
            messages.info(request, gettext("Open a class and add the half-day there."))
            return HttpResponseRedirect(reverse("admin:courses_course_changelist"))
        return super().add_view(request, form_url, extra_context)

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .hosted_for(request.actor)
            .select_related("course")
            .prefetch_related("places__venue")
        )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request.planned_session = self.get_object(request, object_id) if object_id else None
        session = request.planned_session
        request.planned_course = session.course if session else course_asked_for(request)
        course = request.planned_course
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "course": course})

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.course = request.planned_course
        return form

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        """Nothing yet: the half-day is written with its parts, under the locks that `save_related` takes."""

    def save_related(self, request, form, formsets, change):
        session = form.instance
        chosen = [data for formset in formsets for data in formset.cleaned_data if data and not data.get("DELETE")]
        with planned(
            session,
            actor=request.actor,
            venues=[data["venue"].pk for data in chosen if data.get("venue")],
            speakers=[data["speaker"].pk for data in chosen if data.get("speaker")],
        ):
            if session.state == SessionState.CANCELLED:
                session.required = False
            session.save()
            super().save_related(request, form, formsets, change)

    def get_urls(self):
        return moving.urls(self) + super().get_urls()

    def delete_view(self, request, object_id, extra_context=None):
        """Of a class that people know of, a half-day is cancelled instead: the page on which that is done says so."""
        session = self.get_object(request, object_id)
        if session and self.may_change(request.actor, session) and session.course.state != CourseState.DRAFT:
            messages.warning(
                request,
                gettext(
                    "People know of this half-day already: it is not deleted any more, but postponed or cancelled."
                ),
            )
            return HttpResponseRedirect(reverse("admin:courses_session_reschedule", args=[session.pk]) + "?what=off")
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, obj):
        delete_session(obj, actor=request.actor)

    def log_deletions(self, request, queryset):
        """The service writes the log."""

    def _to_course(self, course_id: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:courses_course_overview", args=[course_id]) + "#schedule")

    def response_post_save_add(self, request, obj):
        return self._to_course(obj.course_id)

    response_post_save_change = response_post_save_add

    @admin.display(description=_("half-day"), ordering="starts_at")
    def day_and_half(self, obj):
        return str(obj)

    @admin.display(description=_("hours"))
    def hours(self, obj):
        return f"{obj.starts_at.astimezone(VIETNAM):%H:%M}–{obj.ends_at.astimezone(VIETNAM):%H:%M}"

    @admin.display(description=_("where"))
    def halls(self, obj):
        return ", ".join(str(place) for place in obj.places.all())


class KeptByOffice(ScopedAdmin):
    """Rows that an office keeps: its organisers write them; what a plan names is not deleted."""

    def may_add(self, actor):
        return may_plan_classes(actor)

    def may_change(self, actor, obj):
        return may_plan_for(actor, obj.office_id)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "office":
            actor, offices = request.actor, Office.objects.in_protocol_order()
            living = offices.valid_on(today()).planned_by(actor)
            kwargs["queryset"] = offices if actor.sees_everything else living
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        """Most organisers work for one office."""
        own = request.actor.organises_writable
        found = Office.objects.filter(pk__in=own).valid_on(today()).in_protocol_order().first() if own else None
        return {"office": found and found.pk, **super().get_changeform_initial_data(request)}


@admin.register(Speaker)
class SpeakerAdmin(KeptByOffice):
    list_display = ["full_name", "title", "office"]
    list_select_related = ["office"]
    list_filter = [("office", ScopedFilter)]
    search_fields = ["full_name"]
    fields = ["full_name", "title", "phone", "office"]

    def may_delete(self, actor, obj):
        return may_plan_for(actor, obj.office_id) and not obj.agenda.exists()


@admin.register(Venue)
class VenueAdmin(KeptByOffice):
    list_display = ["name", "address", "capacity", "office"]
    list_select_related = ["office"]
    list_filter = [("office", ScopedFilter)]
    search_fields = ["name", "address"]
    fields = ["name", "address", "directions", "capacity", "office"]

    def may_delete(self, actor, obj):
        return may_plan_for(actor, obj.office_id) and not obj.places.exists()
