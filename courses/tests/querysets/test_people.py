"""People are found by the beginnings of the words of their names, the same on SQLite and PostgreSQL."""

import random
import unicodedata
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.constants.actors import SYSTEM
from courses.constants.names import join_name, search_key
from courses.models import Trainee
from courses.querysets.people import WORDS_SQL
from courses.services.trainees import fill_trainee, set_keys
from courses.tests.planning import make_office, make_trainee, organiser_of

pytestmark = pytest.mark.django_db

NAMES = ("Nguyễn Thị Ánh", "Nguyễn Văn An", "Trần Thị Hồng Ánh", "Đặng Thị Diễm", "H'Hen Niê Thử", "Danh Út")


@pytest.fixture
def people():
    office = make_office("HOST")
    return {name: make_trainee(office, name) for name in NAMES}


def found(words: str) -> set[str]:
    return set(Trainee.objects.named(words).values_list("full_name", flat=True).order_by())


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("nguyen thi anh", {"Nguyễn Thị Ánh"}),
        ("NGUYỄN THỊ ÁNH", {"Nguyễn Thị Ánh"}),
        ("ng th a", {"Nguyễn Thị Ánh"}),
        ("anh thi", {"Nguyễn Thị Ánh", "Trần Thị Hồng Ánh"}),
        ("a", {"Nguyễn Thị Ánh", "Nguyễn Văn An", "Trần Thị Hồng Ánh"}),
        ("dang diem", {"Đặng Thị Diễm"}),
        ("đặng", {"Đặng Thị Diễm"}),
        ("d", {"Đặng Thị Diễm", "Danh Út"}),
        ("guyen", set()),
        ("nh", set()),
        ("anh anh", {"Nguyễn Thị Ánh", "Trần Thị Hồng Ánh"}),
        ("h'h", {"H'Hen Niê Thử"}),
        ("  út\u00a0 danh ", {"Danh Út"}),
        ("%", set()),
        ("_guyen", set()),
        ("\\", set()),
        ("'", set()),
        ("a & b | !c:*", set()),
        ("", set(NAMES)),
    ],
)
def test_each_word_typed_begins_some_word_of_the_name(people, typed, names):
    assert found(typed) == names


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_normal_form_in_which_a_name_is_typed_does_not_matter(people, form):
    assert found(unicodedata.normalize(form, "Nguyễn Thị Ánh")) == {"Nguyễn Thị Ánh"}
    assert found(unicodedata.normalize(form, "Đặng")) == {"Đặng Thị Diễm"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("aAáÁàđĐdnghi '\\%_:*&|!()<>\"$1.-\u0301"), max_size=12))
def test_both_databases_find_what_the_words_say(people, typed):
    """The property in Python, which knows neither LIKE nor tsquery: what either database calls a sign is a letter."""
    beginnings = search_key(typed).split()
    assert found(typed) == {
        name for name in NAMES if all(any(w.startswith(b) for w in search_key(name).split()) for b in beginnings)
    }


def test_postgresql_searches_by_the_very_expression_that_its_index_is_over():
    """Another expression, and two million people are read one by one: it fails when the index or the words change."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads the keys")
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'trainee_words_of_name'")
        (index,) = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = off")
        sql, params = Trainee.objects.named("ng th").order_by().query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "trainee_words_of_name" in plan, f"{index}\n{WORDS_SQL}\n{plan}"


def test_who_was_merged_into_another_row_is_seen_by_nobody(people):
    kept, gone = people["Nguyễn Thị Ánh"], people["Trần Thị Hồng Ánh"]
    Trainee.objects.filter(pk=gone.pk).update(merged_into=kept)
    for actor in (SYSTEM, organiser_of(kept.office)):
        assert set(Trainee.objects.visible_to(actor).named("anh")) == {kept}


#: By hand; given name; family name; middle name.
IN_ORDER = [
    tuple(line.split(";"))
    for line in Path(__file__).with_name("names_in_order.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def shuffled(office_of) -> None:
    """People in any order but the right one; the parts of a name are as somebody has put them right."""
    people = list(enumerate(IN_ORDER))
    random.Random(1).shuffle(people)
    made = []
    for place, (given_name, family, middle) in people:
        trainee = fill_trainee(Trainee(), full_name=join_name(family, middle, given_name), office=office_of(place))
        trainee.family_name, trainee.middle_name, trainee.given_name = family, middle, given_name
        set_keys(trainee)
        made.append(trainee)
    Trainee.objects.bulk_create(made)


def parts(people) -> list[tuple]:
    return list(people.values_list("given_name", "family_name", "middle_name"))


def test_the_list_by_hand_has_300_names_with_every_vowel_and_tone_and_nobody_twice():
    letters = "".join(map("".join, IN_ORDER)).lower()
    vowels = [
        unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in ("", *"\u0300\u0309\u0303\u0301\u0323")
    ]
    assert [vowel for vowel in vowels if vowel not in letters] == []
    assert len(IN_ORDER) == len(set(IN_ORDER)) >= 300


def test_people_sort_by_given_family_and_middle_name_as_a_list_by_hand_does():
    host = make_office("HOST")
    shuffled(lambda place: host)
    assert parts(Trainee.objects.by_name()) == IN_ORDER


def test_by_protocol_offices_stand_in_their_order_and_people_by_name_within():
    ward, department = make_office("1-WARD", order=2), make_office("9-DEPARTMENT", order=1)
    shuffled(lambda place: ward if place % 2 else department)
    assert parts(Trainee.objects.in_protocol_order()) == IN_ORDER[::2] + IN_ORDER[1::2]
