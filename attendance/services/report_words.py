"""What an organiser writes about a class for its report; the figures beside it are counted."""

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import ReportWords
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.masking import in_the_clear
from courses.models import Course
from courses.rules.permissions import may_organise
from courses.services.records import log_action
from courses.services.registrations import lock_course


@transaction.atomic
def set_report_words(course: Course, *, actor: Actor, assessment: str, proposals: str) -> ReportWords:
    """Keeps both texts, a paragraph a line; the same again changes nothing. Refusal for others than organisers."""
    course = lock_course(course)
    if not may_organise(actor, course):
        raise Refusal(_("Only organisers of the host office write the report on this class."))
    words = ReportWords.objects.filter(course=course).first() or ReportWords(course=course)
    said = {"assessment": _lines(assessment), "proposals": _lines(proposals)}
    changes = {name: [getattr(words, name), text] for name, text in said.items() if getattr(words, name) != text}
    if not changes:
        return words
    for name, text in said.items():
        setattr(words, name, text)
    words.changed_at, words.changed_by_id = now(), actor.user_id
    words.save()
    log_action(actor, "write report", words, course=course, changes=changes)
    return words


def _lines(text: str) -> str:
    return "\n".join(filter(None, (in_the_clear(" ".join(line.split())) for line in text.splitlines())))
