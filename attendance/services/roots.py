"""The root certificates by which the site checks signatures. The caller has the copies judged anew afterwards."""

from django.db import transaction
from django.utils.translation import gettext as _

from attendance.models import TrustedRoot
from attendance.readers.signatures import root_pem
from courses.constants.actors import Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.services.records import log_action


@transaction.atomic
def trust_root(content: bytes, *, actor: Actor) -> TrustedRoot:
    """Installs a root certificate, PEM or DER; one that was taken out is installed again. Twice is harmless.

    Refusal for anybody but a superuser, and for what is no certificate that can issue others.
    """
    _may(actor)
    name, pem, fingerprint = root_pem(content)
    root, made = TrustedRoot.objects.select_for_update().get_or_create(
        fingerprint=fingerprint,
        defaults={"name": name, "pem": pem, "added_at": now(), "added_by_id": actor.user_id},
    )
    if made or root.removed_at:
        root.removed_at = None
        root.save(update_fields=["removed_at"])
        log_action(actor, "trust root", root, changes={"fingerprint": [None, fingerprint]})
    return root


@transaction.atomic
def distrust_root(root: TrustedRoot, *, actor: Actor) -> TrustedRoot:
    """Takes a root certificate out: nothing is checked by it any more. Twice is harmless."""
    _may(actor)
    root = TrustedRoot.objects.select_for_update().get(pk=root.pk)
    if root.removed_at is None:
        root.removed_at = now()
        root.save(update_fields=["removed_at"])
        log_action(actor, "distrust root", root, changes={"fingerprint": [root.fingerprint, None]})
    return root


def _may(actor: Actor) -> None:
    if not actor.is_superuser:
        raise Refusal(_("Only the administrator of the site installs root certificates and takes them out."))
