"""What an actor may plan for and whom the actor may edit: the reads say the same as the rules."""

import pytest

from courses.constants.actors import NOBODY, SYSTEM, Actor
from courses.models import Office, Trainee
from courses.rules.permissions import may_edit_trainee, may_plan_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    for code in ("A", "B", "C"):
        office = Office.objects.create(code=code, name=code)
        Trainee.objects.create(office=office, family_name="Thử", given_name=code)
    gone = Trainee.objects.create(office=office, family_name="Thử", given_name="Cũ")
    Trainee.objects.filter(pk=gone.pk).update(merged_into=Trainee.objects.get(given_name="A"))


def actors() -> list[Actor]:
    a, b, c = Office.objects.order_by("code").values_list("pk", flat=True)
    return [
        NOBODY,
        SYSTEM,
        Actor("user", user_id=1, is_superuser=True),
        Actor("user", user_id=1, organises=frozenset({a, b}), organises_writable=frozenset({a})),
        Actor("user", user_id=1, coordinates=frozenset({c})),
        Actor("office", office_id=b, course_id=1, coordinates=frozenset({b})),
    ]


def test_the_offices_that_an_actor_plans_for_are_those_of_the_rule(people):
    for actor in actors():
        offices = [office for office in Office.objects.order_by("code") if may_plan_for(actor, office.pk)]
        assert list(Office.objects.planned_by(actor).order_by("code")) == offices


def test_the_people_whom_an_actor_edits_are_those_of_the_rule_without_who_was_merged(people):
    for actor in actors():
        known = [person for person in Trainee.objects.current().order_by("pk") if may_edit_trainee(actor, person)]
        assert list(Trainee.objects.editable_by(actor).order_by("pk")) == known
