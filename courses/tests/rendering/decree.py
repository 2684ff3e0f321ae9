"""Papers measured against Nghị định 30/2020/NĐ-CP, annexes I (layout) and III (kinds).

`check(pdf, kind="plan") == []`, or a list of what is wrong, in words. It looks at the PDF alone: size of the page,
margins, family, size, weight and slant of letters, rules below the parts, numbers of pages, how dates are written.

A part (the paper, each appendix) begins on a page without a number and goes on with 2, 3, …
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from courses.constants.partial_dates import official_date
from courses.rendering.official import MOTTO, NATION
from courses.tests.rendering.measured import Line, Page, Stroke, measured


@dataclass(frozen=True)
class Kind:
    """What a paper of a kind must have. `title` "": a letter, with "V/v" below its number; `sign`: how its symbol
    begins. Lists and sheets are of no kind that the decree names: they need no number, no place and nobody to go to."""

    title: str
    sign: str = ""
    numbered: bool = True
    to: bool = False
    bases: bool = False
    goes_to: bool = True
    ended: bool = True  # "./."


KINDS = {
    "letter": Kind("", to=True),
    "plan": Kind("KẾ HOẠCH", "KH"),
    "programme": Kind("CHƯƠNG TRÌNH", "CTr", ended=False),
    "notice": Kind("THÔNG BÁO", "TB"),
    "invitation": Kind("GIẤY MỜI", "GM"),
    "decision": Kind("QUYẾT ĐỊNH", "QĐ", bases=True),
    "report": Kind("BÁO CÁO", "BC"),
    "list": Kind("DANH SÁCH", numbered=False, goes_to=False, ended=False),
    "sheet": Kind("DANH SÁCH KÝ TÊN", numbered=False, goes_to=False, ended=False),
}

#: Millimetres that a printer or a rounding may be off; for lengths of lines, as a share of them.
OFF = 0.6
_SHORTEST, _LONGEST = 1 / 3 - 0.01, 1 / 2 + 0.01
LEFT, RIGHT, _ABOVE = (30, 35), (15, 20), (20, 25)
_A4 = (210, 297)
_FONTS = ("timesnewroman", "times new roman", "tinos", "timesnewromanps")
_DATE = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})")
DATE_LINE = re.compile(r"[^,]+, ngày (\d\d?|[….\s]*) ?tháng (\d\d?|[….\s]*) ?năm (\d{4}|[….\s]*)$")
_NUMBER = re.compile(r"Số:\s*(\d+|[….\s]*)\s*/\s*([\wĐ]+(?:-[\wĐ&]+)*)$")
_POWERS = re.compile(r"(TM|KT|TL|TUQ|Q)\.\s")
RANKS = re.compile(r"^(GS|PGS|TS|ThS|BS|CN|KS|Tiến sĩ|Thạc sĩ|Bác sĩ)\b\.?")


def check(pdf: bytes, *, kind: str, landscape: bool = False, body: str = "") -> list[str]:
    """What is wrong with a paper; [] when nothing is. `landscape` for a paper that is one lying table; `body` is the
    issuing body, which alone is bold above the number."""
    return [*Paper(measured(pdf), KINDS[kind], landscape, body).complaints()]


class Paper:
    def __init__(self, pages: list[Page], kind: Kind, landscape: bool, body: str):
        self.pages, self.kind, self.landscape, self.body = pages, kind, landscape, body
        self.first = pages[0]
        self.numbers = [_page_number(page) for page in pages]
        #: How many pages the paper itself has, before its appendices.
        self.own = next((at for at, page in enumerate(pages) if at and _begins(page)), len(pages))

    def complaints(self) -> Iterator[str]:
        yield from self._as_every_paper()
        if self.kind.numbered:
            yield from self._number()
        yield from self._title()
        yield from self._to()
        yield from self._bases()
        yield from self._text()
        yield from self._signing()
        yield from self._appendices()

    def _as_every_paper(self) -> Iterator[str]:
        """The page, its letters, and the heading block."""
        yield from self._sheets()
        yield from self._letters()
        yield from self._page_numbers()
        yield from self._margins()
        yield from self._dates()
        yield from self._country()
        yield from self._office()

    # The page

    def _sheets(self) -> Iterator[str]:
        for at, page in enumerate(self.pages):
            lies = page.width > page.height
            size = (page.height, page.width) if lies else (page.width, page.height)
            if any(abs(have - want) > 0.5 for have, want in zip(size, _A4, strict=True)):
                yield f"page {at + 1} is {page.width:.0f} × {page.height:.0f} mm, not A4"
            if lies and at < self.own and not self.landscape:
                yield f"page {at + 1} lies, and is in no appendix"

    def _letters(self) -> Iterator[str]:
        for at, page in enumerate(self.pages):
            seen = [letter for line in page.lines for letter in line.seen]
            for font in sorted({one.font for one in seen if not one.font.lower().split("+")[-1].startswith(_FONTS)}):
                yield f"page {at + 1} has letters of “{font}”"
            if any(not one.black for one in seen):
                yield f"page {at + 1} has letters that are not black"
            small = [line for line in page.lines if line.sizes[0] < 10.9]
            yield from (f"page {at + 1}: “{line.text[:40]}” is of {line.sizes[0]} points" for line in small)

    def _page_numbers(self) -> Iterator[str]:
        expected = 0
        for at, (page, number) in enumerate(zip(self.pages, self.numbers, strict=True)):
            below = [line for line in page.lines if line.baseline > page.height - 20 and line.text.isdigit()]
            if below:
                yield f"page {at + 1} has its number at the bottom"
            begins = at == 0 or _begins(page)
            expected = 1 if begins else expected + 1
            if number is None:
                if not begins:
                    yield f"page {at + 1} has no number in the top margin"
                continue
            if number.text != str(expected):
                yield f"page {at + 1} has the number {number.text}, not {expected}"
            if begins:
                yield f"page {at + 1} begins a part and shows its number"
            if not any(abs(number.middle - middle) < 2 for middle in _middles(page)):
                yield f"the number of page {at + 1} does not stand in the middle"
            if not (number.plain and within(number.sizes, 13, 14)):
                yield f"the number of page {at + 1} is not upright of 13–14 points"

    def _margins(self) -> Iterator[str]:
        """Of all pages that stand (or lie) together: their text fills the width on at least one line."""
        for lies in (False, True):
            pages = [page for page in self.pages if (page.width > page.height) is lies]
            if not pages or (lies and not any(one.stands for page in pages for one in page.strokes)):
                continue  # nothing there need fill the width
            left = min(_edge(page, "left") for page in pages)
            right = min(page.width - _edge(page, "right") for page in pages)
            what = "of lying pages " if lies else ""
            if not LEFT[0] - OFF <= left <= LEFT[1] + OFF:
                yield f"the left margin {what}is {left:.1f} mm"
            if not RIGHT[0] - OFF <= right <= RIGHT[1] + 2 * OFF:
                yield f"the right margin {what}is {right:.1f} mm"
        for at, page in enumerate(self.pages):
            lines = text_lines(page)
            above = min([line.top for line in lines] + [one.top for one in page.strokes])
            below = page.height - max([line.bottom for line in lines] + [one.bottom for one in page.strokes])
            if not _ABOVE[0] - OFF <= above <= _ABOVE[1] + OFF:
                yield f"the text of page {at + 1} begins {above:.1f} mm from the top"
            if below < _ABOVE[0] - OFF:
                yield f"the text of page {at + 1} ends {below:.1f} mm from the bottom"

    def _dates(self) -> Iterator[str]:
        text = " ".join(line.text for page in self.pages for line in text_lines(page))
        for found in _DATE.finditer(text):
            day, month, year = map(int, found.groups())
            try:
                right = official_date(dt.date(year, month, day))
            except ValueError:
                yield f"there is no “{found[0]}”"
                continue
            if " ".join(found[0].split()) != right:
                yield f"“{found[0]}” is written “{right}”"

    # The heading

    def _country(self) -> Iterator[str]:
        nation, motto = self._line(NATION), self._line(MOTTO)
        if nation is None or motto is None:
            yield "the name of the country or its motto is missing"
            return
        if not (nation.bold and not nation.italic and within(nation.sizes, 12, 13)):
            yield f"the name of the country is not bold of 12–13 points ({nation.sizes})"
        if not (motto.bold and not motto.italic and within(motto.sizes, 13, 14)):
            yield f"the motto is not bold of 13–14 points ({motto.sizes})"
        if abs(nation.middle - motto.middle) > 1 or nation.middle < self.first.width / 2:
            yield "the motto does not stand in the middle below the name of the country, on the right"
        rule = _rule_below(self.first, motto)
        if rule is None or abs(rule.length - motto.length) > 1.5 or abs(rule.middle - motto.middle) > 1:
            yield "the rule below the motto is not as long as the motto"

    def _office(self) -> Iterator[str]:
        lines = self._left_of_country()
        if not lines:
            yield "the issuing body is missing"
            return
        for line in lines:
            if not within(line.sizes, 12, 13) or line.italic or line.text != line.text.upper():
                yield f"“{line.text}” is not in capitals of 12–13 points"
            if not (line.bold or line.plain):
                yield f"“{line.text}” is bold in part"
        body = [line for line in lines if line.bold]
        if not body or lines[-1] is not body[-1]:
            yield "the issuing body is not bold"
            return
        if self.body and " ".join(line.text for line in body) != " ".join(self.body.split()):
            yield "the superior body is bold, or a part of the issuing body is not"
        yield from self._part_rule("the issuing body", body)

    def _left_of_country(self) -> list[Line]:
        ends = [line.baseline for line in self.first.lines if line.text.startswith(("Số:", "V/v"))]
        nation = self._line(NATION)
        end = min(ends, default=nation.baseline + 25 if nation else 0)
        titles = [line.baseline for line in self._title_lines()]
        end = min([end, *titles])
        middle = nation.left if nation else self.first.width / 2
        return [line for line in text_lines(self.first) if line.baseline < end - 0.5 and line.right < middle + OFF]

    def _number(self) -> Iterator[str]:
        number = next((line for line in self.first.lines if line.text.startswith("Số:")), None)
        place = next((line for line in self.first.lines if DATE_LINE.match(line.text)), None)
        if number is None:
            yield "the number is missing"
        else:
            if not (number.plain and within(number.sizes, 13, 13)):
                yield f"the number is not upright of 13 points ({number.sizes})"
            at_height = [line for line in self.first.lines if abs(line.baseline - number.baseline) < 0.5]
            whole = " ".join(line.text for line in at_height if line.right < self.first.width / 2)
            found = _NUMBER.match(whole)
            if found is None:
                yield f"“{whole}” is no number of a paper"
            elif found[1].isdigit() and found[1] != f"{int(found[1]):02d}":
                yield f"“{whole}”: the number is written {int(found[1]):02d}"
            elif self.kind.sign and not found[2].startswith(f"{self.kind.sign}-"):
                yield f"“{whole}”: the symbol does not begin with {self.kind.sign}-"
        if place is None:
            yield "place and date are missing"
            return
        if not (place.italic and not place.bold and within(place.sizes, 13, 14)):
            yield f"place and date are not in italics of 13–14 points ({place.sizes})"
        if number is not None and abs(place.baseline - number.baseline) > 0.5:
            yield "place and date do not stand at the height of the number"

    # The title and whom it is for

    def _title_lines(self) -> list[Line]:
        """The kind, and the bold lines in the middle below it."""
        lines = text_lines(self.first)
        start = next((at for at, one in enumerate(lines) if self.kind.title and one.text == self.kind.title), None)
        if start is None:
            return []
        found = [lines[start]]
        for line in lines[start + 1 :]:
            if not line.bold or abs(line.middle - found[0].middle) > 1 or line.baseline - found[-1].baseline > 12:
                break
            found.append(line)
        return found

    def _title(self) -> Iterator[str]:
        if not self.kind.title:
            left = [line for line in self.first.lines if line.right < self.first.width / 2]
            start = next((at for at, line in enumerate(left) if line.text.startswith("V/v")), None)
            if start is None:
                yield "“V/v …” is missing below the number"
                return
            about = [left[start]]
            for line in left[start + 1 :]:
                if line.baseline - about[-1].baseline < 7 and abs(line.middle - about[0].middle) < 1:
                    about.append(line)
            if not all(line.plain and within(line.sizes, 12, 13) for line in about):
                yield "“V/v …” is not upright of 12–13 points"
            return
        lines = self._title_lines()
        if not lines:
            yield f"the title “{self.kind.title}” is missing"
            return
        centre = (LEFT[0] + self.first.width - RIGHT[0]) / 2
        for line in lines:
            if not (line.bold and not line.italic and within(line.sizes, 13, 14)):
                yield f"“{line.text}” is not bold of 13–14 points ({line.sizes})"
            if abs(line.middle - centre) > 6:
                yield f"“{line.text}” does not stand in the middle"
        if len(lines) == 1:
            yield "below the title nothing bold says what the paper is about"
            return
        yield from self._part_rule("what the paper is about", lines[1:])

    def _part_rule(self, what: str, lines: list[Line]) -> Iterator[str]:
        rule = _rule_below(self.first, lines[-1])
        longest = max(line.length for line in lines)
        if rule is None:
            yield f"the rule below {what} is missing"
        elif not _SHORTEST <= rule.length / longest <= _LONGEST:
            yield f"the rule below {what} is {rule.length / longest:.2f} of the line"
        elif abs(rule.middle - lines[-1].middle) > 1:
            yield f"the rule below {what} does not stand in the middle"

    def _to(self) -> Iterator[str]:
        lines = text_lines(self.first)
        start = next((at for at, one in enumerate(lines) if one.text.startswith("Kính gửi:")), None)
        if start is None:
            if self.kind.to:
                yield "“Kính gửi:” is missing"
            return
        to = lines[start]
        if not (to.plain and within(to.sizes, 13, 14)):
            yield f"“Kính gửi:” is not upright of 13–14 points ({to.sizes})"
        if to.text != "Kính gửi:":
            return
        listed: list[str] = []
        for line in lines[start + 1 :]:
            if line.left < to.left and not line.text.startswith("-"):
                break
            listed += [line.text] if line.text.startswith("-") else []
            if not line.text.startswith("-") and listed:
                listed[-1] += f" {line.text}"
        if any(not text.endswith(";") for text in listed[:-1]) or not listed or not listed[-1].endswith("."):
            yield "those whom the letter is to do not end with “;” and the last with “.”"

    def _bases(self) -> Iterator[str]:
        """Paragraphs that begin with "Căn cứ" before the text proper."""
        lines = [line for page in self.pages[: self.own] for line in text_lines(page)]
        starts = [at for at, one in enumerate(lines) if re.match(r"(Căn cứ|Theo đề nghị|Xét đề nghị)\b", one.text)]
        starts = [at for at in starts if lines[at].left > LEFT[0] + 9]  # at the beginning of a paragraph
        if not starts:
            if self.kind.bases:
                yield "what the paper rests on (“Căn cứ …”) is missing"
            return
        texts = []
        for at in starts:
            parts = [lines[at]]
            for line in lines[at + 1 :]:
                if line.left > parts[0].left - 3 or line.text.endswith(":"):
                    break
                parts.append(line)
            if not all(part.italic and not part.bold and within(part.sizes, 13, 14) for part in parts):
                yield f"“{parts[0].text[:40]}…” is not in italics of 13–14 points"
            texts.append(parts[-1].text)
        if any(not text.endswith(";") for text in texts[:-1]) or not texts[-1].endswith((".", ";", ",")):
            yield "what the paper rests on does not end with “;” and the last with “.”"

    # The text and who signs

    def _body(self) -> list[tuple[Page, Line]]:
        """Lines of the text proper: below the title, above the end, in no table."""
        title = self._title_lines()
        above = title[-1] if title else next((one for one in self.first.lines if one.text.startswith("Kính gửi")), None)
        start = above.baseline + 0.5 if above else 75
        end = self._end()
        return [
            (page, line)
            for at, page in enumerate(self.pages[: self.own])
            for line in text_lines(page)
            if not page.in_table(line) and (at > 0 or line.baseline > start) and (at, line.baseline) < end
        ]

    def _end(self) -> tuple[int, float]:
        """(page, height) where the end begins: whom it goes to, or who signs."""
        for at in range(self.own - 1, -1, -1):
            for line in text_lines(self.pages[at]):
                if line.text == "Nơi nhận:":
                    return at, line.baseline - 1
        signing = self._signing_lines(self.own - 1)
        return self.own - 1, signing[0].baseline - 0.5 if signing else self.pages[self.own - 1].height

    def _text(self) -> Iterator[str]:
        body = self._body()
        texts = [(page, line) for page, line in body if line.length > 5]
        for _page, line in texts:
            if not within(line.sizes, 13, 14):
                yield f"“{line.text[:40]}” is of {line.sizes} points, not 13–14"
        right = max((line.right for page, line in texts if page.width < page.height), default=0)
        left = min((line.left for _page, line in texts), default=0)
        for (page, line), (other, following) in itertools.pairwise(texts):
            goes_on = page is other and 0 < following.baseline - line.baseline < 10 and abs(following.left - left) < OFF
            indent = line.left - left
            if goes_on and indent < 20 and page.width < page.height and abs(line.right - right) > 1 and right > 150:
                yield f"“{line.text[:40]}” does not reach the right margin"
            if goes_on and OFF < indent < 20 and not (9.4 <= indent <= 13.3):
                yield f"“{line.text[:40]}” begins {indent:.1f} mm from the margin, not 10 or 12.7"
        if self.kind.ended and texts and not texts[-1][1].text.endswith("./."):
            yield f"the text ends with “{texts[-1][1].text[-20:]}”, not with “./.”"

    def _signing_lines(self, at: int) -> list[Line]:
        """The bold lines at the end of the right half."""
        page = self.pages[at]
        lines = [one for one in text_lines(page) if one.left > page.width * 0.4 and not page.in_table(one)]
        found: list[Line] = []
        for line in reversed(lines):
            if not line.bold or (found and abs(line.middle - found[0].middle) > 1.5):
                break
            found.insert(0, line)
        return found

    def _signing(self) -> Iterator[str]:
        found = self._signing_lines(self.own - 1)
        powers = [line for line in found if line.text == line.text.upper()]
        if not powers or (self.kind.goes_to and powers == found):
            yield "nobody signs with bold capitals on the right"
        for line in found:
            if not within(line.sizes, 13, 14) or line.italic:
                yield f"“{line.text}” is not bold and upright of 13–14 points ({line.sizes})"
        name = found[-1] if found and found[-1] not in powers else None
        if name is not None and RANKS.match(name.text):
            yield f"“{name.text}”: no title stands before the name of who signs"
        if name is not None and powers and name.baseline - powers[-1].baseline < 15:
            yield "there is no room to sign above the name"
        if any(_POWERS.match(line.text) for line in powers[-1:]) and len(powers) == 1:
            yield f"“{powers[-1].text}” is not followed by the office of who signs"
        if self.kind.goes_to:
            yield from self._goes_to(powers)

    def _goes_to(self, powers: list[Line]) -> Iterator[str]:
        page = self.pages[self.own - 1]
        lines = [line for line in text_lines(page) if line.right < page.width * 0.6 and not page.in_table(line)]
        start = next((at for at, one in enumerate(lines) if one.text == "Nơi nhận:"), None)
        if start is None:
            yield "“Nơi nhận:” is missing"
            return
        words, listed = lines[start], lines[start + 1 :]
        if not (words.bold and words.italic and within(words.sizes, 12, 12)):
            yield f"“Nơi nhận:” is not bold and italic of 12 points ({words.sizes})"
        if powers and abs(words.baseline - powers[0].baseline) > 3:
            yield "“Nơi nhận:” does not stand beside who signs"
        for line in listed:
            if not (line.plain and within(line.sizes, 11, 11)):
                yield f"“{line.text}” is not upright of 11 points ({line.sizes})"
        ends = " ".join(line.text for line in listed).split(" - ")
        last = ends[-1].removeprefix("- ")
        if not (last.startswith("Lưu: VT") and last.endswith(".")) or any(not one.endswith(";") for one in ends[:-1]):
            yield "“Nơi nhận:” does not end with “;” and “- Lưu: VT, ….”"

    # What is attached

    def _appendices(self) -> Iterator[str]:
        for at in range(self.own, len(self.pages)):
            lines = text_lines(self.pages[at])
            if self.numbers[at] is not None or not lines[0].text.startswith("Phụ lục"):
                continue
            label, *rest = lines
            if not (label.bold and within(label.sizes, 14, 14)):
                yield f"“{label.text}” is not bold of 14 points ({label.sizes})"
            rest = [line for line in rest if not self.pages[at].in_table(line)]
            names = [line for line in rest[:4] if line.bold and line.text == line.text.upper()]
            if not names or not all(within(line.sizes, 13, 14) for line in names):
                yield f"the name of “{label.text}” is not in bold capitals of 13–14 points"
            attached = next((line for line in rest[:6] if line.text.startswith("(Kèm theo")), None)
            if attached is not None and not (attached.italic and within(attached.sizes, 13, 14)):
                yield f"“{attached.text[:40]}” is not in italics of 13–14 points ({attached.sizes})"

    def _line(self, text: str) -> Line | None:
        return next((line for line in self.first.lines if line.text == text), None)


def _page_number(page: Page) -> Line | None:
    """The line of digits alone near the middle of the top margin."""
    for line in page.lines:
        if (
            line.baseline < _ABOVE[0]
            and line.text.isdigit()
            and any(abs(line.middle - one) < 8 for one in _middles(page))
        ):
            return line
    return None


def _middles(page: Page) -> tuple[float, ...]:
    """Of the page, and of what margins leave of it."""
    return page.width / 2, *((LEFT[0] + page.width - right) / 2 for right in RIGHT)


def _begins(page: Page) -> bool:
    """Whether a page without a number begins what is attached, or another paper."""
    lines = text_lines(page)
    return bool(lines) and (lines[0].text.startswith("Phụ lục") or any(line.text == NATION for line in lines))


def text_lines(page: Page) -> list[Line]:
    """All but the page number, in whichever margin it stands."""
    margins = (_ABOVE[0] - 4, page.height - _ABOVE[0] + 4)
    return [line for line in page.lines if not line.text.isdigit() or margins[0] < line.baseline < margins[1]]


def _edge(page: Page, side: str) -> float:
    edges = [getattr(one, side) for one in (*text_lines(page), *page.strokes)]
    return min(edges) if side == "left" else max(edges)


def _rule_below(page: Page, line: Line) -> Stroke | None:
    return next(
        (
            one
            for one in page.strokes
            if one.lies and 0 < one.top - line.baseline < 5 and one.left < line.middle < one.right
        ),
        None,
    )


def within(sizes: list[float], least: float, most: float) -> bool:
    return least - 0.1 <= sizes[0] and sizes[-1] <= most + 0.1
