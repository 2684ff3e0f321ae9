"""What is typed to reorganise offices, to move their people, and to count who was trained."""

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from courses.constants.actors import Actor
from courses.constants.choices import OfficeKind
from courses.constants.clock import today
from courses.models import Course, Office
from courses.reports.reorganisation import PeopleOf
from courses.reports.trained import held_classes
from courses.services.reorganisation import NewOffice, Plan

#: How many parts the page for a split has room for.
MOST_PARTS = 4


def _label(office: Office) -> str:
    return f"{office.name} ({office.code})"


class OfficeChoice(forms.ModelChoiceField):
    """Offices by name and code. All are accepted, so that a page sent twice is understood; those that exist are
    offered."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Office.objects.in_protocol_order(), **kwargs)

    def label_from_instance(self, obj) -> str:
        return _label(obj)


class OfficeChoices(forms.ModelMultipleChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=Office.objects.in_protocol_order(), widget=forms.CheckboxSelectMultiple, **kwargs)

    def label_from_instance(self, obj) -> str:
        return _label(obj)


class ReorganiseForm(forms.Form):
    """The day, and what goes on. A kind of reorganisation adds which offices become which: see `plan`."""

    kind = ""
    on = forms.DateField(
        label=capfirst(_("from which day")),
        widget=AdminDateWidget,
        help_text=_("The first day on which the new offices work and the old ones do not."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_parts()
        day = today()
        open_ones = Office.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).in_protocol_order()
        offered = [(office.pk, _label(office)) for office in open_ones]
        for field in self.fields.values():
            if isinstance(field, OfficeChoices):
                field.choices = offered
            elif isinstance(field, OfficeChoice):
                field.choices = [("", "—"), *offered]

    def add_parts(self) -> None:
        """For a form whose number of fields is a number of its own."""

    def plan(self) -> Plan:
        raise NotImplementedError

    def _plan(self, old, new) -> Plan:
        data = self.cleaned_data
        keep, carry = data.get("keep_spellings", False), data.get("carry_roles", False)
        return Plan(self.kind, tuple(old), tuple(new), data["on"], keep, carry)


class GoesOn(forms.Form):
    keep_spellings = forms.BooleanField(
        label=_("The old names and spellings are understood as the new office in lists from that day on"),
        required=False,
    )
    carry_roles = forms.BooleanField(
        label=_("Who holds a role at an old office holds it at the new one from that day on"), required=False
    )


class MergeForm(GoesOn, ReorganiseForm):
    kind = "merge"
    old = OfficeChoices(label=_("Offices that are merged"))
    into = OfficeChoice(
        label=_("They become this office"), required=False, help_text=_("Leave it empty for a new office.")
    )
    name = forms.CharField(label=_("Name of the new office"), max_length=200, required=False)
    office_kind = forms.ChoiceField(
        label=capfirst(_("kind")), choices=OfficeKind.choices, required=False, initial=OfficeKind.WARD
    )
    official_code = forms.CharField(label=capfirst(_("official code")), max_length=20, required=False)
    code = forms.CharField(
        label=capfirst(_("code")), max_length=40, required=False, help_text=_("Empty: the official code with the year.")
    )
    parent = OfficeChoice(label=capfirst(_("belongs to")), required=False)
    field_order = [
        "on", "old", "into", "name", "office_kind", "official_code", "code", "parent", "keep_spellings", "carry_roles",
    ]  # fmt: skip

    def clean(self):
        data = super().clean()
        if bool(data.get("into")) == bool(data.get("name")):
            self.add_error("into", _("Choose the office that takes in the others, or name a new one."))
        return data

    def plan(self) -> Plan:
        data = self.cleaned_data
        new = NewOffice(data["name"], data["office_kind"], data["code"], data["parent"], data["official_code"])
        return self._plan(data["old"], [data["into"] or new])


class SplitForm(ReorganiseForm):
    kind = "split"
    old = OfficeChoice(label=_("Office that is split"))

    field_order = ["old", "on"]

    def add_parts(self) -> None:
        for number in range(1, MOST_PARTS + 1):
            self.fields[f"part_{number}"] = OfficeChoice(
                label=_("Part %(number)d: an office that exists") % {"number": number}, required=False
            )
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("or the name of a new one"), max_length=200, required=False
            )
            self.fields[f"code_{number}"] = forms.CharField(label=_("and its code"), max_length=40, required=False)

    def clean(self):
        data = super().clean()
        for number in range(1, MOST_PARTS + 1):
            part, name, code = (data.get(f"{what}_{number}") for what in ("part", "name", "code"))
            if part and (name or code):
                self.add_error(f"part_{number}", _("Choose an office, or name a new one."))
            elif bool(name) != bool(code):
                self.add_error(f"name_{number}", _("A new office needs a name and a code."))
        return data

    def plan(self) -> Plan:
        data, old = self.cleaned_data, self.cleaned_data["old"]
        parts: list[Office | NewOffice] = []
        for number in range(1, MOST_PARTS + 1):
            if data[f"part_{number}"]:
                parts.append(data[f"part_{number}"])
            elif data[f"name_{number}"]:
                parts.append(NewOffice(data[f"name_{number}"], old.kind, data[f"code_{number}"], old.parent))
        return self._plan([old], parts)


class RenameForm(GoesOn, ReorganiseForm):
    kind = "rename"
    old = OfficeChoice(label=_("Office that is renamed"))
    name = forms.CharField(label=_("New name"), max_length=200)
    code = forms.CharField(
        label=capfirst(_("code")), max_length=40, required=False, help_text=_("Empty: the old code with the year.")
    )
    field_order = ["old", "on", "name", "code", "keep_spellings", "carry_roles"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = {"keep_spellings": True, "carry_roles": True, **self.initial}

    def plan(self) -> Plan:
        data, old = self.cleaned_data, self.cleaned_data["old"]
        new = NewOffice(data["name"], old.kind, data["code"], old.parent, old.official_code)
        return self._plan([old], [new])


FORMS: dict[str, type[ReorganiseForm]] = {form.kind: form for form in (MergeForm, SplitForm, RenameForm)}


class MovePeopleForm(forms.Form):
    """Everyone of an office, ticked, with where they go: to `new`, or where the person's own line says."""

    effective_on = forms.DateField(label=capfirst(_("from which day")), widget=AdminDateWidget)
    new = forms.ModelChoiceField(label=_("They go to"), queryset=Office.objects.none(), required=False)

    def __init__(self, *args, people: PeopleOf, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = people
        others = Office.objects.planned_by(actor).exclude(pk=people.office.pk)
        offices = others.valid_on(today()).in_protocol_order()
        choices = self.fields["new"]
        choices.queryset = offices
        self.initial = {
            "new": people.suggested, "effective_on": people.office.valid_to or today(), **self.initial
        }  # fmt: skip
        self.offices = {office.pk: office for office in offices}
        heirs = [(office.pk, office.name) for office in people.heirs if office.pk in self.offices]
        for trainee in people.people:
            self.fields[f"move-{trainee.pk}"] = forms.BooleanField(
                label=trainee.full_name, required=False, initial=True
            )
            if len(heirs) > 1:
                self.fields[f"to-{trainee.pk}"] = forms.TypedChoiceField(
                    label=_("%(name)s goes to") % {"name": trainee.full_name},
                    choices=[("", "—"), *heirs], coerce=int, empty_value=None, required=False,
                )  # fmt: skip

    def lines(self):
        """(trainee, tick, choice of an office or None) of each person."""
        for trainee in self.people.people:
            name = f"to-{trainee.pk}"
            yield trainee, self[f"move-{trainee.pk}"], self[name] if name in self.fields else None

    def clean(self):
        data = super().clean()
        chosen = [trainee for trainee in self.people.people if data.get(f"move-{trainee.pk}")]
        if not chosen and not self.errors:
            raise forms.ValidationError(_("Nobody is chosen. Please tick who goes to the other office."))
        for trainee in chosen:
            if not data.get("new") and not data.get(f"to-{trainee.pk}"):
                field = f"to-{trainee.pk}" if f"to-{trainee.pk}" in self.fields else "new"
                if not self.has_error(field):
                    self.add_error(field, _("Please choose where to."))
        return data

    def where(self) -> dict[Office, list[int]]:
        """Ids of those who are ticked by the office they go to."""
        found: dict[Office, list[int]] = {}
        for trainee in self.people.people:
            if self.cleaned_data[f"move-{trainee.pk}"]:
                to = self.cleaned_data.get(f"to-{trainee.pk}")
                found.setdefault(self.offices[to] if to else self.cleaned_data["new"], []).append(trainee.pk)
        return found


class TrainedForm(forms.Form):
    """A year or a class, and by which office people count. What makes no sense counts as not said."""

    year = forms.TypedChoiceField(label=capfirst(_("year")), coerce=int, empty_value=None, required=False)
    # Not "course": pages that add something to a class look for that in any address.
    of_class = forms.ModelChoiceField(label=capfirst(_("class")), queryset=Course.objects.none(), required=False)
    by = forms.ChoiceField(
        label=_("Count by"),
        choices=[("then", _("the office at the time of the class")), ("now", _("the office that has taken over"))],
        required=False,
    )

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        courses = held_classes(actor)
        years = courses.dates("starts_on", "year", order="DESC")
        self.fields["of_class"].queryset = courses
        self.fields["of_class"].empty_label = str(_("all classes"))
        self.fields["year"].choices = [("", str(_("all years"))), *((day.year, day.year) for day in years)]

    def asked(self) -> dict:
        self.is_valid()
        data = self.cleaned_data
        return {"year": data.get("year"), "course": data.get("of_class"), "by": data.get("by") or "then"}
