"""A list as a Word file, by the parts of an official paper; its PDF is drawn from these very bytes."""

from attendance.rendering.list_paper import Head, Line, ListPaper, Value, column_widths, said, total_cells
from courses.constants.printing import with_stand_ins
from courses.rendering.heading import in_lines
from courses.rendering.official import CENTRE, LEFT, OF_ABOVE, OF_LEFT, Cell, Column, OfficialPaper

#: Millimetres of a line that is signed.
_TO_SIGN = 10


def list_word(paper: ListPaper) -> bytes:
    """The .docx; what no paper can print has a visible sign in its place, so that one such name keeps nobody's list."""
    word = OfficialPaper(title=with_stand_ins(paper.title), author=_line(paper.body), landscape=paper.landscape)
    word.head(superior=_line(in_lines(paper.superior.upper())), body=_line(in_lines(paper.body.upper())))
    word.title(
        with_stand_ins(paper.title.upper()),
        "\n".join(map(with_stand_ins, paper.subtitle.split("\n"))),
        rule=bool(paper.subtitle),
    )
    word.table(
        [Column(head.title, width, head.align) for head, width in zip(paper.heads, column_widths(paper), strict=True)],
        [_row(line, paper) for line in paper.lines],
        heads=_heads(paper),
        least_height=_TO_SIGN if paper.to_sign else 0,
    )
    for sentence in paper.below:
        word.paragraph(with_stand_ins(sentence), size=13)
    if paper.signers:
        signers = [(with_stand_ins(one.title.upper()), with_stand_ins(one.name)) for one in paper.signers]
        word.signers(signers, place_and_date=with_stand_ins(paper.place_and_date))
    return word.as_bytes()


def _heads(paper: ListPaper) -> list[list[str]]:
    rows = [[with_stand_ins(text) for text in row] for row in paper.rows_of_heads]
    if len(rows) == 1:
        return rows
    for over, first, last in paper.spans:
        if over:
            rows[0][first + 1 : last + 1] = [OF_LEFT] * (last - first)
        else:
            rows[1][first] = OF_ABOVE
    return rows


def _row(line: Line, paper: ListPaper) -> list[Cell]:
    if line.kind == "group":
        return [Cell(with_stand_ins(str(line.cells[0])), bold=True, align=LEFT, span=len(paper.heads))]
    if line.kind == "total":
        taken, rest = total_cells(line, len(paper.heads))
        values = [said(value, head) for value, head in zip(rest, paper.heads[taken:], strict=True)]
        words = Cell(str(line.cells[0]), bold=True, align=CENTRE, span=taken)
        return [words, *(Cell(text, bold=True) for text in values)]
    return [Cell(_kept(value, head)) for value, head in zip(line.cells, paper.heads, strict=True)]


def _kept(value: Value, head: Head) -> str:
    """As it is written; a number that stays on one line with spaces that do not break."""
    text = with_stand_ins(said(value, head))  # which makes plain ones of all spaces
    return text.replace(" ", "\u00a0") if head.whole else text


def _line(text: str) -> str:
    return "\n".join(map(with_stand_ins, text.split("\n")))
