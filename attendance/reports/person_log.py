"""What was done about one person: to the person's own row, and to the registrations of the person in classes."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from courses.constants.actors import Actor
from courses.models import ActionLog, Course, OfficeAnswer, Registration, TraineeRequest

#: Entries that are looked at; of a class those count in which its list changed.
ENTRIES_READ, OF_CLASSES_READ = 200, 2000
#: What hands out lists with everybody of a class on them.
EXPORTS = ("export papers", "export marks", "show links", "print passes", "print sheet", "download roster")


def entries_about(rows: Iterable[int], actor: Actor) -> list[ActionLog]:
    """The log of a person (ids of the rows that are this person), the latest first, as far as the actor reads it.

    That the list of a class was handed out concerns all who stood on it. Each entry has `who` did it, the office by
    name where it was done by its link, and `about`: the class and, of a replacement, the names; "" for an entry of the
    person's own row. (8 queries at most, whatever the number of rows.)
    """
    rows = list(rows)
    own_rows = Registration.objects.filter(trainee__in=rows).visible_to(actor).order_by()
    own = dict(own_rows.values_list("pk", "course_id"))
    log = ActionLog.objects.readable_by(actor).select_related("user", "detail").order_by("-at", "-pk")
    of_person = Q(subject="courses.trainee", subject_id__in=rows)
    of_registrations = Q(subject="courses.registration", subject_id__in=own)
    asked = TraineeRequest.objects.filter(trainee__in=rows).order_by().values("pk")
    of_requests = Q(subject=TraineeRequest._meta.label_lower, subject_id__in=asked)
    found = {entry.pk: entry for entry in log.filter(of_person | of_registrations | of_requests)[:ENTRIES_READ]}
    exports = log.filter(action__in=EXPORTS, course_id__in=set(own.values()))
    found |= {entry.pk: entry for entry in exports[:ENTRIES_READ]}
    lists = Q(subject="courses.course", action__in=("register", "nominate", "confirm")) | Q(action="replace")
    for entry in log.filter(lists, course_id__in=set(own.values()))[:OF_CLASSES_READ]:
        if own.keys() & _registrations(entry):
            found[entry.pk] = entry
    entries = sorted(found.values(), key=lambda entry: (entry.at, entry.pk), reverse=True)
    _say(entries)
    return entries


def _registrations(entry: ActionLog) -> set[int]:
    """The registrations that an entry names: of a list, or the old and the new one of a replacement."""
    named = entry.changes.get("registration" if entry.action == "replace" else "registrations")
    return {pk for pk in named if isinstance(pk, int)} if isinstance(named, list) else set()


def _say(entries: list[ActionLog]) -> None:
    links = {entry.pk: entry.changes["answer"][1] for entry in entries if "answer" in entry.changes}
    answers = OfficeAnswer.objects.select_related("office").in_bulk(set(links.values()))
    courses = Course.objects.in_bulk({entry.course_id for entry in entries if entry.course_id})
    replaced = {pk for entry in entries if entry.action == "replace" for pk in _registrations(entry)}
    people = Registration.objects.select_related("trainee").in_bulk(replaced)
    for entry in entries:
        answer = answers.get(links.get(entry.pk))
        entry.who = entry.user or (_("%(office)s (by its own link)") % {"office": answer.office} if answer else "")
        course = courses.get(entry.course_id)
        about = [course.code] if course and entry.subject != "courses.trainee" else []
        if entry.action == "replace":
            names = [str(people[pk].trainee) for pk in entry.changes["registration"] if pk in people]
            about.append(" → ".join(names))
        entry.about = ": ".join(about)
