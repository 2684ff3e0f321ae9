"""A person's own calendar, fetched again and again by phones and by the servers of those who keep calendars."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from attendance.reports.feed import feed_of
from courses.constants.clock import now
from courses.rendering.calendar import own_calendar
from courses.rules.actors import trainee_of_feed
from courses.views.public import calendar_response


@require_safe
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """Times and halls, and nobody's name. What did not change since it was last fetched is told by 304.

    By its content alone: a calendar also changes by time going on, which no date of a change knows.
    """
    found = trainee_of_feed(code)
    if found is None:
        raise Http404
    content = own_calendar(feed_of(found[0], now()))
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = calendar_response(content, "lich-tap-huan.ics")
    response["ETag"] = etag
    # Asked for anew each time, but kept by those who keep calendars: that is what a feed is for.
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response
