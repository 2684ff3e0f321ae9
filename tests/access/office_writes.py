"""What the link of an office and that of a door write, and what their pages need before they show anything; see
`writes.py`."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.models import Correction, LeaveRequest
from attendance.services.make_up import credit_make_up
from courses.constants.choices import AnswerState, BatchState, FilePurpose, RegistrationState
from courses.constants.clock import now, today
from courses.models import ColumnMeaning, ImportBatch, OfficeAnswer, Registration, Session, Trainee
from courses.services.records import store_scan
from courses.services.trainees import fill_trainee
from tests.access.brought_about import ROSTER, closed_sheet, held_elsewhere, is_state, make_unread, with_a_test
from tests.access.desk_writes import DESK_WRITES
from tests.access.paper_writes import PAPER_WRITES
from tests.access.phone_writes import PHONE_WRITES, half_day_now
from tests.access.posting import NEW, posted, there, vietnamese
from tests.access.writes import WRITES


def _still_to_come(world) -> None:
    """The half-days of host A's class are tomorrow: its offices may name, replace and report."""
    begins = now() + dt.timedelta(days=1)
    Session.objects.filter(course=world.a.course).update(starts_at=begins, ends_at=begins + dt.timedelta(hours=3))


def _with_somebody_to_name(world) -> None:
    _still_to_come(world)
    person = fill_trainee(Trainee(), full_name="Bùi Thử Cử", office=world.a.first, position="Văn thư")
    person.save()
    world.to_be_named = person


def _with_nobody_named(world) -> None:
    _still_to_come(world)
    Registration.objects.filter(office=world.a.first).update(state=RegistrationState.WITHDRAWN)


def _with_signed_copy(world) -> None:
    file = store_scan(b"%PDF-1.7 " + world.a.secret.encode(), purpose=FilePurpose.ANSWER)
    OfficeAnswer.objects.filter(pk=world.a.answer.pk).update(signed_copy=file)


def _own_list_unread(world) -> None:
    """The list that the office of host A has sent is one whose column titles nobody knows."""
    _still_to_come(world)
    make_unread(world.a.own_batch)


def _answered(state: str) -> Callable:
    return lambda world, actor: OfficeAnswer.objects.get(pk=world.a.answer.pk).state == state


def _was_named(world, actor) -> bool:
    return Registration.objects.active().filter(trainee=world.to_be_named, office=world.a.first).exists()


SUBMISSION = "6f0b5f4e-3c1d-4d53-9c0f-7a3a7f0f5a11"


def _with_half_day_made_up(world) -> None:
    paper = b"%PDF-1.7 " + world.a.secret.encode()
    credit_make_up(
        world.a.stranger_registration,
        world.a.session,
        attended=None,
        document="12/GXN",
        paper=paper,
        actor=world.a.actor,
        act=uuid4(),
    )


OFFICE_WRITES = {
    "attendance:office_certificate": posted(
        lambda world, actor: Correction.objects.filter(certificate=world.a.certificate, words=NEW).exists(), words=NEW
    ),
    "attendance:office_name": posted(_was_named, _with_somebody_to_name, people=lambda w: w.to_be_named.pk),
    "attendance:office_new_person": posted(
        there(Trainee, full_name="Bùi Thử Mới"), _still_to_come,
        submission=SUBMISSION, full_name="Bùi Thử Mới", position="Văn thư",
    ),
    "attendance:office_withdraw": posted(
        lambda world, actor: is_state(world, RegistrationState.WITHDRAWN), _still_to_come, why=NEW
    ),
    "attendance:office_replace": posted(
        _was_named, _with_somebody_to_name, by=lambda w: w.to_be_named.pk, why=NEW, submission=SUBMISSION
    ),
    "attendance:office_absence": posted(
        lambda world, actor: LeaveRequest.objects.filter(registration=world.a.registration, reason=NEW).exists(),
        _still_to_come, sessions=lambda w: w.a.session.pk, reason=NEW,
    ),
    "attendance:office_answer": posted(
        _answered(AnswerState.SENT), _still_to_come, number="12/UBND", date=lambda w: vietnamese(today())
    ),
    "attendance:office_nobody": posted(_answered(AnswerState.SENDS_NOBODY), _with_nobody_named, why=NEW),
    "attendance:office_upload": posted(
        lambda world, actor: ImportBatch.objects.filter(by_link=True, file_name="moi.csv").exists(),
        _still_to_come, file=lambda w: SimpleUploadedFile("moi.csv", ROSTER.encode()),
    ),
    "attendance:office_preview": posted(
        lambda world, actor: ImportBatch.objects.get(pk=world.a.own_batch.pk).state == BatchState.APPLIED,
        _still_to_come,
    ),
    "attendance:office_columns": posted(
        there(ColumnMeaning, key="danh tinh", field="full_name", office__isnull=False), _own_list_unread,
        **{"column-0": "full_name", "column-1": "birth", "column-2": ""},
    ),
}  # fmt: skip
#: Everything that is written, by whichever way in.
ALL_WRITES = WRITES | PAPER_WRITES | OFFICE_WRITES | PHONE_WRITES | DESK_WRITES

#: What a page needs before it shows anything: those of an office are open while the class is to come.
BEFORE_GET = {
    "admin:courses_session_changed": held_elsewhere,
    "admin:courses_session_notice": held_elsewhere,
    "admin:attendance_attendancesheet_make_up_paper": _with_half_day_made_up,
    "attendance:office_copy": _with_signed_copy,
    "attendance:office_columns": _own_list_unread,
    "admin:attendance_courseresult_scores": with_a_test,
    "admin:attendance_courseresult_scores_import": with_a_test,
    "attendance:here_code": half_day_now,
    "attendance:here_screen": half_day_now,
    "attendance:here_screen_now": half_day_now,
    "admin:attendance_attendancesheet_copy": closed_sheet,
    **{
        f"attendance:office_{name}": _still_to_come
        for name in ("name", "new_person", "withdraw", "replace", "absence", "answer", "nobody", "upload")
    },
}
