"""Handing out frozen papers, pictures of passes, and cards with personal links."""

from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from attendance.models import Certificate
from attendance.rendering.paper_zip import paper_name, zip_papers
from attendance.reports.class_file import CERTIFICATES, certificates_of, file_of_class
from attendance.reports.class_file_index import index_of, placed
from attendance.reports.link_cards import Given, card_of
from courses.constants.actors import Actor
from courses.constants.clock import today
from courses.constants.errors import Refusal
from courses.constants.ids import row_id
from courses.constants.media_types import ending_of
from courses.models import Course, File, Trainee
from courses.services.link_requests import hand_out_link
from courses.services.links import renew_own_link
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


def download_any(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file that somebody handed in, kept by nobody on the way; `name` gets the ending that goes with the type."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name + ending_of(media_type)) or "attachment",
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(content, content_type=media_type, headers=headers)


def download_zip(files: Iterable[tuple[str, bytes]], name: str) -> StreamingHttpResponse:
    """(name, bytes) of files as one ZIP that is sent while they are read or made, kept by nobody on the way."""
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "Cache-Control": "private, no-store",
    }
    return StreamingHttpResponse(zip_papers(files), content_type="application/zip", headers=headers)


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


def files_of_class(course: Course) -> Iterator[tuple[str, bytes]]:
    """(path in the ZIP, bytes) of everything in the file of a class, its index first; read one after the other."""
    files = placed(file_of_class(course))
    yield "Mục lục hồ sơ.docx", index_of(course, files, day=today())
    for line, path in files:
        if line.file:
            yield path, read_file(File.objects.get(pk=line.file.pk))
    for name, content in named_bytes(certificates_of(course)):
        yield f"{CERTIFICATES}/{name}", content


def card_response(request: HttpRequest, trainee: Trainee, *, actor: Actor, back: str) -> HttpResponse:
    """One card with the link, for the person or whoever takes it along (`given_to`, as posted); what was asked for is
    answered by it. `back`: the address of the page from which it is printed."""
    try:
        given_to = hand_out_link(trainee, given_to=request.POST.get("given_to", ""), actor=actor)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(back)
    given = Given(by=str(request.user), on=today(), to=given_to)
    cards = [card_of(trainee, trainee.office.name, given=given)]
    return render(request, "attendance/links_print.html", {"title": trainee.full_name, "cards": cards, "back": back})


def renewed_response(request: HttpRequest, trainee: Trainee, *, actor: Actor, back: str) -> HttpResponse:
    """Another link for the person, in place of the one that the page was about (`version`, as posted)."""
    version = row_id(request.POST.get("version", "")) or 0
    try:
        renew_own_link(trainee, expected_version=version, actor=actor)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, _("The link was renewed: the old one opens nothing any more. Please print the new one.")
        )
    return redirect(back)
