"""How a client's secret becomes what is stored and looked up: HMAC-SHA-256 under the server's pepper."""

import hmac
from typing import final


@final
class Pepper:
    """32 random bytes of this installation. Without them, a stolen list of digests says nothing about any secret."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        if len(value) != 32:
            raise ValueError("a pepper is 32 bytes")
        self._value = value

    def digest(self, secret: bytes) -> str:
        """64 hexadecimal characters. The only form in which a secret is kept."""
        return hmac.digest(self._value, secret, "sha256").hex()

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a pepper is not pickled")
