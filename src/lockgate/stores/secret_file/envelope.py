"""The envelope: each secret under a key of its own (AES-256-GCM), and that key under the key-encryption key."""

import base64
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from lockgate.core.store import StoreError
from lockgate.stores.secret_file.master_key import MasterKey

_NONCE = 12


class Sealed(Struct, frozen=True, forbid_unknown_fields=True):
    """A secret as it lies on the disk; everything in base64. `under` names the key-encryption key, `made` is a time."""

    under: str
    key: str
    value: str
    made: int


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
