"""The page of signed papers of a class, comparing, and the root certificates of the site."""

import io
import zipfile

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from attendance.constants import Matched, SignatureState
from attendance.models import Certificate, SignedCopy, TrustedRoot
from attendance.services.handing_over import void_paper
from attendance.services.signed_copies import take_in_signed
from attendance.tests.records import Class, prepared
from attendance.tests.signing import authority, signed
from courses.constants.choices import RoleKind
from courses.models import ActionLog, BackgroundTask
from courses.services.records import read_file
from courses.tests.planning import make_organiser, make_user, signed_in

pytestmark = pytest.mark.django_db
ROOTS = reverse("admin:attendance_trustedroot_changelist")


@pytest.fixture
def lop():
    lop = Class()
    lop.attended(3)
    prepared(lop)
    return lop


@pytest.fixture
def officer(lop, client):
    client.cookies["language"] = "en"
    return signed_in(client, make_organiser(lop.host, RoleKind.OFFICER))


def page_of(lop, name, *arguments):
    return reverse(f"admin:attendance_courseresult_{name}", args=[lop.course.pk, *arguments])


def papers() -> list[bytes]:
    return [read_file(one.pdf) for one in Certificate.objects.select_related("pdf").order_by("number")]


def rewritten(pdf: bytes) -> bytes:
    out = io.BytesIO()
    pypdfium2.PdfDocument(pdf).save(out)
    return out.getvalue()


def waiting(lop) -> SignedCopy:
    [taken] = take_in_signed(lop.course, [("lạ.pdf", signed(rewritten(papers()[0])))], actor=lop.officer)
    return taken.copy


def test_the_papers_go_out_as_a_zip_and_come_back_signed_in_one_upload(lop, officer):
    response = officer.post(page_of(lop, "signed_zip"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert [archive.read(name) for name in archive.namelist()] == papers()
    assert ActionLog.objects.filter(action="export papers").count() == 1
    back = io.BytesIO()
    with zipfile.ZipFile(back, "w") as packed:
        for number, name in enumerate(archive.namelist()[:2]):
            packed.writestr(f"đã ký/{number}.pdf", signed(archive.read(name)))
    files = [
        SimpleUploadedFile("đã ký.zip", back.getvalue()),
        SimpleUploadedFile("Không ký.pdf", papers()[2]),
        SimpleUploadedFile("lạ.pdf", signed(rewritten(papers()[2]))),
    ]
    response = officer.post(page_of(lop, "signed_upload"), {"files": files}, follow=True)
    text = response.content.decode()
    assert "2 signed copies were filed with their papers." in text
    assert "File “Không ký.pdf”: The file has no digital signature." in text
    assert "1 file is not the same byte for byte" in text
    assert (response.context["signed"], len(response.context["waiting"])) == (2, 1)
    assert text.count("Signed digitally, could not be checked") == 3


def test_only_papers_in_force_are_counted(lop, officer):
    back = io.BytesIO()
    with zipfile.ZipFile(back, "w") as packed:
        for number, content in enumerate(papers()[:2]):
            packed.writestr(f"{number}.pdf", signed(content))
    officer.post(page_of(lop, "signed_upload"), {"files": [SimpleUploadedFile("x.zip", back.getvalue())]})
    void_paper(Certificate.objects.order_by("number")[0], actor=lop.officer, why="In hỏng")
    context = officer.get(page_of(lop, "signed")).context
    assert (len(context["rows"]), context["in_force"], context["signed"]) == (3, 2, 1)


def test_an_upload_without_a_file_is_told_so(lop, officer):
    response = officer.post(page_of(lop, "signed_upload"), follow=True)
    assert "Please choose the signed PDF files" in response.content.decode()


def test_a_waiting_file_is_compared_side_by_side_and_accepted(lop, officer):
    copy = waiting(lop)
    text = officer.get(page_of(lop, "compare", copy.pk)).content.decode()
    key = f"c{copy.certificate_id}"
    for which in (key, "copy"):
        assert page_of(lop, "copy_picture", copy.pk, which) in text
        response = officer.get(page_of(lop, "copy_picture", copy.pk, which))
        assert (response.status_code, response.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
    assert "both say the same words" in text
    other = Certificate.objects.order_by("-number").first()
    response = officer.get(page_of(lop, "compare", copy.pk), {"paper": f"c{other.pk}"})
    assert "Ngô Thử Châu" in response.content.decode()
    assert any("Châu" in words for words in response.context["differing"][0])
    officer.post(page_of(lop, "answer_copy", copy.pk), {"paper": key, "accept": "1"})
    copy.refresh_from_db()
    assert copy.matched == Matched.ACCEPTED
    officer.post(page_of(lop, "answer_copy", copy.pk), {"refuse": "1"})
    copy.refresh_from_db()
    assert copy.matched == Matched.REFUSED


def test_a_signed_file_leaves_byte_for_byte(lop, officer):
    file = signed(papers()[0])
    [taken] = take_in_signed(lop.course, [("a.pdf", file)], actor=lop.officer)
    response = officer.get(page_of(lop, "copy_file", taken.copy.pk))
    assert (response.content, response["Content-Type"]) == (file, "application/pdf")


@pytest.mark.parametrize(
    ("kind", "where", "see", "act"),
    [
        (RoleKind.OFFICER, "host", 200, 200),
        (RoleKind.ORGANISER, "host", 200, 404),
        (RoleKind.OFFICER, "foreign", 404, 404),
        (RoleKind.ORGANISER, "foreign", 404, 404),
        (RoleKind.COORDINATOR, "host", 302, 302),
        (None, None, 302, 302),
    ],
)
def test_who_reads_and_who_acts(lop, client, kind, where, see, act):
    copy = waiting(lop)
    if kind:
        office = {"host": lop.host, "foreign": Class(code="LOP-2").host}[where]
        signed_in(client, make_organiser(office, kind))
    assert client.get(page_of(lop, "signed")).status_code == see
    assert client.get(page_of(lop, "compare", copy.pk)).status_code == see
    assert client.get(page_of(lop, "copy_file", copy.pk)).status_code == see
    assert client.get(page_of(lop, "copy_picture", copy.pk, "copy")).status_code == see
    assert client.post(page_of(lop, "signed_zip")).status_code == act
    file = SimpleUploadedFile("a.pdf", signed(papers()[1]))
    assert client.post(page_of(lop, "signed_upload"), {"files": file}).status_code == (302 if act == 200 else act)
    assert client.post(page_of(lop, "answer_copy", copy.pk), {"refuse": "1"}).status_code == (
        302 if act == 200 else act
    )
    copy.refresh_from_db()
    assert (copy.matched == Matched.REFUSED, SignedCopy.objects.count()) == ((True, 2) if act == 200 else (False, 1))


def test_what_is_not_there_is_not_found(lop, officer):
    copy = waiting(lop)
    for pk in (copy.pk + 1, 10**30):
        for name in ("compare", "copy_file"):
            assert officer.get(page_of(lop, name, pk)).status_code == 404
    assert officer.get(page_of(lop, "copy_picture", copy.pk, "c999999")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_whatever_the_number(lop, officer, django_assert_num_queries, count):
    files = [(f"{n}.pdf", signed(pdf)) for n, pdf in enumerate(papers()[:count])]
    files += [(f"lạ {n}.pdf", signed(rewritten(pdf))) for n, pdf in enumerate(papers()[:count])]
    take_in_signed(lop.course, files, actor=lop.officer)
    officer.get(page_of(lop, "signed"))
    with django_assert_num_queries(PAGE_QUERIES):
        assert len(officer.get(page_of(lop, "signed")).context["waiting"]) == count


PAGE_QUERIES = 8


# Roots


def test_the_administrator_installs_a_root_sees_its_fingerprint_and_takes_it_out(lop, client):
    client.cookies["language"] = "en"
    signed_in(client, make_user(is_superuser=True))
    add = reverse("admin:attendance_trustedroot_add")
    assert client.get(add).status_code == 200
    file = SimpleUploadedFile("goc.pem", authority().pem.encode())
    response = client.post(add, {"certificate": file}, follow=True)
    root = TrustedRoot.objects.get()
    printed = ":".join(root.fingerprint.upper()[at : at + 2] for at in range(0, 64, 2))
    assert printed in response.content.decode()
    assert printed in client.get(ROOTS).content.decode()
    out = reverse("admin:attendance_trustedroot_take_out", args=[root.pk])
    assert client.get(out).status_code == 405
    assert client.post(out).status_code == 302
    root.refresh_from_db()
    assert root.removed_at is not None
    response = client.post(add, {"certificate": SimpleUploadedFile("x.pem", b"no")})
    assert "This is not a certificate" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_installing_a_root_has_the_copies_judged_anew(client):
    lop = Class()
    lop.attended(1)
    prepared(lop)
    take_in_signed(lop.course, [("a.pdf", signed(papers()[0]))], actor=lop.officer)
    signed_in(client, make_user(is_superuser=True))
    file = SimpleUploadedFile("goc.pem", authority().pem.encode())
    client.post(reverse("admin:attendance_trustedroot_add"), {"certificate": file})
    from attendance.tasks.signatures import judge_signatures

    assert BackgroundTask.objects.filter(task_path__endswith="judge_signatures").count() == 1
    judge_signatures.call()
    assert SignedCopy.objects.get().state == SignatureState.VALID


def test_roots_are_the_administrators_alone(lop, officer):
    for name in ("changelist", "add"):
        assert officer.get(reverse(f"admin:attendance_trustedroot_{name}")).status_code in (403, 404)
