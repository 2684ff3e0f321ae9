"""Putting a row of a roster right, and taking in a directory."""

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.constants import citizen_digits
from courses.constants.actors import Actor
from courses.constants.choices import Gender, RoleKind
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.forms.rosters import checked_roster_file
from courses.models import Course, ImportBatch, Office, Role
from courses.readers import sentences
from courses.services.rosters.reading import host_of, meanings_for
from courses.services.rosters.retyping import cells_of
from courses.services.rosters.rows import OpenedRow
from courses.tasks.reading import read_now_or_later


class RowForm(forms.Form):
    """The cells of one row. Words that cannot be read are no error of the form: they are kept, and the row says what is
    wrong with them. The citizen number is not shown: an empty field leaves it as it is."""

    full_name = forms.CharField(label=sentences.FIELDS["full_name"], max_length=400, required=False)
    birth = forms.CharField(
        label=sentences.FIELDS["birth"],
        max_length=60,
        required=False,
        help_text=_("Day/month/year, month/year or only the year."),
    )
    gender = forms.ChoiceField(
        label=sentences.FIELDS["gender"], choices=[("", _("(not stated)")), *Gender.choices], required=False
    )
    position = forms.CharField(label=sentences.FIELDS["position"], max_length=400, required=False)
    office = forms.ModelChoiceField(
        label=sentences.FIELDS["office"], queryset=None, required=False, empty_label=_("(not known yet)")
    )
    phone = forms.CharField(label=sentences.FIELDS["phone"], max_length=60, required=False)
    email = forms.CharField(label=sentences.FIELDS["email"], max_length=254, required=False)
    citizen_id = forms.CharField(label=sentences.FIELDS["citizen_id"], max_length=40, required=False)
    no_number = forms.BooleanField(label=_("Without a citizen number"), required=False)

    def __init__(self, *args, row: OpenedRow, course: Course | None, **kwargs):
        self.cells = cells_of(row, meanings_for(host_of(row.kept.batch), row.kept.batch.office))
        shown = {**self.cells, "citizen_id": "", "gender": row.read.gender or "", "office": row.kept.office_id}
        super().__init__(*args, initial=shown, **kwargs)
        day = course.starts_on if course else today()
        self.fields["office"].queryset = Office.objects.valid_on(day).in_protocol_order()
        number = self.cells["citizen_id"]
        if number:
            masked = citizen_digits.masked(number) if len(number) == 12 else in_the_clear(number)
            self.fields["citizen_id"].help_text = _("Kept: %(number)s. Leave the field empty to keep it.") % {
                "number": masked
            }

    def typed(self) -> dict[str, str]:
        """The words of every cell, to be read."""
        data = self.cleaned_data
        typed = {name: data[name] for name in self.cells}
        if data["no_number"]:
            typed["citizen_id"] = ""
        elif not typed["citizen_id"]:
            typed["citizen_id"] = self.cells["citizen_id"]
        return typed


class DirectoryForm(forms.Form):
    """Reads the file when it is valid; what the reader refuses stands at the file. `batch` may be still to be read."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("Excel (.xlsx, .xls), Word (.docx), OpenDocument (.ods) or CSV, as the office sent it."),
    )
    kept_by = forms.ModelChoiceField(label=_("Directory kept by"), queryset=None, empty_label=None)
    office = forms.ModelChoiceField(
        label=_("Office of rows that name none"),
        queryset=None,
        required=False,
        empty_label=_("(every row names its office)"),
        help_text=_("Choose it when the whole list comes from one office."),
    )

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.batch: ImportBatch | None = None
        offices = Office.objects.planned_by(actor).valid_on(today()).in_protocol_order()
        if actor.sees_everything:
            keepers = offices.filter(parent__isnull=True)
        else:
            held = Role.objects.held_on(today()).filter(user=actor.user_id, kind=RoleKind.ORGANISER)
            keepers = offices.filter(pk__in=held.order_by().values("office"))
        self.fields["kept_by"].queryset = keepers
        self.fields["office"].queryset = offices

    def clean_file(self):
        return checked_roster_file(self.cleaned_data["file"])

    def clean(self):
        data = super().clean()
        if not self.errors:
            file = data["file"]
            try:
                self.batch = read_now_or_later(
                    None, file.read(), file.name, actor=self.actor, office=data["office"], kept_by=data["kept_by"]
                )
            except Refusal as refusal:
                self.add_error("file", str(refusal.sentence))
        return data
