"""Whether bytes are one sane JSON document (RFC 8259, read strictly), before anything is made of them.

Every Python parser keeps the last of two equal keys in silence, and another parser may keep the first. So equal keys
are refused at every depth, whichever way they are escaped, and with them what some parsers take and others do not.
Time and memory are bounded before the parser runs: a small text can hold millions of values.
"""

import re
from functools import partial
from typing import Any

import jiter
import msgspec

from lockgate.core.problem import Kind, Problem

MAX_DEPTH = 64
MAX_VALUES = 200_000
"""Values in a document; an empty array or object counts twice."""

_SHORT = 8192
_NOISE = bytes(set(range(256)) - set(b'"[]{},'))
_POSITION = re.compile(r" at (line \d+ column \d+)$")
_DOUBLE = b"\xcb"
_INFINITE = re.compile(rb"\xcb[\x7f\xff]\xf0")
_BOM = b"\xef\xbb\xbf"
_pack = msgspec.msgpack.Encoder().encode
_decode = msgspec.json.Decoder().decode
# Keys only: a client's texts have no place in a cache that outlives the request.
_read = partial(jiter.from_json, allow_inf_nan=False, catch_duplicate_keys=True, cache_mode="keys")
_read_twice = partial(jiter.from_json, allow_inf_nan=False, catch_duplicate_keys=False, cache_mode="keys")
"""The same where keys may be there twice."""


def check(raw: bytes) -> object:
    """What `raw` says, when it is one sane JSON document; else raises `Problem(INVALID)` that quotes nothing of it.

    To look at only: numbers may have lost digits.
    """
    # Each value but the first needs a comma or an opening bracket, so a short text cannot hold too many.
    if len(raw) > MAX_VALUES and _marks(raw) > MAX_VALUES and _marks(_skeleton(raw)) > MAX_VALUES:
        raise _invalid(f"the body has more than {MAX_VALUES} values")
    try:
        tree = _read_deep(raw) if _may_be_deep(raw) else _read(raw)
    except ValueError as error:
        raise _invalid(_reason(raw, str(error))) from None
    if not _in_range(tree, raw):
        raise _invalid("the body has a number that is out of range")
    return tree


def _read_deep(raw: bytes) -> object:
    """The parser has a depth limit of its own: inside so many arrays, it is ours, or one less."""
    try:
        tree: Any = _read(_BEFORE + raw + _AFTER)
        for _ in _BEFORE:
            (tree,) = tree  # one element each, or `raw` closed an array that it had not opened
    except ValueError:
        tree = _read(raw)
        if _depth(raw) > MAX_DEPTH:
            raise
    return tree


def _room() -> int:
    """The levels that the parser takes beyond ours. It is a constant of the parser, and not part of its interface."""
    depth = MAX_DEPTH
    while _reads(b"[" * (depth + 1) + b"]" * (depth + 1)):
        depth += 1
    return depth - MAX_DEPTH


def _reads(raw: bytes) -> bool:
    """It is JSON, though keys may be twice in it."""
    try:
        _read_twice(raw)
    except ValueError:
        return False
    return True


_BEFORE, _AFTER = b"[" * _room(), b"]" * _room()


def _in_range(tree: object, raw: bytes) -> bool:
    """A number beyond a double became infinity in silence. Packing the tree is the fastest look at all its numbers."""
    try:
        packed = _pack(tree)
    except OverflowError:  # an integer of more than 64 bits, which may be fine
        return _decodes(raw)
    at = packed.find(_DOUBLE)  # a plain find first: it is ten times faster than the pattern
    return at < 0 or not _INFINITE.search(packed, at) or _decodes(raw)


def _decodes(raw: bytes) -> bool:
    try:
        _decode(raw)
    except msgspec.DecodeError:
        return False
    return True


def _may_be_deep(raw: bytes) -> bool:
    """More opening brackets than levels allowed. Finding some is faster than counting all, but in short texts."""
    if len(raw) < _SHORT:
        return raw.count(b"[") + raw.count(b"{") > MAX_DEPTH
    opened = 0
    for bracket in (b"[", b"{"):
        at = raw.find(bracket)
        while at >= 0:
            opened += 1
            if opened > MAX_DEPTH:
                return True
            at = raw.find(bracket, at + 1)
    return False


def _marks(text: bytes) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")


def _skeleton(raw: bytes) -> bytes:
    """Brackets and commas outside strings, and too many of them where there are too many strings."""
    bare = raw.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _NOISE)
    if bare.count(b'"') > 4 * MAX_VALUES:  # a value has at most a key and itself
        return b"," * (MAX_VALUES + 1)
    return b"".join(bare.split(b'"')[::2])


def _reason(raw: bytes, told: str) -> str:
    """Why a text was refused, in words of ours: of the parser's only the position is taken, for it would quote a key."""
    if not raw.strip():
        return "the body is empty"
    if raw.startswith(_BOM):
        return "the body begins with a byte order mark, which JSON does not have"
    if _depth(raw) > MAX_DEPTH:
        return f"the body is nested deeper than {MAX_DEPTH} levels"
    if (wrong := _not_utf8(raw)) is not None:
        return f"the body is not UTF-8: see byte {wrong + 1}"
    found = _POSITION.search(told)
    place = f": see {found[1]}" if found else ""
    if told.startswith("number out of range"):
        return f"the body has a number that is out of range{place}"
    what = "has the same key twice in one object" if _reads(raw) else "is not valid JSON"
    return f"the body {what}{place}"


def _not_utf8(raw: bytes) -> int | None:
    """Where the first byte is that no character begins or goes on with."""
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return error.start
    return None


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for byte in _skeleton(raw):
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def _invalid(detail: str) -> Problem:
    return Problem(Kind.INVALID, detail)
