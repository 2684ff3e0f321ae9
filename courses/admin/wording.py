"""Entries of the log as people read them."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst

from courses.models import ActionLog


def subject_in_words(label: str) -> str:
    """ "courses.session" → "Half-day"; a model that is gone stays as it is."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label


def changes_in_words(entry: ActionLog) -> str:
    """ "field: old → new" for each change; names of fields alone where no values are kept, the number of rows that a
    list names."""
    found = []
    for key, value in entry.changes.items():
        if key == "fields":
            found += [str(field) for field in value]
            continue
        name, choices = _field(entry.subject, key)
        if isinstance(value, list) and len(value) == 2:
            old, new = (_in_words(part, choices) for part in value)
            found.append(f"{name}: {old} → {new}")
        else:
            found.append(f"{name}: {len(value) if isinstance(value, list) else value}")
    return "; ".join(found)


def _in_words(part, choices: dict) -> str:
    """One value: of a choice its label, of a list how many, of several numbers each with its name."""
    if part is None:
        return "–"
    if isinstance(part, dict):
        return ", ".join(f"{name} {value}" for name, value in part.items())
    return str(len(part) if isinstance(part, list) else choices.get(part, part))


def _field(label: str, key: str) -> tuple[str, dict]:
    """The name of a field, or of the rows that refer to the subject, and its choices; the key itself when unknown."""
    try:
        field = apps.get_model(label)._meta.get_field(key)
    except (LookupError, FieldDoesNotExist):
        return key, {}
    if field.auto_created:
        return str(field.related_model._meta.verbose_name_plural), {}
    return str(field.verbose_name), dict(field.flatchoices)
