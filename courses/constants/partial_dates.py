"""Dates of which only the year, or the month and year, may be known."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from courses.constants.errors import Refusal

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_TYPED = re.compile(r"(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})", re.ASCII)
FIRST_YEAR, LAST_YEAR = 1900, 2100


@dataclass(frozen=True)
class PartialDate:
    """`first` is the first day that the date can mean; `precision` ("day", "month", "year") says how much is known."""

    first: dt.date
    precision: str = "day"

    def __post_init__(self):
        expected = {
            "day": self.first,
            "month": self.first.replace(day=1),
            "year": self.first.replace(month=1, day=1),
        }
        if expected.get(self.precision) != self.first:
            raise ValueError(f"{self.first} is not the first day of its {self.precision}")

    def __str__(self):
        return self.vietnamese()

    def iso(self) -> str:
        """YYYY-MM-DD, YYYY-MM or YYYY."""
        return self.first.isoformat()[: {"day": 10, "month": 7, "year": 4}[self.precision]]

    def agrees(self, other: Self) -> bool:
        """Whether both may mean the same day: what is known of both is the same."""
        return self.iso().startswith(other.iso()) or other.iso().startswith(self.iso())

    @classmethod
    def from_iso(cls, text: str) -> Self:
        """The reverse of `iso`. ValueError for anything else."""
        found = _ISO.fullmatch(text)
        if not found:
            raise ValueError(f"not a partial ISO date: {text!r}")
        return cls._of(*found.groups())

    def vietnamese(self) -> str:
        """dd/mm/yyyy, mm/yyyy or yyyy."""
        day, month, year = f"{self.first.day:02d}", f"{self.first.month:02d}", f"{self.first.year:04d}"
        return "/".join({"day": (day, month, year), "month": (month, year), "year": (year,)}[self.precision])

    @classmethod
    def parse(cls, text: str) -> Self:
        """What a person types in a form: dd/mm/yyyy, mm/yyyy or yyyy (also with . or -).

        00/00/1972 means the year, 00/06/1972 the month, as offices write it. Refusal for a date
        that does not exist or lies outside the years 1900 to 2100.
        """
        # Loaded only now: the child that reads lists needs none of it, and loading it takes longer than most lists.
        from django.utils.translation import gettext_lazy as _

        found = _TYPED.fullmatch(re.sub(r"\s+", "", text))
        if not found:
            raise Refusal(_("Type the date as day/month/year, month/year or only the year, for example 05/06/1975."))
        day, month, year = found.groups()
        try:
            if not FIRST_YEAR <= int(year) <= LAST_YEAR:
                raise ValueError
            return cls._of(year, _known(month), _known(day))
        except ValueError:
            raise Refusal(_("There is no such date. Please look at the day, the month and the year again.")) from None

    @classmethod
    def _of(cls, year: str, month: str | None, day: str | None) -> Self:
        if day and not month:
            raise ValueError("a day without a month")
        precision = "day" if day else "month" if month else "year"
        return cls(dt.date(int(year), int(month or 1), int(day or 1)), precision)


def _known(digits: str | None) -> str | None:
    return digits if digits and int(digits) else None


#: In place of an official date that is filled in by hand.
NO_DATE = "ngày …… tháng …… năm ……"


def official_date(day: dt.date) -> str:
    """The date of an official paper: "ngày 05 tháng 6 năm 2024".

    Nghị định 30/2020/NĐ-CP, Phụ lục I: days below 10 and the months 1 and 2 get a leading zero,
    other months do not.
    """
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"
