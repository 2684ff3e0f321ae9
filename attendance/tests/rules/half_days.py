"""A class of six half-days for tests of who has earned its paper, and attendance written as letters."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from attendance.constants import Counting, Examination, MarkState
from attendance.rules.eligibility import Rule, SessionFacts, judge
from courses.constants.choices import HalfDay

FULL, HALF, NONE = Counting.FULL, Counting.HALF, Counting.NONE
STATES = {
    "P": MarkState.PRESENT,
    "L": MarkState.LATE,
    "E": MarkState.LEFT_EARLY,
    "X": MarkState.EXCUSED,
    "A": MarkState.ABSENT,
    "D": MarkState.DISPUTED,
}


def half_day(number, **more):
    """Half-day 1 is the morning of 14/06/2022, 6 the afternoon of 16/06/2022."""
    day = date(2022, 6, 14) + timedelta(days=(number - 1) // 2)
    morning = number % 2 == 1
    ends_at = datetime(day.year, day.month, day.day, 4 if morning else 10, tzinfo=UTC)
    return SessionFacts(
        id=number,
        date=day,
        half=HalfDay.MORNING if morning else HalfDay.AFTERNOON,
        starts_at=ends_at - timedelta(hours=3),
        ends_at=ends_at,
        **more,
    )


SIX = [half_day(number) for number in range(1, 7)]
BLOCKS = [half_day(number, blocks=frozenset({1 if number <= 3 else 2})) for number in range(1, 7)]
OPENING = [half_day(1), *BLOCKS[1:]]
ONE_CANCELLED = [*SIX[:5], half_day(6, required=False, cancelled=True)]
ONE_OPTIONAL = [*SIX[:5], half_day(6, required=False)]
LAST_CLOSED = [*SIX[:5], half_day(6, closed=True)]
GRADES = ((Decimal(9), "Giỏi"), (Decimal("7.5"), "Khá"), (Decimal(5), "Đạt"))
TEST = {"test": Examination.TEST, "grades": GRADES}
ESSAY = {"test": Examination.ESSAY, "scale": Decimal(100), "pass_mark": Decimal("62.5")}
SHORT_LAST = [*SIX[:5], half_day(6, periods=2)]


def verdict(said, rule=None, *, sessions=SIX, over=None, blocks_owed=(), override="", before_joining=(), points=None):
    """`said` has a letter a half-day, `-` for no mark; the first `over` are over (default: up to the last mark)."""
    marks = {number: STATES[letter] for number, letter in enumerate(said, start=1) if letter != "-"}
    over = max(marks, default=0) if over is None else over
    now = half_day(over).ends_at if over else datetime(2022, 6, 1, tzinfo=UTC)
    known = {"blocks_owed": blocks_owed, "override": override, "before_joining": before_joining, "points": points}
    return judge(rule or Rule(), sessions, marks, now=now, **known)
