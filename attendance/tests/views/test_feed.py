import datetime as dt

import pytest
from django.urls import reverse

from attendance.tests.records import Class
from courses.constants import links
from courses.constants.actors import SYSTEM
from courses.constants.clock import set_clock
from courses.models import Trainee
from courses.services.links import renew_feed
from courses.services.registrations import register, withdraw
from courses.services.schedule import Where, at, reschedule_session, set_session
from courses.tests.planning import FIRST_DAY, make_venue

pytestmark = pytest.mark.django_db
BEFORE = at(FIRST_DAY - dt.timedelta(days=7), dt.time(9))


@pytest.fixture
def lop():
    made = Class()
    set_clock(BEFORE)
    return made


def address_of(trainee, version=1):
    return reverse("attendance:feed", args=[links.feed_code(trainee.pk, version)])


def fetch(client, trainee, **headers):
    response = client.get(address_of(trainee), **headers)
    assert response.status_code == 200
    return response


def test_what_did_not_change_is_not_sent_again_and_nobody_on_the_way_keeps_it(lop, client):
    [person] = lop.people(1)
    response = fetch(client, person.trainee)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    same = client.get(address_of(person.trainee), headers={"If-None-Match": response["ETag"]})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", response["ETag"])
    reschedule_session(lop.general, actor=lop.organiser, why="mưa lớn", cancelled=True)
    again = client.get(address_of(person.trainee), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != response["ETag"]


def test_unknown_foreign_and_renewed_addresses_are_the_same_404(lop, client):
    [person] = lop.people(1)
    trainee, good = person.trainee, links.feed_code(person.trainee_id, 1)
    wrong = ["x", "1" * 17, good[:-1] + ("0" if good[-1] != "0" else "1"), links.trainee_token(trainee.pk, 1)]
    wrong += [links.pass_code(person.pk, 1), links.feed_code(trainee.pk, 2), links.feed_code(10**6, 1)]
    answers = {client.get(reverse("attendance:feed", args=[code])).content for code in wrong}
    assert fetch(client, trainee)
    renew_feed(trainee, course=lop.course, actor=SYSTEM)
    answers.add(client.get(address_of(trainee)).content)
    assert len(answers) == 1
    assert client.get(address_of(trainee)).status_code == 404
    assert client.get(address_of(trainee, version=2)).status_code == 200
    assert client.post(address_of(trainee, version=2)).status_code == 405


def test_the_feed_costs_the_same_for_one_class_and_for_three(lop, client, django_assert_num_queries):
    [person] = lop.people(1)
    classes = [lop]
    for code in (None, "LOP-2", "LOP-3"):
        if code:
            classes.append(Class(lop.host, code))
            register(classes[-1].course, person.trainee, actor=SYSTEM)
        last = classes[-1]
        places = [Where(make_venue(lop.host, last.course.code))]
        set_session(last.general, actor=last.organiser, places=places)
        set_clock(BEFORE)
        with django_assert_num_queries(10):
            fetch(client, person.trainee)


def test_who_had_two_rows_has_one_calendar_by_both_addresses(lop, client):
    kept, gone = lop.people(2)
    withdraw(gone, actor=lop.organiser)
    Trainee.objects.filter(pk=gone.trainee_id).update(merged_into=kept.trainee)
    assert fetch(client, gone.trainee).content == fetch(client, kept.trainee).content
    renew_feed(kept.trainee, course=lop.course, actor=SYSTEM)
    assert [client.get(address_of(one.trainee)).status_code for one in (kept, gone)] == [404, 404]
