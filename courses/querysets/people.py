"""Reads about people: users, their roles, trainees."""

import re
from datetime import date

from django.apps import apps
from django.contrib.auth.models import UserManager
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from courses.constants.actors import Actor
from courses.constants.names import search_key
from courses.querysets import lookups  # noqa: F401 (makes `__among` known)


class UserQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        """Oneself, and for organisers the coordinators of their offices."""
        if actor.sees_everything:
            return self
        coordinators = apps.get_model("courses", "Role").objects.filter(
            kind="coordinator", office_id__in=actor.organises, user=OuterRef("pk")
        )
        return self.filter(Q(pk=actor.user_id) | Exists(coordinators.order_by())) if actor.user_id else self.none()


class UserManagerWithActors(UserManager.from_queryset(UserQuerySet)):
    pass


def held_on(day: date, role: str = "") -> Q:
    """`role`: the way to the role, as `roles__`."""
    return Q(**{f"{role}valid_from__lte": day}) & _not_ended_on(day, role)


def _not_ended_on(day: date, role: str = "") -> Q:
    return Q(**{f"{role}valid_to__isnull": True}) | Q(**{f"{role}valid_to__gt": day})


class RoleQuerySet(QuerySet):
    def held_on(self, day: date):
        return self.filter(held_on(day))

    def not_ended_on(self, day: date):
        """Held on the day or to be held later."""
        return self.filter(_not_ended_on(day))

    def visible_to(self, actor: Actor):
        """Organisers see the coordinators of their offices, since they invite them; else one's own roles."""
        if actor.sees_everything:
            return self
        return self.filter(Q(user_id=actor.user_id) | Q(kind="coordinator", office_id__in=actor.organises))


class InvitationQuerySet(QuerySet):
    def visible_to(self, actor: Actor):
        if actor.sees_everything:
            return self
        return self.filter(role__kind="coordinator", role__office_id__in=actor.organises)

    def open_at(self, at):
        return self.filter(used_at__isnull=True, expires_at__gt=at)


class WordsBeginWith(Func):
    """Whether each of the beginnings begins some word of a search key (single spaces between its words).

    PostgreSQL answers from the index of migration 0003, which is over this very expression; SQLite reads the keys.
    """

    output_field = BooleanField()

    def __init__(self, key, beginnings: list[str]):
        super().__init__(F(key) if isinstance(key, str) else key)
        self.beginnings = beginnings

    def as_sql(self, compiler, connection, **extra):  # type: ignore[override]
        key, params = compiler.compile(self.source_expressions[0])
        escaped = [re.sub(r"([\\%_])", r"\\\1", word) for word in self.beginnings]
        likes = " AND ".join([f"' ' || {key} LIKE %s ESCAPE '\\'"] * len(escaped))
        return f"({likes})", [part for word in escaped for part in (*params, f"% {word}%")]

    def as_postgresql(self, compiler, connection, **extra):
        key, params = compiler.compile(self.source_expressions[0])
        query = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "':*" for word in self.beginnings)
        return f"{WORDS_SQL.format(key=key)} @@ %s::tsquery", [*params, query]


#: The words of a search key for PostgreSQL; an extension (unaccent, pg_trgm) is not needed, as marks are gone already.
WORDS_SQL = "array_to_tsvector(array_remove(string_to_array({key}, ' '), ''))"


class TraineeQuerySet(QuerySet):
    def current(self):
        """Without those who were found to be somebody else and went into that person's row."""
        return self.filter(merged_into__isnull=True)

    def visible_to(self, actor: Actor):
        """Roles that reach the person's office, and every host that has registered the person (DESIGN: two hosts).

        Who was merged into another row is seen by nobody: all that was theirs stands there.
        """
        return self.current()._reached_by(actor)

    def _reached_by(self, actor: Actor):
        if actor.sees_everything:
            return self
        if actor.kind == "trainee":
            return self.filter(pk=actor.trainee_id)
        registrations = apps.get_model("courses", "Registration").objects.filter(trainee=OuterRef("pk"))
        if actor.kind == "office":
            registered = registrations.filter(course_id=actor.course_id, office_id=actor.office_id)
            return self.filter(Q(office_id__in=actor.coordinates) | Exists(registered.order_by()))
        if actor.kind != "user":
            return self.none()
        hosts = actor.organises | actor.certifies
        return self.filter(
            Q(office_id__in=hosts | actor.coordinates)
            | Exists(registrations.filter(course__host_office_id__in=hosts).order_by())
        )

    def editable_by(self, actor: Actor):
        """People whom the actor may edit (`may_edit_trainee`)."""
        return (
            self.current() if actor.sees_everything else self.current().filter(office_id__in=actor.organises_writable)
        )

    def named(self, words: str):
        """Trainees whose name has, for each of the words typed, a word that begins with it; marks, case and normal form
        set aside: "ng th a" finds Nguyễn Thị Ánh. Nothing typed finds everybody."""
        beginnings = list(dict.fromkeys(search_key(words).split()))
        return self.filter(WordsBeginWith("search_key", beginnings)) if beginnings else self

    def by_name(self):
        """By given name, family name, middle name in the order of the Vietnamese alphabet."""
        return self.order_by("sort_key", "pk")

    def in_protocol_order(self):
        """Offices by protocol, their people by name."""
        return self.order_by("office__order", "office__code", "sort_key", "pk")
