"""Who of a class would get a paper, before anything is done: in groups, so that a class of 150 is seen in one look."""

from dataclasses import dataclass

from attendance.reports.papers import Candidate, Order, candidates
from courses.models import Course

#: Up to so many papers are drawn for the preview, in two or three seconds; more than that are tried as they are made,
#: and what cannot be drawn then takes no number and is listed.
DRAWN = 300


@dataclass(frozen=True)
class Preview:
    """Everybody of the class, and each in exactly one of the groups, in register order. `drawn`: each that would get a
    paper was drawn once."""

    everybody: list[Candidate]
    earned: list[Candidate]
    forecast: list[Candidate]
    undrawable: list[Candidate]
    never: list[Candidate]
    revoked: list[Candidate]
    have_one: list[Candidate]
    drawn: bool

    @property
    def due(self) -> list[Candidate]:
        """Who gets a number: has earned one or still can, has none, and it can be drawn."""
        wanted = {person.registration.pk for person in (*self.earned, *self.forecast)}
        return [person for person in self.everybody if person.registration.pk in wanted]

    @property
    def groups(self) -> list[tuple[str, list[Candidate]]]:
        """(name, people) in the order in which an officer asks: what is wrong first."""
        return [
            ("undrawable", self.undrawable),
            ("never", self.never),
            ("revoked", self.revoked),
            ("forecast", self.forecast),
            ("earned", self.earned),
            ("have_one", self.have_one),
        ]


def preview_of(course: Course, order: Order) -> Preview:
    """The preview; of a class in which more than DRAWN would get one nothing is drawn."""
    people = candidates(course)
    drawn = sum(person.is_due for person in people) <= DRAWN
    if drawn:
        people = candidates(course, order)
    groups: dict[str, list[Candidate]] = {
        name: [] for name in ("earned", "forecast", "undrawable", "never", "revoked", "have_one")
    }
    for person in people:
        groups[_group(person)].append(person)
    return Preview(people, **groups, drawn=drawn)


def _group(person: Candidate) -> str:
    if person.certificate:
        return "have_one"
    if person.revoked:
        return "revoked"
    if person.hindrance:
        return "undrawable"
    if not person.verdict.can_still:
        return "never"
    return "earned" if person.verdict.earned else "forecast"
