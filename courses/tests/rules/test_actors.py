"""Who reaches which offices with which role."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from courses.constants import links
from courses.constants.actors import NOBODY
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import set_clock
from courses.models import Office, OfficeAnswer, OfficeSuccession, Role
from courses.rules.actors import actor_of, answer_of_link, offices_behind, trainee_of_link
from courses.rules.permissions import may_change_plan, may_organise, may_plan_for
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, make_user

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 7, 1, 8, 0)
ENDED = dt.date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _today():
    set_clock(TODAY)


class World:
    """A city that ended on 1 July 2025 with two wards; one of its wards passed to a new one, which has a part."""

    def __init__(self):
        self.city = make_office("CITY", valid_to=ENDED)
        self.old, self.other = make_office("OLD", self.city, valid_to=ENDED), make_office("OTHER", self.city)
        self.new = make_office("NEW", valid_from=ENDED)
        self.part = make_office("PART", self.new)
        OfficeSuccession.objects.create(old=self.old, new=self.new, date=ENDED)


@pytest.fixture
def world():
    return World()


def codes(ids):
    return {office.code for office in Office.objects.filter(pk__in=ids)}


def test_nobody_and_a_closed_account_reach_nothing(world):
    user = make_organiser(world.new)
    user.is_active = False
    assert actor_of(AnonymousUser()) == actor_of(user) == NOBODY


@pytest.mark.parametrize(
    ("kind", "reads", "writes"),
    [
        (RoleKind.ORGANISER, "organises", "organises_writable"),
        (RoleKind.OFFICER, "certifies", "certifies_writable"),
        (RoleKind.COORDINATOR, "coordinates", None),
    ],
)
def test_a_role_reaches_its_office_those_below_and_those_succeeded(world, kind, reads, writes):
    actor = actor_of(make_organiser(world.new, kind))
    assert codes(getattr(actor, reads)) == {"NEW", "PART", "OLD"}
    if writes:
        assert codes(getattr(actor, writes)) == {"NEW", "PART", "OLD"}
    others = {"organises", "certifies", "coordinates"} - {reads}
    assert not any(getattr(actor, name) for name in others)


def test_a_role_below_reaches_neither_above_nor_beside(world):
    assert codes(actor_of(make_organiser(world.part)).organises) == {"PART"}
    assert codes(actor_of(make_organiser(world.other)).organises) == {"OTHER"}


def test_succession_is_followed_on_and_on_and_ends_in_a_circle(world):
    latest = make_office("LATEST")
    OfficeSuccession.objects.create(old=world.new, new=latest, date=TODAY.date())
    OfficeSuccession.objects.create(old=latest, new=world.old, date=TODAY.date())
    assert codes(actor_of(make_organiser(latest)).organises) == {"LATEST", "NEW", "PART", "OLD"}


def test_an_office_whose_path_was_never_written_reaches_itself_alone(world):
    """Fails when every path is taken to begin with an empty one: the role would reach all offices."""
    bare = Office.objects.create(code="BARE", name="Đơn vị BARE", kind="other")
    assert codes(actor_of(make_organiser(bare)).organises) == {"BARE"}


def test_a_role_at_an_office_that_has_ended_reads_and_finishes_only_what_is_under_way(world):
    actor = actor_of(make_organiser(world.city))
    assert codes(actor.organises) == {"CITY", "OLD", "OTHER"}
    assert actor.organises_writable == frozenset()
    assert not may_plan_for(actor, world.city.pk)
    running = make_course(world.city, "A", state=CourseState.RUNNING)
    draft = make_course(world.city, "B", state=CourseState.DRAFT)
    concluded = make_course(world.city, "C", state=CourseState.CONCLUDED)
    assert [may_organise(actor, course) for course in (running, draft, concluded)] == [True, False, False]
    assert [may_change_plan(actor, course) for course in (running, draft, concluded)] == [True, False, False]


def test_the_successors_people_write_for_the_office_that_ended(world):
    actor = actor_of(make_organiser(world.new))
    assert may_plan_for(actor, world.old.pk)
    assert not may_plan_for(actor, world.city.pk)
    assert may_change_plan(actor, make_course(world.old, "A"))


@pytest.mark.parametrize(
    ("starts", "ends", "held"),
    [(0, None, True), (0, 1, True), (-9, 0, False), (1, None, False), (-9, 1, True)],
)
def test_a_role_is_held_from_its_first_day_to_the_day_before_its_end(world, starts, ends, held):
    def day(offset):
        return None if offset is None else TODAY.date() + dt.timedelta(days=offset)

    user = make_user()
    Role.objects.create(
        user=user, office=world.other, kind=RoleKind.ORGANISER, valid_from=day(starts), valid_to=day(ends)
    )
    assert bool(actor_of(user).organises) is held


def test_a_superuser_sees_everything_whatever_the_roles(world):
    user = make_organiser(world.other)
    user.is_superuser = True
    assert actor_of(user).sees_everything


def test_making_an_actor_costs_one_query_for_one_office_and_for_many(world, django_assert_num_queries):
    for office in (world.part, world.city):
        user = make_organiser(office)
        with django_assert_num_queries(1):
            actor_of(user)


# Links


def test_a_personal_link_is_its_owners_until_it_is_renewed(world):
    one, two = make_trainee(world.new, "Ngô Thử Một"), make_trainee(world.new, "Ngô Thử Hai")
    token = links.trainee_token(one.pk, one.link_version)
    actor, trainee = trainee_of_link(token)
    assert (actor.kind, actor.trainee_id, trainee) == ("trainee", one.pk, one)
    assert trainee_of_link(links.trainee_token(two.pk, two.link_version))[1] == two
    assert trainee_of_link(links.trainee_token(one.pk, 2)) is None
    assert trainee_of_link(links.trainee_token(one.pk + 1000, 1)) is None
    assert trainee_of_link(links.pass_code(one.pk, 1)) is None
    one.link_version = 2
    one.save()
    assert trainee_of_link(token) is None


@pytest.mark.parametrize("token", ["", "x", "1" * 17, "đ" * 20, "u" * 20, "1" * 400])
def test_what_is_no_token_opens_nothing(token):
    assert trainee_of_link(token) is None
    assert answer_of_link(token) is None


@pytest.mark.parametrize(
    ("state", "opens"),
    [
        (CourseState.DRAFT, False),
        (CourseState.PUBLISHED, True),
        (CourseState.RUNNING, True),
        (CourseState.CONCLUDED, True),
        (CourseState.ARCHIVED, False),
    ],
)
def test_an_offices_link_opens_one_class_from_publishing_until_it_is_archived(world, state, opens):
    course = make_course(world.new, state=state)
    answer = OfficeAnswer.objects.create(course=course, office=world.part)
    found = answer_of_link(links.office_token(answer.pk, 1))
    assert (found is not None) is opens
    if found:
        actor = found[0]
        assert (actor.kind, actor.answer_id, actor.office_id, actor.course_id) == (
            "office", answer.pk, world.part.pk, course.pk,
        )  # fmt: skip
    assert answer_of_link(links.office_token(answer.pk, 2)) is None
    assert answer_of_link(links.trainee_token(answer.pk, 1)) is None


def test_whose_work_has_not_come_yet_is_not_behind_an_office_unless_the_class_begins_after_that(world):
    """Fails when successions that lie ahead count."""
    day = dt.date(2026, 9, 1)
    OfficeSuccession.objects.create(old=world.other, new=world.new, date=day)
    assert codes(offices_behind(world.new.pk)) == {"OLD", "NEW"}
    assert codes(offices_behind(world.new.pk, day - dt.timedelta(days=1))) == {"OLD", "NEW"}
    assert codes(offices_behind(world.new.pk, day)) == {"OLD", "NEW", "OTHER"}
    course = make_course(world.new, state=CourseState.PUBLISHED, starts_on=day, ends_on=day)
    answer = OfficeAnswer.objects.create(course=course, office=world.new)
    actor, _answer = answer_of_link(links.office_token(answer.pk, 1))
    assert codes(actor.coordinates) == {"OLD", "NEW", "OTHER"}
