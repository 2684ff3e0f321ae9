import datetime as dt

import pytest
from django.urls import reverse

from courses.constants.actors import SYSTEM, Actor
from courses.constants.clock import set_clock
from courses.models import TraineeRequest
from courses.services.registrations import register
from courses.services.requests import ask_for_correction
from courses.tests.planning import make_course, make_office, make_organiser, make_trainee, signed_in

pytestmark = pytest.mark.django_db
LIST = "admin:courses_traineerequest_changelist"


class World:
    def __init__(self):
        set_clock(dt.datetime(2026, 6, 4, 9))
        self.host, self.far = make_office("a"), make_office("b")
        self.organiser, self.other = make_organiser(self.host), make_organiser(self.far)

    def asked(self, count=1) -> list[TraineeRequest]:
        return [self._asked(number) for number in range(count)]

    def _asked(self, number: int) -> TraineeRequest:
        person = make_trainee(self.host, f"Ngô Thử {number}")
        own = Actor("trainee", trainee_id=person.pk)
        return ask_for_correction(person, words=f"Sai <chức vụ> {number}", actor=own)


@pytest.fixture
def world():
    return World()


def change(request) -> str:
    return reverse("admin:courses_traineerequest_change", args=[request.pk])


def test_the_organiser_of_the_person_reads_and_answers(world, client):
    [request] = world.asked()
    signed_in(client, world.organiser)
    text = client.get(change(request)).content.decode()
    assert "Sai &lt;chức vụ&gt; 0" in text
    assert client.post(change(request), {"done": "no", "answer": ""}).status_code == 200
    assert client.post(change(request), {"done": "yes", "answer": "Đã sửa"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.answer) == ("done", "Đã sửa")


def test_for_another_host_it_is_not_there_and_one_that_registered_the_person_only_reads(world, client):
    [request] = world.asked()
    signed_in(client, world.other)
    assert client.get(change(request)).status_code == 404
    register(make_course(world.far, state="running"), request.trainee, actor=SYSTEM)
    assert client.get(change(request)).status_code == 200
    assert client.post(change(request), {"done": "yes", "answer": ""}).status_code == 403
    request.refresh_from_db()
    assert request.state == "asked"


def test_what_is_open_stands_on_the_week_of_whoever_may_answer_and_turns_red(world, client):
    world.asked(2)
    signed_in(client, world.organiser)
    text = client.get(reverse("admin:index")).content.decode()
    assert reverse(LIST) + "?state__exact=asked" in text
    assert '<li class="warn">2 ' in text
    TraineeRequest.objects.update(due_on=dt.date(2026, 6, 3))
    assert '<li class="bad">2 ' in client.get(reverse("admin:index")).content.decode()
    signed_in(client, world.other)
    assert reverse(LIST) + "?state" not in client.get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(world, client, django_assert_num_queries, count):
    world.asked(count)
    signed_in(client, world.organiser)
    with django_assert_num_queries(9):
        text = client.get(reverse(LIST)).content.decode()
    assert text.count("Sai &lt;chức vụ&gt;") == count
