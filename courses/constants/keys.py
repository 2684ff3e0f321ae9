"""The secrets of an installation: `keys.json` in its data directory, made on the first run.

Settings read it, so only the standard library is used here. Its sentences are Vietnamese in the
code, because no catalogue can be read before the settings are.
"""

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE_NAME = "keys.json"
KEY_BYTES = 32
_SINGLE = ("fingerprint", "link", "pass_", "feed", "office_link")


class KeysUnreadable(Exception):
    """The key file cannot be used; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Keys:
    """All keys are 32 bytes; `citizen` holds every key that a stored number may still need.

    They are left out of the repr, so that no log or error page shows one.
    """

    secret_key: str = field(repr=False)
    citizen: Mapping[str, bytes] = field(repr=False)
    citizen_current: str
    fingerprint: bytes = field(repr=False)
    link: bytes = field(repr=False)
    pass_: bytes = field(repr=False)
    feed: bytes = field(repr=False)
    office_link: bytes = field(repr=False)


def load_keys(data_dir: Path) -> Keys:
    """The keys of the installation, made (mode 0600) when there are none.

    Two processes that start at once get the same keys. KeysUnreadable when the file is damaged or
    may not be read; it is never replaced, for what was encrypted would be lost.
    """
    path = Path(data_dir) / FILE_NAME
    try:
        if not path.exists():
            _create(path)
        return _parse(path.read_bytes())
    except OSError as error:
        raise KeysUnreadable(
            f"Không đọc hoặc không tạo được tệp khóa {path} ({error.strerror or error}). "
            "Hãy kiểm tra quyền của thư mục dữ liệu (DATA_DIR) rồi khởi động lại."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysUnreadable(
            f"Tệp khóa {path} bị hỏng. Hãy chép lại tệp này từ bản sao lưu; "
            "đừng xóa nó, vì nếu mất khóa thì không đọc lại được số định danh đã lưu."
        ) from error


def _create(path: Path) -> None:
    """Write beside, then put in place only if nobody was faster: no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(prefix=".keys-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(_new(), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        # Neither replaces an existing file: a rename does on POSIX, a link does not.
        (os.rename if os.name == "nt" else os.link)(beside, path)
    except FileExistsError:
        pass
    finally:
        Path(beside).unlink(missing_ok=True)


def _new() -> dict[str, Any]:
    key_id = secrets.token_hex(2)
    return {
        "secret_key": secrets.token_urlsafe(50),
        "citizen": {key_id: _random_key()},
        "citizen_current": key_id,
        **{name: _random_key() for name in _SINGLE},
    }


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _parse(content: bytes) -> Keys:
    raw = json.loads(content)
    citizen = {key_id: _key(value) for key_id, value in raw["citizen"].items()}
    current, secret_key = raw["citizen_current"], raw["secret_key"]
    if current not in citizen or not isinstance(secret_key, str) or len(secret_key) < 50:
        raise ValueError("the current citizen key or the secret key is missing")
    return Keys(
        secret_key=secret_key,
        citizen=MappingProxyType(citizen),
        citizen_current=current,
        **{name: _key(raw[name]) for name in _SINGLE},
    )


def _key(value: str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key of the wrong length")
    return key
