"""The wordings of a host's papers: which hold, what may stand in them, and how they look on an invented class."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.models import WordTemplate
from attendance.rules.paper_fields import COMMON, OWN, Entry, Field, Group, Rows
from courses.constants.actors import Actor
from courses.constants.clock import today
from courses.models import Office
from courses.rendering.word_pdf import not_drawn

#: What a row of a list is called in the tags, by how deep the list lies.
_ONE = ("mot", "phan")


@dataclass(frozen=True)
class Standing:
    """A kind with the host's version that holds; None: the software's wording, and so when it has no file."""

    kind: ClassPaperKind
    template: WordTemplate | None

    @property
    def is_own(self) -> bool:
        return self.template is not None and self.template.file_id is not None


@dataclass(frozen=True)
class Told:
    """A line of the list of fields: the tag to type, what it is, and how deep it lies in lists."""

    tag: str
    words: str
    depth: int
    is_list: bool = False


def hosts_of(actor: Actor) -> list[Office]:
    """The offices whose wordings the actor sees: those of the own roles that host classes or have some, and
    those that have ended last. (1 query.)"""
    offices = Office.objects.all()
    if not actor.sees_everything:
        offices = offices.filter(pk__in=actor.organises | actor.certifies)
    used = WordTemplate.objects.order_by().values("host")
    hosts = offices.filter(courses__isnull=False) | offices.filter(pk__in=used)
    return sorted(hosts.distinct().order_by("order", "code"), key=lambda host: host.has_ended_by(today()))


def standing_of(host: Office) -> list[Standing]:
    """All kinds, in the order in which a class needs them. (1 query.)"""
    latest = {one.kind: one for one in _versions(host).order_by("version")}
    return [Standing(kind, latest.get(kind)) for kind in MADE_KINDS]


def versions_of(host: Office, kind: str) -> list[WordTemplate]:
    """The newest first. (1 query.)"""
    return list(_versions(host).filter(kind=kind).order_by("-version"))


def fields_told(kind: str) -> tuple[list[Told], list[Told]]:
    """What may stand in a template, as it is typed: in one of this kind alone, and in one of any kind."""
    return list(_told(OWN[kind])), list(_told(COMMON))


def not_in_pdf(template: bytes) -> list[str]:
    """What the Word file holds that its PDF will not show."""
    return not_drawn(template)


def _versions(host: Office):
    return WordTemplate.objects.filter(host=host).select_related("made_by", "file").defer("file__content")


def _told(fields: Iterable[Entry], of: str = "", depth: int = 0) -> Iterator[Told]:
    for field in fields:
        match field:
            case Field(sample=bool()):
                yield Told(f"{{% if {of}{field.name} %}} … {{% endif %}}", str(field.words), depth)
            case Field():
                yield Told(f"{{{{ {of}{field.name} }}}}", str(field.words), depth)
            case Group():
                yield from _told(field.fields, f"{of}{field.name}.", depth)
            case Rows():
                one = _ONE[depth]
                yield Told(f"{{% for {one} in {of}{field.name} %}} … {{% endfor %}}", str(field.words), depth, True)
                yield from _told(field.fields, f"{one}.", depth + 1)
