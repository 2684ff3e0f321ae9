"""Telling the people of a class what an organiser has seen: the text, the recipients, the number."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.reports.telling import due_in
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.telling import Words
from courses.models import Course, Message
from courses.reports.telling import Digest, digests_of
from courses.services.messages import approve_messages
from courses.services.registrations import lock_course


def seen_as(digests: Sequence[Digest]) -> str:
    """Says whether two previews were of the same messages to the same people."""
    lines = [(one.registration.pk, one.address, one.subject, one.body) for one in digests]
    return hashlib.sha256(repr(lines).encode()).hexdigest()[:32]


@transaction.atomic
def tell_people(course: Course, words: Mapping[str, Words], *, seen: str, act: UUID, actor: Actor) -> list[Message]:
    """Approves one digest a person about the occasions of `words`, in these words; the same act again adds nothing.

    `seen`: what `seen_as` said of the preview. Refusal when it would not be the same any more: somebody was named or
    withdrawn, a half-day moved, a colleague was quicker.
    """
    course = lock_course(course)
    made = list(Message.objects.filter(course=course, act=act).order_by("pk"))
    if made:
        return made
    digests = digests_of(due_in([course], now()), words)
    if digests and seen_as(digests) != seen:
        raise Refusal(_("Meanwhile something has changed in the class. Please look at the texts and people again."))
    return approve_messages(course, digests, act=act, actor=actor)
