"""What the script of a door says, in the language of the page: the phone has no one to ask when the network is gone."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from attendance.constants import ScanAnswer, ScanRefusal


def door_words() -> dict:
    """The words by their key; `%(name)s` stands for what the script fills in."""
    return {
        "answers": {**{answer.value: str(answer.label) for answer in ScanAnswer}, **_own_answers()},
        "reasons": {**{reason.value: str(reason.label) for reason in ScanRefusal}, **_own_reasons()},
        "hints": _hints(),
        "kept": {
            "keeping": _("Saving on this phone…"),
            "kept": _("Saved on this phone."),
            "sent": _("Saved, and the server has it."),
        },
        **_lines(),
        **_about_the_phone(),
    }


def _own_answers() -> dict:
    return {
        "ready": pgettext("door", "Ready"),
        "noted": pgettext("door", "Noted"),
        "asking": pgettext("door", "Asking the server…"),
        "failed": pgettext("door", "Not saved"),
    }


def _own_reasons() -> dict:
    return {
        "unknown_code": pgettext("door", "No such code"),
        "not_on_list": pgettext("door", "Not on the list"),
        "typed_marks": pgettext("door", "Vietnamese typing is on"),
        "no_code_in_photo": pgettext("door", "No QR code in the photo"),
        "not_taken": pgettext("door", "The server could not read this"),
    }


def _hints() -> dict:
    desk = _("Please show this person to the organisers of the class.")
    return {
        "ready": _("Hold a pass before the camera, or type its code or the name."),
        "ready_to_type": _("Type the code of a pass, or a name."),
        "asking": _("The answer comes as soon as the server has it."),
        "failed": _("This phone could not save it. Please write the name on paper and tell the organiser."),
        "taken_back": _("Nothing is entered for this person by it any more."),
        "taken_back_here": _("It was on this phone alone. Nothing was entered for this person."),
        "taken_back_sent": _("It may have been sent already: it is taken out there as soon as the server hears of it."),
        "not_taken_back": _("This phone could not take it back. Please tell the organiser."),
        "not_taken": _("Only this phone has it: please write this person on the paper list."),
        "noted": _("The organiser decides about it."),
        "waits": _("The organiser decides about it."),
        "not_a_pass": _("Please look for the person by name."),
        "old_pass": _("Please ask for the new pass, or look for the person by name."),
        "other_class": desk,
        "withdrawn": desk,
        "replaced": desk,
        "not_expected": desk,
        "no_half_day": _("People are let in from three hours before a half-day until one hour after it."),
        "unknown_code": _("Please look at the six characters again, or look for the person by name."),
        "not_on_list": _("Please type the family name or the given name alone, or press “Not on the list…”."),
        "typed_marks": _("Please switch the computer's keyboard to English, then scan again."),
        "no_code_in_photo": _("Please take it again from nearer, with the whole code in the picture."),
    }


def _lines() -> dict:
    return {
        "counts": _("%(inside)s of %(all)s are in"),
        "waiting": _("Saved on this phone, waiting to be sent: %(number)s"),
        "all_sent": _("Everything has been sent"),
        "others": _(
            "This phone still keeps %(number)s of another reception desk. Please open the link of that desk once more."
        ),
        "unreadable": _(
            "%(number)s that this phone keeps cannot be opened now. They stay here: please do not clear the data of "
            "this browser, and tell the organiser."
        ),
        "since": _("In since %(time)s."),
        "since_at": _("In since %(time)s, by “%(door)s”."),
        "where": _("This person's class: %(where)s"),
        "no_half_day": _("No half-day now"),
        "begins": _("%(half_day)s: people are let in from %(time)s"),
        "is_in": _("already in"),
        "a_code": _("A pass"),
        "dealt_with": _("Dealt with"),
        "whom": _("Whom does this person stand in for?"),
        "who_came": _("Who has come?"),
        "stands_for": _("Who has come for %(name)s, %(office)s?"),
        # Read by the organiser among the entries that wait for a decision.
        "stands_for_words": _("Stands in for %(name)s, %(office)s: %(words)s"),
        "tapped_wrongly": _("Tapped by mistake: %(name)s, %(office)s"),
    }


def _about_the_phone() -> dict:
    return {
        "camera_refused": _("The camera was not allowed. Please allow it in the browser's settings, or take a photo."),
        "camera_fails": _("The camera cannot be opened here. Please take a photo of the code, or type it."),
        "camera_lost": _("The camera has stopped. Please open it again."),
        "clock_ahead": _("The clock of this phone is %(by)s fast. Times are put right by themselves; please set it."),
        "clock_behind": _("The clock of this phone is %(by)s slow. Times are put right by themselves; please set it."),
        "days": _("%(days)s days"),
        "hours": _("%(hours)s hours %(minutes)s minutes"),
        "minutes": _("%(minutes)s minutes"),
    }
