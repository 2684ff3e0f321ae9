"""The check mark of the software: a digital signature by the key on the server (PAdES B-B; B-T with a time stamp).

It shows that a file is as this software made it. It is never the signature of the office or of an official.
"""

import io
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.signing_key import SigningKey, SigningKeyUnusable, load_signing_key

_FIELD = "Dau kiem tra cua phan mem"
_STAMP_SECONDS, _MOST_STAMP = 10, 100_000
#: Room for a signature beside its certificates, and for a time stamp with those of its authority, in bytes.
_ROOM, _ROOM_FOR_STAMP = 1_500, 12_000


def sign(pdf: bytes) -> bytes:
    """The paper with the software's mark behind it: its own bytes stay as they are.

    Refusal when the certificate is out of its time, or no time stamp can be had from the address that is set.
    """
    return _signed(pdf, _signer(settings.SIGNING_P12, settings.SIGNING_PASSWORD), settings.SIGNING_TSA, _FIELD)


def sign_by(pdf: bytes, own: SigningKey, *, field: str) -> bytes:
    """The paper with a signature by a key of somebody's own behind it, as a program of an office makes it."""
    return _signed(pdf, _Signer(own), "", field)


def _signed(pdf: bytes, signer: "_Signer", stamps: str, field: str) -> bytes:
    certificate = signer.own.certificate
    if not certificate.not_valid_before_utc <= now() <= certificate.not_valid_after_utc:
        raise Refusal(_("The certificate of the software's key is out of its time. Please have a new one installed."))
    stamper = _Stamper(stamps) if stamps else None
    meta = PdfSignatureMetadata(field_name=field, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    room = _ROOM + signer.size + (_ROOM_FOR_STAMP if stamper else 0)
    out = io.BytesIO()
    pdf_signer, writer = PdfSigner(meta, signer, timestamper=stamper), _Writer(io.BytesIO(pdf))
    try:
        # In a thread of its own: the library begins an event loop, which is refused where another is under way. Room is
        # said beforehand: else the library signs each paper twice, to see how much it takes.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(pdf_signer.sign_pdf, writer, output=out, bytes_reserved=2 * room).result()
    except (TimestampRequestError, OSError, ValueError) as error:
        if stamper is None:
            raise
        raise Refusal(
            _("The time-stamp service does not answer as it should. Nothing was signed; please try again later.")
        ) from error
    return out.getvalue()


class _Writer(IncrementalPdfFileWriter):
    """Leaves what the paper says about itself as it is: writing it anew takes a third of the time and of the space."""

    def _update_meta(self):
        pass


class _Signer(Signer):
    """The library's own reads the key anew for each signature, which takes ten times as long as signing."""

    def __init__(self, own: SigningKey):
        ders = [one.public_bytes(Encoding.DER) for one in (own.certificate, *own.chain)]
        certificate, *chain = [asn1_x509.Certificate.load(der) for der in ders]
        store = SimpleCertificateStore()
        store.register_multiple([certificate, *chain])
        super().__init__(signing_cert=certificate, cert_registry=store, embed_roots=False)
        self.own, self.size = own, sum(map(len, ders))

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if isinstance(self.own.key, ec.EllipticCurvePrivateKey):
            return self.own.key.sign(data, ec.ECDSA(SHA256()))
        return self.own.key.sign(data, PKCS1v15(), SHA256())


class _Stamper(TimeStamper):
    """Asks the time-stamp authority that is set (RFC 3161); nothing but a hash leaves the site."""

    def __init__(self, address: str):
        super().__init__()
        self._address = address

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        request = urllib.request.Request(  # noqa: S310 - settings take http and https alone
            self._address, req.dump(), {"Content-Type": "application/timestamp-query"}
        )
        with urllib.request.urlopen(request, timeout=_STAMP_SECONDS) as response:  # noqa: S310
            return tsp.TimeStampResp.load(response.read(_MOST_STAMP))


@lru_cache(maxsize=1)
def _signer(path: str, password: str) -> _Signer:
    try:
        return _Signer(load_signing_key(Path(path), password))
    except SigningKeyUnusable:
        # The start has looked at it; it was taken away or changed since.
        raise Refusal(_("The software's key cannot be read any more. Please look at SIGNING_P12.")) from None
