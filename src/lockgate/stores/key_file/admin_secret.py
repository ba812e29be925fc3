"""The administrator's secret: made once, shown once, kept as a digest."""

import hmac
import secrets
from pathlib import Path

from lockgate.core import key_format
from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.stores.key_file.files import read_limited, write_once, write_whole
from lockgate.stores.key_file.pepper import pepper

FILE = "admin.secret.hmac-sha256"


def exists(folder: Path) -> bool:
    """Whether the folder has a whole one. An empty or damaged file is none: nothing verifies against it."""
    return _stored(folder) is not None


def create(folder: Path) -> Secret | None:
    """A new secret of 256 bits, or None when there is one already, which stays."""
    secret = key_format.make(secrets.token_bytes(32), key_format.ADMIN)
    made = write_once(folder / FILE, pepper(folder).digest(secret.encode()).encode() + b"\n")
    if not made and not exists(folder):
        raise StoreError(f"{folder / FILE} is damaged; remove it to have a new admin secret made")
    return Secret(secret) if made else None


def replace(folder: Path) -> Secret:
    """A new secret in the place of the old one, which ends at once, in every process."""
    secret = key_format.make(secrets.token_bytes(32), key_format.ADMIN)
    write_whole(folder / FILE, pepper(folder).digest(secret.encode()).encode() + b"\n")
    return Secret(secret)


def matches(folder: Path, candidate: bytes) -> bool:
    """Whether the candidate is the administrator's secret. Without a stored one nothing is."""
    stored = _stored(folder)
    offered = pepper(folder).digest(candidate)
    return hmac.compare_digest(offered, stored or "") if stored else False


def _stored(folder: Path) -> str | None:
    try:
        text = read_limited(folder / FILE, 128).decode("ascii").strip()
    except (OSError, ValueError):
        return None
    return text if len(text) == 64 and set(text) <= set("0123456789abcdef") else None
