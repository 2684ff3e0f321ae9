"""Addresses and methods that no page of ours uses: they change nothing, tell nothing and break nothing."""

import re

import pytest
from django.contrib import admin
from django.db import transaction

from attendance.models import Certificate
from courses.models import Invitation, Trainee, User
from tests.access.browsers import browser_of, session_of
from tests.access.database import fingerprint
from tests.access.routes import address, routes
from tests.access.test_matrix import has_star, said, table
from tests.access.test_scope import LISTS, address_of

pytestmark = pytest.mark.django_db


# Safe methods


def test_asking_for_a_page_changes_no_row(world):
    """GET stands in the table, without a star in any cell but those of pages about one person: who looked is noted in
    the log. Here HEAD of each address as superuser, and OPTIONS, which the pages of the admin do not tell from GET."""
    looks = {"admin:courses_trainee_change", "admin:attendance_person_page", "attendance:desk_person"}
    assert {name for (name, method), row in table().items() if method == "GET" and has_star(row)} == looks
    before = fingerprint()
    with transaction.atomic():
        for name, pattern in routes():
            path = address(world, name, pattern, "superuser")
            for method in ("head",) if path.startswith("/admin/") else ("head", "options"):
                client = browser_of(world, "superuser")
                assert getattr(client, method)(path).status_code < 500, (method, path)
        assert fingerprint() == before
        transaction.set_rollback(True)


#: Where the right stands in the address or the page and no sign-in counts, or only a language is chosen, so that
#: another site gains nothing by posting there; the phones that use them may keep no cookie.
WITHOUT_TOKEN = {"attendance:door_scans", "attendance:here_code", "attendance:here_who", "attendance:trainee_here"}
WITHOUT_TOKEN |= {"attendance:own_certificate_ask", "attendance:own_leave", "attendance:own_correction"}
WITHOUT_TOKEN |= {"attendance:ask_link", "set_language"}


@pytest.mark.parametrize("actor", ["nobody", "superuser"])
def test_a_post_from_another_page_is_refused(world, actor):
    """Every address, also one that takes no POST at all, is 403 without the token."""
    before = fingerprint()
    for name, pattern in routes():
        if name in WITHOUT_TOKEN:
            continue
        client = browser_of(world, actor, enforce_csrf_checks=True)
        assert client.post(address(world, name, pattern, actor), {}).status_code == 403, name
        assert client.put(address(world, name, pattern, actor)).status_code == 403, name
    assert fingerprint() == before


# Asking again


ASKED_AGAIN = {
    "admin:attendance_courseresult_links",
    "admin:attendance_courseresult_print_links",
    "admin:attendance_courseresult_renew_link",
    "admin:attendance_courseresult_renew_feed",
    "admin:attendance_courseresult_remind",
    "admin:attendance_courseresult_remind_letters",
    "admin:attendance_courseresult_remind_send",
    "admin:attendance_courseresult_tell_texts",
    "admin:attendance_courseresult_prepare",
    "admin:attendance_courseresult_issue",
    "admin:attendance_courseresult_papers",
    "admin:attendance_certificate_revoke",
    "admin:attendance_certificate_reissue",
    "admin:attendance_certificate_confirm",
    "admin:attendance_certificate_issue",
    "admin:attendance_registerbook_old",
    "admin:attendance_courseresult_signed_zip",
    "admin:attendance_courseresult_signed_upload",
    "admin:attendance_courseresult_answer_copy",
    "admin:attendance_courseresult_software_mark",
    "admin:attendance_trustedroot_add",
    "admin:attendance_trustedroot_take_out",
    "admin:attendance_courseresult_stop_paper_work",
    "admin:attendance_courseresult_paper_work_again",
    "admin:attendance_courseresult_hand_over",
    "admin:attendance_courseresult_hand_back",
    "admin:attendance_courseresult_void",
    "admin:attendance_courseresult_void_one",
    "admin:attendance_courseresult_papers_zip",
    "admin:attendance_courseresult_hand_over_list",
    "admin:attendance_courseresult_decision",
    "admin:attendance_registerbook_xlsx",
    "admin:attendance_registerbook_pdf",
    "admin:attendance_courseresult_scores",
    "admin:attendance_courseresult_scores_form",
    "admin:attendance_courseresult_scores_import",
    "admin:attendance_courseresult_special_case",
    "admin:attendance_classfile_zip",
    "admin:attendance_person_merge",
    "admin:attendance_person_undo_merge",
    "admin:courses_trainee_reveal",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    # Every list of the record as Excel.
    *(
        f"admin:attendance_{model._meta.model_name}_export"
        for model, pages in admin.site._registry.items()
        if model._meta.app_label == "attendance" and pages.list_display
    ),
}

MAY_ASK = ("admin:attendance", "admin:courses_trainee_reveal", "mfa_")


def test_what_cannot_be_undone_asks_again_who_is_there(world):
    """For a session that has signed in but was not asked anew; and no other address asks."""
    with transaction.atomic():
        client = browser_of(world, "nobody")
        client.cookies["training_session"] = session_of(world.superuser, asked_again=False)
        asking = set()
        for name, pattern in routes():
            if (
                name.startswith(("admin:attendance", "admin:courses_trainee_reveal", "mfa_"))
                and name != "mfa_reauthenticate"
            ):
                answer = client.post(address(world, name, pattern, "superuser"), {})
                asking |= {name} if said(answer) == "ask again" else set()
        transaction.set_rollback(True)
    assert asking == ASKED_AGAIN


# Questions in the address


FINGERPRINT = "citizen_number_fingerprint"
#: (list, lookup, model and field whose value would be guessed)
SECRETS = [
    ("courses/user", "password__startswith", User, "password"),
    ("courses/user", "roles__user__password__startswith", User, "password"),
    ("courses/role", "user__password__startswith", User, "password"),
    ("courses/invitation", "token_hash__startswith", Invitation, "token_hash"),
    ("courses/invitation", "role__user__password__startswith", User, "password"),
    ("courses/invitation", "role__kind__in__user__password__startswith", User, "password"),
    ("courses/trainee", "citizen_number_sealed__startswith", Trainee, "citizen_number_sealed"),
    ("courses/trainee", "citizen_number_fingerprint__startswith", Trainee, FINGERPRINT),
    ("courses/trainee", "office__trainees__citizen_number_fingerprint__startswith", Trainee, FINGERPRINT),
    ("courses/trainee", "phone__startswith", Trainee, "phone"),
    ("courses/registration", "trainee__citizen_number_fingerprint__startswith", Trainee, FINGERPRINT),
    ("courses/registration", "course__host_office__roles__user__password__startswith", User, "password"),
    ("courses/actionlog", "user__password__startswith", User, "password"),
    ("courses/importbatch", "uploaded_by__password__startswith", User, "password"),
    ("attendance/certificate", "code__startswith", Certificate, "code"),
    ("attendance/certificate", "registration__trainee__citizen_number_fingerprint__gte", Trainee, FINGERPRINT),
    ("attendance/certificate", "book__issuer__roles__user__password__startswith", User, "password"),
    ("attendance/courseresult", "host_office__roles__user__password__startswith", User, "password"),
    ("courses/course", "host_office__roles__user__password__startswith", User, "password"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "lookup", "model", "field"), SECRETS)
@pytest.mark.parametrize("actor", ["organiser", "superuser"])
def test_a_list_cannot_be_asked_for_a_secret(world, actor, place, lookup, model, field):
    """A right guess and a wrong one answer alike. Fails with Django's own `lookup_allowed`."""
    client = browser_of(world, actor)
    right = model._default_manager.exclude(**{field: None}).exclude(**{field: ""}).first()
    answers = []
    for guess in (getattr(right, field)[:3], "zzz~"):
        answer = client.get(f"/admin/{place}/", {lookup: guess})
        assert answer.status_code < 500
        answers.append((answer.status_code, answer.headers.get("Location"), re.sub(r"\s", "", plain(answer, guess))))
    assert answers[0] == answers[1]


def plain(answer, guess: str) -> str:
    text = answer.content.decode()
    for part in (guess, guess.replace("$", "%24").replace("~", "%7E")):
        text = text.replace(part, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


ODD = [
    "o=999", "o=-1.2.x", "p=-1", "p=99999999999999999999", "_to_field=password", "q='%20OR%201=1--", "id__exact=abc",
    "%s=1", "__=1", "a.b=1",
]  # fmt: skip
#: Values of named filters that are none.
ODD_FILTERS = {
    "courses_registration": [
        "course__id__exact=abc",
        "course__id__exact=" + "9" * 30,
        "course__isnull=x",
        "state__exact=%C0%80",
    ],
    "courses_actionlog": ["at__gte=abc", "at__gte=0001-99-99", "at__year=99999999999", "at__lt=%F0%9F%98%80"],
    "courses_session": ["date__gte=0001-99-99", "date__year=999999", "course__id__in=1,2,x"],
    "courses_user": ["is_active__exact=x", "is_active__in=1,x"],
    "attendance_registerbook": ["year__exact=%F0%9F%98%80", "year__in=x", "year__exact=" + "9" * 30],
}


@pytest.mark.parametrize("name", LISTS)
def test_an_odd_question_is_answered_without_an_error(world, name):
    client = browser_of(world, "superuser")
    for query in ODD + ODD_FILTERS.get(name.removeprefix("admin:").removesuffix("_changelist"), []):
        with transaction.atomic():
            assert client.get(f"{address_of(name)}?{query}").status_code < 500, query
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", LISTS)
def test_a_letter_that_stands_for_others_in_sql_is_a_letter_here(world, name):
    """% and _ find what has them in it, so nothing: `LIKE` would find everything."""
    answer = browser_of(world, "superuser").get(address_of(name), {"q": "%_%"})
    listed = answer.context_data.get("cl") if answer.status_code == 200 else None  # the settings are no list
    if listed and listed.search_fields:
        assert listed.result_count == 0


@pytest.mark.parametrize(
    ("model", "field"),
    [("user", "password"), ("user", "groups"), ("trainee", "citizen_number_sealed"),
     ("registration", "pk"), ("nothing", "trainee"), ("invitation", "token_hash")],
)  # fmt: skip
def test_choices_are_given_for_the_fields_that_a_form_has_and_for_no_others(world, model, field):
    for actor in ("organiser", "superuser"):
        for app in ("courses", "mfa", "sessions"):
            path = f"/admin/autocomplete/?app_label={app}&model_name={model}&field_name={field}&term=a"
            assert browser_of(world, actor).get(path).status_code == 403
