"""The ledger and issued papers are never changed or deleted. Each test fails without its guard."""

import pytest
from django.db import transaction

from attendance.constants import CertificateState, ClassPaperKind, Matched, SignatureState
from attendance.models import (
    BlankRange,
    Certificate,
    ClassPaper,
    Event,
    EventWords,
    PaperTemplate,
    SignedCopy,
    SpoiledBlank,
    WordTemplate,
)
from attendance.services.register import prepare_papers
from attendance.services.sheets import close_sheet
from attendance.tests.records import Class
from courses.constants.choices import FilePurpose
from courses.constants.clock import now
from courses.guards import GUARDS
from courses.models import File
from courses.services.records import store_file
from courses.tests.guarding import refuses_deletion, refuses_updates

OWN = {guard.table: guard for guard in GUARDS if guard.table.startswith("attendance_")}
EVERY_COLUMN = [field.column for field in Event._meta.concrete_fields if not field.primary_key]


@pytest.fixture(scope="module")
def _rows_once(django_db_setup, django_db_blocker):
    """Guards refuse whatever a test tries on the rows, and what is not refused is taken back by the test's end."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_rows()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def rows(_rows_once, db):
    """A row of each guarded table."""


def make_rows():
    lop = Class()
    lop.attended(1)
    close_sheet(lop.general, actor=lop.organiser, expected_version=0)
    EventWords.objects.create(event=Event.objects.first(), text="Ngô Thử Lạ")
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    ClassPaper.objects.create(course=lop.course, kind=ClassPaperKind.PLAN, number="45/KH-UBND", made_at=now())
    WordTemplate.objects.create(host=lop.host, kind=ClassPaperKind.PLAN, made_at=now())
    PaperTemplate.objects.create(issuer=lop.host, name="Mẫu thử", made_at=now())
    blanks = BlankRange.objects.create(issuer=lop.host, first=1, last=9, next_number=1, made_at=now())
    SpoiledBlank.objects.create(blanks=blanks, number=1, why="Rách", at=now())
    SignedCopy.objects.create(
        course=lop.course,
        certificate=Certificate.objects.get(),
        file=store_file(b"%PDF-1.7", purpose=FilePurpose.SIGNED, media_type="application/pdf"),
        file_name="001.pdf",
        matched=Matched.BYTES,
        state=SignatureState.UNCHECKED,
        added_at=now(),
    )


def test_the_record_guards_its_ledger_and_its_certificates():
    assert set(OWN) == {
        "attendance_event",
        "attendance_eventwords",
        "attendance_sheetcopy",
        "attendance_certificate",
        "attendance_papertemplate",
        "attendance_wordtemplate",
        "attendance_classpaper",
        "attendance_spoiledblank",
        "attendance_signedcopy",
    }
    assert OWN["attendance_event"].frozen == ("*",)


@pytest.mark.parametrize("column", EVERY_COLUMN)
def test_no_column_of_the_ledger_is_ever_changed(rows, column):
    refuses_updates(OWN["attendance_event"], column)


@pytest.mark.parametrize("column", OWN["attendance_certificate"].frozen)
def test_what_stands_on_a_paper_is_never_changed(rows, column):
    refuses_updates(OWN["attendance_certificate"], column)


def test_words_about_somebody_can_be_erased_and_a_copy_of_a_sheet_never_changes(rows):
    refuses_updates(OWN["attendance_eventwords"], "text")
    refuses_updates(OWN["attendance_sheetcopy"], "content")
    refuses_updates(OWN["attendance_papertemplate"], "completed")
    refuses_updates(OWN["attendance_wordtemplate"], "version")
    refuses_updates(OWN["attendance_spoiledblank"], "number")
    refuses_updates(OWN["attendance_signedcopy"], "file_id")
    assert EventWords.objects.all().delete()[0] == 1


@pytest.mark.parametrize("column", OWN["attendance_classpaper"].frozen)
def test_a_paper_of_a_class_stays_in_its_file_and_what_it_says_may_be_put_right(rows, column):
    refuses_updates(OWN["attendance_classpaper"], column)
    assert ClassPaper.objects.update(number="46/KH-UBND") == 1


@pytest.mark.parametrize("table", sorted(table for table, guard in OWN.items() if guard.kept_when))
def test_nothing_of_the_record_is_ever_deleted(rows, table):
    refuses_deletion(OWN[table])


def test_only_the_state_of_a_paper_moves_on(rows):
    Certificate.objects.update(state=CertificateState.VOID)
    assert Certificate.objects.get().state == CertificateState.VOID
    assert File.objects.filter(purpose="certificate").count() == 1
