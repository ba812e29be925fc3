"""The administrator's secret: made once, shown once, kept as a digest."""

import hmac
import secrets
from pathlib import Path

from lockgate.core import key_format
from lockgate.core.secret import Secret
from lockgate.core.store import StoreError
from lockgate.stores.key_file.files import read_limited, write_once, write_whole
from lockgate.stores.key_file.pepper import pepper, peppers

FILE = "admin.secret.hmac-sha256"


def exists(folder: Path) -> bool:
    """Whether the folder has a whole one. An empty or damaged file is none: nothing verifies against it."""
    return _stored(folder) is not None


def create(folder: Path) -> Secret | None:
    """A new secret of 256 bits, or None when there is one already, which stays."""
    secret = key_format.make(secrets.token_bytes(32), key_format.ADMIN)
    made = write_once(folder / FILE, _line(folder, secret))
    if not made and not exists(folder):
        raise StoreError(f"{folder / FILE} is damaged; remove it to have a new admin secret made")
    return Secret(secret) if made else None


def replace(folder: Path) -> Secret:
    """A new secret in the place of the old one, which ends at once, in every process."""
    secret = key_format.make(secrets.token_bytes(32), key_format.ADMIN)
    write_whole(folder / FILE, _line(folder, secret))
    return Secret(secret)


def matches(folder: Path, candidate: bytes) -> bool:
    """Whether the candidate is the administrator's secret. Without a stored one nothing is. `StoreError` when it cannot be known."""
    if (stored := _stored(folder, must=True)) is None:
        return False
    known = [each for each in peppers(folder) if each is not None]
    return any(hmac.compare_digest(each.digest(candidate), stored[0]) for each in known)


def on_previous(folder: Path) -> bool:
    """Whether it works only as long as the previous pepper is there."""
    if (stored := _stored(folder)) is None:
        return False
    known = peppers(folder)
    return known.previous is not None and known.of(stored[1]) == known.previous.id


def _line(folder: Path, secret: str) -> bytes:
    under = pepper(folder)
    return f"{under.digest(secret.encode())} {under.id}\n".encode()


def _stored(folder: Path, *, must: bool = False) -> tuple[str, str] | None:
    """The digest and the id of its pepper. `must`: a file that cannot be read is an error, and not as good as none."""
    try:
        text = read_limited(folder / FILE, 128).decode("ascii")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        if must:
            raise StoreError(f"cannot read {folder / FILE}: {error}") from error
        return None
    digest, _, mark = text.strip().partition(" ")
    return (digest, mark) if len(digest) == 64 and set(digest) <= set("0123456789abcdef") else None
