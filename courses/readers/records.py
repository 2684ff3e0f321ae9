"""What a reading gives: rows with what they say and what is wrong with them."""

from dataclasses import dataclass, field, replace
from typing import Any

from courses.constants.partial_dates import PartialDate
from courses.readers import sentences
from courses.readers.unreadable import Title


@dataclass(frozen=True)
class RosterRow:
    """One person of a roster. What the file does not state is None.

    `row` counts from 1 in its sheet (in its table for Word, in the file for CSV). `office_text` are the file's own
    words; `office_from` says who said them: "column", "group" (a line above), "sheet" (the sheet's name, which may be
    any word) or None. `problems` are sentences in the language of the moment. `raw` holds the cells by column title.
    """

    sheet: str | None
    row: int
    full_name: str
    gender: str | None = None
    birth: PartialDate | None = None
    position: str | None = None
    office_text: str | None = None
    office_from: str | None = None
    phone: str | None = None
    email: str | None = None
    citizen_id: str | None = None
    problems: tuple[str, ...] = ()
    raw: dict[str, str] = field(default_factory=dict)

    def with_problem(self, code: str, **params: Any) -> "RosterRow":
        """The row with one more thing wrong; `code` is one of `sentences.PROBLEMS`."""
        return replace(self, problems=(*self.problems, sentences.problem(code, params)))


@dataclass(frozen=True)
class Reading:
    """All rows of a file, the names of the sheets that were hidden and therefore not read, and remarks.

    `titles` are all those of a list of which columns were left out that nobody here understands, for a person to
    explain as with `NotRead`; else none.
    """

    rows: tuple[RosterRow, ...]
    hidden_sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    titles: tuple[Title, ...] = ()


def reading_of(answer: dict[str, Any]) -> Reading:
    """The answer of `rosters.read_answer`, which has codes for sentences, as rows."""
    return Reading(
        tuple(_row_of(row) for row in answer["rows"]),
        tuple(answer["hidden_sheets"]),
        tuple(sentences.note(code, params) for code, params in answer["notes"]),
        tuple(answer.get("titles", ())),
    )


def _row_of(row: dict[str, Any]) -> RosterRow:
    birth = PartialDate.from_iso(row["birth"]) if row["birth"] else None
    problems = tuple(sentences.problem(code, params) for code, params in row["problems"])
    return RosterRow(**{**row, "birth": birth, "problems": problems})
