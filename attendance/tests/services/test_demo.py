"""The demo as it stands after the first start. It is loaded once; what a test writes on it is taken back."""

import datetime as dt
import json
import re
from collections import Counter
from pathlib import Path
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.apps import apps
from django.db import transaction
from django.test import override_settings
from django.utils import translation

import courses
from attendance.constants import CertificateState, LeaveState, MarkState, Matched, Revocation, SignatureState, SignedBy
from attendance.models import Certificate, LeaveRequest, Mark, RegisterBook, SignedCopy
from attendance.reports.desk import own_classes
from attendance.reports.ended import who_answers
from attendance.reports.paper_work import works_of
from attendance.reports.papers import Order, candidates, check_order
from attendance.reports.roll import roll_of
from attendance.rules.permissions import may_certify, may_mark
from attendance.services import demo_accounts
from attendance.services.demo import load_demo, open_class_begins
from attendance.services.ending import revoke_paper
from attendance.services.ledger import Change, mark_by_hand
from attendance.services.register import issue_papers, prepare_papers
from courses.constants import citizen_digits
from courses.constants.choices import CourseState, RequestKind
from courses.constants.clock import VIETNAM, set_clock, today
from courses.constants.errors import Refusal
from courses.constants.names import search_key
from courses.constants.signing_key import DEVELOPMENT
from courses.models import Course, Office, OfficeAnswer, Registration, Seats, Signer, Trainee, TraineeRequest, User
from courses.reports.room import Room
from courses.rules.actors import actor_of, answer_of_link, as_coordinator, trainee_of_link
from courses.rules.naming import people_of
from courses.rules.permissions import may_enter_admin, may_hand_out_link
from courses.services.registrations import check_naming

pytestmark = pytest.mark.django_db
FIRST_START = dt.datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
ROSTERS = Path(courses.__file__).parent / "tests" / "rosters" / "expected"


@pytest.fixture(scope="module")
def notes(django_db_setup, django_db_blocker, tmp_path_factory):
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, DATA_DIR=tmp_path_factory.mktemp("demo")),
        transaction.atomic(),
    ):
        set_clock(FIRST_START)
        yield load_demo()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _at_the_first_start(notes):
    """After the clock of the test before has been let go."""
    set_clock(FIRST_START)
    with translation.override("vi"):
        yield


def course(code="CCHC-2022"):
    return Course.objects.get(code=code)


def actor(username):
    return actor_of(User.objects.get(username=username))


def rows():
    return {model.__name__: model.objects.count() for model in apps.get_models() if model._meta.managed}


def people_of_rosters():
    files = sorted(ROSTERS.glob("*.json"))
    assert len(files) == 20
    return [person for file in files for person in json.loads(file.read_text(encoding="utf-8"))["people"]]


def test_a_second_start_adds_nothing_and_says_the_same(notes):
    before = rows()
    assert load_demo() == notes
    assert rows() == before


def test_a_second_start_on_a_later_day_leaves_the_half_days_where_they_were(notes):
    set_clock(FIRST_START + dt.timedelta(days=30))
    assert load_demo() == notes
    assert course("TTHC-PVT").starts_on == dt.date(2026, 11, 22)


def test_there_are_two_classes_behind_one_under_way_one_around_today_and_one_open():
    found = {c.code: (c.host_office.code, c.state, c.starts_on, c.ends_on) for c in Course.objects.all()}
    assert found == {
        "VTLT-2021": ("930", CourseState.CONCLUDED, dt.date(2021, 10, 12), dt.date(2021, 10, 13)),
        "CCHC-2022": ("930", CourseState.RUNNING, dt.date(2022, 6, 14), dt.date(2022, 6, 16)),
        "TTHC-PVT": ("31321-2025", CourseState.RUNNING, dt.date(2026, 11, 22), dt.date(2026, 11, 24)),
        "KNS-PVT": ("31321-2025", CourseState.PUBLISHED, dt.date(2026, 12, 8), dt.date(2026, 12, 9)),
        "STVB-PVT": ("31321-2025", CourseState.CONCLUDED, dt.date(2025, 10, 14), dt.date(2025, 10, 15)),
    }
    sizes = {c.code: c.registered for c in Course.objects.with_registered()}
    assert sizes == {"VTLT-2021": 24, "CCHC-2022": 102, "TTHC-PVT": 40, "KNS-PVT": 5, "STVB-PVT": 12}


def test_the_class_of_the_article_has_its_blocks_and_topics_in_order_over_six_half_days():
    article = course()
    assert article.starts_on.weekday() == 1  # Tuesday
    assert [b.topics.count() for b in article.blocks.order_by("order")] == [5, 5]
    half_days = list(article.sessions.in_order())
    assert [(s.date.day, s.half) for s in half_days] == [
        (14, "morning"), (14, "afternoon"), (15, "morning"), (15, "afternoon"), (16, "morning"), (16, "afternoon"),
    ]  # fmt: skip
    assert ["".join(b.code for b in s.blocks.all()) for s in half_days] == ["A", "A", "A", "B", "B", "B"]
    agenda = [(i.topic.block.code, i.topic.order) for s in half_days for i in s.agenda.order_by("order")]
    assert agenda == [(block, number) for block in "AB" for number in range(1, 6)]
    assert sorted(article.indices.values_list("code", flat=True)) == ["PAPI", "PAR INDEX", "PCI", "SIPAS"]
    assert all(i.speaker for s in half_days for i in s.agenda.all())
    assert all(p.venue.directions for s in half_days for p in s.places.all())


def test_people_come_from_every_office_of_the_city_and_owe_the_blocks_of_their_audience():
    city = Office.objects.get(code="930")
    there = Office.objects.below(city).exclude(pk=city.pk).valid_on(dt.date(2022, 6, 14))
    registered = Registration.objects.filter(course=course()).order_by("pk").prefetch_related("blocks")
    assert {r.office_id for r in registered} == {office.pk for office in there}
    owed = Counter("".join(sorted(b.code for b in r.blocks.all())) for r in registered)
    assert owed == {"A": 47, "B": 32, "AB": 23}


def test_no_name_of_the_demo_stands_in_a_sample_roster():
    names = {search_key(name) for name in Trainee.objects.order_by("pk").values_list("full_name", flat=True)}
    names |= {search_key(name) for name in User.objects.order_by("pk").values_list("full_name", flat=True)}
    assert len(names) > 130
    assert not names & {search_key(person["full_name"]) for person in people_of_rosters() if person["full_name"]}


def test_every_row_of_the_sample_rosters_finds_a_seat():
    wanted = Counter(person["office"] for person in people_of_rosters())
    taken = Counter(Registration.objects.filter(course=course()).order_by().values_list("office__code", flat=True))
    seats = dict(Seats.objects.filter(course=course()).order_by().values_list("office__code", "number"))
    assert {code for code in wanted if wanted[code] + taken[code] > seats[code]} == set()
    assert sum(wanted.values()) + sum(taken.values()) < course().capacity


def test_a_roster_does_not_come_too_late_for_the_class_of_the_article():
    assert course().registration_deadline is None


def test_two_people_of_one_office_share_a_name_and_differ_by_the_year():
    names = Counter(Trainee.objects.order_by().values_list("full_name", flat=True))
    assert [name for name, count in names.items() if count > 1] == ["Trần Thị Thu"]
    first, second = Trainee.objects.filter(full_name="Trần Thị Thu").order_by("birth_first")
    assert first.office == second.office
    assert (first.birth.iso(), second.birth.iso()) == ("1974", "1989-08-17")


def test_numbers_are_ones_that_nobody_has():
    people = list(Trainee.objects.order_by("pk"))
    assert all(re.fullmatch(r"0950000\d{3}", person.phone) for person in people)
    numbered = [person for person in people if person.citizen_number]
    assert 30 < len(numbered) < len(people)
    for person in numbered:
        assert re.fullmatch(r"093[01]\d\d000[5-9]\d\d", person.citizen_number)
        assert citizen_digits.agrees(person.citizen_number, person.gender, person.birth)
    assert not {p.citizen_number for p in numbered} & {p["citizen_id"] for p in people_of_rosters()}
    assert {person.birth_precision for person in people} == {"day", "month", "year"}


def test_the_papers_of_2021_go_on_from_the_paper_book_without_a_gap():
    book = RegisterBook.objects.get(year=2021)
    assert (book.issuer.code, book.year, book.opening_number, book.last_number) == ("930", 2021, 15, 37)
    assert book.opening_reason
    papers = Certificate.objects.filter(book=book).order_by("number")
    assert [paper.number for paper in papers] == list(range(15, 38))
    assert {paper.state for paper in papers} == {CertificateState.ISSUED}
    assert {(paper.issue_date, paper.issued_at.year) for paper in papers} == {(dt.date(2021, 10, 20), 2021)}
    without = [c for c in candidates(course("VTLT-2021")) if not c.certificate]
    assert [(c.verdict.earned, c.verdict.can_still) for c in without] == [(False, False)]


def test_the_class_with_a_test_says_points_and_grades_and_who_has_not_passed():
    people = candidates(course("STVB-PVT"))
    assert Counter(str(person.verdict.grade) for person in people if person.certificate) == {
        "Xuất sắc": 2, "Giỏi": 3, "Khá": 2, "Trung bình": 3,
    }  # fmt: skip
    without = [person.verdict for person in people if not person.certificate]
    assert [(str(verdict.points), verdict.can_still) for verdict in without] == [("4.50", False), ("7.00", False)]
    assert {person.certificate.facts["grade"] for person in people if person.certificate} == {
        "Xuất sắc", "Giỏi", "Khá", "Trung bình",
    }  # fmt: skip


def test_what_was_prepared_and_issued_at_once_can_be_looked_up():
    works = works_of(course("STVB-PVT"), actor("capgiay"))
    assert [(work.work, work.made, work.failed) for work in works] == [("issue", 10, 0), ("prepare", 10, 2)]


def test_its_papers_have_two_signers_of_two_offices_who_look_invented():
    papers = Certificate.objects.filter(registration__course__code="STVB-PVT").select_related("template")
    assert {(p.template.name, p.template.second_office.code, p.state) for p in papers} == {
        ("Hai người ký", "31321-2025-VX", CertificateState.ISSUED)
    }
    assert {(p.facts["signer"], p.facts["second_signer"]) for p in papers} == {("Đặng Thị Mẫu", "Bùi Văn Mẫu")}
    lines = papers[0].facts["second_lines"]
    assert lines == ["TRƯỞNG PHÒNG VĂN HÓA - XÃ HỘI PHƯỜNG VỊ THANH"]


def test_one_of_them_came_back_signed_by_a_key_that_says_that_it_is_for_trying_out():
    copy = SignedCopy.objects.get()
    assert (copy.matched, copy.state, copy.signed_by) == (
        Matched.BYTES, SignatureState.UNCHECKED, SignedBy.OFFICE,
    )  # fmt: skip
    assert DEVELOPMENT in json.dumps(copy.signatures)
    assert copy.certificate.registration.course.code == "STVB-PVT"


def test_somebody_answers_for_the_papers_of_the_city_and_can_revoke_them():
    paper = Certificate.objects.filter(book__issuer__code="930").order_by("pk").first()
    assert [office.code for office in who_answers(paper.book.issuer)] == ["31321-2025"]
    decision = {"ground": Revocation.ISSUERS_ERROR, "document": "1/QĐ-UBND", "document_date": today()}
    assert revoke_paper(paper, actor=actor("capgiay"), **decision).state == CertificateState.REVOKED


def test_half_days_of_the_article_are_marked_fully_in_part_and_not_at_all():
    rolls = [roll_of(session) for session in course().sessions.in_order()]
    assert [roll.unmarked for roll in rolls[:3]] == [0, 0, 0]
    assert 0 < rolls[3].unmarked < rolls[3].expected
    assert [roll.unmarked == roll.expected for roll in rolls[4:]] == [True, True]
    states = set(Mark.objects.filter(session__course=course()).order_by().values_list("state", flat=True))
    assert states == set(MarkState) - {MarkState.DISPUTED}


def test_people_of_the_article_have_earned_still_can_and_no_longer_can():
    verdicts = [candidate.verdict for candidate in candidates(course())]
    assert {(v.earned, v.can_still) for v in verdicts} == {(True, True), (False, True), (False, False)}
    assert len({v.reason for v in verdicts}) >= 8
    assert {v.needed for v in verdicts} == {3, 5}


def test_the_class_of_the_ward_lies_around_the_day_of_the_first_start():
    half_days = [(s.date - today(), s.half) for s in course("TTHC-PVT").sessions.in_order()]
    assert [(gap.days, half) for gap, half in half_days] == [
        (-1, "afternoon"), (0, "morning"), (0, "afternoon"), (1, "morning"), (1, "afternoon"),
    ]  # fmt: skip
    rolls = [roll_of(session) for session in course("TTHC-PVT").sessions.in_order()]
    assert [roll.unmarked for roll in rolls] == [0, 40, 40, 40, 40]


def test_offices_still_name_people_for_the_class_that_is_open():
    """Every state that an organiser meets: two letters, one that sends nobody and why, one at it, the rest late."""
    open_ = course("KNS-PVT")
    assert open_.registration_deadline == dt.date(2026, 12, 2) > today()
    answers = OfficeAnswer.objects.filter(course=open_).select_related("office").order_by("office__order")
    assert {answer.office.code: str(answer.state) for answer in answers} == {
        "31321-2025": "not_sent",
        "31321-2025-VP": "sent",
        "31321-2025-KT": "not_sent",
        "31321-2025-VX": "sent",
        "31321-2025-HCC": "in_progress",
        "31333-2025": "not_sent",
        "31333-2025-VP": "not_sent",
        "31338-2025": "sends_nobody",
    }
    assert [bool(answer.letter_number) for answer in answers] == [answer.state == "sent" for answer in answers]
    assert [bool(answer.reason) for answer in answers] == [answer.state == "sends_nobody" for answer in answers]
    seats = Seats.objects.filter(course=open_, block=None).select_related("office")
    assert {s.number - (3 if s.office.kind in ("ward", "commune") else 2) for s in seats} == {0}
    states = Counter(str(r.state) for r in Registration.objects.filter(course=open_))
    assert states == {"confirmed": 2, "nominated": 3}


def test_the_class_that_is_open_begins_on_a_tuesday_with_its_deadline_ahead_on_whatever_day_it_is_loaded():
    starts = {
        (open_class_begins(day).weekday(), 10 <= (open_class_begins(day) - day).days < 17)
        for day in (dt.date(2026, 11, 23) + dt.timedelta(days=n) for n in range(7))
    }
    assert starts == {(1, True)}


def test_every_office_existed_when_its_people_were_registered():
    for registration in Registration.objects.select_related("course", "office").order_by("pk"):
        assert registration.office.exists_on(registration.course.starts_on)


def test_the_printed_links_open_what_they_say(notes):
    trainee_actor, trainee = trainee_of_link(notes.trainee_link.rstrip("/").rsplit("/", 1)[1])
    assert trainee.registrations.filter(course__code__in=("VTLT-2021", "TTHC-PVT")).count() == 2
    assert trainee_actor.trainee_id == trainee.pk
    _actor, answer = answer_of_link(notes.office_link.rstrip("/").rsplit("/", 1)[1])
    assert (answer.course.code, answer.office.code) == ("CCHC-2022", "31324")
    own, answer = answer_of_link(notes.naming_link.rstrip("/").rsplit("/", 1)[1])
    assert (answer.course.code, answer.office.code, answer.state) == ("KNS-PVT", "31321-2025-KT", "not_sent")
    check_naming(answer.course, own)
    assert people_of(answer.office, answer.course).count() >= Room(answer.course).left(answer.office) == 2
    code = notes.verify_link.rstrip("/").rsplit("/", 1)[1].replace("-", "")
    assert Certificate.objects.get(code=code).state == CertificateState.ISSUED
    assert OfficeAnswer.objects.filter(course=course()).count() == 35


def test_every_part_of_the_coordinators_desk_has_something_on_the_first_day():
    """A class that is on and one to come, somebody missing, an absence reported, a link asked for."""
    own = as_coordinator(actor("daumoi"))
    classes = [one for one in own_classes(own) if not one.is_over]
    assert [(one.course.code, one.answer.office.code) for one in classes] == [
        ("TTHC-PVT", "31321-2025-KT"),
        ("KNS-PVT", "31321-2025-KT"),
    ]
    assert all(one.next and one.notes for one in classes)
    assert "Phạm Thị Mỹ Cúc" in {one.registration.trainee.full_name for one in classes[0].missing}
    [reported] = LeaveRequest.objects.filter(registration__office__code="31321-2025-KT")
    assert (reported.by_link, reported.state) == (True, LeaveState.ASKED)
    [asked] = TraineeRequest.objects.visible_to(own).open()
    assert (asked.kind, asked.due_on) == (RequestKind.LINK, dt.date(2026, 11, 25))
    assert may_hand_out_link(own, asked.trainee)


def test_each_role_gets_in_with_what_was_printed(notes):
    assert [s.username for s in notes.sign_ins] == ["tochuc", "tochucphuong", "capgiay", "daumoi", "quantri"]
    for sign_in in notes.sign_ins:
        user = User.objects.get(username=sign_in.username)
        assert user.check_password(sign_in.password)
        assert len(sign_in.password) >= 14
        assert may_enter_admin(actor(sign_in.username)) == (sign_in.username != "daumoi") == user.is_staff
    assert len({sign_in.password for sign_in in notes.sign_ins}) == 5


def test_the_officers_second_factor_is_the_printed_one(notes):
    secret = next(s.totp_secret for s in notes.sign_ins if s.username == "capgiay")
    authenticator = Authenticator.objects.get()
    assert authenticator.user.username == "capgiay"
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert TOTP(authenticator).validate_code(code)


def test_the_sign_ins_are_kept_where_only_their_owner_reads_them(notes):
    file = demo_accounts._file()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [sign_in.password in file.read_text() for sign_in in notes.sign_ins] == [True] * 5
    assert list(file.parent.iterdir()) == [file]


def test_when_the_file_is_gone_new_sign_ins_are_made(notes):
    kept = demo_accounts._file().read_text()
    demo_accounts._file().unlink()
    try:
        fresh = load_demo()
        assert not {s.password for s in fresh.sign_ins} & {s.password for s in notes.sign_ins}
        assert all(User.objects.get(username=s.username).check_password(s.password) for s in fresh.sign_ins)
        assert Authenticator.objects.count() == 1
        assert load_demo() == fresh
    finally:
        demo_accounts._file().unlink()
        demo_accounts._file().write_text(kept)
        demo_accounts._file().chmod(0o600)


def test_the_people_of_an_office_that_has_ended_finish_its_class_under_way():
    article = course()
    organiser, officer = actor("tochuc"), actor("capgiay")
    assert not article.host_office.exists_on(today())
    assert may_mark(organiser, article)
    assert may_certify(officer, article)
    assert not may_mark(actor("tochucphuong"), article)
    assert not may_mark(organiser, course("TTHC-PVT"))
    for session in article.sessions.in_order()[3:]:
        unmarked = [line for office in roll_of(session).offices for line in office.lines if not line.state]
        changes = [Change(line.registration.pk, "", MarkState.PRESENT) for line in unmarked]
        outcome = mark_by_hand(session, changes, actor=organiser, submission=uuid4())
        assert len(outcome.saved) == len(unmarked) > 0
    few = [c.registration.pk for c in candidates(article) if c.verdict.earned][:3]
    order = Order(
        issuer=article.host_office,
        signer=Signer.objects.get(office=article.host_office),
        issue_date=dt.date(2022, 6, 20),
        decision_number="12/QĐ-UBND",
        decision_date=dt.date(2022, 6, 17),
    )
    check_order(order, article)
    assert [r.sentence for r in prepare_papers(article, order, actor=officer, registration_ids=few)] == [""] * 3
    issued = issue_papers(article, actor=officer)
    assert [str(r.certificate) for r in issued] == ["001/2022/GCN", "002/2022/GCN", "003/2022/GCN"]


def test_outside_the_demo_nothing_is_loaded_or_said():
    with override_settings(DEMO=False), pytest.raises(Refusal):
        load_demo()
