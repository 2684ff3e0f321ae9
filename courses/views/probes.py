"""What a supervisor or a load balancer asks: is the process alive, and can it serve people?"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.services.health import unready


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """503 with a word for what is missing: database, migrations or guards."""
    missing = unready()
    return HttpResponse(" ".join(missing) or "ok", status=503 if missing else 200, content_type="text/plain")
