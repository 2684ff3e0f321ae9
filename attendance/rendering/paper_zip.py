"""Many papers as one ZIP, made while it is sent: no more than one paper is held at a time."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from courses.constants.names import clean_text

#: What Windows takes in no name of a file, and what would lead into a folder.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_LONGEST_NAME = 120
#: The time of every entry, so that the same papers give the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def paper_name(number: str, person: str) -> str:
    """ "015-2022-GCN Ngô Thử An.pdf": the number first, so that a folder stands in the order of the register."""
    return f"{file_name(f'{number} {person}')}.pdf"


def file_name(text: str) -> str:
    """The text as a name without its ending that every system takes."""
    return _NOT_IN_NAMES.sub("-", clean_text(text))[:_LONGEST_NAME].strip(" .")


def zip_papers(papers: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The ZIP of (name, bytes), in pieces. Papers are stored as they are: a PDF is packed already. A name that came
    before gets (2), (3), … before its ending."""
    sink = _Sink()
    seen: dict[str, int] = {}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as packed:
        for name, content in papers:
            packed.writestr(zipfile.ZipInfo(unlike(name, seen), _TIME), content)
            yield sink.taken()
    yield sink.taken()


def unlike(name: str, seen: dict[str, int]) -> str:
    """The name, with (2), (3), … before its ending when it was seen before."""
    key = name.casefold()
    seen[key] = seen.get(key, 0) + 1
    if seen[key] == 1:
        return name
    start, dot, end = name.rpartition(".")
    return unlike(f"{start} ({seen[key]}){dot}{end}", seen)


class _Sink(io.RawIOBase):
    """A file that is only written to, and from which what was written is taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole
