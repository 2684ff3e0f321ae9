"""How a mark is shown: a word and a colour, never a colour alone."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from attendance.constants import Claim, MarkState

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
    """What an entry says, in words: the state that it names, else the claim."""
    if event.claim == Claim.DECISION:
        return _("Decided: %(state)s") % {"state": event.get_says_display()}
    return event.get_says_display() if event.says else event.get_claim_display()
