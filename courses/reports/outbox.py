"""The messages of classes and what became of them."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from courses.constants.choices import ACTIVE_STATES, Channel, MessageState
from courses.models import Course, Message, MessageLine

#: What a person must look at: nothing more happens by itself.
TROUBLED = (MessageState.FAILED, MessageState.UNKNOWN)


def messages_of(course: Course) -> QuerySet[Message]:
    """Those of a class, the latest act first and its people as they were told, with all that a list shows.
    (2 queries.)"""
    return (
        Message.objects.filter(course=course)
        .select_related("course", "trainee__office", "trainee__merged_into", "answer__office", "settled_by")
        .prefetch_related("lines")
        .order_by("-approved_at", "pk")
    )


def to_tell_in(course: Course) -> QuerySet[Message]:
    """Those of a class that are to be told by hand, without people who have been taken off its list meanwhile."""
    stands = Q(registration__state__in=ACTIVE_STATES) | Q(registration__merged_into__isnull=False)
    lines = MessageLine.objects.filter(stands, message=OuterRef("pk"))
    return messages_of(course).filter(Exists(lines), channel=Channel.BY_HAND, state=MessageState.TO_TELL)


def counts_of(course: Course) -> dict[str, int]:
    """{state: messages of the class in it}, in the order of the states, without those in which none is. (1 query.)"""
    rows = Message.objects.filter(course=course).order_by().values_list("state").annotate(number=Count("pk"))
    found = dict(rows)
    return {state.value: found[state.value] for state in MessageState if state.value in found}


def counts_by_course(courses: Iterable[Course], states: Iterable[str]) -> dict[int, int]:
    """{class: messages in one of the states}. (1 query.)"""
    rows = Message.objects.filter(course__in=[course.pk for course in courses], state__in=list(states)).order_by()
    return dict(rows.values_list("course").annotate(number=Count("pk")))
