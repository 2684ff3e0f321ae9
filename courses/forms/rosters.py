"""Uploading a roster, saying what its columns mean, and deciding who its rows are."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.models import Course, ImportBatch, Office
from courses.readers import header, sentences
from courses.readers.unreadable import Title
from courses.services.rosters.reading import host_of, meanings_for
from courses.services.rosters.rows import NEW, SKIP
from courses.tasks.reading import explain_and_read, read_now_or_later

#: Of an upload; what reaches the reader by other ways may have twice as much (`container.MOST_MEGABYTES`).
MOST_MEGABYTES = 10


def checked_roster_file(file, *, most: int = MOST_MEGABYTES, advice: str = ""):
    """The uploaded list, before its bytes are read into memory. ValidationError above `most` megabytes, with `advice`
    on where a larger one can go."""
    if file.size > most * 1024 * 1024:
        raise ValidationError(f"{sentences.refusal('too_big', {'megabytes': most})} {advice}".strip())
    return file


class RosterForm(forms.Form):
    """Reads the file when it is valid; what the reader refuses stands at the file. `batch` may be still to be read."""

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

    def offices(self) -> list[Office]:
        """Those that can be chosen, read once for the whole page."""
        field = self.fields["office"]
        found = list(field.queryset)
        field.choices = [("", field.empty_label), *((office.pk, str(office)) for office in found)]
        return found

    def clean_file(self):
        return checked_roster_file(self.cleaned_data["file"])

    def clean(self):
        data = super().clean()
        if not self.errors:
            try:
                self.batch = read_now_or_later(
                    self.course, data["file"].read(), data["file"].name, actor=self.actor, office=data["office"]
                )
            except Refusal as refusal:
                self.add_error("file", str(refusal.sentence))
        return data


class TitlesForm(forms.Form):
    """What each of a list's columns holds; titles that are understood without help stand there unchangeable."""

    not_read = sentences.COLUMNS[header.NOT_READ]

    def __init__(self, *args, batch: ImportBatch, titles: list[Title], **kwargs):
        super().__init__(*args, **kwargs)
        self.batch, self.titles = batch, titles
        said = meanings_for(host_of(batch), batch.office)
        choices = [(header.NOT_READ, self.not_read), *((field, sentences.COLUMNS[field]) for field in header.MAPPABLE)]
        for number, title in enumerate(titles):
            known = header.meaning_of(tuple(title["title"].split(" / ")), said)
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=title["title"],
                choices=choices,
                required=False,
                initial=known if known in header.MAPPABLE else header.NOT_READ,
                disabled=header.understood(title["title"]) is not None,
            )

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each column's field with some of its cells."""
        return [(self[f"column-{number}"], title["samples"]) for number, title in enumerate(self.titles)]

    def meanings(self) -> dict[str, str]:
        """{title: field, "" for a column that is not read}, of a valid form."""
        return {title["title"]: self.cleaned_data[f"column-{number}"] for number, title in enumerate(self.titles)}


class ColumnsForm(TitlesForm):
    """Asked once: when it is valid, what is said is remembered, and the file read again."""

    def __init__(self, *args, actor: Actor, **kwargs):
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean(self):
        data = super().clean()
        if not self.errors:
            try:
                explain_and_read(self.batch, actor=self.actor, meanings=self.meanings())
            except Refusal as refusal:
                self.add_error(None, str(refusal.sentence))
        return data


def decisions_of(posted) -> dict[int, int | str]:
    """{row id: trainee id, "new", "skip" or "<trainee>:<office>" (see `rows.moving_from`)} of the fields called
    row-<id>; anything else in a post is passed over."""
    found: dict[int, int | str] = {}
    for name, value in posted.items():
        row = row_id(name.removeprefix("row-")) if name.startswith("row-") else None
        if row is None:
            continue
        if value in (NEW, SKIP):
            found[row] = value
        elif (trainee := row_id(value)) is not None:
            found[row] = trainee
        elif all(row_id(part) for part in value.split(":", 1)):
            found[row] = value
    return found
