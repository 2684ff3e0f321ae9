"""A roster that an office sends by its own page: read and applied as any other, for its own people alone."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.choices import BatchState
from courses.constants.errors import Refusal
from courses.models import ColumnMeaning, ImportBatch, OfficeAnswer
from courses.readers.limited import NotRead
from courses.services.registrations import check_naming, lock_course
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import SKIP, Outcome
from courses.services.rosters.taking import explain_columns, finish_reading, keep_unread

#: Whoever holds the link can send files: so many lists of an office and class wait at most for what their columns mean,
#: and of so many titles at most it is remembered what they mean, for every reading of the office's lists looks at all.
MOST_UNREAD, MOST_MEANINGS = 10, 200


def read_own_roster(answer: OfficeAnswer, data: bytes, file_name: str, *, actor: Actor) -> ImportBatch:
    """Reads the office's list and keeps it; nobody is named yet. A list whose column titles are not known waits until
    the office says what they mean. Refusal when it cannot be read, is longer than what is read and applied while
    somebody waits, or the time is over."""
    course, office = answer.course, answer.office
    check_naming(course, actor, answer.office_id)
    try:
        return read_roster(course, data, file_name, actor=actor, office=office, by_link=True)
    except NotRead as refused:
        if not refused.titles:
            raise
        own = ImportBatch.objects.filter(course=course, office=office, by_link=True, state=BatchState.REFUSED)
        if own.count() >= MOST_UNREAD:
            raise _titles_not_known() from refused
        return keep_unread(course, data, file_name, actor=actor, office=office, refused=refused, by_link=True)


def explain_own_columns(batch: ImportBatch, *, actor: Actor, meanings: Mapping[str, str]) -> ImportBatch:
    """Remembers what the office says of its column titles, as `explain_columns` does, for lists of this office alone
    that the host of the class takes in, and reads the list again at once: it is short. Twice is harmless.

    Refusal when the time is over, when no column holds the names, and when the office has said too much already.
    """
    if not batch.by_link:  # a list that names no office would teach the reader about every office's lists
        raise Refusal(_("Only lists that your own office has sent can be read here."))
    with transaction.atomic():
        course = lock_course(batch.course)
        check_naming(course, actor, batch.office_id)
        explain_columns(batch, actor=actor, meanings=meanings)
        said = ColumnMeaning.objects.filter(host=course.host_office_id, office=batch.office_id)
        if said.count() > MOST_MEANINGS:
            raise _titles_not_known()
    finish_reading(batch.pk)
    batch.refresh_from_db()
    return batch


def _titles_not_known() -> Refusal:
    return Refusal(
        _(
            "The column titles of this list are not known here. Please call the columns Họ và tên, Ngày sinh, "
            "Giới tính, Chức vụ, Điện thoại, and send the list again."
        )
    )


@transaction.atomic
def apply_own_roster(batch: ImportBatch, *, actor: Actor, decisions: Mapping[int, int | str]) -> Outcome:
    """Names the people of the list, once; rows of other offices are left out whatever was decided."""
    course = lock_course(batch.course)
    check_naming(course, actor, batch.office_id)
    foreign = batch.rows.exclude(office=batch.office_id).filter(office__isnull=False).order_by("pk")
    chosen = {**decisions, **dict.fromkeys(foreign.values_list("pk", flat=True), SKIP)}
    return apply_batch(batch, actor=actor, decisions=chosen)
