"""The lists that a host keeps as forms, to be used again for other classes."""

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import ListForm
from attendance.rules.lists import ListChoice, check_choice
from attendance.rules.permissions import may_keep_lists
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Office
from courses.services.records import log_action

MOST_FORMS = 60


@transaction.atomic
def save_list_form(
    host: Office, choice: ListChoice, *, name: str, actor: Actor, form: ListForm | None = None
) -> ListForm:
    """Keeps the choice under a name; under that of `form`, which it was made from, in its place. The same again changes
    nothing. Refusal when the name is taken, when nothing can be made of the choice, and without the right to."""
    host = _locked(host, actor)
    check_choice(choice)
    name = _named(name)
    said = choice.as_json()
    before = ListForm.objects.filter(host=host, name=name).first()
    if before and before.form == said:
        return before
    if before and (form is None or form.pk != before.pk):
        raise Refusal(_taken(name))
    if before:
        before.form, before.changed_at, before.changed_by_id = said, now(), actor.user_id
        before.save()
        log_action(actor, "keep list", before, changes={"name": [name, name]})
        return before
    if ListForm.objects.filter(host=host).count() >= MOST_FORMS:
        raise Refusal(
            _("%(most)d lists are kept already. Please delete one that is not used any more.") % {"most": MOST_FORMS}
        )
    made = ListForm.objects.create(host=host, name=name, form=said, changed_at=now(), changed_by_id=actor.user_id)
    log_action(actor, "keep list", made, changes={"name": [None, name]})
    return made


@transaction.atomic
def rename_list_form(form: ListForm, *, name: str, actor: Actor) -> ListForm:
    host = _locked(form.host, actor)
    form = _still_there(form)
    name = _named(name)
    if form.name == name:
        return form
    if ListForm.objects.filter(host=host, name=name).exists():
        raise Refusal(_taken(name))
    before, form.name = form.name, name
    form.changed_at, form.changed_by_id = now(), actor.user_id
    form.save()
    log_action(actor, "rename list", form, changes={"name": [before, name]})
    return form


@transaction.atomic
def delete_list_form(form: ListForm, *, actor: Actor) -> None:
    """Twice is harmless. Lists that were made by it stay as they are."""
    _locked(form.host, actor)
    found = ListForm.objects.filter(pk=form.pk).first()
    if found:
        log_action(actor, "delete list", found, changes={"name": [found.name, None]})
        found.delete()


def _locked(host: Office, actor: Actor) -> Office:
    host = Office.objects.select_for_update(of=("self",)).get(pk=host.pk)
    if not may_keep_lists(actor, host):
        raise Refusal(_("Only organisers and certificate officers of the host office can keep its lists."))
    return host


def _still_there(form: ListForm) -> ListForm:
    found = ListForm.objects.filter(pk=form.pk).first()
    if found is None:
        raise Refusal(_("This list was deleted meanwhile."))
    return found


def _named(name: str) -> str:
    name = clean_text(name)[:80]
    if not name:
        raise Refusal(_("Please type a name under which the list is kept."))
    return name


def _taken(name: str) -> str:
    return _("A list is already kept as “%(name)s”. Please type another name.") % {"name": name}
