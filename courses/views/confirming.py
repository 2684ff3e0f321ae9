"""The code (or password) asked for again before an act that cannot go wrong, and the way back to that act."""

import json
import re
from urllib.parse import urlsplit

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY, did_recently_reauthenticate
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import BaseReauthenticateView, ReauthenticateView
from allauth.core.internal.httpkit import deserialize_request
from allauth.core.internal.urlkit import script_aware_resolve
from allauth.mfa.base.views import ReauthenticateView as CodeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

_NO_ACTION = re.compile(r'<form\b(?![^>]*\saction="[^"])(?:([^>]*)\saction="")?')
_OWN_QUERY = re.compile(r'\shref="\?')
#: In the session: {address of the last file that came after confirming: the page whose button asked for it}.
_FILE_CAME = "file_came_after_confirming"


class _Resuming(BaseReauthenticateView):
    """Whoever has confirmed goes on where they were: what was posted is done. A page that comes back instead (a wrong
    count, a preview) is shown at this address, so its forms are told their own: sent here they would be lost."""

    def get(self, request, *args, **kwargs) -> HttpResponse:
        """A file leaves the browser on this page: reloaded or gone back to, it leads where the button is."""
        back = self._back_from_file() if did_recently_reauthenticate(request) else None
        return back or super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"before": _page_before(self.request, self._asked())}

    def _asked(self) -> dict | None:
        """What was posted and waits, as allauth keeps it."""
        state = self.request.session.get(STATE_SESSION_KEY) or {}
        return json.loads(state["request"]) if "request" in state else None

    def _back_from_file(self) -> HttpResponse | None:
        came = self.request.session.get(_FILE_CAME) or {}
        page = came.get(get_next_redirect_url(self.request))
        if not page or self._asked():
            return None
        sentence = _("The file was sent to your computer. If you do not find it, please press the button once more.")
        messages.info(self.request, sentence)
        return HttpResponseRedirect(page)

    def form_valid(self, form) -> HttpResponse:
        asked = self._asked()
        if asked is None:
            return self._back_from_file() or super().form_valid(form)
        del self.request.session[STATE_SESSION_KEY]
        address = asked["path"] + (f"?{asked['GET']}" if asked["GET"] else "")
        came_from = get_next_redirect_url(self.request) or address
        if came_from.partition("?")[0] != asked["path"]:  # another tab was asked in between
            _say_nothing_done(self.request)
            return HttpResponseRedirect(came_from)
        page = _page_before(self.request, asked)
        request = deserialize_request(json.dumps(asked), self.request)
        request.resolver_match = match = script_aware_resolve(request.path)
        response = match.func(request, *match.args, **match.kwargs)
        if response.has_header("Content-Disposition") and page:
            request.session[_FILE_CAME] = {address: page}
        return _at(address, request, response)


class PasswordAgainView(ReauthenticateView, _Resuming):
    pass


class CodeAgainView(CodeView, _Resuming):
    pass


def _page_before(request: HttpRequest, asked: dict | None) -> str | None:
    """The page of ours on which the button was pressed, unless it was shown at an address of confirming."""
    page = asked["META"].get("HTTP_REFERER", "") if asked else ""
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return None
    return None if urlsplit(page).path == request.path else page


def _at(address: str, request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page as it would be at that address; what is not a page (a file, the way to another address) as it is."""
    is_page = response.get("Content-Type", "").startswith("text/html") and not response.has_header("Location")
    if not is_page or response.streaming or response.has_header("Content-Disposition"):
        return response
    if response.status_code >= 400 or _has_errors(response):
        _say_nothing_done(request)

    def addressed(page: HttpResponse) -> None:
        text, own = page.content.decode(), escape(address)
        text = _NO_ACTION.sub(lambda form: f'<form action="{own}"{form[1] or ""}', text)
        page.content = _OWN_QUERY.sub(f' href="{escape(request.path)}?', text)

    if hasattr(response, "add_post_render_callback"):
        response.add_post_render_callback(addressed)
    else:
        addressed(response)
    return response


def _has_errors(response: HttpResponse) -> bool:
    context = getattr(response, "context_data", None) or {}
    return any(getattr(value, "is_bound", False) and value.errors for value in context.values())


def _say_nothing_done(request: HttpRequest) -> None:
    messages.warning(request, _("Confirmed. Nothing has been done yet: please look once more and press again."))
