"""What the stages hand to each other: a sheet as a grid of values."""

from dataclasses import dataclass, field

from courses.readers.words import Value

Box = tuple[int, int, int, int]  # first row, first column, last row, last column; from 0, last included


@dataclass
class Sheet:
    """`grid[0][0]` is cell A1, so that row numbers are those a person sees less one."""

    name: str | None
    grid: list[list[Value]]
    merges: list[Box] = field(default_factory=list)
    #: For a text without fonts: encodings to try when no header is found as it stands.
    encodings: tuple[str, ...] = ()
    #: Positions of dates whose cell shows only the month and year, or only the year.
    precisions: dict[tuple[int, int], str] = field(default_factory=dict)
    #: The encoding from which its texts were turned into Unicode, "" when they were in it.
    decoded: str = ""

    def at(self, row: int, column: int) -> Value:
        line = self.grid[row]
        return line[column] if column < len(line) else None
