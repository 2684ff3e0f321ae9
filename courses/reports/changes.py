"""How half-days stand against what people knew of them: old → new, for pages, feeds and messages."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.constants.choices import SessionState
from courses.constants.clock import VIETNAM
from courses.models import Session, SessionChange

#: How long a change is news.
NEWS_FOR = dt.timedelta(days=14)


@dataclass(frozen=True)
class Part:
    """One thing that is otherwise; `old` or `new` is "" where there is only the other."""

    label: str
    old: str = ""
    new: str = ""

    @property
    def words(self) -> str:
        return f"{self.old} → {self.new}" if self.old and self.new else f"{self.label}: {self.old or self.new}"


@dataclass(frozen=True)
class Changed:
    """A half-day that stands otherwise than before its first change that is still news. `pk`: of the latest change;
    `why`: what was said of the latest one that says something."""

    pk: int
    session: Session
    old: dict
    new: dict
    at: dt.datetime
    why: str

    @property
    def is_cancelled(self) -> bool:
        return self.new["state"] == SessionState.CANCELLED

    @property
    def begins(self) -> dt.datetime:
        """When it first matters: the earlier of the old and the new beginning."""
        return min(_begins(self.old), _begins(self.new))

    @property
    def parts(self) -> list[Part]:
        """What is otherwise: whether it is held, when, where."""
        if self.is_cancelled:
            return [Part(_("Not held"), _moment(self.old))]
        found = []
        if self.old["state"] == SessionState.CANCELLED:
            found.append(Part(_("Takes place after all"), new=_moment(self.new)))
        elif _moment(self.old) != _moment(self.new):
            shown = _hours if _begins(self.old).date() == _begins(self.new).date() else _moment
            found.append(Part(_("Time"), shown(self.old), shown(self.new)))
        return [*found, self.place] if self.place else found

    @property
    def place(self) -> Part | None:
        """Where it is held instead, if it is held and elsewhere."""
        if self.is_cancelled or self.old["places"] == self.new["places"]:
            return None
        return Part(_("Place"), _places(self.old), _places(self.new))

    @property
    def words(self) -> list[str]:
        """The same, a line each: "07:30–11:00 → 08:30–12:00"; with the days where it is on another day."""
        return [part.words for part in self.parts]


def changes_of(sessions: Iterable[Session], at: dt.datetime) -> list[Changed]:
    """What is news about these half-days at the moment `at`, in their order; those that are over, or stand as they did
    before, are left out. (1 query.)"""
    sessions = list(sessions)
    rows = rows_of_news(sessions, at)
    found = []
    for session in sessions:
        of_session = rows.get(session.pk)
        change = change_from(session, of_session[0].old, of_session, at) if of_session else None
        if change:
            found.append(change)
    return found


def rows_of_news(sessions: Iterable[Session], at: dt.datetime) -> dict[int, list[SessionChange]]:
    """By half-day its changes that are news, the oldest first. (1 query.)"""
    found: dict[int, list[SessionChange]] = {}
    news = SessionChange.objects.filter(session__among=[session.pk for session in sessions], at__gte=at - NEWS_FOR)
    for row in news.order_by("at", "pk"):
        found.setdefault(row.session_id, []).append(row)
    return found


def change_from(session: Session, known: dict, rows: list[SessionChange], at: dt.datetime) -> Changed | None:
    """How the half-day stands after these changes, at least one, against what was known of it; None when it is over or
    stands as it was known."""
    last = rows[-1]
    if _ends(last) <= at or stand_alike(known, last.new):
        return None
    return Changed(last.pk, session, known, last.new, last.at, next((row.why for row in reversed(rows) if row.why), ""))


def latest_change(session: Session) -> Changed | None:
    """The last change of a half-day alone, whenever it was. (1 query.)"""
    row = SessionChange.objects.filter(session=session.pk).order_by("-at", "-pk").first()
    return Changed(row.pk, session, row.old, row.new, row.at, row.why) if row else None


def stand_alike(old: dict, new: dict) -> bool:
    """Whether both are the same to whoever comes: planned or moved is, cancelled is not."""
    off = [told["state"] == SessionState.CANCELLED for told in (old, new)]
    return off[0] == off[1] and all(old[name] == new[name] for name in ("starts_at", "ends_at", "places"))


def _ends(row: SessionChange) -> dt.datetime:
    """When nobody needs to know any more: the later of the old and the new end."""
    return max(dt.datetime.fromisoformat(row.old["ends_at"]), dt.datetime.fromisoformat(row.new["ends_at"]))


def _moment(told: dict) -> str:
    return f"{_hours(told)} {_begins(told):%d/%m/%Y}"


def _hours(told: dict) -> str:
    ends_at = dt.datetime.fromisoformat(told["ends_at"]).astimezone(VIETNAM)
    return f"{_begins(told):%H:%M}–{ends_at:%H:%M}"


def _begins(told: dict) -> dt.datetime:
    return dt.datetime.fromisoformat(told["starts_at"]).astimezone(VIETNAM)


def _places(told: dict) -> str:
    return "; ".join(told["places"]) or _("no place yet")
