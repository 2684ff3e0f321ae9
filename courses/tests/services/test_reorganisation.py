"""Offices merge, split and are renamed on a day; what was keeps its row and its name."""

import datetime as dt

import pytest
from django.utils import translation

from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import set_clock
from courses.constants.errors import Refusal
from courses.constants.names import search_key
from courses.models import ActionLog, Office, OfficeAlias, OfficeAnswer, OfficeSuccession, Role, Seats
from courses.rules.actors import actor_of
from courses.services.registrations import register
from courses.services.reorganisation import NewOffice, Plan, merge_offices, rename_office, reorganise, split_office
from courses.tests.parallel import at_once
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, organiser_of

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _spring():
    set_clock(dt.datetime(2026, 4, 1, 8, 0))


@pytest.fixture
def city():
    return make_office("CITY")


@pytest.fixture
def wards(city):
    return [make_office(code, city) for code in ("W-1", "W-2", "W-3")]


def everything():
    models = (Office, OfficeAlias, OfficeSuccession, Role, Seats, ActionLog)
    return [list(model.objects.order_by("pk").values()) for model in models]


def refused(match, act, **fields):
    before = everything()
    with translation.override("en"), pytest.raises(Refusal, match=match):
        act(**fields)
    assert everything() == before


def test_offices_merge_into_a_new_one_on_a_day(city, wards):
    new = merge_offices(
        wards[:2], NewOffice("Phường Thử", "ward", parent=city, official_code="31321"), on=DAY, actor=SYSTEM
    )
    assert (new.code, new.official_code, new.code_system) == ("31321-2026", "31321", "GSO")
    assert (new.name, new.valid_from, new.valid_to, new.parent) == ("Phường Thử", DAY, None, city)
    assert Office.objects.get(pk=new.pk).path == f"{city.path}{new.pk}/"
    ended = Office.objects.filter(valid_to=DAY).order_by("code")
    assert list(ended) == wards[:2]
    assert [office.name for office in ended] == [office.name for office in wards[:2]]
    passed = OfficeSuccession.objects.order_by("old__code").values_list("old", "new", "date")
    assert list(passed) == [(ward.pk, new.pk, DAY) for ward in wards[:2]]
    # The day itself is the new office's.
    assert set(Office.objects.valid_on(DAY)) == {city, wards[2], new}
    assert set(Office.objects.valid_on(DAY - dt.timedelta(days=1))) == {city, *wards}
    assert set(ActionLog.objects.filter(action="merge offices").values_list("subject_id", flat=True)) == {
        ward.pk for ward in wards[:2]
    }


def test_an_office_takes_in_another_and_lives_on(wards):
    assert merge_offices(wards[:2], wards[0], on=DAY, actor=SYSTEM) == wards[0]
    assert merge_offices([wards[2]], wards[0], on=DAY, actor=SYSTEM) == wards[0]
    assert set(OfficeSuccession.objects.values_list("old", "new")) == {(ward.pk, wards[0].pk) for ward in wards[1:]}
    assert list(Office.objects.filter(valid_to__isnull=True, code__startswith="W")) == [wards[0]]


def test_one_office_becomes_several(wards):
    parts = [NewOffice("Phần Một", "ward", "P-1"), wards[1]]
    made = split_office(wards[0], parts, on=DAY, actor=SYSTEM)
    assert [(part.code, part.valid_from) for part in made] == [("P-1", DAY), ("W-2", None)]
    assert list(OfficeSuccession.objects.order_by("new__code").values_list("old", "new")) == [
        (wards[0].pk, part.pk) for part in made
    ]


def test_an_office_that_gives_away_a_part_lives_on_and_nobody_takes_over_from_it(wards):
    """A succession would give the part's people everybody who stays."""
    split_office(wards[0], [wards[0], NewOffice("Phần Hai", "ward", "P-2")], on=DAY, actor=SYSTEM)
    assert Office.objects.get(pk=wards[0].pk).valid_to is None
    assert Office.objects.get(code="P-2").valid_from == DAY
    assert not OfficeSuccession.objects.exists()


def test_a_new_name_is_a_new_row_and_the_old_one_keeps_its_name_and_code(wards):
    OfficeAlias.objects.create(office=wards[0], text="P. Một", key=search_key("P. Một"))
    coordinator = make_organiser(wards[0], RoleKind.COORDINATOR)
    renamed = rename_office(wards[0], "Phường Mới", on=DAY, actor=SYSTEM)
    assert (renamed.code, renamed.name, renamed.kind) == ("W-1-2026", "Phường Mới", wards[0].kind)
    assert (renamed.parent, renamed.order) == (wards[0].parent, wards[0].order)
    assert Office.objects.get(pk=wards[0].pk).name == "Đơn vị W-1"
    assert set(renamed.aliases.values_list("text", flat=True)) == {"Đơn vị W-1", "P. Một"}
    role = Role.objects.get(user=coordinator, office=renamed)
    assert (role.kind, role.valid_from, role.valid_to) == (RoleKind.COORDINATOR, DAY, None)
    assert actor_of(coordinator).coordinates == {wards[0].pk, renamed.pk}


def test_a_spelling_that_another_office_has_does_not_go_on(wards):
    for office in wards[:2]:
        OfficeAlias.objects.create(office=office, text="P. Chung", key=search_key("P. Chung"))
    renamed = rename_office(wards[0], "Phường Mới", on=DAY, actor=SYSTEM)
    assert set(renamed.aliases.values_list("text", flat=True)) == {"Đơn vị W-1"}


def test_a_merger_does_not_carry_spellings_or_roles_unless_asked(wards):
    organiser = make_organiser(wards[0])
    new = merge_offices(wards[:2], NewOffice("Phường Thử", "ward", "N"), on=DAY, actor=SYSTEM)
    assert not new.aliases.exists()
    assert actor_of(organiser).organises_writable == set()
    merge_offices(wards[:2], new, on=DAY, actor=SYSTEM, keep_spellings=True, carry_roles=True)
    assert set(new.aliases.values_list("text", flat=True)) == {"Đơn vị W-1", "Đơn vị W-2"}
    assert actor_of(organiser).organises_writable == {new.pk, wards[0].pk, wards[1].pk}


@pytest.mark.parametrize(
    "again",
    [
        lambda wards: merge_offices(wards[:2], NewOffice("Phường Thử", "ward", "N"), on=DAY, actor=SYSTEM),
        lambda wards: merge_offices(wards[:2], wards[0], on=DAY, actor=SYSTEM),
        lambda wards: rename_office(wards[0], "Phường Mới", on=DAY, actor=SYSTEM),
        lambda wards: split_office(
            wards[0], [NewOffice("Một", "ward", "A"), NewOffice("Hai", "ward", "B")], on=DAY, actor=SYSTEM
        ),
    ],
    ids=["merge", "take in", "rename", "split"],
)
def test_done_twice_is_the_same_as_once(wards, again):
    make_organiser(wards[0])
    first = again(wards)
    before = everything()
    assert again(wards) == first
    assert everything() == before


def test_two_at_once_make_one_office(transactional_db):
    """Fails on PostgreSQL when the offices are read by the statement that waits for the lock."""
    set_clock(dt.datetime(2026, 4, 1, 8, 0))
    wards = [make_office(code) for code in ("W-1", "W-2")]

    def act():
        return merge_offices(wards, NewOffice("Phường Thử", "ward", "N"), on=DAY, actor=SYSTEM)

    made = Office.objects.filter(code="N")
    results = at_once(*[act] * 4)
    assert results == [made.get()] * 4
    assert ActionLog.objects.filter(action="merge offices").count() == 2


def test_nobody_but_who_manages_the_site_may(wards):
    """A succession gives the successor's people all people of the old office. Fails without the question who asks."""
    for actor in (organiser_of(*wards), Actor("user", certifies=frozenset({wards[0].pk})), Actor("nobody")):
        refused("only by the person who manages", lambda: merge_offices(wards[:2], wards[0], on=DAY, actor=actor))


def test_who_manages_the_site_may(wards):
    superuser = Actor("user", user_id=make_organiser(wards[0]).pk, is_superuser=True)
    assert merge_offices(wards[:2], wards[0], on=DAY, actor=superuser) == wards[0]


def test_an_office_takes_over_from_nobody_that_came_after_it(wards):
    """W-1 became W-2, W-2 became W-3; W-3 cannot become W-1. Fails without `refuse_rings`."""
    OfficeSuccession.objects.create(old=wards[0], new=wards[1], date=DAY)
    OfficeSuccession.objects.create(old=wards[1], new=wards[2], date=DAY)
    refused("take over from itself", lambda: merge_offices([wards[2]], wards[0], on=DAY, actor=SYSTEM))


def plan(kind, old, new, on=DAY):
    return lambda: reorganise(Plan(kind, tuple(old), tuple(new), on), actor=SYSTEM)


def test_what_cannot_be_is_refused_by_a_sentence_and_nothing_is_written(city, wards):
    one, two, three = wards
    fresh = NewOffice("Phường Thử", "ward", "N")
    Office.objects.filter(pk=three.pk).update(valid_to=dt.date(2025, 7, 1))
    late = make_office("LATE", valid_from=dt.date(2026, 5, 1))
    for match, act in (
        ("does not exist up to 01/03/2026", plan("merge", [one, three], [fresh])),
        ("does not exist up to", plan("merge", [one, late], [fresh])),
        ("does not exist on 01/03/2026", plan("merge", [one, two], [three])),
        ("does not exist on", plan("merge", [one, two], [late])),
        ("belongs to Đơn vị W-2 already", plan("rename", [one], [NewOffice("Khác", "ward", "W-2")])),
        ("Please give the new office a name", plan("merge", [one, two], [NewOffice(" ", "ward", "N")])),
        ("Please give the new office a code", plan("merge", [one, two], [NewOffice("Tên", "ward")])),
        ("letters without marks", plan("merge", [one, two], [NewOffice("Tên", "ward", "Mã/1")])),
        ("at most", plan("merge", [one, two], [NewOffice("Tên", "ward", "N" * 41)])),
        ("named twice", plan("merge", [one, one], [fresh])),
        ("named twice", plan("split", [one], [fresh, fresh])),
        ("choose the offices that are merged", plan("merge", [one], [one])),
        ("choose the offices that are merged", plan("merge", [one, two], [fresh, NewOffice("B", "ward", "B")])),
        ("One office alone is not merged", plan("merge", [one], [fresh])),
        ("at least two", plan("split", [one], [fresh])),
        ("one office and its new name", plan("rename", [one, two], [fresh])),
        ("its name already", plan("rename", [one], [NewOffice("Đơn vị W-1", "ward", "N")])),
        (
            "already. Please choose it",
            plan("merge", [one, late.parent or two], [NewOffice("don vi city", "ward", "N")]),
        ),
        ("does not exist on", plan("merge", [one, two], [NewOffice("Tên", "ward", "N", parent=one)])),
        ("look at the day", plan("merge", [one, two], [fresh], dt.date(1900, 1, 1))),
    ):
        refused(match, act)


def test_the_name_of_an_office_that_ends_is_free_for_the_new_one(wards):
    """Xã Hỏa Lựu took over from Xã Hỏa Lựu."""
    new = merge_offices(wards[:2], NewOffice(wards[0].name, "ward", "N", wards[0].parent), on=DAY, actor=SYSTEM)
    assert new.name == wards[0].name


def test_offices_below_go_on_with_the_one_that_took_over_once_the_day_has_come(wards):
    part = make_office("PART", wards[0])
    ended = make_office("ENDED", wards[0], valid_to=DAY)
    ahead = dt.date(2026, 7, 1)
    new = merge_offices(wards[:2], NewOffice("Phường Thử", "ward", "N"), on=ahead, actor=SYSTEM)
    assert Office.objects.get(pk=part.pk).parent == wards[0]
    set_clock(dt.datetime(2026, 7, 2, 8, 0))
    merge_offices(wards[:2], NewOffice("Phường Thử", "ward", "N"), on=ahead, actor=SYSTEM)
    part.refresh_from_db()
    assert (part.parent, part.path) == (new, f"{new.path}{part.pk}/")
    assert Office.objects.get(pk=ended.pk).parent == wards[0]


def test_a_role_reaches_an_office_that_was_succeeded_from_the_day_on(wards):
    """Fails when `_Reach` counts successions that lie ahead."""
    organiser = make_organiser(wards[1])
    merge_offices([wards[0]], wards[1], on=dt.date(2026, 7, 1), actor=SYSTEM)
    assert actor_of(organiser).organises == {wards[1].pk}
    set_clock(dt.datetime(2026, 7, 1, 0, 5))
    assert actor_of(organiser).organises == {wards[0].pk, wards[1].pk}


def seats_of(course):
    return dict(Seats.objects.filter(course=course, block__isnull=True).values_list("office__code", "number"))


def test_seats_in_classes_to_come_go_to_the_one_that_took_over_when_nobody_is_registered(city, wards):
    states = {"NEXT": CourseState.PUBLISHED, "DRAFT": CourseState.DRAFT, "RUNS": CourseState.RUNNING}
    courses = {code: make_course(city, code, state=state) for code, state in states.items()}
    courses["BEFORE"] = make_course(city, "BEFORE", starts_on=DAY - dt.timedelta(days=1), ends_on=DAY)
    for course in courses.values():
        Seats.objects.create(course=course, office=wards[0], number=2)
        Seats.objects.create(course=course, office=wards[1], number=3)
    person = make_trainee(wards[1])
    register(courses["NEXT"], person, actor=SYSTEM)
    new = merge_offices(wards[:2], NewOffice("Phường Thử", "ward", "N"), on=DAY, actor=SYSTEM)
    assert seats_of(courses["NEXT"]) == {"W-1": 0, "W-2": 3, "N": 2}  # those of the registered go with the people
    assert seats_of(courses["DRAFT"]) == {"W-1": 0, "W-2": 0, "N": 5}
    assert seats_of(courses["RUNS"]) == seats_of(courses["BEFORE"]) == {"W-1": 2, "W-2": 3}
    assert not OfficeAnswer.objects.filter(office=new).exists()


def test_a_ring_drawn_by_hand_is_refused_too(wards):
    OfficeSuccession.objects.create(old=wards[0], new=wards[1], date=DAY)
    OfficeSuccession.objects.create(old=wards[1], new=wards[0], date=DAY)
    with pytest.raises(Refusal):
        merge_offices([wards[2]], wards[0], on=DAY, actor=SYSTEM)
