"""Who answers for papers whose issuer has ended."""

from courses.constants.clock import today
from courses.models import Office, OfficeSuccession
from courses.rules.succession import Line


def who_answers(issuer: Office) -> list[Office]:
    """The offices that exist and answer for the papers of `issuer`: itself, else those to which its work came, else
    the one named in its *closed by*, or in that of the last office in its line. Empty when nobody is named.

    No query while the issuer exists, else one (`issuer.closed_by` is to be selected with it).
    """
    day = today()
    if not issuer.has_ended_by(day):
        return [issuer]
    passed = list(OfficeSuccession.objects.select_related("new__closed_by").order_by("pk"))
    line = Line(((row.old_id, row.new_id, row.date) for row in passed), day)
    known = [issuer, *(row.new for row in passed)]
    offices = {office.pk: office for one in known for office in (one, one.closed_by) if office}
    found: set[int] = set()
    asked: set[int] = set()
    waiting = [issuer.pk]
    while waiting:
        here = waiting.pop()
        asked.add(here)
        for pk in line.heirs(here):
            office = offices[pk]
            if not office.has_ended_by(day):
                found.add(pk)
            elif office.closed_by_id and office.closed_by_id not in asked:
                offices.setdefault(office.closed_by_id, office.closed_by)
                waiting.append(office.closed_by_id)
    return sorted((offices[pk] for pk in found), key=lambda office: (office.order, office.code))
