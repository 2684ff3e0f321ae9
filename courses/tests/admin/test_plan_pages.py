"""The organiser's pages and acts: what they do, what they refuse, who may."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.constants.actors import SYSTEM
from courses.constants.choices import RoleKind
from courses.constants.clock import set_clock
from courses.models import ActionLog, Course, Registration, Seats, Session
from courses.services.records import read_file
from courses.services.registrations import register
from courses.services.seats import set_seats
from courses.tests.planning import (
    FIRST_DAY,
    make_block,
    make_course,
    make_office,
    make_organiser,
    make_speaker,
    make_trainee,
    make_user,
    make_venue,
    plan_session,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def host():
    return make_office("HOST")


@pytest.fixture
def organiser(client, host):
    return signed_in(client, make_organiser(host))


def page_of(course, name="overview"):
    return reverse(f"admin:courses_course_{name}", args=[course.pk])


def parts(prefix, rows=()):
    """The hidden and typed fields of an inline with these new rows."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


COURSE = {
    "code": "LOP-9", "kind": "training", "title": "Lớp mới", "summary": "", "starts_on": "05/06/2026",
    "ends_on": "07/06/2026", "registration_deadline": "", "capacity": "", "audience": "", "contact": "",
    **parts("blocks"), **parts("materials"),
}  # fmt: skip


def half_day(**fields):
    typed = {"date": "05/06/2026", "begins": "7:30", "ends": "11:00", "periods": 4, "grace_minutes": 15, "note": ""}
    return {**typed, "required": "on", **parts("agenda"), **parts("places"), **fields}


def test_a_class_is_planned_with_its_blocks_and_opens_on_its_page(organiser, host):
    block = {"code": "A", "title": "Cải cách hành chính", "order": 1}
    answer = organiser.post(
        reverse("admin:courses_course_add"), {**COURSE, "host_office": host.pk, **parts("blocks", [block])}
    )
    course = Course.objects.get()
    assert (answer.status_code, answer.url) == (302, page_of(course))
    assert course.starts_on == dt.date(2026, 6, 5)
    assert course.blocks.get().title == "Cải cách hành chính"
    assert ActionLog.objects.get().action == "add"


def test_a_block_that_half_days_or_people_name_is_not_taken_away(organiser, host):
    """They would then name none, which means all. Without `disabled` in `BlocksInUseStay` it fails (tried)."""
    course = make_course(host, "LOP-9")
    of_session, of_person, idle = (make_block(course, letter, topics=0) for letter in "ABC")
    plan_session(course, blocks=[of_session])
    register(course, make_trainee(host, "Ngô Thử An"), actor=SYSTEM, blocks=[of_person])
    rows = [
        {"id": block.pk, "course": course.pk, "code": block.code, "title": block.title, "order": 1, "DELETE": "on"}
        for block in (of_session, of_person, idle)
    ]
    typed = {**COURSE, **parts("blocks", rows), "blocks-INITIAL_FORMS": 3, "host_office": host.pk}
    assert organiser.post(page_of(course, "change"), typed).status_code == 302
    assert "".join(course.blocks.values_list("code", flat=True)) == "AB"


def test_a_class_is_not_planned_for_an_office_of_others(organiser):
    other = make_office("OTHER")
    answer = organiser.post(reverse("admin:courses_course_add"), {**COURSE, "host_office": other.pk})
    assert answer.status_code == 200
    assert not Course.objects.exists()


def test_a_refusal_by_a_service_stands_in_the_form_with_what_was_typed(organiser, host):
    course = make_course(host)
    plan_session(course)
    url = page_of(course, "change")
    answer = organiser.post(
        url, {**COURSE, "title": "Tên đã gõ", "code": course.code, "host_office": host.pk, "starts_on": "06/06/2026"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Tên đã gõ" in page
    assert "05/06/2026" in answer.context["errors"].as_text()
    course.refresh_from_db()
    assert course.title == "Lớp thử LOP-1"


def test_material_is_kept_as_a_row_and_a_program_is_refused(organiser, host):
    course = make_course(host)
    typed = {**COURSE, "code": course.code, "host_office": host.pk}
    row = {"title": "Tài liệu", "link": "", "order": 1}
    bad = {**row, "upload": SimpleUploadedFile("virus.exe", b"MZ")}
    answer = organiser.post(page_of(course, "change"), {**typed, **parts("materials", [bad])})
    assert answer.status_code == 200
    assert not course.materials.exists()
    good = {**row, "upload": SimpleUploadedFile("Bài giảng.PDF", b"%PDF-1.4", content_type="text/html")}
    assert organiser.post(page_of(course, "change"), {**typed, **parts("materials", [good])}).status_code == 302
    material = course.materials.get()
    assert (material.file_name, material.file.media_type) == ("Bài giảng.PDF", "application/pdf")
    assert read_file(material.file) == b"%PDF-1.4"


def test_a_half_day_is_added_to_a_class_with_topic_speaker_and_hall(organiser, host):
    course, hall, speaker = make_course(host), make_venue(host), make_speaker(host)
    topic = make_block(course).topics.get()
    url = reverse("admin:courses_session_add") + f"?course={course.pk}"
    rows = parts("agenda", [{"topic": topic.pk, "speaker": speaker.pk, "order": 1}])
    places = parts("places", [{"kind": "hall", "venue": hall.pk, "order": 1, "link": ""}])
    answer = organiser.post(url, half_day(**rows, **places))
    assert answer.status_code == 302
    session = Session.objects.get()
    assert (session.half, session.starts_at.astimezone().hour) == ("morning", session.starts_at.astimezone().hour)
    assert session.starts_at == dt.datetime(2026, 6, 5, 0, 30, tzinfo=dt.UTC)
    assert (session.agenda.get().speaker, session.places.get().venue) == (speaker, hall)
    assert "Chuyên đề A1" in organiser.get(page_of(course)).content.decode()


def test_a_clash_in_the_form_is_named_and_nothing_is_saved(organiser, host):
    course, hall = make_course(host), make_venue(host)
    plan_session(make_course(host, "LOP-2"), venue=hall)
    places = parts("places", [{"kind": "hall", "venue": hall.pk, "order": 1, "link": ""}])
    url = reverse("admin:courses_session_add") + f"?course={course.pk}"
    answer = organiser.post(url, half_day(note="Giữ lại", **places))
    assert answer.status_code == 200
    assert "LOP-2" in answer.context["errors"].as_text()
    assert "Giữ lại" in answer.content.decode()
    assert not course.sessions.exists()


def test_a_half_day_is_changed_without_losing_a_speaker_of_another_office(organiser, host):
    course, guest = make_course(host), make_speaker(make_office("OTHER"), "Khách Mời Thử")
    make_block(course)
    session = plan_session(course, speaker=guest)
    url = reverse("admin:courses_session_change", args=[session.pk])
    assert "Khách Mời Thử" in organiser.get(url).content.decode()
    item = session.agenda.get()
    rows = {
        "agenda-TOTAL_FORMS": 1, "agenda-INITIAL_FORMS": 1, "agenda-0-id": item.pk, "agenda-0-session": session.pk,
        "agenda-0-topic": item.topic_id, "agenda-0-speaker": guest.pk, "agenda-0-order": 1,
    }  # fmt: skip
    assert organiser.post(url, half_day(begins="8:00", **rows)).status_code == 302
    assert session.agenda.get().speaker == guest


def test_a_topic_of_another_class_is_no_choice(organiser, host):
    course = make_course(host)
    foreign = make_block(make_course(host, "LOP-2")).topics.get()
    rows = parts("agenda", [{"topic": foreign.pk, "speaker": "", "order": 1}])
    url = reverse("admin:courses_session_add") + f"?course={course.pk}"
    assert organiser.post(url, half_day(**rows)).status_code == 200
    assert not Session.objects.exists()


def test_adding_without_a_class_leads_to_the_classes_and_with_a_foreign_one_nowhere(organiser):
    foreign = make_course(make_office("OTHER"))
    for model in ("session", "registration"):
        url = reverse(f"admin:courses_{model}_add")
        assert organiser.get(url).url == reverse("admin:courses_course_changelist")
        assert organiser.get(f"{url}?course={foreign.pk}").status_code == 404
        assert organiser.get(f"{url}?course=987654").status_code == 404
        assert organiser.get(f"{url}?course=x").status_code == 404


def test_a_half_day_is_deleted_from_the_plan(organiser, host):
    session = plan_session(make_course(host))
    answer = organiser.post(reverse("admin:courses_session_delete", args=[session.pk]), {"post": "yes"})
    assert answer.status_code == 302
    assert not Session.objects.exists()
    assert ActionLog.objects.latest("pk").action == "delete"


def test_the_acts_of_a_class_from_its_page(organiser, host):
    course = make_course(host, ends_on=FIRST_DAY)
    set_clock(dt.datetime(2026, 6, 8))
    organiser.post(page_of(course, "add_day"), {"day": "2026-06-05"})
    organiser.post(page_of(course, "add_day"), {"day": "2026-06-05"})
    assert course.sessions.count() == 2
    states = []
    for act in ("publish", "publish", "start", "conclude", "archive"):
        opened = organiser.get(page_of(course, act))  # as after signing in again
        assert (opened.status_code, opened.templates[0].name, opened.headers["Allow"]) == (405, "405.html", "POST")
        assert organiser.post(page_of(course, act)).url == page_of(course)
        states.append(Course.objects.get().state)
    assert states == ["published", "published", "running", "concluded", "archived"]


def test_an_act_that_may_not_be_says_why(organiser, host):
    course = make_course(host)
    page = organiser.post(page_of(course, "publish"), follow=True)
    assert [m.level_tag for m in page.context["messages"]] == ["error"]
    assert organiser.post(page_of(course, "add_day"), {"day": "0001-01-01"}).status_code == 302
    assert organiser.post(page_of(course, "add_day"), {"day": "x"}).status_code == 302
    assert not course.sessions.exists()


def test_a_class_is_copied_from_its_page(organiser, host):
    course = make_course(host)
    plan_session(course, venue=make_venue(host))
    assert organiser.get(page_of(course, "copy")).status_code == 200
    typed = {"code": "LOP-2", "starts_on": "05/06/2026", "host_office": host.pk}
    refused = organiser.post(page_of(course, "copy"), typed)
    assert "Hội trường A" in refused.context["form"].errors.as_text()
    made = organiser.post(page_of(course, "copy"), {**typed, "starts_on": "06/07/2026"})
    copy = Course.objects.get(code="LOP-2")
    assert made.url == page_of(copy)
    assert copy.starts_on == dt.date(2026, 7, 6)


def test_seats_are_given_on_one_page(organiser, host):
    course, office = make_course(host), make_office("P-NV")
    url = page_of(course, "seats")
    assert organiser.post(url, {f"office-{office.pk}": "3", f"office-{host.pk}": ""}).url == page_of(course)
    assert [(s.office, s.number) for s in Seats.objects.all()] == [(office, 3)]
    for wrong in ("-1", "x", "99999999999999999999"):
        assert organiser.post(url, {f"office-{office.pk}": wrong}).status_code == 200
    register(course, make_trainee(office), actor=SYSTEM)
    refused = organiser.post(url, {f"office-{office.pk}": "0"})
    assert "P-NV" in refused.context["form"].errors.as_text()


def test_a_person_is_registered_once_and_within_the_seats(organiser, host):
    course = make_course(host)
    first, second = make_trainee(host), make_trainee(host, "Trần Thử Hai")
    set_seats(course, {host.pk: 1}, actor=SYSTEM)
    url = reverse("admin:courses_registration_add") + f"?course={course.pk}"
    assert organiser.post(url, {"trainee": first.pk}).status_code == 302
    assert "Nguyễn Thử Nghiệm" in organiser.post(url, {"trainee": first.pk}).context["errors"].as_text()
    full = organiser.post(url, {"trainee": second.pk})
    assert "HOST" in full.context["errors"].as_text()
    assert Registration.objects.count() == 1
    assert ActionLog.objects.filter(action="register").count() == 1


def test_a_registration_is_withdrawn_and_its_seat_given_on(organiser, host):
    course = make_course(host, capacity=1)
    registration = register(course, make_trainee(host), actor=SYSTEM)
    assert (
        "withdraw"
        in organiser.get(reverse("admin:courses_registration_change", args=[registration.pk])).content.decode()
    )
    organiser.post(reverse("admin:courses_registration_withdraw", args=[registration.pk]))
    registration.refresh_from_db()
    assert registration.state == "withdrawn"
    url = reverse("admin:courses_registration_add") + f"?course={course.pk}"
    assert organiser.post(url, {"trainee": make_trainee(host, "Lê Thử Ba").pk}).status_code == 302


def test_the_blocks_of_a_registration_are_changed(organiser, host):
    course = make_course(host)
    a, b = make_block(course, "A"), make_block(course, "B")
    registration = register(course, make_trainee(host), actor=SYSTEM)
    answer = organiser.post(reverse("admin:courses_registration_change", args=[registration.pk]), {"blocks": [b.pk]})
    assert answer.status_code == 302
    assert list(registration.blocks.all()) == [b]
    assert a.registrations.count() == 0


def test_a_block_in_which_the_office_has_no_seat_left_is_not_given_to_a_registration(organiser, host):
    """Without `set_blocks` the admin is a way past the seats of a block."""
    course = make_course(host)
    a, b = make_block(course, "A"), make_block(course, "B")
    Seats.objects.create(course=course, office=host, block=a, number=0)
    registration = register(course, make_trainee(host), actor=SYSTEM, blocks=[b])
    url = reverse("admin:courses_registration_change", args=[registration.pk])
    answer = organiser.post(url, {"blocks": [a.pk, b.pk]})
    assert answer.status_code == 200
    assert list(registration.blocks.all()) == [b]


def test_a_concluded_class_is_only_read(organiser, host):
    course = make_course(host)
    session = plan_session(course)
    registration = register(course, make_trainee(host), actor=SYSTEM)
    Course.objects.update(state="concluded")
    for url in (
        page_of(course, "change"),
        reverse("admin:courses_session_change", args=[session.pk]),
        reverse("admin:courses_registration_change", args=[registration.pk]),
    ):
        assert organiser.get(url).status_code == 200
        assert organiser.post(url, {}).status_code == 403
    assert organiser.post(page_of(course, "seats"), {f"office-{host.pk}": "3"}).status_code == 200
    assert not Seats.objects.exists()
    assert organiser.get(reverse("admin:courses_session_add") + f"?course={course.pk}").status_code == 403


@pytest.mark.parametrize("kind", [RoleKind.OFFICER])
def test_an_officer_reads_the_plan_and_changes_nothing(client, host, kind):
    signed_in(client, make_organiser(host, kind))
    course = make_course(host)
    plan_session(course)
    page = client.get(page_of(course))
    assert page.status_code == 200
    assert "<form" not in page.content.decode().split('id="content-main"')[1]
    for act in ("publish", "start", "conclude", "archive", "add_day", "copy", "seats"):
        assert client.post(page_of(course, act), {"day": "2026-06-06"}).status_code == 403, act
    assert client.post(page_of(course, "change"), COURSE).status_code == 403
    assert Course.objects.get().state == "draft"


def test_pages_of_another_hosts_class_do_not_exist(organiser):
    course = make_course(make_office("OTHER"))
    for name in ("overview", "seats", "copy"):
        assert organiser.get(page_of(course, name)).status_code == 404
    for act in ("publish", "start", "conclude", "archive", "add_day", "copy", "seats"):
        assert organiser.post(page_of(course, act), {"day": "2026-06-06"}).status_code == 404
    assert Course.objects.get().state == "draft"


def test_the_week_shows_own_classes_with_what_is_missing(organiser, host):
    set_clock(dt.datetime(2026, 6, 5, 12))
    make_course(host, "DANG-HOC", state="running")
    make_course(host, "SAP-TOI", state="published", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 7, 2))
    make_course(host, "SOAN")
    make_course(host, "XONG", state="concluded")
    make_course(make_office("OTHER"), "CUA-NGUOI")
    page = organiser.get("/admin/")
    assert [(card.course.code, card.stage) for card in page.context["week"]] == [
        ("DANG-HOC", "under way"),
        ("SAP-TOI", "coming"),
        ("SOAN", "prepared"),
    ]
    assert "CUA-NGUOI" not in page.content.decode()


def test_an_office_cannot_belong_to_an_office_below_it(client, host):
    signed_in(client, make_user(is_superuser=True))
    below = make_office("BELOW", parent=host)
    typed = {
        "name": "Chủ quản", "code": "HOST", "kind": "department", "order": 10, "parent": below.pk,
        **parts("aliases", [{"text": "Đơn vị chủ quản"}]), **parts("successions"), **parts("headings"),
        **parts("signers"),
    }  # fmt: skip
    url = reverse("admin:courses_office_change", args=[host.pk])
    refused = client.post(url, typed)
    assert refused.status_code == 200
    assert refused.context["errors"]
    host.refresh_from_db()
    assert host.parent is None
    assert client.post(url, {**typed, "parent": ""}).status_code == 302
    assert host.aliases.get().key == "don vi chu quan"


def test_the_history_of_a_class_says_in_words_what_was_done(organiser, host):
    course = make_course(host)
    plan_session(course)
    organiser.post(page_of(course, "publish"))
    page = organiser.get(reverse("admin:courses_course_history", args=[course.pk]))
    entries = page.context["entries"]
    assert [entry.changes.get("state") for entry in entries] == [["draft", "published"], None]
    assert "draft" not in entries[0].in_words
    assert " → " in entries[0].in_words


def test_only_a_superuser_writes_offices_and_indices(organiser, host):
    for model in ("office", "index", "responsibility"):
        assert organiser.get(reverse(f"admin:courses_{model}_changelist")).status_code == 200
        assert organiser.get(reverse(f"admin:courses_{model}_add")).status_code == 403
    assert organiser.post(reverse("admin:courses_office_change", args=[host.pk]), {"name": "X"}).status_code == 403
