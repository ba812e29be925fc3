"""Key-encryption keys, as text: what is over all keys of the store."""

import base64
import binascii
import hashlib

from msgspec import Struct

_STANDARD = str.maketrans("-_", "+/")


class MasterKey(Struct, frozen=True):
    """A key-encryption key. `id` tells it from others, and says nothing of it."""

    id: str
    key: bytes

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"


def master_keys(text: str) -> tuple[MasterKey, ...]:
    """Keys in the text, separated by commas, the one to seal with first: each 32 bytes, in base64 or hexadecimal.

    `ValueError` for anything else: a pass phrase is no key.
    """
    return tuple(_master_key(part.strip()) for part in text.split(","))


def _master_key(text: str) -> MasterKey:
    try:
        raw = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text.translate(_STANDARD), validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 32 or len(set(raw)) < 8:
        raise ValueError("32 random bytes in base64, as `openssl rand -base64 32` prints them")
    return MasterKey(hashlib.sha256(b"lockgate key-encryption key id\0" + raw).hexdigest()[:16], raw)
