"""Who has earned the paper of a class, and why, in one sentence that all read alike. Pure: no database, no clock.

The law asks for full attendance as the programme prescribes and names no percentage (Circular 03/2023/TT-BNV,
article 6), so the default is all of the required half-days. Coming late or leaving early is still attendance, so it
counts in full; an excused absence is not attendance and is made good by a make-up or by the override, so it counts
for nothing. A class can choose otherwise. Where a class has a test or an essay, half of its scale is needed beside
attendance (same article); a class can ask for more.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from attendance.constants import THERE, Counting, Examination, MarkState, Measure
from courses.constants.choices import HalfDay

CREDIT: dict[str, float] = {Counting.FULL: 1.0, Counting.HALF: 0.5, Counting.NONE: 0.0}


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a class. `share` is a percentage; `must_attend` are ids of half-days that nobody may miss.

    `test` is one of `Examination`; `scale` its highest mark, `pass_mark` the one needed, `grades` (lowest mark, words)
    from the highest down.
    """

    share: int = 100
    measure: str = Measure.HALF_DAYS
    late_counts: str = Counting.FULL
    left_early_counts: str = Counting.FULL
    excused_counts: str = Counting.NONE
    must_attend: frozenset[int] = frozenset()
    test: str = Examination.NONE
    scale: Decimal = Decimal(10)
    pass_mark: Decimal = Decimal(5)
    grades: tuple[tuple[Decimal, str], ...] = ()

    @property
    def needs_test(self) -> bool:
        return self.test != Examination.NONE

    def grade_of(self, points: Decimal | None) -> str:
        """The words of the highest grade that the points reach; "" without grades, without points, not passed."""
        if not self.needs_test or points is None or points < self.pass_mark:
            return ""
        return next((words for lowest, words in self.grades if points >= lowest), "")

    def credit(self, state: str) -> float:
        """The part of a half-day that a state is worth: 0, 0.5 or 1."""
        counting: dict[str, str] = {
            MarkState.LATE: self.late_counts,
            MarkState.LEFT_EARLY: self.left_early_counts,
            MarkState.EXCUSED: self.excused_counts,
            MarkState.ABSENT: Counting.NONE,
        }
        return CREDIT[counting.get(state, Counting.FULL)]


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A half-day as the rule sees it. No `blocks` serves all; `closed` says that its sheet is closed."""

    id: int
    date: date
    half: str
    starts_at: datetime
    ends_at: datetime
    periods: int = 4
    required: bool = True
    cancelled: bool = False
    closed: bool = False
    blocks: frozenset[int] = frozenset()

    def __str__(self):
        text = _("the morning of %(date)s") if self.half == HalfDay.MORNING else _("the afternoon of %(date)s")
        return text % {"date": f"{self.date:%d/%m/%Y}"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a registration has earned. Numbers are in the rule's measure, in steps of a half.

    `can_still` says that it has earned or can still earn, present at everything that is not marked yet and passing the
    test where no points are entered; `reachable` is what it then has. `to_come` and `unmarked` count half-days: not
    over yet, and over without a mark.
    """

    earned: bool
    can_still: bool
    attended: float
    reachable: float
    needed: int
    possible: int
    to_come: int
    unmarked: int
    reason: str
    #: The half-days owed from before somebody came into the class, made up or not.
    before_joining: tuple[SessionFacts, ...] = ()
    #: Of the test or essay; None: not entered.
    points: Decimal | None = None
    needs_test: bool = False
    grade: str = ""
    #: A grade would stand on the paper, but the points that say which are not entered.
    grade_open: bool = False
    #: Decided apart from the rule (an override).
    special: bool = False

    @property
    def forecast(self) -> bool:
        """Not earned yet, but will be when present at what is left."""
        return self.can_still and not self.earned


@dataclass(slots=True)
class _Tally:
    rule: Rule
    owed: list[SessionFacts]
    states: dict[int, str]
    override: str
    points: Decimal | None = None
    not_there_yet: list[SessionFacts] = field(default_factory=list)
    to_come: list[SessionFacts] = field(default_factory=list)
    unmarked: list[SessionFacts] = field(default_factory=list)
    possible: int = 0
    needed: int = 0

    def worth(self, session):
        return session.periods if self.rule.measure == Measure.PERIODS else 1

    def attended(self, *, present_at=()):
        """What counts so far and would count with presence at these half-days."""
        known = [item for item in self.owed if item.id in self.states]
        so_far = sum(self.worth(item) * self.rule.credit(self.states[item.id]) for item in known)
        return so_far + sum(self.worth(item) for item in present_at)

    def missed_musts(self, *, present_at=()):
        """Half-days that nobody may miss and that the person is not known to have been at."""
        there = {item.id for item in present_at} | {key for key, state in self.states.items() if state in THERE}
        return [item for item in self.owed if item.id in self.rule.must_attend and item.id not in there]

    @property
    def no_points(self):
        """The test is still to be passed."""
        return self.rule.needs_test and self.points is None

    @property
    def passed(self):
        return not self.rule.needs_test or (self.points is not None and self.points >= self.rule.pass_mark)

    def earned(self):
        return self.enough() and self.passed

    def can_still(self, remaining):
        return self.enough(present_at=remaining) and (self.passed or self.no_points)

    def enough(self, *, present_at=()):
        """Of attendance."""
        return (
            bool(self.owed)
            and self.attended(present_at=present_at) >= self.needed
            and not self.missed_musts(present_at=present_at)
        )

    def in_state(self, *states):
        return [item for item in self.owed if self.states.get(item.id) in states]


def serves(session_blocks: Collection[int], blocks_owed: Collection[int]) -> bool:
    """Whether a half-day is one that a registration owes. Without blocks it serves all, and a person owes all."""
    return not session_blocks or not blocks_owed or not set(session_blocks).isdisjoint(blocks_owed)


def judge(
    rule: Rule,
    sessions: Iterable[SessionFacts],
    marks: Mapping[int, str],
    *,
    blocks_owed: Collection[int] = (),
    now: datetime,
    override: str = "",
    before_joining: Collection[int] = (),
    points: Decimal | None = None,
) -> Verdict:
    """Judge one registration.

    `marks` are states by session id, as the ledger adds them up; nothing known is no entry, and on a closed sheet that
    is an absence. No `blocks_owed` owes all. A cancelled half-day never counts; one that nobody may miss is required.
    `override` is why, and by which document, somebody is given the paper all the same. The number needed is rounded
    up: 80 % of six half-days is five. `reason` is in the active language. `before_joining`: ids of the half-days before
    the first one of somebody who took another's place in a class under way; they are owed, and missed unless made up.
    `points` are those of the test, None as long as none are entered; without a test they say nothing.
    """
    tally = _tally(rule, sessions, marks, set(blocks_owed), now, override.strip(), before_joining)
    tally.points = points if rule.needs_test else None
    remaining = tally.to_come + tally.unmarked
    return Verdict(
        earned=bool(tally.override) or tally.earned(),
        can_still=bool(tally.override) or tally.can_still(remaining),
        attended=tally.attended(),
        reachable=tally.attended(present_at=remaining),
        needed=tally.needed,
        possible=tally.possible,
        to_come=len(tally.to_come),
        unmarked=len(tally.unmarked),
        reason=_reason(tally),
        before_joining=tuple(item for item in tally.owed if item.id in before_joining),
        points=tally.points,
        needs_test=rule.needs_test,
        grade=rule.grade_of(tally.points),
        grade_open=tally.no_points and bool(rule.grades) and not tally.override,
        special=bool(tally.override),
    )


def _tally(rule, sessions, marks, blocks_owed, now, override, before_joining):
    owed = sorted(
        (
            item
            for item in sessions
            if not item.cancelled
            and (item.required or item.id in rule.must_attend)
            and serves(item.blocks, blocks_owed)
        ),
        key=lambda item: (item.ends_at, item.id),
    )
    tally = _Tally(rule=rule, owed=owed, states={}, override=override)
    for item in owed:
        if marks.get(item.id):
            tally.states[item.id] = marks[item.id]
        elif item.id in before_joining:
            tally.not_there_yet.append(item)
        elif item.closed:
            tally.states[item.id] = MarkState.ABSENT
        elif item.ends_at <= now:
            tally.unmarked.append(item)
        else:
            tally.to_come.append(item)
    tally.possible = sum(tally.worth(item) for item in owed)
    tally.needed = -(-rule.share * tally.possible // 100)
    return tally


# The sentence


def _reason(tally):
    remaining = tally.to_come + tally.unmarked
    if tally.override:
        return _("Special case: %(why)s.") % {"why": tally.override.rstrip(".")}
    if not tally.owed:
        return _("Not yet eligible: there is no half-day that must be attended.")
    if tally.earned():
        return _("Eligible: %(reasons)s.") % {"reasons": "; ".join(_why_earned(tally))}
    if tally.can_still(remaining):
        reasons = [*_why_not(tally), _outlook(tally)]
        return _("Not yet eligible: %(reasons)s.") % {"reasons": _and_what_is_passed(tally, reasons)}
    if remaining or tally.no_points:
        reasons = _why_not(tally, present_at=remaining)
        return _("Can no longer become eligible: %(reasons)s.") % {"reasons": _and_what_is_passed(tally, reasons)}
    return _("Not yet eligible: %(reasons)s.") % {"reasons": _and_what_is_passed(tally, _why_not(tally))}


def _and_what_is_passed(tally, reasons):
    """A test that is passed is no reason why not: it stands in brackets behind them."""
    said = "; ".join(reasons)
    if not (tally.points is not None and tally.passed):
        return said
    passed = _("%(test)s passed with %(points)s of %(scale)s already") % _of_test(tally)
    return f"{said} ({passed})"


def _why_earned(tally):
    excused = _excused(tally) if tally.rule.credit(MarkState.EXCUSED) else ""
    parts = (_sum_earned(tally, credited=bool(excused)), excused, _disputed(tally), _result_of_test(tally))
    return [part for part in parts if part]


def _sum_earned(tally, *, credited):
    """Who was credited with an excused half-day did not attend it, and the sentence must not say so."""
    some = tally.attended() < tally.possible
    if tally.rule.measure == Measure.PERIODS:
        text = {
            (False, False): _("attended %(attended)s of %(possible)s required periods"),
            (False, True): _("attended %(attended)s of %(possible)s required periods (%(needed)s needed)"),
            (True, False): _("credited with %(attended)s of %(possible)s required periods"),
            (True, True): _("credited with %(attended)s of %(possible)s required periods (%(needed)s needed)"),
        }
    else:
        text = {
            (False, False): _("attended %(attended)s of %(possible)s required half-days"),
            (False, True): _("attended %(attended)s of %(possible)s required half-days (%(needed)s needed)"),
            (True, False): _("credited with %(attended)s of %(possible)s required half-days"),
            (True, True): _("credited with %(attended)s of %(possible)s required half-days (%(needed)s needed)"),
        }
    return text[credited, some] % _numbers(tally)


def _why_not(tally, *, present_at=()):
    """What was lost, what nobody may miss, and the sum where the sum falls short."""
    parts = [
        _listed(_("not in the class yet on %(sessions)s, not made up"), tally.not_there_yet),
        _listed(_("absent on %(sessions)s"), tally.in_state(MarkState.ABSENT)),
        _excused(tally),
        _late(tally),
        _left_early(tally),
        _disputed(tally),
        _missed_musts(tally, present_at=present_at),
    ]
    everything = tally.to_come + tally.unmarked
    lost = tally.attended(present_at=everything) < tally.possible
    if lost and tally.attended(present_at=present_at) < tally.needed:
        parts.append(_shortfall(tally, present_at=present_at))
    if not tally.passed:
        parts.append(_result_of_test(tally))
    return [part for part in parts if part]


def _missed_musts(tally, *, present_at):
    """Named when missed for good, and when nothing else is wanting."""
    lost = {*tally.states, *(item.id for item in tally.not_there_yet)}
    known = [item for item in tally.missed_musts(present_at=present_at) if item.id in lost]
    missed = tally.missed_musts(present_at=present_at) if tally.attended() >= tally.needed else known
    return _listed(_("%(sessions)s must not be missed"), missed)


def _shortfall(tally, *, present_at):
    periods = tally.rule.measure == Measure.PERIODS
    if present_at:
        text = (
            _("%(needed)s of %(possible)s periods are needed, at most %(attended)s can be reached")
            if periods
            else _("%(needed)s of %(possible)s half-days are needed, at most %(attended)s can be reached")
        )
    else:
        text = (
            _("%(needed)s of %(possible)s periods are needed, only %(attended)s so far")
            if periods
            else _("%(needed)s of %(possible)s half-days are needed, only %(attended)s so far")
        )
    return text % _numbers(tally, present_at=present_at)


def _result_of_test(tally):
    """What the test came to; of one without points the outlook speaks."""
    if tally.points is None:
        return ""
    passed = _("%(test)s reached %(points)s of %(scale)s (%(needed)s needed)")
    text = passed if tally.passed else _("%(test)s not passed: %(points)s of %(scale)s (%(needed)s needed)")
    grade = tally.rule.grade_of(tally.points)
    result = text % _of_test(tally)
    return _("%(result)s, grade %(grade)s") % {"result": result, "grade": grade} if grade else result


def _of_test(tally):
    rule = tally.rule
    essay = rule.test == Examination.ESSAY
    return {
        "test": pgettext("in a sentence", "essay") if essay else pgettext("in a sentence", "test"),
        "points": "" if tally.points is None else marks_in_words(tally.points),
        "scale": marks_in_words(rule.scale),
        "needed": marks_in_words(rule.pass_mark),
    }


def _outlook(tally):
    """What is left, and what of it would be enough."""
    if not tally.no_points:
        return _outlook_on_attendance(tally)
    none = _("no points for the %(test)s yet") % _of_test(tally)
    if tally.enough():
        then = _("will be with at least %(needed)s of %(scale)s") % _of_test(tally)
        return f"{none}, {then}"
    attendance = _outlook_on_attendance(tally)
    then = _("and with at least %(needed)s of %(scale)s for the %(test)s") % _of_test(tally)
    return f"{none}; {attendance} {then}"


def _outlook_on_attendance(tally):
    count = len(tally.to_come)
    left = ngettext("%(count)s half-day is still to come", "%(count)s half-days are still to come", count)
    parts = [
        left % {"count": count} if count else "",
        _listed(_("no attendance taken on %(sessions)s"), tally.unmarked),
    ]
    if tally.enough(present_at=tally.to_come):
        last = _("will be when present at the last half-day")
        parts.append(last if count == 1 else _("will be when present at all that is left"))
    elif tally.enough(present_at=tally.unmarked):
        parts.append(_("will be when recorded as present"))
    else:
        parts.append(_("will be when recorded as present and present at all that is left"))
    return ", ".join(part for part in parts if part)


def _excused(tally):
    text = {
        Counting.FULL: _("excused on %(sessions)s (counts in full)"),
        Counting.HALF: _("excused on %(sessions)s (counts by half)"),
        Counting.NONE: _("excused on %(sessions)s"),
    }
    return _listed(text[tally.rule.excused_counts], tally.in_state(MarkState.EXCUSED))


def _late(tally):
    text = {
        Counting.FULL: "",
        Counting.HALF: _("late on %(sessions)s (counts by half)"),
        Counting.NONE: _("late on %(sessions)s (does not count)"),
    }
    return _listed(text[tally.rule.late_counts], tally.in_state(MarkState.LATE))


def _left_early(tally):
    text = {
        Counting.FULL: "",
        Counting.HALF: _("left early on %(sessions)s (counts by half)"),
        Counting.NONE: _("left early on %(sessions)s (does not count)"),
    }
    return _listed(text[tally.rule.left_early_counts], tally.in_state(MarkState.LEFT_EARLY))


def _disputed(tally):
    text = _("%(sessions)s disputed, taken as present until decided")
    return _listed(text, tally.in_state(MarkState.DISPUTED))


def _listed(text, sessions):
    if not text or not sessions:
        return ""
    return text % {"sessions": get_text_list([str(item) for item in sessions], _("and"))}


def _numbers(tally, *, present_at=()):
    return {
        "attended": _number(tally.attended(present_at=present_at)),
        "possible": tally.possible,
        "needed": tally.needed,
    }


def marks_in_words(points: Decimal) -> str:
    """Points as people write them: 7,5 in Vietnamese, without zeros at the end."""
    return number_format(Decimal(f"{points.normalize():f}"))


def _number(value):
    return int(value) if value == int(value) else number_format(value, decimal_pos=1)
