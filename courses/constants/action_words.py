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
    "reschedule": _("Half-day moved or cancelled"),
    "seats": _("Seats given"),
    "register": _("People registered"),
    "withdraw": _("Registration withdrawn"),
    "nominate": _("Named by the office"),
    "replace": _("Person replaced"),
    "confirm": _("Nominations confirmed"),
    "send answer": _("Office's list sent"),
    "send nobody": _("Office sends nobody"),
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
    "explain columns": _("Column titles explained"),
    "try again": _("Background work tried again"),
    "apply roster": _("List imported"),
    "start applying roster": _("List handed over to be imported"),
    "put row right": _("A row of a list put right"),
    "say office": _("Said which office a list means"),
    "teach office": _("Another spelling of an office learnt"),
    "undo roster": _("Imported list taken back"),
    "download roster": _("List with its remarks downloaded"),
    "find by citizen number": _("People of other hosts found by their citizen numbers"),
    "reveal": _("Citizen number shown"),
    "merge": pgettext_lazy("action in the log", "Two trainees merged into one"),
    "undo merge": pgettext_lazy("action in the log", "Merging of trainees taken back"),
    "set responsibilities": _("Fields of responsibility set for many"),
    "complete": _("What was missing was filled in"),
    "move": pgettext_lazy("action in the log", "Moved to another office"),
    "move people": _("People moved to another office"),
    "move registrations": _("Registrations moved with people to another office"),
    "undo move of people": _("Move of people taken back"),
    "merge offices": _("Offices merged"),
    "split office": _("Office split"),
    "rename office": _("Office renamed"),
    "renew link": pgettext_lazy("action in the log", "Link renewed"),
}


def in_words(action: str):
    """The action as people say it; an unknown one as it is."""
    return ACTION_WORDS.get(action, action)
