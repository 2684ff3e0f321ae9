"""Small plans for tests: offices, people who plan, classes, half-days."""

import datetime as dt

from django.utils.timezone import now

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import RoleKind
from courses.models import Block, Course, Office, Role, Session, Speaker, Topic, Trainee, User, Venue
from courses.services.schedule import Item, Where, set_session, set_times
from courses.services.trainees import save_trainee

FIRST_DAY = dt.date(2026, 6, 5)
MORNING = (dt.time(7, 30), dt.time(11, 0))
AFTERNOON = (dt.time(13, 30), dt.time(17, 0))


def make_office(code: str, parent: Office | None = None, **fields) -> Office:
    office = Office.objects.create(code=code, name=f"Đơn vị {code}", kind="department", parent=parent, **fields)
    office.path = f"{parent.path if parent else '/'}{office.pk}/"  # as `set_paths` writes it, without the other offices
    office.save(update_fields=["path"])
    return office


def organiser_of(*offices: Office) -> Actor:
    ids = frozenset(office.pk for office in offices)
    return Actor("user", user_id=make_user().pk, organises=ids, organises_writable=ids)


def make_user(**fields) -> User:
    number = User.objects.count() + 1
    return User.objects.create_user(username=f"user{number}", full_name=f"Người Thử {number}", **fields)


def make_organiser(office: Office, kind: str = RoleKind.ORGANISER) -> User:
    user = make_user()
    Role.objects.create(user=user, office=office, kind=kind, valid_from=dt.date(2000, 1, 1))
    return user


def make_course(host: Office, code: str = "LOP-1", **fields) -> Course:
    values = {"starts_on": FIRST_DAY, "ends_on": FIRST_DAY + dt.timedelta(days=2), "title": f"Lớp thử {code}"}
    return Course.objects.create(code=code, host_office=host, **{**values, **fields})


def make_block(course: Course, code: str = "A", topics: int = 1) -> Block:
    block = Block.objects.create(course=course, code=code, title=f"Khối {code}")
    Topic.objects.bulk_create(Topic(block=block, title=f"Chuyên đề {code}{n}", order=n) for n in range(1, topics + 1))
    return block


def make_venue(office: Office, name: str = "Hội trường A") -> Venue:
    return Venue.objects.create(office=office, name=name)


def make_speaker(office: Office, name: str = "Người Nói Thử") -> Speaker:
    return Speaker.objects.create(office=office, full_name=name)


def make_session(course: Course, *, day: dt.date | None = None, hours=MORNING, blocks=(), **fields) -> Session:
    """A half-day of which the caller knows that it clashes with nothing. Past the service, whose checking for clashes
    takes longer than most tests."""
    session = Session(course=course, **fields)
    set_times(session, date=day or course.starts_on, begins=hours[0], ends=hours[1])
    session.save()
    session.blocks.set(blocks)
    return session


def plan_session(
    course: Course,
    *,
    actor: Actor = SYSTEM,
    day: dt.date | None = None,
    hours=MORNING,
    venue: Venue | None = None,
    speaker: Speaker | None = None,
    **fields,
) -> Session:
    """A half-day as an organiser plans it, with all that the service says to it."""
    if speaker:
        fields["agenda"] = [Item(Topic.objects.filter(block__course=course).first(), speaker)]
    if venue:
        fields["places"] = [Where(venue)]
    return set_session(
        Session(course=course), actor=actor, date=day or course.starts_on, begins=hours[0], ends=hours[1], **fields
    )


def make_trainee(office: Office, name: str = "Nguyễn Thử Nghiệm", **fields) -> Trainee:
    return save_trainee(Trainee(), actor=SYSTEM, full_name=name, office=office, **fields)


def signed_in(client, user: User):
    """The client with a session of the user, begun now."""
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": now().timestamp(), "username": user.username},
        {"method": "mfa", "at": now().timestamp(), "type": "totp"},
    ]
    session.save()
    return client


def with_password(user: User) -> User:
    """Somebody who can be asked again who is there; without a password, nobody could answer and none is asked."""
    user.set_password("chín con voi trắng 2022")
    user.save()
    return user
