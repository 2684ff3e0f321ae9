"""Actions of the log in words. An app above adds its own by `ACTION_WORDS.update` where it declares its constants."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTION_WORDS = {
    "add": pgettext_lazy("action in the log", "Added"),
    "change": pgettext_lazy("action in the log", "Changed"),
    "delete": pgettext_lazy("action in the log", "Deleted"),
    "copy": _("Made as a copy"),
    "published": _("Published"),
    "running": _("Begun"),
    "concluded": _("Concluded"),
    "archived": _("Archived"),
    "seats": _("Seats given"),
    "register": _("People registered"),
    "withdraw": _("Registration withdrawn"),
    "confirm": _("People confirmed"),
    "answer": _("Answer of an office written down"),
    "tell": _("Offices reminded"),
    "final list": _("List made final"),
    "give role": _("Role given"),
    "end role": _("Role ended"),
    "invite": _("Invited"),
    "renew invitation": _("Invitation printed again"),
    "accept invitation": _("Invitation accepted"),
    "close account": _("Account closed"),
    "reopen account": _("Account opened again"),
    "take away second factor": _("Second factor taken away"),
    "read roster": _("List read"),
    "apply roster": _("List imported"),
    "find by citizen number": _("People of other hosts found by their citizen numbers"),
    "complete": _("What was missing was filled in"),
    "renew link": pgettext_lazy("action in the log", "Link renewed"),
}


def in_words(action: str):
    """The action as people say it; an unknown one as it is."""
    return ACTION_WORDS.get(action, action)
