"""How a client's secret becomes what is stored and looked up: HMAC-SHA-256 under the server's pepper."""

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import NamedTuple, Protocol, Self, cast, final


class _State(Protocol):
    """A hash under way."""

    def copy(self) -> Self: ...
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...
    def hexdigest(self) -> str: ...


def _own() -> Callable[[bytes], _State]:
    """Python's own SHA-256 (3.12 and later, 3.11), or OpenSSL's where Python was built without it.

    For two blocks, what OpenSSL does around its hash costs more than the hash: 6 µs more a request, under load.
    """
    for module in ("_sha2", "_sha256"):
        with suppress(ImportError):
            return cast("Callable[[bytes], _State]", import_module(module).sha256)
    return cast("Callable[[bytes], _State]", import_module("hashlib").sha256)


_sha256 = _own()
_BLOCK = 64
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


@final
class Pepper:
    """32 random bytes of this installation. Without them, a stolen list of digests says nothing about any secret."""

    __slots__ = ("_inner", "_outer", "id")

    def __init__(self, value: bytes) -> None:
        if len(value) != 32:
            raise ValueError("a pepper is 32 bytes")
        # RFC 2104, with the two states that depend on the key alone made once: it is on the path of every request.
        padded = value.ljust(_BLOCK, b"\0")
        self._inner = _sha256(padded.translate(_INNER))
        self._outer = _sha256(padded.translate(_OUTER))
        self.id = self.digest(b"the name of this pepper")[:8]
        """What keys are marked with that were made under it. Says nothing of it."""

    def digest(self, secret: bytes) -> str:
        """64 hexadecimal characters. The only form in which a secret is kept."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(secret)
        outer.update(inner.digest())
        return outer.hexdigest()

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a pepper is not pickled")


class Peppers(NamedTuple):
    """The pepper of new keys, and the previous one while there are keys that were made under it."""

    current: Pepper
    previous: Pepper | None = None

    def of(self, mark: str) -> str:
        """The id of the pepper that a key with this mark hangs on: one without is as old as it can be."""
        return mark or (self.previous or self.current).id
