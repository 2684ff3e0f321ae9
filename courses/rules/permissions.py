"""Who may do what to the plan: plain predicates over an actor and an object that the actor sees."""

from courses.constants.actors import Actor
from courses.constants.choices import CourseState
from courses.models import Course, ImportBatch


def may_enter_admin(actor: Actor) -> bool:
    """Organisers, certificate officers and superusers work in the admin; coordinators on their office's page."""
    return bool(actor.is_superuser or actor.organises or actor.certifies)


def may_plan_classes(actor: Actor) -> bool:
    """Whether there is an office for which the actor may plan a new class."""
    return actor.sees_everything or bool(actor.organises_writable)


def may_plan_for(actor: Actor, office_id: int) -> bool:
    """Whether the actor may plan a class, a venue or a speaker of this office."""
    return actor.sees_everything or office_id in actor.organises_writable


def may_organise(actor: Actor, course: Course) -> bool:
    """Organisers of the host. When the host has ended, its own organisers still finish a class that is under way."""
    if may_plan_for(actor, course.host_office_id):
        return True
    return course.host_office_id in actor.organises and course.state == CourseState.RUNNING


def may_change_plan(actor: Actor, course: Course) -> bool:
    """Concluding locks seats, agenda and rule."""
    return course.is_open_to_change and may_organise(actor, course)


def may_work_on_roster(actor: Actor, batch: ImportBatch) -> bool:
    """Deciding, applying, taking back: organisers of the host, of a directory those of the office that keeps it."""
    return may_organise(actor, batch.course) if batch.course else may_plan_for(actor, batch.kept_by_id)


def may_edit_trainee(actor: Actor, trainee) -> bool:
    """The organisers who reach the person's office; a host that merely registered somebody reads."""
    return actor.sees_everything or trainee.office_id in actor.organises_writable


def may_hand_out_link(actor: Actor, trainee) -> bool:
    """A trainee's page shows the classes of every host, so its link comes from those who reach the person's office:
    organisers, and its coordinators who are signed in. A host that merely registered somebody of another office sees
    its own classes alone; an office's own link travels with a letter and hands out nobody's."""
    if actor.kind != "user":
        return actor.sees_everything
    return actor.is_superuser or trainee.office_id in actor.organises | actor.coordinates


def may_ask_for_correction(actor: Actor, trainee) -> bool:
    """The person, and for somebody without a phone the coordinator of the own office who is signed in."""
    if actor.kind == "trainee":
        return actor.trainee_id == trainee.pk
    return actor.kind == "user" and trainee.office_id in actor.coordinates


def may_reorganise(actor: Actor) -> bool:
    """Whoever runs the site: a role reaches what its office succeeded, so whoever could write a succession could give
    themselves the people of any office."""
    return actor.sees_everything


def may_move_people(actor: Actor, old, new=None) -> bool:
    """Organisers who may write for both offices: the successor's, since their role reaches what it succeeded."""
    offices = {old.pk} | ({new.pk} if new else set())
    return actor.sees_everything or offices <= actor.organises_writable


def may_merge_trainees(actor: Actor, kept, gone) -> bool:
    """Organisers who may edit both."""
    return may_edit_trainee(actor, kept) and may_edit_trainee(actor, gone)
