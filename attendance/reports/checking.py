"""What a certificate's public page says: its state in words, and every fact that is printed on it."""

from dataclasses import asdict, dataclass
from datetime import date

from django.utils.translation import gettext as _

from attendance.constants import CertificateState
from attendance.models import Certificate
from attendance.rendering.certificate import CertificateFacts
from courses.constants.partial_dates import PartialDate


@dataclass(frozen=True)
class Answer:
    """`tone` is the style of the verdict: ok, warn or bad. `lines` are (label, value) in the order of the paper."""

    state: str
    tone: str
    headline: str
    advice: str
    lines: list[tuple[str, str]]
    facts: CertificateFacts

    def as_json(self) -> dict:
        """For programs: the state and the printed facts by their names."""
        return {"known": True, "state": self.state, "facts": asdict(self.facts)}


def answer_to(paper: Certificate) -> Answer:
    """The answer about a known certificate."""
    tone, headline, advice = _verdict(paper)
    facts = CertificateFacts(**{name: _frozen(value) for name, value in paper.facts.items()})
    return Answer(paper.state, tone, headline, advice, _lines(facts), facts)


def _verdict(paper: Certificate) -> tuple[str, str, str]:
    compare = _("Please compare each line below with the paper. Where a line differs, the paper was changed.")
    return {
        CertificateState.PREPARED: (
            "warn",
            _("This certificate has not been issued yet"),
            _("Its number is taken and it waits for the signature. It is not valid before it is issued."),
        ),
        CertificateState.ISSUED: ("ok", _("This certificate is real and in force"), compare),
        CertificateState.HANDED_OVER: ("ok", _("This certificate is real and in force"), compare),
        CertificateState.VOID: (
            "bad",
            _("This number is void"),
            _("The certificate was never issued and is not valid."),
        ),
        CertificateState.REVOKED: (
            "bad",
            _("This certificate was revoked"),
            _("It is no longer valid. Please ask the issuing office."),
        ),
        CertificateState.REPLACED: (
            "warn",
            _("This certificate was replaced by another"),
            _("Please ask its holder for the new one."),
        ),
    }[CertificateState(paper.state)]


def _lines(facts: CertificateFacts) -> list[tuple[str, str]]:
    rows = [
        (_("Register number"), facts.number),
        (_("Serial number of the blank"), facts.serial),
        (_("Kind of paper"), facts.title),
        (_("Issued by"), ", ".join(filter(None, (facts.issuing_body, facts.superior_body)))),
        (_("Date of issue"), f"{facts.place}, {_day(facts.issued_on)}"),
        (_("Full name"), _addressed(facts)),
        (_("Birth date"), PartialDate.from_iso(facts.birth).vietnamese() if facts.birth else ""),
        (_("Position"), facts.position),
        (_("Office"), facts.office),
        (_("Class completed"), facts.course_title),
        (_("Blocks"), "; ".join(facts.blocks)),
        (_("Held"), f"{_day(facts.starts_on)} – {_day(facts.ends_on)}"),
        (_("Periods"), str(facts.periods) if facts.periods else ""),
        (_("Grade"), facts.grade),
        (_("Decision"), _decision(facts)),
        (_("Signed by"), ", ".join((*facts.sign_lines, facts.signer))),
    ]
    return [(label, value) for label, value in rows if value]


def _addressed(facts: CertificateFacts) -> str:
    """The paper says Ông or Bà, which somebody might change."""
    return " ".join(filter(None, ({"m": _("Mr"), "f": _("Ms")}.get(facts.gender), facts.full_name)))


def _decision(facts: CertificateFacts) -> str:
    if not facts.decision_date:
        return facts.decision_number
    return _("%(number)s of %(date)s") % {"number": facts.decision_number, "date": _day(facts.decision_date)}


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value
