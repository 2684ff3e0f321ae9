"""Telling the people of a class what an organiser has seen: the text, the recipients, the number."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.reports.telling import due_in
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.telling import Words
from courses.models import Course, Message
from courses.reports.telling import Digest, digests_of, without
from courses.services.messages import approve_messages
from courses.services.registrations import lock_course


def seen_as(digests: Sequence[Digest]) -> str:
    """Says whether two previews were of the same messages to the same people."""
    lines = [(one.registration.pk, one.address, one.subject, one.body) for one in digests]
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:32]


@transaction.atomic
def tell_people(
    course: Course,
    words: Mapping[str, Words],
    *,
    seen: str,
    act: UUID,
    actor: Actor,
    left_out: Collection[int] = (),
) -> list[Message]:
    """Approves one digest a person about the occasions of `words`, in these words; the same act again adds nothing.

    `seen`: what `seen_as` said of the preview, of all whom it listed. Refusal when it would not be the same any more:
    somebody was named or withdrawn, a half-day moved, a colleague was quicker. `left_out`: registrations (ids) of that
    preview that are not told now; nothing is written of them, so they are due as before. Refusal when one of them is
    not of this act.
    """
    course = lock_course(course)
    made = list(Message.objects.filter(course=course, act=act).order_by("pk"))
    if made:
        return made
    digests = digests_of(due_in([course], now()), words)
    if digests and seen_as(digests) != seen:
        raise Refusal(_("Meanwhile something has changed in the class. Please look at the texts and people again."))
    if not {one.registration.pk for one in digests}.issuperset(left_out):
        raise Refusal(_("This page is out of date. Please open it again."))
    chosen = without(digests, left_out)
    if digests and not chosen:
        raise Refusal(_("Please tick at least one person."))
    return approve_messages(course, chosen, act=act, actor=actor, left_out=len(left_out))
