"""Writing what kinds of papers are called, and which offices have the power to issue them."""

import re
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import PaperKind
from attendance.models import IssuerAuthority, PaperWords
from attendance.reports.looks import words_of
from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Office
from courses.services.records import log_action

FIELDS = ("title", "completed", "abbreviation", "needs_authority", "replaced_by", "working_days")
#: A number is read aloud, typed and made part of the name of a file.
_ABBREVIATION = re.compile(r"[^\W\d_][\w.-]*")


@transaction.atomic
def set_words(kind: str, *, actor: Actor, **fields) -> PaperWords:
    """Says what papers of the kind are called from now on; the same again changes nothing.

    `fields` are all of `FIELDS`. Papers and books that are there keep their words. Refusal for others than
    administrators, and for an abbreviation that is not of letters, digits, points and hyphens or is another kind's.
    """
    _may(actor)
    fields = {name: clean_text(value) if isinstance(value, str) else value for name, value in fields.items()}
    if not _ABBREVIATION.fullmatch(fields["abbreviation"]):
        raise Refusal(_("Please write the abbreviation with letters, digits, points and hyphens only, such as GCN."))
    _check_abbreviation(kind, fields["abbreviation"])
    row = PaperWords.objects.select_for_update().filter(kind=kind).first() or PaperWords(kind=kind)
    changes = {
        name: [getattr(row, name) if row.pk else None, value]
        for name, value in fields.items()
        if not row.pk or getattr(row, name) != value
    }
    if not changes:
        return row
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    log_action(actor, "set words", row, changes=changes)
    return row


@transaction.atomic
def authorise(
    issuer: Office,
    *,
    document: str,
    actor: Actor,
    kind: str = PaperKind.CERTIFICATE,
    valid_from: date | None = None,
    valid_to: date | None = None,
    power: IssuerAuthority | None = None,
) -> IssuerAuthority:
    """Enters by which document an office may issue a kind of paper, or puts right what stands there (`power`).

    Refusal for others than administrators, without a document, and when it ends before it begins.
    """
    _may(actor)
    if not document.strip():
        raise Refusal(_("Please enter the document that gives the power."))
    if valid_from and valid_to and valid_to <= valid_from:
        raise Refusal(_("The power would end before it begins. Please look at the dates once more."))
    row = power or IssuerAuthority()
    before = [row.document, row.valid_to] if row.pk else None
    row.issuer, row.kind, row.document = issuer, kind, clean_text(document)
    row.valid_from, row.valid_to = valid_from, valid_to
    row.full_clean()
    row.save()
    after = [row.document, valid_to]
    if before != after:
        log_action(actor, "authorise", row, changes={"document": [before and before[0], row.document]})
    return row


def _check_abbreviation(kind: str, abbreviation: str) -> None:
    for other, words in words_of().items():
        if other != kind and words.abbreviation.casefold() == abbreviation.casefold():
            raise Refusal(
                _("%(title)s has this abbreviation already: two papers of an office would bear the same number.")
                % {"title": words.title}
            )


def _may(actor: Actor) -> None:
    if not (actor.sees_everything or actor.is_superuser):
        raise Refusal(_("Only the administrator of the site can change this."))
