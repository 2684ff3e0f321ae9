"""Keeping lists for other classes: one of a name, by people of the host alone."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from attendance.forms.lists import usual_choice
from attendance.models import ListForm
from attendance.services import lists
from attendance.services.lists import delete_list_form, rename_list_form, save_list_form
from attendance.tests.records import officer_of
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import ActionLog
from courses.tests.planning import make_office, organiser_of

pytestmark = pytest.mark.django_db
CHOICE = usual_choice("people")


@pytest.fixture
def host():
    return make_office("HOST")


@pytest.fixture
def organiser(host):
    return organiser_of(host)


def test_the_same_again_changes_nothing(host, organiser):
    kept = save_list_form(host, CHOICE, name="  Ký   nhận ", actor=organiser)
    assert kept.name == "Ký nhận"
    assert save_list_form(host, CHOICE, name="Ký nhận", actor=organiser) == kept
    assert rename_list_form(kept, name="Ký nhận", actor=organiser) == kept
    delete_list_form(kept, actor=organiser)
    delete_list_form(kept, actor=organiser)
    assert ActionLog.objects.count() == 2


def test_one_name_is_kept_once(host, organiser):
    """Take the look at the name out of the services and these are errors of the database."""
    save_list_form(host, CHOICE, name="Một", actor=organiser)
    two = save_list_form(host, CHOICE, name="Hai", actor=organiser)
    with pytest.raises(Refusal):
        rename_list_form(two, name="Một", actor=organiser)
    with pytest.raises(Refusal):
        save_list_form(host, replace(CHOICE, title="Khác"), name="Một", actor=organiser, form=two)
    other = make_office("OTHER")
    save_list_form(other, CHOICE, name="Một", actor=organiser_of(other))
    with pytest.raises(IntegrityError), transaction.atomic():
        ListForm.objects.create(host=host, name="Một", changed_at=now())


def test_only_people_of_the_host_keep_its_lists(host, organiser):
    kept = save_list_form(host, CHOICE, name="Một", actor=officer_of(host))
    stranger = organiser_of(make_office("OTHER"))
    for act in (
        lambda: save_list_form(host, CHOICE, name="Hai", actor=stranger),
        lambda: rename_list_form(kept, name="Hai", actor=stranger),
        lambda: delete_list_form(kept, actor=stranger),
    ):
        with pytest.raises(Refusal):
            act()
    assert list(ListForm.objects.values_list("name", flat=True)) == ["Một"]


def test_so_many_lists_are_kept_and_no_more(host, organiser, monkeypatch):
    monkeypatch.setattr(lists, "MOST_FORMS", 1)
    save_list_form(host, CHOICE, name="Một", actor=organiser)
    with pytest.raises(Refusal):
        save_list_form(host, CHOICE, name="Hai", actor=organiser)


@pytest.mark.parametrize("name", ["", "  ", "\u200b"])
def test_a_list_needs_a_name(host, organiser, name):
    with pytest.raises(Refusal):
        save_list_form(host, CHOICE, name=name, actor=organiser)


def test_a_list_that_was_deleted_meanwhile_has_no_name(host, organiser):
    kept = save_list_form(host, CHOICE, name="Một", actor=organiser)
    ListForm.objects.all().delete()
    with pytest.raises(Refusal):
        rename_list_form(kept, name="Hai", actor=organiser)
