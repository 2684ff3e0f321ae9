"""A roster that an office sends by its own page: read and applied as any other, for its own people alone."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.constants.errors import Refusal
from courses.models import ImportBatch, OfficeAnswer
from courses.readers.limited import NotRead
from courses.services.registrations import check_naming, lock_course
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import SKIP, Outcome

#: Read and applied in about a second; no office of a city has as many people for one class.
MOST_PEOPLE = 500


def read_own_roster(answer: OfficeAnswer, data: bytes, file_name: str, *, actor: Actor) -> ImportBatch:
    """Reads the office's list and keeps it; nobody is named yet. Refusal when it cannot be read, is longer than what is
    read and applied while somebody waits, or the time is over."""
    check_naming(answer.course, actor, answer.office_id)
    try:
        return read_roster(
            answer.course, data, file_name, actor=actor, office=answer.office, by_link=True, most=MOST_PEOPLE
        )
    except NotRead as refused:
        if not refused.titles:
            raise
        # Only organisers are asked what columns mean.
        raise Refusal(
            _(
                "The column titles of this list are not known here. Please call the columns Họ và tên, Ngày sinh, "
                "Giới tính, Chức vụ, Điện thoại, and send the list again."
            )
        ) from refused


@transaction.atomic
def apply_own_roster(batch: ImportBatch, *, actor: Actor, decisions: Mapping[int, int | str]) -> Outcome:
    """Names the people of the list, once; rows of other offices are left out whatever was decided."""
    course = lock_course(batch.course)
    check_naming(course, actor, batch.office_id)
    foreign = batch.rows.exclude(office=batch.office_id).filter(office__isnull=False).order_by("pk")
    chosen = {**decisions, **dict.fromkeys(foreign.values_list("pk", flat=True), SKIP)}
    return apply_batch(batch, actor=actor, decisions=chosen)
