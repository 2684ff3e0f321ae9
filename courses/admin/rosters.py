"""Taking in the lists that offices send: the preview with every row, registering, the result."""

from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from courses.admin.roster_upload import STILL_UNREAD, UploadPages, preview_address, reading_address
from courses.admin.scoped import ScopedAdmin
from courses.constants import citizen_numbers
from courses.constants.choices import BatchState, Gender, RowDecision
from courses.constants.errors import Refusal
from courses.forms.rosters import decisions_of
from courses.models import Course, ImportBatch, Trainee
from courses.rules.permissions import may_organise
from courses.services.roster_applying import apply_batch
from courses.services.roster_rows import NEW, SKIP, Fate, OpenedRow, in_the_clear, open_rows, outcome_of

ROWS_A_PAGE = 100
ALL, LOOK, READY = "all", "look", "ready"
#: Sign and word of a row, before it is applied by its decision and after by its fate.
_FATES = {
    Fate.REGISTERED: ("ok", _("Registered")),
    Fate.ALREADY: ("info", _("In the class already")),
    Fate.OVER: ("bad", _("Over the seats, not registered")),
    Fate.WAITING: ("warn", _("To be looked at, not registered")),
    Fate.LEFT_OUT: ("", _("Left out")),
}


@dataclass
class Option:
    """One answer to "who is this?"."""

    value: str
    label: str
    facts: str = ""
    chosen: bool = False


@dataclass
class Shown:
    """A row as the page shows it."""

    opened: OpenedRow
    sign: str
    word: str
    needs_look: bool
    will_register: bool
    said: list[str] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    person: str = ""
    facts: str = ""
    options: list[Option] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@admin.register(ImportBatch)
class ImportBatchAdmin(UploadPages, ScopedAdmin):
    list_display = ["file_name", "course", "uploaded_by", "uploaded_at", "state"]
    list_filter = ["state"]
    list_select_related = ["course", "uploaded_by"]
    search_fields = ["file_name", "course__code"]

    def may_view(self, actor) -> bool:
        return actor.is_superuser or bool(actor.organises)

    def may_add(self, actor) -> bool:
        return False  # a roster belongs to a class: it is uploaded on the page of the class

    def may_change(self, actor, obj) -> bool:
        return False

    def get_urls(self):
        return [*self.upload_urls(), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.get_object(request, object_id)
        if batch is None or not self.has_view_permission(request, batch):
            raise Http404
        if batch.state in STILL_UNREAD:
            return HttpResponseRedirect(reading_address(batch))
        if request.method == "POST":
            return self._posted(request, batch)
        kept = {int(row): choice for row, choice in request.session.get(_session_key(batch), {}).items()}
        try:
            opened = open_rows(batch)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(reverse("admin:courses_importbatch_changelist"))
        context = {"batch": batch, "course": batch.course, "title": batch.file_name}
        context |= _counted(batch, opened, kept)
        shown = _shown(opened, kept, request.actor, batch)
        context |= _listed(request, shown, applied=context["applied"])
        context["may_apply"] = batch.state == BatchState.READ and may_organise(request.actor, batch.course)
        return self._page(request, "admin/courses/importbatch/preview.html", context)

    def _posted(self, request, batch: ImportBatch):
        """Turning a page keeps what was chosen, in the session; the button that registers takes it all."""
        if not may_organise(request.actor, batch.course):
            raise PermissionDenied
        key = _session_key(batch)
        chosen = {int(row): choice for row, choice in request.session.get(key, {}).items()}
        chosen |= decisions_of(request.POST)
        if "apply" not in request.POST:
            request.session[key] = {str(row): choice for row, choice in chosen.items()}
            return HttpResponseRedirect(f"{preview_address(batch)}?{_place(QueryDict(request.POST.get('go', '')))}")
        try:
            outcome = apply_batch(batch, actor=request.actor, decisions=chosen)
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return HttpResponseRedirect(preview_address(batch))
        request.session.pop(key, None)
        said = ngettext("%d person was registered.", "%d people were registered.", outcome.registered)
        if outcome.registered:
            messages.success(request, said % outcome.registered)
        else:
            messages.info(request, _("Nothing has changed: nobody was registered anew."))
        return HttpResponseRedirect(preview_address(batch))

    def _page(self, request, template: str, context: dict):
        context = {**self.admin_site.each_context(request), "opts": Course._meta, **context}
        return TemplateResponse(request, template, context)


def _session_key(batch: ImportBatch) -> str:
    return f"roster-{batch.pk}"


def _place(query) -> str:
    """The part of the list that is looked at, made of an address; nothing else of it is taken over."""
    show = query.get("show")
    page = query.get("page", "")
    return urlencode({"show": show if show in (ALL, LOOK, READY) else ALL, "page": page if page.isdecimal() else "1"})


def _counted(batch: ImportBatch, rows: list[OpenedRow], chosen: dict) -> dict:
    """The numbers above the list."""
    answered = sum(row.asks and chosen.get(row.kept.pk, SKIP) != SKIP for row in rows)
    left_out = sum(row.ready and chosen.get(row.kept.pk) == SKIP for row in rows)
    return {
        "applied": batch.state == BatchState.APPLIED,
        "outcome": outcome_of(rows),
        "read": len(rows),
        "ready": sum(row.ready for row in rows) + answered - left_out,
        "asking": sum(row.asks and row.kept.pk not in chosen for row in rows),
        "broken": sum(not row.sound for row in rows),
        "over": sum(row.sound and row.kept.decision == RowDecision.OVER_SEATS for row in rows),
        "there": sum(row.is_there for row in rows),
    }


def _listed(request, rows: list[Shown], *, applied: bool) -> dict:
    """The part of the rows that was asked for, a hundred at a time."""
    place = QueryDict(_place(request.GET))
    show = place["show"]
    parts = {ALL: rows, LOOK: [r for r in rows if r.needs_look], READY: [r for r in rows if r.will_register]}
    page = Paginator(parts[show], ROWS_A_PAGE).get_page(place["page"])
    ready = _("Registered") if applied else _("Registered without a question")
    names = ((ALL, _("All")), (LOOK, _("To be looked at")), (READY, ready))
    tabs = [{"show": key, "name": name, "count": len(parts[key]), "current": key == show} for key, name in names]
    return {"page": page, "show": show, "tabs": tabs}


def _shown(rows: list[OpenedRow], chosen: dict, actor, batch: ImportBatch) -> list[Shown]:
    ids = {pk for row in rows for pk in (*row.candidates, row.kept.trainee_id) if pk}
    visible = Trainee.objects.visible_to(actor).select_related("office").order_by("pk")
    people = {trainee.pk: trainee for trainee in visible.filter(pk__in=ids)}
    return [_shown_row(row, chosen.get(row.kept.pk), people, open_=batch.state == BatchState.READ) for row in rows]


def _shown_row(row: OpenedRow, choice, people: dict[int, Trainee], *, open_: bool) -> Shown:
    sign, word = _FATES[row.fate] if row.fate else _standing(row)
    shown = Shown(
        row,
        sign,
        word,
        needs_look=row.fate in (Fate.OVER, Fate.WAITING) if row.fate else sign in ("warn", "bad"),
        will_register=row.fate == Fate.REGISTERED if row.fate else row.ready,
        said=_said(row),
        notes=[row.why] if row.why else ([] if row.fate else row.notes),
    )
    if not row.sound:
        shown.cells = [(title, in_the_clear(text)) for title, text in row.read.raw.items()]
    known = people.get(row.kept.trainee_id)
    if known:
        shown.person, shown.facts = known.full_name, _facts(known)
    elif row.kept.trainee_id:
        shown.person = _("Known by the citizen number")
    elif row.sound and row.kept.decision != RowDecision.ASK:
        shown.person = _("New person")
    if row.asks and open_:
        shown.options = _options(row, choice, people)
    return shown


def _standing(row: OpenedRow) -> tuple[str, str]:
    if not row.sound:
        return "warn", _("To be looked at")
    if row.is_there:
        return "info", _("In the class already")
    if row.ready:
        return "ok", _("Will be registered")
    return "warn", RowDecision(row.kept.decision).label


def _said(row: OpenedRow) -> list[str]:
    read = row.read
    return [
        str(text)
        for text in (
            Gender(read.gender).label if read.gender else "",
            read.birth.vietnamese() if read.birth else "",
            in_the_clear(read.position or ""),
            read.phone,
            read.email,
            citizen_numbers.masked(read.citizen_id) if read.citizen_id else "",
        )
        if text
    ]


def _facts(trainee: Trainee) -> str:
    year = str(trainee.birth_first.year) if trainee.birth_first else ""
    return " · ".join(filter(None, (year, trainee.position, trainee.office.name)))


def _options(row: OpenedRow, choice, people: dict[int, Trainee]) -> list[Option]:
    """The people it may be, side by side; a new person; nobody. A person busy at the time is taken or left."""
    if row.kept.decision == RowDecision.CLASH:
        options = [Option(str(row.kept.trainee_id), _("Register all the same"))]
    else:
        found = [people[pk] for pk in row.candidates if pk in people]
        options = [Option(str(trainee.pk), trainee.full_name, _facts(trainee)) for trainee in found]
        options.append(Option(NEW, _("Somebody else, a new person")))
    options.append(Option(SKIP, _("Leave out")))
    for option in options:
        option.chosen = option.value == str(choice)
    return options
