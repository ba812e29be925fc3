"""An answer without its vectors: a rule that looked at each number of them would look for long, and find nothing."""

import re

import msgspec
from msgspec import Raw

from lockgate.core.problem import Kind, Problem
from lockgate.core.vectors import Bare

SHORTEST = 256
"""Characters of a vector in base64: what is shorter may be a word."""
_top = msgspec.json.Decoder(dict[str, Raw])
_items = msgspec.json.Decoder(list[dict[str, Raw]])
_encode = msgspec.json.Encoder().encode
_NUMBERS = re.compile(rb"\[[\d\s.,eE+\-\[\]]*\]").fullmatch
_LONG = re.compile(rb"(?<![.\d])\d{9}").search
"""A number that may be somebody's: no part of a vector is."""
_BASE64 = re.compile(rb'"[A-Za-z0-9+/]{%d,}={0,2}"' % SHORTEST).fullmatch


def bare(body: bytes) -> Bare:
    try:
        top = _top.decode(body)
        items = _items.decode(top.get("data", Raw(b"null")))
    except (ValueError, RecursionError) as error:
        raise Problem(Kind.BAD_UPSTREAM, "the upstream did not answer with vectors", source="upstream") from error
    whole = [dict(item) for item in items]
    taken = {}
    for number, item in enumerate(items):
        if _is_vector(item.get("embedding")):
            taken[number] = item.pop("embedding")
    rest = _encode({**top, "data": items})

    def filled(seen: bytes) -> bytes:
        if seen == rest:
            return _encode({**top, "data": whole})
        there = _top.decode(seen)
        try:
            left = _items.decode(there["data"])
            for number, vector in taken.items():
                left[number]["embedding"] = vector
        except (KeyError, IndexError, ValueError) as error:
            raise Problem(Kind.BLOCKED, "a rule changed what holds the vectors", source="gateway") from error
        return _encode({**there, "data": left})

    return Bare(rest, filled)


def _is_vector(raw: Raw | None) -> bool:
    if raw is None:
        return False
    text = bytes(raw)
    if text[:1] == b"[":
        return _NUMBERS(text) is not None and _LONG(text) is None
    return _BASE64(text) is not None
