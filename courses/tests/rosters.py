"""A roster of a test read, applied and looked at in one word each."""

import datetime as dt

from courses.constants.actors import SYSTEM
from courses.constants.choices import RowStatus
from courses.constants.partial_dates import PartialDate
from courses.models import ImportBatch
from courses.services.rosters.applying import apply_batch
from courses.services.rosters.reading import read_roster
from courses.services.rosters.rows import Outcome, open_rows
from courses.tests.listing import DAY, csv_of

OK, PROBLEM = RowStatus.OK, RowStatus.PROBLEM
AFTER = DAY + dt.timedelta(days=1)
date = PartialDate.from_iso


def read(world, *lines, course=None, actor=SYSTEM, office=None) -> ImportBatch:
    return read_roster(course or world.course, csv_of(*lines), "danh sach.csv", actor=actor, office=office)


def apply(batch, actor=SYSTEM, **decisions) -> Outcome:
    return apply_batch(batch, actor=actor, decisions={int(row[1:]): what for row, what in decisions.items()})


def told(batch):
    return [(row.status, row.decision) for row in batch.rows.order_by("pk")]


def fates(batch):
    return [row.fate for row in open_rows(batch)]
