"""What acts of the matrix need beforehand, what they post, and how the database shows that they were done."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.utils import timezone

from attendance.constants import (
    Claim,
    CorrectionState,
    MarkState,
    Way,
    WorkState,
)
from attendance.forms.old_book import signed_rows
from attendance.forms.scores import signed_points
from attendance.forms.table import signed_states
from attendance.models import (
    Correction,
    CourseRule,
    Event,
    PaperBatch,
    RegisterBook,
    WordTemplate,
)
from attendance.readers.old_book import OldRow
from attendance.rendering.wordings import wording
from attendance.reports.papers import Order, candidates
from attendance.reports.sign_in import sheets_of
from attendance.reports.telling import due_in
from attendance.services.sheets import close_sheet
from attendance.services.telling import seen_as
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
    Course,
    ImportBatch,
    Message,
    MessageLine,
    Registration,
    Session,
    User,
    Venue,
)
from courses.reports.telling import digests_of, words_of
from courses.services.moving import relocate_session
from courses.services.records import store_file
from courses.services.schedule import Where


def now_in(state: str) -> Callable:
    return lambda world, actor: Course.objects.get(pk=world.a.course.pk).state == state


def put(state: str) -> Callable:
    def prepare(world):
        Course.objects.filter(pk=world.a.course.pk).update(state=state)

    return prepare


def own_wording(world):
    file = store_file(wording("plan"), purpose=FilePurpose.TEMPLATE, media_type=DOCX)
    WordTemplate.objects.create(host=world.a.host, kind="plan", file=file, made_at=now())


def held_elsewhere(world):
    relocate_session(world.a.session, places=[Where(Venue(name="Nơi mới"))], why="Mất điện", actor=SYSTEM)


def seen(world) -> str:
    words = {"confirmed": words_of(world.a.host)["confirmed"]}
    return seen_as(digests_of(due_in([world.a.course], now()), words))


def failed(world) -> None:
    to_tell(world)
    Message.objects.update(channel=Channel.EMAIL, address="thu@thu.example", state=MessageState.FAILED)


def still_held(world) -> None:
    Course.objects.filter(pk=world.a.course.pk).update(ends_on=today())


def to_tell(world) -> None:
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


def work_under_way(world):
    PaperBatch.objects.filter(pk=world.a.work.pk).update(state=WorkState.RUNNING)


def unearned(world):
    """The prepared paper is of somebody who has left the class, which is over."""
    Registration.objects.filter(pk=world.a.prepared.registration_id).update(state=RegistrationState.WITHDRAWN)
    Course.objects.filter(pk=world.a.course.pk).update(state=CourseState.CONCLUDED)


def typed_from_paper(world, path, client) -> dict:
    """The second step, as the preview shows it to whoever sees it."""
    [sheet] = sheets_of([world.a.session])
    return {"text": "", "call": "1", "list": sheet.fingerprint, "save": "1", "submission": str(uuid4())}


def said_by_paper(world, actor) -> bool:
    return Event.objects.filter(registration=world.a.stranger_registration, way=Way.PAPER).exists()


def due(world) -> int:
    a = world.a
    return sum(c.is_due for c in candidates(a.course, Order(issuer=a.host, signer=a.signer, issue_date=today())))


def registered(world, actor) -> bool:
    return Registration.objects.filter(course=world.a.course, trainee=world.a.unregistered).exists()


def is_state(world, state) -> bool:
    return Registration.objects.get(pk=world.a.registration.pk).state == state


def enrolled(world) -> None:
    for user in world.users.values():
        TOTP.activate(user, generate_totp_secret())


def enrolling(world, path, client) -> dict:
    client.get(path)
    secret = client.session.get("mfa.totp.secret")
    return {"code": format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))} if secret else {}


def has(kind) -> Callable:
    return lambda world, actor: (
        actor in world.users and Authenticator.objects.filter(user=world.users[actor], type=kind).exists()
    )


def chose_password(world, actor) -> bool:
    return actor in world.users and User.objects.get(pk=world.users[actor].pk).check_password(NEW_PASSWORD)


ODD_ROSTER = "Danh tính,Tuổi đời,Mã định vị\n" + "".join(
    f"Ngô Thử {name},0{n}/03/1980,{n}\n" for n, name in enumerate(("An", "Bình", "Châu", "Dung"), 1)
)


def closed_sheet(world) -> None:
    close_sheet(world.a.session, actor=world.a.actor, expected_version=0, unsettled=True)


def marked_by_all(world) -> None:
    """Whoever presses undo has an entry of their own in the half-day of host A."""
    for user in world.users.values():
        Event.objects.create(
            session=world.a.session, registration=world.a.stranger_registration, claim=Claim.SEEN, way=Way.HAND,
            by=user, act=uuid4(), client_id=uuid4(), happened_at=now(), arrived_at=now(),
        )  # fmt: skip


def half_day_ahead(world) -> None:
    Session.objects.filter(pk=world.a.session.pk).update(ends_at=now() + dt.timedelta(hours=1))


def unread(world) -> None:
    """The roster of host A is one whose column titles nobody knows."""
    make_unread(world.a.batch)


def make_unread(batch: ImportBatch) -> None:
    file = store_file(ODD_ROSTER.encode(), purpose=FilePurpose.IMPORT, media_type="text/csv", sealed=True)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=BatchState.REFUSED, header_unknown=True, refusal="?", file=file
    )


def said_by_file(world, client) -> str:
    """What the preview of a file gives this reader, who says by it that one person came late."""
    states = {world.a.session.pk: {world.a.stranger_registration.pk: MarkState.LATE}}
    actor = Actor("user", user_id=int(client.session.get("_auth_user_id", 0)))
    return signed_states(world.a.course, actor, states)


def with_a_test(world) -> None:
    CourseRule.objects.filter(course=world.a.course).update(test="test")


def points_in_file(world, path, client) -> dict:
    """What the preview of a list of points gives this reader."""
    actor = Actor("user", user_id=int(client.session.get("_auth_user_id", 0)))
    return {"said": signed_points(world.a.course, actor, {world.a.stranger_registration.pk: Decimal("7.25")}, {})}


NEW_PASSWORD = "mười con voi đen 2023"
PASSWORDS = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

ROSTER = "STT,Họ và tên,Ngày sinh,Chức vụ\n1,Ngô Thử Tải,01/03/1980,Chuyên viên"


def with_room_for_old_papers(world) -> None:
    RegisterBook.objects.filter(pk=world.a.old_book.pk).update(opening_number=50, last_number=49)


def old_rows(world, client) -> str:
    """The rows as the preview gives them to this reader."""
    row = OldRow(4, number="7", name="Ngô Thử Bảy", birth="1960", title="Lớp xưa", issued="02/06/1999")
    actor = Actor("user", user_id=int(client.session.get("_auth_user_id", 0)))
    return signed_rows(world.a.old_book, actor, (row,))


def asked_again(world) -> None:
    Correction.objects.filter(pk=world.a.correction.pk).update(state=CorrectionState.ASKED, answer="")
