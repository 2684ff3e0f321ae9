"""A class of five hundred as classes are: half-days moved and cancelled, people replaced, withdrawn and stood in for,
leaves, disputes, decisions, entries taken back and such that came too late. Always the same; rows are written at once,
and marks by the product's own adding up."""

import datetime as dt
import random
from uuid import UUID

from attendance.constants import CertificateState, Claim, MarkState, PaperKind, Revocation, SheetState, Way
from attendance.models import Certificate, Event, RegisterBook, Sheet
from attendance.services.ledger import add_up_again
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RegistrationKind, RegistrationState, StaffCategory
from courses.constants.clock import set_clock
from courses.models import Registration, Seats, Session, Trainee
from courses.services.schedule import reschedule_session
from courses.services.trainees import fill_trainee
from courses.tests.planning import AFTERNOON, FIRST_DAY, MORNING, make_block, make_course, make_office, make_session

PEOPLE, OFFICES = 500, 12
BEFORE = dt.datetime(2026, 6, 1, 9, 0)
AFTERWARDS = dt.datetime(2026, 6, 8, 9, 0)
_SYLLABLES = ("An", "Bình", "Châu", "Dung", "Em", "Giang", "Hà", "Khánh", "Lan", "Minh")


class Generated:
    """`course` with `sessions` in the order of the plan; the last of them is still to come."""

    def __init__(self, seed: int = 8):
        self.dice = random.Random(seed)
        set_clock(BEFORE)
        self.host = make_office("HOST-500")
        self.offices = [make_office(f"CQ{n:02d}", self.host, order=n) for n in range(OFFICES)]
        self.course = make_course(self.host, "LOP-500", state=CourseState.RUNNING)
        self.a, self.b = make_block(self.course, "A"), make_block(self.course, "B")
        days = [FIRST_DAY + dt.timedelta(days=n) for n in range(3)]
        plan = [
            (days[0], MORNING, []), (days[0], AFTERNOON, [self.a]), (days[0], AFTERNOON, [self.b]),
            (days[1], MORNING, [self.a]), (days[1], AFTERNOON, [self.b]), (days[2], MORNING, []),
            (days[2], AFTERNOON, []), (days[2] + dt.timedelta(days=7), MORNING, []),
        ]  # fmt: skip
        self.sessions = [make_session(self.course, day=day, hours=hours, blocks=on) for day, hours, on in plan]
        self._give_seats()
        self._make_people()
        self._move(4, begins=dt.time(14), ends=dt.time(17, 30))
        self._mark()
        self._move(3, date=days[1], begins=dt.time(13, 30), ends=dt.time(16))
        self._say(self.sessions[3])
        self.sessions[6] = reschedule_session(self.sessions[6], actor=SYSTEM, cancelled=True, why="Mưa bão")
        set_clock(AFTERWARDS)
        closed = [session for place, session in enumerate(self.sessions[:6]) if place != 5]
        Sheet.objects.filter(session__in=closed).update(state=SheetState.CLOSED)
        self._make_papers()

    def _give_seats(self):
        seats = [Seats(course=self.course, office=office, number=40) for office in self.offices[:-2]]
        seats += [
            Seats(course=self.course, office=self.offices[-2], block=block, number=25) for block in (self.a, self.b)
        ]
        Seats.objects.bulk_create(seats)

    def _trainees(self, count: int) -> list[Trainee]:
        made = Trainee.objects.count()
        return Trainee.objects.bulk_create(
            fill_trainee(
                Trainee(),
                full_name="Ngô Thử " + " ".join(_SYLLABLES[int(digit)] for digit in str(number)),
                office=self.dice.choice(self.offices),
                position="Chuyên viên",
                gender=self.dice.choice(["m", "f", "f", ""]),
                staff_category=self.dice.choice([*StaffCategory.values, ""]),
            )
            for number in range(made, made + count)
        )

    def _registrations(self, trainees, **fields) -> list[Registration]:
        made = Registration.objects.bulk_create(
            Registration(
                **{
                    "course": self.course, "trainee": person, "office": person.office,
                    "office_name": person.office.name, "position": person.position,
                    "state": RegistrationState.CONFIRMED, **fields,
                }
            )
            for person in trainees
        )  # fmt: skip
        chosen = [(one, self.dice.choice([[], [self.a], [self.b], [self.a, self.b]])) for one in made]
        through = Registration.blocks.through
        through.objects.bulk_create(
            through(registration_id=one.pk, block_id=block.pk) for one, blocks in chosen for block in blocks
        )
        return made

    def _make_people(self):
        people = self._registrations(self._trainees(PEOPLE))
        gone, replaced, early = people[:12], people[12:24], people[24:30]
        Registration.objects.filter(pk__in=[one.pk for one in gone]).update(state=RegistrationState.WITHDRAWN)
        for place, one in enumerate([*replaced, *early]):
            first = {"begins_with": self.dice.choice(self.sessions[1:6])} if place < len(replaced) else {}
            [heir] = self._registrations(self._trainees(1), **first)
            one.state, one.replaced_by = RegistrationState.REPLACED, heir
        Registration.objects.bulk_update([*replaced, *early], ["state", "replaced_by"])
        self._stand_in(people)

    def _stand_in(self, people: list[Registration]):
        """Strangers stand in for eight, one of them for two; and two who are in the class themselves for others."""
        strangers = self._trainees(8)
        trainees = [*strangers, strangers[0], people[100].trainee, people[101].trainee]
        through = Registration.sessions.through
        for place, trainee in enumerate(trainees):
            made = Registration.objects.create(
                course=self.course, trainee=trainee, kind=RegistrationKind.STAND_IN, stand_in_for=people[200 + place],
                office=people[200 + place].office, office_name=people[200 + place].office_name,
                state=RegistrationState.CONFIRMED,
            )  # fmt: skip
            some = self.dice.sample(self.sessions[:6], 2)
            through.objects.bulk_create(through(registration_id=made.pk, session_id=session.pk) for session in some)

    def _move(self, place: int, **times):
        day = times.pop("date", self.sessions[place].date)
        self.sessions[place] = reschedule_session(
            self.sessions[place], actor=SYSTEM, date=day, why="Hội trường bận", **times
        )

    def _mark(self):
        for session in self.sessions[:7]:
            self._say(session)

    def _say(self, session: Session):
        """Events about everybody who ever stood in the class, expected or not, and what they add up to."""
        dice, events = self.dice, []
        everybody = list(Registration.objects.filter(course=self.course).order_by("pk").values_list("pk", flat=True))
        for pk in everybody:
            for claim, way, says, late in dice.choice(_STORIES):
                events.append(self._event(session, pk, claim, way, says=says, minutes=40 if late else 0))
        events = Event.objects.bulk_create(events)
        later = []
        for event in dice.sample(events, len(events) // 10):
            later.append(self._event(session, event.registration_id, Claim.UNDO, Way.HAND, undoes=event, minutes=60))
        for event in dice.sample(events, len(events) // 15):
            said = dice.choice([MarkState.PRESENT, MarkState.ABSENT, MarkState.EXCUSED])
            later.append(self._event(session, event.registration_id, Claim.DECISION, Way.HAND, says=said, minutes=70))
        for event in dice.sample(events, 20):
            later.append(self._event(session, event.registration_id, Claim.SEEN, Way.PAPER, proposal=True, minutes=90))
        later = Event.objects.bulk_create(later)
        last = [
            self._event(session, e.registration_id, Claim.DECISION, Way.HAND, says=MarkState.LATE, names=e, minutes=99)
            for e in later[-20::2]
        ]
        undone = [event for event in later if event.claim == Claim.UNDO][:8]
        last += [self._event(session, e.registration_id, Claim.UNDO, Way.HAND, undoes=e, minutes=120) for e in undone]
        Event.objects.bulk_create(last)
        Sheet.objects.get_or_create(session=session, defaults={"state": SheetState.OPEN})
        add_up_again(session, everybody)

    def _event(self, session, registration: int, claim: str, way: str, *, minutes: int = 0, **fields) -> Event:
        at = session.starts_at + dt.timedelta(minutes=minutes)
        number = UUID(int=self.dice.getrandbits(128))
        return Event(
            session=session, registration_id=registration, claim=claim, way=way, client_id=number, happened_at=at,
            arrived_at=at, **fields,
        )  # fmt: skip

    def _make_papers(self):
        book = RegisterBook.objects.create(issuer=self.host, kind=PaperKind.ATTESTATION, year=2026)
        people = Registration.objects.filter(course=self.course).active().order_by("pk")
        states = [state for state, count in PAPERS.items() for _n in range(count)]
        day = FIRST_DAY + dt.timedelta(days=3)
        handed = {"handed_on": day}
        revoked = {"ground": Revocation.FRAUD, "ended_document": "01/QĐ", "ended_document_date": day}
        more = {CertificateState.HANDED_OVER: handed, CertificateState.REVOKED: revoked}
        Certificate.objects.bulk_create(
            Certificate(
                book=book, number=number, registration=person, code=f"MA{number:06d}", state=state, facts={},
                issue_date=day, prepared_at=self.sessions[0].starts_at, **more.get(state, {}),
            )
            for number, (person, state) in enumerate(zip(people, states, strict=False), 1)
        )  # fmt: skip


#: Certificates by their state.
PAPERS = {
    CertificateState.PREPARED: 10,
    CertificateState.ISSUED: 8,
    CertificateState.HANDED_OVER: 7,
    CertificateState.REVOKED: 3,
    CertificateState.VOID: 2,
}
#: What is said of one person at one half-day: claim, way, state named, whether late.
_STORIES = [
    *[[(Claim.SEEN, Way.HAND, "present", False)]] * 9,
    [(Claim.SEEN, Way.DOOR, "", True)],
    [(Claim.SEEN, Way.DOOR, "", False), (Claim.LEFT_EARLY, Way.HAND, "", False)],
    [(Claim.EXCUSED, Way.LEAVE, "excused", False)],
    [(Claim.EXCUSED, Way.LEAVE, "excused", False), (Claim.SEEN, Way.SCREEN, "", False)],
    [(Claim.SEEN, Way.HAND, "present", False), (Claim.NOT_SEEN, Way.PAPER, "absent", False)],
    [(Claim.NOT_SEEN, Way.HAND, "absent", False)],
    [(Claim.NOT_SEEN, Way.HAND, "absent", False), (Claim.SEEN, Way.HAND, "late", False)],
    [],
]
