"""Who is asking: actors made of users and of links, once a request."""

import datetime as dt

from django.db.models import FilteredRelation, Q

from courses.constants import links
from courses.constants.actors import NOBODY, Actor
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import today
from courses.models import Office, OfficeAnswer, Trainee
from courses.querysets.people import held_on
from courses.rules.succession import Line, line_on


def actor_of(user) -> Actor:
    """The actor of a signed-in user, with the offices that each role reaches today; NOBODY for others.

    A role reaches the office at which it is held, the offices below it and those that any of them succeeded. Held at
    an office that has ended, it reads and does not write: the successor's people do. (1 query.)
    """
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    if user.is_superuser:
        return Actor("user", user_id=user.pk, is_superuser=True)
    reach = _Reach(user, today())
    reached: dict[str, set[int]] = {}
    for kind, office, exists in reach.roles:
        offices = reach.of(office)
        reached.setdefault(kind, set()).update(offices)
        if exists:
            reached.setdefault(f"{kind} writes", set()).update(offices)

    def ids(name: str) -> frozenset[int]:
        return frozenset(reached.get(name, ()))

    return Actor(
        "user",
        user_id=user.pk,
        organises=ids(RoleKind.ORGANISER),
        certifies=ids(RoleKind.OFFICER),
        coordinates=ids(RoleKind.COORDINATOR),
        organises_writable=ids(f"{RoleKind.ORGANISER} writes"),
        certifies_writable=ids(f"{RoleKind.OFFICER} writes"),
        answers_for=reach.closed_into(ids(f"{RoleKind.OFFICER} writes")),
    )


def as_coordinator(actor: Actor) -> Actor:
    """The same person with nothing but the role of coordinator: on an office's desk an organiser's reach is set aside,
    and a superuser, who coordinates nobody, has none."""
    return Actor("user", user_id=actor.user_id, coordinates=actor.coordinates)


class _Reach:
    """The roles that a user holds on a day, as (kind, office, whether the office exists), and which offices an office
    reaches. All from one read of the offices, with the roles and the successions beside them."""

    def __init__(self, user, day: dt.date):
        held = FilteredRelation("roles", condition=Q(roles__user=user.pk) & held_on(day, "roles__"))
        rows = Office.objects.annotate(held=held).order_by("pk", "successions__pk", "held__pk")
        columns = ("pk", "path", "closed_by_id", "valid_from", "valid_to")
        # An office stands in as many rows as it has roles and successions: each of them is kept once, in this order.
        roles: dict[tuple[str, int, bool], None] = {}
        passed: dict[tuple[int, int, dt.date], None] = {}
        self.paths: dict[int, str] = {}
        self.closed: dict[int, int] = {}
        for pk, path, by, first, end, kind, new, date in rows.values_list(
            *columns, "held__kind", "successions__new_id", "successions__date"
        ):
            self.paths[pk] = path
            if by and end and end <= day:
                self.closed[pk] = by
            if kind:
                roles[kind, pk, Office(valid_from=first, valid_to=end).exists_on(day)] = None
            if new:
                passed[pk, new, date] = None
        self.roles = list(roles)
        self.line = Line(passed, day)

    def closed_into(self, offices: frozenset[int]) -> frozenset[int]:
        """The offices that ended without a successor and are answered for by one of `offices`, with those whose work
        had come to them."""
        closed = [pk for pk, by in self.closed.items() if by in offices and self.line.heirs(pk) == {pk}]
        return frozenset().union(*map(self.line.behind, closed))

    def of(self, office: int) -> set[int]:
        found: set[int] = set()
        waiting = [office]
        while waiting:
            start = waiting.pop()
            # An office whose path was never written reaches itself, not everything that begins with nothing.
            above = self.paths[start] or None
            for pk, path in self.paths.items():
                if pk not in found and (pk == start or (above and path.startswith(above))):
                    found.add(pk)
                    waiting += self.line.came_from(pk)
        return found


def trainee_of_link(token: str) -> tuple[Actor, Trainee] | None:
    """The actor and trainee of a personal link; None for a link that is unknown, foreign or renewed.

    Who had two rows that were merged got two links: both lead to the row that was kept.
    """
    pk = links.trainee_id_of(token)
    found = Trainee.objects.select_related("office", "merged_into__office").filter(pk=pk).first() if pk else None
    if found is None or not links.is_trainee_token(token, found.pk, found.link_version):
        return None
    trainee = found.merged_into or found
    return Actor("trainee", trainee_id=trainee.pk), trainee


def trainee_of_feed(code: str) -> tuple[Actor, Trainee] | None:
    """The same of a calendar's address, which opens nothing else."""
    pk = links.feed_trainee_id_of(code)
    found = Trainee.objects.select_related("merged_into").filter(pk=pk).first() if pk else None
    if found is None or not links.is_feed_code(code, found.pk, found.feed_version):
        return None
    trainee = found.merged_into or found
    return Actor("trainee", trainee_id=trainee.pk), trainee


def answer_of_link(token: str) -> tuple[Actor, OfficeAnswer] | None:
    """The actor and answer of an office's link; None when unknown or renewed, of a draft or an archived class."""
    pk = links.answer_id_of(token)
    answer = OfficeAnswer.objects.select_related("course", "office").filter(pk=pk).first() if pk else None
    if answer is None or not links.is_office_token(token, answer.pk, answer.link_version):
        return None
    if answer.course.state in (CourseState.DRAFT, CourseState.ARCHIVED):
        return None
    actor = Actor(
        "office",
        answer_id=answer.pk,
        office_id=answer.office_id,
        course_id=answer.course_id,
        coordinates=offices_behind(answer.office_id, answer.course.starts_on),
    )
    return actor, answer


def offices_behind(office_id: int, starts_on: dt.date | None = None) -> frozenset[int]:
    """The office and those whose work came to it, however many steps ago; not the offices below it, which send their
    own people. Counted by today, or by the first day of a class that lies ahead: what comes after both has not come
    to it. (1 query.)"""
    return line_on(max(today(), starts_on or dt.date.min)).behind(office_id)
