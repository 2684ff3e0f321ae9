"""The schedule of a class on one sheet of A4, in letters as large as the sheet allows."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from courses.constants.printing import STAND_IN, with_stand_ins
from courses.rendering.paper import draw

_TEMPLATE = Path(__file__).parent / "papers" / "schedule.typ"


@dataclass(frozen=True)
class HalfDayLine:
    """One half-day as it is printed. `day` and `when` are lines; `day` has none where it is the day of the half-day
    before. `off`: it does not take place."""

    day: tuple[str, ...]
    when: tuple[str, ...]
    topics: tuple[str, ...]
    places: tuple[str, ...]
    said: str = ""
    off: bool = False


@dataclass(frozen=True)
class ScheduleSheet:
    """What the sheet says. `printed` says of which moment it is: a half-day may be moved after it."""

    title: str
    about: str
    lines: tuple[HalfDayLine, ...]
    heads: tuple[str, str, str, str]
    printed: str


def draw_schedule(sheet: ScheduleSheet, *, timestamp: dt.datetime) -> bytes:
    """One page of PDF/A-2a; what no paper can print has a visible sign in its place. Refusal for a class of so many
    half-days that no letter that can be read fits."""
    data = {
        "title": with_stand_ins(sheet.title),
        "about": with_stand_ins(sheet.about),
        "heads": list(sheet.heads),
        "printed": sheet.printed,
        "lines": [
            {
                "day": list(line.day),
                "when": list(line.when),
                "topics": [with_stand_ins(topic) for topic in line.topics],
                "places": [with_stand_ins(place) for place in line.places],
                "said": with_stand_ins(line.said),
                "off": line.off,
            }
            for line in sheet.lines
        ],
    }
    return draw(_TEMPLATE, data, timestamp=timestamp, instead=STAND_IN)
