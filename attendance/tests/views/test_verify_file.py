"""Checking by the file itself, and a paper from before the codes; what became of a paper and its issuer."""

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attendance.models import Certificate, RegisterBook
from attendance.readers.old_book import OldRow
from attendance.services.ending import confirm_lost, issue_replacing, reissue_paper, revoke_paper
from attendance.services.old_books import enter_old_book
from attendance.services.register import issue_papers, open_book, prepare_papers
from attendance.tests.records import Class, prepared
from courses.constants import codes
from courses.constants.clock import today
from courses.models import File, Office, OfficeSuccession
from courses.services.backup import restore_backup
from courses.services.records import read_file
from courses.tests.planning import make_office

pytestmark = pytest.mark.django_db
FILE, OLD = reverse("attendance:verify_file"), reverse("attendance:verify_old")


@pytest.fixture
def lop():
    return Class()


@pytest.fixture
def paper(lop):
    lop.attended(1)
    prepared(lop)
    issue_papers(lop.course, actor=lop.officer)
    return Certificate.objects.get()


def page(client, paper, **query):
    return client.get(reverse("attendance:verify", args=[paper.code]), query)


def sha(data):
    return hashlib.sha256(data).hexdigest()


# The file


def test_the_file_is_known_by_its_hash_and_one_flipped_byte_is_not(paper, client, django_assert_max_num_queries):
    data = read_file(paper.pdf)
    with django_assert_max_num_queries(3):
        response = client.get(FILE, {"sha256": sha(data)})
    assert (response.status_code, response.context["answer"].facts.number) == (200, "001/2026/GCN")
    for place in (0, len(data) // 2, len(data) - 1):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert client.get(FILE, {"sha256": sha(changed)}).status_code == 404
    said = client.get(FILE, {"sha256": sha(data), "format": "json"}).json()
    assert (said["known"], said["facts"]["number"]) == (True, "001/2026/GCN")
    assert client.get(FILE, {"sha256": sha(b"x"), "format": "json"}).json() == {"known": False}


def test_a_posted_file_is_hashed_and_dropped(paper, client):
    data, before = read_file(paper.pdf), File.objects.count()
    response = client.post(FILE, {"file": SimpleUploadedFile("giay.pdf", data)})
    assert (response.status_code, response["Location"]) == (302, f"{FILE}?sha256={sha(data)}")
    response = client.post(FILE, {"file": SimpleUploadedFile("khac.pdf", b"%PDF-1.7 x")}, follow=True)
    assert response.status_code == 404
    assert File.objects.count() == before


def test_posting_wants_the_token_and_a_file_of_at_most_ten_megabytes(client):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(FILE, {"file": SimpleUploadedFile("a.pdf", b"x")}).status_code == 403
    assert strict.post(OLD, {}).status_code == 403
    big = client.post(FILE, {"file": SimpleUploadedFile("a.pdf", b"x" * (10 * 1024 * 1024 + 1))})
    assert "10 MB" in big.content.decode()
    assert client.post(FILE, {}).context["file_form"].errors
    for odd in ("", "x", "0" * 63, "g" * 64, "é" * 64):
        assert client.get(FILE, {"sha256": odd}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_unknown_files_are_throttled_one_file_tried_again_is_not_and_a_known_one_never(paper):
    client = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(12):
        assert client.get(FILE, {"sha256": sha(b"one file")}).status_code == 404
    statuses = [client.get(FILE, {"sha256": sha(bytes([n]))}).status_code for n in range(11)]
    assert statuses == [404] * 9 + [429] * 2
    assert client.get(FILE, {"sha256": paper.pdf.sha256}).status_code == 200


def test_an_unknown_code_and_one_of_another_installation_are_alike(paper, client):
    """Nothing but the code itself differs in the answers, and both cost the same queries."""
    answers = []
    for code in (codes.new_code(), codes.new_code()):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            response = page(client, Certificate(code=code))
        text = response.content.decode().replace(codes.grouped(code), "CODE").replace(code, "CODE")
        answers.append((response.status_code, len(asked), re.sub(r'value="\w{64}"', "", text)))
    assert answers[0] == answers[1]


# What became of it


def test_revoked_since_when_and_by_which_decision_and_not_on_which_ground(lop, paper, client):
    revoke_paper(
        paper, ground="fraud", document="45/QĐ-UBND", document_date=dt.date(2026, 6, 11), actor=lop.officer, why="Kín"
    )
    response = page(client, paper)
    standing = dict(response.context["answer"].standing)
    assert "11/06/2026" in standing.values()
    assert "45/QĐ-UBND" in response.content.decode()
    said = page(client, paper, format="json").json()
    assert (said["state"], said["ended"]) == (
        "revoked", {"on": "2026-06-11", "decision": "45/QĐ-UBND", "decision_date": "2026-06-11"},
    )  # fmt: skip
    for text in (response.content.decode(), json.dumps(said)):
        assert "fraud" not in text
        assert "Kín" not in text


@pytest.mark.parametrize("act", ["reissue", "confirm"])
def test_old_and_new_name_each_other_by_number_and_never_by_code(
    lop, paper, client, act, django_assert_max_num_queries
):
    if act == "reissue":
        made = reissue_paper(paper, lop.order, why="Sai", actor=lop.officer)
    else:
        made = confirm_lost(paper, lop.order, actor=lop.officer)
    issue_replacing(made, actor=lop.officer)
    with django_assert_max_num_queries(3):
        old = page(client, paper)
    new = page(client, made)
    assert made.facts["number"] in old.content.decode()
    assert paper.facts["number"] in new.content.decode()
    for text, code in ((old, made.code), (new, paper.code)):
        assert code not in text.content.decode()
        assert codes.grouped(code) not in text.content.decode()
    said = page(client, paper, format="json").json()
    assert said["replaced_by"] == {"number": made.facts["number"], "issued_on": "2026-06-10", "state": "issued"}
    assert page(client, made, format="json").json()["replaces"]["why"] == ("error" if act == "reissue" else "lost")


def test_who_answers_for_an_office_that_ended_is_said_in_three_queries(lop, paper, client, django_assert_num_queries):
    heir, above = make_office("HEIR"), make_office("ABOVE")
    day = today() - dt.timedelta(days=1)
    Office.objects.filter(pk=lop.host.pk).update(valid_to=day)
    OfficeSuccession.objects.create(old=lop.host, new=heir, date=day)
    with django_assert_num_queries(3):
        text = page(client, paper).content.decode()
    assert heir.name in text
    OfficeSuccession.objects.all().delete()
    Office.objects.filter(pk=lop.host.pk).update(closed_by=above)
    with django_assert_num_queries(3):
        said = page(client, paper, format="json").json()
    assert said["issuer"] == {"name": lop.host.name, "ended_on": day.isoformat(), "answered_for_by": [above.name]}


# A paper from before the codes


@pytest.fixture
def old(lop):
    book = open_book(issuer=lop.host, kind="attestation", year=2026, actor=lop.officer, opening_number=37, reason="Sổ")
    rows = [
        OldRow(
            4, number="5", name="Ngô Thử Năm", birth="05/06/1975", title="Lớp xưa", issued="2026-03-01", grade="Khá"
        ),
        OldRow(5, number="6", name="Ngô Thử Năm", birth="05/06/1975", title="Lớp xưa nữa", issued="2026-03-02"),
    ]
    enter_old_book(book, rows, actor=lop.officer)


TYPED = {"number": "005/2026/GCN", "full_name": "Ngô Thử Năm", "birth": "05/06/1975"}


def test_number_name_and_birth_together_show_the_one_entry(old, client):
    response = client.post(OLD, TYPED)
    text = response.content.decode()
    assert (response.status_code, response.context["answer"].facts.number) == (200, "005/2026/GCN")
    assert "Khá" in text
    assert "Lớp xưa nữa" not in text
    assert response.context["answer"].headline == "Giấy chứng nhận có trong sổ cũ của cơ quan"
    assert f"Giấy được nhập vào đây ngày {today():%d/%m/%Y} theo sổ giấy." in text


def test_an_old_paper_is_found_however_many_books_have_its_number(old, lop, client):
    """Fails when the first two hundred entries of a number are looked at, whatever else is known of the paper."""
    kept = Certificate.objects.get(number=5)
    books = RegisterBook.objects.bulk_create(
        RegisterBook(issuer=lop.host, kind="confirmation", year=year, opening_number=37, last_number=36)
        for year in range(1800, 2001)
    )
    facts = kept.facts | {"birth": "1980"}
    others = [
        Certificate(book=book, number=5, code=codes.new_code(), facts=facts, state="issued", issue_date=kept.issue_date)
        for book in books
    ]
    last = Certificate(book=books[0], number=2026, code=codes.new_code(), facts=kept.facts | {"number": "5/2026/SX"})
    last.state, last.issue_date = "issued", kept.issue_date
    for paper in (*others, last):
        paper.prepared_at = kept.prepared_at
    Certificate.objects.bulk_create([*others, last])
    assert client.post(OLD, TYPED | {"number": "5/2026/SX"}).context["answer"].facts.number == "5/2026/SX"


@pytest.mark.django_db
def test_the_answer_opened_again_by_its_address_asks_anew(client):
    response = client.get(OLD)
    assert (response.status_code, response["Location"]) == (302, reverse("attendance:verify_form"))


@pytest.mark.parametrize(
    "wrong", [{"number": "7"}, {"number": "006"}, {"full_name": "Ngô Thử"}, {"birth": "1975"}, {"birth": "06/06/1975"}]
)
def test_whatever_is_wrong_the_answer_is_the_same_and_costs_the_same(old, client, wrong):
    costs = []
    for fields in (wrong, {"number": "99", "full_name": "Không Có Ai", "birth": "01/01/1990"}):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            response = client.post(OLD, TYPED | fields)
        assert (response.status_code, response.context["unknown"]) == (404, "old")
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.django_db(transaction=True)
def test_guessing_at_old_papers_is_shut_also_for_a_right_guess(lop):
    """Three facts can be guessed as a code cannot: fails when a shut address is still answered."""
    book = open_book(issuer=lop.host, kind="attestation", year=2026, actor=lop.officer, opening_number=37, reason="Sổ")
    row = OldRow(4, number="5", name="Ngô Thử Năm", birth="05/06/1975", title="Lớp xưa", issued="2026-03-01")
    enter_old_book(book, [row], actor=lop.officer)
    client = Client(REMOTE_ADDR="203.0.113.10")
    for year in range(1960, 1970):
        assert client.post(OLD, TYPED | {"birth": str(year)}).status_code == 404
    assert client.post(OLD, TYPED).status_code == 429


def test_what_cannot_be_a_birth_date_is_told(client):
    response = client.post(OLD, TYPED | {"birth": "hôm qua"})
    assert (response.status_code, "birth" in response.context["old_form"].errors) == (200, True)


# Moving to another address


def test_a_database_moved_to_another_address_answers_the_old_code_and_never_draws_again(lop, paper, client, settings):
    """The printed address stays the one of then; the code alone is asked, and bytes are bytes."""
    before = (paper.facts, read_file(paper.pdf))
    settings.SITE_URL = "https://noi-khac.example.vn"
    assert page(client, paper).status_code == 200
    assert client.get(FILE, {"sha256": paper.pdf.sha256}).status_code == 200
    lop.attended(1)
    prepare_papers(lop.course, lop.order, actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    kept = Certificate.objects.get(pk=paper.pk)
    assert (kept.facts, read_file(kept.pdf)) == before


#: On a site of its own, in a SQLite file: one issued paper, and the backup of all.
_ELSEWHERE = """
import django; django.setup()
import pathlib
from django.core.management import call_command
call_command("migrate", verbosity=0)
from attendance.services.register import issue_papers
from attendance.tests.records import Class, prepared
from courses.services.backup import make_backup
lop = Class()
lop.attended(1)
prepared(lop)
issue_papers(lop.course, actor=lop.officer)
make_backup(pathlib.Path("{path}"))
"""


@pytest.mark.django_db(transaction=True)
def test_the_address_in_the_qr_leads_to_the_paper_after_moving_to_another_database_and_host(tmp_path, settings):
    """From a SQLite file at one address to PostgreSQL at another, which answers for the old name too."""
    if connection.vendor != "postgresql":
        pytest.skip("The way from SQLite to PostgreSQL is walked in the run on PostgreSQL.")
    path = tmp_path / "site.zip"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "vithanh_training.settings", "DATA_DIR": str(tmp_path)}
    environment |= {"SITE_URL": "https://cu.example.vn"}
    program = [sys.executable, "-c", _ELSEWHERE.format(path=path)]
    subprocess.run(program, env=environment, cwd=settings.BASE_DIR, timeout=120, check=True)
    call_command("flush", interactive=False, verbosity=0)
    restore_backup(path)
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://moi.example.vn", ["moi.example.vn", "cu.example.vn"]
    paper = Certificate.objects.get()
    printed = urlsplit(address_in_qr(read_file(paper.pdf)))
    assert printed.netloc == "cu.example.vn"
    for host in settings.ALLOWED_HOSTS:
        response = Client(SERVER_NAME=host).get(printed.path, secure=True)
        assert (response.status_code, response.context["answer"].facts.number) == (200, "001/2026/GCN")
        assert response.context["answer"].tone == "ok"
    assert Client(SERVER_NAME="la.example.vn").get(printed.path, secure=True).status_code == 400


def address_in_qr(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    page = document[0].render(scale=4, grayscale=True)
    [found] = zxingcpp.read_barcodes(memoryview(page.buffer).cast("B", (page.height, page.stride)))
    document.close()
    return found.text


# The command


@pytest.mark.parametrize("way", ["code", "file"])
def test_the_command_says_what_the_page_says(paper, tmp_path, capsys, way):
    file = tmp_path / "giay.pdf"
    file.write_bytes(read_file(paper.pdf))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_certificate", paper.code if way == "code" else str(file))
    assert ended.value.code == 0
    assert "001/2026/GCN" in capsys.readouterr().out
    file.write_bytes(b"%PDF-1.7 x")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_certificate", codes.new_code() if way == "code" else str(file))
    assert ended.value.code == 2
