"""What one host's people never see of the other's, wherever they look, and how little a stranger can learn."""

import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.apps import apps
from django.db import transaction

from attendance.models import (
    AttendanceSheet,
    BlankRange,
    Certificate,
    ClassFile,
    ClassPaper,
    Completion,
    Correction,
    CourseResult,
    CourseRule,
    Door,
    DoorPhone,
    Event,
    Grant,
    IssuerAuthority,
    LeaveRequest,
    ListForm,
    Mark,
    PaperBatch,
    PaperTemplate,
    PassCode,
    RefusedScan,
    RegisterBook,
    ReportWords,
    Score,
    Sheet,
    SignedCopy,
    WordTemplate,
)
from courses.constants.actors import Actor
from courses.models import (
    ActionLog,
    Block,
    ColumnMeaning,
    Course,
    Heading,
    ImportBatch,
    ImportRow,
    Invitation,
    Material,
    Message,
    MessageLine,
    MessageText,
    Office,
    OfficeAnswer,
    Place,
    PlannedClass,
    Registration,
    Role,
    Seats,
    Session,
    SessionChange,
    SessionTopic,
    Signer,
    Speaker,
    Topic,
    Trainee,
    TraineeRequest,
    Transfer,
    User,
    Venue,
)
from tests.access.browsers import browser_of
from tests.access.database import fingerprint
from tests.access.routes import forged, routes

pytestmark = pytest.mark.django_db
LISTS = [name for name, _pattern in routes() if name.endswith("_changelist")]
#: Leads out of the session, or to where other tests look.
LEFT_ALONE = re.compile(r"/logout/|/static/|/accounts/2fa/|/language/|^mailto:|\.pdf$|^/courses/|^/verify/|^/$")


def words_of(side) -> list[str]:
    return [side.secret, side.public]


def pages_of(client, most: int, start="/admin/"):
    """(address, answer) of each page that links and forms that ask lead to, at most so many of a kind."""
    waiting, known = deque([start]), {start}
    asked: dict[str, int] = {}
    while waiting:
        path = waiting.popleft()
        answer = client.get(path)
        yield path, answer
        if answer.status_code == 302:
            found = [answer["Location"]]
        elif "html" in answer.headers.get("Content-Type", ""):
            document = lxml.html.fromstring(answer.content.decode())
            found = document.xpath("//a/@href") + [
                f"?q={word}" for word in ("a", "ngo") if document.xpath("//form[@id='changelist-search']")
            ]
        else:
            found = []
        for link in found:
            address = urljoin(path, link).split("#")[0]
            parts = urlsplit(address)
            # A few orders and filters of a list, and a few of its rows, tell as much as all of them together.
            shape = re.sub(r"\d+", "1", parts.path)
            if parts.netloc or LEFT_ALONE.search(parts.path) or address in known or asked.get(shape, 0) >= most:
                continue
            asked[shape] = asked.get(shape, 0) + 1
            known.add(address)
            waiting.append(address)


def own_answers(world, actor: str, most: int):
    """Everything that the actor's browser reaches, and what answers to programs."""
    client = browser_of(world, actor)
    with transaction.atomic():
        yield from pages_of(client, most)
        for model, field in (("registration", "trainee"), ("session", "course"), ("role", "user"), ("role", "office")):
            path = f"/admin/autocomplete/?app_label=courses&model_name={model}&field_name={field}&term="
            yield path, client.get(path)
        yield from pages_of(client, most, "/office/")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("actor", "most", "least"),
    [("other organiser", 4, 150), ("other officer", 2, 80), ("other host's coordinator", 2, 20)],
)
def test_whatever_they_open_names_nothing_of_the_other_host(world, actor, most, least):
    """Fails when `visible_to` is taken out of a list, a filter, a choice or an autocomplete."""
    opened, own = 0, 0
    for path, answer in own_answers(world, actor, most):
        assert answer.status_code < 500, path
        content = b"".join(answer) if answer.streaming else answer.content
        text = content.decode(errors="replace").lower()
        assert [word for word in words_of(world.a) if word in text] == [], path
        opened += 1
        own += any(word in text for word in words_of(world.b))
    assert opened >= least, "too few pages were reached to prove anything"
    assert own >= least // 4
    print(actor, opened, own)


@pytest.mark.parametrize(
    ("actor", "own", "foreign"),
    [("coordinator", "zaquytmot", ["zaquythai"]), ("other coordinator", "zaquythai", ["zaquytmot", "zaquytban"])],
)
def test_a_coordinator_finds_nobody_of_a_second_office_of_the_same_class(world, actor, own, foreign):
    """Fails when the people, requests or cards of the desk are not narrowed by `visible_to` (tried)."""
    client, found = browser_of(world, actor), 0
    with transaction.atomic():
        cards = client.post(f"/office/classes/{world.a.course.pk}/cards/")
        for path, answer in [("cards", cards), *pages_of(client, 3, "/office/")]:
            content = b"".join(answer) if answer.streaming else answer.content
            text = content.decode(errors="replace").lower()
            assert [word for word in foreign if word in text] == [], path
            found += own in text
        transaction.set_rollback(True)
    assert found >= 4


@pytest.mark.parametrize("word", ["ngo", "zaquyt", "paquyt", "lop-paquyt", "%", "_", "0900000010", "093175000010"])
def test_searching_finds_nothing_of_the_other_host(world, word):
    """The pages repeat what was searched for, so rows are counted, and not words."""
    client, own = browser_of(world, "other organiser"), browser_of(world, "organiser")
    for name in LISTS:
        path = address_of(name)
        answer = client.get(path, {"q": word})
        if answer.status_code != 200 or "cl" not in answer.context_data:
            continue  # not theirs, or a page of its own in place of the list, which the crawl reads
        rows = answer.context_data["cl"].queryset
        foreign = [row for row in rows if any(w in repr(vars(row)).lower() for w in words_of(world.a))]
        assert foreign == [], path
    found = client.get(
        "/admin/autocomplete/?app_label=courses&model_name=registration&field_name=trainee", {"term": word}
    )
    assert not set(re.findall(r'"id": "(\d+)"', found.content.decode())) & {
        str(world.a.trainee.pk),
        str(world.a.stranger.pk),
    }
    if word == "ngo":
        assert str(world.a.trainee.pk) in own.get("/admin/courses/trainee/", {"q": word}).content.decode()


def address_of(name: str) -> str:
    app, model = name.removeprefix("admin:").removesuffix("_changelist").split("_")
    return f"/admin/{app}/{model}/"


# Objects of the one under the parents of the other

OFFICES = ("offices", "offices/confirm", "offices/1/answer", "offices/1/signed-copy", "final")
STEPS = ("publish", "start", "conclude", "archive", *OFFICES)
REMINDERS = ("remind", "remind/letters", "remind/told")
TELLING = ("tell", "tell/preview", "tell/approve", "tell/by-hand", "tell/by-hand/texts", "tell/by-hand/told")
OUTBOX = ("messages", "messages/act", "messages/again")
LINKS = ("links", "links/print", "links/renew")
RESULTS = ("rule", "prepare", "issue", "papers.pdf", "scores", *LINKS, *REMINDERS, *TELLING, *OUTBOX)
MOVING = ("reschedule", "changed", "notice", "take-back")
ENDINGS = ("revoke", "reissue", "confirm")
FILING = ("papers/add", "file.zip", "make/plan", "make/report", "make/report/words", "make/all.zip")
PAGES = {
    "courses/course": (Course, ("change", "history", "delete", "overview", "seats", "copy", "add-day", *STEPS)),
    "courses/block": (Block, ("change", "history", "delete")),
    "courses/actionlog": (ActionLog, ("change", "history", "delete")),
    "courses/user": (User, ("change", "history", "delete")),
    "courses/role": (Role, ("change", "history", "delete")),
    "courses/invitation": (Invitation, ("change", "history", "delete")),
    "courses/session": (Session, ("change", "history", "delete", *MOVING)),
    "courses/messagetext": (MessageText, ("change", "history", "delete")),
    "courses/speaker": (Speaker, ("change", "history", "delete")),
    "courses/venue": (Venue, ("change", "history", "delete")),
    "courses/registration": (Registration, ("change", "history", "delete", "withdraw")),
    "courses/importbatch": (ImportBatch, ("change", "history", "delete")),
    "courses/trainee": (Trainee, ("change", "history", "delete")),
    "courses/traineerequest": (TraineeRequest, ("change", "history", "delete", "card", "renew")),
    "attendance/attendancesheet": (AttendanceSheet, ("change", "history", "delete")),
    "attendance/registerbook": (RegisterBook, ("change", "history", "delete", "old")),
    "attendance/papertemplate": (PaperTemplate, ("change", "history", "delete", "picture.png", "withdraw")),
    "attendance/blankrange": (BlankRange, ("change", "history", "delete")),
    "attendance/certificate": (Certificate, ("change", "history", "delete", "paper.pdf", *ENDINGS)),
    "attendance/correction": (Correction, ("change", "history", "delete")),
    "attendance/courseresult": (CourseResult, ("change", "history", "delete", *RESULTS)),
    "attendance/classfile": (ClassFile, ("change", "history", "delete", *FILING)),
}  # fmt: skip
NO_SLASH = ("paper.pdf", "picture.png", *FILING, *RESULTS, *MOVING)


def foreign_ids(world, model) -> list[int]:
    """Keys of host A's rows of the model that host B's organiser does not see."""
    actor = Actor("user", user_id=world.b.organiser.pk, **reach(world.b))
    seen = model._default_manager.all().visible_to(actor).order_by().values("pk")
    return list(model._default_manager.exclude(pk__in=seen).order_by("pk").values_list("pk", flat=True))


def reach(side) -> dict:
    own = frozenset([side.host.pk, side.first.pk, side.second.pk])
    return {"organises": own, "organises_writable": own}


def pairs(world):
    """(address of the foreign object's page, the same of one that does not exist)."""
    for place, (model, names) in PAGES.items():
        for pk in foreign_ids(world, model)[:6]:
            for name in names:
                end = name if name in NO_SLASH else f"{name}/"
                yield f"/admin/{place}/{pk}/{end}", f"/admin/{place}/987654321/{end}"


def test_each_page_of_a_foreign_object_answers_like_one_of_a_missing_object(world):
    """Reading and writing: 404 with the same words, but for the address. (200 pairs and more.)"""
    client, tried = browser_of(world, "other organiser"), 0
    missing = {}
    before = fingerprint()
    for foreign, absent in pairs(world):
        for method in (client.get, client.post):
            answer = method(foreign)
            key = (absent, method.__name__)
            if key not in missing:
                gone = method(absent)
                missing[key] = (gone.status_code, plain(gone, absent))
            assert (answer.status_code, plain(answer, foreign)) == missing[key], (foreign, method.__name__)
            # Where only one way of asking is served, that is said of every address alike.
            assert answer.status_code in (404, 405), foreign
            tried += 1
    assert tried >= 200
    assert fingerprint() == before


def plain(answer, path: str) -> str:
    """The page without its address and without what is new in each answer."""
    text = answer.content.decode(errors="replace").replace(path, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_link_opens_nothing_but_its_own_address(world):
    """One secret never stands in for another, and a forged or foreign one is like one that never was."""
    client = browser_of(world, "nobody")
    a = world.a
    secrets = {"my": a.trainee_token, "office": a.office_token, "p": a.pass_code}
    answers = set()
    for place, own in secrets.items():
        assert client.get(f"/{place}/{own}/").status_code == 200
        others = [secret for other, secret in secrets.items() if other != place]
        for wrong in [*others, forged(own), own[:-1], "0" * len(own), "x"]:
            answer = client.get(f"/{place}/{wrong}/")
            assert answer.status_code == 404, (place, wrong)
            answers.add(plain(answer, f"/{place}/{wrong}/"))
    for code in (a.prepared.code, world.b.certificate.code, a.old_entry.code, "x"):
        answer = client.get(f"/my/{a.trainee_token}/certificates/{code}/")
        assert answer.status_code == 404, code
        answers.add(plain(answer, ""))
    assert len(answers) == 1


def test_a_draft_and_an_archived_class_are_not_there_for_the_public(world):
    client = browser_of(world, "nobody")
    for code in (world.a.draft.code, "khong-co"):
        for end in ("", "calendar.ics"):
            assert client.get(f"/courses/{code}/{end}").status_code == 404


PRIVATE = [
    ActionLog, BlankRange, Certificate, ClassPaper, ColumnMeaning, Completion, Correction, Door, DoorPhone, Event,
    Grant, Heading, ImportBatch, ImportRow, Invitation, IssuerAuthority, LeaveRequest, ListForm, Mark, Message,
    MessageLine, MessageText, Office, OfficeAnswer, PaperBatch, PaperTemplate, PassCode, PlannedClass, RefusedScan,
    RegisterBook, Registration, ReportWords, Role, Score, Seats, Sheet, SignedCopy, Signer, Speaker, Trainee,
    TraineeRequest, Transfer, User, Venue, WordTemplate,
]  # fmt: skip
PARTS_OF_A_CLASS = [Block, CourseRule, Material, Place, Session, SessionChange, SessionTopic, Topic]


@pytest.mark.parametrize("kind", ["nobody", "door"])
def test_a_door_sees_what_anybody_sees_and_that_is_nobody(world, kind):
    """The list of a door is a report of its own, of hashes and names: it asks for no rows as somebody."""
    actor = Actor(kind, course_id=world.a.course.pk, session_ids=frozenset([world.a.session.pk]))
    assert [m.__name__ for m in PRIVATE if m._default_manager.all().visible_to(actor).exists()] == []
    assert set(Course.objects.visible_to(actor)) == {world.a.course, world.b.course}
    for model in PARTS_OF_A_CLASS:
        seen = model._default_manager.all().visible_to(actor)
        assert not seen.filter(**{f"{seen.course_path}__state": "draft"}).exists()


def test_each_model_with_owners_is_asked_what_a_stranger_sees():
    """A new model stands in one of the two lists above."""
    models = {
        m for app in ("courses", "attendance") for m in apps.get_app_config(app).get_models() if not m._meta.proxy
    }
    owned = {m for m in models if hasattr(m._default_manager.all(), "visible_to")}
    assert owned == {*PRIVATE, *PARTS_OF_A_CLASS, Course}
