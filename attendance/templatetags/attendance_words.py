"""How a mark is shown: a word and a colour, never a colour alone."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from attendance.constants import Claim, MarkState
from attendance.rules.eligibility import marks_in_words

register = template.Library()

#: The style sheet's name for each state.
CLASSES = {
    MarkState.PRESENT: "present",
    MarkState.LATE: "late",
    MarkState.LEFT_EARLY: "early",
    MarkState.EXCUSED: "excused",
    MarkState.ABSENT: "absent",
    MarkState.DISPUTED: "disputed",
}


@register.simple_tag
def mark_badge(state: str):
    """The badge of a mark's state; "" is nothing known."""
    if not state:
        return format_html('<span class="state">{}</span>', _("Not marked yet"))
    return format_html('<span class="state {}">{}</span>', CLASSES[MarkState(state)], MarkState(state).label)


@register.simple_tag
def claim_words(event) -> str:
    """What an entry says, in words: the state that it names, else the claim; of an undo also what it takes back and
    who had said that. (Load `undoes__by` with the entry.)"""
    if event.claim == Claim.UNDO and event.undoes:
        said = {"what": claim_words(event.undoes), "who": event.undoes.by.full_name if event.undoes.by else "–"}
        return _("Taken back: %(what)s (entered by %(who)s)") % said
    if event.claim == Claim.DECISION:
        return _("Decided: %(state)s") % {"state": event.get_says_display()}
    return event.get_says_display() if event.says else event.get_claim_display()


@register.filter
def marks(points) -> str:
    """Points of a test as people write them; "" for none."""
    return "" if points is None else marks_in_words(points)


@register.filter
def reasons(verdict) -> str:
    """The sentence of a verdict beside its badge, which need not say the same once more."""
    badge = _("Eligible") if verdict.earned else _("Not eligible") if not verdict.can_still else ""
    begins = f"{badge}: "
    return capfirst(verdict.reason.removeprefix(begins)) if badge else verdict.reason


@register.filter
def in_groups(code: str):
    """A long code in groups of four, so that two people can compare it by reading it to each other; the gaps are the
    style sheet's, so that it is copied whole."""
    return format_html_join(
        "", '<span class="group">{}</span>', ((code[at : at + 4],) for at in range(0, len(code), 4))
    )
