"""Trainees: found by name without marks, sorted as Vietnamese names are, numbers masked in lists."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.admin.scoped import ScopedAdmin, ScopedFilter
from courses.constants.citizen_numbers import masked
from courses.forms.trainees import TraineeForm
from courses.models import Office, Trainee
from courses.rules.permissions import may_edit_trainee, may_plan_classes

EDITED = [
    "full_name", ("family_name", "middle_name", "given_name"), "gender", "birth", "position", "office",
    "staff_category", "responsibilities", "phone", "email", "citizen_number",
]  # fmt: skip
SHOWN = ["full_name", "gender", "birth_date", "position", "office", "staff_category", "masked_phone", "masked_number"]


#: People whom a search shows. Who sees so many types more of the name; sorting half a million of them takes seconds.
MOST_FOUND = 200


class ByName(ChangeList):
    """People stand by given name, also within an office (whose column sorts by protocol order) or any other column."""

    def get_ordering(self, request, queryset):
        ordering = [part.replace("full_name", "sort_key") for part in super().get_ordering(request, queryset)]
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

    def may_add(self, actor):
        return may_plan_classes(actor)

    def may_change(self, actor, obj):
        return may_edit_trainee(actor, obj)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("office")

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
            actor, offices = request.actor, Office.objects.in_protocol_order()
            kwargs["queryset"] = offices if actor.sees_everything else offices.filter(pk__in=actor.organises_writable)
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
