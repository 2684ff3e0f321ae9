"""The code (or password) asked for again before an act that cannot go wrong, and the way back to that act."""

import json
import re

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import BaseReauthenticateView, ReauthenticateView
from allauth.core.internal.httpkit import deserialize_request
from allauth.core.internal.urlkit import script_aware_resolve
from allauth.mfa.base.views import ReauthenticateView as CodeView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import escape
from django.utils.translation import gettext as _

_NO_ACTION = re.compile(r'<form\b(?![^>]*\saction="[^"])(?:([^>]*)\saction="")?')
_OWN_QUERY = re.compile(r'\shref="\?')


class _Resuming(BaseReauthenticateView):
    """Whoever has confirmed goes on where they were: what was posted is done. A page that comes back instead (a wrong
    count, a preview) is shown at this address, so its forms are told their own: sent here they would be lost."""

    def form_valid(self, form) -> HttpResponse:
        state = self.request.session.get(STATE_SESSION_KEY) or {}
        if "request" not in state:
            return super().form_valid(form)
        del self.request.session[STATE_SESSION_KEY]
        asked = json.loads(state["request"])
        address = asked["path"] + (f"?{asked['GET']}" if asked["GET"] else "")
        came_from = get_next_redirect_url(self.request) or address
        if came_from.partition("?")[0] != asked["path"]:  # another tab was asked in between
            _say_nothing_done(self.request)
            return HttpResponseRedirect(came_from)
        request = deserialize_request(state["request"], self.request)
        request.resolver_match = match = script_aware_resolve(request.path)
        return _at(address, request, match.func(request, *match.args, **match.kwargs))


class PasswordAgainView(ReauthenticateView, _Resuming):
    pass


class CodeAgainView(CodeView, _Resuming):
    pass


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
