"""Trainees: found by name without marks, sorted as Vietnamese names are, numbers masked in lists."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from courses.admin.scoped import ScopedAdmin, ScopedFilter
from courses.constants.citizen_digits import masked
from courses.constants.errors import Refusal
from courses.forms.trainees import ResponsibilitiesForm, TraineeForm
from courses.models import Office, Trainee
from courses.rules.permissions import may_edit_trainee, may_plan_classes, may_plan_for
from courses.services.trainees import note_look, reveal_citizen_number, set_responsibilities

EDITED = [
    "full_name", ("family_name", "middle_name", "given_name"), "gender", "birth", "position", "office",
    "staff_category", "responsibilities", "phone", "email", "citizen_number",
]  # fmt: skip
SHOWN = ["full_name", "gender", "birth_date", "position", "office", "staff_category", "masked_phone", "masked_number"]


#: People whom a search shows. Who sees so many types more of the name; sorting half a million of them takes seconds.
MOST_FOUND = 200


class ByName(ChangeList):
    """People stand by given name, also within an office (whose column sorts by protocol order) or any other column.

    A name leads to the person's page, where everything about the person stands.
    """

    def url_for_result(self, result):
        return self.model_admin.admin_site.person_page(result)

    def get_ordering(self, request, queryset):
        ordering = [str(part).replace("full_name", "sort_key") for part in super().get_ordering(request, queryset)]
        return ordering if {"sort_key", "-sort_key"} & set(ordering) else [*ordering[:-1], "sort_key", "pk"]


@admin.register(Trainee)
class TraineeAdmin(ScopedAdmin):
    form = TraineeForm
    list_display = ["full_name", "position", "office", "birth_date", "masked_phone"]
    list_select_related = ["office"]
    list_filter = [("office", ScopedFilter), "staff_category"]
    search_fields = ["search_key"]
    search_help_text = _("Name, with or without marks")
    ordering = ["sort_key", "pk"]
    actions = ["merge_two", "set_fields"]
    change_form_template = "admin/courses/trainee/change_form.html"

    def may_add(self, actor):
        return may_plan_classes(actor)

    def may_change(self, actor, obj):
        return may_edit_trainee(actor, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("office")

    def get_actions(self, request):
        """For organisers; who only reads chooses nobody."""
        return super().get_actions(request) if may_plan_classes(request.actor) else {}

    def changelist_view(self, request, extra_context=None):
        pages = {"may_take_in": may_plan_classes(request.actor)}
        return super().changelist_view(request, {**pages, **(extra_context or {})})

    def get_urls(self):
        reveal = self.admin_site.admin_view(require_POST(reauthentication_required(self.reveal)))
        return [path("<int:pk>/reveal/", reveal, name="courses_trainee_reveal"), *super().get_urls()]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        trainee = self.get_object(request, object_id) if object_id else None
        context = {"person_page": self.admin_site.person_page(trainee)} if trainee else {}
        if trainee and request.method == "GET" and self.has_view_permission(request, trainee):
            note_look(trainee, actor=request.actor)
        may_reveal = trainee and trainee.citizen_number_sealed and may_edit_trainee(request.actor, trainee)
        context |= {"may_reveal": may_reveal, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def reveal(self, request, pk):
        """The citizen number of one person, once: the answer is kept nowhere on its way."""
        trainee = self.get_queryset(request).filter(pk=pk).first() if pk < 2**63 else None
        if trainee is None:
            raise Http404
        if not may_edit_trainee(request.actor, trainee):
            raise PermissionDenied
        person_page = self.admin_site.person_page(trainee)
        try:
            number = reveal_citizen_number(trainee, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(person_page)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Citizen number"),
            "trainee": trainee,
            "number": number,
            "person_page": person_page,
        }
        answer = TemplateResponse(request, "admin/courses/trainee/number.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    @admin.action(description=_("Merge two entries of one person"))
    def merge_two(self, request, queryset):
        people = list(queryset.order_by("pk")[:3])
        if len(people) != 2:
            messages.error(request, gettext("Please choose exactly two people to merge."))
            return None
        return HttpResponseRedirect(self.admin_site.merge_page(*people))

    @admin.action(description=_("Set fields of responsibility"))
    def set_fields(self, request, queryset):
        """Asks which fields, then writes them to everybody chosen whom the actor may change."""
        ids = list(queryset.order_by("pk").values_list("pk", "office_id"))
        own = [pk for pk, office in ids if may_plan_for(request.actor, office)]
        form = ResponsibilitiesForm(request.POST if "apply" in request.POST else None)
        if form.is_bound and form.is_valid():
            try:
                number = set_responsibilities([pk for pk, _office in ids], actor=request.actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, changed_in_words(number))
                return None
        across = request.POST.get("select_across") == "1"
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Fields of responsibility of many people"),
            "form": form,
            "count": len(own),
            "foreign": len(ids) - len(own),
            "chosen": request.POST.getlist("_selected_action")[:1] if across else [pk for pk, _office in ids],
            "across": int(across),
        }
        return TemplateResponse(request, "admin/courses/trainee/responsibilities.html", context)

    def get_changelist(self, request, **kwargs):
        return ByName

    def get_search_results(self, request, queryset, search_term):
        """By name; “#12” is the person with that number in the log. Of very many, those who were entered first.

        The database takes those by the index of words or by reading on from the first, whichever is less; sorted by
        name, it would read nearly everybody to find the first of a name that stands late in the alphabet.
        """
        number = search_term.strip().removeprefix("#")
        if search_term.strip().startswith("#") and number.isascii() and number.isdigit() and len(number) < 19:
            return queryset.filter(pk=number), False
        if not search_term.strip():
            return queryset, False
        found = list(queryset.named(search_term).order_by("pk").values_list("pk", flat=True)[: MOST_FOUND + 1])
        if len(found) > MOST_FOUND and request.resolver_match.url_name != "autocomplete":
            messages.info(
                request,
                gettext(
                    "More than %(number)d people have such a name: these are the first of them. "
                    "Please type more of the name."
                )
                % {"number": MOST_FOUND},
            )
        return queryset.filter(pk__in=found[:MOST_FOUND]), False

    def get_fields(self, request, obj=None):
        """Who may only read sees numbers masked."""
        return EDITED if self._edits(request, obj) else SHOWN

    def get_readonly_fields(self, request, obj=None):
        return [] if self._edits(request, obj) else SHOWN

    def _edits(self, request, obj) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "office":
            kwargs["queryset"] = Office.objects.planned_by(request.actor).in_protocol_order()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        form.save_as(request.actor)
        if form.disagrees:
            messages.warning(
                request,
                gettext(
                    "The citizen number does not fit the gender or the year of birth. Please compare it with the card."
                ),
            )

    def log_addition(self, request, obj, message):
        """The service has written the log."""

    def log_change(self, request, obj, message):
        """The service has written the log."""

    def choice_label(self, obj) -> str:
        """Two people of one name are told apart by office and year."""
        return " – ".join(filter(None, [obj.full_name, obj.office.name, str(obj.birth or "")]))

    @admin.display(description=_("birth date"), ordering="birth_first", empty_value="")
    def birth_date(self, obj):
        return obj.birth

    @admin.display(description=_("telephone"))
    def masked_phone(self, obj):
        return masked(obj.phone) if len(obj.phone) > 5 else ""

    @admin.display(description=_("citizen number"))
    def masked_number(self, obj):
        return obj.masked_citizen_number


def changed_in_words(number: int) -> str:
    text = ngettext("%(number)d person was changed.", "%(number)d people were changed.", number)
    return text % {"number": number}
