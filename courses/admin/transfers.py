"""Moving the people of an office over: one reviewed page, and the list of such moves with their undo."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses.admin.scoped import ScopedAdmin
from courses.constants.errors import Refusal
from courses.forms.offices import MovePeopleForm
from courses.models import Office, Trainee, Transfer
from courses.reports.reorganisation import people_of
from courses.rules.permissions import may_move_people
from courses.services.transfers import move_each, undo_transfer


class MovePages:
    """For the admin of offices."""

    def move_urls(self):
        return [path("<int:pk>/move/", self.admin_site.admin_view(self.move_view), name="courses_office_move")]

    def move_view(self, request, pk: int):
        actor = request.actor
        office = Office.objects.filter(pk=pk).first()
        if office is None or not (actor.sees_everything or pk in actor.organises | actor.certifies):
            raise Http404
        if not may_move_people(actor, office):
            raise PermissionDenied
        people = people_of(office, actor)
        form = MovePeopleForm(request.POST if request.method == "POST" else None, people=people, actor=actor)
        if form.is_bound and form.is_valid():
            try:
                made = move_each(office, form.where(), effective_on=form.cleaned_data["effective_on"], actor=actor)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                return self._moved(request, made)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Move people to another office: %(office)s") % {"office": office},
            "opts": self.opts,
            "office": office,
            "form": form,
            "people": people,
            "beside": [other for other in people.beside if may_move_people(actor, other)],
        }
        return TemplateResponse(request, "admin/courses/office/move.html", context)

    def _moved(self, request, made: list[Transfer]) -> HttpResponseRedirect:
        for transfer in made:
            count = len(transfer.people)
            words = ngettext(
                "%(number)d person now belongs to %(office)s.", "%(number)d people now belong to %(office)s.", count
            )
            messages.success(request, words % {"number": count, "office": transfer.new})
        if len(made) == 1:
            return HttpResponseRedirect(reverse("admin:courses_transfer_change", args=[made[0].pk]))
        return HttpResponseRedirect(reverse("admin:courses_transfer_changelist"))


@admin.register(Transfer)
class TransferAdmin(ScopedAdmin):
    list_display = ["done_at", "old", "new", "effective_on", "how_many", "done_by", "undone_at"]
    list_select_related = ["old", "new", "done_by"]
    list_display_links = ["done_at"]
    fields = readonly_fields = [
        "old", "new", "effective_on", "how_many", "who", "followed_in_words", "done_at", "done_by", "undone_at",
        "undone_by",
    ]  # fmt: skip
    ordering = ["-done_at", "-pk"]

    def may_view(self, actor):
        return actor.is_superuser or bool(actor.organises)

    def may_add(self, actor):
        return False

    def may_change(self, actor, obj):
        return False

    def get_urls(self):
        act = self.admin_site.admin_view(require_POST(self.undo_view))
        return [path("<int:pk>/undo/", act, name="courses_transfer_undo"), *super().get_urls()]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("old", "new", "done_by", "undone_by")

    def get_object(self, request, object_id, from_field=None):
        """The move with the names of those whom the reader may see; who has gone on to another host is counted and
        not named."""
        transfer = super().get_object(request, object_id, from_field)
        if transfer:
            people = Trainee.objects.visible_to(request.actor).filter(pk__in=transfer.people).by_name()
            transfer.names = ", ".join(trainee.full_name for trainee in people)
        return transfer

    def change_view(self, request, object_id, form_url="", extra_context=None):
        transfer = self.get_object(request, object_id)
        may_undo = bool(
            transfer and not transfer.undone_at and may_move_people(request.actor, transfer.old, transfer.new)
        )
        return super().change_view(request, object_id, form_url, {"may_undo": may_undo, **(extra_context or {})})

    def undo_view(self, request, pk: int):
        transfer = self.get_queryset(request).filter(pk=pk).first()
        if transfer is None:
            raise Http404
        if not may_move_people(request.actor, transfer.old, transfer.new):
            raise PermissionDenied
        try:
            undo_transfer(transfer, actor=request.actor)
            messages.success(request, gettext("Everybody is back in %(office)s.") % {"office": transfer.old})
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        return HttpResponseRedirect(reverse("admin:courses_transfer_change", args=[pk]))

    @admin.display(description=_("people"))
    def how_many(self, obj):
        return len(obj.people)

    @admin.display(description=_("names"))
    def who(self, obj):
        return obj.names

    @admin.display(description=_("registrations and seats that went along"))
    def followed_in_words(self, obj):
        registrations = len(obj.followed.get("registrations", []))
        return ngettext(
            "%(number)d registration in classes to come", "%(number)d registrations in classes to come", registrations
        ) % {"number": registrations}
