"""Entries of the log as people read them."""

import datetime as dt

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from courses.models import ActionLog


def subject_in_words(label: str) -> str:
    """ "courses.session" → "Half-day"; a model that is gone stays as it is."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label


def changes_in_words(entry: ActionLog, changes: dict | None = None) -> str:
    """ "field: old → new" for each change; names of fields alone where no values are kept, the number of rows that a
    list names. `changes`: the personal part of the entry, when that is to be said."""
    found = []
    for key, value in (entry.changes if changes is None else changes).items():
        if key == "fields":
            found += [str(field) for field in value]
            continue
        name, choices = _field(entry.subject, key)
        if isinstance(value, list) and len(value) == 2:
            old, new = (_in_words(part, choices) for part in value)
            found.append(f"{name}: {old} → {new}")
        else:
            found.append(f"{name}: {_in_words(value, choices)}")
    return "; ".join(found)


def _in_words(part, choices: dict) -> str:
    """One value: of a choice its label, of a day how it is written here, of a list of rows how many, of texts each, of
    several numbers each with its name."""
    if part is None or part == "":
        return "–"
    if isinstance(part, dict):
        return ", ".join(f"{name} {value}" for name, value in part.items())
    if isinstance(part, bool):
        return _("Yes") if part else _("No")
    if isinstance(part, list):
        said = bool(part) and all(isinstance(one, str) for one in part)
        return ", ".join(_in_words(one, choices) for one in part) if said else str(len(part))
    return str(choices[part]) if part in choices else _day_in_words(str(part))


def _day_in_words(text: str) -> str:
    """ "2026-12-04" → "04/12/2026"; a moment with its hour; anything else as it is."""
    if len(text) < 10 or text[4:8:3] != "--":
        return text
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) == 10:
        return f"{moment:%d/%m/%Y}"
    return f"{localtime(moment) if is_aware(moment) else moment:%H:%M %d/%m/%Y}"


def _field(label: str, key: str) -> tuple[str, dict]:
    """The name of a field, or of the rows that refer to the subject, and its choices; the key itself when unknown."""
    try:
        field = apps.get_model(label)._meta.get_field(key)
    except (LookupError, FieldDoesNotExist):
        return key, {}
    if field.auto_created:
        return str(field.related_model._meta.verbose_name_plural), {}
    return str(field.verbose_name), dict(field.flatchoices)
