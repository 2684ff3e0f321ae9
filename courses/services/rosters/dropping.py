"""Lists that nobody needs any more go: they carry the personal data of many."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from courses.constants.actors import SYSTEM
from courses.constants.choices import BatchState, FilePurpose
from courses.constants.clock import now
from courses.models import File, ImportBatch
from courses.services.records import log_action

#: An office that sent a list and never had its people named by it has named them otherwise by then.
UNREAD_KEPT_FOR = timedelta(days=30)
#: As long as a file is there, the same one again is known for it; its rows, sealed, stay.
APPLIED_KEPT_FOR = timedelta(days=365)


@transaction.atomic
def drop_old_lists() -> None:
    """Drops lists that offices sent themselves and that were never read to the end or applied, a month after they came,
    and the files of lists that were applied a year ago; then each roster file that no list refers to. Harmless when
    repeated. (A fixed number of queries, and one for each list that goes, for the log.)"""
    lists = ImportBatch.objects.select_for_update(of=("self",)).order_by("pk")
    sent = lists.filter(by_link=True, uploaded_at__lt=now() - UNREAD_KEPT_FOR)
    unread = list(sent.filter(state__in=(BatchState.READ, BatchState.REFUSED)))
    for batch in unread:
        log_action(SYSTEM, "drop list", batch, course=batch.course_id)
    ImportBatch.objects.filter(pk__in=[batch.pk for batch in unread]).delete()
    ended = ImportBatch.objects.filter(state__in=(BatchState.APPLIED, BatchState.UNDONE), file__isnull=False)
    ended.filter(applied_at__lt=now() - APPLIED_KEPT_FOR).update(file=None)
    referred = Exists(ImportBatch.objects.filter(file=OuterRef("pk")))
    # Without their bytes: deleting looks at each row.
    File.objects.filter(~referred, purpose=FilePurpose.IMPORT).defer("content").order_by().delete()
