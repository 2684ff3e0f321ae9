"""Many papers as one ZIP file, made while it is sent."""

import io
import zipfile
from collections.abc import Iterable, Iterator


def zip_papers(papers: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The ZIP of (name, bytes), piece by piece: one paper is in memory at a time. PDFs are packed already, so they are
    stored as they are."""
    out = _Passing()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in papers:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
            yield out.taken()
    yield out.taken()


class _Passing(io.RawIOBase):
    """A file that can only be written to, and forgets what was taken."""

    def __init__(self):
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
