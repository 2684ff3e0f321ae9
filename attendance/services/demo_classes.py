"""The classes of the demo: planned, filled and marked by the services that people use, at the time when it was."""

import datetime as dt
import random
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from attendance.constants import MarkState, PaperKind
from attendance.reports.roll import roll_of
from attendance.reports.telling import due_in
from attendance.services.course_rules import set_rule
from attendance.services.leave import ask_for_leave
from attendance.services.ledger import Change, mark_by_hand
from attendance.services.templates import save_template
from courses.constants import links
from courses.constants.actors import Actor
from courses.constants.choices import AnswerState, HalfDay, Occasion, OfficeKind
from courses.constants.clock import now, today
from courses.models import (
    Block,
    Course,
    Heading,
    Index,
    Office,
    OfficeAnswer,
    Registration,
    Responsibility,
    Session,
    Signer,
    Speaker,
    Topic,
    Trainee,
    Venue,
)
from courses.reports.telling import digests_of, words_of
from courses.rules.actors import answer_of_link
from courses.rules.claims import Claim
from courses.services.answers import send_answer, send_nobody
from courses.services.link_requests import ask_for_link
from courses.services.messages import approve_messages, tell_by_hand
from courses.services.moving import relocate_session
from courses.services.nominations import nominate_many
from courses.services.plan import save_course
from courses.services.registrations import Nominee, confirm, register_many
from courses.services.schedule import USUAL_HOURS, Item, Where, set_session
from courses.services.seats import set_seats

#: What a hall of officials does, in percent.
NATURAL = {MarkState.PRESENT: 82, MarkState.LATE: 6, MarkState.LEFT_EARLY: 3, MarkState.EXCUSED: 5, MarkState.ABSENT: 4}


def make_papers_heads(city: Office, ward: Office) -> None:
    """How the papers of both hosts begin, and who signs them; the signers are invented."""
    Heading.objects.create(
        office=city,
        superior="UBND tỉnh Hậu Giang",
        body="Ủy ban nhân dân thành phố Vị Thanh",
        place="Vị Thanh",
        abbreviation="UBND",
        drafting="NV",
        valid_from=city.valid_from,
        valid_to=city.valid_to,
    )
    Signer.objects.create(
        office=city,
        authority="TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH",
        title="Phó Chủ tịch",
        full_name="Nguyễn Văn Mẫu",
        valid_from=city.valid_from,
        valid_to=city.valid_to,
    )
    Heading.objects.create(
        office=ward,
        superior="UBND thành phố Cần Thơ",
        body="Ủy ban nhân dân phường Vị Thanh",
        place="Vị Thanh",
        abbreviation="UBND",
        drafting="VHXH",
        valid_from=ward.valid_from,
    )
    Signer.objects.create(
        office=ward,
        authority="TM. ỦY BAN NHÂN DÂN",
        title="Chủ tịch",
        full_name="Đặng Thị Mẫu",
        valid_from=ward.valid_from,
    )


def make_second_signer(ward: Office, actor: Actor) -> Signer:
    """A department of the ward signs with it: the template that says so, and who signs there."""
    department = Office.objects.get(code=f"{ward.code}-VX")
    save_template(
        issuer=ward,
        kind=PaperKind.ATTESTATION,
        name="Hai người ký",
        actor=actor,
        closing="Kết quả kiểm tra cuối lớp được xếp loại như trên.",
        two_signers=True,
        second_office=department,
    )
    return Signer.objects.create(
        office=department, title="Trưởng phòng", full_name="Bùi Văn Mẫu", valid_from=ward.valid_from
    )


def plan_class(outline: dict, *, first_day: dt.date, actor: Actor) -> Course:
    """Writes a class of `courses/data/demo/` as a draft: blocks, topics, half-days, halls, speakers, seats, rule."""
    host = Office.objects.get(code=outline["host"])
    # The class of 2022 has no deadline: a roster that is tried on it today would come late with every row.
    deadline = first_day - dt.timedelta(days=outline["deadline_days"]) if outline["deadline_days"] else None
    course = save_course(
        Course(
            code=outline["code"],
            title=outline["title"],
            host_office=host,
            summary=outline["summary"],
            audience=outline["audience"],
            contact=outline["contact"],
            capacity=outline["capacity"],
            starts_on=first_day,
            ends_on=first_day + dt.timedelta(days=max(half["day"] for half in outline["half_days"])),
            registration_deadline=deadline,
        ),
        actor=actor,
    )
    course.indices.set(Index.objects.filter(code__in=outline["indices"]))
    blocks, topics = _make_blocks(course, outline)
    speakers = {key: _speaker(host, *facts) for key, facts in outline["speakers"].items()}
    venues = {key: _venue(host, facts) for key, facts in outline["venues"].items()}
    for half in outline["half_days"]:
        begins, ends = USUAL_HOURS[HalfDay(half["half"])]
        set_session(
            Session(course=course),
            actor=actor,
            date=first_day + dt.timedelta(days=half["day"]),
            begins=begins,
            ends=ends,
            blocks=[blocks[code] for code in half["blocks"]],
            agenda=[Item(topics[code, number], speakers[who]) for code, number, who in half["agenda"]],
            places=[Where(venues[half["venue"]])],
        )
    offices = {office.code: office.pk for office in Office.objects.filter(code__in=outline["seats"])}
    set_seats(course, {offices[code]: number for code, number in outline["seats"].items()}, actor=actor)
    set_rule(course, actor=actor, share=outline["share"], **outline.get("test", {}))
    return course


def nominate(course: Course, people: list[Trainee], outline: dict, *, actor: Actor) -> None:
    """Registers people with their office and position of the day, and says what their offices answered."""
    nominees = [Nominee(person, person.office, person.position) for person in people]
    _registrations, refused = register_many(course, nominees, actor=actor)
    if refused:
        raise RuntimeError(f"the demo's seats do not fit its people: {sorted(set(refused.values()))}")
    state_of = {code: state for state, codes in outline["answers"].items() for code in codes}
    answers = list(OfficeAnswer.objects.filter(course=course).select_related("office").order_by("office__order"))
    for number, answer in enumerate(answers, 1):
        answer.state = state_of.get(answer.office.code, AnswerState.SENT)
        if answer.state == AnswerState.SENT:
            is_committee = answer.office.kind in (OfficeKind.WARD, OfficeKind.COMMUNE)
            letters = "".join(part for part in answer.office.code.split("-") if not part.isdigit())
            answer.letter_number = f"{number:02d}/{'UBND' if is_committee else letters}"
            answer.letter_date = course.starts_on - dt.timedelta(days=5 + number % 3)
    OfficeAnswer.objects.bulk_update(answers, ["state", "letter_number", "letter_date"])


def let_offices_answer(course: Course, outline: dict, *, actor: Actor) -> None:
    """Offices name their own people and answer as they do by their page; what the organiser confirms is confirmed."""
    answers = OfficeAnswer.objects.filter(course=course).select_related("office", "course")
    for answer in answers.order_by("office__order"):
        own, office = _actor_of_link(answer), answer.office
        if places := outline["named"].get(office.code):
            people = list(Trainee.objects.filter(office=office).order_by("pk"))
            named = nominate_many(course, [people[place] for place in places], office=office, actor=own)
            if office.code in outline["confirmed"]:
                confirm(course, [registration.pk for registration in named], actor=actor)
        if number := outline["letters"].get(office.code):
            send_answer(answer, actor=own, number=number, date=today())
        elif why := outline["nobody"].get(office.code):
            send_nobody(answer, actor=own, why=why)


def hold_elsewhere(course: Course, outline: dict, *, actor: Actor) -> None:
    """One half-day was put into another hall, so that pages have a change to show."""
    said = outline["held_elsewhere"]
    session = course.sessions.in_order()[said["half_day"]]
    venue = Venue.objects.get(office=course.host_office, name=outline["venues"][said["venue"]]["name"])
    relocate_session(session, places=[Where(venue)], why=said["why"], actor=actor)


def tell_of_list(course: Course, *, actor: Actor) -> None:
    """Everybody is told by hand that they are on the list, but for the last three, who are still to be told."""
    words = {str(Occasion.CONFIRMED): words_of(course.host_office)[Occasion.CONFIRMED]}
    # By hand also where e-mail is set up: loading the demo sends nothing.
    digests = [replace(digest, address="") for digest in digests_of(due_in([course], now()), words)]
    told = approve_messages(course, digests, act=uuid5(NAMESPACE_URL, f"telling-{course.code}"), actor=actor)
    tell_by_hand(course, [message.pk for message in told[:-3]], actor=actor)


def leave_to_the_desk(course: Course, outline: dict) -> None:
    """What an office's coordinator finds on the desk: an absence that was reported, somebody who asks for the link."""
    said, people = outline["desk"], people_of_desk(course, outline)
    answer = OfficeAnswer.objects.select_related("office", "course").get(course=course, office__code=said["office"])
    session = course.sessions.in_order()[said["half_day"]]
    ask_for_leave(people[said["reported"]], [session], reason=said["reason"], actor=_actor_of_link(answer))
    person = people[said["without_link"]].trainee
    claim = Claim(person.full_name, answer.office_id, birth=person.birth)
    if ask_for_link(claim, address="127.0.0.1") is None:
        raise RuntimeError("the demo's person without a link is not known by name and birth date")


def people_of_desk(course: Course, outline: dict) -> list[Registration]:
    """The people in the class of the office whose coordinator signs in, in the order in which they were invented."""
    people = course.registrations.filter(office__code=outline["desk"]["office"])
    return list(people.select_related("trainee").order_by("trainee_id"))


def mark_naturally(
    session: Session, *, actor: Actor, offices: int | None = None, surely: dict[int, str] | None = None
) -> None:
    """Marks a half-day as halls are: most people there, a few late, gone early, excused, absent.

    `offices`: only so many of the first ones; the same for the same half-day every time. `surely`: states that are not
    left to chance, by registration id.
    """
    dice = random.Random(f"{session.course.code} {session.starts_at:%Y%m%d%H}")  # noqa: S311 - not a secret
    rolls = roll_of(session).offices[:offices]
    states: dict[int, str] = {
        line.registration.pk: dice.choices(list(NATURAL), list(NATURAL.values()))[0]
        for roll in rolls
        for line in roll.lines
    }
    mark(session, states | (surely or {}), actor=actor)


def mark(session: Session, states: dict[int, str], *, actor: Actor) -> None:
    """Enters states by registration id on the page of a half-day that shows nothing yet."""
    changes = [Change(pk, "", state) for pk, state in states.items()]
    submission = uuid5(NAMESPACE_URL, f"demo:{session.course.code}:{session.pk}")
    mark_by_hand(session, changes, actor=actor, submission=submission)


def _actor_of_link(answer: OfficeAnswer) -> Actor:
    found = answer_of_link(links.office_token(answer.pk, answer.link_version))
    if found is None:
        raise RuntimeError("the link of an office of the demo opens nothing")
    return found[0]


def _make_blocks(course: Course, outline: dict) -> tuple[dict[str, Block], dict[tuple[str, int], Topic]]:
    blocks, topics = {}, {}
    for order, facts in enumerate(outline["blocks"], 1):
        block = Block.objects.create(course=course, code=facts["code"], title=facts["title"], order=order)
        block.audience.set(Responsibility.objects.filter(code__in=facts["audience"]))
        blocks[block.code] = block
        for number, title in enumerate(facts["topics"], 1):
            topics[block.code, number] = Topic.objects.create(block=block, title=title, order=number)
    return blocks, topics


def _speaker(office: Office, full_name: str, title: str) -> Speaker:
    return Speaker.objects.get_or_create(office=office, full_name=full_name, defaults={"title": title})[0]


def _venue(office: Office, facts: dict) -> Venue:
    return Venue.objects.get_or_create(office=office, name=facts["name"], defaults=facts)[0]
