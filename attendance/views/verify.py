"""Checking a certificate: every printed fact and the state, for anybody who has the code."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from attendance.models import Certificate
from attendance.reports.checking import answer_to
from courses.constants import codes
from courses.services.limits import count_failure, is_shut


@require_safe
def form(request: HttpRequest) -> HttpResponse:
    """A form that works without script, cookie or account; the code leads to the page of its own."""
    typed = request.GET.get("code", "")
    code = codes.normalise(typed)
    if codes.is_well_formed(code):
        return redirect("attendance:verify", codes.grouped(code))
    return render(request, "attendance/verify.html", {"typed": typed, "slip": _slip(code) if code else ""})


@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """A known code is always answered: only unknown ones are counted, since a slip of typing is told by the check
    letter and a whole hall may stand behind one address."""
    found = codes.normalise(code)
    if not codes.is_well_formed(found):
        return _answer(request, {"typed": code, "slip": _slip(found)}, status=404)
    paper = Certificate.objects.filter(code=found).select_related("book__issuer").first()
    if paper is not None:
        return _answer(request, {"answer": answer_to(paper), "typed": codes.grouped(found)})
    address = request.META["REMOTE_ADDR"]
    if is_shut("verify", address):
        return render(request, "429.html", status=429)
    count_failure("verify", address)
    return _answer(request, {"typed": codes.grouped(found), "unknown": True}, status=404)


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
    if request.GET.get("format") != "json":
        return render(request, "attendance/verify.html", context, status=status)
    answer = context.get("answer")
    return JsonResponse(
        answer.as_json() if answer else {"known": False}, status=status, json_dumps_params={"ensure_ascii": False}
    )
