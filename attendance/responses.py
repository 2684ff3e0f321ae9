"""Handing out frozen papers, and pictures of passes."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from attendance.models import Certificate
from attendance.rendering.paper_zip import paper_name
from courses.services.records import read_file

_AT_A_TIME = 50


def pdf_response(paper: Certificate) -> HttpResponse:
    """The frozen bytes, shown in the browser; the caller has asked who may see them."""
    name = "giay-chung-nhan-" + paper.facts["number"].replace("/", "-") + ".pdf"
    headers = {
        "Content-Disposition": content_disposition_header(False, name) or "inline",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(read_file(paper.pdf), content_type="application/pdf", headers=headers)


def png_response(content: bytes, name: str) -> HttpResponse:
    """A picture of a pass, shown in the browser and kept by nobody on the way."""
    headers = {
        "Content-Disposition": content_disposition_header(False, name) or "inline",
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(content, content_type="image/png", headers=headers)


def download(content: bytes, name: str, media_type: str = "application/pdf") -> HttpResponse:
    """A file that was made for whoever asked, kept by nobody on the way; `name` is ASCII."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def frozen_bytes(papers: QuerySet[Certificate]) -> Iterator[tuple[Certificate, bytes]]:
    """Each paper with its bytes, a few at a time. (1 query, and 1 each 50.)"""
    ids = list(papers.values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_A_TIME):
        some = ids[start : start + _AT_A_TIME]
        found = Certificate.objects.select_related("pdf").in_bulk(some)
        for pk in some:
            yield found[pk], read_file(found[pk].pdf)


def named_bytes(papers: QuerySet[Certificate]) -> Iterator[tuple[str, bytes]]:
    """(name of the file, bytes), for a ZIP."""
    for paper, content in frozen_bytes(papers):
        yield paper_name(paper.facts["number"], paper.facts["full_name"]), content
