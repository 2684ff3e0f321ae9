"""Handing out frozen papers."""

from django.http import HttpResponse

from attendance.models import Certificate
from courses.services.records import read_file


def pdf_response(paper: Certificate) -> HttpResponse:
    """The frozen bytes, shown in the browser; the caller has asked who may see them."""
    name = "giay-chung-nhan-" + paper.facts["number"].replace("/", "-") + ".pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(read_file(paper.pdf), content_type="application/pdf", headers=headers)
