"""What a process is given that does one piece of work on a file and ends: limits, no keys, no database."""

import os
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's clock is the only one there
    resource = None  # type: ignore[assignment]

PROJECT = Path(__file__).resolve().parents[2]
#: What a Python process needs from its surroundings; keys and addresses of databases are not among it.
_KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


def surroundings() -> dict[str, str]:
    return {key: os.environ[key] for key in _KEPT if key in os.environ} | {"PYTHONDONTWRITEBYTECODE": "1"}


def limit(memory: int, seconds: int) -> None:
    """Address space in bytes and processor time; beyond them the process ends."""
    if resource is not None:
        _soft, most = resource.getrlimit(resource.RLIMIT_AS)
        if most != resource.RLIM_INFINITY:
            memory = min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's data
