"""The rows of a roster as its page shows them: a page of a hundred is opened, the rest is counted by its columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from courses.constants import citizen_digits
from courses.constants.actors import Actor
from courses.constants.choices import BatchState, Gender, RowDecision
from courses.constants.ids import row_id
from courses.constants.masking import in_the_clear
from courses.constants.names import search_key
from courses.models import ImportBatch, Office, Registration, Trainee
from courses.readers.offices import Close
from courses.rules.permissions import may_edit_trainee
from courses.services.rosters.offices import KnownOffices
from courses.services.rosters.rows import NEW, SKIP, Fate, OpenedRow, merged_since, moving_from, opened

ROWS_A_PAGE = 100
QUESTIONS_A_PAGE = 5
LONGEST_SEARCH = 100
ALL, LOOK, MOVES, READY, DONE = "all", "look", "moves", "ready", "done"
#: Parts of the list, by their names in the address and in `querysets.ROWS`.
BEFORE = (
    (LOOK, _("To be looked at")),
    ("wrong", _("To be corrected")),
    ("who", _("Who is this?")),
    (MOVES, _("Kept at another office")),
    (READY, _("In order")),
)
AFTER = ((LOOK, _("To be looked at")), (READY, _("Imported")))
#: Sign and word of a row, before it is applied by its decision and after by its fate.
_FATES = {
    Fate.REGISTERED: ("ok", _("Registered")),
    Fate.ALREADY: ("info", _("In the class already")),
    Fate.OVER: ("bad", _("Over the seats, not registered")),
    Fate.WAITING: ("warn", _("To be looked at, not registered")),
    Fate.LEFT_OUT: ("", _("Left out")),
    Fate.MADE: ("ok", _("New person")),
    Fate.COMPLETED: ("ok", _("What was missing was filled in")),
    Fate.MOVED: ("ok", _("Moved to the office of the list")),
    Fate.KNOWN: ("info", _("Known, nothing new")),
}


@dataclass
class Option:
    """One answer to "who is this?", with what tells the person apart."""

    value: str
    label: str
    facts: list[str] = field(default_factory=list)
    chosen: bool = False


@dataclass
class Shown:
    """A row as the page shows it."""

    opened: OpenedRow
    sign: str
    word: str
    #: The row in the file, with its sheet where the file has several.
    place: str = ""
    tone: str = ""
    said: list[str] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    person: str = ""
    facts: list[str] = field(default_factory=list)
    question: str = ""
    options: list[Option] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    mendable: bool = False


@dataclass
class Question:
    """Words that name no known office: for how many rows, which offices may be meant."""

    words: str
    count: int
    close: list[Office]


def place_of(query) -> str:
    """The part of the list that is looked at, made of an address; nothing else of it is taken over."""
    show, page = query.get("show"), query.get("page", "")
    known = {ALL, *(name for name, _words in BEFORE)}
    place = {"show": show if show in known else ALL, "page": row_id(page) or 1}
    search = query.get("q", "").strip()[:LONGEST_SEARCH]
    return urlencode(place | ({"q": search} if search else {}))


class _Counted(Paginator):
    """Pages of rows whose number is known already."""

    def __init__(self, rows, number: int):
        super().__init__(rows, ROWS_A_PAGE)
        self._number = number

    @property
    def count(self) -> int:
        return self._number


def listed(batch: ImportBatch, query, actor: Actor, counts: dict[str, int]) -> dict:
    """The part of the rows that was asked for, a hundred at a time. A search by name opens all rows of the part."""
    place = QueryDict(place_of(query))
    show, search = place["show"], place.get("q", "")
    after = batch.state in (BatchState.APPLIED, BatchState.UNDONE)
    rows = batch.rows.select_related("office").order_by("pk")
    if show != ALL:
        rows = rows.which_are(DONE if after and show == READY else show)
    number = {ALL: "read", READY: DONE if after else READY}.get(show, show)
    pages = _Counted(_named(opened(rows), search), 0) if search else _Counted(rows, counts[number])
    if search:
        pages._number = len(pages.object_list)
    page = pages.get_page(place["page"])
    page.object_list = shown(page.object_list if search else opened(page.object_list), actor, batch)
    tabs = [{"show": ALL, "name": _("All"), "count": counts["read"], "current": show == ALL}]
    for key, name in AFTER if after else BEFORE:
        if key == MOVES and batch.course_id:
            continue
        count = counts[DONE if after and key == READY else key]
        if key == READY and batch.state == BatchState.UNDONE:
            name = _("Taken back")
        tabs.append({"show": key, "name": name, "count": count, "current": show == key})
    return {"page": page, "show": show, "tabs": tabs, "search": search}


def _named(rows: Iterable[OpenedRow], search: str) -> list[OpenedRow]:
    """Rows in whose names each word of the search begins a word."""
    wanted = search_key(search).split()
    found = []
    for row in rows:
        words = search_key(row.read.full_name).split()
        if all(any(word.startswith(one) for word in words) for one in wanted):
            found.append(row)
    return found


def questions(batch: ImportBatch) -> list[Question]:
    """The words for offices that nobody knows, the most frequent first. (1 query, and 5 more when there are some.)"""
    asked = batch.rows.which_are("wrong").exclude(asked_office="").order_by()
    counts: dict[str, int] = {}
    for words in asked.values_list("asked_office", flat=True):
        counts[words] = counts.get(words, 0) + 1
    if not counts:
        return []
    known = KnownOffices(batch.course, batch.kept_by)
    found = []
    for words, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:QUESTIONS_A_PAGE]:
        answer = known.index.find(words)
        close = [known.by_code[code] for code in answer.codes] if isinstance(answer, Close) else []
        found.append(Question(words, count, known.heirs(words) or close))
    return found


def shown(rows: list[OpenedRow], actor: Actor, batch: ImportBatch) -> list[Shown]:
    """These rows with their people, candidates side by side; whoever was merged since is shown as the one who is kept.
    (4 queries.)"""
    several = len(batch.rows.order_by().values_list("sheet", flat=True).distinct()[:2]) > 1
    merged = merged_since(rows)
    ids = {pk for row in rows for pk in (*row.candidates, row.kept.trainee_id) if pk}
    visible = Trainee.objects.visible_to(actor).select_related("office").order_by("pk")
    kept = {trainee.pk: trainee for trainee in visible.filter(pk__in={merged.get(pk, pk) for pk in ids})}
    people = {pk: kept[merged.get(pk, pk)] for pk in ids if merged.get(pk, pk) in kept}
    asked = {merged.get(pk, pk) for row in rows if row.asks for pk in row.candidates}
    classes: dict[int, list[str]] = {}
    here: set[int] = set()
    attended = (
        Registration.objects.visible_to(actor).active().filter(trainee__in=asked).order_by("-course__starts_on", "pk")
    )
    for pk, course, code in attended.values_list("trainee_id", "course_id", "course__code"):
        if course == batch.course_id:
            here.add(pk)
        else:
            classes.setdefault(pk, []).append(code)
    facts = {pk: _apart(one, classes.get(one.pk, []), one.pk in here, actor) for pk, one in people.items()}
    lines = [_shown(row, people, facts, batch) for row in rows]
    for line in lines:
        line.place = str(line.opened.kept) if several else str(line.opened.kept.row)
    return lines


def _shown(row: OpenedRow, people: dict[int, Trainee], apart: dict[int, list[str]], batch: ImportBatch) -> Shown:
    state = batch.state
    sign, word = _FATES[Fate(row.fate)] if row.fate else _standing(row)
    if state == BatchState.UNDONE and row.fate in (Fate.REGISTERED, Fate.MADE, Fate.COMPLETED, Fate.MOVED):
        sign, word = "", _("Taken back")
    one = Shown(row, sign, word, said=_said(row))
    one.tone = {"warn": "problem", "bad": "refused"}.get(sign, "")
    one.notes = [row.why] if row.why else ([] if row.fate else row.notes)
    if not row.sound:
        one.cells = [(title, in_the_clear(text)) for title, text in row.read.raw.items()]
    known = people.get(row.kept.trainee_id)
    if known:
        one.person, one.facts = known.full_name, _facts(known)
        if row.sound and not row.fate and not batch.course_id:
            one.notes = [*one.notes, *_differences(row, known)]
    elif row.kept.trainee_id:
        one.person = _("Known by the citizen number")
        if row.elsewhere and not row.fate and not batch.course_id:
            one.notes = [*one.notes, str(_("Another office keeps this person, who stays where they are."))]
    elif row.sound and row.kept.decision != RowDecision.ASK and state != BatchState.UNDONE:
        one.person = _("New person")
    if state == BatchState.READ and not row.fate:
        # A row with something wrong can be put right or left out, also when its person is in the class already.
        one.mendable = not (row.is_there and row.sound)
        if row.asks:
            moves = row.kept.decision == RowDecision.MOVES
            one.question = _("Which office does this person belong to?") if moves else _("Who is this?")
            one.options = _options(row, people, apart)
    return one


def _differences(row: OpenedRow, known: Trainee) -> list[str]:
    """What a directory says otherwise than what is kept of a known person, of whom nothing is written over."""
    said = []
    new = row.kept.office
    if new and known.office_id != new.pk:
        told = (
            _("Is kept at %(old)s; the list says %(new)s.")
            if row.kept.decision == RowDecision.MOVES
            else _("Is kept at %(old)s, for which you do not organise, and stays there; the list says %(new)s.")
        )
        said.append(told % {"old": known.office, "new": new})
    position = in_the_clear(row.read.position or "")
    if position and known.position and search_key(position) != search_key(known.position):
        told = (
            _("Is kept as %(old)s; the list says %(new)s, which goes along when the person moves.")
            if row.moves
            else _("Is kept as %(old)s; the list says %(new)s. The position that is kept stays.")
        )
        said.append(told % {"old": known.position, "new": position})
    return said


def _standing(row: OpenedRow) -> tuple[str, str]:
    if row.kept.choice == SKIP and not (row.is_there and row.sound):
        return "", _("Left out")
    if not row.sound:
        return "warn", _("To be looked at")
    if row.is_there:
        return "info", _("In the class already")
    if row.ready or (row.asks and row.kept.choice):
        return "ok", _("In order")
    return "warn", RowDecision(row.kept.decision).label


def _said(row: OpenedRow) -> list[str]:
    read = row.read
    return [
        str(text)
        for text in (
            Gender(read.gender).label if read.gender else "",
            read.birth.vietnamese() if read.birth else "",
            in_the_clear(read.position or ""),
            read.phone,
            read.email,
            citizen_digits.masked(read.citizen_id) if read.citizen_id else "",
        )
        if text
    ]


def _facts(trainee: Trainee) -> list[str]:
    year = str(trainee.birth_first.year) if trainee.birth_first else ""
    return [" · ".join(filter(None, (year, trainee.position, trainee.office.name)))]


def _apart(trainee: Trainee, attended: list[str], is_here: bool, actor: Actor) -> list[str]:
    """What tells people of one name apart; numbers masked, and only where the actor may edit the person."""
    facts = _facts(trainee)
    if may_edit_trainee(actor, trainee):
        numbers = [
            citizen_digits.masked(trainee.phone) if len(trainee.phone) > 5 else "",
            trainee.masked_citizen_number,
        ]
        facts.append(" · ".join(filter(None, numbers)))
    facts.append(_("Already in this class") if is_here else "")
    facts.append(_("Classes: %(codes)s") % {"codes": ", ".join(attended[:3])} if attended else "")
    return [fact for fact in facts if fact]


def _options(row: OpenedRow, people: dict[int, Trainee], apart: dict[int, list[str]]) -> list[Option]:
    """The people it may be, side by side; a new person; nobody. A person busy at the time is taken or left, one kept at
    another office moves or stays."""
    if row.kept.decision == RowDecision.CLASH:
        options = [Option(str(row.kept.trainee_id), _("Register all the same"))]
    elif row.kept.decision == RowDecision.MOVES:
        pk = row.kept.trainee_id or 0
        known = people.get(pk)
        stays = _("Stays at %(office)s") % {"office": known.office} if known else _("Stays at the office of today")
        moves = _("Moves to %(office)s") % {"office": row.kept.office}
        options = [Option(moving_from(pk, row.moves[pk]), moves), Option(str(pk), stays)]
    else:
        # The answer is the row that was found; of two that became one the first stands for both.
        found: dict[int, tuple[int, Trainee]] = {}
        for pk in row.candidates:
            if pk in people and (people[pk].pk not in found or str(pk) == row.kept.choice):
                found[people[pk].pk] = pk, people[pk]
        options = [option for pk, one in found.values() for option in _as_this_person(row, pk, one, apart[pk])]
        options.append(Option(NEW, _("Somebody else, a new person")))
    options.append(Option(SKIP, _("Leave out")))
    for option in options:
        option.chosen = option.value == row.kept.choice
    return options


def _as_this_person(row: OpenedRow, pk: int, person: Trainee, facts: list[str]) -> list[Option]:
    """The row is this person, who stays where they are kept, or (when that is another office) moves to the row's."""
    if pk not in row.moves:
        return [Option(str(pk), person.full_name, facts)]
    stays = _("%(name)s, stays at %(office)s") % {"name": person.full_name, "office": person.office}
    moves = _("%(name)s, moves to %(office)s") % {"name": person.full_name, "office": row.kept.office}
    return [Option(moving_from(pk, row.moves[pk]), moves, facts), Option(str(pk), stays, facts)]
