"""05/06/2026 typed into any date field of the project is the fifth of June."""

import datetime as dt
import importlib
import pkgutil
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory
from django.utils import translation

from courses.constants.actors import SYSTEM
from courses.models import Course

FIFTH_OF_JUNE = dt.date(2026, 6, 5)
DATES = (forms.DateField, forms.DateTimeField, forms.SplitDateTimeField)


def forms_of_the_admin():
    """(name, form class) of every registered model and its inlines, as an add page makes them."""
    request = RequestFactory().get("/admin/")
    request.actor, request.user = SYSTEM, SimpleNamespace(has_perm=lambda *_: True, is_superuser=True, pk=None)
    request.planned_course, request.planned_session = Course(pk=0), None
    for model, model_admin in admin.site._registry.items():
        yield model.__name__, model_admin.get_form(request, fields=None)
        for inline in model_admin.inlines:
            yield inline.__name__, inline(model, admin.site).get_formset(request, None).form


def forms_of_the_project():
    """(name, form class) of every form class in the modules of both apps' `forms` layers."""
    for app in ("courses", "attendance"):
        package = importlib.import_module(f"{app}.forms")
        for found in pkgutil.iter_modules(package.__path__, f"{app}.forms."):
            for thing in vars(importlib.import_module(found.name)).values():
                if isinstance(thing, type) and issubclass(thing, forms.BaseForm):
                    yield thing.__name__, thing


def date_fields():
    for name, form in [*forms_of_the_admin(), *forms_of_the_project()]:
        for field_name, field in form.base_fields.items():
            if isinstance(field, DATES):
                yield f"{name}.{field_name}", field


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_day_comes_first_in_every_date_field(language):
    found = dict(date_fields())
    assert {"Course.starts_on", "Session.date", "CopyForm.starts_on", "SignerInline.valid_from"} <= found.keys()
    with translation.override(language):
        for name, field in found.items():
            typed = {forms.SplitDateTimeField: ["05/06/2026", "07:30"], forms.DateTimeField: "05/06/2026 07:30"}
            read = field.clean(typed.get(type(field), "05/06/2026"))
            assert (read.date() if isinstance(read, dt.datetime) else read) == FIFTH_OF_JUNE, name
            if isinstance(field, forms.DateField):
                assert field.widget.format_value(FIFTH_OF_JUNE) == "05/06/2026", name
