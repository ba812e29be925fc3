"""Answers to repeated requests, each sealed under a key of its own before a store gets it."""

import hmac
import os
from collections.abc import Callable
from typing import final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lockgate.core.key_digest import Pepper
from lockgate.core.repeat import NONCE, Claim, Given, Name, RepeatRows

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Given).decode


@final
class SealedRepeats:
    """The port `Repeats`. The policy is part of what opens an answer: one that passed another one stays shut."""

    def __init__(
        self,
        rows: RepeatRows,
        pepper: Pepper,
        *,
        seconds: float = 86400.0,
        largest: int = 1 << 20,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.seconds, self.largest = seconds, largest
        self.pepper = pepper
        self._rows, self._random = rows, random

    def name(self, material: bytes, policy: bytes) -> Name:
        place, mark = self._digest(b"name ", material), self._digest(b"mark ", material)
        return Name(place, mark, self._digest(b"seal ", self._digest(b"policy ", policy) + material))

    async def claim(self, name: Name, print_: bytes) -> Claim:
        print_ = self._marked(name, print_)
        found = await self._rows.claim(name.place, print_)
        if isinstance(found, bytes):
            if (given := _opened(name, found)) is not None:
                return given
            found = await self._rows.claim(name.place, print_, found[:NONCE])
        # What another owner put there meanwhile is looked at with the next look.
        return "running" if isinstance(found, bytes) else found

    async def renew(self, name: Name) -> None:
        await self._rows.renew(name.place)

    async def keep(self, name: Name, given: Given) -> None:
        nonce = self._random(NONCE)
        sealed = nonce + AESGCM(name.seal).encrypt(nonce, _encode(given), name.place)
        await self._rows.keep(name.place, sealed, self.seconds)

    async def drop(self, name: Name) -> None:
        await self._rows.drop(name.place)

    async def aclose(self) -> None:
        await self._rows.aclose()

    def _marked(self, name: Name, print_: bytes) -> bytes:
        """Of a request's text nobody can try what it might be, who does not know the client's key. It hangs on the name alone:
        the pepper may change while somebody waits.
        """
        return hmac.digest(name.mark, b"lockgate repeats: print " + print_, "sha256")

    def _digest(self, word: bytes, material: bytes) -> bytes:
        return bytes.fromhex(self.pepper.digest(b"lockgate repeats: " + word + material))


def _opened(name: Name, sealed: bytes) -> Given | None:
    try:
        return _decode(AESGCM(name.seal).decrypt(sealed[:NONCE], sealed[NONCE:], name.place))
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        return None  # of another policy or version, or changed by somebody
