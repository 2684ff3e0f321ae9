"""Digital signatures of PDF files: what is found, what is not believed."""

import datetime as dt
import random
import re
import shutil
import subprocess
import time
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from attendance.constants import SignatureState
from attendance.readers import signature_facts
from attendance.readers.signatures import Asked, read_signatures, root_pem
from attendance.rendering.certificate import CertificateFacts, draw_certificate
from attendance.tests.signing import PASSWORD, Authority, authority, signed, with_more, with_revoked
from courses.constants import codes
from courses.constants.errors import Refusal

AT = dt.datetime(2026, 6, 12, 3, 0, tzinfo=dt.UTC)


def facts_of_paper(**said) -> CertificateFacts:
    known = {
        "number": "015/2026/GCN", "code": codes.new_code(), "superior_body": "UBND TỈNH THỬ",
        "issuing_body": "UBND TP THỬ", "place": "Vị Thanh", "issued_on": "2026-06-10", "full_name": "Ngô Thử An",
        "course_title": "Lớp thử", "starts_on": "2026-06-01", "ends_on": "2026-06-03",
        "sign_lines": ("TM. UBND", "CHỦ TỊCH"), "signer": "Ngô Thử Ký",
    }  # fmt: skip
    return CertificateFacts(**known | said)


@cache
def paper() -> bytes:
    facts = facts_of_paper()
    return draw_certificate(facts, verify_url=f"http://127.0.0.1/verify/{codes.grouped(facts.code)}/")


@cache
def once() -> bytes:
    return signed(paper())


@cache
def twice() -> bytes:
    return signed(once(), authority().signer("Văn thư Thử"), field="Dấu")


def facts(pdf: bytes, *roots: Authority, original: bytes = b"", at: dt.datetime = AT) -> dict:
    known = [signature_facts._certificate(root.pem) for root in roots or (authority(),)]
    return signature_facts.facts_of(pdf, known, original=len(original), at=at)


def read(pdf: bytes, *roots: str, at: dt.datetime = AT):
    [found] = read_signatures([Asked(pdf, at, len(paper()))], roots)
    return found


def test_a_signature_with_an_installed_root_is_valid_and_says_who_signed():
    found = read(once(), authority().pem)
    assert found.state == SignatureState.VALID
    assert (found.code, found.untouched, found.sentence) == ("", True, "")
    [one] = found.signatures
    assert (one["signer"], one["organisation"], one["root"]) == ("Ngô Thử Ký", "UBND thành phố Thử", "Gốc Thử")
    assert (one["whole"], one["intact"], one["changed"], one["trusted"]) == (True, True, False, True)


def test_without_the_root_or_with_another_it_is_never_valid():
    for roots in ((), (Authority("Gốc Khác").pem,), (Authority().pem,)):
        found = read(once(), *roots)
        assert found.state == SignatureState.UNCHECKED
        assert [one["trusted"] for one in found.signatures] == [False]


def test_two_signatures_are_in_the_order_of_signing_and_the_last_covers_the_whole():
    found = read(twice(), authority().pem)
    assert found.state == SignatureState.VALID
    assert found.untouched
    assert [(one["signer"], one["whole"]) for one in found.signatures] == [("Ngô Thử Ký", False), ("Văn thư Thử", True)]


def test_one_of_two_without_a_root_makes_the_file_unchecked():
    mixed = signed(once(), Authority("Gốc Khác").signer("Văn thư Thử"), field="Dấu")
    assert read(mixed, authority().pem).state == SignatureState.UNCHECKED


def test_a_signature_with_a_picture_on_the_page_and_one_by_rsa_are_signatures_too():
    for pdf in (signed(paper(), visible=True), signed(paper(), authority().signer(kind="rsa"))):
        found = facts(pdf, original=paper())
        assert (found["code"], found["untouched"]) == ("", True)
        assert found["signatures"][0]["trusted"]


@pytest.mark.parametrize("dates", [{"end": AT - dt.timedelta(days=1)}, {"start": AT + dt.timedelta(days=1)}])
def test_a_certificate_out_of_its_time_when_the_file_came_is_not_trusted(dates):
    found = facts(signed(paper(), authority().signer(**dates)))
    assert (found["code"], found["signatures"][0]["trusted"]) == ("", False)
    assert found["signatures"][0]["trouble"]


def test_a_certificate_that_ended_after_the_file_came_takes_nothing_away():
    pdf = signed(paper(), authority().signer(end=AT + dt.timedelta(days=1)))
    assert facts(pdf)["signatures"][0]["trusted"]
    assert not facts(pdf, at=AT + dt.timedelta(days=2))["signatures"][0]["trusted"]


def test_a_certificate_that_a_list_in_the_file_calls_revoked_is_not_believed():
    own = authority().signer("Người Bị Thu Hồi")
    certificate = x509.load_der_x509_certificate(own.signing_cert.dump())
    crl = authority().revoking(certificate, AT - dt.timedelta(days=2))
    pdf = signed(with_revoked(signed(paper(), own), crl), field="Dấu")
    assert facts(pdf)["code"] == "revoked"
    assert read(pdf, authority().pem).state == SignatureState.BROKEN


# What was changed


@pytest.mark.parametrize("pdf", [once, twice])
def test_what_is_added_after_signing_is_found(pdf):
    for more in (pdf() + b"\n% more", with_more(pdf())):
        assert facts(more)["code"] in ("added", "changed")
        assert read(more, authority().pem).state == SignatureState.BROKEN


def test_what_is_changed_between_the_paper_and_its_first_signature_is_told():
    """The signature covers the change, and the file begins with the paper: only looking at what came between tells."""
    found = facts(signed(with_more(paper())), original=paper())
    assert (found["code"], found["untouched"]) == ("", False)


def broken(pdf: bytes, offset: int, bit: int) -> bytes:
    flipped = bytearray(pdf)
    flipped[offset] ^= 1 << bit
    return bytes(flipped)


def test_a_flipped_byte_at_each_end_of_what_is_signed_is_found():
    for pdf in (once(), twice()):
        ranges = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)
        assert ranges
        for found in ranges:
            start, length, after, rest = map(int, found)
            for edge in (start, start + length, after, after + rest):
                for offset in range(max(edge - 2, 0), min(edge + 2, len(pdf))):
                    assert facts(broken(pdf, offset, 0))["code"], offset


def test_a_flipped_byte_anywhere_is_found():
    """Fails when the filling behind a signature, or the certificates within it, are not looked at."""
    pdf, chance = once(), random.Random(6)
    [found] = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", pdf)
    _start, length, after, _rest = map(int, found)
    offsets = [chance.randrange(len(pdf)) for _ in range(60)] + [chance.randrange(length, after) for _ in range(140)]
    assert [offset for offset in offsets if not facts(broken(pdf, offset, chance.randrange(8)))["code"]] == []


# What is no signed PDF


@pytest.mark.parametrize(
    ("pdf", "code"),
    [
        (b"", "not_pdf"),
        (b"%PDF-1.7 nothing", "not_pdf"),
        (b"PK\x03\x04", "not_pdf"),
        (b" " * (10 * 1024 * 1024 + 1), "too_big"),
    ],
)
def test_what_is_no_pdf_has_its_sentence(pdf, code):
    found = read(pdf)
    assert (found.state, found.code) == (SignatureState.BROKEN, code)
    assert found.sentence


def test_a_paper_without_a_signature_is_unsigned():
    assert facts(paper())["code"] == "unsigned"


def test_a_file_made_to_hang_ends_in_a_sentence_and_harms_no_other():
    """A chain of tables of contents that leads back to itself, and a name that is a million brackets deep."""
    deep = b"%PDF-1.7\n1 0 obj\n" + b"[" * 1_000_000 + b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
    loop = b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF"
    began = time.monotonic()
    found = read_signatures([Asked(deep, AT), Asked(once(), AT), Asked(loop, AT)], [authority().pem])
    assert [one.state for one in found] == ["broken", "valid", "broken"]
    assert time.monotonic() - began < 60


@pytest.mark.slow
def test_a_file_that_ends_its_reader_is_found_among_others_and_takes_none_of_them_along():
    """A hundred thousand tables of contents, each behind the other. Fails when such a pile is not divided."""
    file = bytearray(b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n")
    at = 0
    for _table in range(100_000):
        before, at = b"/Prev %d" % at if at else b"", len(file)
        file += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 2/Root 1 0 R%s>>\n" % before
    file += b"startxref\n%d\n%%%%EOF\n" % at
    found = read_signatures([Asked(once(), AT), Asked(bytes(file), AT), Asked(twice(), AT)], [authority().pem])
    assert [one.code for one in found] == ["", "too_long", ""]


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler is not installed")
def test_pdfsig_calls_ours_valid(tmp_path):
    path = tmp_path / "signed.pdf"
    path.write_bytes(twice())
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, check=False, text=True).stdout
    assert said.count("Signature is Valid") == 2
    assert "Total document signed" in said


# Roots


def test_a_root_is_read_from_pem_and_der_alike():
    one = authority().certificate
    name, pem, fingerprint = root_pem(one.public_bytes(Encoding.DER))
    assert root_pem(one.public_bytes(Encoding.PEM)) == (name, pem, fingerprint)
    assert (name, len(fingerprint)) == ("Gốc Thử", 64)


def test_what_can_issue_nothing_is_no_root():
    certificate = pkcs12.load_key_and_certificates(authority().p12(), PASSWORD.encode())[1]
    for data in (b"", b"no", certificate.public_bytes(Encoding.PEM)):
        with pytest.raises(Refusal):
            root_pem(data)
