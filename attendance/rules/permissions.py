"""Who may do what to the record: plain predicates over an actor and an object that the actor sees."""

from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.models import Course, Office, Registration
from courses.rules.permissions import may_organise

#: A class whose host has ended still gets its papers.
STILL_CERTIFIED = (CourseState.RUNNING, CourseState.CONCLUDED)


def may_mark(actor: Actor, course: Course) -> bool:
    """Organisers of the host, from publishing until the class is concluded."""
    return course.state in (CourseState.PUBLISHED, CourseState.RUNNING) and may_organise(actor, course)


def may_take_out_pass(actor: Actor, registration: Registration) -> bool:
    """The organisers of the class, and of own people the office's coordinator who is signed in: a pass opens nothing,
    but it is good at the door for whoever shows it. The course is fetched with the registration."""
    if may_mark(actor, registration.course):
        return True
    under_way = registration.course.state in (CourseState.PUBLISHED, CourseState.RUNNING)
    return under_way and actor.kind == "user" and registration.office_id in actor.coordinates


def may_certify(actor: Actor, course: Course) -> bool:
    """Certificate officers of the host; when the host has ended, its own officers still finish its classes that
    are under way or concluded: papers are often made after the last day."""
    if course.state == CourseState.DRAFT:
        return False
    if actor.sees_everything or course.host_office_id in actor.certifies_writable:
        return True
    return course.host_office_id in actor.certifies and course.state in STILL_CERTIFIED


def may_see_eligibility(actor: Actor, course: Course) -> bool:
    """Those who plan the class and those who certify it."""
    return actor.sees_everything or course.host_office_id in actor.organises | actor.certifies


def may_file(actor: Actor, course: Course) -> bool:
    """Whether the actor may change the file of a class: its organisers, from the draft on and when it is archived, and
    its certificate officers; what is revoked years later still has its decision."""
    return may_organise(actor, course) or may_certify(actor, course)


def may_set_wordings(actor: Actor, host: Office) -> bool:
    """Whoever makes papers of the host's classes says how they are worded."""
    return actor.sees_everything or host.pk in actor.organises_writable | actor.certifies_writable


def may_keep_book(actor: Actor, issuer: Office) -> bool:
    """Certificate officers of the issuing office open its register books and set how its papers look; when it has
    ended, as long as it has a class to issue papers for (`may_certify`)."""
    if actor.sees_everything or issuer.pk in actor.certifies_writable:
        return True
    return (
        issuer.pk in actor.certifies and Course.objects.filter(host_office=issuer, state__in=STILL_CERTIFIED).exists()
    )


def may_keep_lists(actor: Actor, host: Office) -> bool:
    """Organisers and officers of a host keep the lists that it uses again; one that has ended keeps none any more."""
    return actor.sees_everything or host.pk in actor.organises_writable | actor.certifies_writable


def may_name_signers(actor: Actor, office: Office) -> bool:
    """Whoever sees the signers of an office (`Signer.objects.visible_to`) can say that it signs together with one's
    own; from then on the officers of the other choose among them."""
    return actor.sees_everything or office.pk in actor.organises | actor.certifies


def may_end_paper(actor: Actor, issuer_id: int) -> bool:
    """Certificate officers of the issuer or of its successors, and of the office that answers for one that ended
    without a successor (Circular 03/2023/TT-BNV, article 8: the issuer, or the one above when it was merged or
    dissolved)."""
    return actor.sees_everything or issuer_id in actor.certifies_writable | actor.answers_for
