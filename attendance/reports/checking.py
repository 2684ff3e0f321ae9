"""What a certificate's public page says: its state in words, every printed fact, and who answers for it."""

import re
from dataclasses import asdict, dataclass, fields
from datetime import date

from django.db.models import Case, Q, When
from django.utils.translation import gettext as _

from attendance.constants import IN_HANDS, CertificateState
from attendance.models import Certificate, SignedCopy
from attendance.rendering.certificate import CertificateFacts, certified
from attendance.reports.ended import who_answers
from attendance.reports.signed import TAKEN, Signatures, signatures_of
from courses.constants.clock import VIETNAM, today
from courses.constants.names import clean_text, nfc
from courses.constants.partial_dates import PartialDate

_NAMES = frozenset(field.name for field in fields(CertificateFacts))
#: So many entries of old books may bear one number and birth date: more are looked at by no form.
_MOST_OF_A_NUMBER = 200


@dataclass(frozen=True)
class Answer:
    """`tone` is the style of the verdict: ok, warn or bad. `lines` are (label, value) in the order of the paper, then
    who signed it; `standing` those about what became of it and of its issuer."""

    state: str
    tone: str
    headline: str
    advice: str
    standing: list[tuple[str, str]]
    lines: list[tuple[str, str]]
    facts: CertificateFacts
    became: dict

    def as_json(self) -> dict:
        """For programs: the state, the printed facts by their names, who signed, and what became of paper and issuer.
        Dates are ISO; other papers are named by their numbers, never by their codes."""
        return {"known": True, "state": self.state, **self.became, "facts": asdict(self.facts)}


def known_papers():
    """Certificates with all that `answer_to` needs of them: one query."""
    related = ("book__issuer__closed_by", "replaces", "replaced_by")
    return Certificate.objects.select_related(*related)


def paper_of_hash(sha256: str) -> Certificate | None:
    """The certificate whose paper, or whose signed copy, is this very file, by its SHA-256 in hex: what begins with the
    paper's own bytes before what another class accepted as a copy of one of its own. (1 query.)"""
    signed = SignedCopy.objects.filter(file__sha256=sha256, certificate__isnull=False).order_by()
    own, accepted = (signed.filter(matched=matched).values("certificate") for matched in TAKEN)
    by_itself = Q(pdf__sha256=sha256) | Q(pk__in=own)
    found = known_papers().filter(by_itself | Q(pk__in=accepted))
    return found.order_by(Case(When(by_itself, then=0), default=1), "pk").first()


def paper_of_old_book(*, number: str, full_name: str, birth: PartialDate) -> Certificate | None:
    """The entry of an old book on which number, name and birth date all agree, if it is one. (1 query, known or not.)

    A paper from before the codes has none; whoever holds it reads all three on it.
    """
    old = known_papers().filter(registration__isnull=True, replaces__isnull=True)
    entries = old.filter(number__in=_numbers_in(number), facts__birth=birth.iso()).order_by("pk")
    wanted = (_plain(number), _same(full_name), birth.iso())
    found = [paper for paper in entries[:_MOST_OF_A_NUMBER] if _said_by(paper.facts) == wanted]
    return found[0] if len(found) == 1 else None


def answer_to(paper: Certificate) -> Answer:
    """The answer about a known certificate, of `known_papers`. (1 query, 2 when its issuer has ended.)"""
    tone, headline, advice = _verdict(paper)
    facts = facts_of(paper)
    answering, signatures = who_answers(paper.book.issuer), signatures_of(paper)
    return Answer(
        state=paper.state,
        tone=tone,
        headline=headline,
        advice=advice,
        standing=_standing(paper, answering),
        lines=[*printed_lines(facts, is_drawn=paper.pdf_id is not None), *signatures.lines()],
        facts=facts,
        became=_became(paper, answering, signatures),
    )


def facts_of(paper: Certificate) -> CertificateFacts:
    """The frozen facts; what an entry of an old book has beside them (a note) is no printed fact."""
    return CertificateFacts(**{name: _frozen(value) for name, value in paper.facts.items() if name in _NAMES})


def replaced_by(paper: Certificate) -> Certificate | None:
    """The paper in its place, without a query when it was selected."""
    return getattr(paper, "replaced_by", None)


def _standing(paper: Certificate, answering: list) -> list[tuple[str, str]]:
    """Number and date of the other paper, and no link to it: whoever found a lost paper would be led to the code of the
    one in its place."""
    new, issuer, since = replaced_by(paper), paper.book.issuer, _ended_on(paper)
    rows = [(_("State"), paper.get_state_display())]
    if since:
        rows.append((_("Since"), f"{since:%d/%m/%Y}"))
    if paper.ended_document and paper.ended_document_date:
        said = {"number": paper.ended_document, "date": f"{paper.ended_document_date:%d/%m/%Y}"}
        rows.append((_("By decision"), _("%(number)s of %(date)s") % said))
    if new:
        rows.append((_("Replaced by number"), _numbered(new)))
    if paper.replaces:
        rows.append((_("Stands in place of number"), f"{_numbered(paper.replaces)} – {paper.get_replacing_display()}"))
    if issuer.has_ended_by(today()):
        said = {"office": issuer.name, "date": f"{issuer.valid_to:%d/%m/%Y}"}
        rows.append((_("Issuing office"), _("%(office)s, which ended on %(date)s") % said))
        if answering:
            rows.append((_("Answers for it now"), ", ".join(office.name for office in answering)))
    return rows


def _became(paper: Certificate, answering: list, signatures: Signatures) -> dict:
    new, issuer, since = replaced_by(paper), paper.book.issuer, _ended_on(paper)
    ended = None
    if since:
        on = paper.ended_document_date
        ended = {"on": since.isoformat(), "decision": paper.ended_document, "decision_date": on and on.isoformat()}
    return {
        "ended": ended,
        "signed": signatures.for_programs(),
        "replaced_by": new and _named(new),
        "replaces": paper.replaces and _named(paper.replaces) | {"why": paper.replacing},
        "issuer": {
            "name": issuer.name,
            "ended_on": issuer.valid_to.isoformat() if issuer.has_ended_by(today()) else None,
            "answered_for_by": [office.name for office in answering],
        },
    }


def _named(paper: Certificate) -> dict:
    return {"number": paper.facts["number"], "issued_on": paper.issue_date.isoformat(), "state": paper.state}


def _numbered(paper: Certificate) -> str:
    said = {"number": paper.facts["number"], "date": f"{paper.issue_date:%d/%m/%Y}"}
    words = _("%(number)s of %(date)s") % said
    return f"{words} ({paper.get_state_display()})"


def _ended_on(paper: Certificate) -> date | None:
    """A revoked paper is so by its decision, any other since it was entered."""
    if paper.state == CertificateState.REVOKED:
        return paper.ended_document_date
    return paper.ended_at.astimezone(VIETNAM).date() if paper.ended_at else None


def _numbers_in(text: str) -> list[int]:
    """Every run of digits that may be the entry's number: what an office writes around it is its own."""
    return [int(run) for run in re.findall(r"[0-9]{1,9}", text)][:5]


def _said_by(facts: dict) -> tuple[str, str, str]:
    return _plain(facts["number"]), _same(facts["full_name"]), facts.get("birth", "")


def _plain(number: str) -> str:
    """A number without capitals, spaces and leading noughts: 015/2019/GCN and 15/2019/gcn are one."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", "".join(nfc(number).casefold().split()))


def _same(name: str) -> str:
    return clean_text(name).casefold()


def _verdict(paper: Certificate) -> tuple[str, str, str]:
    compare = _("Please compare each line below with the paper. Where a line differs, the paper was changed.")
    if paper.pdf_id is None and paper.state in IN_HANDS:
        # Typed from a paper book: less than what was judged, numbered and drawn here.
        entered = _("It was entered here on %(date)s from the paper book.") % {
            "date": f"{paper.prepared_at.astimezone(VIETNAM):%d/%m/%Y}"
        }
        return "ok", _("This certificate stands in the old register book of the office"), f"{entered} {compare}"
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
            _("It is no longer valid. Please ask the office named below."),
        ),
        CertificateState.REPLACED: (
            "warn",
            _("This certificate was replaced by another"),
            _("The number of the new one stands below. Please ask the holder for it."),
        ),
    }[CertificateState(paper.state)]


def printed_lines(facts: CertificateFacts, *, is_drawn: bool = True) -> list[tuple[str, str]]:
    """(label, value) of every printed fact. In which words a paper that was not drawn here, of an old book, names the
    class is not known."""
    # The person, who stands between the two, has a line of his own.
    words = " … ".join(filter(None, (facts.addressed, certified(facts))))
    named = (_("Certifies"), words) if is_drawn else (_("Class completed"), facts.course_title)
    rows = [
        (_("Register number"), facts.number),
        (_("Stands in place of number"), facts.replaces),
        (_("Serial number of the blank"), facts.serial),
        (_("Kind of paper"), facts.title),
        (_("Issued by"), ", ".join(filter(None, (facts.issuing_body, facts.superior_body)))),
        (_("Date of issue"), ", ".join(filter(None, (facts.place, _day(facts.issued_on))))),
        (_("Full name"), _addressed(facts)),
        (_("Birth date"), PartialDate.from_iso(facts.birth).vietnamese() if facts.birth else ""),
        (_("Position"), facts.position),
        (_("Office"), facts.office),
        named,
        (_("Blocks"), "; ".join(facts.blocks)),
        (_("Held"), " – ".join(filter(None, (_day(facts.starts_on), _day(facts.ends_on))))),
        (_("Periods"), str(facts.periods) if facts.periods else ""),
        (_("Grade"), facts.grade),
        (_("Decision"), _decision(facts)),
        (_("Also says"), facts.closing),
        (_("Signed by"), ", ".join((*facts.sign_lines, facts.signer))),
        (_("Signed by, too"), ", ".join(filter(None, (*facts.second_lines, facts.second_signer)))),
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
    """dd/mm/yyyy; old books say no days of the class."""
    return f"{date.fromisoformat(iso):%d/%m/%Y}" if iso else ""


def _frozen(value):
    return tuple(value) if isinstance(value, list) else value
