"""Signed papers coming back: matched by content, kept byte for byte, judged by the installed roots."""

import datetime as dt
import hashlib
import io
import zipfile

import pytest

from attendance.constants import ClassPaperKind, Matched, SignatureState
from attendance.models import Certificate, ClassPaper, SignedCopy, TrustedRoot
from attendance.readers.signed_upload import unpack
from attendance.rendering.paper_zip import zip_papers
from attendance.reports.checking import answer_to, paper_of_hash
from attendance.reports.signed import files_of, originals_of, rows_of, signatures_of
from attendance.services.register import issue_papers
from attendance.services.roots import distrust_root, trust_root
from attendance.services.signed_copies import accept_signed, judge_anew, mark_by_software, refuse_signed, take_in_signed
from attendance.tests.records import Class, prepared
from attendance.tests.signing import PASSWORD, Authority, authority, signed, with_more
from courses.constants.actors import Actor
from courses.constants.choices import FilePurpose
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.models import ActionLog, File
from courses.services.records import read_file, store_file
from courses.tests.parallel import at_once
from courses.tests.planning import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def lop():
    lop = Class()
    lop.attended(2)
    prepared(lop)
    return lop


def administrator() -> Actor:
    return Actor("user", user_id=make_user(is_superuser=True).pk, is_superuser=True)


def root() -> TrustedRoot:
    return trust_root(authority().pem.encode(), actor=administrator())


def papers(lop) -> list[tuple[Certificate, bytes]]:
    return [(one, read_file(one.pdf)) for one in Certificate.objects.select_related("pdf").order_by("number")]


def take(lop, *files: bytes, actor=None):
    named = [(f"{number}.pdf", content) for number, content in enumerate(files)]
    return take_in_signed(lop.course, named, actor=actor or lop.officer)


def test_files_are_found_to_be_of_the_papers_they_begin_with_whatever_their_names(lop):
    root()
    (first, one), (second, other) = papers(lop)
    files = [signed(other), signed(one)]
    taken = take(lop, *files)
    assert [(t.copy.certificate, t.copy.matched, t.copy.state) for t in taken] == [
        (second, Matched.BYTES, SignatureState.VALID),
        (first, Matched.BYTES, SignatureState.VALID),
    ]
    assert [read_file(t.copy.file) for t in taken] == files
    assert ActionLog.objects.filter(action="take in signed").count() == 2


def test_a_paper_of_the_class_file_is_matched_too(lop):
    [(_first, pdf), _second] = papers(lop)
    other = store_file(with_more(pdf), purpose=FilePurpose.CERTIFICATE, media_type="application/pdf")
    decision = ClassPaper.objects.create(
        course=lop.course, kind=ClassPaperKind.DECISION, number="12/QĐ-UBND", file=other, made_at=now()
    )
    [taken] = take(lop, signed(read_file(other)))
    assert (taken.copy.paper, taken.copy.certificate, taken.copy.matched) == (decision, None, Matched.BYTES)


def test_the_same_file_twice_is_one_copy(lop):
    [(_one, pdf), _other] = papers(lop)
    file = signed(pdf)
    first, second = take(lop, file, file)
    [third] = take(lop, file)
    assert first.copy == second.copy == third.copy
    assert [t.known for t in (first, second, third)] == [False, True, True]
    assert SignedCopy.objects.count() == 1
    assert ActionLog.objects.filter(action="take in signed").count() == 1


def test_a_later_file_with_one_signature_more_counts_and_the_older_stays(lop):
    [(certificate, pdf), _other] = papers(lop)
    official = signed(pdf)
    sealed = signed(official, authority().signer("Văn thư Thử"), field="Dấu")
    take(lop, official)
    take(lop, sealed)
    row = next(row for row in rows_of(lop.course)[0] if row.original.certificate == certificate)
    assert [len(copy.signatures) for copy in row.copies] == [2, 1]
    assert [one["signer"] for one in row.copy.signatures] == ["Ngô Thử Ký", "Văn thư Thử"]


def test_what_is_broken_or_not_signed_is_not_kept_and_has_its_sentence(lop):
    [(_one, pdf), _other] = papers(lop)
    flipped = bytearray(signed(pdf))
    flipped[100] ^= 1
    taken = take(lop, bytes(flipped), pdf, b"no pdf", signed(pdf) + b"\n%more")
    assert [t.copy for t in taken] == [None] * 4
    assert all(t.sentence for t in taken)
    assert not File.objects.filter(purpose=FilePurpose.SIGNED).exists()


def rewritten(pdf: bytes) -> bytes:
    """The same paper as a program saves it that writes the whole file anew."""
    import pypdfium2

    out = io.BytesIO()
    pypdfium2.PdfDocument(pdf).save(out)
    return out.getvalue()


def test_a_file_that_begins_with_no_paper_waits_with_the_likeliest_and_can_be_accepted_or_refused(lop):
    [(_one, pdf), (second, other)] = papers(lop)
    [taken] = take(lop, signed(rewritten(other)))
    copy = taken.copy
    assert (copy.matched, copy.certificate) == (Matched.WAITS, second)
    assert signatures_of(second).lines() == []
    original = next(one for one in originals_of(lop.course) if one.certificate == second)
    for _twice in range(2):
        accept_signed(copy, original, actor=lop.officer)
    copy.refresh_from_db()
    assert (copy.matched, copy.certificate, copy.answered_by_id) == (Matched.ACCEPTED, second, lop.officer.user_id)
    assert ActionLog.objects.filter(action="answer signed").count() == 1
    assert "not the issued file byte for byte" in dict(signatures_of(second).lines())["Digital signature"]
    refuse_signed(copy, actor=lop.officer)
    assert signatures_of(second).lines() == []
    [again] = take(lop, signed(pdf), actor=lop.officer)
    with pytest.raises(Refusal):
        refuse_signed(again.copy, actor=lop.officer)


def test_a_change_made_before_signing_makes_the_file_wait(lop):
    """The file begins with the paper, and its one signature covers all of it, also what was changed."""
    root()
    [(certificate, pdf), _other] = papers(lop)
    [taken] = take(lop, signed(with_more(pdf)))
    assert (taken.copy.matched, taken.copy.certificate) == (Matched.WAITS, certificate)
    assert taken.copy.sentence
    assert paper_of_hash(taken.copy.file.sha256) is None


def test_only_certificate_officers_of_the_host_take_in_and_answer(lop):
    [(_one, pdf), _other] = papers(lop)
    [taken] = take(lop, signed(rewritten(pdf)))
    original = originals_of(lop.course)[0]
    for actor in (lop.organiser, Class(code="LOP-2").officer, Actor("user", user_id=make_user().pk)):
        for act in (
            lambda actor=actor: take(lop, signed(pdf), actor=actor),
            lambda actor=actor: accept_signed(taken.copy, original, actor=actor),
            lambda actor=actor: refuse_signed(taken.copy, actor=actor),
        ):
            with pytest.raises(Refusal):
                act()
    assert SignedCopy.objects.get().matched == Matched.WAITS


def test_a_copy_cannot_be_accepted_for_a_paper_of_another_class(lop):
    [(_one, pdf), _other] = papers(lop)
    [taken] = take(lop, signed(rewritten(pdf)))
    other = Class(code="LOP-2")
    other.attended(1)
    prepared(other)
    with pytest.raises(Refusal):
        accept_signed(taken.copy, originals_of(other.course)[0], actor=lop.officer)


# Roots


def test_roots_that_come_and_go_judge_the_copies_anew(lop):
    [(certificate, pdf), _other] = papers(lop)
    [taken] = take(lop, signed(pdf))
    assert taken.copy.state == SignatureState.UNCHECKED
    assert dict(signatures_of(certificate).lines())["Digital signature"] == "Signed digitally, could not be checked"
    installed = root()
    assert (judge_anew(), judge_anew()) == (1, 0)
    assert SignedCopy.objects.get().state == SignatureState.VALID
    assert (
        dict(signatures_of(certificate).lines())["Digital signature"] == "Signature valid (root certificate: Gốc Thử)"
    )
    for _twice in range(2):
        distrust_root(installed, actor=administrator())
    assert judge_anew() == 1
    assert SignedCopy.objects.get().state == SignatureState.UNCHECKED
    assert root() == installed
    words = ["trust root", "distrust root", "trust root"]
    assert (
        list(ActionLog.objects.filter(action__endswith="root").order_by("pk").values_list("action", flat=True)) == words
    )


def test_only_the_administrator_installs_roots(lop):
    with pytest.raises(Refusal):
        trust_root(authority().pem.encode(), actor=lop.officer)
    installed = root()
    with pytest.raises(Refusal):
        distrust_root(installed, actor=lop.officer)


# What the page that checks a certificate asks


def test_a_signed_copy_is_known_by_its_hash_and_says_who_signed(lop):
    [(certificate, pdf), _other] = papers(lop)
    file = signed(pdf)
    take(lop, file)
    assert paper_of_hash(hashlib.sha256(file).hexdigest()) == certificate
    assert paper_of_hash(hashlib.sha256(pdf).hexdigest()) == certificate
    assert paper_of_hash(hashlib.sha256(file + b" ").hexdigest()) is None
    label, words = signatures_of(certificate).lines()[0]
    assert label == "Signed digitally by"
    assert words.startswith("Ngô Thử Ký, UBND thành phố Thử, at ")
    assert words.endswith("as the signature says")
    [said] = answer_to(certificate).as_json()["signed"]
    assert (said["by"], said["state"], said["same_bytes"]) == ("office", "unchecked", True)
    [one] = said["signatures"]
    assert (one["signer"], one["organisation"], one["stamped"]) == ("Ngô Thử Ký", "UBND thành phố Thử", False)


def test_a_file_is_of_the_paper_that_it_begins_with_whatever_another_class_takes_it_for():
    """Fails when the oldest paper is answered: an officer of another class could have the page say another person."""
    theirs, ours = Class(code="LOP-2"), Class()
    for lop in (theirs, ours):
        lop.attended(1)
        prepared(lop)
    older, certificate = Certificate.objects.order_by("pk")
    file = signed(read_file(certificate.pdf))
    [taken] = take(theirs, file)
    accept_signed(taken.copy, originals_of(theirs.course)[0], actor=theirs.officer)
    assert paper_of_hash(hashlib.sha256(file).hexdigest()) == older
    take(ours, file)
    assert paper_of_hash(hashlib.sha256(file).hexdigest()) == certificate


@pytest.mark.parametrize("name", ["Ngô\0Thử Ký", "Ngô \u202eThử\u200b Ký", "Ngô\nThử Ký"])
def test_the_name_in_a_certificate_is_one_line_of_letters(lop, name):
    """Fails when it is kept as it is written: a NUL byte makes the whole upload fail on PostgreSQL, and signs that turn
    the direction make a name on the public page read otherwise."""
    [(certificate, pdf), _other] = papers(lop)
    [taken] = take(lop, signed(pdf, Authority("Gốc\u202e Lạ").signer(name)))
    assert taken.copy.matched == Matched.BYTES
    said = signatures_of(certificate).lines()[0][1]
    assert said.startswith(("Ngô Thử Ký, UBND", "NgôThử Ký, UBND"))


@pytest.mark.parametrize("year", [1999, 9999])
def test_a_time_that_cannot_be_is_left_out(lop, year):
    """Fails when it is shown as it is written: the public page cannot reckon with the last hour of time."""
    [(certificate, pdf), _other] = papers(lop)
    at = (
        dt.datetime(year, 1, 1, tzinfo=dt.UTC) if year < 9999 else dt.datetime.max.replace(microsecond=0, tzinfo=dt.UTC)
    )
    take(lop, signed(pdf, at=at))
    assert dict(signatures_of(certificate).lines())["Signed digitally by"] == "Ngô Thử Ký, UBND thành phố Thử"


def test_the_lines_cost_one_query(lop, django_assert_num_queries):
    [(certificate, pdf), _other] = papers(lop)
    official = signed(pdf)
    take(lop, official, signed(official, field="Dấu"))
    with django_assert_num_queries(1):
        signatures_of(certificate).lines()


# Out and in


def test_the_zip_names_number_and_person_without_marks_and_holds_the_very_bytes(lop):
    content = b"".join(zip_papers(files_of(originals_of(lop.course))))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert archive.namelist() == ["001-2026-gcn-ngo-thu-an.pdf", "002-2026-gcn-ngo-thu-binh.pdf"]
    assert [archive.read(name) for name in archive.namelist()] == [pdf for _certificate, pdf in papers(lop)]
    assert unpack([("all.zip", content)]) == [(name, archive.read(name)) for name in archive.namelist()]


def packed(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def test_names_in_a_zip_lead_nowhere_and_what_a_system_adds_is_left_out():
    content = packed(("../../etc/a.pdf", b"1"), ("C:\\x\\b.pdf", b"2"), ("__MACOSX/._a.pdf", b"3"), (".DS_Store", b"4"))
    assert unpack([("x.zip", content)]) == [("a.pdf", b"1"), ("b.pdf", b"2")]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 cut short",
        packed(*((f"{n}.pdf", b"x") for n in range(2_001))),
        packed(("bomb.pdf", bytes(160 * 1024 * 1024))),
        packed(("a.pdf", b"x" * 5_000))[:-40],
    ],
    ids=["cut", "many", "bomb", "damaged"],
)
def test_a_zip_made_to_harm_is_refused(content):
    with pytest.raises(Refusal):
        unpack([("x.zip", content)])


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_at_once_is_one_copy():
    """Fails when the class is not locked before looking whether the file is there."""
    lop = Class()
    lop.attended(2)
    prepared(lop)
    files = [signed(pdf) for _certificate, pdf in papers(lop)]
    results = at_once(*[lambda: take(lop, *files)] * 4)
    assert not [result for result in results if isinstance(result, Exception)]
    assert SignedCopy.objects.count() == 2
    assert ActionLog.objects.filter(action="take in signed").count() == 2


# The software's own mark


def test_the_software_marks_issued_papers_once_and_never_as_the_office(lop, settings, tmp_path):
    with pytest.raises(Refusal):
        mark_by_software(lop.course, actor=lop.officer)
    path = tmp_path / "key.p12"
    path.write_bytes(authority().p12("Phần mềm Thử"))
    settings.SIGNING_P12, settings.SIGNING_PASSWORD = str(path), PASSWORD
    assert mark_by_software(lop.course, actor=lop.officer) == 0
    issue_papers(lop.course, actor=lop.officer)
    with pytest.raises(Refusal):
        mark_by_software(lop.course, actor=lop.organiser)
    assert [mark_by_software(lop.course, actor=lop.officer) for _twice in range(2)] == [2, 0]
    (certificate, pdf), _other = papers(lop)
    copy = SignedCopy.objects.get(certificate=certificate)
    assert (copy.signed_by, copy.matched, copy.state) == ("software", "bytes", "unchecked")
    assert read_file(copy.file).startswith(pdf)
    [(label, words)] = signatures_of(certificate).lines()
    assert (label, words.split(",")[0]) == ("Check mark of the software", "Phần mềm Thử")
    row = rows_of(lop.course)[0][0]
    assert (row.copy, row.mark) == (None, copy)
    assert ActionLog.objects.filter(action="sign").count() == 2
