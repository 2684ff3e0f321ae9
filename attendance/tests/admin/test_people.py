"""The page of a person, and two entries of one person side by side."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from attendance.constants import MarkState
from attendance.reports.person_log import entries_about
from attendance.reports.persons import person_of
from attendance.services.merging import merge_trainees
from attendance.services.register import prepare_paper
from attendance.tests.records import Class
from courses.constants import links
from courses.constants.actors import SYSTEM, Actor
from courses.constants.choices import CourseState, RoleKind
from courses.constants.clock import set_clock
from courses.constants.partial_dates import PartialDate
from courses.models import ActionLog, Course, Office, OfficeAnswer, Registration, Trainee, TraineeMerge, User
from courses.services.nominations import nominate, replace
from courses.services.records import log_action
from courses.services.registrations import confirm, register, withdraw
from courses.services.requests import ask_for_correction
from courses.services.trainees import save_trainee
from courses.tests.planning import (
    make_course,
    make_office,
    make_organiser,
    make_session,
    make_trainee,
    organiser_of,
    signed_in,
    with_password,
)

pytestmark = pytest.mark.django_db
NUMBER = "093075000123"
BORN = PartialDate.parse("05/06/1975")


@pytest.fixture
def world():
    return Class()


@pytest.fixture
def organiser(client, world):
    return signed_in(client, make_organiser(world.host))


def page_of(trainee):
    return reverse("admin:attendance_person_page", args=[trainee.pk])


def merging(kept, gone):
    return reverse("admin:attendance_person_merge", args=[kept.pk, gone.pk])


def test_everything_about_a_person_stands_on_one_page(organiser, world):
    (registration,) = world.attended(1)
    trainee = save_trainee(
        registration.trainee,
        actor=SYSTEM,
        birth=BORN,
        phone="0900000001",
        citizen_number=NUMBER,
        office=world.other_ward,
    )
    paper = prepare_paper(registration, world.order, actor=world.officer)
    double = make_trainee(world.ward, trainee.full_name, birth=BORN)
    page = organiser.get(page_of(trainee)).content.decode()
    for text in (
        trainee.full_name, "05/06/1975", "0900000001", "093•••••••23", world.course.code, world.ward.name,
        world.other_ward.name, paper.facts["number"], page_of(double), merging(trainee, double),
    ):  # fmt: skip
        assert text in page, text
    assert NUMBER not in page
    assert links.trainee_token(trainee.pk, 1) not in page  # shown on demand, and logged


def test_a_host_that_merely_registered_somebody_sees_its_own_classes_and_masked_numbers(organiser, world):
    far = make_office("FAR")
    trainee = make_trainee(far, "Ngô Thử Xa", phone="0900000001", citizen_number=NUMBER)
    theirs = make_course(far, "LOP-KIN", state=CourseState.RUNNING)
    for course in (world.course, theirs):
        register(course, trainee, actor=SYSTEM)
    page = organiser.get(page_of(trainee)).content.decode()
    assert world.course.code in page
    for text in ("LOP-KIN", "0900000001", NUMBER, reverse("admin:courses_trainee_reveal", args=[trainee.pk])):
        assert text not in page, text


def test_the_page_costs_the_same_for_one_class_and_for_three(organiser, world, django_assert_num_queries):
    for number in (1, 3):
        trainee = make_trainee(world.ward, f"Ngô Thử Số {number}", birth=BORN)
        for n in range(number):
            course = make_course(world.host, f"LOP-{number}-{n}", state=CourseState.RUNNING)
            make_session(course)
            register(course, trainee, actor=SYSTEM)
            make_trainee(world.ward, f"Ngô Thử Số {number}", birth=BORN)
            save_trainee(trainee, actor=SYSTEM, phone=f"090000000{n}", office=[world.ward, world.other_ward][n % 2])
        organiser.get(page_of(trainee))  # the session is written once
        with django_assert_num_queries(33):
            assert organiser.get(page_of(trainee)).status_code == 200


def office_of(world):
    """The actor behind the link of the ward, in the class of the world."""
    answer, _made = OfficeAnswer.objects.get_or_create(course=world.course, office=world.ward)
    own = frozenset({world.ward.pk})
    return Actor("office", answer_id=answer.pk, office_id=world.ward.pk, course_id=world.course.pk, coordinates=own)


def test_the_log_tells_what_was_done_to_the_persons_registrations_and_by_whose_link(organiser, world):
    """Fails when only entries of the person's own row are read: what concerns a list is logged at its class."""
    actor = office_of(world)
    first, second, stranger = (make_trainee(world.ward, f"Ngô Thử {name}") for name in ("Một", "Hai", "Ba"))
    Course.objects.update(state=CourseState.PUBLISHED)
    set_clock(dt.datetime(2026, 6, 1, 8))
    named = nominate(world.course, first, office=world.ward, actor=actor)
    nominate(world.course, stranger, office=world.ward, actor=actor)
    host = organiser_of(world.host)
    confirm(world.course, [named.pk], actor=host)
    new = replace(named, by=second, actor=actor, why="ốm")
    withdraw(new, actor=SYSTEM)
    with translation.override("en"):
        told = [
            [(entry.action, str(entry.who or ""), entry.about) for entry in entries_about([person.pk], SYSTEM)]
            for person in (first, second)
        ]
    by_link, code = f"{world.ward} (by its own link)", world.course.code
    added, replaced = ("add", "", ""), ("replace", by_link, f"{code}: Ngô Thử Một → Ngô Thử Hai")
    confirmed = ("confirm", str(User.objects.get(pk=host.user_id)), code)
    assert sorted(told[0]) == sorted([added, ("nominate", by_link, code), confirmed, replaced])
    assert sorted(told[1]) == sorted([added, replaced, ("withdraw", "", code)])
    foreign = entries_about([first.pk], organiser_of(make_office("FAR")))
    assert [entry.action for entry in foreign] == ["add"]


def test_offices_through_time_say_which_has_ended_and_name_no_day_to_come(organiser, world):
    set_clock(dt.datetime(2026, 6, 1, 8))
    trainee = make_trainee(world.ward, "Ngô Thử Lâu")
    held = make_course(world.host, "DA-QUA", starts_on=dt.date(2026, 1, 5), ends_on=dt.date(2026, 1, 6))
    for course in (
        held,
        make_course(world.host, "SAP-TOI", starts_on=dt.date(2027, 1, 5), ends_on=dt.date(2027, 1, 5)),
    ):
        register(course, trainee, actor=SYSTEM)
    Office.objects.filter(pk=world.ward.pk).update(valid_to=dt.date(2026, 3, 1))
    trainee = save_trainee(Trainee.objects.get(pk=trainee.pk), actor=SYSTEM, office=world.other_ward)
    stays = person_of(trainee, SYSTEM).offices
    assert [(stay.since, stay.office, stay.ended) for stay in stays] == [
        (dt.date(2026, 1, 5), world.ward.name, dt.date(2026, 3, 1)),
        (dt.date(2026, 6, 1), world.other_ward.name, None),
    ]


def test_a_name_in_the_list_leads_to_the_persons_page(organiser, world):
    trainee = make_trainee(world.ward, "Ngô Thử Tìm")
    found = organiser.get(reverse("admin:courses_trainee_changelist"), {"q": "ngo tim"}).content.decode()
    assert page_of(trainee) in found


def test_the_log_tells_who_looked_revealed_and_handed_out_and_what_the_person_asked_for(organiser, world):
    """Fails when lists of the class, or what was asked by the own link, are left out of the person's log."""
    [person, other] = [registration.trainee for registration in world.people(2)]
    world.people(1)
    log_action(world.organiser, "export marks", world.course, course=world.course)
    log_action(world.organiser, "reveal", person)
    ask_for_correction(person, words="Sai chức vụ", actor=Actor("trainee", trainee_id=person.pk))
    for _twice in range(2):
        organiser.get(page_of(person))
    organiser.head(page_of(other))  # shows nothing, so that nobody has looked

    def actions(trainee, actor) -> set[str]:
        return {entry.action for entry in entries_about([trainee.pk], actor)}

    assert actions(person, SYSTEM) >= {"look", "reveal", "export marks", "ask request"}
    assert actions(other, SYSTEM) & {"look", "reveal", "export marks", "ask request"} == {"export marks"}
    assert _looks(person) == 1
    assert "export marks" not in actions(person, organiser_of(make_office("FAR")))


def _looks(trainee) -> int:
    return ActionLog.objects.filter(action="look", subject_id=trainee.pk).count()


def test_two_entries_are_put_side_by_side_and_become_one(organiser, world):
    first, second = world.people(2)
    world.mark(world.general, MarkState.PRESENT, second)
    kept = save_trainee(first.trainee, actor=SYSTEM, citizen_number=NUMBER)
    gone = save_trainee(second.trainee, actor=SYSTEM, birth=BORN, citizen_number="093075000456")
    page = organiser.get(merging(kept, gone))
    text = page.content.decode()
    assert NUMBER not in text
    assert world.course.code in text
    assert set(page.context["form"].fields) == {"full_name", "birth", "citizen_number"}
    assert page.context["form"].fields["birth"].initial == "gone"
    answer = organiser.post(merging(kept, gone), {"full_name": "gone", "birth": "gone", "citizen_number": "kept"})
    assert answer["Location"] == page_of(kept)
    kept.refresh_from_db()
    assert (kept.full_name, kept.birth, kept.citizen_number) == (gone.full_name, BORN, NUMBER)
    shown = organiser.get(answer["Location"]).content.decode()
    undo = reverse("admin:attendance_person_undo_merge", args=[kept.pk, TraineeMerge.objects.get().pk])
    assert undo in shown
    assert organiser.get(page_of(gone)).status_code == 404
    assert organiser.post(undo)["Location"] == page_of(kept)
    assert organiser.get(page_of(gone)).status_code == 200
    assert undo not in organiser.get(page_of(kept)).content.decode()


def test_a_line_that_was_not_chosen_is_asked_and_nothing_is_merged(organiser, world):
    kept, gone = make_trainee(world.ward, "Ngô Thử Một"), make_trainee(world.ward, "Ngô Thử Hai")
    assert organiser.post(merging(kept, gone), {"full_name": "both"}).status_code == 200
    assert not TraineeMerge.objects.exists()


def test_two_papers_of_one_class_are_said_before_anything_is_asked(organiser, world):
    first, second = world.attended(2)
    papers = [prepare_paper(r, world.order, actor=world.officer) for r in (first, second)]
    answer = organiser.get(merging(first.trainee, second.trainee))
    assert all(paper.facts["number"] in answer.context["refusal"] for paper in papers)
    assert answer.content.decode().count('<button class="button default">') == 0
    posted = organiser.post(merging(first.trainee, second.trainee), {"full_name": "kept"})
    assert posted.status_code == 200
    assert not TraineeMerge.objects.exists()


def test_who_may_not_change_both_gets_no_page_and_who_does_not_see_both_finds_none(client, world):
    kept, foreign = make_trainee(world.ward, "Ngô Thử Một"), make_trainee(make_office("FAR"), "Ngô Thử Một")
    register(world.course, foreign, actor=SYSTEM)
    hidden = make_trainee(make_office("HIDDEN"), "Ngô Thử Một")
    officer = signed_in(client, make_organiser(world.host, RoleKind.OFFICER))
    assert officer.get(merging(kept, make_trainee(world.ward, "Ngô Thử Hai"))).status_code == 403
    organiser = signed_in(client, make_organiser(world.host))
    assert organiser.get(merging(kept, foreign)).status_code == 403
    assert organiser.get(merging(kept, hidden)).status_code == 404
    assert organiser.get(merging(kept, kept)).status_code == 404
    made = merge_trainees(kept, foreign, actor=SYSTEM)
    undo = reverse("admin:attendance_person_undo_merge", args=[kept.pk, made.pk])
    assert organiser.post(undo).status_code == 403
    assert organiser.post(undo.replace(str(made.pk), "999999")).status_code == 404
    assert TraineeMerge.objects.get().undone_at is None


@pytest.mark.parametrize("what", ["merge", "undo"])
def test_who_is_there_is_asked_again_before_merging_and_before_undoing(client, world, what):
    kept, gone = make_trainee(world.ward, "Ngô Thử Một"), make_trainee(world.ward, "Ngô Thử Hai")
    client.force_login(with_password(make_organiser(world.host)))
    if what == "undo":
        made = merge_trainees(kept, gone, actor=SYSTEM)
        answer = client.post(reverse("admin:attendance_person_undo_merge", args=[kept.pk, made.pk]))
    else:
        answer = client.post(merging(kept, gone), {"full_name": "kept"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert Trainee.objects.current().count() == (1 if what == "undo" else 2)


def test_the_action_of_the_list_takes_exactly_two(organiser, world):
    people = [make_trainee(world.ward, f"Ngô Thử {name}") for name in ("Một", "Hai", "Ba")]
    url = reverse("admin:courses_trainee_changelist")
    for chosen in (people[:1], people):
        answer = organiser.post(url, {"action": "merge_two", "_selected_action": [p.pk for p in chosen]})
        assert answer["Location"].endswith(url)
    answer = organiser.post(url, {"action": "merge_two", "_selected_action": [p.pk for p in people[1:]]})
    assert answer["Location"] == merging(people[1], people[2])


def test_the_pass_of_the_entry_that_went_is_still_that_of_the_person(client, world):
    first, second = world.people(2)
    code = links.pass_code(second.pk, 1)
    url = reverse("attendance:pass", args=[code])
    merge_trainees(first.trainee, second.trainee, actor=SYSTEM)
    assert client.get(url).status_code == 200
    Registration.objects.filter(pk=first.pk).update(state="withdrawn")
    assert client.get(url).status_code == 404


def test_the_old_link_opens_the_page_of_the_person(client, world):
    first, second = world.people(2)
    old = reverse("attendance:trainee", args=[links.trainee_token(second.trainee_id, 1)])
    merge_trainees(first.trainee, second.trainee, actor=SYSTEM)
    page = client.get(old).content.decode()
    assert first.trainee.full_name in page
    assert ActionLog.objects.filter(action="merge").count() == 3  # at both people and in the class of both


def test_no_page_but_the_reveal_shows_a_citizen_number(organiser, world):
    """Lists, forms, histories, choices, papers and the pages behind links, for somebody with a number."""
    (registration,) = world.attended(1)
    trainee = save_trainee(registration.trainee, actor=SYSTEM, citizen_number=NUMBER)
    save_trainee(trainee, actor=SYSTEM, citizen_number="093075000456")
    merge_trainees(trainee, make_trainee(world.ward, "Ngô Thử Hai", citizen_number=NUMBER), actor=SYSTEM)
    choices = "?app_label=courses&model_name=registration&field_name=trainee&term=ngo"
    course = world.course
    pages = [
        reverse("admin:index"),
        reverse("admin:courses_trainee_changelist") + "?q=ngo",
        reverse("admin:courses_trainee_change", args=[trainee.pk]),
        reverse("admin:courses_trainee_history", args=[trainee.pk]),
        reverse("admin:courses_registration_changelist"),
        reverse("admin:courses_registration_change", args=[registration.pk]),
        reverse("admin:courses_course_overview", args=[course.pk]),
        reverse("admin:courses_actionlog_changelist"),
        reverse("admin:autocomplete") + choices,
        reverse("admin:attendance_courseresult_change", args=[course.pk]),
        reverse("admin:attendance_attendancesheet_change", args=[world.general.pk]),
        reverse("attendance:trainee", args=[links.trainee_token(trainee.pk, 1)]),
        page_of(trainee),
    ]
    for page in pages:
        answer = organiser.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert not any(number in text for number in (NUMBER, "093075000456")), page
