"""Which office is meant by the words of a roster.

Offices write "P. NV", "UBND P.I", "phuong 1", "TTVH-TT&TT". Certain are: the name, a known other spelling, their
abbreviations, kinds and the city's name left out, marks left out, tone marks placed the older way, Roman or Arabic
numbers. A wrong letter or a wrong mark is not certain: it is close, and a person decides.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from courses.readers.words import fold, marked_words, same_but_for_missing_marks

Words = tuple[str, ...]

_CLOSE_ENOUGH = 0.75
_MOST_CLOSE = 3
#: A list that names more unknown offices than this is none of offices: to compare each with all would take minutes.
MOST_COMPARED = 200
_SHORTEST_ACRONYM = 3
_ENUMERATOR = re.compile(r"^\s*([IVXLC]{1,5}|[A-ZĐ]|\d{1,2})\s*[.)\-:/]\s*(?=\S{2})")
_ROMAN = {
    word: n for n, word in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1)
}
_JOINING = {"và", "va"}
_COMMITTEE: Words = ("ủy", "ban", "nhân", "dân")
#: Abbreviations that stand in the names themselves, so that those who write them out are understood.
_WRITTEN_OUT: dict[str, Words] = {
    "hđnd": ("hội", "đồng", "nhân", "dân"),
    "ubnd": _COMMITTEE,
    "tncs": ("thanh", "niên", "cộng", "sản"),
    "mttq": ("mặt", "trận", "tổ", "quốc"),
    "lhpn": ("liên", "hiệp", "phụ", "nữ"),
    "ccb": ("cựu", "chiến", "binh"),
    "tp": ("thành", "phố"),
}
_KINDS: dict[str, tuple[Words, ...]] = {
    "city": (("thành", "phố"),),
    "ward": (("phường",),),
    "commune": (("xã",),),
    "department": (("phòng",),),
    "centre": (("trung", "tâm"),),
}
_KIND_WORDS = {"thành", "phố", "phường", "xã", "phòng", "trung", "tâm", "văn", "ban", "hội", "đoàn", "ủy"}
_ENDINGS: tuple[Words, ...] = (("thành", "phố"), ("thành", "ủy"))
_GOVERNED = ("city", "ward", "commune")
#: How lists write the kind of a place that has a government of its own, also kinds that no office here has.
_WRITTEN_KINDS: tuple[Words, ...] = (
    ("phường",), ("p",), ("xã",), ("x",), ("thị", "trấn"), ("tt",), ("thị", "xã"), ("tx",), ("thành", "phố"), ("tp",),
    ("quận",), ("huyện",),
)  # fmt: skip


class OfficeEntry(NamedTuple):
    """An office as the index needs it; `valid_to` is the first day without it, `elsewhere` are spellings that are only
    close."""

    code: str
    name: str
    kind: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    order: int = 0
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """A certain answer; `how` is "exact" (its name), "alias" (a known spelling) or "abbreviation"."""

    code: str
    how: str


@dataclass(frozen=True)
class Close:
    """No certain answer: the offices that may be meant, likeliest first."""

    codes: tuple[str, ...]


class _Namesakes(Close):
    """Offices that the words fit equally well."""


class _Form(NamedTuple):
    words: Words
    code: str
    how: str
    shortened: bool


class OfficeIndex:
    """The offices that exist on one day, to be asked by name."""

    def __init__(self, entries: Iterable[OfficeEntry], on: dt.date | None = None):
        """`on` leaves out offices that did not exist on that day; without it all entries count."""
        self.entries = {entry.code: entry for entry in entries if on is None or _exists(entry, on)}
        self._forms: dict[str, list[_Form]] = {}  # by first letter, so that few need a closer look
        for entry in self.entries.values():
            for form in self._forms_of(entry):
                self._forms.setdefault(fold(form.words[0])[:1], []).append(form)
        self._answers: dict[str, Match | Close | None] = {}
        self._compared = 0

    def find(self, text: str, within: str | None = None) -> Match | Close | None:
        """The office that `text` means, those it may mean, or None when it resembles nothing.

        Of several offices of one name the one that belongs to the office `within` is meant. What is close is looked for
        for the first `MOST_COMPARED` unknown texts; later ones resemble nothing.
        """
        if text not in self._answers:
            found = self._certain(text)
            if found is None and (rest := _ENUMERATOR.sub("", text, count=1)) != text:
                found = self._certain(rest)
                if self._lost_its_kind(text, rest, found):
                    found = None
            self._answers[text] = found if found is not None else self._close(text)
        answer = self._answers[text]
        if within and isinstance(answer, _Namesakes):
            inside = [code for code in answer.codes if self.entries[code].parent == within]
            return Match(inside[0], "abbreviation") if len(inside) == 1 else answer
        return answer

    def name(self, code: str) -> str:
        """The name of an office of this index."""
        return self.entries[code].name

    def _certain(self, text: str) -> Match | Close | None:
        words = _words(text)
        if not words:
            return None
        by_rank: dict[int, list[Match]] = {}
        for form in self._forms.get(fold(words[0])[:1], []):
            how = _how(words, form)
            if how:
                by_rank.setdefault(_RANKS[how] + form.shortened, []).append(Match(form.code, how))
        if not by_rank:
            return None
        best = by_rank[min(by_rank)]
        codes = tuple(dict.fromkeys(match.code for match in best))
        return best[0] if len(codes) == 1 else _Namesakes(codes)

    def _lost_its_kind(self, text: str, rest: str, found: Match | Close | None) -> bool:
        """ "P. Vị Tân" and "X. Vị Thanh" say Phường and Xã; nobody has so many offices that P numbers one."""
        place = isinstance(found, Match) and self.entries[found.code].kind in ("ward", "commune")
        return place and text.lstrip()[:1] in "PX" and not _parted(_words(rest))[0]

    def _close(self, text: str) -> Close | None:
        if self._compared >= MOST_COMPARED:
            return None
        self._compared += 1
        key = fold(text)
        ratios: dict[str, float] = dict.fromkeys(self._of_another_kind(text), 1.0)
        for entry in self.entries.values():
            for known in (entry.name, *entry.aliases, *entry.elsewhere):
                ratio = difflib.SequenceMatcher(None, key, fold(known)).ratio()
                if ratio >= _CLOSE_ENOUGH:
                    ratios[entry.code] = max(ratio, ratios.get(entry.code, 0))
        likely = sorted(ratios, key=lambda code: (-ratios[code], self.entries[code].order, code))
        return Close(tuple(likely[:_MOST_CLOSE])) if likely else None

    def _of_another_kind(self, text: str) -> list[str]:
        """Wards, communes and cities of the same name by itself: whoever writes "Phường" may mean the commune."""
        bare = _without_kind(_words(text))
        if not bare:
            return []
        found = []
        for entry in self.entries.values():
            name = _without_kind(_words(entry.name)) if entry.kind in _GOVERNED else None
            if name and any(_all_same(bare, name + place) for place in ((), *self._places(entry))):
                found.append(entry.code)
        return found

    def _forms_of(self, entry: OfficeEntry) -> Iterator[_Form]:
        """All ways of writing an office that leave no doubt: its spellings, whole and shortened, with its place."""
        spellings = [(entry.name, "exact"), *((alias, "alias") for alias in entry.aliases)]
        seen: set[Words] = set()
        for spelling, how in spellings:
            plain = _words(spelling)
            for words, shortened in self._shortened(entry, plain):
                for variant in (words, _written_out(words)):
                    for placed in (variant, *(variant + place for place in self._places(entry))):
                        if placed not in seen:
                            seen.add(placed)
                            yield _Form(placed, entry.code, how, shortened)

    def _shortened(self, entry: OfficeEntry, words: Words) -> Iterator[tuple[Words, bool]]:
        yield words, False
        place = _words(self.entries[entry.parent].name) if entry.parent in self.entries else ()
        endings = [end for end in (*_ENDINGS, place) if end and len(end) < len(words) and words[-len(end) :] == end]
        stems = [words, *(words[: -len(end)] for end in endings)]
        if entry.kind in _GOVERNED:
            yield _COMMITTEE + words, False
            if entry.kind == "city":
                yield (*_COMMITTEE, "thành", "phố"), True
        for stem in stems:
            kinds = [stem[len(kind) :] for kind in _KINDS.get(entry.kind, ()) if stem[: len(kind)] == kind]
            for rest in (stem, *kinds):
                if rest != words and not _says_only_a_kind(rest) and sum(map(len, rest)) >= _SHORTEST_ACRONYM:
                    yield rest, True

    def _places(self, entry: OfficeEntry) -> Iterator[Words]:
        """What is written behind a name: the city it belongs to, whole or shortened."""
        parent = self.entries.get(entry.parent or "")
        if parent:
            whole = _words(parent.name)
            yield whole
            if parent.kind == "city":
                yield ("thành", "phố")
                yield from (("tp", *whole[2:]), ("tpvt",)) if whole[:2] == ("thành", "phố") else ()


def _exists(entry: OfficeEntry, on: dt.date) -> bool:
    return (entry.valid_from is None or entry.valid_from <= on) and (entry.valid_to is None or on < entry.valid_to)


def _words(text: str) -> Words:
    """Small words without "và"; "P1" and "P.1" are two."""
    parted = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", text)
    return tuple(word for word in marked_words(parted) if word not in _JOINING)


def _written_out(words: Words) -> Words:
    return tuple(part for word in words for part in _WRITTEN_OUT.get(word, (word,)))


def _parted(words: Words) -> tuple[Words, Words]:
    """The kind of a place as it is written, () when none stands before it, and its name by itself."""
    for committee in (("ubnd",), _COMMITTEE):
        if words[: len(committee)] == committee:
            words = words[len(committee) :]
    kind = next((kind for kind in _WRITTEN_KINDS if words[: len(kind)] == kind), ())
    return kind, words[len(kind) :]


def _without_kind(words: Words) -> Words | None:
    """The name of a place by itself, None when no kind stands before it or it is but a number."""
    kind, name = _parted(words)
    return name if kind and not _says_only_a_kind(name) else None


def _all_same(written: Words, known: Words) -> bool:
    return len(written) == len(known) and all(map(_same, written, known))


def _says_only_a_kind(words: Words) -> bool:
    """ "Phường" or "1" alone say nothing."""
    return not any(word not in _KIND_WORDS and word not in _ROMAN and not word.isdigit() for word in words)


_RANKS = {"exact": 0, "alias": 2, "abbreviation": 4}


def _how(words: Words, form: _Form) -> str | None:
    """How certainly `words` are this form, None when they are not."""
    acronyms = _acronyms_needed(words, form.words)
    if acronyms is None:
        return None
    if acronyms == len(words) and form.shortened and sum(map(len, words)) < _SHORTEST_ACRONYM:
        return None  # "KT" may be Kinh tế and much else
    return "abbreviation" if acronyms or (form.shortened and form.how == "exact") else form.how


def _acronyms_needed(words: Words, known: Words) -> int | None:
    """How many of `words` are initials of several known ones, when all of both are used up in order; else None."""
    if not words or not known:
        return 0 if not words and not known else None
    if _same(words[0], known[0]) and (rest := _acronyms_needed(words[1:], known[1:])) is not None:
        return rest
    letters = words[0]
    if len(letters) > len(known) or not letters.isalpha():
        return None
    if len(letters) == 1 and known[0] not in ("phường", "phòng", "xã"):
        return None
    if not all(_initial(letter, word) for letter, word in zip(letters, known, strict=False)):
        return None
    rest = _acronyms_needed(words[1:], known[len(letters) :])
    return None if rest is None else rest + 1


def _same(written: str, known: str) -> bool:
    if written.isdigit() and (known.isdigit() or known in _ROMAN):
        return int(written) == (int(known) if known.isdigit() else _ROMAN[known])
    if known.isdigit():
        return _ROMAN.get(written) == int(known)
    return same_but_for_missing_marks(written, known)


def _initial(letter: str, word: str) -> bool:
    """Initials are written without marks, but for Đ, whose stroke may only be missing."""
    return letter == word[0] or (letter != "đ" and fold(word)[:1] == fold(letter)[:1])
