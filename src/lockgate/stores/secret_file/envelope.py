"""The envelope: each secret under a key of its own (AES-256-GCM), and that key under the key-encryption key."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from lockgate.core.store import StoreError

_NONCE = 12
_STANDARD = str.maketrans("-_", "+/")


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """A secret as it lies on the disk; everything in base64. `under` names the key-encryption key, `made` is a time."""

    under: str
    key: str
    value: str
    made: int


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


def seal(name: str, value: str, master: MasterKey, random: Callable[[int], bytes], now: int) -> Sealed:
    key = random(32)
    body = _encrypted(key, value.encode(), b"value", name, random)
    return Sealed(master.id, _encrypted(master.key, key, b"key", name, random), body, now)


def opened(name: str, sealed: Sealed, masters: Sequence[MasterKey]) -> str:
    """The secret; `StoreError` when none of the keys opens it."""
    return _decrypted(_key(name, sealed, masters), sealed.value, b"value", name).decode()


def rewrapped(name: str, sealed: Sealed, masters: Sequence[MasterKey], random: Callable[[int], bytes]) -> Sealed:
    """The same secret, its key now under the first of the keys. The secret itself is not touched."""
    master = masters[0]
    key = _key(name, sealed, masters)
    return Sealed(master.id, _encrypted(master.key, key, b"key", name, random), sealed.value, sealed.made)


def _key(name: str, sealed: Sealed, masters: Sequence[MasterKey]) -> bytes:
    for master in masters:
        if master.id == sealed.under:
            return _decrypted(master.key, sealed.key, b"key", name)
    raise StoreError(f"{name!r} is sealed under the key {sealed.under}, which is not among those given")


def _master_key(text: str) -> MasterKey:
    try:
        raw = bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text.translate(_STANDARD), validate=True)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != 32 or len(set(raw)) < 8:
        raise ValueError("32 random bytes in base64, as `openssl rand -base64 32` prints them")
    return MasterKey(hashlib.sha256(b"lockgate key-encryption key id\0" + raw).hexdigest()[:16], raw)


def _encrypted(key: bytes, plain: bytes, part: bytes, name: str, random: Callable[[int], bytes]) -> str:
    nonce = random(_NONCE)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, _about(part, name))).decode()


def _decrypted(key: bytes, text: str, part: bytes, name: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], _about(part, name))
    except (InvalidTag, ValueError):
        raise StoreError(f"{name!r} cannot be opened: it was changed, or belongs to another name") from None


def _about(part: bytes, name: str) -> bytes:
    """What is authenticated besides: an entry cannot be put under another name, nor a key in a value's place."""
    return b"lockgate secret store v1\0" + part + b"\0" + name.encode()
