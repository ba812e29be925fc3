"""Answers sealed with AES-256-GCM before a store gets them: what lies there is of no use to anybody else, and cannot be changed."""

import inspect
import os
from collections.abc import Callable
from typing import final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lockgate.core.cache import CacheStore, Kept
from lockgate.core.key_digest import Pepper

_NONCE = 12
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Kept).decode


@final
class SealedAnswers:
    """The port `Answers`. Both keys come from the installation's pepper; an entry is bound to the key that it lies under."""

    def __init__(self, store: CacheStore, pepper: Pepper, random: Callable[[int], bytes] = os.urandom) -> None:
        self._store = store
        self._random = random
        self._names = Pepper(bytes.fromhex(pepper.digest(b"lockgate answers: names")))
        self._cipher = AESGCM(bytes.fromhex(pepper.digest(b"lockgate answers: seal")))

    def key(self, material: bytes) -> bytes:
        return bytes.fromhex(self._names.digest(material))

    async def get(self, key: bytes) -> Kept | None:
        opened = await self.read(key)
        try:
            return None if opened is None else _decode(opened)
        except msgspec.MsgspecError:
            return None  # of another version

    def put(self, key: bytes, kept: Kept, seconds: float) -> None:
        self.write(key, _encode(kept), seconds)

    async def read(self, key: bytes) -> bytes | None:
        found = self._store.get(key)
        sealed = await found if inspect.isawaitable(found) else found
        if sealed is None:
            return None
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], key)
        except (InvalidTag, ValueError):
            return None  # of another pepper, or changed by somebody: there is none

    def write(self, key: bytes, value: bytes, seconds: float) -> None:
        nonce = self._random(_NONCE)
        self._store.put(key, nonce + self._cipher.encrypt(nonce, value, key), seconds)
