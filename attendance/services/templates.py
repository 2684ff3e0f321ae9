"""Writing how papers look: a template is never changed, each change is its next version."""

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import PaperTemplate
from attendance.rendering.look import emblem_of, most_offset
from attendance.rules.permissions import may_keep_book, may_name_signers
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.models import Office
from courses.services.records import log_action, store_file

#: What a version says; the rest is which template and version it is.
FIELDS = (
    "title", "completed", "closing", "size", "on_blanks", "offset_x", "offset_y", "emblem", "two_signers",
    "second_office", "offered",
)  # fmt: skip
TEXTS = ("title", "completed", "closing")


@transaction.atomic
def save_template(
    *, issuer: Office, kind: str, name: str, actor: Actor, new_emblem: bytes = b"", **fields
) -> PaperTemplate:
    """Makes the next version of the template of that name; the same again gives the version that is there.

    `fields` are those of `FIELDS`; what is left out is as in a new template. `new_emblem` is a picture that takes the
    place of `emblem`. Refusal for somebody who does not keep the books of the office, for a picture that is none, for
    offsets by which words would leave the sheet, and for signers of another office that the actor does not see.
    """
    issuer = Office.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    if not may_keep_book(actor, issuer):
        raise Refusal(_("Only a certificate officer of the issuing office can set the templates of its papers."))
    if new_emblem:
        emblem = emblem_of(new_emblem)
        fields["emblem"] = store_file(emblem, purpose=FilePurpose.EMBLEM, media_type="image/png")
    fields |= {field: clean_text(fields[field]) for field in TEXTS if field in fields}
    template = PaperTemplate(
        issuer=issuer, kind=kind, name=clean_text(name), made_at=now(), made_by_id=actor.user_id, **fields
    )
    template.full_clean(exclude=["made_by"], validate_constraints=False)
    check_offsets(template)
    named = PaperTemplate.objects.filter(issuer=issuer, kind=kind, name=template.name)
    latest = named.order_by("-version").first()
    check_second_office(template, actor, latest)
    if latest and all(getattr(latest, field) == getattr(template, field) for field in FIELDS):
        return latest
    before = latest.version if latest else None
    template.version = (before or 0) + 1
    template.save()
    log_action(actor, "set template", template, changes={"version": [before, template.version]})
    return template


def withdraw_template(template: PaperTemplate, *, actor: Actor) -> PaperTemplate:
    """From now on nobody can choose it: a version more that is not offered. Papers made by it stay as they are."""
    latest = PaperTemplate.objects.filter(issuer=template.issuer, kind=template.kind, name=template.name)
    said = latest.order_by("-version").select_related("issuer", "emblem")[0]
    fields = {field: getattr(said, field) for field in FIELDS} | {"offered": False}
    return save_template(issuer=said.issuer, kind=said.kind, name=said.name, actor=actor, **fields)


def check_offsets(template: PaperTemplate) -> None:
    """Refusal when the words would come to stand where a printer cannot print, or are moved without a blank."""
    if not template.on_blanks and (template.offset_x or template.offset_y):
        raise Refusal(_("Only words on bought blanks are moved. Please set both distances to 0, or choose blanks."))
    across, down = most_offset(template.size)
    if abs(template.offset_x) > across or abs(template.offset_y) > down:
        raise Refusal(
            _(
                "The words would leave the sheet: on this size they can be moved by at most %(across)s mm to the right "
                "or left and %(down)s mm up or down."
            )
            % {"across": _short(across), "down": _short(down)}
        )


def check_second_office(template: PaperTemplate, actor: Actor, latest: PaperTemplate | None = None) -> None:
    """Refusal when the second signer would be of an office whose signers the actor does not see, unless the template
    names it already (`latest`): whoever reaches both offices says once that they sign together."""
    office = template.second_office
    if office is None or (latest and latest.second_office_id == office.pk):
        return
    if not template.two_signers or office.pk == template.issuer_id:
        raise Refusal(
            _("Another office signs only as the second of two signers. Please leave the office of the second out.")
        )
    if not may_name_signers(actor, office):
        raise Refusal(
            _(
                "You do not see the signers of %(office)s. Please ask the administrator of the site to name it in this "
                "template."
            )
            % {"office": office.name}
        )


def _short(number: float) -> str:
    return f"{number:g}".replace(".", ",")
