"""Writing trainees, with the columns that follow from others."""

from collections.abc import Collection, Iterable
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.constants import citizen_digits, citizen_numbers
from courses.constants.actors import Actor
from courses.constants.clock import VIETNAM, now
from courses.constants.errors import Refusal
from courses.constants.names import clean_text, search_key, sort_key, split_name
from courses.constants.partial_dates import PartialDate
from courses.constants.printing import refuse_unprintable
from courses.models import ActionLog, Responsibility, Trainee
from courses.rules.permissions import may_edit_trainee
from courses.services.records import log_action, log_each

#: Fields that a caller sets as they are; name, birth date and citizen number have their own way below.
PLAIN_FIELDS = ("gender", "position", "office", "staff_category", "phone", "email")
#: What stands on lists and certificates.
PRINTED_FIELDS = ("full_name", "position")
PERSONAL_FIELDS = ("full_name", "gender", "position", "phone", "email")


def fill_trainee(
    trainee: Trainee,
    *,
    full_name: str | None = None,
    birth: PartialDate | None = None,
    citizen_number: str | None = None,
    **plain,
) -> Trainee:
    """Sets fields on an unsaved or saved trainee without writing it; what is not given (or None) stays as it is.

    The parts of the name are made anew when the name changes: the last word is the given name. The citizen number
    must be twelve digits; "" takes it away. Refusal with a sentence when name or number cannot be.
    """
    if full_name is not None:
        full_name = clean_text(full_name)
        if not full_name:
            raise Refusal(_("A trainee needs a name."))
        if full_name != trainee.full_name:
            trainee.full_name = full_name
            trainee.family_name, trainee.middle_name, trainee.given_name = split_name(full_name)
    set_keys(trainee)
    if birth is not None:
        trainee.birth_first, trainee.birth_precision = birth.first, birth.precision
    if citizen_number is not None:
        if citizen_number and not citizen_digits.is_well_formed(citizen_number):
            raise Refusal(_("A citizen number has twelve digits."))
        if citizen_number != trainee.citizen_number:
            trainee.citizen_number_sealed = citizen_numbers.encrypt(citizen_number) if citizen_number else ""
            trainee.citizen_number_fingerprint = citizen_numbers.fingerprint(citizen_number) if citizen_number else None
    for field, value in plain.items():
        if field not in PLAIN_FIELDS:
            raise TypeError(f"not a field of a trainee: {field}")
        if value is not None:
            setattr(trainee, field, value)
    return trainee


def set_keys(trainee: Trainee) -> None:
    """Sort and search keys from the name and its (editable) parts."""
    trainee.sort_key = sort_key(trainee.family_name, trainee.middle_name, trainee.given_name)
    trainee.search_key = search_key(trainee.full_name)


@transaction.atomic
def save_trainee(trainee: Trainee, *, actor: Actor, **fields) -> Trainee:
    """Fills (see `fill_trainee`), checks and writes one trainee, with an entry in the log.

    Refusal when the citizen number belongs to somebody else, without saying to whom, and when a name or position that
    is new holds what no paper can print.
    """
    # The row is locked, so that whoever merges it waits, or has been waited for.
    known = Trainee.objects.select_for_update().filter(pk=trainee.pk).first() if trainee.pk else None
    if known and known.merged_into_id:
        raise Refusal(_("This person has been merged with another entry. Please open that one."))
    before = _personal(known)
    fill_trainee(trainee, **fields)
    # What was kept before there was this rule stays until somebody changes it.
    refuse_unprintable(*(text for name in PRINTED_FIELDS if (text := getattr(trainee, name)) != before.get(name)))
    try:
        with transaction.atomic():
            trainee.save()
    except IntegrityError as error:
        if "fingerprint" in str(error) or "one_trainee_a_citizen_number" in str(error):
            raise Refusal(
                _("This citizen number already belongs to another trainee. Please check the number.")
            ) from None
        raise
    after = _personal(trainee)
    changed = {name: [before.get(name), after[name]] for name in after if before.get(name) != after[name]}
    log_action(actor, "change" if before else "add", trainee, personal=changed)
    return trainee


@transaction.atomic
def reveal_citizen_number(trainee: Trainee, *, actor: Actor) -> str:
    """The number in the clear, for one person, with an entry in the log that says who saw it (never the number).

    Refusal unless the actor may edit the person (a host that merely registered somebody never sees it), and when there
    is no number.
    """
    if not may_edit_trainee(actor, trainee):
        raise Refusal(_("The citizen number of this person is shown to the person's own office alone."))
    if not trainee.citizen_number_sealed:
        raise Refusal(_("No citizen number is kept for this person."))
    number = trainee.citizen_number
    log_action(actor, "reveal", trainee)
    return number


def note_look(trainee: Trainee, *, actor: Actor) -> None:
    """That the actor looked at what is kept about a person, for the log which that person may read; once a day."""
    if actor.kind != "user":
        return
    midnight = now().astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    looks = ActionLog.objects.filter(action="look", subject=trainee._meta.label_lower, subject_id=trainee.pk)
    if not looks.filter(user=actor.user_id, at__gte=midnight).exists():
        log_action(actor, "look", trainee)


@transaction.atomic
def set_responsibilities(
    trainees: Iterable[int], *, actor: Actor, add: Collection[Responsibility], take_away: Collection[Responsibility]
) -> int:
    """Adds fields of responsibility to many people and takes others away; gives how many were changed.

    `trainees` are ids; those whom the actor may not edit stay as they are. A field in both lists is a refusal. The
    number of queries does not depend on the number of people.
    """
    if set(add) & set(take_away):
        raise Refusal(_("The same field cannot be added and taken away."))
    people = Trainee.objects.editable_by(actor).filter(pk__among=trainees)
    found = {person.pk: person for person in people.select_for_update(no_key=True).order_by("pk")}
    through = Trainee.responsibilities.through
    held: dict[int, set[int]] = {pk: set() for pk in found}
    theirs = through.objects.filter(trainee__among=found)
    for person, held_field in theirs.values_list("trainee_id", "responsibility_id"):
        held[person].add(held_field)
    more, less = {field.pk for field in add}, {field.pk for field in take_away}
    wanted = {pk: (fields | more) - less for pk, fields in held.items()}
    changed = [pk for pk in found if wanted[pk] != held[pk]]
    through.objects.filter(trainee__among=changed, responsibility__in=less).delete()
    through.objects.bulk_create(
        through(trainee_id=pk, responsibility_id=field) for pk in changed for field in sorted(wanted[pk] - held[pk])
    )
    changes = {found[pk]: {"responsibilities": [sorted(held[pk]), sorted(wanted[pk])]} for pk in changed}
    log_each(actor, "set responsibilities", changes, batch=uuid4())
    return len(changed)


def _personal(trainee: Trainee | None) -> dict:
    if trainee is None:
        return {}
    values = {name: getattr(trainee, name) for name in PERSONAL_FIELDS}
    return {**values, "birth": trainee.birth.iso() if trainee.birth else None, "office": trainee.office.code}
