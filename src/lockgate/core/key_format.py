"""The shape of the keys that Lockgate makes: a prefix, 256 random bits, and a checksum that catches a typo."""

from zlib import crc32

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = 43
"""62**43 > 2**256."""
_CHECK = 6
"""62**6 > 2**32."""

CLIENT = "lg-"
ADMIN = "lgadmin-"


def make(random: bytes, prefix: str = CLIENT) -> str:
    """A key of 32 random bytes: the prefix, 43 digits, 6 digits of checksum. `ValueError` for another length."""
    if len(random) != 32:
        raise ValueError("a key is made of 32 random bytes")
    text = prefix + _base62(int.from_bytes(random), _BODY)
    return text + _check(text)


def valid(text: str, prefix: str = CLIENT) -> bool:
    """Whether the text has the shape and the checksum of a key. Says nothing of whether the key is known."""
    if not text.startswith(prefix) or len(text) != len(prefix) + _BODY + _CHECK:
        return False
    return text.isascii() and _check(text[:-_CHECK]) == text[-_CHECK:]


def key_id(random: bytes) -> str:
    """The public name of a key, of 16 random bytes: what commands, records and logs call it."""
    return "key_" + _base62(int.from_bytes(random), 22)


def _check(text: str) -> str:
    return _base62(crc32(text.encode()), _CHECK)


def _base62(number: int, width: int) -> str:
    digits: list[str] = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
