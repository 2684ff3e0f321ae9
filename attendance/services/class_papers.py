"""The papers of a class that have a number in the office's own register of documents."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import ClassPaperKind
from attendance.models import ClassPaper
from attendance.services.register import check_may_issue
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.models import Course
from courses.services.records import log_action, store_file
from courses.services.registrations import lock_course


@transaction.atomic
def keep_decision(
    course: Course, pdf: bytes, *, actor: Actor, number: str, date: dt.date, summary: str = ""
) -> ClassPaper:
    """Keeps the decision on the certificates of a class with the number and date that the office gave it; the same one
    again is given back. Nothing is replaced: another number or list is another paper, and the latest is proposed.

    Refusal without a number, for a day still to come, and without the right to.
    """
    course = lock_course(course)
    check_may_issue(course, actor)
    if not number.strip():
        raise Refusal(_("Please type the number that the decision has in the office's register of documents."))
    if date > today():
        raise Refusal(_("The date of a decision cannot lie in the future."))
    file = store_file(pdf, purpose=FilePurpose.PAPER, media_type="application/pdf")
    kept = {"course": course, "kind": ClassPaperKind.DECISION, "number": number.strip(), "date": date, "file": file}
    same = ClassPaper.objects.filter(**kept).first()
    if same:
        return same
    paper = ClassPaper.objects.create(**kept, summary=summary[:300], made_at=now(), made_by_id=actor.user_id)
    changes = {"number": [None, paper.number], "date": [None, date.isoformat()]}
    log_action(actor, "number paper", paper, course=course, changes=changes)
    return paper
