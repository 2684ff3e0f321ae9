"""Work on the papers of a whole class: each once, resumable, to be stopped, with a list of what failed."""

import datetime as dt

import pytest

from attendance.constants import BatchWork, CertificateState, MarkState, PaperKind, WorkState
from attendance.models import Certificate, PaperBatch, PaperBatchRow
from attendance.reports.papers import Order
from attendance.services import paper_work, register
from attendance.services.paper_work import failed_of, go_on, kept_order, order_kept, start_work, stop_work
from attendance.tasks.papers import do_papers, work_now_or_later
from attendance.tests.records import Class, numbers, officer_of
from courses.constants.choices import RoleKind
from courses.constants.errors import Refusal
from courses.models import ActionLog, BackgroundTask, Signer, Trainee, User
from courses.tests.planning import make_organiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def lop():
    return Class()


def started(lop, people, work=BatchWork.PREPARE, actor=None):
    order = lop.order if work == BatchWork.PREPARE else None
    ids = [person.pk for person in people]
    return start_work(lop.course, work, actor=actor or lop.officer, registration_ids=ids, order=order)


def test_everybody_gets_a_paper_in_the_order_of_the_work_and_pressing_again_adds_nothing(lop):
    people = lop.attended(3)
    batch = go_on(started(lop, people[::-1]).pk, actor=lop.officer)
    assert (batch.state, batch.done, batch.total) == (WorkState.DONE, 3, 3)
    by_number = Certificate.objects.order_by("number").values_list("registration_id", flat=True)
    assert list(by_number) == [person.pk for person in people[::-1]]
    go_on(batch.pk, actor=lop.officer)
    again = go_on(started(lop, people).pk, actor=lop.officer)
    assert (again.done, numbers()) == (3, [1, 2, 3])
    assert ActionLog.objects.filter(action="start papers").count() == 2


def test_while_work_is_under_way_the_same_is_given_back_and_the_other_kind_refused(lop, english):
    people = lop.attended(2)
    batch = started(lop, people)
    assert started(lop, people[:1]) == batch
    with pytest.raises(Refusal, match="Other work on the papers of this class is under way"):
        started(lop, people, BatchWork.ISSUE)
    assert PaperBatch.objects.get().total == 2


def test_what_fails_is_listed_with_its_sentence_takes_no_number_and_is_tried_again_by_another_work(lop):
    good, bad, later = lop.attended(3)
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử ☃")
    batch = go_on(started(lop, [good, bad, later]).pk, actor=lop.officer)
    [row] = failed_of(batch)
    assert (row.registration, "☃" in row.sentence, batch.done, numbers()) == (bad, True, 3, [1, 2])
    Trainee.objects.filter(pk=bad.trainee_id).update(full_name="Ngô Thử Tuyết")
    go_on(batch.pk, actor=lop.officer)  # in the work that has ended nobody is tried again
    assert numbers() == [1, 2]
    go_on(started(lop, [bad]).pk, actor=lop.officer)
    assert numbers() == [1, 2, 3]


def test_a_fault_of_the_machine_keeps_one_from_a_paper_and_not_the_others(lop, monkeypatch):
    people = lop.attended(3)
    stored = register.store_file

    def full_disk_once(*args, **kwargs):
        monkeypatch.setattr(register, "store_file", stored)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(register, "store_file", full_disk_once)
    batch = go_on(started(lop, people).pk, actor=lop.officer)
    assert [row.registration for row in failed_of(batch)] == people[:1]
    assert numbers() == [1, 2]


def test_after_a_kill_in_the_middle_it_goes_on_where_it_was(lop, monkeypatch):
    people = lop.attended(4)
    batch = started(lop, people)
    one = paper_work._one
    seen = []

    def killed_at_the_third(batch, registration, act):
        seen.append(registration)
        if len(seen) == 3:
            raise KeyboardInterrupt
        one(batch, registration, act)

    monkeypatch.setattr(paper_work, "_one", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        go_on(batch.pk, actor=lop.officer)
    monkeypatch.setattr(paper_work, "_one", one)
    assert numbers() == [1, 2]
    # One whose paper was kept and whose row was not, as by a killed process before rows went with their papers.
    PaperBatchRow.objects.filter(registration=people[1]).delete()
    PaperBatch.objects.update(done=1)
    batch = go_on(batch.pk, actor=lop.officer)
    assert (batch.state, batch.done, numbers()) == (WorkState.DONE, 4, [1, 2, 3, 4])


def test_it_is_stopped_between_two_papers_and_what_is_done_stays(lop, monkeypatch):
    people = lop.attended(3)
    batch = started(lop, people)
    one = paper_work._one

    def stopped_after_the_first(batch, registration, act):
        one(batch, registration, act)
        stop_work(batch, actor=lop.officer)

    monkeypatch.setattr(paper_work, "_one", stopped_after_the_first)
    batch = go_on(batch.pk, actor=lop.officer)
    assert (batch.state, batch.done, numbers()) == (WorkState.STOPPED, 1, [1])
    assert stop_work(batch, actor=lop.officer).state == WorkState.STOPPED
    assert ActionLog.objects.filter(action="stop papers").count() == 1
    assert go_on(batch.pk, actor=lop.officer).done == 1
    monkeypatch.setattr(paper_work, "_one", one)
    go_on(started(lop, people[1:]).pk, actor=lop.officer)
    assert numbers() == [1, 2, 3]


def test_what_is_the_persons_own_is_read_for_each_paper(lop):
    """What the papers have in common was read before; the marks were not."""
    first, second = lop.attended(2)
    prepare = register.preparing(lop.course, lop.order, actor=lop.officer)
    prepare(first)
    lop.mark(lop.general, MarkState.ABSENT, second, shown=MarkState.PRESENT)
    Trainee.objects.filter(pk=second.trainee_id).update(full_name="Ngô Thử Đổi")
    with pytest.raises(Refusal, match="vắng không phép"):
        prepare(second)
    lop.mark(lop.general, MarkState.PRESENT, second, shown=MarkState.ABSENT)
    assert prepare(second).facts["full_name"] == "Ngô Thử Đổi"


def test_an_order_that_cannot_be_any_more_is_refused_for_each_paper_that_is_left(lop, monkeypatch):
    """Fails when what papers have in common is read once for the whole work."""
    people = lop.attended(3)
    batch, one = started(lop, people), paper_work._one

    def and_the_signer_leaves(batch, registration, act):
        one(batch, registration, act)
        Signer.objects.filter(pk=lop.signer.pk).update(valid_to=lop.order.issue_date)

    monkeypatch.setattr(register, "_FRESH", 0)
    monkeypatch.setattr(paper_work, "_one", and_the_signer_leaves)
    batch = go_on(batch.pk, actor=lop.officer)
    assert ([row.registration for row in failed_of(batch)], numbers()) == (people[1:], [1])


def test_each_paper_more_costs_the_same_few_queries(lop, django_assert_num_queries, monkeypatch):
    """Twenty around the work and for what papers have in common; eighteen for each, four of them savepoints."""
    monkeypatch.setattr(register, "_FRESH", 3600)
    go_on(started(lop, lop.attended(1)).pk, actor=lop.officer)  # which opens the book of the year
    for count in (1, 3):
        batch = started(lop, lop.attended(count))
        with django_assert_num_queries(20 + 18 * count):
            go_on(batch.pk, actor=lop.officer)


def test_long_work_is_done_in_slices_by_a_task_for_the_officer_who_asked(lop, monkeypatch):
    monkeypatch.setattr("attendance.tasks.papers.AT_ONCE", 2)
    monkeypatch.setattr("attendance.tasks.papers.SECONDS_A_TASK", 1e-9)
    officer = make_organiser(lop.host, RoleKind.OFFICER)
    actor = officer_of(lop.host)
    actor = type(actor)("user", user_id=officer.pk, certifies=actor.certifies, certifies_writable=actor.certifies)
    people = lop.attended(3)
    ids = [person.pk for person in people]
    arguments = {"actor": actor, "registration_ids": ids, "order": lop.order}
    batch = work_now_or_later(lop.course, BatchWork.PREPARE, **arguments)
    assert (batch.state, numbers()) == (WorkState.WAITING, [])
    for done in (1, 2, 3):
        assert BackgroundTask.objects.count() == done
        do_papers.call(batch.pk)
        assert numbers() == list(range(1, done + 1))
    do_papers.call(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.done, numbers()) == (WorkState.DONE, 3, [1, 2, 3])


def test_whoever_lost_the_role_meanwhile_makes_no_paper(lop):
    people = lop.attended(2)
    batch = started(lop, people)
    User.objects.filter(pk=batch.asked_by_id).update(is_active=False)
    do_papers.call(batch.pk)
    assert (numbers(), failed_of(batch).count()) == ([], 2)


def test_issuing_is_such_work_too(lop):
    people = lop.attended(2)
    [still] = lop.people(1)
    go_on(started(lop, [*people, still]).pk, actor=lop.officer)
    batch = go_on(started(lop, [*people, still], BatchWork.ISSUE).pk, actor=lop.officer)
    assert [row.registration for row in failed_of(batch)] == [still]
    assert Certificate.objects.filter(state=CertificateState.ISSUED).count() == 2


def test_only_officers_of_the_host_begin_and_stop_it(lop):
    people = lop.attended(1)
    batch = started(lop, people)
    for stranger in (lop.organiser, officer_of(lop.ward)):
        with pytest.raises(Refusal):
            started(lop, people, actor=stranger)
        with pytest.raises(Refusal):
            stop_work(batch, actor=stranger)


def test_an_order_is_kept_by_ids_and_read_again(lop):
    order = Order(lop.host, lop.signer, dt.date(2026, 6, 10), PaperKind.CERTIFICATE, "12/QĐ", dt.date(2026, 6, 9))
    assert order_kept(kept_order(order)) == order
    gone = kept_order(order) | {"signer": 999_999}
    with pytest.raises(Refusal):
        order_kept(gone)
