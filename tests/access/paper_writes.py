"""What is posted about results, certificates, their templates and books, and the file of a class."""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from attendance.constants import (
    CertificateState,
    CorrectionState,
    WorkState,
)
from attendance.models import (
    BlankRange,
    Certificate,
    ClassPaper,
    Completion,
    Correction,
    CourseRule,
    IssuerAuthority,
    PaperBatch,
    PaperTemplate,
    PaperWords,
    RegisterBook,
    ReportWords,
    Score,
    SignedCopy,
    SpoiledBlank,
    TrustedRoot,
    WordTemplate,
)
from attendance.rendering.wordings import wording
from attendance.services.handing_over import hand_over
from attendance.tests.signing import authority, signed
from courses.constants.actors import SYSTEM
from courses.constants.clock import today
from courses.models import (
    ActionLog,
)
from courses.services.records import read_file
from tests.access.brought_about import (
    asked_again,
    due,
    old_rows,
    own_wording,
    points_in_file,
    unearned,
    with_a_test,
    with_room_for_old_papers,
    work_under_way,
)
from tests.access.posting import NEW, Write, posted, there, typed, vietnamese

PAPER_WRITES = {
    "admin:attendance_registerbook_old": Write(
        lambda world, path, client: {"rows": old_rows(world, client)},
        there(Certificate, number=7, registration=None),
        with_room_for_old_papers,
    ),
    "admin:attendance_certificate_revoke": posted(
        there(Certificate, state=CertificateState.REVOKED, ended_document=NEW),
        ground="lent",
        document=NEW,
        document_date=lambda w: vietnamese(today()),
        why="",
    ),
    "admin:attendance_certificate_reissue": posted(
        there(Certificate, replacing="error"),
        why=NEW,
        signer=lambda w: w.a.signer.pk,
        issue_date=lambda w: vietnamese(today()),
    ),
    "admin:attendance_certificate_confirm": posted(
        there(Certificate, replacing="lost"),
        why="",
        signer=lambda w: w.a.signer.pk,
        issue_date=lambda w: vietnamese(today()),
    ),
    "admin:attendance_certificate_issue": posted(
        lambda world, actor: Certificate.objects.get(pk=world.a.in_place.pk).state == CertificateState.ISSUED
    ),
    "admin:attendance_correction_change": posted(
        there(Correction, state=CorrectionState.REFUSED, answer=NEW), asked_again, answer=NEW
    ),
    "admin:attendance_registerbook_add": posted(
        there(RegisterBook, year=1998),
        issuer=lambda w: w.a.host.pk,
        kind="attestation",
        year="1998",
        opening_number="1",
    ),
    "admin:attendance_papertemplate_add": posted(
        there(PaperTemplate, name=NEW),
        issuer=lambda w: w.a.host.pk,
        kind="attestation",
        name=NEW,
        size="a4",
        offset_x="0",
        offset_y="0",
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
        points_in_file, there(Score, points=Decimal("7.25")), with_a_test
    ),
    "admin:attendance_courseresult_results_export": posted(there(ActionLog, action="export marks")),
    "admin:attendance_courseresult_special_case": posted(
        there(Completion, override_document=NEW), why=NEW, document=NEW, decided_by=NEW
    ),
    "admin:attendance_courseresult_prepare": posted(
        lambda world, actor: RegisterBook.objects.get(pk=world.a.book.pk).last_number > 2,
        signer=lambda w: w.a.signer.pk,
        issue_date=lambda w: vietnamese(today()),
        count=due,
    ),
    "admin:attendance_courseresult_issue": posted(
        lambda world, actor: (
            world.a.prepared.__class__.objects.get(pk=world.a.prepared.pk).state == CertificateState.ISSUED
        ),
        count="1",
    ),
    "admin:attendance_courseresult_papers": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_papers_zip": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_hand_over_list": posted(there(ActionLog, action="export papers")),
    "admin:attendance_registerbook_xlsx": posted(there(ActionLog, action="export papers")),
    "admin:attendance_registerbook_pdf": posted(there(ActionLog, action="export papers")),
    "admin:attendance_courseresult_decision": posted(
        there(ClassPaper, number="99/QĐ"),
        signer=lambda w: w.a.signer.pk,
        deciding="Chủ tịch",
        bases="Căn cứ",
        number="99/QĐ",
        date=lambda w: vietnamese(today()),
        keep="1",
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
    "admin:attendance_wordtemplate_standard": posted(there(WordTemplate, file=None), own_wording),
    "admin:attendance_courseresult_stop_paper_work": posted(
        lambda world, actor: PaperBatch.objects.get(pk=world.a.work.pk).state == WorkState.STOPPED, work_under_way
    ),
    "admin:attendance_courseresult_paper_work_again": posted(
        lambda world, actor: PaperBatch.objects.filter(course=world.a.course).count() == 2
    ),
    "admin:attendance_courseresult_hand_over": posted(
        there(Certificate, state=CertificateState.HANDED_OVER),
        on=lambda w: vietnamese(today()),
        to="",
        pk=lambda w: w.a.certificate.pk,
    ),
    "admin:attendance_courseresult_hand_back": posted(
        lambda world, actor: Certificate.objects.get(pk=world.a.certificate.pk).state == CertificateState.ISSUED,
        lambda world: hand_over(world.a.course, [world.a.certificate.pk], actor=SYSTEM, on=today()),
    ),
    "admin:attendance_courseresult_void": posted(there(Certificate, state=CertificateState.VOID), unearned, count="1"),
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
}
