"""One page a person, with everything about the person; and two rows that are one person, side by side."""

from allauth.account.decorators import reauthentication_required
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance.forms.merging import MergeForm
from attendance.models import Person
from attendance.reports.persons import person_of
from attendance.services.merging import merge_trainees, papers_in_force, two_papers, undo_merge
from courses.admin.scoped import ScopedAdmin
from courses.admin.wording import changes_in_words
from courses.constants.action_words import in_words
from courses.constants.citizen_digits import masked
from courses.constants.errors import Refusal
from courses.models import Registration, Responsibility, Trainee, TraineeMerge
from courses.rules.permissions import may_edit_trainee, may_hand_out_link, may_merge_trainees, may_organise
from courses.services.merging import join_registrations
from courses.services.trainees import note_look

ENTRIES_SHOWN = 40


@admin.register(Person)
class PersonAdmin(ScopedAdmin):
    """It has no list of its own: people are looked for in the list of trainees."""

    list_display = ()

    def has_module_permission(self, request):
        return False

    def get_urls(self):
        wrap, asked = self.admin_site.admin_view, reauthentication_required
        merge = wrap(asked(self.merge))
        undo = wrap(require_POST(asked(self.undo)))
        return [
            path("<int:pk>/", wrap(require_safe(self.page)), name="attendance_person_page"),
            path("<int:pk>/merge/<int:other>/", merge, name="attendance_person_merge"),
            path("<int:pk>/undo-merge/<int:merge>/", undo, name="attendance_person_undo_merge"),
        ]

    def page(self, request, pk):
        trainee = self._trainee(request, pk)
        if request.method == "GET":
            note_look(trainee, actor=request.actor)
        person = person_of(trainee, request.actor)
        entries = list({(entry.batch or entry.pk, entry.action): entry for entry in person.entries}.values())
        for entry in entries[:ENTRIES_SHOWN]:
            entry.what, entry.in_words = in_words(entry.action), entry.about or changes_in_words(entry)
        may_edit = may_edit_trainee(request.actor, trainee)
        may_link = may_hand_out_link(request.actor, trainee)
        context = {
            "trainee": trainee,
            "phone": trainee.phone if may_edit or len(trainee.phone) < 6 else masked(trainee.phone),
            "person": person,
            "entries": entries[:ENTRIES_SHOWN],  # a merging stands at both rows, and is said once
            "classes": [(item, may_link and may_organise(request.actor, item.course)) for item in person.classes],
            "may_link": may_link,
            "may_edit": may_edit,
            "duplicates": [(c, may_merge_trainees(request.actor, trainee, c.trainee)) for c in person.duplicates],
        }
        return self._page(request, "admin/attendance/person.html", trainee.full_name, **context)

    def merge(self, request, pk, other):
        """Side by side, what will happen in words; then one person."""
        kept, gone = self._trainee(request, pk), self._trainee(request, other)
        if kept.pk == gone.pk:
            raise Http404
        if not may_merge_trainees(request.actor, kept, gone):
            raise PermissionDenied
        form = MergeForm(request.POST or None, kept=kept, gone=gone)
        if request.method == "POST" and form.is_valid():
            try:
                merge_trainees(kept, gone, actor=request.actor, from_gone=form.from_gone)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("The two entries are one person now. It can be taken back on this page."))
                return redirect("admin:attendance_person_page", kept.pk)
        registrations = list(
            Registration.objects.filter(trainee__in=[kept, gone]).select_related("course").order_by("course", "pk")
        )
        papers = papers_in_force(registrations)
        joined = join_registrations(kept, gone, registrations, with_paper=papers)
        context = {
            "form": form,
            "kept": kept,
            "gone": gone,
            "moved": sum(r.trainee_id == gone.pk for r in registrations),
            "both": [r.course for r in registrations if r.pk in joined],
            "responsibilities": Responsibility.objects.filter(trainees__in=[kept, gone]).distinct().order_by("order"),
            "refusal": two_papers(registrations, papers),
        }
        return self._page(request, "admin/attendance/merge.html", _("One person, two entries"), **context)

    def undo(self, request, pk, merge):
        trainee = self._trainee(request, pk)
        made = TraineeMerge.objects.filter(pk=merge, kept=trainee).select_related("gone").first()
        if made is None:
            raise Http404
        if not may_merge_trainees(request.actor, trainee, made.gone):
            raise PermissionDenied
        try:
            undo_merge(made, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, _("They are two people again, each with what was theirs."))
        return redirect("admin:attendance_person_page", trainee.pk)

    def _trainee(self, request, pk) -> Trainee:
        found = Trainee.objects.visible_to(request.actor).select_related("office")
        trainee = found.prefetch_related("responsibilities").filter(pk=pk).first() if pk < 2**63 else None
        if trainee is None:
            raise Http404
        return trainee

    def _page(self, request, template, title, **context):
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, template, context)
