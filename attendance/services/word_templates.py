"""A host's own wordings: a Word template put back, the software's wording taken again, and how either looks. No version
is ever changed."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.constants import MADE_KINDS, ClassPaperKind
from attendance.models import WordTemplate
from attendance.rendering.wordings import wording
from attendance.rules.paper_fields import pictures_of, sample_of
from attendance.rules.permissions import may_set_wordings
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now, today
from courses.constants.errors import Refusal
from courses.constants.media_types import DOCX
from courses.constants.names import clean_text
from courses.constants.printing import STAND_IN
from courses.models import File, Office
from courses.readers.word_template import read_template
from courses.rendering.qr import qr_png
from courses.rendering.word import Picture, fill
from courses.rendering.word_pdf import pdf_of
from courses.services.records import log_action, store_file

#: As wide as the QR codes of the papers that the software words.
_QR_WIDTH = 22


def put_back(host: Office, kind: str, content: bytes, *, actor: Actor, name: str, note: str = "") -> WordTemplate:
    """The next version of the host's wording of a kind; the file that holds already changes nothing.

    Refusal, naming the fault and its place, for what cannot be a template, and for others than the host's own people.
    """
    _check(host, kind, actor)
    read_template(content, sample_of(kind))  # in a child with limits, before anything is locked
    with transaction.atomic():
        file = store_file(content, purpose=FilePurpose.TEMPLATE, media_type=DOCX)
        return _next(host, kind, file, actor=actor, name=name, note=note)


def sample_paper(kind: str, template: bytes | None) -> bytes:
    """The PDF of the template, or of the software's wording, filled with an invented class. Refusal when the template
    is faulty."""
    word = fill(template or wording(kind), _with_pictures(sample_of(kind), pictures_of(kind)))
    stamp = dt.datetime.combine(today(), dt.time(), dt.UTC)
    return pdf_of(word, title=ClassPaperKind(kind).on_paper, author="", timestamp=stamp, instead=STAND_IN)


@transaction.atomic
def take_standard(host: Office, kind: str, *, actor: Actor) -> WordTemplate | None:
    """The software's wording holds again, as a version of its own; None when it holds already."""
    _check(host, kind, actor)
    return _next(host, kind, None, actor=actor) if _standing(host, kind) else None


def _next(host: Office, kind: str, file: File | None, *, actor: Actor, name: str = "", note: str = "") -> WordTemplate:
    Office.objects.select_for_update().get(pk=host.pk)
    standing = _standing(host, kind)
    if (standing.file_id if standing else None) == (file.pk if file else None) and standing:
        return standing
    version = standing.version + 1 if standing else 1
    template = WordTemplate.objects.create(
        host=host,
        kind=kind,
        version=version,
        file=file,
        file_name=clean_text(name)[:200],
        note=clean_text(note)[:200],
        made_at=now(),
        made_by_id=actor.user_id,
    )
    changes = {"version": [version - 1 or None, version], "kind": [None, kind]}
    log_action(actor, "set wording", template, changes=changes)
    return template


def _standing(host: Office, kind: str) -> WordTemplate | None:
    return WordTemplate.objects.filter(host=host, kind=kind).order_by("-version").first()


def _check(host: Office, kind: str, actor: Actor) -> None:
    if kind not in MADE_KINDS:
        raise Refusal(_("There is no template of this kind of paper."))
    if not may_set_wordings(actor, host):
        raise Refusal(_("Only organisers and certificate officers of the host office set its wordings."))


def _with_pictures(value, pictures: frozenset[str], name: str = ""):
    match value:
        case dict():
            return {key: _with_pictures(inner, pictures, key) for key, inner in value.items()}
        case list():
            return [_with_pictures(inner, pictures) for inner in value]
        case str() if name in pictures:
            return Picture(qr_png(value), _QR_WIDTH)
        case _:
            return value
