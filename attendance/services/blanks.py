"""Writing about bought blanks: each printed number is used once, or spoiled, or still to come."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import IN_FORCE
from attendance.models import BlankRange, Certificate, SpoiledBlank
from attendance.rules.permissions import may_keep_book
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Office
from courses.services.records import log_action


@transaction.atomic
def add_blanks(
    *,
    issuer: Office,
    kind: str,
    first: int,
    last: int,
    actor: Actor,
    prefix: str = "",
    digits: int = 6,
    received_on: date | None = None,
) -> BlankRange:
    """Enters bought blanks; the same range again gives the one that is there.

    Refusal when one of the numbers is in another range of the office and kind, with the same letters before it.
    """
    issuer = Office.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    _may(issuer, actor)
    if first > last:
        raise Refusal(_("The first number is higher than the last one. Please look at the blanks once more."))
    if len(str(last)) > digits:
        raise Refusal(_("The last number has more digits than are printed on a blank. Please look once more."))
    prefix = clean_text(prefix)
    others = BlankRange.objects.filter(issuer=issuer, kind=kind, prefix__iexact=prefix)
    for other in others.filter(first__lte=last, last__gte=first).order_by("first"):
        if (other.first, other.last, other.digits) == (first, last, digits):
            return other
        raise Refusal(
            _("The blanks %(range)s are entered already; no number can be entered twice.") % {"range": str(other)}
        )
    blanks = BlankRange(
        issuer=issuer,
        kind=kind,
        prefix=prefix,
        digits=digits,
        first=first,
        last=last,
        next_number=first,
        received_on=received_on,
        made_at=now(),
        made_by_id=actor.user_id,
    )
    blanks.full_clean(exclude=["made_by"])
    blanks.save()
    log_action(actor, "add blanks", blanks, changes={"first": [None, first], "last": [None, last]})
    return blanks


def take_blank(blanks: BlankRange) -> int:
    """The next number that is neither used nor spoiled, taken until the transaction ends; a failure gives it back.

    Refusal when there is none.
    """
    blanks = BlankRange.objects.select_for_update(of=("self",)).get(pk=blanks.pk)
    number = blanks.next_number
    spoiled = blanks.spoiled.filter(number__gte=number).order_by("number").values_list("number", flat=True)
    for one in spoiled.iterator():
        if one > number:
            break
        number += 1
    if number > blanks.last:
        raise Refusal(_("The blanks %(range)s are used up: please enter more blanks first.") % {"range": str(blanks)})
    blanks.next_number = number + 1
    blanks.save(update_fields=["next_number"])
    return number


@transaction.atomic
def spoil_blank(blanks: BlankRange, number: int, *, why: str, actor: Actor) -> SpoiledBlank:
    """Enters that a blank was torn, misprinted or lost; twice gives the entry that is there.

    Refusal for a number outside the range, without a reason, and for a blank that a paper in force is printed on: that
    paper has to go first.
    """
    blanks = BlankRange.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=blanks.pk)
    _may(blanks.issuer, actor)
    if not blanks.first <= number <= blanks.last:
        raise Refusal(_("Number %(number)d is not among these blanks.") % {"number": number})
    if not why.strip():
        raise Refusal(_("Please say what happened to the blank."))
    spoiled = SpoiledBlank.objects.filter(blanks=blanks, number=number).first()
    if spoiled:
        return spoiled
    paper = Certificate.objects.filter(blanks=blanks, blank_number=number, state__in=IN_FORCE).first()
    if paper:
        raise Refusal(
            _(
                "Paper %(paper)s stands on blank %(blank)s. If the blank was spoiled in printing, void that number or "
                "issue the paper anew on another blank first; then enter this blank as spoiled."
            )
            % {"paper": paper.facts["number"], "blank": blanks.printed(number)}
        )
    spoiled = SpoiledBlank.objects.create(blanks=blanks, number=number, why=why.strip(), at=now(), by_id=actor.user_id)
    log_action(actor, "spoil blank", blanks, changes={"number": [None, number], "reason": [None, spoiled.why]})
    return spoiled


def _may(issuer: Office, actor: Actor) -> None:
    if not may_keep_book(actor, issuer):
        raise Refusal(_("Only a certificate officer of the issuing office can enter its blanks."))
