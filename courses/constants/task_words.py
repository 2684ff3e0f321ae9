"""Background work in words. Who adds a task adds its words; an app above by `TASK_WORDS.update`."""

from django.utils.translation import gettext_lazy as _

#: Why a task failed where no exception says so.
DIED, TOO_LONG, LOST = "died", "too long", "lost"

TASK_WORDS = {
    "read_roster_file": _("Reading a list"),
    "apply_roster": _("Importing a list"),
    "tidy_lists": _("Dropping old lists"),
    "send_approved": _("Sending e-mail"),
    "find_lost_messages": _("Looking for messages that were not sent to the end"),
    "tidy_tasks": _("Tidying up"),
}

_REASONS = {
    DIED: _("The program was ended in the middle of it, each time."),
    LOST: _("The computer that did it fell silent, each time."),
    TOO_LONG: _("It took too long, each time."),
    "builtins.MemoryError": _("It needed too much memory, each time."),
}


def task_in_words(path: str):
    """What a task does; an unknown one by its name."""
    name = path.rsplit(".", 1)[-1]
    return TASK_WORDS.get(name, name)


def reason_in_words(reason: str):
    """Why it failed: `reason` is one of the above, or the path of an exception's class."""
    return _REASONS.get(reason) or _("Something in the program went wrong (%s).") % reason.rsplit(".", 1)[-1]
