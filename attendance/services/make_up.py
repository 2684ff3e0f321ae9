"""Making up (học bù): a half-day attended in a sister class is credited for one that was missed."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import SEEN_STATES, Claim, MarkState, Way
from attendance.models import Event
from attendance.reports.make_up import attended_elsewhere, used_for
from attendance.reports.roll import expected_of
from attendance.services.ledger import (
    Said,
    check_may_write,
    check_open,
    check_states,
    lock_sheet,
    states_of,
    write,
)
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose, RegistrationKind
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Registration, Session
from courses.services.records import log_action, store_scan
from courses.services.registrations import lock_course, lock_people


@transaction.atomic
def credit_make_up(
    registration: Registration,
    session: Session,
    *,
    attended: Session | None,
    document: str,
    actor: Actor,
    act: UUID,
    paper: bytes | None = None,
) -> str:
    """An organiser credits a half-day that somebody missed and made up; returns the state that stands then.

    `attended`: the half-day of a sister class of the same host at which the person was seen; None: it was made up
    elsewhere, as the document says. It is a decision, so it holds against every claim; `undo_entries` takes it back.
    Who came into the class only later makes up the half-days before that too. The same `act` again adds nothing.
    Refusal without a document, when the person was not seen there or was here, when that half-day was credited for
    another one already, and as in `decide`.
    """
    lock_course(session.course)
    sheet = lock_sheet(session)
    session = Session.objects.select_related("course").get(pk=session.pk)
    check_states(session, {MarkState.PRESENT})
    check_may_write(session, set(), actor=actor)
    if registration.pk not in expected_of(session, [registration.pk], before_joining=True):
        raise Refusal(_("%(name)s does not have to attend this half-day.") % {"name": registration.trainee})
    check_open(sheet)
    stands = states_of(session, [registration.pk]).get(registration.pk, "")
    if Event.objects.filter(act=act, session=session, registration=registration, way=Way.MAKE_UP).exists():
        return stands
    document = in_the_clear(document)
    if not document:
        raise Refusal(_("Please write the document by which the half-day is credited, for example 12/GXN-TTBD."))
    if registration.kind != RegistrationKind.CLASS:
        raise Refusal(_("A stand-in makes up nothing: who is on the list does."))
    if stands in SEEN_STATES:
        raise Refusal(_("%(name)s is marked present at this half-day already.") % {"name": registration.trainee})
    if attended:
        # Two credits of one person may come in two classes at once; the second sees what the first wrote.
        lock_people([registration.trainee_id])
        _check_attended(registration, session, attended)
        _check_not_used(registration, attended)
    note = f"{document}; {attended.course.code}, {attended}" if attended else document
    said = Said(
        registration.pk,
        Claim.DECISION,
        "make-up",
        says=MarkState.PRESENT,
        note=note[:300],
        paper=store_scan(paper, purpose=FilePurpose.MAKE_UP) if paper is not None else None,
    )
    state = write(sheet, session, [said], actor=actor, way=Way.MAKE_UP, act=act)[registration.pk]
    changes = {
        "registration": [None, registration.pk],
        "half_day": [None, session.pk],
        "attended": [None, attended.pk if attended else None],
        "document": [None, document],
    }
    log_action(actor, "make up", registration, course=session.course, changes=changes, batch=act)
    return state


def _check_attended(registration: Registration, session: Session, attended: Session) -> None:
    if attended not in attended_elsewhere(registration, session):
        raise Refusal(
            _("%(name)s was not seen at that half-day of another class. Please choose again.")
            % {"name": registration.trainee}
        )


def _check_not_used(registration: Registration, attended: Session) -> None:
    credited = used_for(registration.trainee_id).get(attended.pk)
    if credited:
        raise Refusal(
            _(
                "What %(name)s attended there is already credited for %(half_day)s of the class %(code)s. Take it back "
                "there first, or choose another half-day."
            )
            % {"name": registration.trainee, "half_day": credited, "code": credited.course.code}
        )
