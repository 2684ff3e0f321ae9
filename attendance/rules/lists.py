"""What can be chosen for a list of a class, and what is checked of it. Pure: no database, no clock.

A citizen number is in no list: lists hang in halls and lie on tables.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from courses.constants.errors import Refusal
from courses.constants.money_words import MOST, with_dots
from courses.constants.printing import refuse_unprintable

MOST_COLUMNS, MOST_OWN_COLUMNS, MOST_SIGNERS = 16, 5, 3
#: Đồng for a half-day, a day or a period: more is a slip of the hand.
MOST_RATE = 50_000_000
MOST_PERIODS = Decimal(200)
_MONEY = re.compile(r"\d+|\d{1,3}(?:[. ,\u00a0]\d{3})+", re.ASCII)
_PERIODS = re.compile(r"\d{1,4}(?:[.,]\d{1,2})?", re.ASCII)


class ListKind(TextChoices):
    PEOPLE = "people", pgettext_lazy("kind of list", "List of people")
    MONEY = "money", pgettext_lazy("kind of list", "List to sign for money")
    SPEAKERS = "speakers", pgettext_lazy("kind of list", "Payment of speakers")


class Col(TextChoices):
    """A column about the people of a class."""

    NUMBER = "number", pgettext_lazy("column of a list", "No.")
    NAME = "name", pgettext_lazy("column of a list", "Full name")
    FAMILY_MIDDLE = "family_middle", pgettext_lazy("column of a list", "Family and middle name")
    GIVEN = "given", pgettext_lazy("column of a list", "Given name")
    BIRTH = "birth", pgettext_lazy("column of a list", "Day or year of birth")
    BIRTH_YEAR = "birth_year", pgettext_lazy("column of a list", "Year of birth under men and women")
    GENDER = "gender", pgettext_lazy("column of a list", "Gender")
    POSITION = "position", pgettext_lazy("column of a list", "Position")
    OFFICE = "office", pgettext_lazy("column of a list", "Office")
    STAFF = "staff", pgettext_lazy("column of a list", "Staff category")
    FIELDS = "fields", pgettext_lazy("column of a list", "Fields of responsibility")
    BLOCKS = "blocks", pgettext_lazy("column of a list", "Blocks")
    PHONE = "phone", pgettext_lazy("column of a list", "Telephone")
    EMAIL = "email", pgettext_lazy("column of a list", "E-mail address")
    PRESENT = "present", pgettext_lazy("column of a list", "Half-days present")
    PERIODS = "periods", pgettext_lazy("column of a list", "Periods attended")
    RESULT = "result", pgettext_lazy("column of a list", "Result")
    CERTIFICATE = "certificate", pgettext_lazy("column of a list", "Number of the certificate")


#: Named in the log whenever a list with them is taken out.
PERSONAL = (Col.BIRTH, Col.BIRTH_YEAR, Col.PHONE, Col.EMAIL)
#: Shown in part on the page; in full in the file alone, which is logged.
MASKED = (Col.PHONE, Col.EMAIL)


class Who(TextChoices):
    ALL = "all", pgettext_lazy("who is on a list", "Everybody")
    CERTIFIED = "certified", pgettext_lazy("who is on a list", "Those with a certificate")
    UNCERTIFIED = "uncertified", pgettext_lazy("who is on a list", "Those without a certificate")


class Grouping(TextChoices):
    NONE = "none", pgettext_lazy("groups of a list", "None")
    OFFICE = "office", pgettext_lazy("groups of a list", "By office")
    BLOCK = "block", pgettext_lazy("groups of a list", "By block")


class Order(TextChoices):
    PROTOCOL = "protocol", pgettext_lazy("order of a list", "By office in protocol order")
    GIVEN = "given", pgettext_lazy("order of a list", "By given name")
    SERIAL = "serial", pgettext_lazy("order of a list", "By serial number of the class")


class Unit(TextChoices):
    """What money is paid for. A day counts for whoever missed no half-day of it."""

    HALF_DAY = "half_day", pgettext_lazy("unit of money", "Half-day present")
    DAY = "day", pgettext_lazy("unit of money", "Day present")


@dataclass(frozen=True)
class Column:
    """`key` is one of `Col`; "" is an empty column to be signed or written in, with a title of the office's own."""

    key: str
    title: str = ""


@dataclass(frozen=True)
class Signing:
    title: str
    name: str = ""


@dataclass(frozen=True)
class ListChoice:
    """A list as it was chosen, for any class of a host. Money in đồng."""

    kind: str = ListKind.PEOPLE
    title: str = ""
    subtitle: str = ""
    columns: tuple[Column, ...] = ()
    who: str = Who.ALL
    group: str = Grouping.NONE
    order: str = Order.PROTOCOL
    signers: tuple[Signing, ...] = ()
    landscape: bool = False
    unit: str = Unit.HALF_DAY
    excused: bool = False
    rate: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "title": self.title,
            "subtitle": self.subtitle,
            "columns": [[column.key, column.title] for column in self.columns],
            "who": str(self.who),
            "group": str(self.group),
            "order": str(self.order),
            "signers": [[one.title, one.name] for one in self.signers],
            "landscape": self.landscape,
            "unit": str(self.unit),
            "excused": self.excused,
            "rate": self.rate,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """The reverse of `as_json`. What this version does not know is left out: a form of before still opens, and one
        that was spoilt."""
        said = said if isinstance(said, Mapping) else {}
        keys = {"", *Col.values}
        columns = [Column(key, title) for key, title in _pairs(said.get("columns")) if key in keys]
        closed = {"kind": ListKind, "who": Who, "group": Grouping, "order": Order, "unit": Unit}
        known = {name: said[name] for name, choices in closed.items() if said.get(name) in choices.values}
        typed = {"title": str, "subtitle": str, "landscape": bool, "excused": bool, "rate": int}
        rest = {name: said[name] for name, kind in typed.items() if type(said.get(name)) is kind}
        signers = tuple(Signing(title, name) for title, name in _pairs(said.get("signers")))
        return cls(columns=tuple(columns[:MOST_COLUMNS]), signers=signers[:MOST_SIGNERS], **known, **rest)

    @property
    def personal(self) -> list[str]:
        """The personal columns in words, for the log."""
        return [str(Col(column.key).label) for column in self.columns if column.key in PERSONAL]


def _pairs(said: Any) -> list[tuple[str, str]]:
    """Those of a list that are two texts."""
    rows = said if isinstance(said, list) else []
    pairs = (row for row in rows if isinstance(row, list) and len(row) == 2)
    return [(one, other) for one, other in pairs if isinstance(one, str) and isinstance(other, str)]


def check_choice(choice: ListChoice) -> None:
    """Refusal when no list can be made of it."""
    if not choice.title:
        raise Refusal(_("Please give the list a title."))
    refuse_unprintable(
        choice.title,
        choice.subtitle,
        *(column.title for column in choice.columns),
        *(text for one in choice.signers for text in (one.title, one.name)),
    )
    if choice.kind != ListKind.PEOPLE:
        if not 0 < choice.rate <= MOST_RATE:
            raise Refusal(_rate_refused())
        return
    if not any(column.key not in ("", Col.NUMBER) for column in choice.columns):
        raise Refusal(_("Please choose at least one column about the people, such as the full name."))
    if len(choice.columns) > MOST_COLUMNS:
        raise Refusal(
            _("A list on A4 has room for %(most)d columns at most. Please leave some out.") % {"most": MOST_COLUMNS}
        )


def read_money(text: str) -> int:
    """Đồng as typed: 1200000 or 1.200.000. Refusal for anything else and for more than is paid at once."""
    typed = text.strip()
    if not _MONEY.fullmatch(typed):
        raise Refusal(_("Please type the amount in VND with digits alone, for example 1.200.000."))
    digits = re.sub(r"\D", "", typed)
    # Measured before it is a number: digits without end take time without end.
    if len(digits) > 15 or int(digits) > MOST_RATE:
        raise Refusal(_rate_refused())
    return int(digits)


def read_periods(text: str) -> Decimal:
    """Periods as typed, with two places at most: 4 or 2,5."""
    typed = text.strip()
    if not _PERIODS.fullmatch(typed) or (found := Decimal(typed.replace(",", "."))) > MOST_PERIODS:
        raise Refusal(
            _("Please type the periods as a number up to %(most)d, for example 4 or 2,5.") % {"most": MOST_PERIODS}
        )
    return found


def _rate_refused() -> str:
    return _("Please type an amount from 1 to %(most)s VND; a higher one is surely a slip.") % {
        "most": with_dots(MOST_RATE)
    }


def placed(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Keys in the order that was typed. `rows`: (key, number typed) in the order shown, which was 1, 2, 3 …

    Who is given number 3 stands third, whether it comes from above or below; without a readable number a row stays.
    """

    def place(row: tuple[int, tuple[str, str]]) -> tuple[float, int]:
        was, (_key, typed) = row
        # Compared by length before: digits without end take time without end.
        wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else was
        return wanted + (0.5 if wanted > was else -0.5 if wanted < was else 0), was

    return [key for _was, (key, _typed) in sorted(enumerate(rows, 1), key=place)]


def shared_periods(periods: int, speakers: Sequence[int]) -> dict[int, Decimal]:
    """The periods of a half-day shared equally between its speakers, by id, with two places; what does not come out
    even goes to the first ones, so that the parts add up to the whole."""
    if not speakers:
        return {}
    each, rest = divmod(periods * 100, len(speakers))
    return {pk: Decimal(each + (place < rest)) / 100 for place, pk in enumerate(speakers)}


def amount_of(units: Decimal | int, rate: int) -> int:
    """In whole đồng, half a đồng upwards."""
    return int((Decimal(units) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def total_of(amounts: Iterable[int]) -> int:
    """Refusal when the sum cannot be put into words."""
    total = sum(amounts)
    if total > MOST:
        raise Refusal(_("The sum is above %(most)s VND. Please look at the amounts again.") % {"most": with_dots(MOST)})
    return total


def without_class(choice: ListChoice, code: str, title: str) -> ListChoice:
    """The choice as it is kept for other classes: a subtitle that names this one is left to each class."""
    named = any(text and text.casefold() in choice.subtitle.casefold() for text in (code, title))
    return replace(choice, subtitle="") if named else choice


@dataclass(frozen=True)
class Said:
    """What is said of one speaker in one class, apart from what the class says."""

    periods: Decimal | None = None
    rate: int | None = None


@dataclass(frozen=True)
class Only:
    """Of which office and block of this class alone; not kept for others. `speakers`: what was typed, by id."""

    office: int | None = None
    block: int | None = None
    speakers: Mapping[int, Said] = field(default_factory=dict)
