"""A small class with its record for tests: one host, two wards, three half-days, people who owe one block or both."""

import datetime as dt
from uuid import uuid4

from attendance.constants import MarkState
from attendance.models import Certificate, Door, DoorPhone
from attendance.reports.papers import Order
from attendance.services.ledger import Change, mark_by_hand
from attendance.services.register import Result, prepare_papers
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState
from courses.constants.clock import now, set_clock
from courses.models import Heading, Office, Registration, Session, Signer, Trainee
from courses.services.registrations import Nominee, register_many
from courses.services.trainees import fill_trainee
from courses.tests.planning import (
    AFTERNOON,
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_session,
    make_user,
    organiser_of,
)

#: A week after the class.
AFTERWARDS = dt.datetime(2026, 6, 12, 9, 0)
ISSUED_ON = dt.date(2026, 6, 10)


def officer_of(*offices: Office) -> Actor:
    ids = frozenset(office.pk for office in offices)
    return Actor("user", user_id=make_user().pk, certifies=ids, certifies_writable=ids)


class Class:
    """A class under way whose days are over; the clock stands a week after it.

    `general` is for all, `first` serves block A, `second` block B.
    """

    def __init__(self, host: Office | None = None, code: str = "LOP-1"):
        set_clock(AFTERWARDS)
        self.host = host or make_office(f"HOST-{code}")
        self.ward = make_office(f"W1-{code}", self.host, order=2)
        self.other_ward = make_office(f"W2-{code}", self.host, order=3)
        self.organiser, self.officer = organiser_of(self.host), officer_of(self.host)
        self.course = make_course(self.host, code, state=CourseState.RUNNING)
        self.a, self.b = make_block(self.course, "A"), make_block(self.course, "B")
        self.general = make_session(self.course)
        self.first = make_session(self.course, hours=AFTERNOON, blocks=[self.a])
        self.second = make_session(self.course, day=FIRST_DAY + dt.timedelta(days=1), blocks=[self.b], periods=3)
        self.sessions = [self.general, self.first, self.second]
        Heading.objects.create(
            office=self.host, superior="UBND TỈNH THỬ", body="ỦY BAN NHÂN DÂN THÀNH PHỐ THỬ", place="Vị Thanh"
        )
        self.signer = Signer.objects.create(
            office=self.host,
            authority="TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH",
            title="Phó Chủ tịch",
            full_name="Ngô Thử Ký",
        )
        self.order = self.ordered()

    def ordered(self, **fields) -> Order:
        return Order(**{"issuer": self.host, "signer": self.signer, "issue_date": ISSUED_ON, **fields})

    def people(self, count: int, *, office: Office | None = None, blocks=None, **fields) -> list[Registration]:
        """So many people more in the class, in the order in which they were made."""
        office = office or self.ward
        made = Trainee.objects.count()
        trainees = Trainee.objects.bulk_create(
            fill_trainee(Trainee(), full_name=f"Ngô Thử {name}", office=office, position="Chuyên viên", **fields)
            for name in map(_name, range(made, made + count))
        )
        nominees = [Nominee(t, office, t.position, tuple(blocks) if blocks else None) for t in trainees]
        registrations, refused = register_many(self.course, nominees, actor=SYSTEM)
        assert not refused
        return [registrations[trainee.pk] for trainee in trainees]

    def mark(self, session, state=MarkState.PRESENT, *registrations, shown="", actor=None, submission=None):
        changes = [Change(registration.pk, shown, state) for registration in registrations]
        return mark_by_hand(session, changes, actor=actor or self.organiser, submission=submission or uuid4())

    def attended(self, count: int, **fields) -> list[Registration]:
        """People who were present at everything that they owe."""
        people = self.people(count, **fields)
        for session in self.sessions:
            blocks = {block.pk for block in session.blocks.all()}
            owing = [r for r in people if not blocks or blocks & {block.pk for block in r.blocks.all()}]
            self.mark(session, MarkState.PRESENT, *owing)
        return people


def _name(number: int) -> str:
    syllables = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")
    return " ".join(syllables[int(digit)] for digit in str(number))


def numbers(book=None) -> list[int]:
    """Of the papers in the register, in order."""
    papers = Certificate.objects.filter(book=book) if book else Certificate.objects
    return list(papers.order_by("number").values_list("number", flat=True))


def prepared(lop: Class, **fields) -> list[Result]:
    return prepare_papers(lop.course, lop.ordered(**fields), actor=lop.officer)


def door_with_phones(session: Session, phones: int = 1) -> Door:
    """A door of a half-day, open until it has ended, with so many phones that hold two entries back and whose clocks
    are right."""
    until = session.ends_at
    door = Door.objects.create(course=session.course, name=f"Cửa {phones}", until=until, made_at=now())
    door.sessions.set([session])
    DoorPhone.objects.bulk_create(
        DoorPhone(door=door, device=uuid4(), heard_at=now(), holds_back=2) for _ in range(phones)
    )
    return door
