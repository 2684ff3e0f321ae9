"""Rows of a roster held against what is known: which person, is there a seat, is the person free.

Nothing is written here. The number of queries does not depend on the number of rows.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from courses.constants import citizen_numbers
from courses.constants.actors import Actor
from courses.constants.choices import RegistrationState, RowDecision
from courses.constants.clock import today
from courses.constants.names import search_key
from courses.models import Course, Office, Registration, Session, Trainee
from courses.readers.records import RosterRow
from courses.readers.words import letters_and_tone, marked_words
from courses.reports.room import Room
from courses.rules.naming import deadline_is_over
from courses.rules.permissions import may_move_people, may_plan_for
from courses.rules.succession import line_on
from courses.services.limits import count_failure_once, is_shut

#: A row's place in its file: the sheet's name ("" for none) and the number of the row.
Place = tuple[str, int]


@dataclass
class Verdict:
    """What a row would become. `trainee` None: a new person, or (with `candidates` or `problem`) nobody yet.

    `registration`: the person is in the class already. `by_number`: the citizen number of the row is the person's, or
    that of a row that went into theirs. `elsewhere`: the person was found by it alone and is none of those whom the
    actor sees. `collides`: id of such a person when the row has another name; it is for the log alone. `moves`:
    who of these people may go to the office of the row, and the office where each is kept, by id; of directories.
    `notes` say why, in sentences.
    """

    decision: str
    trainee: Trainee | None = None
    candidates: list[Trainee] = field(default_factory=list)
    registration: Registration | None = None
    by_number: bool = False
    elsewhere: bool = False
    collides: int | None = None
    moves: dict[int, int] = field(default_factory=dict)
    problem: str = ""
    notes: list[str] = field(default_factory=list)


def place_of(row: RosterRow) -> Place:
    return row.sheet or "", row.row


def match_people(
    course: Course | None,
    rows: Sequence[tuple[RosterRow, Office | None]],
    *,
    actor: Actor,
    earlier: Mapping[Place, int] | None = None,
) -> list[Verdict]:
    """What each row would become, in their order.

    A person is known by the citizen number, whoever keeps it; else among those whom the actor sees by name, office and
    one thing more that agrees (date of birth as far as both state it, telephone or e-mail); an office by its link is
    asked by name and office alone. The same name in the office or in one that it succeeded by the day of the class, or
    with a date of birth that agrees elsewhere, is asked. `earlier` names who a row of this very file became before.
    Rows with problems take no seat. For a directory (`course` None) nobody needs a seat, and people belong to offices
    that the actor organises; a person kept at another office whom the actor may move is asked about. (9 queries, 3 for
    a directory.)
    """
    people = _People(rows, actor, earlier or {}, course.starts_on if course else today())
    verdicts = [people.verdict(row, office) for row, office in rows]
    if course is None:
        for (_row, office), verdict in zip(rows, verdicts, strict=True):
            if office and not verdict.problem:
                _judge_for_directory(verdict, office, actor)
        return verdicts
    standing = _Standing(course, [verdict.trainee for verdict in verdicts if verdict.trainee], actor)
    for (row, office), verdict in zip(rows, verdicts, strict=True):
        standing.judge(verdict, office, sound=not row.problems)
    return verdicts


def _judge_for_directory(verdict: Verdict, office: Office, actor: Actor) -> None:
    if not may_plan_for(actor, office.pk):
        verdict.problem = _("%(office)s is none of the offices that you look after.") % {"office": office.name}
        return
    people = [verdict.trainee] if verdict.trainee else verdict.candidates
    verdict.moves = {
        person.pk: person.office_id
        for person in people
        if person.office_id != office.pk and may_move_people(actor, person.office, office)
    }
    if verdict.decision == RowDecision.KNOWN and verdict.moves:
        verdict.decision = RowDecision.MOVES


class _People:
    """Everybody whom one of the rows may be, by the successions of `day`. (3 queries.)"""

    def __init__(
        self, rows: Sequence[tuple[RosterRow, Office | None]], actor: Actor, earlier: Mapping[Place, int], day: dt.date
    ):
        self.line = line_on(day)
        numbers = {row.citizen_id for row, _office in rows if row.citizen_id}
        self.fingerprints = {number: citizen_numbers.fingerprint(number) for number in numbers}
        names = {search_key(row.full_name) for row, _office in rows if row.full_name}
        everybody = Trainee.objects.select_related("office", "merged_into__office").order_by("pk")
        sure = everybody.filter(
            Q(citizen_number_fingerprint__among=self.fingerprints.values()) | Q(pk__among=earlier.values())
        )
        self.by_pk: dict[int, Trainee] = {}
        #: The names under which each person was ever kept: those of rows that went into the person's row, too.
        self.names: dict[int, set[str]] = {}
        self.by_row = {trainee.pk: self._who(trainee) for trainee in sure}
        self.by_fingerprint = {t.citizen_number_fingerprint: self.by_row[t.pk] for t in sure}
        self.by_name: dict[str, list[Trainee]] = {}
        self.seen: set[int] = set()
        visible = Trainee.objects.visible_to(actor).order_by().values("pk")
        wanted = Q(search_key__among=names) | Q(pk__among=self.by_pk)
        for row in everybody.alias(real=Coalesce("merged_into", "pk")).filter(wanted, real__in=visible):
            trainee = self._who(row)
            self.seen.add(trainee.pk)
            found = self.by_name.setdefault(row.search_key, [])
            if trainee not in found:
                found.append(trainee)
        self.earlier = earlier
        self.by_office = actor.kind == "office"
        self.numbers_shut = self.by_office and bool(self.fingerprints) and self._too_many_tried(rows, actor)

    def _too_many_tried(self, rows: Sequence[tuple[RosterRow, Office | None]], actor: Actor) -> bool:
        """Whether the office has tried too many numbers of others, those of this list counted, under the key of the
        form: a list of five hundred numbers must not tell more than ten tries at the form."""
        key = f"{actor.course_id}:{actor.office_id}"
        for row, _office in rows:
            known = self.by_fingerprint.get(self.fingerprints[row.citizen_id]) if row.citizen_id else None
            name = search_key(row.full_name)
            if known and not (known.pk in self.seen and self._is_called(known, name)):
                count_failure_once("citizen number", key, f"{self.fingerprints[row.citizen_id]} {name}")
                if is_shut("citizen number", key):
                    return True
        return is_shut("citizen number", key)

    def _who(self, row: Trainee) -> Trainee:
        """The person of a row: of one that was merged into another, whoever was kept."""
        trainee = row.merged_into or row
        trainee = self.by_pk.setdefault(trainee.pk, trainee)
        self.names.setdefault(trainee.pk, {trainee.full_name}).add(row.full_name)
        return trainee

    def _is_called(self, trainee: Trainee, name: str) -> bool:
        return any(search_key(full_name) == name for full_name in self.names[trainee.pk])

    def verdict(self, row: RosterRow, office: Office | None) -> Verdict:
        name = search_key(row.full_name)
        known = self.by_fingerprint.get(self.fingerprints[row.citizen_id]) if row.citizen_id else None
        if row.citizen_id and self.numbers_shut:
            return Verdict(
                RowDecision.ASK,
                collides=known.pk if known and known.pk not in self.seen else None,
                problem=_(
                    "Too many citizen numbers were refused. Please leave the number empty, or wait five minutes."
                ),
            )
        if known and not self._is_called(known, name):
            # Whose number it is stays unsaid: it may be somebody of another host.
            return Verdict(
                RowDecision.ASK,
                collides=None if known.pk in self.seen else known.pk,
                problem=_("The citizen number is kept with another name. Please check both."),
            )
        found = known or self._as_before(row, name)
        if found:
            elsewhere = found.pk not in self.seen
            return Verdict(RowDecision.KNOWN, found, by_number=known is not None, elsewhere=elsewhere)
        if self.by_office:
            # No proof for an office: who tries days of birth or telephones would learn by the answer which is right.
            row = replace(row, birth=None, phone=None, email=None)
        likely = [t for t in self.by_name.get(name, []) if self._may_be(row, office, t)]
        sure = [t for t in likely if _is(row, office, t, self.names[t.pk])]
        if len(sure) == 1:
            return Verdict(RowDecision.KNOWN, sure[0])
        return Verdict(RowDecision.ASK, candidates=likely) if likely else Verdict(RowDecision.NEW)

    def _may_be(self, row: RosterRow, office: Office | None, trainee: Trainee) -> bool:
        """Of the row's office, or of one whose work lies there on the day, or born on a day that may be the same."""
        if office is not None and office.pk in {trainee.office_id, *self.line.heirs(trainee.office_id)}:
            return True
        return bool(row.birth and trainee.birth and row.birth.agrees(trainee.birth))

    def _as_before(self, row: RosterRow, name: str) -> Trainee | None:
        before = self.by_row.get(self.earlier.get(place_of(row), 0))
        return before if before and self._is_called(before, name) and not _numbers_differ(row, before) else None


def _is(row: RosterRow, office: Office | None, trainee: Trainee, names: set[str]) -> bool:
    if office is None or trainee.office_id != office.pk or _numbers_differ(row, trainee):
        return False
    if _spoken(row.full_name) not in map(_spoken, names):
        return False
    if row.birth and trainee.birth:
        return row.birth.agrees(trainee.birth)
    return bool((row.phone and row.phone == trainee.phone) or (row.email and row.email == trainee.email.lower()))


def _numbers_differ(row: RosterRow, trainee: Trainee) -> bool:
    """Both are stated; an equal one would have been found by its fingerprint."""
    kept = trainee.citizen_number_fingerprint
    return bool(row.citizen_id and kept and kept != citizen_numbers.fingerprint(row.citizen_id))


def _spoken(name: str) -> tuple:
    """Letters and tones, wherever the tone mark was put."""
    return tuple(map(letters_and_tone, marked_words(name)))


class _Standing:
    """Who of these people is in the class, who is busy at its hours, and what room is left. (6 queries.)"""

    def __init__(self, course: Course, people: list[Trainee], actor: Actor):
        self.late = course.registration_deadline if deadline_is_over(course) else None
        self.room = Room(course, people)
        self.own = Registration.objects.filter(course=course, trainee__among=[p.pk for p in people]).to_go_on_from()
        self.busy = _busy(course, people, actor)

    def judge(self, verdict: Verdict, office: Office | None, *, sound: bool) -> None:
        if verdict.decision == RowDecision.ASK:
            return
        pk = verdict.trainee.pk if verdict.trainee else 0
        own = self.own.get(pk)
        if own and own.state != RegistrationState.WITHDRAWN:
            verdict.registration = own
            return
        if own:
            verdict.notes.append(_("The name was withdrawn from this class before."))
        refusal = self.room.refusal(office, verdict.trainee) if office else ""
        if self.late:
            verdict.decision = RowDecision.LATE
            verdict.notes.append(_("Past the deadline for lists (%(day)s).") % {"day": f"{self.late:%d/%m/%Y}"})
        if refusal:
            verdict.decision = RowDecision.OVER_SEATS
            verdict.notes.append(refusal)
        if pk in self.busy:
            verdict.decision = RowDecision.CLASH
            verdict.notes.append(self.busy[pk])
        if office and sound and not refusal and pk not in self.busy:
            self.room.take(office, verdict.trainee)


def _busy(course: Course, people: list[Trainee], actor: Actor) -> dict[int, str]:
    """A sentence for each person who holds a seat in another class with a half-day at the hours of one of this class,
    whatever blocks the person owes there: an organiser is asked."""
    others = list(Registration.objects.active().in_other_classes(course, people).select_related("course"))
    hours = Session.objects.held_by_course([course.pk, *(registration.course_id for registration in others)])
    mine = hours.get(course.pk, [])
    hosts = actor.organises | actor.certifies
    busy = {}
    for other in others:
        theirs = hours.get(other.course_id, [])
        if any(one.overlaps(their) for one in mine for their in theirs):
            seen = actor.sees_everything or other.course.host_office_id in hosts
            busy[other.trainee_id] = (
                _("In the class %(code)s at the same time.") % {"code": other.course.code}
                if seen
                else _("In another class at the same time.")
            )
    return busy
