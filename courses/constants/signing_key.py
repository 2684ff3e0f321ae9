"""The key by which the software itself may sign papers: a PKCS#12 file and its password, both from the environment."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

#: Stands in the name of every key that is made for trying out; such a one is refused where people rely on it.
DEVELOPMENT = "KHOA THU NGHIEM"
_NAME = f"{DEVELOPMENT} - DEVELOPMENT KEY, NO VALUE"
_SHORTEST_RSA = 2048


class SigningKeyUnusable(Exception):
    """`code`: "unreadable" (no such file), "password" (wrong, or no PKCS#12 file), "kind" (neither P-256 nor RSA of at
    least 2048 bits, or without its certificate)."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class SigningKey:
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        return _name_of(self.certificate)

    @property
    def is_for_development(self) -> bool:
        return DEVELOPMENT in self.name


def load_signing_key(path: Path, password: str) -> SigningKey:
    """The key with its certificate and those of its issuers. SigningKeyUnusable when it cannot sign."""
    try:
        content = path.read_bytes()
    except OSError:
        raise SigningKeyUnusable("unreadable") from None
    return read_signing_key(content, password)


def read_signing_key(content: bytes, password: str) -> SigningKey:
    """The same of the bytes of a PKCS#12 file."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(content, password.encode())
    except (ValueError, TypeError):
        raise SigningKeyUnusable("password") from None
    fit = isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    fit = fit or (isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _SHORTEST_RSA)
    if not fit or certificate is None:
        raise SigningKeyUnusable("kind")
    return SigningKey(key, certificate, tuple(chain))  # type: ignore[arg-type]


def new_development_key(password: str, *, at: dt.datetime) -> bytes:
    """A PKCS#12 file for trying out: P-256, five years, signed by itself, and saying in its name what it is."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _NAME)])
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(at - dt.timedelta(days=1)).not_valid_after(at + dt.timedelta(days=5 * 365))
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    certificate = builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())
    kept = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(DEVELOPMENT.encode(), key, certificate, None, kept)


def _name_of(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
