"""Conversations as they lie in a store: under a keyed name, and sealed with AES-256-GCM under a key of their own."""

import hmac
from collections.abc import Callable, Sequence
from hashlib import sha256

import msgspec

from lockgate.core.store import StoreError
from lockgate.tokens.document import Document

_NONCE = 12
_ABOUT = b"lockgate tokens v1\0"
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Document).decode


class Seal:
    """Of one key of 32 bytes, from which all others come: the same parts give the same name, to nobody else."""

    __slots__ = ("_name", "_random", "_seal")

    def __init__(self, key: bytes, random: Callable[[int], bytes]) -> None:
        self._name = hmac.digest(key, b"lockgate tokens: names", sha256)
        self._seal = hmac.digest(key, b"lockgate tokens: seals", sha256)
        self._random = random

    def __repr__(self) -> str:
        return "***"

    def name(self, parts: Sequence[str]) -> bytes:
        digest = hmac.new(self._name, digestmod=sha256)
        for part in parts:
            said = part.encode("utf-8", "surrogatepass")
            digest.update(len(said).to_bytes(8) + said)
        return digest.digest()

    def sealed(self, name: bytes, document: Document) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  only where there are tokens

        nonce = self._random(_NONCE)
        return nonce + AESGCM(self._key(name)).encrypt(nonce, _encode(document), _ABOUT + name)

    def opened(self, name: bytes, sealed: bytes) -> Document:
        """`StoreError` for what was changed, or lies under another name than its own."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415  as above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        try:
            return _decode(AESGCM(self._key(name)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _ABOUT + name))
        except (InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise StoreError("tokens were changed in their store, or belong to another conversation") from error

    def _key(self, name: bytes) -> bytes:
        return hmac.digest(self._seal, name, sha256)
