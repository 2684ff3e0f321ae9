"""What anybody may see: published classes, the timetable of one, its calendar file."""

from http import HTTPStatus
from io import BytesIO

from django.conf import settings
from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from courses.constants.actors import NOBODY
from courses.constants.choices import CourseState
from courses.constants.clock import now, today
from courses.models import Course, Material
from courses.rendering.calendar import course_calendar
from courses.rendering.timetable_picture import draw_timetable
from courses.reports.changes import changes_of
from courses.reports.timetable import calendar_of, days_of, halls_of, next_session, picture_of, sessions_of
from courses.services.records import read_file

#: Concluded classes that the front page still names; the others have their own address.
CONCLUDED_ON_FRONT_PAGE = 20
#: Seconds for which a picture that was drawn is kept; one of a changed class is another one.
PICTURE_KEPT = 24 * 60 * 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    courses = Course.objects.visible_to(NOBODY).select_related("host_office")
    day = today()
    open_ones = list(courses.exclude(state=CourseState.CONCLUDED).order_by("starts_on", "code"))
    coming = [c for c in open_ones if c.state != CourseState.RUNNING and c.starts_on > day]
    context = {
        "under_way": [c for c in open_ones if c not in coming],
        "coming": coming,
        "concluded": courses.filter(state=CourseState.CONCLUDED).order_by("-starts_on", "code")[
            :CONCLUDED_ON_FRONT_PAGE
        ],
    }
    return render(request, "courses/home.html", context)


@require_safe
def course(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(
        Course.objects.visible_to(NOBODY).select_related("host_office").prefetch_related("indices"), code=code
    )
    sessions = list(sessions_of(found))
    context = {
        "course": found,
        "days": days_of(sessions),
        "next": next_session(sessions, now()),
        "changes": changes_of(sessions, now()),
        "halls": halls_of(sessions),
        "materials": found.materials.order_by("order", "pk"),
    }
    return render(request, "courses/course.html", context)


@require_safe
def material(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """An uploaded material of a published class, to keep; its media type was decided when it was put up."""
    course = get_object_or_404(Course.objects.visible_to(NOBODY), code=code)
    return material_response(
        get_object_or_404(course.materials.filter(file__isnull=False).select_related("file"), pk=pk)
    )


def material_response(found: Material) -> FileResponse:
    """The bytes under their name; what is no PDF is kept, not shown."""
    return FileResponse(
        BytesIO(read_file(found.file)),
        as_attachment=found.file.media_type != "application/pdf",
        filename=found.file_name,
        content_type=found.file.media_type,
    )


@require_safe
def calendar(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Course.objects.visible_to(NOBODY), code=code)
    return calendar_response(course_calendar(calendar_of(found, sessions_of(found))), f"{found.code}.ics")


@require_safe
def timetable_picture(request: HttpRequest, code: str) -> HttpResponse:
    """The timetable as a picture for a Zalo group: always asked for anew, drawn once and sent only when it changed."""
    found = get_object_or_404(Course.objects.visible_to(NOBODY).select_related("host_office"), code=code)
    with translation.override(settings.LANGUAGE_CODE):
        # It goes into a group: the language of whoever fetched it is nobody else's.
        picture = picture_of(found, sessions_of(found), now())
    key = f"timetable:{picture.fingerprint}"
    etag = f'"{picture.fingerprint}"'
    response = get_conditional_response(request, etag=etag)
    if response is None or response.status_code == HTTPStatus.PRECONDITION_FAILED:
        content = cache.get(key)
        if content is None:
            content = draw_timetable(picture)
            cache.set(key, content, PICTURE_KEPT)
        response = HttpResponse(content, content_type="image/png")
        response["Content-Disposition"] = f'inline; filename="lich-hoc-{found.code}.png"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    return response


def calendar_response(content: bytes, name: str) -> HttpResponse:
    """An iCalendar file under a name that phones and mail programs know what to do with."""
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
