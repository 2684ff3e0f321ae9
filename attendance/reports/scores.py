"""The results of a test on their way out and in: the list to be filled in, and whom the rows of such a list mean."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from attendance.constants import Measure
from attendance.readers.score_file import ReadScore
from attendance.reports.papers import Candidate, registrations_of
from attendance.reports.verdicts import points_of
from attendance.rules.eligibility import marks_in_words
from attendance.rules.scores import read_points
from courses.constants.masking import in_the_clear
from courses.constants.names import clean_text
from courses.models import Course, Registration
from courses.rendering.cells import Cell

#: Files are in Vietnamese whatever the screen speaks.
_FORM = ("Mã", "STT", "Họ và tên", "Chức vụ", "Đơn vị", "Điểm")


def score_rows(course: Course) -> list[list[Cell]]:
    """The list of a class with what is entered so far, to be filled in and read back. (4 queries.)"""
    people = list(registrations_of(course))
    points = points_of([person.pk for person in people])
    rows: list[list[Cell]] = [list(_FORM)]
    rows += [[*_who(person), _number(points.get(person.pk))] for person in people]
    return rows


def result_rows(people: Iterable[Candidate], *, measure: str, needs_test: bool) -> list[list[Cell]]:
    """The results of a class, a row a person, as `candidates` has them; special cases say who, why, which document."""
    counted = "tiết" if measure == Measure.PERIODS else "buổi"
    titles = [*_FORM[:-1], f"Đã dự ({counted})", "Bắt buộc", "Cần", "Có thể đạt"]
    titles += ["Điểm", "Xếp loại"] if needs_test else []
    rows: list[list[Cell]] = [[*titles, "Kết quả", "Lý do", "Xét trường hợp đặc biệt", "Số vào sổ"]]
    with override("vi"):
        for person in people:
            verdict = person.verdict
            row = [*_who(person.registration), verdict.attended, verdict.possible, verdict.needed, verdict.reachable]
            row += [_number(verdict.points), verdict.grade] if needs_test else []
            number = person.certificate.facts["number"] if person.certificate else ""
            rows.append([*row, result_in_words(verdict), verdict.reason, "x" if verdict.special else "", number])
    return rows


def result_in_words(verdict) -> str:
    """The result in a word or two: eligible, can still be, cannot be."""
    if verdict.earned:
        return _("Eligible")
    return _("Can still become eligible") if verdict.can_still else _("Not eligible")


def _who(person: Registration) -> list[Cell]:
    return [person.pk, person.number, person.trainee.full_name, person.position, person.office_name]


def _number(points: Decimal | None) -> float | None:
    return None if points is None else float(points)


@dataclass
class Meant:
    """What a file says: points by registration id, and (row in words, what is wrong) for all that was not understood.
    `people` counts those of the file who were found."""

    points: dict[int, Decimal] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    people: int = 0
    #: Where in the file somebody stands, by registration id, and the row of each such place.
    places: dict[int, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


def meant_by(course: Course, read: Iterable[ReadScore]) -> Meant:
    """Whom the rows mean: by our number, and then the name must agree, else by a name and office that are one person's
    alone. An empty cell says nothing. Nothing is guessed. (2 queries.)"""
    people = {person.pk: person for person in registrations_of(course)}
    meant, seen = Meant(), Counter[int]()
    for row in read:
        where = _("Row %(row)d: %(name)s") % {"row": row.row, "name": in_the_clear(row.name)[:80]}
        meant.rows[where] = row.row
        person, wrong = _whom(people, row)
        if person is not None:
            seen[person.pk] += 1
            if seen[person.pk] > 1:
                wrong = _("The same person as in an earlier row.")
            else:
                meant.people += 1
                meant.places[person.pk] = where
                wrong = _take(meant, person.pk, row.points)
        if wrong:
            meant.problems.append((where, wrong))
    return meant


def _take(meant: Meant, pk: int, text: str | None) -> str:
    """Keeps the points of one row; what is wrong with them, or ""."""
    if text is None:
        return _("Here stands a formula, an error or a date of Excel instead of points. Please type them as text.")
    try:
        points = read_points(text)
    except ValueError:
        return not_points(text)
    if points is not None:
        meant.points[pk] = points
    return ""


def entered_meanwhile(points: Decimal | None) -> str:
    """The sentence on points that are not those that were shown to whoever changes them now."""
    said = _("nothing") if points is None else marks_in_words(points)
    return _("Somebody else has entered %(points)s meanwhile. Please look again, then save.") % {"points": said}


def not_points(text: str) -> str:
    """The sentence on something typed that is no number of points."""
    shown = in_the_clear(text)[:20]
    return _("“%(text)s” is no number of points. Please write them as 7,5, with at most two decimals.") % {
        "text": shown
    }


def _whom(people: dict[int, Registration], row: ReadScore) -> tuple[Registration | None, str]:
    name = clean_text(row.name).casefold()
    if row.key:
        person = people.get(int(row.key)) if row.key.isascii() and row.key.isdigit() and len(row.key) < 19 else None
        if person is None:
            return None, _("Nobody on the list of the class has the number %(key)s.") % {"key": in_the_clear(row.key)}
        if name and clean_text(person.trainee.full_name).casefold() != name:
            return None, _("The number is that of %(name)s. Please check the row.") % {"name": person.trainee.full_name}
        return person, ""
    same = [one for one in people.values() if clean_text(one.trainee.full_name).casefold() == name]
    if row.office:
        office = clean_text(row.office).casefold()
        same = [one for one in same if clean_text(one.office_name).casefold() == office]
    if len(same) == 1:
        return same[0], ""
    if same:
        return None, _("Several people have this name. Please use the file that the page gives out: it has a number.")
    return None, _("Nobody of this name and office is on the list of the class.")
