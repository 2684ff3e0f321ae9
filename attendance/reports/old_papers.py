"""Who has a paper from before this software: what the old register books say of people."""

import datetime as dt
from collections.abc import Collection, Iterable

from attendance.constants import CertificateState
from attendance.models import Certificate
from courses.constants.names import search_key
from courses.constants.partial_dates import PartialDate
from courses.models import Trainee


def old_papers_of(people: Iterable[Trainee], titles: Collection[str]) -> dict[int, dt.date]:
    """By person, the date of the latest paper of an old book for a class of one of these titles (as search keys).

    Name and birth date must agree as far as both are known; without either nobody is taken for another. What was lost
    and confirmed was attended all the same; what was revoked is not counted on. (1 query.)
    """
    born = [(person, person.birth) for person in people]
    named: dict[str, list[tuple[Trainee, PartialDate]]] = {}
    for person, birth in born:
        if birth:
            named.setdefault(person.full_name, []).append((person, birth))
    entries = Certificate.objects.filter(
        registration__isnull=True, replaces__isnull=True, facts__full_name__in=sorted(named)
    ).exclude(state__in=(CertificateState.VOID, CertificateState.REVOKED))
    found: dict[int, dt.date] = {}
    for facts, day in entries.order_by("issue_date", "pk").values_list("facts", "issue_date"):
        if not facts.get("birth") or search_key(facts["course_title"]) not in titles:
            continue
        for person, birth in named[facts["full_name"]]:
            if birth.agrees(PartialDate.from_iso(facts["birth"])):
                found[person.pk] = day
    return found
