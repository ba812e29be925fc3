"""A compact JWT, taken apart and believed in nothing (RFC 7515, RFC 7519, RFC 8725)."""

import re
from base64 import urlsafe_b64decode
from typing import Any

import jiter
from msgspec import Struct

from lockgate.core.problem import Kind, Problem

_SHAPE = re.compile(rb"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
"""A header that begins with `{"`. Five parts are an encrypted token, which nobody here can open."""
_KID = 512


class Token(Struct, frozen=True):
    """`signed` is what the signature is over. Nothing of it is true before somebody has checked that."""

    algorithm: str
    kid: str
    typ: str
    issuer: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def __repr__(self) -> str:
        return "Token(***)"


def refused(detail: str) -> Problem:
    """What is wrong with a token. Never says anything of what is in it."""
    return Problem(Kind.UNAUTHENTICATED, detail)


def looks_like_one(credential: bytes) -> bool:
    """Whether it is meant to be a JWT at all. An API key is none."""
    return credential.startswith(b"eyJ") and credential.count(b".") >= 2


def taken_apart(credential: bytes, limit: int) -> Token:
    """Raises `Problem` for anything that is not a plain signed token of the length allowed.

    `jku`, `x5u`, `jwk` and `x5c` are never looked at: keys come from the configuration alone.
    """
    if len(credential) > limit:
        raise refused(f"the token is longer than {limit} bytes")
    if not _SHAPE.fullmatch(credential):
        raise refused("the token is not a signed JWT in compact form")
    signed, _, signature = credential.rpartition(b".")
    head, _, payload = signed.partition(b".")
    header = _object(head)
    if "crit" in header or "b64" in header:
        raise refused("the token has a header parameter that must be understood and is not")
    if str(header.get("cty", "")).lower() in ("jwt", "application/jwt"):
        raise refused("the token is a token in a token")
    claims = _object(payload)
    algorithm, kid, typ = (_text(header, name) for name in ("alg", "kid", "typ"))
    if not algorithm or len(kid) > _KID:
        raise refused("the token's header is not one of a signed JWT")
    return Token(algorithm, kid, typ, _text(claims, "iss"), claims, signed, _bytes(signature))


def _text(source: dict[str, Any], name: str) -> str:
    value = source.get(name, "")
    if not isinstance(value, str):
        raise refused(f"the token's `{name}` is not a text")
    return value


def _object(part: bytes) -> dict[str, Any]:
    try:
        found = jiter.from_json(_bytes(part), catch_duplicate_keys=True, allow_inf_nan=False)
    except ValueError:
        raise refused("a part of the token is not JSON, or has a name twice") from None
    if not isinstance(found, dict):
        raise refused("a part of the token is not a JSON object")
    return found


def _bytes(part: bytes) -> bytes:
    """Base64url without padding, and only as an encoder would write it: one text for one value."""
    spare = len(part) % 4
    if spare == 1:
        raise refused("a part of the token is not base64url")
    if spare and part[-1] not in (b"AQgw" if spare == 2 else b"AEIMQUYcgkosw048"):
        raise refused("a part of the token is not base64url")
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))
