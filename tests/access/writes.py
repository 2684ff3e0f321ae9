"""For each address that writes: what is posted to it, by whoever, and how the database shows that it was done."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from attendance.constants import (
    CertificateState,
    Claim,
    CorrectionState,
    MarkState,
    SheetState,
    Way,
    WorkState,
)
from attendance.forms.old_book import signed_rows
from attendance.forms.scores import signed_points
from attendance.forms.table import signed_states
from attendance.models import (
    BlankRange,
    Certificate,
    ClassPaper,
    Completion,
    Correction,
    CourseRule,
    Door,
    Event,
    EventWords,
    IssuerAuthority,
    LeaveRequest,
    ListForm,
    Mark,
    PaperBatch,
    PaperTemplate,
    PaperWords,
    PassCode,
    RefusedScan,
    RegisterBook,
    ReportWords,
    Score,
    Sheet,
    SheetCopy,
    SheetPaper,
    SignedCopy,
    SpoiledBlank,
    TrustedRoot,
    WordTemplate,
)
from attendance.readers.old_book import OldRow
from attendance.rendering.wordings import wording
from attendance.reports.papers import Order, candidates
from attendance.reports.sign_in import sheets_of
from attendance.reports.telling import due_in
from attendance.services.handing_over import hand_over
from attendance.services.sheets import close_sheet
from attendance.services.telling import seen_as
from attendance.tests.signing import authority, signed
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import (
    BatchState,
    Channel,
    CourseState,
    FilePurpose,
    MessageState,
    Occasion,
    RegistrationState,
)
from courses.constants.clock import now, today
from courses.constants.media_types import DOCX
from courses.models import (
    ActionLog,
    Block,
    ColumnMeaning,
    Course,
    ImportBatch,
    Index,
    Invitation,
    Message,
    MessageLine,
    MessageText,
    Office,
    OfficeAnswer,
    PlannedClass,
    Registration,
    Responsibility,
    Role,
    Seats,
    Session,
    Setting,
    Speaker,
    Trainee,
    TraineeRequest,
    User,
    Venue,
)
from courses.reports.telling import digests_of, words_of
from courses.services.moving import relocate_session
from courses.services.records import read_file, store_file
from courses.services.rosters.applying import apply_batch
from courses.services.schedule import Where, next_day
from tests.access.posting import NEW, Write, as_shown, posted, there, typed, vietnamese
from tests.access.world import PASSWORD


def now_in(state: str) -> Callable:
    return lambda world, actor: Course.objects.get(pk=world.a.course.pk).state == state


def put(state: str) -> Callable:
    def prepare(world):
        Course.objects.filter(pk=world.a.course.pk).update(state=state)

    return prepare


def _own_wording(world):
    file = store_file(wording("plan"), purpose=FilePurpose.TEMPLATE, media_type=DOCX)
    WordTemplate.objects.create(host=world.a.host, kind="plan", file=file, made_at=now())


def _held_elsewhere(world):
    relocate_session(world.a.session, places=[Where(Venue(name="Nơi mới"))], why="Mất điện", actor=SYSTEM)


def _seen(world) -> str:
    words = {"confirmed": words_of(world.a.host)["confirmed"]}
    return seen_as(digests_of(due_in([world.a.course], now()), words))


def _failed(world) -> None:
    _to_tell(world)
    Message.objects.update(channel=Channel.EMAIL, address="thu@thu.example", state=MessageState.FAILED)


def _still_held(world) -> None:
    Course.objects.filter(pk=world.a.course.pk).update(ends_on=today())


def _to_tell(world) -> None:
    message = Message.objects.create(
        course=world.a.course,
        act=uuid4(),
        trainee=world.a.trainee,
        channel=Channel.BY_HAND,
        subject="Lịch học",
        body="Mời học",
        state=MessageState.TO_TELL,
        approved_at=now(),
    )
    MessageLine.objects.create(message=message, registration=world.a.registration, occasion=Occasion.NAMED)


def _work_under_way(world):
    PaperBatch.objects.filter(pk=world.a.work.pk).update(state=WorkState.RUNNING)


def _unearned(world):
    """The prepared paper is of somebody who has left the class, which is over."""
    Registration.objects.filter(pk=world.a.prepared.registration_id).update(state=RegistrationState.WITHDRAWN)
    Course.objects.filter(pk=world.a.course.pk).update(state=CourseState.CONCLUDED)


def _typed_from_paper(world, path, client) -> dict:
    """The second step, as the preview shows it to whoever sees it."""
    [sheet] = sheets_of([world.a.session])
    return {"text": "", "call": "1", "list": sheet.fingerprint, "save": "1", "submission": str(uuid4())}


def _said_by_paper(world, actor) -> bool:
    return Event.objects.filter(registration=world.a.stranger_registration, way=Way.PAPER).exists()


def _due(world) -> int:
    a = world.a
    return sum(c.is_due for c in candidates(a.course, Order(issuer=a.host, signer=a.signer, issue_date=today())))


def _registered(world, actor) -> bool:
    return Registration.objects.filter(course=world.a.course, trainee=world.a.unregistered).exists()


def _is_state(world, state) -> bool:
    return Registration.objects.get(pk=world.a.registration.pk).state == state


def _enrolled(world) -> None:
    for user in world.users.values():
        TOTP.activate(user, generate_totp_secret())


def _enrolling(world, path, client) -> dict:
    client.get(path)
    secret = client.session.get("mfa.totp.secret")
    return {"code": format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))} if secret else {}


def _has(kind) -> Callable:
    return lambda world, actor: (
        actor in world.users and Authenticator.objects.filter(user=world.users[actor], type=kind).exists()
    )


def _chose_password(world, actor) -> bool:
    return actor in world.users and User.objects.get(pk=world.users[actor].pk).check_password(NEW_PASSWORD)


ODD_ROSTER = "Danh tính,Tuổi đời,Mã định vị\n" + "".join(
    f"Ngô Thử {name},0{n}/03/1980,{n}\n" for n, name in enumerate(("An", "Bình", "Châu", "Dung"), 1)
)


def _closed_sheet(world) -> None:
    close_sheet(world.a.session, actor=world.a.actor, expected_version=0, unsettled=True)


def _marked_by_all(world) -> None:
    """Whoever presses undo has an entry of their own in the half-day of host A."""
    for user in world.users.values():
        Event.objects.create(
            session=world.a.session, registration=world.a.stranger_registration, claim=Claim.SEEN, way=Way.HAND,
            by=user, act=uuid4(), client_id=uuid4(), happened_at=now(), arrived_at=now(),
        )  # fmt: skip


def _half_day_ahead(world) -> None:
    Session.objects.filter(pk=world.a.session.pk).update(ends_at=now() + dt.timedelta(hours=1))


def _unread(world) -> None:
    """The roster of host A is one whose column titles nobody knows."""
    make_unread(world.a.batch)


def make_unread(batch: ImportBatch) -> None:
    file = store_file(ODD_ROSTER.encode(), purpose=FilePurpose.IMPORT, media_type="text/csv", sealed=True)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.REFUSED, header_unknown=True, refusal="?", file=file
    )


def _said_by_file(world, client) -> str:
    """What the preview of a file gives this reader, who says by it that one person came late."""
    states = {world.a.session.pk: {world.a.stranger_registration.pk: MarkState.LATE}}
    actor = Actor("user", user_id=int(client.session.get("_auth_user_id", 0)))
    return signed_states(world.a.course, actor, states)


def with_a_test(world) -> None:
    CourseRule.objects.filter(course=world.a.course).update(test="test")


def _points_in_file(world, path, client) -> dict:
    """What the preview of a list of points gives this reader."""
    actor = Actor("user", user_id=int(client.session.get("_auth_user_id", 0)))
    return {"said": signed_points(world.a.course, actor, {world.a.stranger_registration.pk: Decimal("7.25")}, {})}


NEW_PASSWORD = "mười con voi đen 2023"
PASSWORDS = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

ROSTER = "STT,Họ và tên,Ngày sinh,Chức vụ\n1,Ngô Thử Tải,01/03/1980,Chuyên viên"


def _with_room_for_old_papers(world) -> None:
    RegisterBook.objects.filter(pk=world.a.old_book.pk).update(opening_number=50, last_number=49)


def _old_rows(world, client) -> str:
    """The rows as the preview gives them to this reader."""
    row = OldRow(4, number="7", name="Ngô Thử Bảy", birth="1960", title="Lớp xưa", issued="02/06/1999")
    actor = Actor("user", user_id=int(client.session.get("_auth_user_id", 0)))
    return signed_rows(world.a.old_book, actor, (row,))


def _asked_again(world) -> None:
    Correction.objects.filter(pk=world.a.correction.pk).update(state=CorrectionState.ASKED, answer="")


#: A list of names as the builder's page posts it.
A_LIST = {
    "kind": "people", "title": "Danh sách", "who": "all", "group": "none", "order": "protocol", "take": "name",
    "as": "xlsx",
}  # fmt: skip
#: Pages that are shown for what is posted, and write nothing.
ONLY_SHOWN = {"admin:attendance_courseresult_tell_preview", "admin:attendance_courseresult_lists"}
WRITES = {
    "admin:courses_course_seats": Write(
        lambda world, path, client: {**as_shown(world, path), f"office-{world.a.first.pk}": "41"},
        there(Seats, number=41),
    ),
    "admin:courses_course_confirm": posted(
        lambda world, actor: _is_state(world, RegistrationState.CONFIRMED),
        lambda world: Registration.objects.filter(pk=world.a.registration.pk).update(state=RegistrationState.NOMINATED),
        office=lambda w: w.a.first.pk,
    ),
    "admin:courses_course_answer": posted(
        there(OfficeAnswer, letter_number=NEW, state="sent"), state="sent", letter_number=NEW
    ),
    "admin:courses_course_final": posted(
        lambda world, actor: Course.objects.get(pk=world.a.course.pk).list_final_at is not None,
        order="name",
        knowing="on",
    ),
    "admin:courses_course_copy": typed(
        there(Course, code="lop-chep"), code="lop-chep", starts_on=lambda w: vietnamese(today() + dt.timedelta(days=90))
    ),
    "admin:courses_course_add_day": posted(
        lambda world, actor: world.a.course.sessions.count() > 3, day=lambda w: next_day(w.a.course).isoformat()
    ),
    "admin:courses_course_publish": posted(now_in(CourseState.PUBLISHED), put(CourseState.DRAFT)),
    "admin:courses_course_start": posted(now_in(CourseState.RUNNING), put(CourseState.PUBLISHED)),
    "admin:courses_course_conclude": posted(
        now_in(CourseState.CONCLUDED),  # not while something waits on a sheet that nobody closed
        lambda world: Sheet.objects.filter(session__course=world.a.course).update(state=SheetState.CLOSED),
    ),
    "admin:courses_course_archive": posted(now_in(CourseState.ARCHIVED), put(CourseState.CONCLUDED)),
    "admin:courses_course_add": typed(
        there(Course, code="lop-moi"),
        code="lop-moi", title=NEW, host_office=lambda w: w.a.host.pk, starts_on=lambda w: vietnamese(today()),
        ends_on=lambda w: vietnamese(today()),
    ),
    "admin:courses_course_change": typed(there(Course, summary=NEW), summary=NEW),
    "admin:courses_block_change": typed(there(Block, title=NEW), title=NEW),
    "admin:courses_office_add": typed(there(Office, code="moi"), name=NEW, code="moi", kind="ward"),
    "admin:courses_office_change": typed(there(Office, name=NEW), name=NEW),
    "admin:courses_office_merge": posted(
        there(Office, code="gop-moi"), on=lambda w: vietnamese(today()), old=lambda w: [w.a.first.pk, w.a.second.pk],
        name=NEW, office_kind="ward", code="gop-moi", confirm="1",
    ),
    "admin:courses_office_split": posted(
        there(Office, code="tach-2"), on=lambda w: vietnamese(today()), old=lambda w: w.a.first.pk,
        name_1=NEW, code_1="tach-1", name_2=f"{NEW} hai", code_2="tach-2", confirm="1",
    ),
    "admin:courses_office_rename": posted(
        there(Office, code="ten-moi"), on=lambda w: vietnamese(today()), old=lambda w: w.a.first.pk,
        name=NEW, code="ten-moi", confirm="1",
    ),
    "admin:courses_office_move": Write(
        lambda world, path, client: {
            "effective_on": vietnamese(today()), "new": world.a.first.pk, f"move-{world.a.unregistered.pk}": "on"
        },
        lambda world, actor: Trainee.objects.get(pk=world.a.unregistered.pk).office == world.a.first,
    ),
    "admin:courses_transfer_undo": posted(
        lambda world, actor: Trainee.objects.get(pk=world.a.newcomer.pk).office == world.a.past
    ),
    "admin:courses_responsibility_add": typed(there(Responsibility, code="moi"), name=NEW, code="moi"),
    "admin:courses_responsibility_change": typed(there(Responsibility, name=NEW), name=NEW),
    "admin:courses_index_add": typed(there(Index, code="MOI"), name=NEW, code="MOI"),
    "admin:courses_index_change": typed(there(Index, name=NEW), name=NEW),
    "admin:courses_user_changelist": posted(
        there(User, username="coordinator-a", is_active=False),
        action="close_accounts", _selected_action=lambda w: w.a.coordinator.pk,
    ),
    "admin:courses_user_change": typed(there(User, full_name=NEW), full_name=NEW),
    "admin:courses_role_changelist": posted(
        lambda world, actor: Role.objects.get(pk=world.a.role.pk).valid_to == today(),
        action="end_roles", _selected_action=lambda w: w.a.role.pk,
    ),
    "admin:courses_role_add": typed(
        lambda world, actor: Role.objects.filter(user=world.a.coordinator, office=world.a.second).exists(),
        user=lambda w: w.a.coordinator.pk, kind="coordinator", office=lambda w: w.a.second.pk,
    ),
    "admin:courses_invitation_changelist": posted(
        lambda world, actor: Invitation.objects.filter(role=world.a.invitation.role).count() == 2,
        action="print_anew", _selected_action=lambda w: w.a.invitation.pk,
    ),
    "admin:courses_invitation_add": typed(
        there(User, full_name=NEW), full_name=NEW, kind="coordinator", office=lambda w: w.a.first.pk
    ),
    "admin:courses_session_add": typed(
        lambda world, actor: world.a.course.sessions.count() > 3,
        date=lambda w: vietnamese(w.a.course.ends_on), begins="07:30", ends="11:00",
    ),
    "admin:courses_session_change": typed(there(Session, note=NEW), note=NEW),
    "admin:courses_session_reschedule": posted(
        there(Session, state="cancelled"), what="off", day="none", reason="off-0"
    ),
    "admin:courses_session_take_back": posted(
        lambda world, actor: world.a.session.changes.count() == 2, _held_elsewhere,
        change=lambda w: w.a.session.changes.get().pk,
    ),
    "admin:courses_session_sent_to_group": posted(
        there(ActionLog, action="text to group"), _held_elsewhere, change=lambda w: w.a.session.changes.get().pk
    ),
    "admin:courses_session_delete": posted(
        lambda world, actor: not Session.objects.filter(pk=world.a.spare_session.pk).exists(),
        put(CourseState.DRAFT), post="yes",
    ),
    "admin:courses_speaker_add": typed(
        there(Speaker, full_name=NEW), full_name=NEW, office=lambda w: w.a.host.pk
    ),
    "admin:courses_speaker_change": typed(there(Speaker, full_name=NEW), full_name=NEW),
    "admin:courses_speaker_delete": posted(
        lambda world, actor: not Speaker.objects.filter(pk=world.a.spare_speaker.pk).exists(), post="yes"
    ),
    "admin:courses_venue_add": typed(there(Venue, name=NEW), name=NEW, office=lambda w: w.a.host.pk),
    "admin:courses_venue_change": typed(there(Venue, name=NEW), name=NEW),
    "admin:courses_venue_delete": posted(
        lambda world, actor: not Venue.objects.filter(pk=world.a.spare_venue.pk).exists(), post="yes"
    ),
    "admin:courses_plannedclass_add": typed(
        there(PlannedClass, title=NEW), title=NEW, host=lambda w: w.a.host.pk, year="2030"
    ),
    "admin:courses_plannedclass_change": typed(there(PlannedClass, title=NEW), title=NEW),
    "admin:courses_plannedclass_delete": posted(
        lambda world, actor: not PlannedClass.objects.filter(pk=world.a.planned.pk).exists(), post="yes"
    ),
    "admin:courses_course_places": posted(
        lambda world, actor: Registration.objects.get(pk=world.a.registration.pk).place_id == world.a.place.pk,
        place=lambda w: w.a.place.pk, person=lambda w: w.a.registration.pk,
    ),
    "admin:courses_registration_withdraw": posted(
        lambda world, actor: _is_state(world, RegistrationState.WITHDRAWN)
    ),
    "admin:courses_registration_add": typed(_registered, trainee=lambda w: w.a.unregistered.pk),
    "admin:courses_registration_change": typed(
        lambda world, actor: Registration.objects.get(pk=world.a.registration.pk).place_id == world.a.place.pk,
        place=lambda w: w.a.place.pk,
    ),
    "admin:courses_importbatch_upload": Write(
        lambda world, path, client: {
            "file": SimpleUploadedFile("danh sach.csv", ROSTER.encode()), "office": world.a.first.pk
        },
        lambda world, actor: ImportBatch.objects.filter(course=world.a.course, by_link=False).count() == 2,
    ),
    "admin:courses_importbatch_change": posted(
        lambda world, actor: ImportBatch.objects.get(pk=world.a.batch.pk).state == BatchState.APPLIED, apply="1"
    ),
    "admin:courses_importbatch_reading": posted(
        there(ColumnMeaning, key="danh tinh", field="full_name"), _unread,
        **{"column-0": "full_name", "column-1": "birth", "column-2": ""},
    ),
    "admin:courses_columnmeaning_delete": posted(
        lambda world, actor: not ColumnMeaning.objects.filter(pk=world.a.meaning.pk).exists(), post="yes"
    ),
    "admin:courses_backgroundtask_again": posted(
        lambda world, actor: world.task.__class__.objects.get(pk=world.task.pk).status == "READY"
    ),
    "admin:courses_importbatch_row": posted(
        lambda world, actor: world.a.batch.rows.get(pk=world.a.row.pk).choice == "skip", leave="1"
    ),
    "admin:courses_importbatch_undo": posted(
        lambda world, actor: ImportBatch.objects.get(pk=world.a.batch.pk).state == BatchState.UNDONE,
        lambda world: apply_batch(world.a.batch, actor=world.a.actor),
    ),
    "admin:courses_importbatch_download": posted(there(ActionLog, action="download roster")),
    "admin:courses_importbatch_directory": Write(
        lambda world, path, client: {
            "file": SimpleUploadedFile("danh ba.csv", ROSTER.encode()),
            "kept_by": world.a.host.pk,
            "office": world.a.first.pk,
        },
        there(ImportBatch, course=None),
    ),
    "admin:courses_trainee_add": typed(
        there(Trainee, full_name="Ngô Thử Thêm"), full_name="Ngô Thử Thêm", office=lambda w: w.a.first.pk
    ),
    "admin:courses_traineerequest_change": Write(
        lambda world, path, client: {"done": "yes", "answer": NEW}, there(TraineeRequest, state="done", answer=NEW)
    ),
    "admin:courses_setting_changelist": typed(there(Setting, value__elected=80), elected="80"),
    "admin:courses_trainee_change": typed(there(Trainee, position=NEW), position=NEW),
    "admin:attendance_attendancesheet_change": Write(
        lambda world, path, client: {
            "submission": str(uuid4()),
            f"shown-{world.a.stranger_registration.pk}": "",
            f"mark-{world.a.stranger_registration.pk}": MarkState.PRESENT,
        },
        lambda world, actor: Mark.objects.filter(
            session=world.a.session, registration=world.a.stranger_registration
        ).exists(),
    ),
    "admin:attendance_attendancesheet_closing": posted(there(SheetCopy), version="0", unsettled="on"),
    "admin:attendance_attendancesheet_reopening": posted(there(Sheet, reopened_why=NEW), _closed_sheet, why=NEW),
    "admin:attendance_attendancesheet_screen": posted(there(Sheet, screen_version=2), version="1"),
    "admin:attendance_attendancesheet_waiting": posted(
        there(Mark, state=MarkState.LATE),
        submission=lambda w: str(uuid4()), registration=lambda w: w.a.registration.pk, state=MarkState.LATE,
    ),
    "admin:attendance_attendancesheet_undo": Write(
        lambda world, path, client: {"submission": str(uuid4())},
        lambda world, actor: Event.objects.filter(session=world.a.session, claim=Claim.UNDO).exists(),
        _marked_by_all,
    ),
    "admin:attendance_attendancesheet_leave": posted(
        there(LeaveRequest, reason=NEW, state="accepted"),
        sessions=lambda w: w.a.session.pk, reason=NEW, accept="on", submission=lambda w: str(uuid4()),
    ),
    "admin:attendance_attendancesheet_make_up": posted(
        there(Mark, state=MarkState.PRESENT, registration__trainee__full_name__contains="hai"),
        attended="elsewhere", document=NEW, submission=lambda w: str(uuid4()),
    ),
    "admin:attendance_attendancesheet_stand_in": posted(
        there(Registration, kind="stand_in"),
        by=lambda w: w.a.unregistered.pk, how_long="half-days", sessions=lambda w: w.a.session.pk, why=NEW,
        submission=lambda w: str(uuid4()),
    ),
    "admin:attendance_attendancesheet_walk_ins": posted(
        there(EventWords, text=NEW), words=NEW, submission=lambda w: str(uuid4())
    ),
    "admin:attendance_attendancesheet_walk_in": posted(
        there(Event, note=NEW), how="dismiss", why=NEW, submission=lambda w: str(uuid4())
    ),
    "admin:attendance_courseresult_answer_absence": posted(
        there(LeaveRequest, answer=NEW, state="accepted"),
        answer=NEW, accept="yes", submission=lambda w: str(uuid4()),
    ),
    "admin:attendance_attendancesheet_paper": Write(_typed_from_paper, _said_by_paper),
    "admin:attendance_attendancesheet_paper_list": Write(
        lambda world, path, client: {
            "submission": str(uuid4()),
            f"shown-{world.a.stranger_registration.pk}": "",
            f"mark-{world.a.stranger_registration.pk}": MarkState.PRESENT,
        },
        _said_by_paper,
    ),
    "admin:attendance_attendancesheet_file_scan": Write(
        lambda world, path, client: {"scan": SimpleUploadedFile("phieu.pdf", b"%PDF-1.7 phieu moi")},
        there(SheetPaper, name="phieu.pdf"),
    ),
    "admin:attendance_attendancesheet_sign_in_pdf": posted(there(ActionLog, action="print sheet")),
    "admin:attendance_attendancesheet_sign_in_word": posted(there(ActionLog, action="print sheet")),
    "admin:attendance_courseresult_table_marks": posted(
        there(Event, way="hand", says="left_early"),
        submission=lambda w: str(uuid4()),
        cell=lambda w: f"{w.a.session.pk}:{w.a.stranger_registration.pk}::left_early",
    ),
    "admin:attendance_courseresult_table_undo": Write(
        lambda world, path, client: {"submission": str(uuid4())},
        there(Event, claim=Claim.UNDO),
        _marked_by_all,
    ),
    "admin:attendance_courseresult_table_export": posted(there(ActionLog, action="export marks")),
    "admin:attendance_courseresult_table_import": Write(
        lambda world, path, client: {"said": _said_by_file(world, client)},
        there(Event, way="import", says="late"),
    ),
    "admin:attendance_registerbook_old": Write(
        lambda world, path, client: {"rows": _old_rows(world, client)},
        there(Certificate, number=7, registration=None),
        _with_room_for_old_papers,
    ),
    "admin:attendance_certificate_revoke": posted(
        there(Certificate, state=CertificateState.REVOKED, ended_document=NEW),
        ground="lent", document=NEW, document_date=lambda w: vietnamese(today()), why="",
    ),
    "admin:attendance_certificate_reissue": posted(
        there(Certificate, replacing="error"),
        why=NEW, signer=lambda w: w.a.signer.pk, issue_date=lambda w: vietnamese(today()),
    ),
    "admin:attendance_certificate_confirm": posted(
        there(Certificate, replacing="lost"),
        why="", signer=lambda w: w.a.signer.pk, issue_date=lambda w: vietnamese(today()),
    ),
    "admin:attendance_certificate_issue": posted(
        lambda world, actor: Certificate.objects.get(pk=world.a.in_place.pk).state == CertificateState.ISSUED
    ),
    "admin:attendance_correction_change": posted(
        there(Correction, state=CorrectionState.REFUSED, answer=NEW), _asked_again, answer=NEW
    ),
    "admin:attendance_registerbook_add": posted(
        there(RegisterBook, year=1998),
        issuer=lambda w: w.a.host.pk, kind="attestation", year="1998", opening_number="1",
    ),
    "admin:attendance_papertemplate_add": posted(
        there(PaperTemplate, name=NEW),
        issuer=lambda w: w.a.host.pk, kind="attestation", name=NEW, size="a4", offset_x="0", offset_y="0",
    ),
    "admin:attendance_papertemplate_change": posted(
        there(PaperTemplate, version=2, closing=NEW), size="a4", offset_x="0", offset_y="0", closing=NEW
    ),
    "admin:attendance_papertemplate_withdraw": posted(there(PaperTemplate, version=2, offered=False)),
    "admin:attendance_blankrange_add": posted(
        there(BlankRange, first=50), issuer=lambda w: w.a.host.pk, kind="attestation", digits="3", first="50", last="60"
    ),
    "admin:attendance_blankrange_change": posted(there(SpoiledBlank, number=2, why=NEW), number="2", why=NEW),
    "admin:attendance_paperwords_add": typed(
        there(PaperWords, title=NEW), kind="attestation", title=NEW, completed=NEW, abbreviation="MT"
    ),
    "admin:attendance_paperwords_change": typed(there(PaperWords, title=NEW), title=NEW),
    "admin:attendance_issuerauthority_add": typed(
        there(IssuerAuthority, document=NEW), issuer=lambda w: w.a.host.pk, kind="certificate", document=NEW
    ),
    "admin:attendance_issuerauthority_change": typed(there(IssuerAuthority, document=NEW), document=NEW),
    "admin:attendance_courseresult_rule": typed(there(CourseRule, version=2, share=66), share="66"),
    "admin:attendance_courseresult_scores": Write(
        lambda world, path, client: {f"points-{world.a.stranger_registration.pk}": "7,25"},
        there(Score, points=Decimal("7.25")),
        with_a_test,
    ),
    "admin:attendance_courseresult_scores_form": posted(there(ActionLog, action="export marks"), with_a_test),
    "admin:attendance_courseresult_scores_import": Write(
        _points_in_file, there(Score, points=Decimal("7.25")), with_a_test
    ),
    "admin:attendance_courseresult_results_export": posted(there(ActionLog, action="export marks")),
    "admin:attendance_courseresult_special_case": posted(
        there(Completion, override_document=NEW), why=NEW, document=NEW, decided_by=NEW
    ),
    "admin:attendance_courseresult_prepare": posted(
        lambda world, actor: RegisterBook.objects.get(pk=world.a.book.pk).last_number > 2,
        signer=lambda w: w.a.signer.pk, issue_date=lambda w: vietnamese(today()), count=_due,
    ),
    "admin:attendance_courseresult_issue": posted(
        lambda world, actor: world.a.prepared.__class__.objects.get(pk=world.a.prepared.pk).state
        == CertificateState.ISSUED,
        count="1",
    ),
    "admin:attendance_courseresult_papers": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_papers_zip": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_hand_over_list": posted(there(ActionLog, action="export papers")),
    "admin:attendance_registerbook_xlsx": posted(there(ActionLog, action="export papers")),
    "admin:attendance_registerbook_pdf": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_decision": posted(
        there(ClassPaper, number="99/QĐ"), signer=lambda w: w.a.signer.pk, deciding="Chủ tịch", bases="Căn cứ",
        number="99/QĐ", date=lambda w: vietnamese(today()), keep="1",
    ),
    "admin:attendance_classfile_add_paper": posted(there(ClassPaper, number=NEW), kind="plan", number=NEW),
    "admin:attendance_classfile_paper": posted(there(ClassPaper, number=NEW), number=NEW),
    "admin:attendance_classfile_signed": Write(
        lambda world, path, client: {"signed": SimpleUploadedFile("ky.pdf", b"%PDF-1.7 signed")},
        there(ClassPaper, signed_name="ky.pdf"),
    ),
    "admin:attendance_classfile_take_out": posted(there(ClassPaper, removed_why=NEW), why=NEW),
    "admin:attendance_classfile_zip": posted(there(ActionLog, action="export class file")),
    "admin:attendance_classfile_make": posted(there(ActionLog, action="make paper"), word="1"),
    "admin:attendance_classfile_make_all": posted(there(ActionLog, action="make paper")),
    "admin:attendance_classfile_report_words": posted(there(ReportWords, proposals=NEW), assessment="", proposals=NEW),
    "admin:attendance_wordtemplate_kind": Write(
        lambda world, path, client: {"file": SimpleUploadedFile("mau.docx", wording("plan"))},
        there(WordTemplate, file_name="mau.docx"),
    ),
    "admin:attendance_wordtemplate_standard": posted(there(WordTemplate, file=None), _own_wording),
    "admin:attendance_courseresult_stop_paper_work": posted(
        lambda world, actor: PaperBatch.objects.get(pk=world.a.work.pk).state == WorkState.STOPPED, _work_under_way
    ),
    "admin:attendance_courseresult_paper_work_again": posted(
        lambda world, actor: PaperBatch.objects.filter(course=world.a.course).count() == 2
    ),
    "admin:attendance_courseresult_hand_over": posted(
        there(Certificate, state=CertificateState.HANDED_OVER),
        on=lambda w: vietnamese(today()), to="", pk=lambda w: w.a.certificate.pk,
    ),
    "admin:attendance_courseresult_hand_back": posted(
        lambda world, actor: Certificate.objects.get(pk=world.a.certificate.pk).state == CertificateState.ISSUED,
        lambda world: hand_over(world.a.course, [world.a.certificate.pk], actor=SYSTEM, on=today()),
    ),
    "admin:attendance_courseresult_void": posted(there(Certificate, state=CertificateState.VOID), _unearned, count="1"),
    "admin:attendance_courseresult_void_one": posted(there(Certificate, state=CertificateState.VOID), why="Sai tên"),
    "admin:attendance_courseresult_signed_zip": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_signed_upload": Write(
        lambda world, path, client: {"files": SimpleUploadedFile("ky.pdf", signed(read_file(world.a.certificate.pdf)))},
        there(SignedCopy, file_name="ky.pdf", matched="bytes"),
    ),
    "admin:attendance_courseresult_answer_copy": posted(there(SignedCopy, matched="refused"), refuse="1"),
    "admin:attendance_trustedroot_add": Write(
        lambda world, path, client: {"certificate": SimpleUploadedFile("goc.pem", authority().pem.encode())},
        there(TrustedRoot, name="Gốc Thử"),
    ),
    "admin:attendance_trustedroot_take_out": posted(there(TrustedRoot, removed_at__isnull=False)),
    "admin:attendance_courseresult_print_links": posted(there(ActionLog, action="show links"), what="offices"),
    "admin:attendance_courseresult_remind_letters": posted(there(ActionLog, action="show links")),
    "admin:attendance_courseresult_remind_told": posted(
        lambda world, actor: OfficeAnswer.objects.get(pk=world.a.answer.pk).told_at is not None,
        shown=lambda w: w.a.first.pk, told=lambda w: w.a.first.pk,
    ),
    "admin:attendance_courseresult_lists": posted(lambda world, actor: False, **A_LIST),
    "admin:attendance_courseresult_list_file": posted(there(ActionLog, action="export list"), **A_LIST),
    "admin:attendance_courseresult_keep_list": posted(there(ListForm, name=NEW), name=NEW, **A_LIST),
    "admin:attendance_courseresult_kept_list": posted(there(ListForm, name=NEW), name=NEW),
    "admin:attendance_courseresult_tell_preview": posted(lambda world, actor: False, occasion="confirmed"),
    "admin:attendance_courseresult_tell_approve": posted(
        lambda world, actor: Message.objects.filter(course=world.a.course).exists(), _still_held,
        occasion="confirmed", seen=_seen, submission=lambda w: str(uuid4()),
    ),
    "admin:attendance_courseresult_tell_texts": posted(there(ActionLog, action="show links"), _to_tell),
    "admin:attendance_courseresult_tell_told": posted(
        there(Message, state=MessageState.TOLD), _to_tell, told=lambda w: Message.objects.get().pk
    ),
    "admin:attendance_courseresult_message_act": posted(
        there(Message, state=MessageState.DROPPED), _to_tell, pk=lambda w: Message.objects.get().pk, what="drop"
    ),
    "admin:attendance_courseresult_messages_again": posted(there(Message, state=MessageState.QUEUED), _failed),
    "admin:courses_messagetext_add": typed(
        there(MessageText, subject=NEW), occasion="missing", subject=NEW, body="Mời {ho_ten}",
        office=lambda w: w.a.host.pk,
    ),
    "admin:courses_messagetext_change": typed(there(MessageText, subject=NEW), subject=NEW),
    "admin:courses_messagetext_delete": posted(
        lambda world, actor: not MessageText.objects.filter(pk=world.a.message_text.pk).exists(), post="yes"
    ),
    "admin:attendance_courseresult_doors": posted(
        there(Door, name=NEW), _half_day_ahead, sessions=lambda w: w.a.session.pk, name=NEW, until=""
    ),
    "admin:attendance_courseresult_refused": posted(
        there(RefusedScan, settled_at__isnull=False), pk=lambda w: w.a.refused.pk
    ),
    "admin:attendance_courseresult_close_door": posted(there(Door, revoked_at__isnull=False)),
    "admin:attendance_courseresult_print_passes": posted(there(ActionLog, action="print passes"), all="1"),
    "admin:attendance_courseresult_renew_pass": posted(
        there(PassCode, version=2), pk=lambda w: w.a.registration.pk
    ),
    "admin:courses_trainee_reveal": posted(there(ActionLog, action="reveal")),
    "admin:attendance_person_merge": posted(
        lambda world, actor: Trainee.objects.get(pk=world.a.unregistered.pk).merged_into == world.a.trainee,
        full_name="kept", position="kept", office="kept", phone="kept", citizen_number="kept",
    ),
    "admin:attendance_person_undo_merge": posted(
        lambda world, actor: Trainee.objects.get(pk=world.a.merge.gone_id).merged_into is None
    ),
    "admin:attendance_courseresult_renew_link": posted(
        lambda world, actor: Trainee.objects.get(pk=world.a.trainee.pk).link_version == 2,
        what="trainees", pk=lambda w: w.a.registration.pk,
    ),
    "admin:attendance_courseresult_renew_feed": posted(
        lambda world, actor: Trainee.objects.get(pk=world.a.trainee.pk).feed_version == 2,
        what="trainees", pk=lambda w: w.a.registration.pk,
    ),
    "account_login": posted(
        lambda world, actor: User.objects.get(pk=world.a.coordinator.pk).last_login is not None,
        login="coordinator-a", password=PASSWORD,
    ),
    "account_change_password": posted(_chose_password, oldpassword=PASSWORD, **PASSWORDS),
    "mfa_activate_totp": Write(_enrolling, _has(Authenticator.Type.TOTP)),
    "mfa_deactivate_totp": posted(
        lambda world, actor: actor in world.users and not _has(Authenticator.Type.TOTP)(world, actor), _enrolled
    ),
    "mfa_generate_recovery_codes": posted(_has(Authenticator.Type.RECOVERY_CODES), _enrolled),
    "courses:invitation": posted(
        lambda world, actor: Invitation.objects.get(pk=world.a.invitation.pk).used_at is not None, **PASSWORDS
    ),
}  # fmt: skip
WRITES |= {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_export": posted(there(ActionLog, action="export list"))
    for model, pages in admin.site._registry.items()
    if pages.list_display
}
