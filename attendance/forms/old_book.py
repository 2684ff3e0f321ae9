"""The file of an old register book, and its rows as the preview gives them back."""

from dataclasses import asdict

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.forms.table import PREVIEW_LASTS
from attendance.models import RegisterBook
from attendance.readers.old_book import OldRow
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.services.records import MOST_MEGABYTES


class OldBookFileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("The old register book as Excel, one row a paper, with its titles above."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_MEGABYTES * 1024 * 1024:
            raise ValidationError(
                _("The file is larger than %(megabytes)s MB. Please send only the register book."),
                params={"megabytes": MOST_MEGABYTES},
            )
        return file


def signed_rows(book: RegisterBook, actor: Actor, rows: tuple[OldRow, ...]) -> str:
    """The rows as the preview gives them back, which nobody else can make or use."""
    return signing.dumps([list(asdict(row).values()) for row in rows], salt=_salt(book, actor), compress=True)


def read_signed_rows(book: RegisterBook, actor: Actor, text: str) -> tuple[OldRow, ...]:
    """Refusal when they are another's, another book's or too old."""
    try:
        rows = signing.loads(text, salt=_salt(book, actor), max_age=PREVIEW_LASTS)
    except signing.BadSignature:
        raise Refusal(_("This page is out of date. Please choose the file again.")) from None
    return tuple(OldRow(*row) for row in rows)


def _salt(book: RegisterBook, actor: Actor) -> str:
    return f"old register book {book.pk} by {actor.user_id}"
