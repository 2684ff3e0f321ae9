import json
import re
from dataclasses import asdict, fields

import pytest
from django.test import Client
from django.urls import reverse

from attendance.constants import CertificateState
from attendance.models import Certificate
from attendance.rendering.certificate import CertificateFacts
from attendance.reports.checking import printed_lines
from attendance.services.register import issue_papers, prepare_papers
from attendance.tests.records import Class
from courses.constants import codes
from courses.models import Trainee

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper():
    lop = Class()
    lop.attended(1, blocks=[lop.b])
    Trainee.objects.update(gender="f")
    prepare_papers(lop.course, lop.ordered(decision_number="12/QĐ-UBND"), actor=lop.officer)
    issue_papers(lop.course, actor=lop.officer)
    return Certificate.objects.get()


def page_of(code):
    return reverse("attendance:verify", args=[code])


def scripts(response):
    """The names of the scripts of a page: what somebody typed must never become one."""
    return re.findall(r"<script[^>]*src=\"[^\"]*/([\w.]+?)(?:\.[0-9a-f]+)?\"|<script", response.content.decode())


def mistyped(code):
    return code[:3] + ("2" if code[3] != "2" else "3") + code[4:]


def test_every_printed_fact_and_the_state_are_shown(paper, client):
    response = client.get(page_of(codes.grouped(paper.code)))
    text = response.content.decode()
    assert response.status_code == 200
    assert "Giấy chứng nhận có thật và đang có hiệu lực" in text
    facts = paper.facts
    for key in ("number", "issuing_body", "superior_body", "place", "full_name", "position", "office", "course_title",
                "signer", "decision_number"):  # fmt: skip
        assert facts[key] in text, key
    for words in (f"<dd>Bà {facts['full_name']}</dd>", "Khối B", "10/06/2026", "05/06/2026 – 07/06/2026", "<dd>7</dd>",
                  "PHÓ CHỦ TỊCH"):  # fmt: skip
        assert words in text, words


def test_no_search_engine_keeps_a_checked_paper_and_no_other_site_learns_its_address(paper, client):
    """The meta tag and not the header: with "no-referrer" a browser sends no origin, and each form would be refused."""
    for address in (page_of(paper.code), reverse("attendance:verify_form")):
        text = client.get(address).content.decode()
        assert '<meta name="robots" content="noindex, nofollow, noarchive">' in text
        assert '<meta name="referrer" content="strict-origin">' in text


def test_no_fact_of_any_kind_of_paper_is_left_out():
    """Also those of templates and blanks: a second signer, other words, a grade. Fails when a fact that is new on the
    paper has no line here; the code stands in the address."""
    known = {"gender": "f", "birth": "1975-06-05", "starts_on": "2022-06-15", "ends_on": "2022-06-17", "periods": 24}
    known |= {"issued_on": "2022-06-20", "decision_date": "2022-02-09", "course_kind": "bồi dưỡng"}
    printed = {"gender": "Bà", "birth": "05/06/1975", "starts_on": "15/06/2022", "ends_on": "17/06/2022"}
    printed |= {"issued_on": "20/06/2022", "decision_date": "09/02/2022"}
    texts = {field.name: f"Chữ {number}x" for number, field in enumerate(fields(CertificateFacts))}
    for name in ("blocks", "sign_lines", "second_lines"):
        texts[name] = (texts[name],)
    facts = CertificateFacts(**texts | known)
    lines = "\n".join(value for _label, value in printed_lines(facts))

    said = asdict(facts) | printed
    for name in texts.keys() - {"code"}:
        value = said[name]
        assert (value[0] if isinstance(value, tuple) else str(value)) in lines, name


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        (CertificateState.PREPARED, "chưa được cấp", "warn"),
        (CertificateState.HANDED_OVER, "có thật và đang có hiệu lực", "ok"),
        (CertificateState.VOID, "đã bị hủy", "bad"),
        (CertificateState.REVOKED, "đã bị thu hồi", "bad"),
        (CertificateState.REPLACED, "đã được thay", "warn"),
    ],
)
def test_each_state_is_said_in_words(paper, client, state, words, tone):
    Certificate.objects.update(
        state=state, ground="fraud", ended_document="1/QĐ", ended_document_date="2026-06-11", handed_on="2026-06-10"
    )
    text = client.get(page_of(paper.code)).content.decode()
    assert words in text
    assert f'class="verdict {tone}"' in text


@pytest.mark.parametrize("change", [str.lower, codes.grouped, lambda code: " ".join(code), lambda code: code + "."])
def test_capitals_spaces_and_dashes_make_no_difference(paper, client, change):
    assert client.get(page_of(change(paper.code))).status_code == 200
    response = client.get("/verify/", {"code": change(paper.code)})
    assert (response.status_code, response["Location"]) == (302, page_of(codes.grouped(paper.code)))


def test_programs_get_the_state_and_the_facts(paper, client):
    response = client.get(page_of(paper.code), {"format": "json"})
    assert response["Content-Type"] == "application/json"
    issuer = {"name": paper.book.issuer.name, "ended_on": None, "answered_for_by": [paper.book.issuer.name]}
    became = {"ended": None, "signed": [], "replaced_by": None, "replaces": None, "issuer": issuer}
    assert json.loads(response.content) == {"known": True, "state": "issued", "facts": paper.facts, **became}
    for code in (codes.new_code(), mistyped(paper.code)):
        response = client.get(page_of(code), {"format": "json"})
        assert (response.status_code, json.loads(response.content)) == (404, {"known": False})


def test_a_slip_of_typing_is_told_and_unknown_is_plain(paper, client):
    slip = client.get(page_of(mistyped(paper.code)))
    assert slip.status_code == 404
    assert "so lại từng ký tự" in slip.content.decode()
    short = client.get("/verify/", {"code": paper.code[:-1]}).content.decode()
    assert "20" in short
    assert "19" in short
    assert 'aria-invalid="true"' in short
    unknown = client.get(page_of(codes.new_code()))
    assert unknown.status_code == 404
    assert "Không có giấy chứng nhận" in unknown.content.decode()
    assert "errorlist" in unknown.content.decode()


@pytest.mark.parametrize("code", ["x" * 5000, "<script>", "%27", "đ" * 20, "2" * 20, "＜b＞", "١٢٣"])
def test_whatever_is_typed_is_answered_and_shown_as_text(client, code):
    response = client.get(page_of(code))
    assert response.status_code == 404
    assert scripts(response) == ["verify.js"]
    assert client.get("/verify/", {"code": code}).status_code in (200, 302)


def test_the_form_works_without_script_or_cookie_and_nothing_can_be_posted(paper, client):
    response = client.get("/verify/")
    text = response.content.decode()
    assert '<form method="get" action="/verify/"' in text
    assert scripts(response) == ["verify.js"]
    assert not response.cookies or set(response.cookies) <= {"csrftoken"}
    for method in (client.post, client.put, client.delete):
        assert method("/verify/").status_code == 405
        assert method(page_of(paper.code)).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_only_unknown_codes_are_counted_and_a_known_one_is_always_answered(paper):
    """A hall of 150 behind one address with 15 slips shuts nobody out; guessing is shut at the eleventh code."""
    client = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(15):
        assert client.get(page_of(mistyped(paper.code))).status_code == 404
    for _ in range(150):
        assert client.get(page_of(paper.code)).status_code == 200
    statuses = [client.get(page_of(codes.new_code())).status_code for _ in range(12)]
    assert statuses == [404] * 10 + [429] * 2
    assert client.get(page_of(paper.code)).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.8").get(page_of(codes.new_code())).status_code == 404


def test_a_check_costs_two_queries(paper, client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(page_of(paper.code))
