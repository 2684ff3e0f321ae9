"""Checking a certificate: every printed fact and the state, for anybody who has its code, its file, or the paper of an
old register book in the hand."""

import hashlib
import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from attendance.forms.checking import OldPaperForm, PaperFileForm
from attendance.reports.checking import answer_to, known_papers, paper_of_hash, paper_of_old_book
from courses.constants import codes
from courses.services.limits import count_failure_once, is_shut

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@require_safe
def form(request: HttpRequest) -> HttpResponse:
    """A form that works without script, cookie or account; the code leads to the page of its own."""
    typed = request.GET.get("code", "")
    code = codes.normalise(typed)
    if codes.is_well_formed(code):
        return redirect("attendance:verify", codes.grouped(code))
    return _answer(request, {"typed": typed, "slip": _slip(code) if code else ""})


@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """A known code is always answered: only unknown ones are counted, since a slip of typing is told by the check
    letter and a whole hall may stand behind one address."""
    found = codes.normalise(code)
    if not codes.is_well_formed(found):
        return _answer(request, {"typed": code, "slip": _slip(found)}, status=404)
    paper = known_papers().filter(code=found).first()
    return _answered(request, paper, tried=found, typed=codes.grouped(found), unknown="code")


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """By the file itself. The browser sends only what it computed of it; without script or https the file is posted,
    read once and dropped, and its hash is asked like the browser's."""
    if request.method == "POST":
        posted = PaperFileForm(request.POST, request.FILES)
        if not posted.is_valid():
            return _answer(request, {"file_form": posted})
        digest = hashlib.sha256()
        for chunk in posted.cleaned_data["file"].chunks():
            digest.update(chunk)
        return redirect(f"{reverse('attendance:verify_file')}?sha256={digest.hexdigest()}")
    sha256 = request.GET.get("sha256", "").lower()
    if not _SHA256.fullmatch(sha256):
        return redirect("attendance:verify_form")
    return _answered(request, paper_of_hash(sha256), tried=sha256, unknown="file", by_file=True)


@require_http_methods(["GET", "HEAD", "POST"])
def old_paper(request: HttpRequest) -> HttpResponse:
    """A paper from before the codes: number, name and birth date must all agree with one entry of an old book. What is
    posted stands in no address, so the page that is opened again by its own asks anew."""
    if request.method != "POST":
        return redirect("attendance:verify_form")
    posted = OldPaperForm(request.POST)
    if not posted.is_valid():
        return _answer(request, {"old_form": posted})
    if is_shut("verify", request.META["REMOTE_ADDR"]):
        return render(request, "429.html", status=429)
    paper = paper_of_old_book(**posted.cleaned_data)
    tried = "|".join(map(str, posted.cleaned_data.values()))
    return _answered(request, paper, tried=tried, unknown="old", old_form=posted)


def _answered(request: HttpRequest, paper, *, tried: str, unknown: str, **context) -> HttpResponse:
    """The page of a known paper, or the same sentence for all that is unknown; the eleventh guess is not looked at."""
    if paper is not None:
        return _answer(request, {"answer": answer_to(paper), **context})
    address = request.META["REMOTE_ADDR"]
    if is_shut("verify", address):
        return render(request, "429.html", status=429)
    count_failure_once("verify", address, tried)
    return _answer(request, {"unknown": unknown, **context}, status=404)


def _slip(code: str) -> str:
    if len(code) != codes.LENGTH:
        return _(
            "The code has %(length)d letters and digits; this one has %(number)d. Please compare it with the paper."
        ) % {
            "length": codes.LENGTH,
            "number": len(code),
        }
    return _("One letter or digit of the code was mistyped. Please compare it with the paper letter by letter.")


def _answer(request: HttpRequest, context: dict, *, status: int = 200) -> HttpResponse:
    answer = context.get("answer")
    if request.GET.get("format") == "json" and (answer or status == 404):
        known = answer.as_json() if answer else {"known": False}
        return JsonResponse(known, status=status, json_dumps_params={"ensure_ascii": False})
    context = {"typed": "", "file_form": PaperFileForm(), "old_form": OldPaperForm(), **context}
    return render(request, "attendance/verify.html", context, status=status)
