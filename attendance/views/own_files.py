"""What opens from a trainee's own page: papers, their pictures, materials of a class that is not public."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from attendance.constants import IN_HANDS
from attendance.models import Certificate
from attendance.rendering.certificate import picture_of_paper
from attendance.responses import pdf_response, png_response
from attendance.views.trainee import by_link
from courses.constants.choices import ACTIVE_STATES
from courses.models import Material, Registration
from courses.services.records import read_file
from courses.views.public import material_response

#: As many dots as phones show across.
PICTURE_WIDTH = 1080


@require_safe
def certificate(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The frozen paper, for its owner alone."""
    return pdf_response(_own_paper(token, code))


@require_safe
def certificate_picture(request: HttpRequest, token: str, code: str) -> HttpResponse:
    """The frozen paper as a picture: the browser inside Zalo downloads nothing, and some phones show no PDF."""
    paper = _own_paper(token, code)
    picture = picture_of_paper(read_file(paper.pdf), width=PICTURE_WIDTH)
    return png_response(picture, f"giay-chung-nhan-{paper.facts['number'].replace('/', '-')}.png")


@require_safe
def material(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """An uploaded material of a class on whose list the person is, also of one that has left the public list."""
    actor, _trainee = by_link(token)
    own = Registration.objects.visible_to(actor).filter(state__in=ACTIVE_STATES).order_by().values("course")
    kept = Material.objects.visible_to(actor).filter(course__in=own, file__isnull=False).select_related("file")
    return material_response(get_object_or_404(kept, pk=min(pk, 2**63 - 1)))


def _own_paper(token: str, code: str) -> Certificate:
    actor, _trainee = by_link(token)
    papers = Certificate.objects.visible_to(actor).filter(state__in=IN_HANDS, pdf__isnull=False)
    papers = papers.filter(registration__trainee_id=actor.trainee_id)
    return get_object_or_404(papers.select_related("pdf"), code=code)
