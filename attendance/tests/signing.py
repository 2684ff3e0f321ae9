"""An authority of certificates, officials with keys, and files signed by them, all made up."""

import datetime as dt
import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from asn1crypto import crl as asn1_crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.validation.dss import DocumentSecurityStore

PASSWORD = "mật khẩu thử"
START, END = dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2040, 1, 1, tzinfo=dt.UTC)


def name_of(common: str, organisation: str = "UBND thành phố Thử") -> x509.Name:
    oid = x509.oid.NameOID
    return x509.Name(
        [x509.NameAttribute(oid.ORGANIZATION_NAME, organisation), x509.NameAttribute(oid.COMMON_NAME, common)]
    )


def new_key(kind: str = "ec"):
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)


class Authority:
    def __init__(self, name: str = "Gốc Thử"):
        self.key = new_key()
        self.certificate = self._made(name_of(name, "Cơ yếu Thử"), self.key.public_key(), ca=True)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def _made(self, subject, public_key, *, ca=False, start=START, end=END, stamps=False) -> x509.Certificate:
        issuer = subject if ca else self.certificate.subject
        usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        builder = builder.add_extension(usage, critical=True)
        if not ca:
            lists = x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.invalid/")], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([lists]), critical=False)
        if stamps:
            purpose = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(purpose, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def revoking(self, certificate: x509.Certificate, on: dt.datetime) -> bytes:
        """The list of what was revoked, with this one certificate, in DER."""
        entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(on).build()
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(on).next_update(END).add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def p12(self, name: str = "Ngô Thử Ký", *, kind: str = "ec", **options) -> bytes:
        key = new_key(kind)
        certificate = self._made(name_of(name), key.public_key(), **options)
        return pkcs12.serialize_key_and_certificates(
            b"thu", key, certificate, None, BestAvailableEncryption(PASSWORD.encode())
        )

    def signer(self, name: str = "Ngô Thử Ký", **options) -> signers.SimpleSigner:
        return signers.SimpleSigner.load_pkcs12_data(self.p12(name, **options), [], PASSWORD.encode())


@cache
def authority() -> Authority:
    return Authority()


class _OfATime(PdfSigner):
    """Says another time than that of the computer."""

    at: dt.datetime | None = None

    def init_signing_session(self, *args, **options):
        session = super().init_signing_session(*args, **options)
        session.system_time = self.at or session.system_time
        return session


def signed(
    pdf: bytes, signer=None, *, field: str = "Chữ ký", visible: bool = False, at: dt.datetime | None = None
) -> bytes:
    """The file with one signature more, as a program of an office puts it on: the bytes before stay as they are."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    meta = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES)
    spec = fields.SigFieldSpec(field, box=(100, 60, 260, 110)) if visible else None
    out = io.BytesIO()
    pdf_signer = _OfATime(meta, signer or authority().signer(), new_field_spec=spec)
    pdf_signer.at = at
    with ThreadPoolExecutor(1) as thread:  # as `rendering.signing` does: beside the browser's loop none may begin here
        thread.submit(pdf_signer.sign_pdf, writer, output=out).result()
    return out.getvalue()


def with_revoked(pdf: bytes, crl: bytes) -> bytes:
    """The file with a list of revoked certificates added, as programs do that archive signatures."""
    out = io.BytesIO(pdf)
    DocumentSecurityStore.add_dss(out, sig_contents=None, crls=[asn1_crl.CertificateList.load(crl)])
    return out.getvalue()


def with_more(pdf: bytes) -> bytes:
    """The file with a page turned, as an editor saves it at the end of the file."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    page, _resources = writer.find_page_for_modification(0)
    page = page.get_object()
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
