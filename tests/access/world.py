"""Two hosts with everything that can be theirs, each text with a word that says whose it is.

A word that begins with z is of something that only its host's people may see, one that begins with p of something that
a published page says too, one with o stands in the names of offices, which are no secret among those who work here. The
second letter is the side: `zaquyt` is a secret of host A, `pbquyt` is public of host B. The ending tells people apart:
`zaquytmot` and her colleague `zaquytban` are of the first office, `zaquythai` is of the second.
"""

import datetime as dt
import json
from types import SimpleNamespace
from uuid import uuid4

from attendance.constants import (
    BatchWork,
    CertificateState,
    CorrectionState,
    LeaveState,
    MarkState,
    Matched,
    PaperKind,
    SignatureState,
)
from attendance.forms.lists import usual_choice
from attendance.models import (
    Certificate,
    Correction,
    Event,
    LeaveRequest,
    Mark,
    PaperWords,
    RefusedScan,
    RegisterBook,
    Sheet,
    SignedCopy,
    TrustedRoot,
)
from attendance.rendering.certificate import CertificateFacts
from attendance.reports.papers import Order
from attendance.services.blanks import add_blanks
from attendance.services.class_papers import keep_decision
from attendance.services.course_rules import set_rule
from attendance.services.doors import make_door
from attendance.services.ending import confirm_lost
from attendance.services.ledger import Change, mark_by_hand
from attendance.services.lists import save_list_form
from attendance.services.merging import merge_trainees
from attendance.services.paper_work import start_work, stop_work
from attendance.services.register import open_book, prepare_paper
from attendance.services.scans import Scan, take_scans
from attendance.services.sheets import file_signed_sheet
from attendance.services.templates import save_template
from attendance.services.walk_ins import add_walk_in
from attendance.services.words import authorise
from attendance.tests.signing import Authority
from courses.constants import codes, links
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState, FilePurpose, Occasion, RequestKind, RoleKind
from courses.constants.clock import now, today
from courses.constants.partial_dates import PartialDate
from courses.models import (
    BackgroundTask,
    Block,
    ColumnMeaning,
    Course,
    Heading,
    ImportBatch,
    Index,
    Material,
    MessageText,
    Office,
    OfficeAlias,
    OfficeAnswer,
    OfficeSuccession,
    PlannedClass,
    Registration,
    Responsibility,
    Role,
    Seats,
    Session,
    Setting,
    Signer,
    Speaker,
    Topic,
    Trainee,
    TraineeRequest,
    User,
    Venue,
)
from courses.rules.actors import actor_of
from courses.services.invitations import invite
from courses.services.offices import set_paths
from courses.services.records import log_action, store_file, store_scan
from courses.services.registrations import register
from courses.services.requests import ask_for_correction
from courses.services.rosters.reading import read_roster
from courses.services.schedule import Item, Where, set_session
from courses.services.trainees import save_trainee
from courses.services.transfers import move_people
from courses.tasks.housekeeping import tidy_tasks

PASSWORD = "chín con voi trắng 2022"
MORNING, AFTERNOON = (dt.time(7, 30), dt.time(11, 0)), (dt.time(13, 30), dt.time(17, 0))


class World:
    """Both hosts, the one person whom both have registered, and the people who work with the site."""

    def __init__(self):
        self.shared = SimpleNamespace(office=_office("chung", "Đơn vị Chung"))
        set_paths()
        self.shared.trainee = _trainee(self.shared.office, "Ngô Thử Chung", 999)
        self.a, self.b = Side(self, "a"), Side(self, "b")
        self.superuser = _user("superuser", superuser=True)
        self.responsibility = Responsibility.objects.create(code="viec-thu", name="Việc thử")
        self.words = PaperWords.objects.create(
            kind=PaperKind.CONFIRMATION, title="Giấy xác nhận", completed="Đã hoàn thành", abbreviation="GXN"
        )
        self.task = BackgroundTask.objects.get(pk=tidy_tasks.enqueue().id)
        BackgroundTask.objects.update(status="FAILED", exception_class_path="builtins.ValueError")
        self.root = TrustedRoot.objects.create(
            name="Gốc sẵn có", pem=Authority("Gốc sẵn có").pem, fingerprint="0" * 64, added_at=now()
        )
        self.setting = Setting.objects.create(key="a setting", value={})
        self.index = Index.objects.create(code="THU", name="Chỉ số thử")


class Side:
    """One host: its offices, accounts, classes, people and papers."""

    def __init__(self, world: World, letter: str):
        self.letter, self.shared = letter, world.shared
        self.secret, self.public = f"z{letter}quyt", f"p{letter}quyt"
        self._offices()
        self._accounts()
        self._kept()
        self._course()
        self._people()
        self._record()
        self._rest()

    def _offices(self):
        name = f"o{self.letter}quyt"
        self.host = _office(f"host-{self.letter}", f"Đơn vị {name}")
        self.first = _office(f"host-{self.letter}-1", f"Phường {name} Một", self.host)
        self.second = _office(f"host-{self.letter}-2", f"Phường {name} Hai", self.host)
        # It ended and passed its work to the first.
        self.past = _office(f"past-{self.letter}", f"Xã {name} Cũ", valid_to=today() - dt.timedelta(days=500))
        OfficeSuccession.objects.create(old=self.past, new=self.first, date=self.past.valid_to)
        OfficeAlias.objects.create(office=self.first, text=f"P. {name} 1", key=f"p {self.letter} 1")
        set_paths()
        self.heading = Heading.objects.create(
            office=self.host, superior=f"Cấp trên {self.secret}", body=f"Cơ quan {self.secret}", place="Nơi Thử"
        )
        self.signer = Signer.objects.create(
            office=self.host, authority="KT. CHỦ TỊCH", title=f"Phó {self.secret}", full_name=f"Người Ký {self.secret}"
        )

    def _accounts(self):
        of = self.letter
        self.organiser = _user(f"organiser-{of}", self.secret, (RoleKind.ORGANISER, self.host))
        self.officer = _user(f"officer-{of}", self.secret, (RoleKind.OFFICER, self.host))
        self.coordinator = _user(f"coordinator-{of}", self.secret, (RoleKind.COORDINATOR, self.first))
        self.other_coordinator = _user(f"coordinator-{of}-2", self.secret, (RoleKind.COORDINATOR, self.second))
        self.role = self.coordinator.roles.get()
        self.actor = actor_of(self.organiser)
        self.invitation, self.invitation_token = invite(
            {"full_name": f"Người Mời {self.secret}", "username": f"moi-{of}"},
            RoleKind.COORDINATOR,
            self.first,
            actor=self.actor,
        )

    def _kept(self):
        self.venue = Venue.objects.create(
            office=self.host, name=f"Hội trường {self.public}", address=f"Đường {self.public}", directions=self.public
        )
        self.speaker = Speaker.objects.create(
            office=self.host, full_name=f"Người Nói {self.public}", title=f"Chức {self.public}", phone="0900000077"
        )

    def _course(self):
        first = today() - dt.timedelta(days=3)
        self.course = Course.objects.create(
            code=f"lop-{self.public}",
            title=f"Lớp thử {self.public}",
            summary=f"Tóm tắt {self.public}",
            audience=f"Ai {self.public}",
            contact=f"Hỏi {self.public}",
            host_office=self.host,
            starts_on=first,
            ends_on=first + dt.timedelta(days=1),
            state=CourseState.RUNNING,
        )
        self.block = Block.objects.create(course=self.course, code="A", title=f"Khối {self.public}")
        self.topic = Topic.objects.create(block=self.block, title=f"Chuyên đề {self.public}")
        self.material = Material.objects.create(
            course=self.course,
            title=f"Tài liệu {self.public}",
            file=store_file(self.public.encode(), purpose=FilePurpose.MATERIAL, media_type="application/pdf"),
            file_name=f"{self.public}.pdf",
        )
        self.session = self._half_day(first, MORNING)
        self.later = self._half_day(first, AFTERNOON)
        # Nothing hangs on these.
        self.spare_session = set_session(
            Session(course=self.course), actor=SYSTEM, date=self.course.ends_on, begins=dt.time(13), ends=dt.time(15)
        )
        self.spare_venue = Venue.objects.create(office=self.host, name=f"Phòng {self.secret}")
        self.message_text = MessageText.objects.create(
            office=self.host, occasion=Occasion.NAMED, subject=f"Được cử {self.secret}", body="Mời {ho_ten}"
        )
        self.spare_speaker = Speaker.objects.create(office=self.host, full_name=f"Người Dự Bị {self.secret}")
        self.place = self.session.places.get()
        self.part = self.session.agenda.get()
        self.seats = Seats.objects.create(course=self.course, office=self.first, number=37)
        self.answer = OfficeAnswer.objects.create(
            course=self.course,
            office=self.first,
            signed_copy=store_file(self.secret.encode(), purpose=FilePurpose.ANSWER, media_type="application/pdf"),
            signed_copy_name=f"{self.secret}.pdf",
        )
        self.other_answer = OfficeAnswer.objects.create(course=self.course, office=self.second)
        self.draft = Course.objects.create(
            code=f"nhap-{self.secret}",
            title=f"Lớp nháp {self.secret}",
            host_office=self.host,
            starts_on=first,
            ends_on=first,
        )

    def _half_day(self, day, hours) -> Session:
        return set_session(
            Session(course=self.course),
            actor=SYSTEM,
            date=day,
            begins=hours[0],
            ends=hours[1],
            agenda=[Item(self.topic, self.speaker)],
            places=[Where(self.venue)],
            note=f"Ghi chú {self.public}",
        )

    def _people(self):
        number = 10 if self.letter == "a" else 20
        self.trainee = _trainee(self.first, f"Ngô {self.secret}mot Mẫu", number, position=f"Chức {self.secret}mot")
        self.colleague = _trainee(self.first, f"Ngô {self.secret}ban Mẫu", number + 1)
        self.stranger = _trainee(self.second, f"Ngô {self.secret}hai Mẫu", number + 2)
        self.unregistered = _trainee(self.second, f"Ngô {self.secret}ba Mẫu", number + 3)
        # Two entries of one person, made one.
        self.twin = _trainee(self.second, f"Ngô {self.secret}bon Mẫu", number + 4)
        self.merge = merge_trainees(
            self.twin, _trainee(self.second, f"Ngô {self.secret}bon Mẫu", number + 5), actor=SYSTEM
        )
        people = [self.trainee, self.colleague, self.stranger, self.shared.trainee]
        registered = [register(self.course, person, actor=self.actor) for person in people]
        self.registration, self.colleague_registration, self.stranger_registration, self.shared_registration = (
            registered
        )
        Registration.objects.filter(pk=self.shared_registration.pk).update(position=f"Chức {self.secret} chung")

    def _record(self):
        present = [
            Change(registration.pk, "", MarkState.PRESENT)
            for registration in (self.registration, self.colleague_registration, self.shared_registration)
        ]
        mark_by_hand(self.session, present, actor=self.actor, submission=uuid4())
        mark_by_hand(self.later, present[:2], actor=self.actor, submission=uuid4())
        self.mark = Mark.objects.get(session=self.session, registration=self.registration)
        self.event = Event.objects.filter(session=self.session, registration=self.registration).get()
        self.sheet = Sheet.objects.get(session=self.session)
        self.walk_in = add_walk_in(self.session, f"Khách {self.secret}", actor=self.actor, submission=uuid4())
        self.scan = file_signed_sheet(self.session, b"%PDF-1.7 phieu", name=f"{self.secret}.pdf", actor=self.actor)
        self.rule = set_rule(
            self.course, actor=self.actor, share=50, measure="half_days", late_counts="full", left_early_counts="full",
            excused_counts="none", must_attend=[self.session],
        )  # fmt: skip
        officer = actor_of(self.officer)
        self.book = open_book(issuer=self.host, kind=PaperKind.ATTESTATION, year=today().year, actor=officer)
        order = Order(issuer=self.host, signer=self.signer, issue_date=today(), decision_number=f"12/QĐ-{self.secret}")
        # One paper as it is really drawn; it is issued. That of a colleague waits for its signature.
        self.certificate = prepare_paper(self.registration, order, actor=officer)
        Certificate.objects.filter(pk=self.certificate.pk).update(state=CertificateState.ISSUED, issued_at=now())
        self.certificate.refresh_from_db()
        self.prepared = prepare_paper(self.colleague_registration, order, actor=officer)
        # Long since answered: the paper can be asked about.
        self.correction = Correction.objects.create(
            certificate=self.certificate, words=f"Sai {self.secret}mot", asked_as="trainee", asked_at=now(),
            due_on=today(), state=CorrectionState.REFUSED, answer=f"Đúng {self.secret}mot", answered_at=now(),
        )  # fmt: skip
        # Work that was stopped before its one person, and the decision as it was kept.
        self.work = stop_work(
            start_work(
                self.course, BatchWork.PREPARE, actor=officer, order=order, registration_ids=[self.registration.pk]
            ),
            actor=officer,
        )
        self.decision = keep_decision(
            self.course, f"%PDF-1.7 {self.secret}".encode(), actor=officer, number=f"12/QĐ-{self.secret}", date=today()
        )
        choice = usual_choice("people")
        self.kept_list = save_list_form(self.host, choice, name=f"Mẫu {self.secret}", actor=officer)
        self.copy = SignedCopy.objects.create(
            course=self.course, certificate=self.prepared, file=self.prepared.pdf, file_name=f"{self.secret}ky.pdf",
            matched=Matched.WAITS, state=SignatureState.UNCHECKED, added_at=now(),
            signatures=[{"signer": f"Ngô Ký {self.secret}", "at": "", "trusted": False}],
        )  # fmt: skip
        self.old_book = RegisterBook.objects.create(
            issuer=self.host, kind=PaperKind.ATTESTATION, year=1999, opening_reason=f"Sổ cũ {self.secret}"
        )
        self.old_entry = Certificate.objects.create(
            book=self.old_book, number=1, code=codes.new_code(), state=CertificateState.ISSUED,
            facts={"number": f"001/{self.secret}", "full_name": f"Người Cũ {self.secret}"},
            issue_date=dt.date(1999, 6, 1), prepared_at=now(),
        )  # fmt: skip
        kind = PaperKind.ATTESTATION
        self.template = save_template(issuer=self.host, kind=kind, name=f"Mẫu {self.secret}", actor=officer)
        self.blanks = add_blanks(issuer=self.host, kind=kind, prefix=self.secret, first=1, last=9, actor=officer)
        self.power = authorise(self.host, document=f"QĐ {self.secret}", actor=SYSTEM)

        # One of the old book was lost; what confirms it waits for its signature.
        facts = CertificateFacts(
            number=f"002/{self.secret}", code=codes.new_code(), superior_body="", issuing_body=f"Cơ quan {self.secret}",
            place="Nơi Thử", issued_on="1999-06-01", full_name=f"Người Mất {self.secret}", course_title="Lớp xưa",
            starts_on="", ends_on="", sign_lines=(), signer="",
        )  # fmt: skip
        lost = Certificate.objects.create(
            book=self.old_book, number=2, code=facts.code, state=CertificateState.ISSUED,
            facts=json.loads(facts.to_json()), issue_date=dt.date(1999, 6, 1), prepared_at=now(),
        )  # fmt: skip
        self.in_place = confirm_lost(lost, order, actor=officer)

    def _rest(self):
        year = self.course.starts_on.year
        self.planned = PlannedClass.objects.create(host=self.host, year=year, title=f"Lớp dự kiến {self.secret}")
        self.batch = self._read()
        self.meaning = ColumnMeaning.objects.create(
            host=self.host, title=f"Cột {self.secret}", key=f"cot {self.secret}", field="birth", said_at=now()
        )
        self.row = self.batch.rows.first()
        self.own_batch = self._sent_by_its_office()
        own = Actor("trainee", trainee_id=self.colleague.pk)
        self.request = ask_for_correction(self.colleague, words=f"Sai chức vụ {self.secret}", actor=own)
        # Long since answered: it stands on no page of what is waiting.
        self.absence = LeaveRequest.objects.create(
            registration=self.registration,
            reason=f"Ốm {self.secret}",
            state=LeaveState.REFUSED,
            asked_at=now(),
            paper=store_scan(b"%PDF-1.7 " + self.secret.encode(), purpose=FilePurpose.LEAVE),
        )
        self.link_request = TraineeRequest.objects.create(
            trainee=self.trainee,
            kind=RequestKind.LINK,
            words=f"Xin {self.secret}",
            asked_as="nobody",
            asked_at=now(),
            due_on=today(),
        )
        self.entry = log_action(
            self.actor, "change", self.course, course=self.course, changes={"note": ["", self.secret]}
        )
        log_action(self.actor, "change", self.shared.trainee, course=None, changes={"note": ["", self.secret]})
        # Somebody of the office that ended was moved over.
        self.newcomer = _trainee(self.past, f"Ngô {self.secret}nam Mẫu", 18 if self.letter == "a" else 28)
        self.transfer = move_people(
            self.past, self.first, [self.newcomer.pk], effective_on=self.past.valid_to, actor=SYSTEM
        )
        self.door = make_door(
            self.course,
            [self.session, self.later],
            name=f"Cửa {self.secret}cua",
            until=now() + dt.timedelta(hours=4),
            actor=self.actor,
        )
        # Nobody's code, read when none of its half-days was near.
        take_scans(self.door, [Scan(uuid4(), now(), code="không phải thẻ")], device=uuid4(), sent=now())
        self.refused = RefusedScan.objects.get(door=self.door)
        self.trainee_token = links.trainee_token(self.trainee.pk, 1)
        self.office_token = links.office_token(self.answer.pk, 1)
        self.pass_code = links.pass_code(self.registration.pk, 1)
        self.door_token = links.door_token(self.door.pk)

    def _sent_by_its_office(self) -> ImportBatch:
        text = f"STT,Họ và tên,Ngày sinh\n1,Bùi Thử {self.secret},01/03/1980"
        name = f"danh sach don vi {self.secret}.csv"
        batch = read_roster(self.course, text.encode(), name, actor=self.actor, office=self.first)
        batch.by_link = True
        batch.save()
        return batch

    def _read(self) -> ImportBatch:
        """A list of one person whom nobody knows yet."""
        text = f"STT,Họ và tên,Ngày sinh,Đơn vị\n1,Ngô Thử {self.secret},01/03/1980,{self.first}"
        return read_roster(self.course, text.encode(), f"danh sach {self.secret}.csv", actor=self.actor)


def _office(code: str, name: str, parent: Office | None = None, **fields) -> Office:
    return Office.objects.create(code=code, name=name, kind="department", parent=parent, **fields)


def _user(username: str, word: str = "", *roles, superuser: bool = False) -> User:
    user = User(
        username=username,
        full_name=f"Người Làm {word} {username}",
        is_superuser=superuser,
        is_staff=superuser or any(kind != RoleKind.COORDINATOR for kind, _office in roles),
    )
    user.set_password(PASSWORD)
    user.save()
    for kind, office in roles:
        Role.objects.create(user=user, kind=kind, office=office, valid_from=today() - dt.timedelta(days=400))
    return user


def _trainee(office: Office, name: str, number: int, **fields) -> Trainee:
    """Somebody who does not exist: no serial of a citizen number begins with 000."""
    return save_trainee(
        Trainee(), actor=SYSTEM, full_name=name, office=office, gender="f", birth=PartialDate.parse("05/06/1975"),
        phone=f"0900000{number:03d}", citizen_number=f"093175000{number:03d}", **fields,
    )  # fmt: skip
