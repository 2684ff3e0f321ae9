"""The organiser's pages about the offices of a class: seats, the board, answers, signed copies, the final list."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from courses.admin import class_offices
from courses.constants.actors import SYSTEM
from courses.constants.choices import CourseState, FilePurpose, RoleKind
from courses.constants.clock import set_clock
from courses.models import OfficeAnswer, OfficeSuccession, Registration, Seats
from courses.services.records import store_file
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.admin.test_changelists import cost
from courses.tests.planning import make_block, make_course, make_office, make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db


class World:
    def __init__(self):
        set_clock(dt.datetime(2026, 6, 1, 8))
        self.host = make_office("HOST", order=1)
        self.one = make_office("P-1", order=10)
        self.course = make_course(self.host, state=CourseState.PUBLISHED, capacity=10)
        set_seats(self.course, {self.one.pk: 3}, actor=SYSTEM)

    def page(self, name, *more):
        return reverse(f"admin:courses_course_{name}", args=[self.course.pk, *more])

    def nominate(self, count, office=None):
        office = office or self.one
        made = [register(self.course, make_trainee(office, f"Ngô Thử {n}"), actor=SYSTEM) for n in range(count)]
        Registration.objects.filter(pk__in=[row.pk for row in made]).update(state="nominated")
        return made

    def states(self):
        return sorted(Registration.objects.values_list("state", flat=True))


@pytest.fixture
def world():
    return World()


@pytest.fixture
def organiser(client, world):
    client.cookies["language"] = "en"
    signed_in(client, make_organiser(world.host))
    client.get(reverse("admin:index"))  # the first answer also writes when the session began
    return client


def standing():
    rows = Seats.objects.order_by("pk")
    return {(row.office.code, row.block and row.block.code): row.number for row in rows}


# Seats


def test_a_rule_fills_in_the_fields_and_nothing_is_saved_before_it_is_saved(organiser, world):
    page = organiser.get(world.page("seats"), {"fill": "rule", "kind-department": "2"})
    form = page.context["form"]
    assert page.context["is_proposed"]
    assert {row.office.code: (row.proposed, row.is_new) for row, _field in form.lines()} == {
        "HOST": (2, True),
        "P-1": (2, True),
    }
    assert form.total() == 4
    assert standing() == {("P-1", None): 3}
    typed = {name: field.initial for name, field in form.fields.items()}
    assert organiser.post(world.page("seats"), typed).status_code == 302
    assert standing() == {("HOST", None): 2, ("P-1", None): 2}


@pytest.mark.parametrize("query", [{"kind-department": ""}, {"kind-department": "-1"}, {"below": "x"}])
def test_a_rule_that_says_nothing_proposes_nothing(organiser, world, query):
    page = organiser.get(world.page("seats"), {"fill": "rule", **query})
    assert page.context["rule_form"].errors
    assert not page.context["is_proposed"]


def test_the_seats_of_another_class_are_proposed_with_what_was_moved(organiser, world):
    old = make_office("OLD", valid_to=dt.date(2026, 1, 1))
    OfficeSuccession.objects.create(old=old, new=world.one, date=dt.date(2026, 1, 1))
    source = make_course(world.host, "CU", starts_on=dt.date(2025, 5, 5), ends_on=dt.date(2025, 5, 6))
    Seats.objects.create(course=source, office=old, number=7)
    page = organiser.get(world.page("seats"), {"fill": "copy", "source": source.pk})
    assert page.context["sentences"] == ["Đơn vị OLD has ended: its 7 seats stand with Đơn vị P-1."]
    assert [row.proposed for row, _field in page.context["form"].lines()] == [None, 7]


def test_a_class_of_another_host_is_no_choice_to_copy_from(organiser, world):
    foreign = make_course(make_office("OTHER"), "KHAC")
    Seats.objects.create(course=foreign, office=world.one, number=7)
    page = organiser.get(world.page("seats"), {"fill": "copy", "source": foreign.pk})
    assert page.context["copy_form"].errors
    assert not page.context["is_proposed"]
    assert "KHAC" not in page.content.decode()


def test_seats_of_a_block_are_saved_apart_and_a_foreign_block_is_a_404(organiser, world):
    block = make_block(world.course, "A")
    foreign = make_block(make_course(world.host, "LOP-2"), "A")
    address = f"{world.page('seats')}?block={block.pk}"
    assert organiser.post(address, {f"office-{world.one.pk}": "2"}).url == address
    assert standing() == {("P-1", None): 3, ("P-1", "A"): 2}
    for wrong in (foreign.pk, "x"):
        assert organiser.get(world.page("seats"), {"block": wrong}).status_code == 404
        assert (
            organiser.post(f"{world.page('seats')}?block={wrong}", {f"office-{world.one.pk}": "9"}).status_code == 404
        )


def test_the_seats_page_shows_deadline_audience_and_the_sum_against_the_capacity(organiser, world):
    world.course.registration_deadline, world.course.audience = dt.date(2026, 6, 2), "Công chức thử"
    world.course.save()
    text = organiser.get(world.page("seats")).content.decode()
    assert "02/06/2026" in text
    assert "Công chức thử" in text
    assert "<output data-total>3</output>/10" in text


@pytest.mark.parametrize(("seats", "warned"), [(10, 0), (11, 1)])
def test_seats_above_the_capacity_are_saved_with_a_word_about_what_to_do(organiser, world, seats, warned):
    typed = {f"office-{row.office.pk}": "" for row in organiser.get(world.page("seats")).context["form"].rows}
    answer = organiser.post(world.page("seats"), {**typed, f"office-{world.one.pk}": str(seats)})
    assert answer.status_code == 302
    said = [message.level_tag for message in get_messages(answer.wsgi_request)]
    assert said.count("warning") == warned


# The board


def test_the_board_shows_the_offices_and_filters_those_that_are_late(organiser, world):
    two = make_office("P-2", order=20)
    set_seats(world.course, {two.pk: 1}, actor=SYSTEM)
    register(world.course, make_trainee(two), actor=SYSTEM)
    world.nominate(1)
    found = {
        show: [row.office.code for row in organiser.get(world.page("board"), {"show": show}).context["rows"]]
        for show in ("", "late", "nominated", "short", "x")
    }
    assert found == {"": ["P-1", "P-2"], "late": ["P-1"], "nominated": ["P-1"], "short": [], "x": ["P-1", "P-2"]}


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_of_offices_cost_the_same_for_one_office_and_for_three(organiser, world, count):
    for number in range(2, count + 1):
        office = make_office(f"P-{number}")
        set_seats(world.course, {office.pk: 3}, actor=SYSTEM)
        world.nominate(2, office)
    world.nominate(2)
    pages = [world.page("board"), world.page("answer", world.one.pk), world.page("final"), world.page("seats")]
    assert [cost(organiser, page)[0] for page in pages] == [10, 10, 11, 11]


def test_everybody_nominated_of_an_office_or_of_the_class_is_confirmed_in_one_click(organiser, world):
    two = make_office("P-2")
    world.nominate(2)
    world.nominate(1, two)
    assert organiser.post(world.page("confirm"), {"office": world.one.pk}).url == world.page("board")
    assert world.states() == ["confirmed", "confirmed", "nominated"]
    for _time in range(2):
        organiser.post(world.page("confirm"))
        assert world.states() == ["confirmed"] * 3


def test_the_page_says_how_many_were_confirmed_and_not_how_many_were_asked_for(organiser, world, monkeypatch):
    """Somebody withdraws, or is confirmed by a colleague, between the reading and the writing."""
    first, _second = world.nominate(2)
    confirm_people = class_offices.confirm_people

    def after_a_colleague(course, ids, *, actor):
        Registration.objects.filter(pk=first.pk).update(state="confirmed")
        return confirm_people(course, ids, actor=actor)

    monkeypatch.setattr(class_offices, "confirm_people", after_a_colleague)
    said = [organiser.post(world.page("confirm"), follow=True).context["messages"] for _time in range(2)]
    assert [str(message) for messages in said for message in messages] == [
        "1 person is confirmed.",
        "Nobody waits to be confirmed.",
    ]


@pytest.mark.parametrize("office", ["x", "9" * 30, "-1"])
def test_an_office_that_is_none_confirms_nobody(organiser, world, office):
    world.nominate(1)
    organiser.post(world.page("confirm"), {"office": office})
    assert world.states() == ["nominated"]


# Answers


def test_an_answer_is_written_down_and_a_refusal_stands_in_the_form(organiser, world):
    address = world.page("answer", world.one.pk)
    typed = {"state": "sent", "letter_number": "12/UBND", "letter_date": "30/05/2026", "reason": ""}
    assert organiser.post(address, typed).url == world.page("board")
    answer = OfficeAnswer.objects.get()
    assert (answer.state, answer.letter_number, answer.letter_date) == ("sent", "12/UBND", dt.date(2026, 5, 30))
    for wrong in ({"letter_date": "30/06/2026"}, {"state": "sends_nobody"}, {"state": "final"}, {"letter_date": "x"}):
        page = organiser.post(address, {**typed, **wrong})
        assert (page.status_code, bool(page.context["form"].errors)) == (200, True), wrong
    assert OfficeAnswer.objects.get().state == "sent"


def test_an_office_that_is_not_in_the_class_has_no_page(organiser, world):
    stranger = make_office("P-9")
    assert organiser.get(world.page("answer", stranger.pk)).status_code == 404
    assert organiser.post(world.page("answer", stranger.pk), {"state": "sent"}).status_code == 404
    assert OfficeAnswer.objects.filter(office=stranger).count() == 0


def attach(world, content=b"<script>alert(1)</script>", name='Công văn "12".pdf'):
    file = store_file(content, purpose=FilePurpose.ANSWER, media_type="application/pdf")
    OfficeAnswer.objects.filter(course=world.course).update(signed_copy=file, signed_copy_name=name)


def test_a_signed_copy_is_given_out_to_keep_and_never_opened_in_the_page(organiser, world):
    address = world.page("signed_copy", world.one.pk)
    assert organiser.get(address).status_code == 404
    attach(world)
    answer = organiser.get(address)
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    assert address in organiser.get(world.page("board")).content.decode()


def test_a_signed_copy_of_another_hosts_class_is_a_404(organiser, world):
    attach(world)
    make_course(make_office("OTHER"), "KHAC")
    signed_in(organiser, make_organiser(make_office("OTHER-2")))
    assert organiser.get(world.page("signed_copy", world.one.pk)).status_code == 404


# The final list


def test_the_list_is_shown_as_it_would_be_numbered_and_made_final(organiser, world):
    world.nominate(2)
    page = organiser.get(world.page("final"), {"order": "name"})
    assert (page.context["order"], len(page.context["waiting"])) == ("name", 2)
    assert organiser.post(world.page("final"), {"order": "name"}).status_code == 302
    world.course.refresh_from_db()
    assert world.course.list_final_at is None
    assert 'name="knowing"' in page.content.decode()
    organiser.post(world.page("final"), {"order": "name", "confirm_rest": "on"})
    world.course.refresh_from_db()
    assert world.course.list_final_at is None
    for _time in range(2):
        organiser.post(world.page("final"), {"order": "name", "confirm_rest": "on", "knowing": "on"})
        assert world.states() == ["confirmed", "confirmed"]
    page = organiser.get(world.page("final"))
    assert [person.number for person in page.context["people"]] == [1, 2]
    listed = organiser.get(reverse("admin:courses_registration_changelist")).context["cl"]
    assert "number" in listed.list_display


# Who may


def test_an_officer_reads_and_changes_nothing(client, world):
    signed_in(client, make_organiser(world.host, RoleKind.OFFICER))
    world.nominate(1)
    for name, more in (("board", ()), ("final", ()), ("answer", (world.one.pk,)), ("seats", ())):
        page = client.get(world.page(name, *more))
        assert page.status_code == 200, name
        assert 'method="post"' not in page.content.decode().split('id="content-main"')[1].replace(
            'method="post" novalidate class="seats"', ""
        ), name
    for name, more in (("confirm", ()), ("final", ()), ("answer", (world.one.pk,)), ("seats", ())):
        assert client.post(world.page(name, *more), {"state": "sent"}).status_code == 403, name
    assert world.states() == ["nominated"]


def test_the_pages_of_another_hosts_class_do_not_exist(client, world):
    signed_in(client, make_organiser(make_office("OTHER")))
    for name, more in (("board", ()), ("final", ()), ("answer", (world.one.pk,)), ("signed_copy", (world.one.pk,))):
        assert client.get(world.page(name, *more)).status_code == 404, name
    for name, more in (("confirm", ()), ("final", ()), ("answer", (world.one.pk,))):
        assert client.post(world.page(name, *more), {"state": "sent"}).status_code == 404, name
