"""What the operator wants of headers: which a request must have, which go on, and which are added, to requests and replies."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from lockgate.core.auth import Caller

Unknown = Literal["strip", "pass", "refuse"]
Identity = Literal["organization", "team", "user", "key", "key_name", "method", "request_id"]
_STRICTNESS: Mapping[Unknown, int] = {"pass": 0, "strip": 1, "refuse": 2}
LONGEST = 1024
"""Bytes of an added value: what is longer is no name of anybody."""


class Source(Struct, frozen=True):
    """Where a value comes from: a constant, the caller's identity, a verified claim, or a note on the key."""

    kind: Literal["const", "identity", "claim", "metadata"]
    name: str

    def value(self, caller: Caller | None, request_id: str) -> str:
        """Empty when there is none. Not checked yet: a claim may hold anything."""
        if self.kind == "const":
            return self.name
        if self.name == "request_id" and self.kind == "identity":
            return request_id
        if caller is None:
            return ""
        if self.kind == "identity":
            return _identity(caller, self.name)
        return (caller.claims if self.kind == "claim" else caller.metadata).get(self.name, "")


@dataclass(frozen=True, slots=True)
class Required:
    """A header that a request must have, once. `values` and `matches`: what it may be; `equals`: what of the caller it is."""

    name: bytes
    least: int = 1
    most: int = 4096
    values: frozenset[bytes] = frozenset()
    matches: Callable[[bytes], bool] | None = None
    equals: Source | None = None


@dataclass(frozen=True, slots=True)
class HeaderPolicy:
    """`forward` go on to every upstream. `unknown` None: no opinion. Added headers replace those of the client."""

    required: tuple[Required, ...] = ()
    unknown: Unknown | None = None
    forward: frozenset[bytes] = frozenset()
    add: Mapping[bytes, Source] | None = None
    reply_add: Mapping[bytes, Source] | None = None
    reply_remove: frozenset[bytes] = frozenset()


def merged(outer: HeaderPolicy | None, inner: HeaderPolicy | None) -> HeaderPolicy | None:
    """Both hold: every requirement, the stricter word on unknown headers. Of two values for one header the inner one."""
    if outer is None or inner is None:
        return outer or inner
    return HeaderPolicy(
        outer.required + inner.required,
        _stricter(outer.unknown, inner.unknown),
        outer.forward | inner.forward,
        {**(outer.add or {}), **(inner.add or {})} or None,
        {**(outer.reply_add or {}), **(inner.reply_add or {})} or None,
        outer.reply_remove | inner.reply_remove,
    )


def _stricter(one: Unknown | None, other: Unknown | None) -> Unknown | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=_STRICTNESS.__getitem__)


def plain(value: str) -> bytes | None:
    """The value on the wire, or None: what is not visible ASCII could be two headers, or another one (S38)."""
    fits = len(value) <= LONGEST and value.isascii() and value.isprintable() and value.strip() == value
    return value.encode() if fits else None


def _identity(caller: Caller, name: str) -> str:
    match name:
        case "organization":
            return caller.organization
        case "team":
            return caller.team
        case "user":
            return caller.user
        case "key":
            return caller.key_id
        case "key_name":
            return caller.name
        case _:
            return caller.method
