"""Sums that providers put into their tokens, as they publish them: what has its sum was made by them."""

import string
from zlib import crc32

from lockgate.patterns.sums import base58, bech32

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BASE36 = string.digits + string.ascii_lowercase


def _written(number: int, digits: str, width: int) -> str:
    out = ""
    while number:
        number, rest = divmod(number, len(digits))
        out = digits[rest] + out
    return out.rjust(width, "0")


def crc62(text: str) -> bool:
    """GitHub and npm: the last six characters are the CRC-32 of those between the prefix and them, in base 62."""
    body = text.partition("_")[2]
    return _written(crc32(body[:-6].encode()), _BASE62, 6) == body[-6:]


def gitlab(text: str) -> bool:
    """Tokens that say where they belong end in the CRC-32 of all before it, in base 36."""
    return _written(crc32(text[:-7].encode()), _BASE36, 7) == text[-7:]


def zuplo(text: str) -> bool:
    return f"{crc32(text[5:-9].encode()):08x}" == text[-8:]


SUMS = {
    "github_token": crc62,
    "npm_token": crc62,
    "gitlab_routable_token": gitlab,
    "zuplo_key": zuplo,
    "age_secret_key": bech32,
    "bip32_private_key": base58,
    "bitcoin_private_key": base58,
}
STRICT = frozenset(("bitcoin_private_key",))
"""What looks like nothing without its sum."""
UNPROVED = 0.9
"""The confidence of a token without its sum: changed, made up, or of a kind that has none."""
