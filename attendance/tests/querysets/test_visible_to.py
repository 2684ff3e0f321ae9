"""Who sees which rows: every model that has `visible_to`, for every kind of actor, of the plan and of the record.

Two classes of two hosts stand side by side, each with a row of every model: "A" belongs to the first, "B" to the other.
"""

import datetime as dt
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction

from attendance.models import (
    BlankRange,
    Certificate,
    ClassPaper,
    Completion,
    Correction,
    CourseRule,
    Door,
    DoorPhone,
    Event,
    Grant,
    IssuerAuthority,
    LeaveRequest,
    ListForm,
    Mark,
    PaperBatch,
    PaperTemplate,
    PassCode,
    RefusedScan,
    RegisterBook,
    ReportWords,
    Score,
    Sheet,
    SignedCopy,
    WordTemplate,
)
from attendance.services.course_rules import set_rule
from attendance.services.register import prepare_papers
from attendance.tests.records import Class, door_with_phones, officer_of
from courses.constants import links
from courses.constants.actors import NOBODY, SYSTEM, Actor
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import now
from courses.models import (
    ActionLog,
    Block,
    ColumnMeaning,
    Course,
    Heading,
    ImportBatch,
    ImportRow,
    Invitation,
    Material,
    Message,
    MessageLine,
    MessageText,
    Office,
    OfficeAnswer,
    OfficeSuccession,
    Place,
    PlannedClass,
    Registration,
    Role,
    Seats,
    Session,
    SessionChange,
    SessionTopic,
    Signer,
    Speaker,
    Topic,
    Trainee,
    TraineeRequest,
    Transfer,
    User,
    Venue,
)  # fmt: skip
from courses.rules.actors import actor_of, answer_of_link
from courses.services.records import log_action
from courses.services.registrations import register
from courses.tests.planning import make_office, make_organiser, make_speaker, make_trainee, make_venue, organiser_of


class Side(Class):
    """A class with one row of every model."""

    def __init__(self, code):
        super().__init__(code=code)
        [self.registration] = self.attended(1)
        self.coordinator = make_organiser(self.ward, RoleKind.COORDINATOR)
        self.role = Role.objects.get(user=self.coordinator)
        self.rows = {
            Heading: Heading.objects.get(office=self.host),
            Signer: self.signer,
            Venue: make_venue(self.host),
            Speaker: make_speaker(self.host),
            Course: self.course,
            Block: self.a,
            Topic: self.a.topics.get(),
            Session: self.general,
            Seats: Seats.objects.create(course=self.course, office=self.ward, number=3),
            OfficeAnswer: OfficeAnswer.objects.get(course=self.course, office=self.ward),
            Material: Material.objects.create(course=self.course, title="Tài liệu", link="https://example.vn/"),
            Registration: self.registration,
            Trainee: self.registration.trainee,
            User: self.coordinator,
            Role: self.role,
            ColumnMeaning: ColumnMeaning.objects.create(host=self.host, title="Cột lạ", key="cot la", said_at=now()),
            Transfer: Transfer.objects.create(
                old=self.ward, new=self.other_ward, effective_on=self.course.starts_on, done_at=now()
            ),
            Invitation: Invitation.objects.create(
                role=self.role, token_hash=code, created_at=now(), expires_at=now() + dt.timedelta(days=1)
            ),
            ImportBatch: ImportBatch.objects.create(course=self.course, file_name="x.csv", uploaded_at=now()),
            ActionLog: log_action(SYSTEM, "change", self.course, course=self.course),
            Sheet: Sheet.objects.get(session=self.general),
            Event: Event.objects.get(session=self.general),
            Mark: Mark.objects.get(session=self.general),
            CourseRule: set_rule(self.course, actor=self.organiser, share=80),
        }
        [result] = prepare_papers(self.course, self.order, actor=self.officer)
        self.rows |= {
            Place: Place.objects.create(session=self.general, venue=self.rows[Venue]),
            SessionTopic: SessionTopic.objects.create(session=self.general, topic=self.rows[Topic]),
            ImportRow: ImportRow.objects.create(
                batch=self.rows[ImportBatch], row=2, sealed="x", status="ok", decision="new"
            ),
            Certificate: result.certificate,
            RegisterBook: result.certificate.book,
            Correction: Correction.objects.create(
                certificate=result.certificate, words="Sai", asked_as="trainee", asked_at=now(), due_on=now().date()
            ),
            LeaveRequest: LeaveRequest.objects.create(registration=self.registration, reason="ốm", asked_at=now()),
            Completion: Completion.objects.get(registration=self.registration),
            Score: Score.objects.create(registration=self.registration, points=8, entered_at=now()),
            ClassPaper: ClassPaper.objects.create(course=self.course, kind="decision", made_at=now()),
            ReportWords: ReportWords.objects.create(course=self.course, changed_at=now()),
            WordTemplate: WordTemplate.objects.create(host=self.host, kind="plan", made_at=now()),
            ListForm: ListForm.objects.create(host=self.host, name="Ký nhận", changed_at=now()),
            PlannedClass: PlannedClass.objects.create(host=self.host, year=2026, title="Lớp dự kiến"),
            PaperBatch: PaperBatch.objects.create(course=self.course, work="prepare", asked_at=now()),
            SessionChange: SessionChange.objects.create(session=self.general, at=now(), old={}, new={}),
            MessageText: MessageText.objects.create(office=self.host, occasion="named", subject="Lớp", body="Kính gửi"),
            Message: Message.objects.create(
                course=self.course,
                act=uuid4(),
                trainee=self.registration.trainee,
                channel="by_hand",
                state="to_tell",
                approved_at=now(),
            ),
            TraineeRequest: TraineeRequest.objects.create(
                trainee=self.registration.trainee,
                kind="correction",
                asked_as="trainee",
                asked_at=now(),
                due_on=now().date(),
            ),
            PaperTemplate: PaperTemplate.objects.create(issuer=self.host, name="Mẫu", made_at=now()),
            BlankRange: BlankRange.objects.create(issuer=self.host, first=1, last=9, next_number=1, made_at=now()),
            IssuerAuthority: IssuerAuthority.objects.create(issuer=self.host, document="QĐ"),
            SignedCopy: SignedCopy.objects.create(
                course=self.course, file=result.certificate.pdf, matched="waits", state="unchecked", added_at=now()
            ),
        }
        door = door_with_phones(self.general)
        self.rows |= {
            MessageLine: MessageLine.objects.create(message=self.rows[Message], occasion="named"),
            Door: door,
            DoorPhone: DoorPhone.objects.get(door=door),
            RefusedScan: RefusedScan.objects.create(
                door=door, reason="not_a_pass", client_id=uuid4(), happened_at=now(), arrived_at=now()
            ),
            Grant: Grant.objects.create(
                session=self.general, secret_hash=code, browser_hash="", client_id=uuid4(), made_at=now(), until=now()
            ),
            PassCode: PassCode.objects.create(
                registration=self.registration, course=self.course, short="7K39QD", made_at=now()
            ),
        }


@pytest.fixture(scope="module")
def both(django_db_setup, django_db_blocker):
    """Made once: what a test writes on it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {"A": Side("A"), "B": Side("B")}
        transaction.set_rollback(True)


@pytest.fixture
def sides(both, db):
    return both


def actors(sides):
    """Named as the table below names them; all are of side A, but for those called foreign."""
    a, b = sides["A"], sides["B"]
    answer = a.rows[OfficeAnswer]
    return {
        "nobody": NOBODY,
        "trainee": Actor("trainee", trainee_id=a.registration.trainee_id),
        "office": Actor("office", answer_id=answer.pk, office_id=a.ward.pk, course_id=a.course.pk),
        "coordinator": actor_of(a.coordinator),
        "coordinator beside": actor_of(make_organiser(a.other_ward, RoleKind.COORDINATOR)),
        "organiser": actor_of(make_organiser(a.host)),
        "foreign organiser": actor_of(make_organiser(b.host)),
        "officer": actor_of(make_organiser(a.host, RoleKind.OFFICER)),
        "foreign officer": actor_of(make_organiser(b.host, RoleKind.OFFICER)),
        "organiser elsewhere": organiser_of(make_office("ELSEWHERE")),
        "superuser": Actor("user", user_id=a.organiser.user_id, is_superuser=True),
    }


#: Model → which of the rows A and B each actor sees; who is not named sees none. Superusers see both.
ONLY_HOST = {"organiser": "A", "officer": "A", "foreign organiser": "B", "foreign officer": "B"}
ONLY_ORGANISERS = {"organiser": "A", "foreign organiser": "B"}
CONCERNED = ONLY_HOST | {"trainee": "A", "office": "A", "coordinator": "A"}
PUBLIC = CONCERNED | {"nobody": "AB"}
OF_OFFICE = ONLY_HOST | {"office": "A", "coordinator": "A"}
TABLE = {
    Heading: ONLY_HOST,
    Signer: ONLY_HOST,
    Venue: ONLY_HOST,
    Speaker: ONLY_HOST,
    Course: PUBLIC,
    Block: PUBLIC,
    Topic: PUBLIC,
    Session: PUBLIC,
    SessionTopic: PUBLIC,
    Place: PUBLIC,
    Material: PUBLIC,
    CourseRule: PUBLIC,
    Seats: OF_OFFICE,
    OfficeAnswer: OF_OFFICE,
    Registration: CONCERNED,
    Trainee: CONCERNED,
    Transfer: ONLY_ORGANISERS,
    ColumnMeaning: ONLY_ORGANISERS,
    User: ONLY_ORGANISERS | {"coordinator": "A"},
    Role: ONLY_ORGANISERS | {"coordinator": "A"},
    Invitation: ONLY_ORGANISERS,
    ImportBatch: ONLY_ORGANISERS,
    ImportRow: ONLY_ORGANISERS,
    ActionLog: ONLY_HOST,
    Sheet: ONLY_HOST,
    Event: CONCERNED,
    Mark: CONCERNED,
    LeaveRequest: CONCERNED,
    Completion: CONCERNED,
    Score: CONCERNED,
    RegisterBook: ONLY_HOST,
    Certificate: CONCERNED,
    Correction: CONCERNED,
    Door: ONLY_HOST,
    DoorPhone: ONLY_HOST,
    RefusedScan: ONLY_HOST,
    Grant: ONLY_HOST,
    PassCode: CONCERNED,
    ClassPaper: ONLY_HOST,
    ReportWords: ONLY_HOST,
    WordTemplate: ONLY_HOST,
    ListForm: ONLY_HOST,
    PlannedClass: ONLY_ORGANISERS,
    PaperBatch: ONLY_HOST,
    PaperTemplate: ONLY_HOST,
    BlankRange: ONLY_HOST,
    IssuerAuthority: ONLY_HOST,
    SignedCopy: ONLY_HOST,
    SessionChange: PUBLIC,
    MessageText: ONLY_HOST,
    Message: ONLY_ORGANISERS,
    MessageLine: ONLY_ORGANISERS,
    TraineeRequest: ONLY_HOST | {"trainee": "A", "coordinator": "A"},
}
#: In a draft only the host works; outside it is not there.
HIDDEN_IN_A_DRAFT = [Course, Block, Topic, Session, SessionTopic, Place, Material, CourseRule, Seats, OfficeAnswer,
                     Registration, Mark, Event, LeaveRequest, Completion, Score, Certificate, PassCode]  # fmt: skip


def seen(model, sides, actor):
    rows = model._default_manager.all().visible_to(actor)
    found = "".join(label for label, side in sides.items() if rows.filter(pk=side.rows[model].pk).exists())
    assert rows.values_list("pk", flat=True).distinct().count() == rows.count(), "a row is there once"
    return found


def test_every_model_that_can_be_asked_is_in_the_table():
    asked = {
        model
        for app in ("courses", "attendance")
        for model in apps.get_app_config(app).get_models()
        if hasattr(model._default_manager.all(), "visible_to") and not model._meta.proxy
    }
    assert asked == {*TABLE, Office}


@pytest.mark.parametrize("model", TABLE, ids=lambda model: model.__name__)
def test_each_actor_sees_own_rows_and_no_others(sides, model):
    everybody = actors(sides)
    expected = {name: TABLE[model].get(name, "") for name in everybody} | {"superuser": "AB"}
    assert {name: seen(model, sides, actor) for name, actor in everybody.items()} == expected
    assert seen(model, sides, SYSTEM) == "AB"


@pytest.mark.parametrize("model", HIDDEN_IN_A_DRAFT, ids=lambda model: model.__name__)
def test_a_draft_is_seen_by_its_host_alone(sides, model):
    Course.objects.update(state=CourseState.DRAFT)
    everybody = actors(sides)
    expected = {name: ONLY_HOST.get(name, "") for name in everybody} | {"superuser": "AB"}
    assert {name: seen(model, sides, actor) for name, actor in everybody.items()} == expected


def test_offices_are_known_to_those_who_work_here_and_a_link_sees_its_own(sides):
    everybody = actors(sides)
    everything = set(Office.objects.values_list("pk", flat=True))
    for name, actor in everybody.items():
        rows = set(Office.objects.visible_to(actor).values_list("pk", flat=True))
        if name in ("nobody", "trainee"):
            assert rows == set()
        elif name == "office":
            assert rows == {sides["A"].ward.pk}
        else:
            assert rows == everything


def test_a_link_sees_the_people_of_its_office_and_of_those_it_succeeded_and_the_lists_that_it_sent(sides):
    """The page behind the link names them; who works in another office is not there."""
    a = sides["A"]
    past = make_office("PAST")
    OfficeSuccession.objects.create(old=past, new=a.ward, date=a.course.starts_on)
    own, succeeded, beside = (make_trainee(office, "Bùi Thử An") for office in (a.ward, past, a.other_ward))
    answer = a.rows[OfficeAnswer]
    actor, _answer = answer_of_link(links.office_token(answer.pk, answer.link_version))
    seen = set(Trainee.objects.visible_to(actor))
    assert {own, succeeded} <= seen
    assert beside not in seen
    batch = a.rows[ImportBatch]
    assert not ImportBatch.objects.visible_to(actor).exists()
    ImportBatch.objects.filter(pk=batch.pk).update(office=a.ward, by_link=True)
    assert list(ImportBatch.objects.visible_to(actor)) == [batch]
    assert list(ImportRow.objects.visible_to(actor)) == [a.rows[ImportRow]]
    ImportBatch.objects.filter(pk=batch.pk).update(office=a.other_ward)
    assert not ImportBatch.objects.visible_to(actor).exists()


def test_a_host_that_registered_somebody_sees_the_person_and_only_its_own_class(sides):
    a, b = sides["A"], sides["B"]
    guest = a.registration.trainee
    assert not Trainee.objects.visible_to(b.organiser).filter(pk=guest.pk).exists()
    own = register(b.course, guest, actor=SYSTEM)
    assert Trainee.objects.visible_to(b.organiser).filter(pk=guest.pk).exists()
    mine = Registration.objects.visible_to(b.organiser).filter(trainee=guest)
    assert list(mine) == [own]
    assert not Mark.objects.visible_to(b.organiser).filter(registration__trainee=guest).exists()


def test_officers_of_the_issuer_see_its_papers_also_when_another_office_hosts(sides):
    a = sides["A"]
    other = make_office("ISSUER")
    RegisterBook.objects.filter(pk=a.rows[RegisterBook].pk).update(issuer=other)
    assert Certificate.objects.visible_to(officer_of(other)).filter(pk=a.rows[Certificate].pk).exists()
    assert not Registration.objects.visible_to(officer_of(other)).exists()
