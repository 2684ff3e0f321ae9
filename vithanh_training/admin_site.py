"""The admin site: what organisers, certificate officers and superusers work in."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import Http404
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from attendance.reports import week as record
from attendance.reports.roll import expected_people
from courses.constants.choices import CourseState
from courses.reports import classes
from courses.reports.corrections import notes_of_links, notes_of_requests
from courses.rules.permissions import may_enter_admin, may_plan_classes

#: Lists in the order of the work.
LISTS = (
    "Course", "PlannedClass", "Session", "Registration", "ImportBatch", "ColumnMeaning", "Trainee", "TraineeRequest",
    "Speaker", "Venue", "Office", "MessageText", "Transfer", "Responsibility", "Index", "User", "Role", "Invitation",
    "Setting", "TrustedRoot", "ActionLog", "BackgroundTask", "CourseResult", "ClassFile", "AttendanceSheet",
    "Certificate", "Correction", "WordTemplate", "RegisterBook", "PaperTemplate", "BlankRange", "PaperWords",
    "IssuerAuthority",
)  # fmt: skip
#: What a certificate officer comes for.
OF_OFFICERS = ("CourseResult", "ClassFile", "Certificate", "Correction", "RegisterBook", "PaperTemplate", "BlankRange")

NOT_OURS = ("view_on_site", "password_change", "password_change_done")


class ChoicesByName(AutocompleteJsonView):
    """Choices as their list calls them: two people of one name are told apart."""

    def serialize_result(self, obj, to_field_name):
        label = getattr(self.model_admin, "choice_label", str)
        return {**super().serialize_result(obj, to_field_name), "text": label(obj)}


class TrainingAdminSite(admin.AdminSite):
    site_title = _("Vị Thanh training")
    site_header = _("Vị Thanh training")
    index_title = _("This week")
    enable_nav_sidebar = False

    def __init__(self, name="admin"):
        super().__init__(name)
        self.disable_action("delete_selected")
        # Signing in is allauth's: second factor, limits, one page for everybody.
        self.login = secure_admin_login(self.login)  # type: ignore[method-assign]

    def login(self, request, extra_context=None):
        """Only for those who are signed in (see above), so Django's own form, which counts no wrong tries and asks for
        no second factor, is never shown and never tried."""
        return redirect("admin:index")

    def get_urls(self):
        """Without Django's own change of password, which counts no wrong tries, and without its "view on site", which
        leads to the address of any object, whoever asks."""
        return [part for part in super().get_urls() if getattr(part, "name", None) not in NOT_OURS]

    def register(self, model_or_iterable, admin_class=None, **options):
        """Takes only pages that ask who is asking (ScopedAdmin); those of other packages would show every row, also
        the secrets of second factors, by permissions that nobody here has."""
        if hasattr(admin_class, "may_view"):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        return request.user.is_active and may_enter_admin(request.actor)

    def index(self, request, extra_context=None):
        """The week of whoever asks: what people ask for, what was asked about papers, for who only certifies the lists
        of that work, a card a class, from the plan and from the record; then the lists."""
        actor = request.actor
        week = classes.week(actor)
        self.add_notes_of_record(request, week)
        context = {"week": week, "may_plan": may_plan_classes(actor), **(extra_context or {})}
        context["asked"] = [*notes_of_links(actor), *notes_of_requests(actor), *record.notes_of_corrections(actor)]
        context["year_links"] = self.year_links()
        context["first_lists"] = OF_OFFICERS if actor.certifies and not actor.organises else ()
        return super().index(request, context)

    def add_notes_of_record(self, request, week) -> None:
        """Here the record adds what it misses (half-days not marked, papers not signed, entries refused at doors) to
        the cards of the week, or to the page of a class."""
        notes = record.notes_by_course([session for card in week for session in card.facts.held])
        of_doors = record.notes_of_doors([card.course for card in week], request.actor)
        of_telling = record.notes_of_telling([card.course for card in week], request.actor)
        for card in week:
            for found in (of_telling, notes, of_doors):
                card.notes.extend(found.get(card.course.pk, []))

    def year_links(self) -> list[tuple[str, str]]:
        """(words, address) of the pages of the record about the classes of a year."""
        return record.pages_of_years()

    def course_links(self, request, course) -> list[tuple[classes.When, str, str]]:
        """(when it is needed, words, address) of the pages of the record about a class; the plan's own are in
        `courses.admin.class_acts`."""
        if course.state == CourseState.DRAFT:
            return [record.file_of(course)]
        return record.pages_of(request.actor, course)

    def office_links(self, request, course) -> list[tuple[str, str]]:
        """(words, address) of the pages of the record about the offices of a class: their links, reminding them."""
        return [] if course.state == CourseState.DRAFT else record.pages_for_offices(request.actor, course)

    def session_links(self, request, course) -> dict[int, list[tuple[str, str]]]:
        """(words, address) of the pages of the record by id of half-day."""
        if course.state == CourseState.DRAFT:
            return {}
        held = course.sessions.held().in_order()
        return {session.pk: [(str(_("Take attendance")), record.marking_page(session))] for session in held}

    def expected_at(self, session) -> list:
        """Who, by the record, is expected at a half-day: registrations."""
        return expected_people(session)

    def telling_page(self, course) -> str:
        """The page on which the people of a class are told what is new; "" where there is none."""
        try:
            return reverse("admin:attendance_courseresult_tell", args=[course.pk])
        except NoReverseMatch:
            return ""

    def person_page(self, trainee) -> str:
        """The page of the record on which everything about a trainee stands."""
        return reverse("admin:attendance_person_page", args=[trainee.pk])

    def merge_page(self, kept, gone) -> str:
        """The page of the record on which two trainees are put side by side."""
        return reverse("admin:attendance_person_merge", args=[kept.pk, gone.pk])

    def autocomplete_view(self, request):
        return ChoicesByName.as_view(admin_site=self)(request)

    def get_app_list(self, request, app_label=None):
        """Lists in the order of the work, not of the alphabet."""
        apps = super().get_app_list(request, app_label)
        if app_label and not apps:
            raise Http404
        for app in apps:
            app["models"].sort(key=lambda model: _place(model["object_name"]))
        return sorted(apps, key=lambda app: app["app_label"] != "courses")


def _place(name: str) -> int:
    return LISTS.index(name) if name in LISTS else len(LISTS)
