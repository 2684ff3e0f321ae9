"""The child process of `limited`: a file on standard input, its reading as JSON on standard output.

The first line of the input is JSON, {"on": day, "meanings": {title: field}}; what follows is the file.

It knows no settings, no keys and no database; its memory and time end where `limited` said.
"""

import datetime as dt
import json
import sys

try:
    import resource
except ImportError:  # Windows has no such limits; the parent's clock is the only one there
    resource = None  # type: ignore[assignment]


def limit(memory: int, seconds: int) -> None:
    """Address space in bytes and processor time; beyond them the process ends."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold people's data


def main(memory: str, seconds: str) -> None:
    limit(int(memory), int(seconds))
    # What reads the file is loaded under the limits.
    from courses.readers.rosters import read_answer
    from courses.readers.unreadable import Unreadable

    try:
        asked = json.loads(sys.stdin.buffer.readline())
        answer = read_answer(sys.stdin.buffer.read(), dt.date.fromisoformat(asked["on"]), asked["meanings"])
    except Unreadable as refused:
        answer = {"refused": [refused.code, refused.params], "titles": refused.titles}
    except (MemoryError, RecursionError):
        answer = {"refused": ["too_long", {}]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
