"""Two people at the same papers of a class at once; each on a connection of their own."""

import datetime as dt
import threading

import pytest
from django.db import connections

from attendance.constants import ClassPaperKind, Revocation
from attendance.models import Certificate, ClassPaper, WordTemplate
from attendance.rendering.wordings import wording
from attendance.services import word_templates
from attendance.services.class_papers import Entry, attach_signed, file_paper, keep_decision, take_out_paper
from attendance.services.ending import revoke_paper
from attendance.services.register import issue_papers
from attendance.services.word_templates import put_back
from attendance.tests.records import ISSUED_ON, Class, prepared
from courses.constants.errors import Refusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]
PDF = b"%PDF-1.7 thu"
PLAN = Entry(ClassPaperKind.PLAN, "45/KH-UBND", dt.date(2026, 5, 20), "Mo lop")


@pytest.fixture
def lop():
    return Class()


def at_once(*acts) -> list:
    """What each answered, or the Refusal; anything else that one raised is raised here."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def act(place):
        start.wait()
        try:
            found[place] = acts[place]()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for one in found:
        if isinstance(one, Exception) and not isinstance(one, Refusal):
            raise one
    return found


def test_the_same_paper_filed_by_two_at_once_is_one_paper(lop):
    papers = at_once(*[lambda: file_paper(lop.course, PLAN, actor=lop.organiser, content=PDF)] * 4)
    assert len({paper.pk for paper in papers}) == ClassPaper.objects.count() == 1


def test_a_template_put_back_by_several_at_once_has_versions_without_a_gap(lop, monkeypatch):
    monkeypatch.setattr(word_templates, "read_template", lambda content, fields: frozenset())
    kinds = [bytes(wording(kind)) for kind in (ClassPaperKind.PLAN, ClassPaperKind.REPORT, ClassPaperKind.TIMETABLE)]
    acts = [
        lambda content=content: put_back(lop.host, ClassPaperKind.PLAN, content, actor=lop.organiser, name="a.docx")
        for content in kinds
    ]
    at_once(*acts)
    assert sorted(WordTemplate.objects.values_list("version", flat=True)) == [1, 2, 3]


def test_a_paper_taken_out_while_a_copy_is_attached_is_either_way_whole(lop):
    paper = file_paper(lop.course, PLAN, actor=lop.organiser, content=PDF)
    copied, _out = at_once(
        lambda: attach_signed(paper, PDF + b"2", name="a.pdf", actor=lop.organiser),
        lambda: take_out_paper(paper, why="nham", actor=lop.organiser),
    )
    paper.refresh_from_db()
    assert paper.removed_at is not None
    assert (paper.signed_id is None) == isinstance(copied, Refusal)


def test_papers_revoked_while_their_decision_is_filed_point_to_it_and_are_revoked(lop):
    lop.attended(3)
    prepared(lop, decision_number="7/QĐ", decision_date=ISSUED_ON)
    issue_papers(lop.course, actor=lop.officer)
    papers = list(Certificate.objects.all())

    def revoke(pk):
        paper = Certificate.objects.get(pk=pk)
        return revoke_paper(paper, ground=Revocation.FRAUD, document="8/QĐ", document_date=ISSUED_ON, actor=lop.officer)

    acts = [lambda pk=paper.pk: revoke(pk) for paper in papers]
    at_once(*acts, lambda: keep_decision(lop.course, PDF, actor=lop.officer, number="7/QĐ", date=ISSUED_ON))
    decision = ClassPaper.objects.get()
    found = Certificate.objects.filter(pk__in=[paper.pk for paper in papers])
    assert {(one.state, one.decision_id) for one in found} == {("revoked", decision.pk)}
