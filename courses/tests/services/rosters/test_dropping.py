"""Lists that nobody needs any more go, and no others."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, FilePurpose
from courses.constants.clock import now
from courses.models import ActionLog, File, ImportBatch, ImportRow, Registration
from courses.services.records import store_file
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.dropping import APPLIED_KEPT_FOR, UNREAD_KEPT_FOR, drop_old_lists
from courses.services.rosters.reading import read_roster
from courses.tests.listing import many

DAY = dt.timedelta(days=1)


def sent(world, number=1, age=UNREAD_KEPT_FOR + DAY, *, by_link=True, **fields) -> ImportBatch:
    batch = read_roster(world.course, many(number), "a.csv", actor=SYSTEM, office=world.one, by_link=by_link)
    ImportBatch.objects.filter(pk=batch.pk).update(uploaded_at=now() - age, **fields)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("state", [BatchState.READ, BatchState.REFUSED])
def test_a_list_of_an_office_that_was_never_applied_goes_after_a_month_with_its_file(world, state):
    batch = sent(world, state=state)
    drop_old_lists()
    drop_old_lists()
    assert (ImportBatch.objects.count(), ImportRow.objects.count(), File.objects.count()) == (0, 0, 0)
    assert ActionLog.objects.get(action="drop list").subject_id == batch.pk


def test_what_is_fresh_being_read_or_an_organisers_work_stays(world):
    """Take `by_link`, the states or the day out of `drop_old_lists` and one of the three goes."""
    sent(world, 1, UNREAD_KEPT_FOR - DAY)
    sent(world, 2, state=BatchState.READING)
    sent(world, 3, by_link=False)
    drop_old_lists()
    assert (ImportBatch.objects.count(), File.objects.count()) == (3, 3)


def test_a_file_that_another_list_refers_to_stays(world):
    sent(world)
    other = sent(world, by_link=False)
    drop_old_lists()
    assert list(ImportBatch.objects.values_list("pk", "file")) == [(other.pk, other.file_id)]


def test_the_file_of_an_applied_list_goes_after_a_year_and_its_rows_stay(world):
    batch, young = sent(world, 1), sent(world, 2)
    for one, age in ((batch, APPLIED_KEPT_FOR + DAY), (young, APPLIED_KEPT_FOR - DAY)):
        apply_batch(one, actor=SYSTEM)
        ImportBatch.objects.filter(pk=one.pk).update(applied_at=now() - age)
    drop_old_lists()
    assert list(ImportBatch.objects.order_by("pk").values_list("file", flat=True)) == [None, young.file_id]
    assert (File.objects.count(), ImportRow.objects.count(), Registration.objects.count()) == (1, 3, 2)


def test_files_of_other_purposes_stay(world):
    store_file(b"%PDF", purpose=FilePurpose.MATERIAL, media_type="application/pdf")
    drop_old_lists()
    assert File.objects.count() == 1


def test_only_the_log_takes_a_query_a_list(world):
    taken = []
    for count in (1, 3):
        for number in range(count):
            sent(world, number + 1)
        with CaptureQueriesContext(connection) as queries:
            drop_old_lists()
        taken.append(len([one for one in queries if "INSERT" not in one["sql"]]))
    assert taken[0] == taken[1]
