"""What a paper says beside what would be printed today, so that an error is not printed once more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from attendance.models import Certificate
from attendance.rendering.certificate import CertificateFacts
from attendance.reports.checking import facts_of, printed_lines
from attendance.reports.papers import Candidate, Order, facts_for, frame_of
from attendance.reports.verdicts import verdict_of
from courses.models import Registration, Signer

#: What is not about the person and the class is chosen in the form, or taken anew.
_NOT_COMPARED: dict[str, Any] = dict.fromkeys(
    ("number", "code", "serial", "replaces", "title", "issuing_body", "superior_body", "place", "issued_on", "signer",
     "decision_number", "decision_date", "closing", "second_signer"), "",
) | {"sign_lines": (), "second_lines": ()}  # fmt: skip


@dataclass(frozen=True)
class Beside:
    """One line of the paper; "" where it is left out."""

    label: str
    before: str
    now: str

    @property
    def differs(self) -> bool:
        return self.before != self.now


def facts_beside(paper: Certificate) -> list[Beside]:
    """The lines about the person and the class, of the paper and of today; none for an entry of an old book. (As many
    queries as one paper that is prepared.)"""
    if paper.registration_id is None:
        return []
    people = Registration.objects.select_related("trainee", "office", "course").prefetch_related("blocks")
    registration = people.get(pk=paper.registration_id)
    # Heading and signer are not compared: those of then are certain to be there.
    then = Order(paper.book.issuer, Signer(), paper.issue_date, paper.book.kind)
    old = facts_of(paper)
    grade = verdict_of(registration).grade or old.grade
    new = facts_for(registration, frame_of(registration.course, then), number="", code="", grade=grade)
    before, now = (dict(printed_lines(_about(facts))) for facts in (old, new))
    labels = list(dict.fromkeys([*before, *now]))
    return [Beside(label, before.get(label, ""), now.get(label, "")) for label in labels]


@dataclass(frozen=True)
class Corrected:
    """Somebody whose data were put right after the paper was prepared, with the lines that differ."""

    person: Candidate
    lines: list[Beside]


def corrected_since(people: Iterable[Candidate]) -> list[Corrected]:
    """Of those with a paper who would be named otherwise today: name, birth date, position, office. The others are left
    out. (No query.)"""
    found = []
    for person in people:
        if person.certificate and (lines := _differing(person)):
            found.append(Corrected(person, lines))
    return found


def _differing(person: Candidate) -> list[Beside]:
    old, registration, trainee = facts_of(person.certificate), person.registration, person.registration.trainee
    new = replace(
        old,
        full_name=trainee.full_name,
        gender=trainee.gender,
        birth=trainee.birth.iso() if trainee.birth else "",
        position=registration.position,
        office=registration.office_name,
    )
    if new == old:
        return []
    before, now = (dict(printed_lines(_about(facts))) for facts in (old, new))
    lines = (Beside(label, before.get(label, ""), now.get(label, "")) for label in dict.fromkeys([*before, *now]))
    return [line for line in lines if line.differs]


def _about(facts: CertificateFacts) -> CertificateFacts:
    return replace(facts, **_NOT_COMPARED)
