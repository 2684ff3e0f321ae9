"""The pages about offices: merging, splitting, renaming, moving people over, counting who was trained."""

import datetime as dt
import io
import threading
import time

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from courses.admin import offices
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import set_clock
from courses.models import Office, OfficeAlias, OfficeSuccession, Registration, Role, Seats, Trainee, Transfer
from courses.services.registrations import register
from courses.services.reorganisation import rename_office
from courses.tests.parallel import at_once
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, make_user, signed_in

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)
PAGES = ["merge", "split", "rename"]


@pytest.fixture(autouse=True)
def _spring():
    set_clock(dt.datetime(2026, 4, 1, 8, 0))


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


class World:
    """A host with two wards, a person in each, a class to come with seats and one that has begun."""

    def __init__(self):
        self.host, self.other = make_office("HOST"), make_office("OTHER")
        self.one, self.two = make_office("W-1", self.host), make_office("W-2", self.host)
        self.an, self.binh = make_trainee(self.one, "Nguyễn Thử An"), make_trainee(self.two, "Nguyễn Thử Bình")
        self.next = make_course(self.host, "NEXT", state=CourseState.PUBLISHED)
        register(self.next, self.an, actor=SYSTEM)
        Seats.objects.create(course=self.next, office=self.one, number=4)
        self.organiser, self.stranger = make_organiser(self.host), make_organiser(self.other)
        self.officer = make_organiser(self.host, RoleKind.OFFICER)
        self.superuser = make_user(is_superuser=True, is_staff=True)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def boss(world, client):
    return signed_in(client, world.superuser)


def page(name, *args):
    return reverse(f"admin:courses_{name}", args=args)


def merging(world, **changed):
    data = {
        "on": "01/03/2026", "old": [world.one.pk, world.two.pk], "into": "", "name": "Phường Thử Chung",
        "office_kind": "ward", "official_code": "31321", "code": "", "parent": world.host.pk,
    }  # fmt: skip
    return {**data, **changed}


def everything():
    models = (Office, OfficeAlias, OfficeSuccession, Registration, Role, Seats, Trainee, Transfer)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_merger_is_looked_at_before_it_is_done(world, boss):
    before = everything()
    shown = boss.post(page("office_merge"), merging(world)).content.decode()
    assert everything() == before
    for said in ("Phường Thử Chung", "31321-2026", "Đơn vị W-1", "NEXT: 1 person, 4 seats", "Nothing is changed yet"):
        assert said in shown
    assert boss.post(page("office_merge"), merging(world, confirm="1")).status_code == 302
    new = Office.objects.get(code="31321-2026")
    assert set(new.inheritances.values_list("old", flat=True)) == {world.one.pk, world.two.pk}
    after = everything()
    assert boss.post(page("office_merge"), merging(world, confirm="1")).status_code == 302
    assert everything() == after


def test_a_split_and_a_new_name_by_their_pages(world, boss):
    data = {"on": "01/03/2026", "old": world.one.pk, "name_1": "Phường A", "code_1": "A", "part_2": world.two.pk}
    assert "Phường A" in boss.post(page("office_split"), data).content.decode()
    assert boss.post(page("office_split"), {**data, "confirm": "1"}).status_code == 302
    assert set(OfficeSuccession.objects.values_list("old__code", "new__code")) == {("W-1", "A"), ("W-1", "W-2")}
    data = {"on": "01/03/2026", "old": world.other.pk, "name": "Đơn vị Mới", "keep_spellings": "on"}
    assert boss.post(page("office_rename"), {**data, "confirm": "1"}).status_code == 302
    assert Office.objects.get(code="OTHER-2026").aliases.get().text == "Đơn vị OTHER"


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("merge", {"name": ""}, "Choose the office that takes in the others"),
        ("merge", {"code": "W-1"}, "belongs to Đơn vị W-1 already"),
        ("merge", {"on": "01/13/2026"}, "errorlist"),
        ("merge", {"old": ["x", "999999"]}, "errorlist"),
        ("split", {"name_1": "Phường A", "code_1": "A"}, "at least two"),
        ("split", {"name_1": "Phường A"}, "needs a name and a code"),
        ("split", {"part_1": "2", "name_1": "Phường A"}, "errorlist"),
        ("rename", {"name": "Đơn vị W-1"}, "its name already"),
    ],
)
def test_what_cannot_be_stands_in_the_form(world, boss, name, changed, sentence):
    before = everything()
    data = merging(world) if name == "merge" else {"on": "01/03/2026", "old": world.one.pk}
    for confirm in ({}, {"confirm": "1"}):
        response = boss.post(page(f"office_{name}"), {**data, **changed, **confirm})
        assert response.status_code == 200
        assert sentence in response.content.decode()
    assert everything() == before


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["organiser", "officer", "stranger"])
def test_nobody_but_who_manages_the_site_reorganises(world, client, who, name):
    signed_in(client, getattr(world, who))
    before = everything()
    assert client.get(page(f"office_{name}")).status_code == 403
    assert client.post(page(f"office_{name}"), merging(world, confirm="1")).status_code == 403
    assert everything() == before


def merged(world, boss):
    boss.post(page("office_merge"), merging(world, confirm="1"))
    return Office.objects.get(code="31321-2026")


def test_people_are_moved_over_on_one_page_and_back_on_another(world, boss):
    new = merged(world, boss)
    address = page("office_move", world.one.pk)
    shown = boss.get(address).content.decode()
    assert "Nguyễn Thử An" in shown
    assert "Nguyễn Thử Bình" not in shown
    assert f'<option value="{new.pk}" selected>' in shown
    assert f'name="move-{world.an.pk}" id="id_move-{world.an.pk}" checked' in shown
    data = {"effective_on": "01/03/2026", "new": new.pk, f"move-{world.an.pk}": "on"}
    transfer_page = boss.post(address, data).url
    transfer = Transfer.objects.get()
    assert transfer_page == page("transfer_change", transfer.pk)
    assert Trainee.objects.get(pk=world.an.pk).office == new
    assert dict(Seats.objects.values_list("office__code", "number")) == {"W-1": 0, "31321-2026": 4}
    shown = boss.get(transfer_page).content.decode()
    assert "Nguyễn Thử An" in shown
    assert "Take this move back" in shown
    assert boss.post(page("transfer_undo", transfer.pk)).status_code == 302
    assert Trainee.objects.get(pk=world.an.pk).office == world.one
    assert "Take this move back" not in boss.get(transfer_page).content.decode()
    assert "Nobody is kept at this office" in boss.get(page("office_move", new.pk)).content.decode()


def test_a_reorganisation_leads_to_the_people_of_each_office_that_ends(world, boss):
    done = boss.post(page("office_merge"), merging(world, confirm="1"))
    assert done.url == page("office_move", world.one.pk)
    assert page("office_move", world.two.pk) in boss.get(done.url).content.decode()


def test_before_the_day_the_page_of_moving_says_from_when_on_people_can_be_moved(world, boss):
    done = boss.post(page("office_merge"), merging(world, on="01/05/2026", confirm="1"))
    shown = boss.get(done.url).content.decode()
    assert "From 01/05/2026 on the people can be moved over" in shown
    assert f'name="move-{world.an.pk}"' not in shown
    set_clock(dt.datetime(2026, 5, 1, 8))
    boss.logout()
    signed_in(boss, world.superuser)
    boss.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    shown = boss.get(done.url).content.decode()
    assert f'name="move-{world.an.pk}"' in shown
    assert "01/05/2026" in shown  # proposed as the day of the move


def test_an_office_that_has_ended_offers_no_reorganisation(world, boss):
    stands = boss.get(page("office_change", world.one.pk)).content.decode()
    Office.objects.filter(pk=world.one.pk).update(valid_to=dt.date(2026, 4, 1))
    ended = boss.get(page("office_change", world.one.pk)).content.decode()
    for name in PAGES:
        assert (page(f"office_{name}") in stands, page(f"office_{name}") in ended) == (True, False), name


def test_after_a_split_the_part_is_chosen_for_each_person(world, boss):
    second = make_trainee(world.one, "Nguyễn Thử Châu")
    boss.post(
        page("office_split"),
        {
            "on": "01/03/2026",
            "old": world.one.pk,
            "name_1": "Phần A",
            "code_1": "A",
            "name_2": "Phần B",
            "code_2": "B",
            "confirm": "1",
        },
    )
    a, b = Office.objects.get(code="A"), Office.objects.get(code="B")
    data = {"effective_on": "01/03/2026", f"move-{world.an.pk}": "on", f"move-{second.pk}": "on"}
    shown = boss.post(page("office_move", world.one.pk), data).content.decode()
    assert shown.count("Please choose where to.") == 2
    data |= {f"to-{world.an.pk}": a.pk, f"to-{second.pk}": b.pk}
    assert boss.post(page("office_move", world.one.pk), data).url == page("transfer_changelist")
    assert [Trainee.objects.get(pk=pk).office for pk in (world.an.pk, second.pk)] == [a, b]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Nobody is chosen"),
        ({"effective_on": "01/03/2027"}, "lies ahead"),
        ({"new": "999999"}, "errorlist"),
        ({"new": ""}, "Please choose where to."),
        ({"effective_on": "x"}, "errorlist"),
    ],
)
def test_what_cannot_be_moved_stands_in_the_form(world, boss, data, sentence):
    new = merged(world, boss)
    typed = {"effective_on": "01/03/2026", "new": new.pk, **({f"move-{world.an.pk}": "on"} if data else {}), **data}
    response = boss.post(page("office_move", world.one.pk), typed)
    assert (response.status_code, sentence in response.content.decode()) == (200, True)
    assert not Transfer.objects.exists()


def test_an_organiser_moves_own_people_and_sees_no_others(world, client):
    signed_in(client, world.organiser)
    assert client.get(page("office_move", world.one.pk)).status_code == 200
    data = {"effective_on": "01/03/2026", "new": world.two.pk, f"move-{world.an.pk}": "on"}
    assert client.post(page("office_move", world.one.pk), data).status_code == 302
    foreign = {**data, "new": world.other.pk}
    assert "errorlist" in client.post(page("office_move", world.two.pk), foreign).content.decode()
    transfer = Transfer.objects.get()
    assert str(transfer.new) in client.get(page("transfer_changelist")).content.decode()
    for who, move, change, undo in ((world.stranger, 404, 404, 404), (world.officer, 403, 403, 404)):
        signed_in(client, who)
        assert client.get(page("office_move", world.one.pk)).status_code == move
        assert client.post(page("office_move", world.one.pk), data).status_code == move
        assert client.get(page("transfer_change", transfer.pk)).status_code in (change, 404)
        assert client.post(page("transfer_undo", transfer.pk)).status_code == undo
    signed_in(client, world.organiser)
    assert client.get(page("office_move", 999999)).status_code == 404
    assert client.post(page("transfer_undo", 999999)).status_code == 404
    assert client.get(page("transfer_undo", transfer.pk)).status_code == 405


def test_a_ring_drawn_in_the_form_of_an_office_is_refused(world, boss):
    """Fails without `refuse_rings` in `save_related`."""
    OfficeSuccession.objects.create(old=world.two, new=world.one, date=DAY)
    data = {
        "name": world.one.name, "code": "W-1", "kind": "department", "order": "1000", "parent": "",
        "successions-TOTAL_FORMS": "1", "successions-INITIAL_FORMS": "0", "successions-0-new": world.two.pk,
        "successions-0-date": "01/03/2026", "successions-0-old": world.one.pk, "successions-0-id": "",
    }  # fmt: skip
    for name in ("aliases", "headings", "signers"):
        data |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    response = boss.post(page("office_change", world.one.pk), data)
    assert "cannot take over from itself" in response.content.decode()
    assert OfficeSuccession.objects.count() == 1


def test_who_was_trained_is_counted_on_a_page_and_in_files(world, client):
    make_course(world.host, "HELD", state=CourseState.CONCLUDED)
    held = world.next.__class__.objects.get(code="HELD")
    held.state = CourseState.PUBLISHED
    held.save()
    Office.objects.filter(pk=world.one.pk).update(name="=1+1")
    for person in (world.an, world.binh):
        register(held, Trainee.objects.get(pk=person.pk), actor=SYSTEM)
    held.state = CourseState.CONCLUDED
    held.save()
    signed_in(client, world.organiser)
    address = page("office_trained")
    assert "=1+1" in client.get(address).content.decode()
    text = client.get(f"{address}?year=2026&by=now&file=csv").content.decode("utf-8-sig")
    assert text.splitlines() == ["Office,People,Turns", "'=1+1,1,1", "Đơn vị W-2,1,1", "Together,2,2"]
    sheet = load_workbook(io.BytesIO(client.get(f"{address}?file=xlsx").content)).active
    assert [[cell.value for cell in row] for row in sheet] == [
        ["Office", "People", "Turns"], ["=1+1", 1, 1], ["Đơn vị W-2", 1, 1], ["Together", 2, 2]
    ]  # fmt: skip
    for query in ("?year=x&of_class=y&by=z", f"?of_class={held.pk}", "?year=1999&file=zip"):
        assert client.get(f"{address}{query}").status_code == 200
    signed_in(client, world.stranger)
    assert "=1+1" not in client.get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("move", 8), ("transfers", 5), ("transfer", 7), ("trained", 8)])
def test_a_page_costs_the_same_queries_for_one_row_as_for_three(
    world, boss, name, queries, count, django_assert_num_queries
):
    people = [make_trainee(world.two, f"Nguyễn Thử {n}") for n in range(count)]
    Registration.objects.update(course=make_course(world.host, "RUNS", state=CourseState.RUNNING))
    for n, person in enumerate(people):
        course = make_course(world.host, f"LOP-{n}")
        register(course, person, actor=SYSTEM)
        type(course).objects.filter(pk=course.pk).update(state=CourseState.RUNNING)
        made = Transfer.objects.create(
            old=world.one, new=world.two, people=[p.pk for p in people], effective_on=DAY, done_at=course.created_at
        )
    address = {
        "move": page("office_move", world.two.pk),
        "transfers": page("transfer_changelist"),
        "transfer": page("transfer_change", made.pk),
        "trained": page("office_trained"),
    }[name]
    boss.get(address)
    with django_assert_num_queries(queries):
        boss.get(address)


@pytest.mark.django_db(transaction=True)
def test_an_office_saved_beside_a_reorganisation_and_that_itself_do_not_wait_for_each_other(monkeypatch):
    """Without the lock of all offices in `save_model` PostgreSQL ends one of the two as a deadlock."""
    world = World()
    client = signed_in(Client(), world.superuser)
    saved = threading.Event()
    write_paths = offices.set_paths

    def slowly():
        saved.set()
        time.sleep(0.5)
        write_paths()

    def reorganise():
        saved.wait(timeout=30)
        return rename_office(world.one, "Phường Thử Mới", on=DAY, actor=SYSTEM)

    monkeypatch.setattr(offices, "set_paths", slowly)
    data = {"name": "Phường Thử Hai", "code": "W-2", "kind": "department", "order": "1000", "parent": world.host.pk}
    for name in ("successions", "aliases", "headings", "signers"):
        data |= {f"{name}-TOTAL_FORMS": "0", f"{name}-INITIAL_FORMS": "0"}
    answer, renamed = at_once(lambda: client.post(page("office_change", world.two.pk), data), reorganise)
    assert (answer.status_code, isinstance(renamed, Exception)) == (302, False)
    assert Office.objects.get(pk=world.two.pk).name == "Phường Thử Hai"
