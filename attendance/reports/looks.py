"""The words of kinds of papers, the templates and blanks of an office: what an officer can choose from."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from attendance.constants import PaperKind
from attendance.models import BlankRange, IssuerAuthority, PaperTemplate, PaperWords
from attendance.rendering.look import Look
from attendance.rules.words import DEFAULT_WORDS, Words
from courses.models import Office, Signer


def words_of() -> dict[str, Words]:
    """The words of each kind: the site's own where it has any, else those that the software brings along (1 query)."""
    found: dict[str, Words] = {str(kind): words for kind, words in DEFAULT_WORDS.items()}
    for row in PaperWords.objects.order_by():
        found[row.kind] = replace(
            found[row.kind],
            title=row.title,
            completed=row.completed,
            abbreviation=row.abbreviation,
            needs_authority=row.needs_authority,
            replaced_by=row.replaced_by,
            working_days=row.working_days,
        )
    return found


def authorised(issuer: Office, kind: str, day: date) -> bool:
    """Whether a document gives the office the power to issue this kind on that day."""
    powers = IssuerAuthority.objects.filter(issuer=issuer, kind=kind)
    starts, ends = Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
    return powers.filter(starts, ends).exists()


def kinds_of(issuer: Office) -> list[tuple[str, str]]:
    """(kind, title) of the papers that the office may issue, now or on another date (2 queries)."""
    held = set(IssuerAuthority.objects.filter(issuer=issuer).order_by().values_list("kind", flat=True))
    words = words_of()
    return [(kind, words[kind].title) for kind in PaperKind.values if not words[kind].needs_authority or kind in held]


def latest_templates(templates: QuerySet) -> QuerySet:
    """Of each name the version that holds."""
    same = PaperTemplate.objects.filter(
        issuer=OuterRef("issuer"), kind=OuterRef("kind"), name=OuterRef("name"), version__gt=OuterRef("version")
    )
    return templates.exclude(Exists(same.order_by()))


def offered_templates(*issuers: Office) -> QuerySet:
    """What an officer can choose for a paper of the office, or of one of them."""
    templates = latest_templates(PaperTemplate.objects.filter(issuer__in=issuers))
    return templates.filter(offered=True).order_by("kind", "name")


def second_signers(templates: Iterable[PaperTemplate], *issuers: Office) -> QuerySet[Signer]:
    """Who can be the second on a paper by one of the templates: signers of the issuers, and of the office that a
    template names beside its own."""
    offices = {issuer.pk for issuer in issuers} | {template.second_office_id for template in templates} - {None}
    signers = Signer.objects.filter(office__in=offices).select_related("office")
    return signers.order_by("office__order", "office__code", "-valid_from", "full_name")


def look_of(template: PaperTemplate) -> Look:
    """How a paper by the template looks (1 query for an emblem)."""
    return Look(
        size=template.size,
        on_blanks=template.on_blanks,
        offset_x=float(template.offset_x),
        offset_y=float(template.offset_y),
        emblem=bytes(template.emblem.content) if template.emblem else b"",
        two_signers=template.two_signers,
    )


def counted_blanks(ranges: QuerySet[BlankRange]) -> QuerySet[BlankRange]:
    """With `spoiled_ahead`, how many were spoiled before their turn, and `spoiled_in_all`."""
    return ranges.annotate(
        spoiled_ahead=Count("spoiled", filter=Q(spoiled__number__gte=F("next_number"))),
        spoiled_in_all=Count("spoiled"),
    )


def blanks_left(blanks: BlankRange) -> int:
    """How many papers can still be printed on blanks of the range."""
    ahead = blanks.spoiled.filter(number__gte=blanks.next_number).count()
    return blanks.last - blanks.next_number + 1 - ahead


def usable_blanks(*issuers: Office) -> QuerySet[BlankRange]:
    """Ranges of the office, or of one of them, that are not used up."""
    ranges = BlankRange.objects.filter(issuer__in=issuers, next_number__lte=F("last"))
    return ranges.order_by("kind", "prefix", "first")
