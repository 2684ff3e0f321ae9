"""The demo: five classes with invented people, loaded once into an empty site.

One of 2021 that is concluded and has its papers; the class of June 2022, under way; one of Phường Vị Thanh of 2025 that
had a test, whose papers have two signers, one of them signed digitally by a key for trying out; one of the ward whose
half-days lie yesterday, today and tomorrow of the first start; and one for which offices still name their people.
Every date but those of the last two is fixed.
"""

import datetime as dt
import json
import secrets
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

import courses
from attendance.constants import IN_FORCE, BatchWork, MarkState, PaperKind
from attendance.models import Certificate
from attendance.rendering.signing import sign_by
from attendance.reports.looks import offered_templates
from attendance.reports.papers import Order, registrations_of, verify_url
from attendance.services.demo_accounts import (
    CITY,
    COORDINATED,
    COORDINATED_NOW,
    NEW_WARD,
    OFFICER,
    ORGANISER,
    WARD_ORGANISER,
    SignIn,
    make_accounts,
    make_sign_ins,
    sign_ins_kept,
)
from attendance.services.demo_classes import (
    hold_elsewhere,
    leave_to_the_desk,
    let_offices_answer,
    make_papers_heads,
    make_second_signer,
    mark,
    mark_naturally,
    nominate,
    people_of_desk,
    plan_class,
    tell_of_list,
)
from attendance.services.demo_people import Inventor
from attendance.services.leave import ask_for_leave
from attendance.services.paper_work import go_on, start_work
from attendance.services.register import issue_papers, open_book, prepare_papers
from attendance.services.scores import enter_scores
from attendance.services.sheets import close_sheet
from attendance.services.signed_copies import take_in_signed
from courses.constants import links
from courses.constants.actors import SYSTEM, Actor
from courses.constants.clock import VIETNAM, now, stopped_at, today
from courses.constants.errors import Refusal
from courses.constants.signing_key import new_development_key, read_signing_key
from courses.models import ActionLog, Course, Office, OfficeAnswer, Registration, Session, Signer, Trainee, User
from courses.rules.actors import actor_of
from courses.services.offices import load_offices
from courses.services.plan import conclude, publish, start
from courses.services.records import log_action, read_file
from courses.services.schedule import reschedule_session
from courses.services.trainees import save_trainee

OUTLINES = Path(courses.__file__).resolve().parent / "data" / "demo"
CONCLUDED, UNDER_WAY, NOW, OPEN = "VTLT-2021", "CCHC-2022", "TTHC-PVT", "KNS-PVT"
#: The class that is open begins on a Tuesday so many days ahead or a little more: its deadline lies ahead, too.
DAYS_AHEAD, TUESDAY = 10, 1
#: In the log, which only grows: what was loaded once is never loaded again, whatever is deleted later.
LOADED = "load demo"
FIRST_NUMBER = 15
ISSUED_ON = dt.date(2021, 10, 20)


@dataclass(frozen=True)
class DemoNotes:
    """What to say at the start. A link is "" when what it leads to has been deleted."""

    site: str
    sign_ins: list[SignIn]
    trainee_link: str
    office_link: str
    naming_link: str
    verify_link: str


def load_demo() -> DemoNotes:
    """Loads the demo into an empty site, all of it or nothing; later calls add nothing.

    Refusal outside the demo, and on a site that has people or classes of its own.
    """
    if not settings.DEMO:
        raise Refusal(_("Demo classes are loaded only by “make run” or “manage.py serve --demo”."))
    if not ActionLog.objects.filter(action=LOADED).exists():
        if User.objects.exists() or Trainee.objects.exists() or Course.objects.exists():
            raise Refusal(_("This site has people or classes of its own and is left alone. Start it without --demo."))
        _load()
    return _notes()


@transaction.atomic
def _load() -> None:
    load_offices()
    city, ward = Office.objects.get(code=CITY), Office.objects.get(code=NEW_WARD)
    users = make_accounts()
    make_papers_heads(city, ward)
    inventor = Inventor(_outline("people"))
    people = _load_concluded(inventor, users, city)
    _load_under_way(people, users)
    own = _load_now(inventor, people, users, ward)
    _load_tested(own, users, ward)
    _load_open(users)
    # The city has no successor of its own: whoever answers for its papers can revoke them.
    city.closed_by = ward
    city.save(update_fields=["closed_by"])
    log_action(SYSTEM, LOADED, city)
    # Last, because the file is not part of the transaction.
    make_sign_ins()


def _load_concluded(inventor: Inventor, users: dict[str, User], city: Office) -> list[Trainee]:
    """The class of 2021 with its papers; returns the people of the city, of whom its records clerks attended."""
    outline = _outline("vtlt_2021")
    first_day = dt.date.fromisoformat(outline["first_day"])
    with stopped_at(_at(first_day, days=-20)):
        offices = Office.objects.below(city).exclude(pk=city.pk).valid_on(today()).in_protocol_order()
        people = inventor.people_of(offices)
        clerks = [person for person in people if person.responsibilities.filter(code="van-thu").exists()]
        actor = actor_of(users[ORGANISER])
        course = plan_class(outline, first_day=first_day, actor=actor)
        course = publish(course, actor=actor)
        nominate(course, clerks, outline, actor=actor)
    with stopped_at(_at(first_day)):
        course = start(course, actor=actor)
    listed = _number(course)
    for place, session in enumerate(course.sessions.in_order()):
        states: dict[int, str] = dict.fromkeys((registration.pk for registration in listed), MarkState.PRESENT)
        if place == 0:
            states[listed[5].pk] = MarkState.LATE
        elif place == 1:
            states[listed[9].pk] = MarkState.LEFT_EARLY
        else:
            states[listed[20].pk] = MarkState.ABSENT
        with stopped_at(session.ends_at):
            mark(session, states, actor=actor)
    with stopped_at(_at(ISSUED_ON)):
        course = conclude(course, actor=actor)
        _issue(course, users[OFFICER], city)
    return people


def _issue(course: Course, officer: User, city: Office) -> None:
    """The papers of a concluded class, by the register that an office takes over from its paper book."""
    actor = actor_of(officer)
    open_book(
        issuer=city,
        kind=PaperKind.ATTESTATION,
        year=ISSUED_ON.year,
        actor=actor,
        opening_number=FIRST_NUMBER,
        reason=f"Các số từ 001 đến {FIRST_NUMBER - 1:03d} của năm {ISSUED_ON.year} đã cấp theo sổ giấy.",
    )
    order = Order(
        issuer=city,
        signer=Signer.objects.get(office=city),
        issue_date=ISSUED_ON,
        decision_number="1875/QĐ-UBND",
        decision_date=ISSUED_ON - dt.timedelta(days=2),
    )
    prepared = prepare_papers(course, order, actor=actor)
    issued = issue_papers(course, actor=actor)
    made = [result for result in issued if result.certificate]
    if not made or len(made) != len(prepared) - 1:
        sentences = {result.sentence for result in [*prepared, *issued] if result.sentence}
        raise RuntimeError(f"the demo's papers could not be made: {sorted(sentences)}")


def _load_under_way(people: list[Trainee], users: dict[str, User]) -> None:
    """The class of June 2022: three half-days marked, the fourth for some of the offices, two not at all."""
    outline = _outline("cchc_2022")
    first_day = dt.date.fromisoformat(outline["first_day"])
    with stopped_at(_at(first_day, days=-12)):
        actor = actor_of(users[ORGANISER])
        course = plan_class(outline, first_day=first_day, actor=actor)
        course = publish(course, actor=actor)
    with stopped_at(_at(first_day, days=-4)):
        nominate(course, people, outline, actor=actor)
    with stopped_at(_at(first_day)):
        course = start(course, actor=actor)
    for place, session in enumerate(course.sessions.in_order()[:4]):
        with stopped_at(session.ends_at):
            mark_naturally(session, actor=actor, offices=14 if place == 3 else None)


def _load_now(inventor: Inventor, people: list[Trainee], users: dict[str, User], ward: Office) -> list[Trainee]:
    """The ward's class around today, whose first half-day is closed and whose last was put into another hall yesterday;
    some of its people worked in the old wards, and have their papers from there. Returns those that have always been
    the ward's."""
    outline = _outline("tthc_pvt")
    first_day = today() - dt.timedelta(days=1)
    with stopped_at(_at(first_day, days=-10)):
        actor = actor_of(users[WARD_ORGANISER])
        moved = _move(inventor.book["moved"], people)
        own = inventor.people_of(Office.objects.below(ward).order_by("order"))
        course = plan_class(outline, first_day=first_day, actor=actor)
        course = publish(course, actor=actor)
        nominate(course, [*moved, *own], outline, actor=actor)
    with stopped_at(_at(first_day, days=-2)):
        tell_of_list(course, actor=actor)
    with stopped_at(_at(first_day)):
        course = start(course, actor=actor)
    first, *_others, last = course.sessions.in_order()
    with stopped_at(first.ends_at):
        missing = people_of_desk(course, outline)[outline["desk"]["missing"]]
        mark_naturally(first, actor=actor, surely={missing.pk: MarkState.ABSENT})
        close_sheet(first, actor=actor, expected_version=0)
        hold_elsewhere(course, outline, actor=actor)
        _change_and_ask(last, actor)
        leave_to_the_desk(course, outline)
    return own


def _change_and_ask(session: Session, actor: Actor) -> None:
    """The last half-day begins later than people knew; one of them, who finds it on the own page, asks for leave."""
    begins, ends = dt.time(14), dt.time(17)
    reschedule_session(
        session, actor=actor, date=session.date, begins=begins, ends=ends, why="Hội trường có cuộc họp trước đó (ví dụ)"
    )
    person = _shown_trainee()
    if person:
        registration = person.registrations.get(course=session.course_id)
        own = Actor("trainee", trainee_id=person.pk)
        ask_for_leave(registration, [session], reason="Trực tiếp công dân tại phường (ví dụ)", actor=own)


def _load_tested(own: list[Trainee], users: dict[str, User], ward: Office) -> None:
    """A class of the ward that is over: points and grades, papers with two signers, one back from being signed."""
    outline = _outline("stvb_pvt")
    first_day = dt.date.fromisoformat(outline["first_day"])
    actor, officer = actor_of(users[WARD_ORGANISER]), actor_of(users[OFFICER])
    with stopped_at(_at(first_day, days=-12)):
        course = plan_class(outline, first_day=first_day, actor=actor)
        course = publish(course, actor=actor)
        nominate(course, own[:: len(own) // len(outline["points"])][: len(outline["points"])], outline, actor=actor)
        second = make_second_signer(ward, officer)
    with stopped_at(_at(first_day)):
        course = start(course, actor=actor)
    listed = _number(course)
    for place, session in enumerate(course.sessions.in_order()):
        with stopped_at(session.ends_at):
            # One was missing half of the time, and has not earned the paper.
            states: dict[int, str] = dict.fromkeys((registration.pk for registration in listed), MarkState.PRESENT)
            if place:
                states[listed[9].pk] = MarkState.ABSENT
            mark(session, states, actor=actor)
    with stopped_at(_at(first_day, days=3)):
        points = (Decimal(point) for point in outline["points"])
        enter_scores(course, {r.pk: point for r, point in zip(listed, points, strict=True)}, actor=officer)
        course = conclude(course, actor=actor)
        order = Order(
            issuer=ward,
            signer=Signer.objects.get(office=ward),
            issue_date=today(),
            decision_number="214/QĐ-UBND",
            decision_date=today(),
            template=offered_templates(ward).get(),
            second_signer=second,
        )
        everybody = [registration.pk for registration in listed]
        go_on(
            start_work(course, BatchWork.PREPARE, actor=officer, registration_ids=everybody, order=order).pk,
            actor=officer,
        )
        papers = Certificate.objects.filter(registration__in=everybody).select_related("pdf").in_register_order()
        have = list(papers.values_list("registration_id", flat=True))
        go_on(start_work(course, BatchWork.ISSUE, actor=officer, registration_ids=have).pk, actor=officer)
    # Today: a signature says by itself when it was made.
    _sign_one(course, papers.first(), officer)


def _sign_one(course: Course, paper: Certificate | None, officer: Actor) -> None:
    """A paper comes back with a signature whose name says that its key is for trying out; the key is thrown away."""
    password = secrets.token_hex(16)
    key = read_signing_key(new_development_key(password, at=now()), password)
    if paper is None or paper.pdf is None:
        raise RuntimeError("the demo's papers with two signers could not be made")
    signed = sign_by(read_file(paper.pdf), key, field="Chu ky thu")
    [taken] = take_in_signed(course, [(f"{paper.facts['number'].replace('/', '-')}.pdf", signed)], actor=officer)
    if taken.copy is None:
        raise RuntimeError(f"the demo's signed paper was not taken in: {taken.sentence}")


def _load_open(users: dict[str, User]) -> None:
    """The class for which offices name their people now: two have sent their letter, one sends nobody, one is at it,
    and the others have not answered."""
    outline = _outline("kns_pvt")
    first_day = open_class_begins(today())
    actor = actor_of(users[WARD_ORGANISER])
    with stopped_at(_at(today(), days=-3)):
        course = plan_class(outline, first_day=first_day, actor=actor)
        course = publish(course, actor=actor)
    with stopped_at(_at(today(), days=-1)):
        let_offices_answer(course, outline, actor=actor)


def open_class_begins(day: dt.date) -> dt.date:
    """The first day of the class that is open when the demo is loaded on this day."""
    soon = day + dt.timedelta(days=DAYS_AHEAD)
    return soon + dt.timedelta(days=(TUESDAY - soon.weekday()) % 7)


def _move(outline: dict, people: list[Trainee]) -> list[Trainee]:
    """People of the old wards go to an office of the new one; what they were registered as stays what it was."""
    office = Office.objects.get(code=outline["to"])
    moved = []
    for code in outline["from"]:
        of_office = [person for person in people if person.office.code == code]
        for place in outline["places"]:
            moved.append(save_trainee(of_office[place], actor=SYSTEM, office=office, position=outline["position"]))
    return moved


def _number(course: Course) -> list[Registration]:
    """The list of the class is final: serial numbers in the order of offices and names."""
    listed = list(registrations_of(course))
    for number, registration in enumerate(listed, 1):
        registration.number = number
    Registration.objects.bulk_update(listed, ["number"])
    return listed


def _notes() -> DemoNotes:
    paper, trainee = _papers().order_by("number").first(), _shown_trainee()
    return DemoNotes(
        site=f"{settings.SITE_URL}/",
        sign_ins=sign_ins_kept() or make_sign_ins(),
        trainee_link=links.own_page(trainee.pk, trainee.link_version) if trainee else "",
        office_link=_office_link(UNDER_WAY, COORDINATED),
        naming_link=_office_link(OPEN, COORDINATED_NOW),
        verify_link=verify_url(paper.code) if paper else "",
    )


def _papers():
    return Certificate.objects.filter(registration__course__code=CONCLUDED, state__in=IN_FORCE)


def _shown_trainee() -> Trainee | None:
    """Somebody in the class of these days who has a paper of a past one."""
    trainees = Trainee.objects.filter(registrations__course__code=NOW)
    return trainees.filter(pk__in=_papers().order_by().values("registration__trainee")).order_by("pk").first()


def _office_link(course: str, office: str) -> str:
    answer = OfficeAnswer.objects.filter(course__code=course, office__code=office).first()
    return links.office_page(answer.pk, answer.link_version) if answer else ""


def _outline(name: str) -> dict:
    return json.loads((OUTLINES / f"{name}.json").read_text(encoding="utf-8"))


def _at(day: dt.date, *, days: int = 0) -> dt.datetime:
    """Eight o'clock in the morning of the day, or of so many days after it."""
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(8), tzinfo=VIETNAM)
