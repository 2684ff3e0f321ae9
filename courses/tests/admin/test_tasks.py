import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.constants.clock import now
from courses.constants.task_words import DIED, reason_in_words, task_in_words
from courses.models import ActionLog, BackgroundTask, TaskRun
from courses.services.background import MOST_TRIES, fail_task
from courses.services.health import examine
from courses.tasks.housekeeping import tidy_tasks
from courses.tests.background import claimed, run_waiting_tasks
from courses.tests.planning import make_office, make_organiser, make_user, signed_in

LIST = "/admin/courses/backgroundtask/"


@pytest.fixture
def superuser(db):
    return signed_in(Client(), make_user(is_superuser=True, is_staff=True))


def failed(reason: str = DIED) -> BackgroundTask:
    row = BackgroundTask.objects.get(pk=tidy_tasks.enqueue().id)
    claimed(row, "a/1")
    TaskRun.objects.filter(pk=row.pk).update(tries=MOST_TRIES)
    fail_task(row.pk, "a/1", reason=reason, where="courses/somewhere.py")
    return row


def test_a_superuser_sees_what_failed_in_words_and_has_it_tried_again(superuser):
    row = failed()
    page = superuser.get(LIST, {"state": "FAILED"}).content.decode()
    assert str(task_in_words(row.task_path)) in page
    assert str(reason_in_words(DIED)) in page
    page = superuser.get(f"{LIST}{row.pk}/change/").content.decode()
    assert "courses/somewhere.py" in page
    [address] = re.findall(r'<form id="again" method="post" action="([^"]+)"', page)
    assert superuser.post(address).status_code == 302
    assert run_waiting_tasks() == 1
    assert BackgroundTask.objects.get().status == "SUCCESSFUL"
    assert ActionLog.objects.filter(action="try again").count() == 1
    assert 'id="again"' not in superuser.get(f"{LIST}{row.pk}/change/").content.decode()
    # Pressed again, or by an old page, nothing happens but a sentence.
    assert superuser.post(address, follow=True).status_code == 200
    assert BackgroundTask.objects.get().status == "SUCCESSFUL"


def test_the_list_is_parted_by_state_and_takes_nonsense(superuser):
    failed()
    tidy_tasks.enqueue()
    found = [len(re.findall("<tr", superuser.get(LIST, {"state": s}).content.decode())) for s in ("READY", "DONE", "x")]
    assert found == [2, 3, 3]
    assert superuser.get(f"{LIST}1/change/").status_code == 404


def test_looking_changes_nothing_and_an_organiser_sees_none_of_it(superuser):
    row = failed()
    superuser.get(f"{LIST}{row.pk}/again/")
    assert BackgroundTask.objects.get().status == "FAILED"
    organiser = signed_in(Client(), make_organiser(make_office("a")))
    assert organiser.get(LIST).status_code == 403
    assert organiser.get(f"{LIST}{row.pk}/change/").status_code in (403, 404)
    assert organiser.post(f"{LIST}{row.pk}/again/").status_code == 404
    assert BackgroundTask.objects.get().status == "FAILED"


def test_the_list_takes_as_many_queries_for_three_as_for_one(superuser):
    superuser.get(LIST)
    counts = []
    for more in (1, 2):
        for _number in range(more):
            failed()
        with CaptureQueriesContext(connection) as queries:
            superuser.get(LIST)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_the_doctor_says_when_work_waits_with_nobody_to_do_it_and_when_some_has_failed(db):
    def said() -> list[bool]:
        return [finding.wrong for finding in examine() if "manage.py work" in finding.sentence]

    assert said() == []
    tidy_tasks.enqueue()
    assert said() == []
    BackgroundTask.objects.update(enqueued_at=now() - dt.timedelta(minutes=2))
    assert said() == [True]
    run_waiting_tasks()
    assert said() == []
    before = len(examine())
    failed()
    assert len(examine()) == before + 1
