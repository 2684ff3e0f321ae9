"""The sign-in sheets as a Word file, for offices that change something before they print: the same sentences."""

from collections.abc import Sequence

from attendance.rendering.sign_in_sheet import HEADS, SignInSheet, said_on
from courses.constants.names import clean_text
from courses.rendering.official import CENTRE, LEFT, Cell, Column, OfficialPaper
from courses.rendering.qr import qr_png

#: Between what stands on one line.
GAP = "     "
#: In mm, of a line of the table, and of its columns by how many are signed.
ROW = 9.5
_WIDTHS = {1: (11, 45, 36, 39, 34), 2: (11, 40, 32, 34, 24, 24)}


def word_sign_in_sheets(sheets: Sequence[SignInSheet]) -> bytes:
    """A .docx with a section a sheet, the head of the table on each page, pages numbered from 1 in each section."""
    paper = OfficialPaper(title="Danh sách học viên ký tên, điểm danh", author=clean_text(sheets[0].body))
    for number, sheet in enumerate(sheets):
        if number:
            paper.appendix("", "")
        _write(paper, sheet)
    return paper.as_bytes()


def _write(paper: OfficialPaper, sheet: SignInSheet) -> None:
    said = said_on(sheet)
    paper.foot(clean_text(said["foot"]))
    body = "\n".join(clean_text(part) for part in said["body"] if part)
    paper.head(superior=clean_text(" ".join(said["superior"])), body=body)
    titles = [Cell(said["title"], bold=True), Cell(clean_text(said["course"]), bold=True)]
    when = [Cell(clean_text(said[name]), italic=True) for name in ("half_day", "place")]
    paper.beside_picture(qr_png(sheet.address), titles + when)
    heads, widths = said["heads"], _WIDTHS[len(said["heads"]) - len(HEADS)]
    columns = [Column(heads[0], widths[0], CENTRE), *map(Column, heads[1:], widths[1:])]
    signed = [""] * (len(heads) - len(HEADS))
    paper.table(columns, [[*map(clean_text, line), *signed] for line in said["lines"]], least_height=ROW)
    paper.paragraph(GAP.join(said["totals"]), align=LEFT, size=13)
    by, confirmed = said["signers"]
    paper.signing(powers=confirmed, name="", left=by)
