"""Content-Digest (RFC 9530): what the body has to be, known before it is read."""

import hashlib
import hmac
from collections.abc import Callable

from lockgate.auth.http_signature.fields import Item, dictionary
from lockgate.core.problem import Kind, Problem

_KNOWN = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def body_check(lines: tuple[bytes, ...]) -> Callable[[bytes], None]:
    """Compares a body with every digest of a kind that is safe. `ValueError` when there is none of those."""
    wanted = [
        (_KNOWN[name], member.value)
        for name, member in dictionary(lines).items()
        if name in _KNOWN and isinstance(member, Item) and isinstance(member.value, bytes)
    ]
    if not wanted:
        raise ValueError("Content-Digest has neither sha-256 nor sha-512")

    def check(body: bytes) -> None:
        for algorithm, digest in wanted:
            if not hmac.compare_digest(algorithm(body).digest(), digest):
                raise Problem(Kind.UNAUTHENTICATED, "the body is not the one that was signed")

    return check
