"""Uploading a roster, and deciding who its rows are."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import Course, ImportBatch, Office
from courses.readers import sentences
from courses.services.roster_reading import read_roster
from courses.services.roster_rows import NEW, SKIP

MOST_MEGABYTES = 10


class RosterForm(forms.Form):
    """Reads the file when it is valid; what the reader refuses stands at the file."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("Excel (.xlsx, .xls), Word (.docx), OpenDocument (.ods) or CSV, as the office sent it."),
    )
    office = forms.ModelChoiceField(
        label=_("Office of rows that name none"),
        queryset=None,
        required=False,
        empty_label=_("(every row names its office)"),
        help_text=_("Choose it when the whole list comes from one office."),
    )

    def __init__(self, *args, course: Course, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.course, self.actor = course, actor
        self.batch: ImportBatch | None = None
        self.fields["office"].queryset = Office.objects.visible_to(actor).valid_on(course.starts_on).in_protocol_order()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise ValidationError(sentences.refusal("too_big", {"megabytes": MOST_MEGABYTES}))
        return file

    def clean(self):
        data = super().clean()
        if not self.errors:
            file = data["file"]
            try:
                self.batch = read_roster(self.course, file.read(), file.name, actor=self.actor, office=data["office"])
            except Refusal as refusal:
                self.add_error("file", str(refusal.sentence))
        return data


def decisions_of(posted) -> dict[int, int | str]:
    """{row id: trainee id, "new" or "skip"} of the fields called row-<id>; anything else in a post is passed over."""
    found: dict[int, int | str] = {}
    for name, value in posted.items():
        row = name.removeprefix("row-")
        if row == name or not (row.isascii() and row.isdigit() and len(row) < 19):
            continue
        if value in (NEW, SKIP):
            found[int(row)] = value
        elif value.isascii() and value.isdigit() and len(value) < 19:
            found[int(row)] = int(value)
    return found
