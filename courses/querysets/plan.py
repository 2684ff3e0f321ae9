"""Reads about classes and what they are made of."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from courses.constants.actors import Actor
from courses.constants.choices import (
    ACTIVE_STATES,
    PUBLIC_STATES,
    CourseState,
    RegistrationKind,
    RegistrationState,
    RowDecision,
    RowFate,
    RowStatus,
    SessionState,
)

#: A list of people by office in protocol order, within an office by given name. Two offices of one rank stay apart.
PROTOCOL = ("office__order", "office__code", "trainee__sort_key", "pk")
#: How a list is numbered: by office in protocol order and within one by given name, or all together by given name.
ORDERS: dict[str, tuple[str, ...]] = {
    "protocol": PROTOCOL,
    "name": ("trainee__sort_key", "office__order", "office__code", "pk"),
}


class CourseQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Own classes for roles of the host; the classes one is concerned with for everybody else."""
        if actor.sees_everything:
            return self
        registrations = apps.get_model("courses", "Registration").objects.filter(course=OuterRef("pk")).order_by()
        not_draft = ~Q(state=CourseState.DRAFT)
        if actor.kind == "user":
            answers = apps.get_model("courses", "OfficeAnswer").objects.filter(course=OuterRef("pk")).order_by()
            concerned = Exists(answers.filter(office_id__in=actor.coordinates)) | Exists(
                registrations.filter(office_id__in=actor.coordinates)
            )
            return self.filter(Q(host_office_id__in=actor.organises | actor.certifies) | (not_draft & concerned))
        if actor.kind == "trainee":
            return self.filter(not_draft, Exists(registrations.filter(trainee_id=actor.trainee_id)))
        if actor.kind == "office":
            return self.filter(not_draft, pk=actor.course_id)
        return self.public()

    def hosted_for(self, actor: Actor):
        """Classes that the actor works on as organiser or certificate officer."""
        if actor.sees_everything:
            return self
        return self.filter(host_office_id__in=actor.organises | actor.certifies)

    def public(self):
        return self.filter(state__in=PUBLIC_STATES)

    def under_way(self):
        return self.filter(state__in=(CourseState.DRAFT, CourseState.PUBLISHED, CourseState.RUNNING))

    def with_registered(self):
        """Adds `registered`: people who hold a seat."""
        return self.annotate(
            registered=Count(
                "registrations",
                filter=Q(registrations__state__in=ACTIVE_STATES, registrations__kind=RegistrationKind.CLASS),
                distinct=True,
            )
        )


class PartOfCourseQuerySet(QuerySet):
    """For rows that hang on a class: blocks, topics, materials, sessions, seats, rules …"""

    course_path = "course"

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        courses = apps.get_model("courses", "Course").objects
        return self.filter(**{f"{self.course_path}__in": courses.visible_to(actor).order_by().values("pk")})

    def hosted_for(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(**{f"{self.course_path}__host_office_id__in": actor.organises | actor.certifies})


class TopicQuerySet(PartOfCourseQuerySet):
    course_path = "block__course"


class SessionPartQuerySet(PartOfCourseQuerySet):
    """For rows that hang on a half-day: its topics and places."""

    course_path = "session__course"


class SessionQuerySet(PartOfCourseQuerySet):
    def held(self):
        """Half-days that take place: a cancelled one is nobody's duty."""
        return self.exclude(state=SessionState.CANCELLED)

    def in_order(self):
        return self.order_by("starts_at", "pk")

    def held_by_course(self, courses: Iterable[int]) -> dict[int, list[Any]]:
        """Of these classes, by id, the half-days that take place, in order; a class without any is left out. (1 query,
        beside those of what is fetched along.)"""
        found: dict[int, list[Any]] = {}
        for session in self.held().filter(course__among=set(courses)).in_order():
            found.setdefault(session.course_id, []).append(session)
        return found

    def overlapping(self, starts_at: datetime, ends_at: datetime):
        return self.held().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class OfOwnOfficeQuerySet(QuerySet):
    """For rows of one class and one office: seats, answers. The host sees all, an office its own."""

    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        not_draft = ~Q(course__state=CourseState.DRAFT)
        if actor.kind == "office":
            return self.filter(not_draft, course_id=actor.course_id, office_id=actor.office_id)
        if actor.kind != "user":
            return self.none()
        return self.filter(
            Q(course__host_office_id__in=actor.organises | actor.certifies)
            | (not_draft & Q(office_id__in=actor.coordinates))
        )

    def hosted_for(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(course__host_office_id__in=actor.organises | actor.certifies)


class AnswerQuerySet(OfOwnOfficeQuerySet):
    def of_invited(self):
        """Answers of offices that are expected or have named somebody: seats that are all 0 say that nobody comes.

        The same as `courses.reports.offices_of_class.OfficeRow.is_invited`.
        """
        of_office = {"course": OuterRef("course"), "office": OuterRef("office")}
        seats = apps.get_model("courses", "Seats").objects.filter(**of_office).order_by()
        people = apps.get_model("courses", "Registration").objects.filter(**of_office).active().order_by()
        return self.filter(Exists(seats.filter(number__gt=0)) | ~Exists(seats) | Exists(people))


class RegistrationQuerySet(OfOwnOfficeQuerySet):
    def visible_to(self, actor: Actor):
        if actor.kind == "trainee":
            return self.filter(trainee_id=actor.trainee_id).exclude(course__state=CourseState.DRAFT)
        return super().visible_to(actor)

    def in_other_classes(self, course, people: Iterable):
        """What these people are in beside this class, stand-ins too: what may keep them from it. Whether it does, the
        caller says: an import asks about any half-day of the other class at the same time, an office is shown those
        that the person owes there."""
        others = self.filter(trainee__among=[person.pk for person in people], state__in=ACTIVE_STATES)
        return others.exclude(course=course).order_by("pk")

    def active(self):
        """Those who hold a seat: nominated or confirmed, stand-ins apart."""
        return self.filter(state__in=ACTIVE_STATES, kind=RegistrationKind.CLASS)

    def on_roll(self):
        """Those who are or were expected: who holds a seat, stand-ins, and who was replaced in a class under way."""
        replaced = Q(state=RegistrationState.REPLACED, replaced_by__begins_with__isnull=False)
        return self.filter(Q(state__in=ACTIVE_STATES) | replaced)

    def to_go_on_from(self) -> dict[int, Any]:
        """Of one class, by the id of the trainee: the active registration, else the withdrawn one, which is taken up
        again; one that was replaced stays as it is. (1 query.)"""
        found = self.filter(kind=RegistrationKind.CLASS).exclude(state=RegistrationState.REPLACED)
        # "withdrawn" sorts after "confirmed" and "nominated"; the last one of a dict wins, so read backwards.
        return {registration.trainee_id: registration for registration in found.order_by("-state", "pk")}

    def owing(self, block):
        """Those who attend the block: it is named with them, or no block is, which means all."""
        return self.filter(Q(blocks=block) | Q(blocks__isnull=True))

    def numbers_owing(self, blocks: Iterable[int]) -> Counter[tuple[int, int]]:
        """(id of office, id of block) → how many attend it, for these blocks; who has none named attends them all.
        (1 query.)"""
        owing: Counter[tuple[int, int]] = Counter()
        every = set(blocks)
        counted = self.order_by().values_list("office_id", "blocks").annotate(number=Count("pk"))
        for office, block, number in counted:
            for owed in every if block is None else every & {block}:
                owing[office, owed] += number
        return owing

    def in_protocol_order(self):
        """As lists are printed: fixed serial number first, then offices by protocol, then by given name."""
        return self.order_by("number", *PROTOCOL)

    def by_office(self):
        """Offices by protocol, the people of each together: by their fixed serial number first, then by given name."""
        return self.order_by("office__order", "office__code", "number", "trainee__sort_key", "pk")


class ImportQuerySet(PartOfCourseQuerySet):
    kept_by_path = "kept_by"
    office_path, by_link_path = "office", "by_link"

    def visible_to(self, actor: Actor):
        """A roster as it came is personal: the host's organisers alone; a directory is its office's. What an office
        sent by its own page it sees again."""
        if actor.sees_everything:
            return self
        if actor.kind == "office":
            own = {self.course_path: actor.course_id, self.office_path: actor.office_id, self.by_link_path: True}
            return self.filter(**own)
        of_class = Q(**{f"{self.course_path}__host_office_id__in": actor.organises})
        directory = Q(**{f"{self.course_path}__isnull": True, f"{self.kept_by_path}__in": actor.organises})
        return self.filter(of_class | directory)


_IN_ORDER = Q(fate="", status=RowStatus.OK, registration__isnull=True) & ~Q(choice="skip")
_ASKED = Q(decision__in=(RowDecision.ASK, RowDecision.CLASH))
_DECIDED = (_ASKED | Q(decision=RowDecision.MOVES)) & ~Q(choice="")

#: What a row of a roster is, said by its columns alone, so that counting and filtering open no seal. The first six
#: are of a roster that is not applied yet, the last two of one that is.
ROWS = {
    "wrong": Q(fate="", status=RowStatus.PROBLEM) & ~Q(choice="skip"),
    "who": Q(choice="") & _IN_ORDER & _ASKED,
    "moves": Q(choice="", decision=RowDecision.MOVES) & _IN_ORDER,
    "over": Q(decision=RowDecision.OVER_SEATS) & _IN_ORDER,
    "ready": _IN_ORDER & (Q(decision__in=(RowDecision.NEW, RowDecision.KNOWN, RowDecision.LATE)) | _DECIDED),
    "there": Q(fate="", status=RowStatus.OK, registration__isnull=False),
    "done": Q(fate__in=(RowFate.REGISTERED, RowFate.MADE, RowFate.COMPLETED, RowFate.MOVED)),
    "not done": Q(fate__in=(RowFate.OVER, RowFate.WAITING)),
}
ROWS["look"] = ROWS["wrong"] | ROWS["who"] | ROWS["moves"] | ROWS["over"] | ROWS["not done"]
ROWS["out"] = Q(fate="", choice="skip") | Q(fate=RowFate.LEFT_OUT)


class ImportRowQuerySet(ImportQuerySet):
    course_path, kept_by_path = "batch__course", "batch__kept_by"
    office_path, by_link_path = "batch__office", "batch__by_link"

    def which_are(self, what: str):
        """Rows of one kind of `ROWS`."""
        return self.filter(ROWS[what])

    def counted(self) -> dict[str, int]:
        """{kind: how many rows}, and "read" for all. (1 query.)"""
        kinds = {kind.replace(" ", "_"): Count("pk", filter=condition) for kind, condition in ROWS.items()}
        return self.aggregate(read=Count("pk"), **kinds)
