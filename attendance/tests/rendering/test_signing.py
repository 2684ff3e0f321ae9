"""The check mark of the software: what pdfsig and our own reader say of it, and when it is refused."""

import datetime as dt
import io
import shutil
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from asn1crypto import tsp
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from attendance.readers.signatures import Asked, read_signatures
from attendance.rendering.signing import sign
from attendance.tests.readers.test_signatures import paper
from attendance.tests.signing import PASSWORD, authority
from courses.constants.clock import now
from courses.constants.errors import Refusal
from courses.constants.signing_key import SigningKeyUnusable, load_signing_key, new_development_key


@pytest.fixture
def key(tmp_path, settings):
    """Installs a key of the kind asked for, with whatever dates."""

    def install(**options):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.p12"
        path.write_bytes(authority().p12("Phần mềm Thử", **options))
        settings.SIGNING_P12, settings.SIGNING_PASSWORD = str(path), PASSWORD

    return install


def read(pdf: bytes, *roots: str):
    [found] = read_signatures([Asked(pdf, now(), len(paper()))], roots or (authority().pem,))
    return found


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="poppler is not installed")
@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_our_mark_is_valid_to_our_reader_and_to_pdfsig_and_leaves_the_paper_as_it_is(kind, key, tmp_path):
    key(kind=kind)
    marked = sign(paper())
    assert marked.startswith(paper())
    found = read(marked)
    assert (found.state, found.untouched) == ("valid", True)
    assert [(one["signer"], one["stamped"]) for one in found.signatures] == [("Phần mềm Thử", False)]
    path = tmp_path / "marked.pdf"
    path.write_bytes(marked)
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, check=False, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_a_key_out_of_its_time_signs_nothing(key):
    for dates in ({"end": now() - dt.timedelta(days=1)}, {"start": now() + dt.timedelta(days=1)}):
        key(**dates)
        with pytest.raises(Refusal):
            sign(paper())


@contextmanager
def stamping(answer):
    """A time-stamp service on this machine; `answer` makes the bytes of its answer of those of the question."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            content = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_with_a_time_stamp_service_the_mark_carries_its_stamp(key, settings):
    key()
    stamper = authority().signer("Dấu giờ Thử", kind="rsa", stamps=True)
    service = DummyTimeStamper(stamper.signing_cert, stamper.signing_key)
    with stamping(lambda data: service.request_tsa_response(tsp.TimeStampReq.load(data)).dump()) as address:
        settings.SIGNING_TSA = address
        marked = sign(paper())
    found = read(marked)
    assert found.state == "valid"
    assert [one["stamped"] for one in found.signatures] == [True]


def test_a_time_stamp_service_that_answers_nonsense_or_nothing_is_told(key, settings):
    key()
    with stamping(lambda _data: b"no stamp") as address:
        settings.SIGNING_TSA = address
        with pytest.raises(Refusal):
            sign(paper())
    with pytest.raises(Refusal):
        sign(paper())


def test_a_development_key_says_so_in_its_name(tmp_path):
    path = tmp_path / "dev.p12"
    path.write_bytes(new_development_key("bimat", at=now()))
    found = load_signing_key(path, "bimat")
    assert (found.is_for_development, "DEVELOPMENT KEY" in found.name) == (True, True)
    for password in ("wrong", ""):
        with pytest.raises(SigningKeyUnusable):
            load_signing_key(path, password)
    assert "PRIVATE" not in repr(found)
    assert io.BytesIO(path.read_bytes()).read(1) == b"\x30"
