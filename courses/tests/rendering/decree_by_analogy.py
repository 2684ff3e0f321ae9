"""Papers that the decree names no kind for, measured by as much of it as they can keep: lists that an office builds
itself, and the notice at the hall's door. The page, its margins, its letters, the heading, dates and numbers of pages
are measured as of any paper (`decree`)."""

from collections.abc import Iterator

from courses.rendering.official import NATION
from courses.tests.rendering.decree import DATE_LINE, LEFT, OFF, RANKS, RIGHT, Kind, Paper, text_lines, within
from courses.tests.rendering.measured import Line, measured

_TO_SIGN = "(Ký, họ tên)"
#: Points: nothing below the heading of a notice is smaller than what is read from two metres.
_LEAST_AT_DOOR = 16


def check_list(pdf: bytes, *, title: str, landscape: bool, body: str) -> list[str]:
    """As `decree.check`, of a list with a title of its own whose signers stand side by side below a date."""
    kind = Kind(title.upper(), numbered=False, goes_to=False, ended=False)
    return [*_List(measured(pdf), kind, landscape, body).complaints()]


def check_door_notice(pdf: bytes, *, body: str) -> list[str]:
    """As `decree.check`, of a notice a page. It permits one difference: what is told stands in giant letters."""
    kind = Kind("", numbered=False, goes_to=False, ended=False)
    return [said for page in measured(pdf) for said in _DoorNotice([page], kind, True, body).complaints()]


class _List(Paper):
    def _signed(self) -> list[Line]:
        return [line for line in text_lines(self.pages[-1]) if line.text == _TO_SIGN]

    def _date_line(self) -> Line | None:
        return next((line for line in text_lines(self.pages[-1]) if DATE_LINE.match(line.text)), None)

    def _end(self) -> tuple[int, float]:
        date = self._date_line()
        return len(self.pages) - 1, date.baseline - 0.5 if date else self.pages[-1].height

    def _signing(self) -> Iterator[str]:
        page, signed, date = self.pages[-1], self._signed(), self._date_line()
        if not signed:
            yield "nobody signs the list on its last page"
            return
        if date is None or not (date.italic and not date.bold and within(date.sizes, 13, 14)):
            yield "place and date above who signs are not in italics of 13–14 points"
        for place in signed:
            column = [line for line in text_lines(page) if abs(line.middle - place.middle) < 1.5]
            above = [line for line in column if 0 < place.baseline - line.baseline < 8]
            names = [line for line in column if line.baseline > place.baseline]
            if not above:
                yield "no office stands above the place to sign"
            for line in above:
                if line.text != line.text.upper():
                    yield f"“{line.text}” is not in capitals"
            for line in above + names:
                if not (line.bold and not line.italic and within(line.sizes, 13, 14)):
                    yield f"“{line.text}” is not bold and upright of 13–14 points ({line.sizes})"
            for line in names:
                if RANKS.match(line.text):
                    yield f"“{line.text}”: no title stands before the name of who signs"
                if line.baseline - place.baseline < 15:
                    yield "there is no room to sign above the name"


class _DoorNotice(Paper):
    def complaints(self) -> Iterator[str]:
        yield from self._as_every_paper()
        yield from self._told()

    def _told(self) -> Iterator[str]:
        """What stands below the heading."""
        page, heading = self.first, self._left_of_country()
        nation = next((line for line in page.lines if line.text == NATION), None)
        if not heading or nation is None:
            return
        if page.width < page.height:
            yield "the notice does not lie"
        end = max([line.baseline for line in heading] + [nation.baseline + 8])
        told = [line for line in text_lines(page) if line.baseline > end]
        centre = (LEFT[0] + page.width - RIGHT[0]) / 2
        for line in told:
            if line.sizes[0] < _LEAST_AT_DOOR - 0.1:
                yield f"“{line.text}” is of {line.sizes[0]} points: nobody reads it from two metres"
            if abs(line.middle - centre) > 1:
                yield f"“{line.text}” does not stand in the middle between the margins"
            if line.left < LEFT[0] - OFF or line.right > page.width - RIGHT[0] + OFF:
                yield f"“{line.text}” reaches into a margin"
        if not any(line.bold and line.sizes[0] >= 40 for line in told):
            yield "nothing on the notice is bold and giant"
