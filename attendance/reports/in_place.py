"""What a paper in the place of another can look like, and what is proposed: as the first one did."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from attendance.models import BlankRange, Certificate, PaperTemplate
from attendance.reports.looks import offered_templates, usable_blanks
from courses.models import Office, Signer


def looks_in_place(paper: Certificate, kind: str, offices: Sequence[Office]) -> QuerySet[PaperTemplate]:
    """What the offices offer for the kind, and the very version that the paper was made by, offered or not: a paper of
    a class is put right as the others of its class are."""
    offered = offered_templates(*offices).filter(kind=kind).values("pk")
    choices = PaperTemplate.objects.filter(Q(pk__in=offered.order_by()) | Q(pk=paper.template_id))
    choices = choices.filter(kind=kind, issuer__in=offices).select_related("issuer", "second_office")
    return choices.order_by("issuer__order", "name", "-pk")


def look_proposed(paper: Certificate, looks: Sequence[PaperTemplate]) -> PaperTemplate | None:
    """Of `looks_in_place`: the newest version of the template that the paper has, since the error may stand in the
    template; else one of that name of another office or kind; else the paper's own version. Where the kind is another
    than the paper's (a confirmation), the only one that there is."""
    own = paper.template
    if own is None:
        return looks[0] if len(looks) == 1 and looks[0].kind != paper.book.kind else None
    named = [look for look in looks if look.name == own.name]
    if named:
        return max(named, key=lambda look: (look.issuer_id == own.issuer_id, look.version))
    return looks[0] if len(looks) == 1 and looks[0].kind != own.kind else None


def blanks_in_place(kind: str, offices: Sequence[Office]) -> QuerySet[BlankRange]:
    return usable_blanks(*offices).filter(kind=kind).select_related("issuer")


def blanks_proposed(paper: Certificate, ranges: Sequence[BlankRange]) -> BlankRange | None:
    """Of `blanks_in_place`: the range of the first paper while it lasts, else the only one."""
    same = [one for one in ranges if one.pk == paper.blanks_id]
    return same[0] if same else ranges[0] if len(ranges) == 1 else None


def signer_proposed(name: str, signers: Sequence[Signer]) -> Signer | None:
    """Who signed the first paper, while that person still signs; else the only one."""
    same = [signer for signer in signers if signer.full_name == name]
    return same[0] if same else signers[0] if len(signers) == 1 else None
