"""What stands in the file of a class's attendance, and whom the lines of such a file mean."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from attendance.readers.attendance_file import ReadColumn, ReadMarks, ReadSheet
from attendance.rendering.attendance_workbook import AttendanceFile, FiledColumn, FiledPerson
from attendance.reports.table import Column, Table, counts_of, table_of
from attendance.rules.filing import NOT_EXPECTED, SIGNS, state_of_sign
from courses.constants.clock import today
from courses.constants.masking import in_the_clear
from courses.constants.names import clean_text
from courses.models import Course, Heading


def file_of(course: Course) -> AttendanceFile:
    """The table of the class under the heading of its host. (9 queries.)"""
    table = table_of(course)
    heading = Heading.objects.filter(office=course.host_office_id).valid_on(today()).order_by("-valid_from", "-pk")
    found = heading.first()
    places = [place for place, column in enumerate(table.columns) if not column.cancelled]
    return AttendanceFile(
        superior=found.superior if found else "",
        body=found.body if found else course.host_office.name,
        code=course.code,
        title=course.title,
        starts_on=course.starts_on,
        ends_on=course.ends_on,
        columns=tuple(
            FiledColumn(column.session.date, column.title, _counts(line.cells[place] for line in table.lines))
            for place, column in enumerate(table.columns)
            if not column.cancelled
        ),
        people=tuple(_person(line, places) for line in table.lines),
    )


def _person(line, places) -> FiledPerson:
    cells = [line.cells[place] for place in places]
    return FiledPerson(
        number=line.registration.number,
        name=line.registration.trainee.full_name,
        position=line.registration.position,
        office=line.registration.office_name,
        signs=tuple(_sign(cell) for cell in cells),
        counts=_counts(cells),
    )


def _sign(cell) -> str:
    if not cell.expected and not cell.state:
        return NOT_EXPECTED
    return SIGNS[cell.says] if cell.says else ""


def _counts(cells) -> tuple[int, int, int, int]:
    counts = counts_of(cells)
    return counts["there"], counts["excused"], counts["absent"], counts["unmarked"]


@dataclass
class Meant:
    """What a file says of the class: {id of half-day: {id of registration: state}} for cells that say something, and
    (place in the file, what is wrong) for all that was not understood. `people`: ids of those of the file who were
    found."""

    states: dict[int, dict[int, str]] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


def meant_by(course: Course, read: ReadMarks) -> Meant:
    """Whom and which half-days a file means: a person by serial number and name, both of which must agree; a half-day
    by its day and title. Nothing is guessed: what does not agree is a problem in words, and so is a cell of which two
    lists of the file say different things. (7 queries.)"""
    table, meant = table_of(course), Meant()
    said: dict[tuple[int, int], dict[str, str]] = {}
    for sheet in read.sheets:
        _read_sheet(table, sheet, meant, said, several=len(read.sheets) > 1)
    for (session, registration), states in said.items():
        if len(states) == 1:
            meant.states[session][registration] = next(iter(states))
        else:
            meant.problems.append((next(iter(states.values())), _("Two sheets of the file say different things here.")))
    return meant


def _read_sheet(table: Table, sheet: ReadSheet, meant: Meant, said, *, several: bool) -> None:
    """Adds what one list says to `said`: {(half-day, registration): {state: where it stands first}}."""
    inside = _("Sheet “%(sheet)s”, ") % {"sheet": sheet.name} if several else ""
    columns = _columns(table, sheet.columns, meant, inside)
    held = {column.session.pk: column for column in table.held}
    for pk in columns.values():
        meant.states.setdefault(pk, {})
    seen: Counter[int] = Counter()
    for row in sheet.rows:
        where = inside + _("Row %(row)d: %(name)s") % {"row": row.row, "name": in_the_clear(row.name)[:80]}
        line, wrong = _whom(table, row)
        if line is not None and seen[line.registration.pk]:
            line, wrong = None, _("The same person as in an earlier row.")
        if line is None:
            meant.problems.append((where, wrong))
            continue
        meant.people.add(line.registration.pk)
        seen[line.registration.pk] += 1
        cells = {cell.column.session.pk: cell for cell in line.cells}
        for place, text in row.cells.items():
            if place not in columns:
                continue
            pk = columns[place]
            state = None if text is None else state_of_sign(text)
            if state is None:
                meant.problems.append((f"{where}, {_in_words(held[pk])}", _unreadable(text)))
            elif state and not cells[pk].expected and state == cells[pk].state:
                pass  # our own file read back: what was made up stands as it is
            elif state and not cells[pk].expected:
                meant.problems.append(
                    (f"{where}, {_in_words(held[pk])}", _("This person is not expected at this half-day."))
                )
            elif state:
                stands = said.setdefault((pk, line.registration.pk), {})
                stands.setdefault(state, f"{where}, {_in_words(held[pk])}")


def _columns(table: Table, read: tuple[ReadColumn, ...], meant: Meant, inside: str) -> dict[int, int]:
    """{column of the file: id of the half-day}; a half-day that two columns mean is read in neither."""
    known = {(column.session.date, column.title): column.session.pk for column in table.held}
    found: dict[int, int] = {}
    for column in read:
        pk = known.get((column.date, column.title)) if column.date else None
        if pk is None:
            meant.problems.append((inside + column.words, _("No half-day of this class has this day and title.")))
        else:
            found[column.place] = pk
    twice = {pk for pk, times in Counter(found.values()).items() if times > 1}
    for column in read:
        if found.get(column.place) in twice:
            meant.problems.append(
                (inside + column.words, _("Two columns are about the same half-day; neither was read."))
            )
    return {place: pk for place, pk in found.items() if pk not in twice}


def _whom(table: Table, row):
    """(the line of the table, None), or (None, why nobody is meant)."""
    name = clean_text(row.name)
    if row.number is None and row.number_text:
        return None, _("The serial number cannot be read.")
    same = [line for line in table.lines if line.registration.number == row.number]
    found = [line for line in same if clean_text(line.registration.trainee.full_name) == name]
    if len(found) == 1:
        return found[0], None
    if len(found) > 1:
        return None, _("Several people without a serial number have this name. Please mark them on the page.")
    if row.number is None:
        return None, _("Nobody of this name in the class is without a serial number.")
    if not same:
        return None, _("Nobody in the class has the serial number %(number)d.") % {"number": row.number}
    return None, _("Number %(number)d is somebody else in the class: %(name)s.") % {
        "number": row.number,
        "name": same[0].registration.trainee.full_name,
    }


def _in_words(column: Column) -> str:
    return str(column.session)


def _unreadable(text: str | None) -> str:
    if text is None:
        return _("In this cell stands a formula or an error of Excel instead of a sign.")
    if text.strip().casefold() == "v":
        return _("“v” can mean present or absent. Please write x, P or K.")
    return _("“%(text)s” is none of the signs x, xT, xS, P, K.") % {"text": in_the_clear(text)[:20]}
