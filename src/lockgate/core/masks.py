"""What stands in the place of a text that was found."""

import hashlib
from collections.abc import Callable
from typing import Literal

from lockgate.core.guard import Finding, Replace, placeholder

Style = Literal["placeholder", "partial", "hash", "synthetic"]

SHOWN = 4
DIGITS = "0123456789"
SMALL = "abcdefghijklmnopqrstuvwxyz"
LARGE = SMALL.upper()


Digest = Callable[[bytes], str]
"""A keyed hash, in hexadecimal: what hashes and synthetic values are made of, so that nobody else can make them."""


def replace(style: Style, digest: Digest) -> Replace:
    def keyed(text: str, finding: Finding) -> str:
        return digest(f"mask\0{finding.label}\0{text}".encode("utf-8", "replace"))

    made: dict[str, Callable[[str, Finding], str]] = {
        "placeholder": placeholder,
        "partial": partial,
        "hash": lambda text, finding: f"[{finding.label.upper()}:{keyed(text, finding)[:12]}]",
        "synthetic": lambda text, finding: synthetic(text, bytes.fromhex(keyed(text, finding))),
    }
    return made[style]


def partial(text: str, finding: Finding) -> str:
    """The last four characters, where that is less than half of it; e-mail addresses keep their domain."""
    if finding.label == "email" and "@" in text:
        return "****@" + text.rpartition("@")[2]
    return "****" + (text[-SHOWN:] if len(text) > 2 * SHOWN else "")


def synthetic(text: str, digest: bytes) -> str:
    """Another text of the same shape: digits for digits, letters for letters. The same for the same text."""
    out: list[str] = []
    stream = digest
    for number, char in enumerate(text):
        if number >= len(stream):
            stream += hashlib.sha256(stream).digest()
        out.append(_other(char, stream[number]))
    return _valid("".join(out)) if text.replace(" ", "").replace("-", "").isdigit() else "".join(out)


def _other(char: str, byte: int) -> str:
    for alphabet in (DIGITS, SMALL, LARGE):
        if char in alphabet:
            return alphabet[byte % len(alphabet)]
    return SMALL[byte % len(SMALL)] if char.isalpha() else char


def _valid(text: str) -> str:
    """The last digit chosen so that the check of payment cards holds: whoever checks the form goes on working."""
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [d * 2 - 9 * (d > 4) if (len(digits) - at) % 2 == 0 else d for at, d in enumerate(digits[:-1])]
    return text[:-1] + str(-sum(doubled) % 10)
