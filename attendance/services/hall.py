"""Entering oneself by the code on the hall's screen: it gives a right that is good once, the right makes a mark.

How many wrong codes one address may try: ten of each lot within five minutes, 2,560 altogether. Of 32^6 codes two are
good at a time for each half-day, so that somebody who guesses all day long (288 times 2,560) finds one with a chance of
0.14 %, and has found only the way to the question who he is. A hall may stand behind one address: 500 who all mistype
the code within the same five minutes are two for each lot, and the same wrong code counts once, however many type it.
A personal link is one person: ten wrong codes within five minutes shut it.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import Claim, SheetState, Way
from attendance.models import Event, Grant, Sheet
from attendance.reports.here import Claimant, find_claimant, half_day_of, is_shown, own_registration
from attendance.rules.hall import lot_of
from attendance.rules.permissions import may_mark
from attendance.rules.scans import short_code
from attendance.services.ledger import add_up_again, gone_into, lock_sheet, states_of
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import Registration, Session, Trainee
from courses.services.limits import count_failure_once, is_shut
from courses.services.many_rows import insert_objects
from courses.services.records import log_action

GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5
#: Rights open at once at a half-day for one address: each of 500 in the hall may leave four pages unanswered.
MOST_OPEN = 2000
KEPT_FOR = timedelta(days=30)


def is_guessed(typed: str, *, address: str) -> bool:
    """Whether so many wrong codes came from the address that this one is not looked at."""
    return is_shut("hall code", _lot(typed, address))


def count_guess(typed: str, *, address: str) -> None:
    """The code was wrong."""
    count_failure_once("hall code", _lot(typed, address), short_code(typed))


def open_grant(session: Session, *, browser: str, device: str = "", address: str = "") -> str:
    """A right to enter oneself once at the half-day, for who has just shown its code; its secret, which stands in the
    page alone. `browser` is what tells this browser from others, `device` a name that it keeps, where it can.

    Refusal while too many rights that nobody has used are open for the address.
    """
    address_hash = _keyed(address)
    unused = Grant.objects.filter(session=session, address_hash=address_hash, used_at__isnull=True, until__gte=now())
    if unused.count() >= MOST_OPEN:
        raise Refusal(too_many_tries())
    secret = secrets.token_urlsafe(24)
    Grant.objects.create(
        session=session,
        secret_hash=_hash(secret),
        browser_hash=_hash(browser),
        address_hash=address_hash,
        device=device,
        client_id=uuid4(),
        made_at=now(),
        until=now() + GOOD_FOR,
    )
    return secret


def grant_in_force(secret: str) -> Session | None:
    """The half-day of a right that is there and not over; a used one shows again what it did."""
    grant = Grant.objects.select_related("session__course").filter(secret_hash=_hash(secret)).first()
    return grant.session if grant and now() <= grant.until else None


def enter_oneself(secret: str, claimant: Claimant, *, browser: str, device: str = "") -> Event:
    """Enters who says so of themselves, by a right; sent again by the same page it is answered alike.

    Refusal when the right is used, over or of another browser (a browser that gave a name when the right was made must
    give it again; that inside Zalo may keep none), and when nobody or more than one fits.
    """
    event = _enter_once(secret, lambda session: find_claimant(session, claimant), browser=browser, device=device)
    if event is None:
        raise Refusal(
            _("Nobody expected here can be told by this. Please compare what you typed, or ask at the reception desk.")
        )
    return event


@transaction.atomic
def enter_by_link(trainee: Trainee, typed: str, *, device: str = "") -> Event:
    """Enters the owner of a personal link, who types the code on the screen into the own page.

    Refusal for a code that is wrong or over, and for somebody who is not expected there.
    """
    session = half_day_of(typed)
    if session is None:
        raise Refusal(code_is_over())
    registration = own_registration(session, trainee)
    if registration is None:
        raise Refusal(_("This is the code of a half-day at which you are not expected. Please ask at the desk."))
    lock_sheet(session)  # before looking: pressed twice at once it is one entry
    first = Event.objects.filter(session=session, registration=registration, way=Way.SCREEN, undone_by__isnull=True)
    return first.first() or _write(session, registration, client_id=uuid4(), device=device)


def code_is_over() -> str:
    return _("This code is wrong or over: it changes every 20 seconds. Please take the one that the screen shows now.")


def too_many_tries() -> str:
    return _("There were too many tries here. Please wait five minutes, or ask at the reception desk.")


@transaction.atomic
def _enter_once(secret: str, find, *, browser: str, device: str) -> Event | None:
    grants = Grant.objects.select_for_update(of=("self",)).select_related("session__course")
    grant = grants.filter(secret_hash=_hash(secret)).first()
    if grant is None or grant.browser_hash != _hash(browser) or grant.device not in ("", device):
        raise Refusal(code_is_over())
    registration = find(grant.session)
    if grant.used_at:
        done = Event.objects.filter(client_id=grant.client_id).select_related("registration__trainee").first()
        if done and registration and done.registration_id == registration.pk:
            return done
        raise Refusal(_("This code has been used already. Please take the one that the screen shows now."))
    if now() > grant.until or grant.tries >= MOST_TRIES or not is_shown(grant.session):
        raise Refusal(code_is_over())
    if registration is None:
        grant.tries += 1
        grant.save(update_fields=["tries"])
        return None
    grant.used_at = now()
    grant.save(update_fields=["used_at"])
    return _write(grant.session, registration, client_id=grant.client_id, device=grant.device)


def _write(session: Session, registration: Registration, *, client_id, device: str) -> Event:
    sheet = lock_sheet(session)
    closed = sheet.state == SheetState.CLOSED
    into = gone_into([registration.pk])
    if into:
        registration = Registration.objects.select_related("trainee").get(pk=into[registration.pk])
    event = Event(
        session=session,
        registration=registration,
        claim=Claim.SEEN,
        way=Way.SCREEN,
        device=device,
        client_id=client_id,
        happened_at=now(),
        arrived_at=now(),
        proposal=closed,
    )
    insert_objects([event])
    if not closed:
        add_up_again(session, [registration.pk])
    return event


@transaction.atomic
def renew_screen(session: Session, *, expected_version: int, actor: Actor) -> None:
    """Gives the half-day's screen another address: the ones before open nothing any more, also where they are open.

    `expected_version`: which address the page showed; the same page sent twice renews once. Refusal when the actor may
    not mark the class.
    """
    Sheet.objects.get_or_create(session=session)  # not by `lock_sheet`, which opens it: nobody has written on it yet
    sheet = Sheet.objects.select_for_update().get(session=session)
    if not may_mark(actor, session.course):
        raise Refusal(_("The address of the screen is renewed by the organisers of the class, while it is under way."))
    if sheet.screen_version == expected_version:
        sheet.screen_version += 1
        sheet.save(update_fields=["screen_version"])
        log_action(actor, "renew screen", sheet, course=session.course)


def state_by(event: Event) -> str:
    """The state that stands for whom the entry is about; "" when it waits for the organiser."""
    if event.proposal or event.registration_id is None:
        return ""
    return states_of(event.session, [event.registration_id]).get(event.registration_id, "")


def drop_old_grants() -> int:
    """Rights that nobody can use any more are dropped after a month; the entries they made stay."""
    return Grant.objects.filter(until__lt=now() - KEPT_FOR).delete()[0]


def _lot(typed: str, address: str) -> str:
    return f"{address}\0{lot_of(short_code(typed))}"


def _keyed(text: str) -> str:
    """Addresses are few: a plain hash would tell them to whoever tries them all."""
    return hmac.digest(settings.KEYS.hall, f"address:{text}".encode(errors="replace"), hashlib.sha256).hex()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
