"""Who was expected at which half-day, and what is known of it, as rows of the database: a year of classes is counted in
one query, and each number has its people behind it by the same query.

Says again in SQL what `attendance.rules.expected` and `attendance.reports.table` say; a test holds them together.
"""

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from attendance.constants import THERE, MarkState, SheetState
from attendance.models import Mark, Sheet
from courses.constants.choices import RegistrationKind, SessionState
from courses.constants.clock import now
from courses.models import Registration, Session

#: What a turn counts as, by its columns; together they are everybody expected. Disputed counts as there, and who has no
#: mark on a closed sheet is absent. Leave that was granted for a half-day that is still to come counts as leave.
SAYS = {
    "there": Q(known__in=sorted(THERE)),
    "excused": Q(known=MarkState.EXCUSED),
    "absent": Q(known=MarkState.ABSENT) | Q(known="", closed=True),
    "unmarked": Q(known="", closed=False, begun=True),
    "to_come": Q(known="", closed=False, begun=False),
}


def turns_of(courses: QuerySet) -> QuerySet[Registration]:
    """Registrations of these classes, each once for every half-day at which it is expected.

    Beside the registration's own columns: `half_day` (its id), `known` (the state of the mark, "" for nothing),
    `closed` (whether the sheet is) and `begun` (whether the half-day is, by now).
    """
    rows = Registration.objects.filter(course__in=courses.order_by().values("pk")).on_roll().order_by()
    rows = rows.annotate(
        half_day=F("course__sessions"),
        half_day_state=F("course__sessions__state"),
        half_day_starts=F("course__sessions__starts_at"),
    ).filter(half_day__isnull=False)
    rows = rows.exclude(half_day_state=SessionState.CANCELLED).filter(_is_expected())
    here = {"session": OuterRef("half_day")}
    marks = Mark.objects.filter(**here, registration=OuterRef("pk")).order_by().values("state")
    closed = Sheet.objects.filter(**here, state=SheetState.CLOSED).order_by()
    begun = ExpressionWrapper(Q(half_day_starts__lte=now()), output_field=BooleanField())
    return rows.annotate(known=Coalesce(Subquery(marks[:1]), Value("")), closed=Exists(closed), begun=begun)


def _is_expected() -> Q:
    here = {"session": OuterRef("half_day")}
    stands_in = Registration.sessions.through.objects.filter(**here, registration=OuterRef("pk"))
    serves = Session.blocks.through.objects.filter(**here)
    owes = Registration.blocks.through.objects.filter(registration=OuterRef("pk"))
    both = owes.filter(block__sessions=OuterRef("half_day"))
    first, until = F("begins_with__starts_at"), F("replaced_by__begins_with__starts_at")
    of_class = (
        Q(kind=RegistrationKind.CLASS)
        & (Q(begins_with__isnull=True) | Q(half_day_starts__gte=first))
        & (Q(replaced_by__begins_with__isnull=True) | Q(half_day_starts__lt=until))
        & (~Exists(serves) | Exists(both) | ~Exists(owes))
    )
    return of_class | (Q(kind=RegistrationKind.STAND_IN) & Exists(stands_in))


def counted_as(known: str, closed: bool, begun: bool) -> str:
    """The name in `SAYS` of a turn with these columns."""
    if known in THERE:
        return "there"
    if known == MarkState.EXCUSED:
        return "excused"
    if known or closed:
        return "absent"
    return "unmarked" if begun else "to_come"
