"""What was uploaded at once: signed PDF files, one by one or packed in ZIP files."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from attendance.readers.signatures import MOST_MEGABYTES
from courses.constants.errors import Refusal
from courses.constants.names import clean_text
from courses.readers import container
from courses.readers.unreadable import Unreadable

MOST_FILES = 2_000
MOST_UPLOAD_MEGABYTES = 150
_MOST_BYTES = MOST_UPLOAD_MEGABYTES * 1024 * 1024


def check_upload_size(size: int) -> None:
    """Refusal when so many bytes in all are not taken; a form asks before the bytes are read into memory."""
    if size > _MOST_BYTES:
        raise Refusal(
            _("The files are larger than %(megabytes)d MB together. Please send them in several parts.")
            % {"megabytes": MOST_UPLOAD_MEGABYTES}
        )


def unpack(uploaded: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """(name, bytes) of each file; of a ZIP those within it, whatever their folders, without what a system adds.

    A file that is too large comes with one byte more than a reader takes, which that refuses. Refusal for a ZIP that
    cannot be read, and for too much.
    """
    found: list[tuple[str, bytes]] = []
    for name, content in uploaded:
        found += _of_zip(content) if content.startswith(b"PK") else [(_last(name), content)]
        if len(found) > MOST_FILES:
            raise Refusal(_("There are more than %(most)d files. Please send them in several parts.") % _MOST)
        check_upload_size(sum(len(content) for _name, content in found))
    return found


_MOST = {"most": MOST_FILES}


def _of_zip(content: bytes) -> list[tuple[str, bytes]]:
    try:
        archive = container.open_zip(content)
        listed = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_of_system(entry.filename)]
        if len(listed) > MOST_FILES:
            raise Refusal(_("There are more than %(most)d files. Please send them in several parts.") % _MOST)
        too_big = b" " * (MOST_MEGABYTES * 1024 * 1024 + 1)
        return [
            (_last(entry.filename), too_big if entry.file_size >= len(too_big) else archive.read(entry))
            for entry in listed
        ]
    except Unreadable as unreadable:
        sentences = {
            "bomb": _("What is packed in this ZIP file is far too large. Please send it in several parts."),
            "password": _("The ZIP file is protected by a password. Please pack it without one."),
        }
        raise Refusal(sentences.get(unreadable.code, _damaged())) from None
    except Refusal:
        raise
    except Exception:  # zlib, bad CRC, unknown method: the library names no common class
        raise Refusal(_damaged()) from None


def _damaged() -> str:
    return _("The ZIP file is damaged or was cut short on its way. Please pack it again.")


def _is_of_system(name: str) -> bool:
    return name.startswith("__MACOSX/") or _last(name) in (".DS_Store", "Thumbs.db", "desktop.ini")


def _last(name: str) -> str:
    """A name is shown and looked at, and never a place to write to."""
    return clean_text(PurePosixPath(name.replace("\\", "/")).name)[-255:]
