"""The public page shows whatever a paper prints, also what is added to papers later."""

import json
from dataclasses import asdict, fields, replace

import pytest
from django.utils.translation import override

from attendance.models import Certificate
from attendance.rendering.certificate import CertificateFacts, printed
from attendance.reports.checking import answer_to, known_papers
from attendance.tests.records import Class, prepared

pytestmark = pytest.mark.django_db

#: Every fact of a paper, said otherwise than `FULL` says it.
OTHERWISE = {"gender": "m", "birth": "1976-06-05", "issued_on": "2026-06-11", "starts_on": "2026-06-04",
             "ends_on": "2026-06-08", "decision_date": "2026-06-02", "periods": 8,
             "course_kind": "tập huấn"}  # fmt: skip
FULL = CertificateFacts(
    number="015/2026/GCN", code="2" * 20, superior_body="UBND tỉnh Thử", issuing_body="UBND thành phố Thử",
    place="Vị Thanh", issued_on="2026-06-10", full_name="Ngô Thử An", course_title="Kỹ năng Thử",
    starts_on="2026-06-05",
    ends_on="2026-06-07", sign_lines=("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), signer="Ngô Thử Ký", gender="f",
    birth="1975-06-05", position="Chuyên viên", office="Phòng Thử", course_kind="bồi dưỡng", blocks=("Khối A",),
    periods=7, grade="Giỏi", decision_number="12/QĐ-UBND", decision_date="2026-06-01", serial="A 000123",
    title="Giấy chứng nhận", addressed="Cấp cho", completed="Đã hoàn thành", closing="Có giá trị trong toàn tỉnh.",
    second_lines=("TL. CHỦ TỊCH", "TRƯỞNG PHÒNG"), second_signer="Lê Thị Giả", replaces="003/2026/GCN",
)  # fmt: skip
URL = "https://thu.example/verify/2222/"


@pytest.fixture
def paper():
    lop = Class()
    lop.attended(1)
    prepared(lop)
    return known_papers().get()


def otherwise(name):
    value = getattr(FULL, name)
    if name in OTHERWISE:
        return OTHERWISE[name]
    return tuple(f"{line} khác" for line in value) if isinstance(value, tuple) else f"{value} khác"


def shown(paper: Certificate, facts: CertificateFacts):
    paper.facts = json.loads(facts.to_json())
    with override("vi"):
        return answer_to(paper).lines


@pytest.mark.parametrize("name", [field.name for field in fields(CertificateFacts) if field.name != "code"])
def test_whatever_changes_what_is_printed_changes_what_is_shown(paper, name):
    """Fails for a fact that a paper prints and the page forgets. (The code is the page's own address.)"""
    changed = replace(FULL, **{name: otherwise(name)})
    assert printed(changed, verify_url=URL) != printed(FULL, verify_url=URL)
    assert shown(paper, changed) != shown(paper, FULL)


def test_second_signer_and_closing_words_have_their_rows(paper):
    values = [value for _label, value in shown(paper, FULL)]
    assert {"TL. CHỦ TỊCH, TRƯỞNG PHÒNG, Lê Thị Giả", "Có giá trị trong toàn tỉnh."} <= set(values)


def test_programs_get_every_fact(paper):
    paper.facts = json.loads(FULL.to_json())
    assert answer_to(paper).as_json()["facts"] == asdict(FULL)
