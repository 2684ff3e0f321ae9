"""What the digital signatures of PDF files say; runs in the child process of `courses.readers.limited`.

Plain values in and out, no settings, no database, no network: revocation is known only as far as the file brings lists
of it along. Trust is judged as of `at`, the moment at which the site took the file in: it has kept these very bytes
since, so that a certificate that ends later takes nothing away. A trusted time stamp in the file moves it back.
"""

import datetime as dt
import io
import logging
from collections.abc import Iterator
from typing import Any

from asn1crypto import cms, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from courses.constants.names import clean_text

#: More signatures than any paper has; each costs a look at the whole file.
MOST_SIGNATURES = 12
#: In which papers are signed digitally.
_YEARS = range(2000, 2101)
#: What a signature adds to the catalogue of a file, and what its tool writes about itself.
_OF_CATALOGUE = {"/AcroForm", "/Extensions", "/Version", "/Metadata", "/DSS", "/Perms"}


def answer_asked(data: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """{"rows": what `facts_of` says of each file}. `data` are the files one after the other; `asked` has `files`, a
    list of [bytes, bytes of the original or 0, ISO moment of taking in], and `roots` (PEM); or `root`: what
    `root_facts` says of the data."""
    logging.disable(logging.ERROR)  # the library tells at length of each fault; here it is the answer
    if "root" in asked:
        return {"rows": [root_facts(data)]}
    roots = [_certificate(root) for root in asked["roots"]]
    return {"rows": list(_each(data, asked["files"], roots))}


def _each(data: bytes, files: list, roots: list[asn1_x509.Certificate]) -> Iterator[dict[str, Any]]:
    start = 0
    for size, original, at in files:
        yield facts_of(data[start : start + size], roots, original=original, at=dt.datetime.fromisoformat(at))
        start += size


def facts_of(pdf: bytes, roots: list[asn1_x509.Certificate], *, original: int, at: dt.datetime) -> dict[str, Any]:
    """{"code", "untouched", "signatures"}.

    `code`: "" when all signatures are intact and the last covers the whole file, else why not: "not_pdf", "password",
    "unsigned", "too_many", "unreadable", "changed", "added", "revoked". `untouched`: nothing but signatures came to the
    first `original` bytes; True when `original` is 0. `signatures`: as in `attendance.models.SignedCopy`.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        if reader.encrypted:
            return _only("password")
        found = list(reader.embedded_signatures)
    except MemoryError:
        raise
    except Exception:  # whatever is wrong with the file, the library names no common class
        return _only("not_pdf")
    signatures = [one for one in found if one.sig_object_type == "/Sig"]
    if not signatures:
        return _only("unsigned")
    if len(found) > MOST_SIGNATURES:
        return _only("too_many")
    try:
        said = [_signature(reader, one, roots, at, is_last=one is found[-1]) for one in signatures]
        stamps = [_stamp(one, roots, at, is_last=one is found[-1]) for one in found if one not in signatures]
        untouched = not original or _only_signatures_came(reader, pdf[:original])
    except MemoryError:
        raise
    except Exception:
        return _only("unreadable")
    codes = [code for code, _facts in said] + stamps
    return {
        "code": next(filter(None, codes), ""),
        "untouched": untouched,
        "signatures": [facts for _code, facts in said],
    }


def _only(code: str) -> dict[str, Any]:
    return {"code": code, "untouched": False, "signatures": []}


def _certificate(text: str) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(pem.unarmor(text.encode("ascii"))[2])


def _context(reader: PdfFileReader, roots: list, at: dt.datetime) -> ValidationContext:
    said: dict[str, Any] = {"trust_roots": roots, "allow_fetching": False, "moment": at, "best_signature_time": at}
    try:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(said)
    except NoDSSFoundError:
        return ValidationContext(**said)


def _signature(
    reader: PdfFileReader, one: EmbeddedPdfSignature, roots: list, at: dt.datetime, *, is_last: bool
) -> tuple[str, dict[str, Any]]:
    status = validate_pdf_signature(one, signer_validation_context=_context(reader, roots, at))
    stamp = status.timestamp_validity
    if stamp is not None and stamp.valid and stamp.intact and stamp.trusted and stamp.timestamp < at:
        one = next(other for other in reader.embedded_signatures if other.field_name == one.field_name)
        status = validate_pdf_signature(one, signer_validation_context=_context(reader, roots, stamp.timestamp))
    intact = status.intact and status.valid and _is_tidy(one)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    trusted = intact and status.trusted and status.seed_value_ok
    code = ""
    if not intact or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        code = "changed"
    elif not _changed_nothing(status, reader) or (is_last and not whole):
        code = "added"
    elif status.revoked:
        code = "revoked"
    trouble = status.trust_problem_indic
    subject = one.signer_cert.subject.native
    return code, {
        "signer": _named(subject, "common_name"),
        "organisation": _named(subject, "organization_name"),
        "at": _moment(status.signer_reported_dt),
        "stamped": bool(stamp is not None and stamp.trusted and intact),
        "whole": whole,
        "intact": intact,
        "changed": code == "added",
        "trusted": trusted,
        "root": _root(status) if trusted else "",
        "trouble": "" if trusted or trouble is None else trouble.name.lower(),
    }


def _stamp(one: EmbeddedPdfSignature, roots: list, at: dt.datetime, *, is_last: bool) -> str:
    """What is the matter with a time stamp over the whole document, which archives put on last."""
    status = validate_pdf_timestamp(one, validation_context=_context(one.reader, roots, at))
    if not (status.intact and status.valid and _is_tidy(one)):
        return "changed"
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return "" if _changed_nothing(status, one.reader) and (whole or not is_last) else "added"


def _changed_nothing(status, reader: PdfFileReader) -> bool:
    """After this signature came only others. The library also lets fields be filled in: papers have none."""
    level = status.modification_level
    if level is None or level > ModificationLevel.FORM_FILLING:
        return False
    return level < ModificationLevel.FORM_FILLING or _has_signature_fields_alone(reader)


def _moment(said: dt.datetime | None) -> str:
    """ISO, "" when the signature says none or one that cannot be: nobody reckons with the last hour of 9999."""
    return said.isoformat() if said and said.year in _YEARS else ""


def _named(subject: dict[str, Any], name: str) -> str:
    value = subject.get(name, "")
    return clean_text(value if isinstance(value, str) else ", ".join(value))[:200]


def _root(status) -> str:
    return _named(status.validation_path.trust_anchor.authority.name.native, "common_name")


def _is_tidy(one: EmbeddedPdfSignature) -> bool:
    """Nothing was altered in what a signature brings along and does not cover itself: filling, certificates, names of
    methods. The library takes no notice of these, and nobody is misled by them; but a changed file is a changed one."""
    start, length, after, _rest = (int(value) for value in one.byte_range)
    stream = one.reader.stream
    stream.seek(start + length)
    hexadecimal = stream.read(after - start - length).strip(b"<>")
    if hexadecimal not in (hexadecimal.lower(), hexadecimal.upper()):
        return False
    content = bytes.fromhex(hexadecimal.decode("ascii"))
    end = _end(content, 0)
    if end is None or content[end:].strip(b"\0"):
        return False
    signed = cms.ContentInfo.load(content[:end])["content"]
    [signer] = signed["signer_infos"]
    methods = {method.dump() for method in signed["digest_algorithms"]}
    if methods != {signer["digest_algorithm"].dump()} or signed["version"].native not in ("v1", "v3"):
        return False
    by_key = signer["sid"].name == "subject_key_identifier"
    return signer["version"].native == ("v3" if by_key else "v1") and _certificates_are_whole(signed, one)


def _end(content: bytes, start: int) -> int | None:
    """Where the DER value at `start` ends; None when the lengths of its parts do not add up to its own."""
    tag, length, start = content[start], content[start + 1], start + 2
    if length & 0x80:
        octets = length & 0x7F
        length, start = int.from_bytes(content[start : start + octets]), start + octets
    end = start + length
    if end > len(content):
        return None
    while tag & 0x20 and start < end:
        part = _end(content, start)
        if part is None or part > end:
            return None
        start = part
    return end


def _certificates_are_whole(signed: cms.SignedData, one: EmbeddedPdfSignature) -> bool:
    """Each certificate is the signer's or an issuer's of another, and was really made by its issuer where that one came
    with it. Installed roots are not asked: an authority renews its key under its old name."""
    brought = [x509.load_der_x509_certificate(choice.chosen.dump()) for choice in signed["certificates"]]
    signer = x509.load_der_x509_certificate(one.signer_cert.dump())
    for certificate in brought:
        issuers = [other for other in brought if other.subject == certificate.issuer]
        if issuers and not any(_issued(certificate, issuer) for issuer in issuers):
            return False
        needed = any(other.issuer == certificate.subject for other in brought if other != certificate)
        if certificate != signer and not needed:
            return False
    return True


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError):
        return False
    except (UnsupportedAlgorithm, TypeError):
        return True  # a method that is not known here says nothing
    return True


# What came between the paper as it went out and its first signature: a signature covers that as well.


def _only_signatures_came(reader: PdfFileReader, original: bytes) -> bool:
    """Of the objects of the original only the catalogue, the page of a visible signature and the notes of a tool about
    itself were written anew, and these hold nothing new but fields for signatures."""
    before = PdfFileReader(io.BytesIO(original), strict=False)
    base = before.xrefs.total_revisions
    if before.root_ref.idnum != reader.root_ref.idnum or not _has_signature_fields_alone(reader):
        return False
    if not _leads_back(reader, before):
        return False
    notes = {_idnum(reader.trailer, "/Info"), _idnum(reader.root, "/Metadata")}
    notes &= {_idnum(before.trailer, "/Info"), _idnum(before.root, "/Metadata")}
    old = {ref.idnum for revision in range(base) for ref in before.xrefs.explicit_refs_in_revision(revision)}
    for revision in range(base, reader.xrefs.total_revisions):
        if any(ref.idnum in old for ref in reader.xrefs.refs_freed_in_revision(revision)):
            return False
        for ref in reader.xrefs.explicit_refs_in_revision(revision):
            if ref.idnum not in old:
                continue
            # Other readers take the latest generation of a number, whichever is asked for.
            if ref.generation or (ref.idnum not in notes and not _is_as_before(reader, before, ref.idnum)):
                return False
    return True


def _leads_back(reader: PdfFileReader, before: PdfFileReader) -> bool:
    """The tables of contents of the file end in those of the original: else a whole other paper can stand behind it."""
    tables, base = reader.xrefs, before.xrefs.total_revisions
    return tables.total_revisions > base and all(
        tables.get_startxref_for_revision(number) == before.xrefs.get_startxref_for_revision(number)
        for number in range(base)
    )


def _is_as_before(reader: PdfFileReader, before: PdfFileReader, idnum: int) -> bool:
    new = reader.get_object(generic.Reference(idnum, 0, reader))
    old = before.get_object(generic.Reference(idnum, 0, before))
    if not isinstance(new, generic.DictionaryObject) or not isinstance(old, generic.DictionaryObject):
        return _plain(new) == _plain(old)
    if isinstance(new, generic.StreamObject) and isinstance(old, generic.StreamObject):
        return _plain(new) == _plain(old) and new.encoded_data == old.encoded_data
    if idnum == before.root_ref.idnum:
        return _plain(new, _OF_CATALOGUE) == _plain(old, _OF_CATALOGUE) and "/AcroForm" not in old
    if old.get("/Type") == "/Page":
        kept, notes = _notes_on(old), _notes_on(new)
        fields = [reader.get_object(generic.Reference(number, 0, reader)) for number in notes[len(kept) :]]
        same = notes[: len(kept)] == kept and all(field.get("/FT") == "/Sig" for field in fields)
        return same and _plain(new, {"/Annots"}) == _plain(old, {"/Annots"})
    return _plain(new) == _plain(old)


def _notes_on(page: generic.DictionaryObject) -> list[int]:
    """The numbers of what lies on a page: links, fields."""
    return [note.idnum for note in page.get("/Annots", ())]


def _plain(value, without: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
    """For comparing: references by their number, as the two files are read apart."""
    match value:
        case generic.IndirectObject():
            return ("ref", value.idnum)
        case generic.DictionaryObject():
            return {str(key): _plain(value.raw_get(key)) for key in value if str(key) not in without}
        case generic.ArrayObject():
            return [_plain(value.raw_get(index)) for index in range(len(value))]
        case _:
            return (type(value).__name__, value)


def _idnum(holder, name: str) -> int | None:
    try:
        return getattr(holder.raw_get(name), "idnum", None)
    except KeyError:
        return None


def _has_signature_fields_alone(reader: PdfFileReader) -> bool:
    try:
        form = reader.root["/AcroForm"]
    except KeyError:
        return True
    listed = form.get("/Fields", generic.ArrayObject())
    fields = [listed[number] for number in range(len(listed))]
    return "/XFA" not in form and all(field.get("/FT") == "/Sig" for field in fields)


def root_facts(data: bytes) -> dict[str, str]:
    """{"name", "pem", "fingerprint"} of a certificate, PEM or DER, or {"code"}: "no_certificate", "no_root"."""
    try:
        is_pem = b"-----BEGIN" in data
        certificate = x509.load_pem_x509_certificate(data) if is_pem else x509.load_der_x509_certificate(data)
        names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        text = certificate.public_bytes(Encoding.PEM).decode("ascii")
    except ValueError:
        return {"code": "no_certificate"}
    try:
        is_root = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        is_root = False
    if not is_root:
        return {"code": "no_root"}
    name = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return {"name": clean_text(name)[:200], "pem": text, "fingerprint": certificate.fingerprint(SHA256()).hex()}
