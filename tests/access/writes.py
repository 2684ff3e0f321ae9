"""For each address that writes: what is posted to it, by whoever, and how the database shows that it was done."""

import datetime as dt
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.constants import (
    Claim,
    MarkState,
    SheetState,
)
from attendance.models import (
    Door,
    Event,
    EventWords,
    LeaveRequest,
    ListForm,
    Mark,
    PassCode,
    RefusedScan,
    Sheet,
    SheetCopy,
    SheetPaper,
)
from courses.constants.choices import (
    BatchState,
    CourseState,
    MessageState,
    RegistrationState,
)
from courses.constants.clock import today
from courses.models import (
    ActionLog,
    Block,
    ColumnMeaning,
    Course,
    ImportBatch,
    Index,
    Invitation,
    Message,
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
from courses.services.rosters.applying import apply_batch
from courses.services.schedule import next_day
from tests.access.brought_about import (
    PASSWORDS,
    ROSTER,
    chose_password,
    closed_sheet,
    enrolled,
    enrolling,
    failed,
    half_day_ahead,
    has,
    held_elsewhere,
    is_state,
    marked_by_all,
    now_in,
    put,
    registered,
    said_by_file,
    said_by_paper,
    seen,
    still_held,
    to_tell,
    typed_from_paper,
    unread,
)
from tests.access.posting import NEW, Write, as_shown, posted, there, typed, vietnamese
from tests.access.world import PASSWORD

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
        lambda world, actor: is_state(world, RegistrationState.CONFIRMED),
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
        lambda world, actor: world.a.session.changes.count() == 2, held_elsewhere,
        change=lambda w: w.a.session.changes.get().pk,
    ),
    "admin:courses_session_sent_to_group": posted(
        there(ActionLog, action="text to group"), held_elsewhere, change=lambda w: w.a.session.changes.get().pk
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
        lambda world, actor: is_state(world, RegistrationState.WITHDRAWN)
    ),
    "admin:courses_registration_add": typed(registered, trainee=lambda w: w.a.unregistered.pk),
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
        there(ColumnMeaning, key="danh tinh", field="full_name"), unread,
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
    "admin:attendance_attendancesheet_reopening": posted(there(Sheet, reopened_why=NEW), closed_sheet, why=NEW),
    "admin:attendance_attendancesheet_screen": posted(there(Sheet, screen_version=2), version="1"),
    "admin:attendance_attendancesheet_waiting": posted(
        there(Mark, state=MarkState.LATE),
        submission=lambda w: str(uuid4()), registration=lambda w: w.a.registration.pk, state=MarkState.LATE,
    ),
    "admin:attendance_attendancesheet_undo": Write(
        lambda world, path, client: {"submission": str(uuid4())},
        lambda world, actor: Event.objects.filter(session=world.a.session, claim=Claim.UNDO).exists(),
        marked_by_all,
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
    "admin:attendance_attendancesheet_paper": Write(typed_from_paper, said_by_paper),
    "admin:attendance_attendancesheet_paper_list": Write(
        lambda world, path, client: {
            "submission": str(uuid4()),
            f"shown-{world.a.stranger_registration.pk}": "",
            f"mark-{world.a.stranger_registration.pk}": MarkState.PRESENT,
        },
        said_by_paper,
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
        marked_by_all,
    ),
    "admin:attendance_courseresult_table_export": posted(there(ActionLog, action="export marks")),
    "admin:attendance_courseresult_table_import": Write(
        lambda world, path, client: {"said": said_by_file(world, client)},
        there(Event, way="import", says="late"),
    ),
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
        lambda world, actor: Message.objects.filter(course=world.a.course).exists(), still_held,
        occasion="confirmed", seen=seen, submission=lambda w: str(uuid4()),
    ),
    "admin:attendance_courseresult_tell_texts": posted(there(ActionLog, action="show links"), to_tell),
    "admin:attendance_courseresult_tell_told": posted(
        there(Message, state=MessageState.TOLD), to_tell, told=lambda w: Message.objects.get().pk
    ),
    "admin:attendance_courseresult_message_act": posted(
        there(Message, state=MessageState.DROPPED), to_tell, pk=lambda w: Message.objects.get().pk, what="drop"
    ),
    "admin:attendance_courseresult_messages_again": posted(there(Message, state=MessageState.QUEUED), failed),
    "admin:courses_messagetext_add": typed(
        there(MessageText, subject=NEW), occasion="missing", subject=NEW, body="Mời {ho_ten}",
        office=lambda w: w.a.host.pk,
    ),
    "admin:courses_messagetext_change": typed(there(MessageText, subject=NEW), subject=NEW),
    "admin:courses_messagetext_delete": posted(
        lambda world, actor: not MessageText.objects.filter(pk=world.a.message_text.pk).exists(), post="yes"
    ),
    "admin:attendance_courseresult_doors": posted(
        there(Door, name=NEW), half_day_ahead, sessions=lambda w: w.a.session.pk, name=NEW, until=""
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
    "account_change_password": posted(chose_password, oldpassword=PASSWORD, **PASSWORDS),
    "mfa_activate_totp": Write(enrolling, has(Authenticator.Type.TOTP)),
    "mfa_deactivate_totp": posted(
        lambda world, actor: actor in world.users and not has(Authenticator.Type.TOTP)(world, actor), enrolled
    ),
    "mfa_generate_recovery_codes": posted(has(Authenticator.Type.RECOVERY_CODES), enrolled),
    "courses:invitation": posted(
        lambda world, actor: Invitation.objects.get(pk=world.a.invitation.pk).used_at is not None, **PASSWORDS
    ),
}  # fmt: skip
WRITES |= {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_export": posted(there(ActionLog, action="export list"))
    for model, pages in admin.site._registry.items()
    if pages.list_display
}
