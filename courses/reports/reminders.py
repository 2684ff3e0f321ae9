"""What late offices are told: a letter an office, and one text for a group in which all of them read.

The letters are Vietnamese whatever the organiser's screen says. They hold no address of a page by themselves: whoever
knows where an office's page is gives it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, RoleKind
from courses.constants.clock import today
from courses.models import Course, Role
from courses.reports.offices_of_class import Board, OfficeRow

#: Characters of a mailto address that every mail program and Windows take; marked letters count nine each.
LONGEST_MAILTO = 1_900
_LONGEST_RECIPIENTS = 400


@dataclass(frozen=True)
class Letter:
    """What one office is told; `shorter`: the same in fewer words, the last in the fewest, each with the address."""

    row: OfficeRow
    text: str
    subject: str
    shorter: tuple[str, ...] = ()


def letters(board: Board, rows: list[OfficeRow], addresses: Mapping[int, str]) -> list[Letter]:
    """A letter for each of the rows; addresses: page of the office by office id, left out where there is none."""
    with translation.override(settings.LANGUAGE_CODE):
        return [_letter(board.course, row, addresses.get(row.office.pk, "")) for row in rows]


def recipients(rows: Iterable[OfficeRow], actor: Actor) -> dict[int, list[str]]:
    """{office id: e-mail addresses of its coordinators today whom the actor sees}, without offices that have none.
    (1 query.)"""
    roles = (
        Role.objects.visible_to(actor)
        .held_on(today())
        .filter(kind=RoleKind.COORDINATOR, office__in=[row.office.pk for row in rows], user__is_active=True)
    )
    found: dict[int, list[str]] = {}
    known = roles.exclude(user__email="").order_by("user__email", "pk")
    for office, address in known.values_list("office_id", "user__email"):
        if address not in found.setdefault(office, []):
            found[office].append(address)
    return found


def mail_link(letter: Letter, to: Sequence[str]) -> str:
    """A mailto address (RFC 6068) that opens the organiser's own mail program with the letter in it, in as many words
    as fit; of very many recipients the first."""
    first, *others = [quote(address, safe="@") for address in to]
    for other in others:
        if len(first) + len(other) < _LONGEST_RECIPIENTS:
            first += f",{other}"
    head = f"mailto:{first}?subject={quote(letter.subject, safe='')}&body="
    links = [head + quote(text.replace("\n", "\r\n"), safe="") for text in (letter.text, *letter.shorter)]
    return next((link for link in links if len(link) <= LONGEST_MAILTO), links[-1])


def text_for_all(board: Board, rows: list[OfficeRow]) -> str:
    """One text that names the late offices, without links: it is read by all of them. "" for nobody."""
    if not rows:
        return ""
    course = board.course
    with translation.override(settings.LANGUAGE_CODE):
        lines = [
            _("To the offices named below,"),
            _time(course),
            _deadline(course),
            _("The organisers still await the lists of these offices:"),
            *(f"{number}. {row.office}: {_state(row)}" for number, row in enumerate(rows, 1)),
            _("Please send the list, or say why nobody can be sent, by the page whose address came with the letter."),
            *_ending(course),
        ]
        return _lines(lines)


def _letter(course: Course, row: OfficeRow, address: str) -> Letter:
    to, asked = _("To: %(office)s") % {"office": row.office}, _asked(row, address)
    kept = _("The address is for this office alone; please do not pass it on.") if address else ""
    ending = _ending(course)
    whole = [to, _time(course), _seats(row), _deadline(course), _missing(row), asked, kept, *ending]
    shorter = [
        [to, _time(course), _deadline(course), asked, kept, ending[-1]],
        [_deadline(course), asked, kept, ending[-1]],
        [asked],
    ]
    subject = _("List of people sent to the class %(code)s") % {"code": course.code}
    return Letter(row, _lines(whole), subject, tuple(map(_lines, shorter)))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _time(course: Course) -> str:
    values = {
        "title": course.title,
        "first": f"{course.starts_on:%d/%m/%Y}",
        "last": f"{course.ends_on:%d/%m/%Y}",
    }
    if course.starts_on == course.ends_on:
        return _("The class “%(title)s” is held on %(first)s.") % values
    return _("The class “%(title)s” is held from %(first)s to %(last)s.") % values


def _deadline(course: Course) -> str:
    if not course.registration_deadline:
        return ""
    day = {"day": f"{course.registration_deadline:%d/%m/%Y}"}
    if course.registration_deadline < today():
        return _("The deadline for lists was %(day)s and has passed.") % day
    return _("The deadline for lists is the end of %(day)s.") % day


def _seats(row: OfficeRow) -> str:
    if row.seats is not None:
        text = ngettext(
            "The office has %(number)d seat in the class.", "The office has %(number)d seats in the class.", row.seats
        )
        return text % {"number": row.seats}
    if not row.blocks:
        return ""
    parts = "; ".join(
        _("block %(block)s: %(number)d") % {"block": part.block.code, "number": part.number} for part in row.blocks
    )
    return _("The office has these seats in the class: %(parts)s.") % {"parts": parts}


def _missing(row: OfficeRow) -> str:
    if not row.registered:
        return _("The organisers have not received the office's list yet.")
    if not row.missing:
        return _("The office has named %(named)d people and has not sent its list yet.") % {"named": row.registered}
    return _("The office has named %(named)d people so far; %(missing)d are missing.") % {
        "named": row.registered,
        "missing": row.missing,
    }


def _asked(row: OfficeRow, address: str) -> str:
    values = {"address": address}
    if row.short and address:
        return (
            _("Please name the others, or say that nobody else can be sent, on the office's own page: %(address)s")
            % values
        )
    if row.short:
        return _("Please name the others to the organisers of the class, or say that nobody else can be sent.")
    if row.only_unsent and address:
        return _("Please send the list on the office's own page: %(address)s") % values
    if address:
        return _("Please send the list, or say why nobody can be sent, on the office's own page: %(address)s") % values
    return _("Please send the list to the organisers of the class, or say why nobody can be sent.")


def _state(row: OfficeRow) -> str:
    if not row.registered:
        if row.answer.state == AnswerState.IN_PROGRESS:
            return _("the list is being made, nobody is named yet")
        return _("nothing is sent yet")
    if not row.missing:
        text = ngettext(
            "%(named)d person named as asked for, the letter is not sent",
            "all %(named)d people named, the letter is not sent",
            row.registered,
        )
        return text % {"named": row.registered}
    return _("%(named)d people named, %(missing)d missing") % {"named": row.registered, "missing": row.missing}


def _ending(course: Course) -> list[str]:
    contact = _("For questions: %(contact)s.") % {"contact": course.contact.rstrip(". ")} if course.contact else ""
    return [contact, _("With respect, the organisers of the class.")]
