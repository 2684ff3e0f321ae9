"""What can be done with one class from its page, by when it is needed. What is needed now stands open."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.constants.choices import CourseState
from courses.models import Course
from courses.reports.classes import Overview, When

#: When → title, what it is about. The last is for what is needed at no time in particular.
TITLES: dict[str, tuple[Promise, Promise]] = {
    "before": (gettext_lazy("Before the class"), gettext_lazy("Seats, lists, links, passes")),
    "during": (gettext_lazy("While the class is held"), gettext_lazy("Attendance, reception desk")),
    "after": (gettext_lazy("After the class"), gettext_lazy("Results, certificates")),
    "": (gettext_lazy("The class itself"), gettext_lazy("Details, a copy, the log")),
}
#: When the step out of a state is taken, if it is not due yet.
STEP_WHEN = {CourseState.PUBLISHED: "during", CourseState.RUNNING: "after", CourseState.CONCLUDED: "after"}

Link = tuple[str, str]


@dataclass
class Acts:
    """One group. `has_step`: the step to the next state stands in it, since it is not due."""

    title: Promise
    about: Promise
    is_open: bool
    has_step: bool
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class ClassActs:
    """`next`: what the one loud button leads to, unless that is the step; `always`: what is needed at any time."""

    next: Link | None
    always: list[Link]
    groups: list[Acts]


def acts_of(
    shown: Overview,
    *,
    of_record: list[tuple[When, str, str]],
    of_sessions: dict[int, list[Link]],
    may_change: bool,
    may_copy: bool,
) -> ClassActs:
    """The plan's own acts and those `of_record`, which says what can be done with half-days, too."""
    course = shown.course
    links: dict[str, list[Link]] = {"always": [], **{when: [] for when in TITLES}}
    for when, words, address in [*_of_plan(course, may_change=may_change, may_copy=may_copy), *of_record]:
        links[when].append((words, address))
    step = None if shown.step_is_due else STEP_WHEN.get(CourseState(course.state))
    loud = _next(shown, links, of_sessions)
    groups = [
        Acts(
            title,
            about,
            is_open=when == shown.when,
            has_step=when == step,
            # What the loud button leads to is not said twice.
            links=[link for link in links[when] if not loud or link[1] != loud[1]],
        )
        for when, (title, about) in TITLES.items()
    ]
    return ClassActs(loud, links["always"], [group for group in groups if group.links or group.has_step])


def _of_plan(course: Course, *, may_change: bool, may_copy: bool) -> list[tuple[str, str, str]]:
    def page(name: str) -> str:
        return reverse(f"admin:courses_course_{name}", args=[course.pk])

    people = reverse("admin:courses_registration_changelist") + f"?course__id__exact={course.pk}"
    found = [
        ("always", _("Class list"), people),
        ("before", _("Seats of offices"), page("seats")),
        ("before", _("Follow the offices"), page("board")),
    ]
    if may_change:
        found += [
            ("before", _("Import roster"), reverse("admin:courses_importbatch_upload", args=[course.pk])),
            ("before", _("Add a person"), reverse("admin:courses_registration_add") + f"?course={course.pk}"),
        ]
    found += [
        ("before", _("Final list") if course.list_final_at else _("Make the list final"), page("final")),
        ("before", _("Who sits where"), page("places")),
        ("", _("Change the class") if may_change else _("Details of the class"), page("change")),
    ]
    if may_copy:
        found.append(("", _("Copy this class"), page("copy")))
    return [*found, ("", _("Log"), page("history"))]


def _next(shown: Overview, links: dict[str, list[Link]], of_sessions: dict[int, list[Link]]) -> Link | None:
    """The half-day that is on or comes next; before the class its offices; afterwards what it led to. None where a step
    is due."""
    course, session = shown.course, shown.facts.next_session
    if shown.step_is_due:
        return None
    if shown.when == "before":
        return _("Follow the offices"), reverse("admin:courses_course_board", args=[course.pk])
    if shown.when == "during" and session and of_sessions.get(session.pk):
        words, address = of_sessions[session.pk][0]
        return f"{words}: {session}", address
    return links["after"][0] if links["after"] else None
