"""What the people of a class are still to be told, and the messages that would say it.

Nothing is queued: what is to be told follows from the plan and from the record, less what the lines of messages say was
told. The app that keeps the record adds what it knows to `Due`s of its own.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from courses.constants import links
from courses.constants.choices import (
    ACTIVE_STATES,
    Channel,
    CourseState,
    HalfDay,
    Occasion,
    RegistrationKind,
    RegistrationState,
    SessionState,
)
from courses.constants.clock import VIETNAM
from courses.constants.defusing import without_links
from courses.constants.telling import (
    CONTACT,
    DEFAULT_WORDS,
    ENDING,
    LINK,
    NEW_DAY_LATER,
    NO_HALF_DAY,
    NO_PLACE,
    OF_GROUPS,
    OF_PEOPLE,
    OWN_PAGE,
    PAGE_OF_CLASS,
    PLACEHOLDER,
    SAMPLE,
    TO_GROUP,
    TO_PERSON,
    Words,
    half_day_on,
    without_own_page,
)
from courses.models import Course, MessageLine, MessageText, Office, Registration, Session, Trainee
from courses.rendering.days import WEEKDAYS
from courses.reports.changes import Changed, change_from, rows_of_news
from courses.reports.timetable import own_places

#: Classes whose people are told of what comes; of what was, also when it is concluded.
COMING = (CourseState.PUBLISHED, CourseState.RUNNING)
LONGEST_SUBJECT = 150
NOON = 12


@dataclass(frozen=True)
class Due:
    """One thing that one person is still to be told. `about` as in `MessageLine`; `sessions`: the half-days that it is
    about; `change`: how one of them stands otherwise than this person knows."""

    registration: Registration
    occasion: str
    about: int = 0
    sessions: tuple[Session, ...] = ()
    change: Changed | None = None

    @property
    def key(self) -> tuple[int, str, int]:
        return self.registration.pk, str(self.occasion), self.about


@dataclass(frozen=True)
class Digest:
    """All that one person is told in one act. `body` holds LINK where the own address goes; `address` is "" for who is
    told by hand."""

    registration: Registration
    dues: tuple[Due, ...]
    address: str
    subject: str
    body: str

    @property
    def trainee(self) -> Trainee:
        return self.registration.trainee

    @property
    def shown_body(self) -> str:
        """The text without the address of the person's own page."""
        return without_own_page(self.body)

    @property
    def channel(self) -> str:
        return Channel.EMAIL if self.address else Channel.BY_HAND


def told_in(course_ids: Collection[int]) -> set[tuple[int, str, int]]:
    """What people of these classes were told, or will be: (registration, occasion, about). What was told to one of two
    registrations that were one person counts for the one that remains. (2 queries.)"""
    lines = MessageLine.objects.filter(registration__course__in=course_ids).order_by()
    told = set(lines.values_list("registration_id", "occasion", "about"))
    gone = Registration.objects.filter(course__in=course_ids, merged_into__isnull=False).order_by()
    kept = dict(gone.values_list("pk", "merged_into_id"))
    for registration, occasion, about in list(told):
        while registration in kept:
            registration = kept[registration]
            told.add((registration, occasion, about))
    return told


def due_of_plan(
    people: Iterable[Registration],
    sessions: Iterable[Session],
    expected: Mapping[int, Collection[int]],
    told: Collection[tuple[int, str, int]],
    at: dt.datetime,
) -> list[Due]:
    """What follows from the plan, in the order of the people: that somebody is named or on the final list, how
    half-days that they know of have changed, and the half-days of tomorrow. (1 query.)

    `people`: on the roll of these classes, with class and person; `expected`: by half-day the ids of who is to be
    there; `told` as from `told_in`; `at`: the moment that counts as now.
    """
    people = [person for person in people if person.course.state in COMING and person.state in ACTIVE_STATES]
    by_course: dict[int, list[Session]] = {}
    for session in sessions:
        by_course.setdefault(session.course_id, []).append(session)
    changes = rows_of_news(sessions, at)
    tomorrow = at.astimezone(VIETNAM).date() + dt.timedelta(days=1)
    found: list[Due] = []
    for person in people:
        own = [s for s in by_course.get(person.course_id, []) if person.pk in expected.get(s.pk, ())]
        found += [
            *_of_changes(person, own, changes, told, at),
            *_of_the_day_before(person, own, told, tomorrow),
            *_of_being_named(person, own, told, at),
        ]
    return found


def due_of_change(session: Session, people: Iterable[Registration], at: dt.datetime) -> list[Due]:
    """What these people, who are expected at the half-day, are still to be told of how it stands. (3 queries.)"""
    if session.course.state not in COMING:
        return []
    told, changes = told_in([session.course_id]), rows_of_news([session], at)
    stay = [person for person in people if person.state in ACTIVE_STATES]
    return [due for person in stay for due in _of_changes(person, [session], changes, told, at)]


def _of_changes(person, sessions, changes, told, at) -> list[Due]:
    """A half-day that stands otherwise than the person knows: than when they were named, or were told last. Moved there
    and back it is no news, except for who was told of the way there."""
    found = []
    for session in sessions:
        since = [row for row in changes.get(session.pk, []) if row.at >= person.created_at]
        heard = [n for n, row in enumerate(since) if (person.pk, Occasion.CHANGED, row.pk) in told]
        rows = since[heard[-1] + 1 :] if heard else since
        change = change_from(session, since[heard[-1]].new if heard else rows[0].old, rows, at) if rows else None
        if change:
            found.append(Due(person, Occasion.CHANGED, change.pk, (session,), change))
    return found


def _of_the_day_before(person, sessions, told, day: dt.date) -> list[Due]:
    coming = [s for s in sessions if s.date == day and s.state != SessionState.CANCELLED]
    dues = [Due(person, Occasion.DAY_BEFORE, half_day_on(session.pk, day), (session,)) for session in coming]
    return [due for due in dues if due.key not in told]


def _of_being_named(person, sessions, told, at: dt.datetime) -> list[Due]:
    if person.kind != RegistrationKind.CLASS or person.course.ends_on < at.astimezone(VIETNAM).date():
        return []
    final = person.state == RegistrationState.CONFIRMED or person.course.list_final_at is not None
    occasion = Occasion.CONFIRMED if final else Occasion.NAMED
    if any((person.pk, one, 0) in told for one in (Occasion.CONFIRMED, occasion)):
        return []
    coming = tuple(s for s in sessions if s.ends_at > at and s.state != SessionState.CANCELLED)
    return [Due(person, occasion, 0, coming[:1])]


# The words


def words_of(office: Office | int) -> dict[str, Words]:
    """The words of a host by occasion: its own, else those that came with the program. (1 query.)"""
    rows = MessageText.objects.filter(office=office).order_by()
    own = {row.occasion: Words(row.subject, row.body) for row in rows}
    return {str(occasion): own.get(occasion, DEFAULT_WORDS[occasion]) for occasion in OF_PEOPLE}


def digests_of(dues: Iterable[Due], words: Mapping[str, Words]) -> list[Digest]:
    """One digest a person, in the order of the dues; of the occasions of `words` alone."""
    by_person: dict[int, list[Due]] = {}
    for due in dues:
        if due.occasion in words:
            by_person.setdefault(due.registration.trainee_id, []).append(due)
    with translation.override(settings.LANGUAGE_CODE):
        return [_digest(own, words) for own in by_person.values()]


def without(digests: Iterable[Digest], left_out: Collection[int]) -> list[Digest]:
    """Those to people who are not left out. `left_out`: ids of registrations."""
    return [digest for digest in digests if digest.registration.pk not in left_out]


def dues_of(digests: Iterable[Digest]) -> list[Due]:
    return [due for digest in digests for due in digest.dues]


def sample_of(words: Words) -> tuple[str, str]:
    """Subject and text as a person who does not exist reads them."""
    known = SAMPLE | {"duong_dan": f"{settings.SITE_URL}{links.OWN_PAGES}…/"}
    parts = [_fill(TO_PERSON, known), _fill(words.body, known)]
    return _fill(words.subject, known), "\n\n".join([*parts, _end(OWN_PAGE, known, parts)])


def group_text(course: Course, dues: Iterable[Due], words: Mapping[str, Words], address: str) -> str:
    """What a group of the class is told: nothing about one person, no personal address; "" when nothing is.

    `address`: of the page of the class.
    """
    own = {one: [due for due in dues if due.occasion == one] for one in OF_GROUPS if one in words}
    with translation.override(settings.LANGUAGE_CODE):
        return _to_group(course, {one: _of_dues(found) for one, found in own.items() if found}, words, address)


def text_of_change(change: Changed, words: Mapping[str, Words], address: str) -> str:
    """What a group is told of one change, whoever knows of it already; in the words of `group_text`."""
    with translation.override(settings.LANGUAGE_CODE):
        said = {Occasion.CHANGED: _of_half_days([change.session], [change])}
        return _to_group(change.session.course, said, words, address)


def _to_group(course: Course, said: Mapping[Occasion, dict[str, str]], words: Mapping[str, Words], address: str) -> str:
    if not said:
        return ""
    known = _of_class(course) | {"ho_ten": "Ông/Bà", "don_vi": "đơn vị", "duong_dan": address}
    parts = [_fill(TO_GROUP, known)]
    parts += [_fill(words[occasion].body, known | of_occasion) for occasion, of_occasion in said.items()]
    return "\n\n".join([*parts, _end(PAGE_OF_CLASS, known, parts)])


def _digest(dues: list[Due], words: Mapping[str, Words]) -> Digest:
    person = dues[0].registration
    known = _of_class(person.course) | {
        "ho_ten": without_links(person.trainee.full_name),
        "don_vi": without_links(person.office_name),
        "duong_dan": LINK,
    }
    dues = sorted(dues, key=lambda due: OF_PEOPLE.index(Occasion(due.occasion)))
    occasions = list(dict.fromkeys(str(due.occasion) for due in dues))
    parts = [_fill(TO_PERSON, known)]
    said = {one: known | _of_dues([due for due in dues if due.occasion == one], person) for one in occasions}
    parts += [_fill(words[one].body, said[one]) for one in occasions]
    subject = " ".join(_fill(words[occasions[0]].subject, said[occasions[0]] | {"duong_dan": ""}).split())
    return Digest(
        registration=person,
        dues=tuple(dues),
        address=person.trainee.email if settings.EMAIL_USED else "",
        subject=subject[:LONGEST_SUBJECT],
        body="\n\n".join([*parts, _end(OWN_PAGE, known, parts)]),
    )


def _end(page: str, known: Mapping[str, str], parts: list[str]) -> str:
    """The address of the page, unless a text has it already, whom to ask, and who says all this."""
    lines = [] if any(known["duong_dan"] in part for part in parts) else [_fill(page, known)]
    if known["lien_he"]:
        lines.append(_fill(CONTACT, known))
    return "\n".join([*lines, ENDING])


def _fill(text: str, known: Mapping[str, str]) -> str:
    """What stands in braces is replaced once: what is put there is not looked at again."""
    text = text.replace(LINK, "").replace("\r\n", "\n").strip()
    return PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text)


def _of_class(course: Course) -> dict[str, str]:
    first, last = f"{course.starts_on:%d/%m/%Y}", f"{course.ends_on:%d/%m/%Y}"
    return {
        "lop": without_links(course.title),
        "ma_lop": course.code,
        "thoi_gian": f"ngày {first}" if first == last else f"từ ngày {first} đến ngày {last}",
        "don_vi_to_chuc": without_links(course.host_office.name),
        "lien_he": without_links(course.contact).rstrip(". "),
        "ngay": "",
        "buoi": "",
        "dia_diem": "",
        "thay_doi": "",
    }


def _of_dues(dues: Iterable[Due], person: Registration | None = None) -> dict[str, str]:
    """Of one occasion, for one person, or for a group."""
    sessions = [session for due in dues for session in due.sessions]
    return _of_half_days(sessions, [due.change for due in dues if due.change], person)


def _of_half_days(
    sessions: Iterable[Session], changes: Iterable[Changed], person: Registration | None = None
) -> dict[str, str]:
    """Each half-day and change once, in their order."""
    ordered = sorted({s.pk: s for s in sessions}.values(), key=lambda s: (s.starts_at, s.pk))
    places = [_places(session, person) for session in ordered]
    lines = sorted({c.pk: c for c in changes}.values(), key=lambda c: (c.session.starts_at, c.session.pk))
    return {
        "ngay": ", ".join(dict.fromkeys(f"{session.date:%d/%m/%Y}" for session in ordered)),
        "buoi": "\n".join(
            f"– {half_day(session)}{'' if person else _blocks(session)}{f', tại {place}' if place else ''}"
            for session, place in zip(ordered, places, strict=True)
        )
        or NO_HALF_DAY,
        "dia_diem": "; ".join(dict.fromkeys(place for place in places if place)) or NO_PLACE,
        "thay_doi": "\n".join(map(_change, lines)),
    }


def half_day(session: Session) -> str:
    """Buổi sáng thứ Năm, 02/06/2022, 07:30–11:00"""
    begins, ends = session.starts_at.astimezone(VIETNAM), session.ends_at.astimezone(VIETNAM)
    day = f"{session.get_half_display()} {WEEKDAYS[session.date.weekday()]}, {session.date:%d/%m/%Y}"
    return f"{day}, {begins:%H:%M}–{ends:%H:%M}"


def _blocks(session: Session) -> str:
    """In a group nobody takes the half-day of another block for the own one."""
    codes = ", ".join(block.code for block in session.blocks.all())
    return f" (khối {codes})" if codes else ""


def _places(session: Session, person: Registration | None) -> str:
    """Where it is held; for who has a seat in one of several places, that one."""
    places = own_places(session, person) if person else session.places.all()
    return "; ".join(without_links(_place(place)) for place in places)


def _place(place) -> str:
    return ", ".join(filter(None, (str(place), place.venue.address if place.venue else "")))


def _change(change: Changed) -> str:
    """– Buổi sáng 02/06/2022, 07:30–11:00: Hội trường A → Hội trường B (địa chỉ: 1 Đường Thử; lý do: mất điện)

    Who reads of another hall wants the hour too and how to find it, of another hour the hall, of none when it is held.
    """
    old, new = change.old, change.new
    known, ends = (dt.datetime.fromisoformat(old[name]).astimezone(VIETNAM) for name in ("starts_at", "ends_at"))
    half = (HalfDay.MORNING if known.hour < NOON else HalfDay.AFTERNOON).label
    parts, notes, hours = list(change.words), [], ""
    if change.is_cancelled:
        parts.append(NEW_DAY_LATER)
    elif old["places"] == new["places"]:
        parts += [f"tại {'; '.join(new['places'])}"] if new["places"] else []
    else:
        venues = [one.venue for one in change.session.places.all() if one.venue and str(one) not in old["places"]]
        found = "; ".join(without_links(venue.address) for venue in venues if venue.address)
        notes += [f"địa chỉ: {found}"] if found else []
        if (old["starts_at"], old["ends_at"]) == (new["starts_at"], new["ends_at"]):
            hours = f", {known:%H:%M}–{ends:%H:%M}"
    notes += [f"lý do: {without_links(change.why)}"] if change.why else []
    beside = f" ({'; '.join(notes)})" if notes else ""
    return f"– {half} {known:%d/%m/%Y}{hours}: {'; '.join(map(without_links, parts))}{beside}"
