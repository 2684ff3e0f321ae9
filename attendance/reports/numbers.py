"""What the pages of numbers are made of: tables in which each number that counts people leads to them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from attendance.constants import CertificateState

#: What is counted, in the words of a column. Those of turns are half-days of people, the others people.
WORDS = {
    "named": _("On the list"),
    "confirmed": pgettext_lazy("people", "Confirmed"),
    "nominated": _("Wait to be confirmed"),
    "came": _("Present at least once"),
    "people": _("People trained"),
    "turns": _("Turns trained"),
    "expected": _("Expected to come"),
    "there": pgettext_lazy("attendance", "Present"),
    "excused": pgettext_lazy("attendance", "With leave"),
    "absent": pgettext_lazy("attendance", "Without leave"),
    "unmarked": _("Not marked yet"),
    "to_come": pgettext_lazy("attendance", "Still to come"),
    "earned": _("Eligible, no paper yet"),
    "possible": pgettext_lazy("while the class is held", "Not eligible yet"),
    "never": _("Not eligible"),
    "no_paper": _("No paper yet"),
    "prepared": _("Awaiting signature"),
    "issued": _("Issued"),
    "handed_over": pgettext_lazy("certificate", "Handed over"),
    "year": _("People on lists of the year"),
    "reached": _("Target reached"),
    "below": _("Below the target"),
    "trained": _("Trained"),
    "untrained": _("Not trained yet"),
}
#: What is counted beside people.
OTHERS = {
    "seats": _("Seats"),
    "missing": pgettext_lazy("people", "Missing"),
    "periods": _("Periods together"),
}
TURNS = ("expected", "there", "excused", "absent", "unmarked", "to_come")
PAPERS: dict[str, str] = {
    CertificateState.PREPARED: "prepared",
    CertificateState.ISSUED: "issued",
    CertificateState.HANDED_OVER: "handed_over",
}


@dataclass(frozen=True)
class Number:
    """`url`: the list of the people behind it, "" for nobody and for what are no people. None: not said."""

    value: int | None
    label: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    numbers: list[Number]
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """`columns` in words, beside the first, which is `of`. `foot`: all rows together; a person in two counts once
    where people are counted."""

    of: str
    columns: list[str]
    rows: list[Row]
    foot: Row


@dataclass
class Counts:
    """Numbers by what is counted; of what is counted once a person, the ids."""

    numbers: Counter[str] = field(default_factory=Counter)
    people: dict[str, set[int]] = field(default_factory=dict)

    def add(self, what: str, number: int = 1) -> None:
        self.numbers[what] += number

    def add_person(self, what: str, person: int) -> None:
        self.people.setdefault(what, set()).add(person)

    def of(self, what: str) -> int:
        return len(self.people[what]) if what in self.people else self.numbers[what]


def numbers(counts: Counts, whats: Sequence[str], page: str, **query: int | str) -> list[Number]:
    """Numbers in the order of `whats`. `page`: the address of the list of people; without one, nothing leads on."""
    also = f"&{urlencode(query)}" if query else ""
    found = []
    for what in whats:
        value, is_people = counts.of(what), what in WORDS
        url = f"{page}?what={what}{also}" if value and is_people else ""
        found.append(Number(value, str(WORDS.get(what) or OTHERS[what]), url))
    return found


def table(
    of: str, whats: Sequence[str], rows: list[Row], together: Counts, page: str, words: str, **query: int | str
) -> Table:
    columns = [str(WORDS.get(what) or OTHERS[what]) for what in whats]
    return Table(of, columns, rows, Row(words, numbers(together, whats, page, **query)))


def known_turns(whats: Sequence[str], together: Counts) -> tuple[str, ...]:
    """Without what is to come, where nothing is."""
    return tuple(what for what in whats if what != "to_come" or together.of(what))


def summed(parts: Iterable[Counts]) -> Counts:
    """All together: turns and seats add up, each person counts once."""
    whole = Counts()
    for part in parts:
        whole.numbers.update(part.numbers)
        for what, people in part.people.items():
            whole.people.setdefault(what, set()).update(people)
    return whole
