"""Who may do what: every address of the site, for ten who ask, by GET and by POST, against a table that people read.

`matrix.csv` has a line for each address and method, and in it for each of the ten the status of the answer. "sign in"
is a redirect to the sign-in page, "ask again" one to the page that asks for password or code anew. A star says that the
request changes the database: everywhere else not one row changes. The addresses are those of host A's objects, and each
POST carries the body with which somebody who may do it does it (`writes.py`). `must` stands in each page answered with
200, `must_not` in no answer at all; several texts are parted by "|". In the admin they are written as host A's people
read them: for the organiser of the other host the words of both sides change places, and the superuser may see both.

A route that the table does not name fails, as does a line whose route is gone.
"""

import csv
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction

from tests.access.browsers import ACTORS, browser_of
from tests.access.database import fingerprint, writes, written_to
from tests.access.office_writes import ALL_WRITES as WRITES
from tests.access.office_writes import BEFORE_GET
from tests.access.routes import address, routes
from tests.access.writes import ONLY_SHOWN

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("matrix.csv")
METHODS = ("GET", "POST")
SWAPPED = str.maketrans({"a": "b", "b": "a"})


@cache
def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["url"], row["method"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="package")
def untouched(world):
    return fingerprint()


def answers(world, name: str, pattern: str, method: str, untouched) -> dict[str, tuple[str, str]]:
    """{actor: what they are answered, as the table says it, and the body}. What the act needs is brought about once;
    all that was written is taken back, after each actor."""
    write = WRITES.get(name) if method == "POST" else None
    prepare = write.prepare if write else BEFORE_GET.get(name) if method == "GET" else None
    with transaction.atomic():
        before = untouched
        if prepare:
            with writes() as prepared:
                prepare(world)
            before = before | fingerprint(of=written_to(prepared))
        found = {}
        for actor in ACTORS:
            with transaction.atomic():
                found[actor] = ask(world, address(world, name, pattern, actor), actor, method, write, before)
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return found


def ask(world, path: str, actor: str, method: str, write, before: dict[str, str]) -> tuple[str, str]:
    client = browser_of(world, actor)
    if write:
        with writes() as prepared:
            body = write.body(world, path, client)
        before = before | fingerprint(of=written_to(prepared))
    with writes() as written:
        kind = {"content_type": "application/json"} if write and isinstance(body, str) else {}
        response = client.post(path, body if write else {}, **kind) if method == "POST" else client.get(path)
    changed = any(rows != before[table] for table, rows in fingerprint(of=written_to(written)).items())
    if changed and write:
        assert write.done(world, actor), f"{actor} changed something else by {method} {path}"
    text = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
    return said(response) + ("*" if changed else ""), text.lower()


def said(response) -> str:
    leads = response.headers.get("Location", "")
    if leads.startswith(("/accounts/login/?", "/admin/login/?")):
        return "sign in"
    if leads.startswith(("/accounts/reauthenticate/", "/accounts/2fa/reauthenticate/")):
        return "ask again"
    return str(response.status_code)


def has_star(row: dict[str, str]) -> bool:
    return any("*" in row[actor] for actor in ACTORS)


def for_side(texts: str, actor: str, name: str) -> list[str]:
    """The texts of a cell as the actor's side reads them."""
    found = [text.strip().lower() for text in texts.split("|") if text.strip()]
    if actor != "other organiser" or not name.startswith("admin"):
        return found
    return [f"{t[0]}{t[1].translate(SWAPPED)}{t[2:]}" if t[2:6] == "quyt" and t[0] in "zpo" else t for t in found]


@pytest.mark.parametrize(("name", "pattern"), [pytest.param(*route, id=route[0]) for route in routes()])
def test_each_address_answers_each_of_the_ten_as_the_table_says(world, untouched, name, pattern):
    wrong = []
    for method in METHODS:
        row = table().get((name, method), {})
        found = {}
        for actor, (found[actor], text) in answers(world, name, pattern, method, untouched).items():
            if found[actor] != row.get(actor):
                wrong.append(f"{actor}: {found[actor]}, and not {row.get(actor)}")
            if found[actor].startswith("200"):
                wrong += [
                    f"{actor} misses {word}" for word in for_side(row.get("must", ""), actor, name) if word not in text
                ]
            if actor != "superuser":
                wrong += [
                    f"{actor} sees {word}" for word in for_side(row.get("must_not", ""), actor, name) if word in text
                ]
        if wrong:
            line = ",".join([name, method, *found.values()])
            pytest.fail(f"{method} of {name}: {'; '.join(wrong)}.\nIt answers:\n{line}", pytrace=False)


def test_the_table_names_no_address_that_is_gone():
    names = {name for name, _pattern in routes()}
    assert [key for key in table() if key[0] not in names or key[1] not in METHODS] == []


def test_no_two_routes_have_one_name():
    names = [name for name, _pattern in routes()]
    assert sorted(names) == sorted(set(names))


def test_each_address_that_writes_is_changed_by_somebody():
    """A body that nobody can post proves nothing about those who may not."""
    writes = WRITES.keys() - ONLY_SHOWN
    assert [name for name in writes if not any("*" in table()[name, "POST"][actor] for actor in ACTORS)] == []
    changed = {
        name for (name, method), row in table().items() if method == "POST" and any("*" in row[a] for a in ACTORS)
    }
    assert changed == writes


def test_the_table_has_a_cell_for_each_of_the_ten():
    assert all(row[actor] for row in table().values() for actor in ACTORS)
