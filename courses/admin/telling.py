"""The words of messages that a host keeps, with a look at what a person would read."""

from django.contrib import admin

from courses.admin.plan import KeptByOffice
from courses.admin.scoped import ScopedFilter
from courses.constants.choices import Occasion
from courses.constants.telling import DEFAULT_WORDS, OF_PEOPLE, PLACEHOLDERS
from courses.forms.telling import MessageTextForm, WordsForm
from courses.models import MessageText
from courses.reports.telling import sample_of


@admin.register(MessageText)
class MessageTextAdmin(KeptByOffice):
    form = MessageTextForm
    list_display = ["occasion", "subject", "office"]
    list_select_related = ["office"]
    list_filter = [("office", ScopedFilter)]
    fields = ["office", "occasion", "subject", "body"]

    def may_delete(self, actor, obj):
        """The words that came with the program count again."""
        return self.may_change(actor, obj)

    def get_changeform_initial_data(self, request):
        """The words that came with the program, to be changed."""
        asked = request.GET.get("occasion", "")
        words = DEFAULT_WORDS[Occasion(asked)]._asdict() if asked in OF_PEOPLE else {}
        return {**super().get_changeform_initial_data(request), **words}

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """The button that only looks saves nothing: the form comes back as it was typed, with the message above it."""
        context = {"occasions": OF_PEOPLE, "placeholders": PLACEHOLDERS.items(), "sample": None}
        if request.method == "POST" and "_look" in request.POST:
            request.only_looked = True
            form = WordsForm(request.POST)
            context["sample"] = sample_of(form.words) if form.is_valid() else None
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if not getattr(request, "only_looked", False):
            return form

        class Looked(form):
            def is_valid(self):
                super().is_valid()  # what is wrong is said
                return False

        return Looked
