"""A host's own wordings: each that is put back is a version, and none ever changes."""

import io

import pytest
from django.db import IntegrityError, transaction
from docx import Document

from attendance.constants import ClassPaperKind
from attendance.models import WordTemplate
from attendance.rendering.wordings import wording
from attendance.services.making_papers import templates_of
from attendance.services.word_templates import put_back, take_standard
from attendance.tests.records import officer_of
from courses.constants.actors import SYSTEM, Actor
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.guards import GUARDS
from courses.models import ActionLog
from courses.services.records import read_file
from courses.tests.guarding import refuses_deletion, refuses_updates
from courses.tests.parallel import at_once
from courses.tests.planning import make_office, make_user, organiser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
PLAN, SUMMONS = ClassPaperKind.PLAN, ClassPaperKind.SUMMONS


def worded(*lines: str) -> bytes:
    """A Word file as an office types it."""
    document, file = Document(), io.BytesIO()
    for line in lines:
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


@pytest.fixture
def host(db):
    return make_office("CHU-TRI")


@pytest.fixture
def organiser(host):
    return organiser_of(host)


def put(host, actor, content, kind=PLAN, name="ke-hoach.docx", **said):
    return put_back(host, kind, content, actor=actor, name=name, **said)


def test_what_is_put_back_holds_from_then_on_and_is_logged(host, organiser):
    mine = worded("Mở {{ ten_lop }}")
    first = put(host, organiser, mine, note="  Thêm   câu mở ")
    said = (first.version, first.made_by_id, first.file_name, first.note)
    assert said == (1, organiser.user_id, "ke-hoach.docx", "Thêm câu mở")
    assert templates_of(host, [PLAN, SUMMONS]) == {PLAN: mine, SUMMONS: wording(SUMMONS)}
    assert templates_of(make_office("KHAC"), [PLAN]) == {PLAN: wording(PLAN)}
    assert put(host, organiser, worded("Mở lại {{ ten_lop }}")).version == 2
    assert read_file(first.file) == mine
    logged = ActionLog.objects.filter(action="set wording").order_by("pk")
    assert [entry.changes for entry in logged] == [
        {"version": [None, 1], "kind": [None, "plan"]},
        {"version": [1, 2], "kind": [None, "plan"]},
    ]


def test_the_file_that_holds_already_changes_nothing_and_an_older_one_is_a_version_again(host, organiser):
    mine, other = worded("{{ ten_lop }}"), worded("{{ ma_lop }}")
    first = put(host, organiser, mine)
    assert put(host, organiser, mine, name="cung-tep.docx") == first
    assert [put(host, organiser, content).version for content in (other, mine)] == [2, 3]
    assert put(host, organiser, mine, kind=SUMMONS).version == 1


def test_the_standard_is_taken_again_as_a_version_and_only_where_it_does_not_hold(host, organiser):
    assert take_standard(host, PLAN, actor=organiser) is None
    mine = worded("{{ ten_lop }}")
    put(host, organiser, mine)
    standard = take_standard(host, PLAN, actor=organiser)
    assert (standard.version, standard.file) == (2, None)
    assert templates_of(host, [PLAN]) == {PLAN: wording(PLAN)}
    assert take_standard(host, PLAN, actor=organiser) == standard
    assert put(host, organiser, mine).version == 3
    assert ActionLog.objects.filter(action="set wording").count() == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7 thu", "not a Word file"),
        (worded("{{ ten_lopp }}"), "ten_lop"),
        (worded("{% for mot in khoi %}"), "for"),
        (worded("{{ ten_lop.__class__ }}"), "__class__"),
        (worded("{{ hoc_vien }}"), "hoc_vien"),
    ],
    ids=["empty", "pdf", "no such field", "no end", "class", "field of another kind"],
)
def test_what_cannot_be_a_template_is_refused_with_a_sentence_and_nothing_is_kept(host, organiser, content, sentence):
    with pytest.raises(Refusal, match=sentence):
        put(host, organiser, content)
    assert not WordTemplate.objects.exists()


def test_a_kind_that_is_not_made_has_no_template(host, organiser):
    for kind in (ClassPaperKind.OTHER, "khong-co"):
        with pytest.raises(Refusal, match="There is no template of this kind"):
            put(host, organiser, worded("x"), kind=kind)
        with pytest.raises(Refusal, match="There is no template of this kind"):
            take_standard(host, kind, actor=organiser)


def test_those_who_make_the_papers_of_the_host_set_its_wordings_and_nobody_else(host, organiser):
    for number, actor in enumerate((organiser, officer_of(host), SYSTEM), 1):
        assert put(host, actor, worded(f"Lời {number}")).version == number
    reading = Actor("user", user_id=make_user().pk, organises=frozenset({host.pk}))
    for actor in (organiser_of(make_office("KHAC")), reading, Actor("user", user_id=make_user().pk)):
        for act in (lambda: put(host, actor, worded("Khác")), lambda: take_standard(host, PLAN, actor=actor)):
            with pytest.raises(Refusal, match="Only organisers and certificate officers of the host office"):
                act()
    assert WordTemplate.objects.count() == 3


def test_a_version_is_there_once_and_no_version_ever_changes(host, organiser):
    first = put(host, organiser, worded("{{ ten_lop }}"))
    with pytest.raises(IntegrityError), transaction.atomic():
        WordTemplate.objects.create(host=host, kind=PLAN, version=first.version, made_at=now())
    [guard] = [guard for guard in GUARDS if guard.table == "attendance_wordtemplate"]
    assert guard.frozen == ("*",)
    for column in ("host_id", "kind", "version", "file_id", "file_name", "note", "made_at", "made_by_id"):
        refuses_updates(guard, column)
    refuses_deletion(guard)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_back_at_once_the_second_gets_the_next_version():
    host = make_office("CHU-TRI")
    actors = [organiser_of(host), officer_of(host)]
    acts = [lambda actor=actor: put(host, actor, worded(f"Của {actor.user_id}")).version for actor in actors]
    assert sorted(at_once(*acts)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_of_six_who_take_the_standard_at_once_one_makes_the_version():
    host = make_office("CHU-TRI")
    actor = organiser_of(host)
    put(host, actor, worded("{{ ten_lop }}"))
    taken = at_once(*[lambda: take_standard(host, PLAN, actor=actor).version] * 6)
    assert taken == [2] * 6
    assert ActionLog.objects.filter(action="set wording").count() == 2
