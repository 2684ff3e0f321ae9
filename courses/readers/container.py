"""First stage: what is this file, judged by its bytes alone, and may it be opened at all.

A file's name says nothing. Macros are never run: no reader here knows how.
"""

import io
import re
import zipfile

from courses.readers.unreadable import Unreadable

MOST_MEGABYTES = 20
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
MOST_UNPACKED = 150 * 1024 * 1024
MOST_PARTS = 5_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a]")
_NOT_TABLES = (b"%PDF", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ")


def kind_of(data: bytes) -> str:
    """ "xlsx", "xls", "ods", "docx" or "csv". Unreadable for anything else."""
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    if len(data) > MOST_BYTES:
        raise Unreadable("too_big", megabytes=MOST_MEGABYTES)
    if data.startswith(b"PK"):
        return _kind_of_zip(data)
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    if data.startswith(_NOT_TABLES):
        raise Unreadable("not_a_table")
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise Unreadable("web_page")
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and _CONTROL.search(data):
        raise Unreadable("not_a_table")
    return "csv"


def open_zip(data: bytes) -> zipfile.ZipFile:
    """The archive, when its directory is whole and what it says about sizes is bearable."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError):
        raise Unreadable("damaged") from None
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("bomb")
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("password")
    return archive


def part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part unpacked; its size was looked at before."""
    try:
        return archive.read(name)
    except KeyError:
        raise Unreadable("damaged") from None
    except Exception:  # zlib, bad CRC, unknown method: the library names no common class
        raise Unreadable("damaged") from None


def _kind_of_zip(data: bytes) -> str:
    archive = open_zip(data)
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.bin" in names:
        raise Unreadable("old_format")
    if "mimetype" in names and part(archive, "mimetype").strip().startswith(_ODS):
        if "META-INF/manifest.xml" in names and b"encryption-data" in part(archive, "META-INF/manifest.xml"):
            raise Unreadable("password")
        return "ods"
    raise Unreadable("not_a_table")


def _kind_of_ole(data: bytes) -> str:
    """The old Office container names its streams in UTF-16; a directory entry is enough to know it."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") + b"\0\0" in data

    if has("EncryptedPackage") or has("EncryptionInfo"):
        raise Unreadable("password")
    if has("WordDocument"):
        raise Unreadable("old_format")
    if has("Workbook") or has("Book"):
        return "xls"
    raise Unreadable("not_a_table")
