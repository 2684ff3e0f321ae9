"""The secrets of an installation: `keys.json` in its data directory, made on the first run.

Settings read it, so only the standard library is used here, also for the catalogue.
"""

import base64
import gettext
import hashlib
import hmac
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
#: Kinds that came later have keys of their own too, each derived from one in the file: the file, of which people keep
#: copies apart, stays as it was made.
_DERIVED = ("door", "hall", "hall_screen")

_ = gettext.translation(
    "django", localedir=Path(__file__).resolve().parents[2] / "locale", languages=["vi"], fallback=True
).gettext


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
    door: bytes = field(repr=False)
    hall: bytes = field(repr=False)
    hall_screen: bytes = field(repr=False)


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
            _(
                "The key file %(path)s cannot be read or made (%(reason)s). "
                "Check who may use the data folder (DATA_DIR), then start again."
            )
            % {"path": path, "reason": error.strerror or error}
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeysUnreadable(
            _(
                "The key file %(path)s is damaged. Put back a copy of it from a backup. Do not delete it: "
                "without the keys the stored citizen numbers can never be read again."
            )
            % {"path": path}
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
    single = {name: _key(raw[name]) for name in _SINGLE}
    return Keys(
        secret_key=secret_key,
        citizen=MappingProxyType(citizen),
        citizen_current=current,
        **single,
        **{name: hmac.digest(single["pass_"], f"key of {name}".encode(), hashlib.sha256) for name in _DERIVED},
    )


def _key(value: str) -> bytes:
    key = base64.b64decode(value, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key of the wrong length")
    return key
