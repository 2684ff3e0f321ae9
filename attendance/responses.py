"""Handing out frozen papers, and pictures of passes."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from attendance.models import Certificate
from courses.services.records import read_file


def pdf_response(paper: Certificate) -> HttpResponse:
    """The frozen bytes, shown in the browser; the caller has asked who may see them."""
    name = "giay-chung-nhan-" + paper.facts["number"].replace("/", "-") + ".pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"}
    return HttpResponse(read_file(paper.pdf), content_type="application/pdf", headers=headers)


def png_response(content: bytes, name: str) -> HttpResponse:
    """A picture of a pass, shown in the browser and kept by nobody on the way."""
    headers = {
        "Content-Disposition": content_disposition_header(False, name) or "inline",
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(content, content_type="image/png", headers=headers)
