"""The pages of a class that are about its offices: seats, the board by office, their answers, the final list.

Like those of `course_pages`: a class that the actor does not work on is a 404, one that the actor may only read refuses
to be changed with 403.
"""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from courses.admin.course_pages import course_of, render_page, to_overview
from courses.constants.choices import RegistrationState
from courses.constants.errors import Refusal
from courses.forms.answers import AnswerForm
from courses.forms.seats import RuleForm, SeatsForm, SeatsOfForm
from courses.models import Block, Course, OfficeAnswer, Registration
from courses.querysets.plan import ORDERS
from courses.reports.offices_of_class import board as board_of
from courses.reports.offices_of_class import still_open
from courses.reports.seats import numbers_by_rule, numbers_copied, seats_table
from courses.rules.permissions import may_change_plan, may_organise
from courses.services.answers import set_answer
from courses.services.final_list import finalise_list, people_in_order
from courses.services.records import read_file
from courses.services.registrations import confirm as confirm_people
from courses.services.seats import set_seats


def urls(model_admin) -> list:
    def page(address: str, view, name: str):
        wrapped = model_admin.admin_site.admin_view(view(model_admin))
        return path(f"<int:pk>/{address}/", wrapped, name=f"courses_course_{name}")

    return [
        page("seats", seats, "seats"),
        page("offices", board, "board"),
        page("offices/confirm", confirm, "confirm"),
        page("offices/<int:office>/answer", answer, "answer"),
        page("offices/<int:office>/signed-copy", signed_copy, "signed_copy"),
        page("final", final, "final"),
    ]


def seats(model_admin):
    """Seats of the class, or of the block of `?block=`. `?fill=rule` and `?fill=copy` put proposed numbers into the
    fields; nothing is written before they are saved."""

    def view(request, pk):
        course = course_of(model_admin, request, pk)
        may_change = may_change_plan(request.actor, course)
        if request.method == "POST" and not may_organise(request.actor, course):
            raise PermissionDenied
        blocks = list(course.blocks.order_by("order", "code"))
        block = _block_asked_for(request, blocks)
        filling = _filling(request, course, block) if may_change else {}
        rows = seats_table(course, block, filling.get("proposed"))
        form = SeatsForm(request.POST if request.method == "POST" else None, rows=rows)
        if form.is_bound and form.is_valid():
            try:
                set_seats(course, form.numbers(), actor=request.actor, block=block)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("The seats are saved."))
                _warn_of_too_many(request, course, form.total())
                if block:
                    return HttpResponseRedirect(f"{request.path}?block={block.pk}")
                return to_overview(course)
        context = {"form": form, "may_change": may_change, "blocks": blocks, "chosen": block, **filling}
        return render_page(
            model_admin, request, "admin/courses/course/seats.html", course, _("Seats of offices"), context
        )

    return view


def board(model_admin):
    """The offices of the class; `?show=late` and `?show=nominated` leave only those that something is due of."""

    @require_safe
    def view(request, pk):
        course = course_of(model_admin, request, pk)
        shown = board_of(course)
        parts = {"late": shown.late, "short": shown.short, "nominated": shown.with_nominated}
        show = request.GET.get("show", "")
        context = {
            "board": shown,
            "rows": parts.get(show, shown.invited),
            "show": show if show in parts else "",
            "may_change": may_change_plan(request.actor, course),
            "links": model_admin.admin_site.office_links(request, course),
        }
        return render_page(
            model_admin, request, "admin/courses/course/board.html", course, _("Offices of the class"), context
        )

    return view


def confirm(model_admin):
    """Confirms everybody who is nominated: of the office that is posted, or of the class."""

    @require_POST
    def view(request, pk):
        course = course_of(model_admin, request, pk)
        if not may_organise(request.actor, course):
            raise PermissionDenied
        waiting = Registration.objects.visible_to(request.actor).active()
        waiting = waiting.filter(course=course, state=RegistrationState.NOMINATED)
        office = request.POST.get("office", "")
        if office:
            waiting = waiting.filter(
                office_id=int(office) if office.isascii() and office.isdigit() and len(office) < 19 else 0
            )
        ids = list(waiting.order_by("pk").values_list("pk", flat=True))
        try:
            confirmed = confirm_people(course, ids, actor=request.actor)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
        else:
            text = ngettext("%(number)d person is confirmed.", "%(number)d people are confirmed.", confirmed)
            messages.success(request, text % {"number": confirmed} if confirmed else _("Nobody waits to be confirmed."))
        return _to_board(course)

    return view


def answer(model_admin):
    """An office's answer, written down by the organiser."""

    def view(request, pk, office):
        course = course_of(model_admin, request, pk)
        row = board_of(course).row_of(office)
        if row is None:
            raise Http404
        if request.method == "POST" and not may_organise(request.actor, course):
            raise PermissionDenied
        form = AnswerForm(request.POST if request.method == "POST" else None, answer=row.answer)
        if form.is_bound and form.is_valid():
            try:
                set_answer(course, row.office, actor=request.actor, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, refusal.sentence)
            else:
                messages.success(request, _("The answer of %(office)s is saved.") % {"office": row.office})
                return _to_board(course)
        context = {"form": form, "row": row, "may_change": may_change_plan(request.actor, course)}
        return render_page(
            model_admin,
            request,
            "admin/courses/course/answer.html",
            course,
            _("Answer: %(office)s") % {"office": row.office},
            context,
        )

    return view


def signed_copy(model_admin):
    """The signed letter that an office attached, to keep; never opened in the page, whatever is in it."""

    @require_safe
    def view(request, pk, office):
        course = course_of(model_admin, request, pk)
        answers = OfficeAnswer.objects.visible_to(request.actor).filter(course=course, office_id=office)
        found = answers.filter(signed_copy__isnull=False).select_related("signed_copy").first()
        if found is None:
            raise Http404
        response = FileResponse(
            BytesIO(read_file(found.signed_copy)),
            as_attachment=True,
            filename=found.signed_copy_name or "cong-van",
            content_type=found.signed_copy.media_type,
        )
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return view


def final(model_admin):
    """The list as it would be numbered, or as it is; made final by POST."""

    def view(request, pk):
        course = course_of(model_admin, request, pk)
        if request.method == "POST":
            if not may_organise(request.actor, course):
                raise PermissionDenied
            return _finalise(request, course)
        order = request.GET.get("order", "")
        order = order if order in ORDERS else "protocol"
        people = list(
            Registration.objects.filter(course=course, number__isnull=False)
            .select_related("trainee", "office")
            .order_by("number")
            if course.list_final_at
            else people_in_order(course, order)
        )
        context = {
            "people": people,
            "waiting": [person for person in people if person.state == RegistrationState.NOMINATED],
            "order": order,
            "still_open": None if course.list_final_at else still_open(course),
            "may_change": may_change_plan(request.actor, course),
        }
        title = _("Final list") if course.list_final_at else _("Make the list final")
        return render_page(model_admin, request, "admin/courses/course/final.html", course, title, context)

    return view


def _finalise(request, course: Course):
    order = request.POST.get("order", "")
    try:
        finalise_list(
            course,
            actor=request.actor,
            order=order if order in ORDERS else "protocol",
            confirm_rest=request.POST.get("confirm_rest") == "on",
            knowing=request.POST.get("knowing") == "on",
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, _("The list is final. Each person has a serial number that does not change."))
    return HttpResponseRedirect(reverse("admin:courses_course_final", args=[course.pk]))


def _warn_of_too_many(request, course: Course, seats: int) -> None:
    """Seats above the capacity are allowed (offices seldom fill them) and never saved without a word."""
    if course.capacity is not None and seats > course.capacity:
        text = _(
            "Seats given: %(seats)d, but the class holds %(capacity)d. Please lower the seats of some offices, or "
            "raise the capacity of the class."
        )
        messages.warning(request, text % {"seats": seats, "capacity": course.capacity})


def _to_board(course: Course) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:courses_course_board", args=[course.pk]))


def _block_asked_for(request, blocks: list[Block]) -> Block | None:
    """The block of `?block=`; 404 when it is none of the class."""
    if not request.GET.get("block"):
        return None
    found = next((block for block in blocks if str(block.pk) == request.GET["block"]), None)
    if found is None:
        raise Http404
    return found


def _filling(request, course: Course, block: Block | None) -> dict:
    """The two forms by which the fields are filled, and what the one that was sent proposes."""
    fill = request.GET.get("fill") if request.method == "GET" else None
    rule = RuleForm(request.GET if fill == "rule" else None, course=course)
    other = SeatsOfForm(request.GET if fill == "copy" else None, course=course, actor=request.actor)
    context: dict = {"rule_form": rule, "copy_form": other, "proposed": {}, "sentences": []}
    if rule.is_bound and rule.is_valid():
        context["proposed"] = numbers_by_rule(course, rule.by_kind(), rule.cleaned_data["below"])
    if other.is_bound and other.is_valid():
        context["proposed"], context["sentences"] = numbers_copied(course, other.cleaned_data["source"], block)
    context["is_proposed"] = bool(context["proposed"])
    return context
