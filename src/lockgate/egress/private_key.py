"""What is secret in a private key's file: its lines, and the numbers in it. The public half is in every certificate."""

import re
from collections.abc import Iterator
from typing import Any

_PEM = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s(.*?)-----END", re.DOTALL)
_ENOUGH = 12
"""Bytes of a secret number that a line has to hold."""


def secret_parts(pem: bytes) -> Iterator[tuple[bytes, bool]]:
    """Parts to look for, and whether as they are only. Nothing for a file that is no private key."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415  only where there is TLS

    try:
        key: Any = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        return
    numbers = [number for number in _numbers(key) if len(number) >= 16]
    for number in numbers:
        yield number, False
    for line in _lines(pem, numbers):
        yield line, True


def _numbers(key: Any) -> list[bytes]:
    if hasattr(key, "private_bytes_raw"):  # Ed25519 and its kin
        return [key.private_bytes_raw()]
    private = key.private_numbers()
    if hasattr(private, "private_value"):
        return [private.private_value.to_bytes((key.key_size + 7) // 8)]
    names = ("d", "p", "q") if hasattr(private, "d") else ("x",)
    values = [getattr(private, name) for name in names]
    return [value.to_bytes((value.bit_length() + 7) // 8) for value in values]


def _lines(pem: bytes, numbers: list[bytes]) -> Iterator[bytes]:
    """Those that hold much of a secret number."""
    import base64  # noqa: PLC0415  rarely

    match = _PEM.search(pem)
    lines = match[1].split() if match else []
    der = base64.b64decode(b"".join(lines))
    spans = [(at, at + len(number)) for number in numbers if (at := der.find(number)) >= 0]
    at = 0
    for line in lines:
        size = len(base64.b64decode(line))
        if any(min(at + size, end) - max(at, start) >= _ENOUGH for start, end in spans):
            yield line
        at += size
