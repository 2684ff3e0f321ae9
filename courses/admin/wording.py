"""Entries of the log as people read them."""

from django.apps import apps
from django.utils.text import capfirst

from courses.models import ActionLog


def subject_in_words(label: str) -> str:
    """ "courses.session" → "Half-day"; a model that is gone stays as it is."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name))
    except LookupError:
        return label


def changes_in_words(entry: ActionLog) -> str:
    """ "field: old → new" for each change; names of fields alone where no values are kept."""
    try:
        meta = apps.get_model(entry.subject)._meta
        names = {field.name: str(getattr(field, "verbose_name", field.name)) for field in meta.get_fields()}
    except LookupError:
        names = {}
    found = []
    for key, value in entry.changes.items():
        if key == "fields":
            found += [str(field) for field in value]
        elif isinstance(value, list) and len(value) == 2:
            old, new = ("–" if part is None else part for part in value)
            found.append(f"{names.get(key, key)}: {old} → {new}")
        else:
            found.append(f"{names.get(key, key)}: {value}")
    return "; ".join(found)
