"""What is said in another encoding: base64, hex, escapes of URLs, HTML and JSON, rot13, and gzip in base64.

Made only where the automaton saw something that looks like it. Each run is decoded on its own, and all of them are one view.
"""

import binascii
import codecs
import html
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from lockgate.patterns.database import Line
from lockgate.patterns.view import Lined, Piece, View

MOST = 256 * 1024
"""Characters that are made of one text, at most."""
LONGEST_RUN = 64 * 1024
SHORT = 12
"""Of escapes so long it is remembered what they say."""

RUN, ESCAPED, ROTATED, LINED = "run", "escaped", "rotated", "lined"
LONG_RUN = Line(r"[A-Za-z0-9+/_-]{16}", once=True, bytewise=True)
"""Where it is not, there is none of the `RUNS`."""
RUNS: tuple[tuple[str, Line], ...] = (
    (RUN, Line(r"[0-9A-Fa-f]{16}", once=True)),
    (RUN, Line(r"[a-z0-9][A-Z][A-Za-z0-9+/_-]{14}|[A-Za-z0-9+/_-]{7}[a-z0-9][A-Z][A-Za-z0-9+/_-]{7}|[A-Za-z0-9+/_-]{14}[a-z0-9][A-Z]", once=True)),
)  # fmt: skip
TRIGGERS: tuple[tuple[str, Line], ...] = (
    (ESCAPED, Line(r"%[0-9A-Fa-f]{2}|&#x?[0-9A-Fa-f]{2}|&(?:commat|period|colon|quot|amp|lt|gt|lowbar|num|sol|equals|plus|hyphen);", once=True)),
    (ESCAPED, Line(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|/)", once=True)),
    (LINED, Line(r"\\[nrtbf][^\s\"\\]", once=True)),
    (ROTATED, Line(r"\b(?:gur|naq|cnffjbeq|xrl|frperg|gbxra|rznvy|pneq|vtaber|vafgehpgvbaf?|cebzcg|flfgrz|lbhe|guvf|vf)\b", caseless=True, once=True)),
)  # fmt: skip

_RUNS = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{16,}+={0,2}")
_TURN = re.compile(r"[a-z0-9][A-Z]")
"""Base64 of a text has it soon; words and paths do not."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_ESCAPES = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|(?:&(?:#x?[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});)|(?:\\u[0-9A-Fa-f]{4})+|\\x[0-9A-Fa-f]{2}|\\/"
)
_SPLIT = re.compile(f"({_ESCAPES.pattern})").split
OPEN_RUN = re.compile(r"={0,2}[A-Za-z0-9+/_-]++")
OPEN_ESCAPE = re.compile(r"[0-9A-Fa-f]?%|[#A-Za-z0-9]{0,8}&|(?:[0-9A-Fa-f]{0,3}u|[0-9A-Fa-f]?x)?\\")
"""Read backwards from the end of a text: what may be the middle of something encoded."""
ESCAPES = ("%", "&", "\\")
_JSON = ((b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\f", b"\f"), (b"\\b", b"\b"), (b'\\"', b'"'))
_LINES = (r"\n", r"\r", r"\t", r"\b", r"\f")


def views(text: str, seen: frozenset[str]) -> Iterator[View]:
    """By what the automaton saw."""
    if RUN in seen and (pieces := list(_runs(text))):
        yield View(pieces)
    if ESCAPED in seen:
        yield View(_unescaped(text), _said_all(text))
    if LINED in seen:
        yield Lined([Piece(lined(text), 0, len(text))])
    if ROTATED in seen:
        yield View([Piece(codecs.encode(text, "rot13"), 0, len(text))])


def lined(text: str) -> str:
    """JSON or code that stands in a text, with real lines and as many characters: a word that begins behind an escape begins
    there.
    """
    for escape in _LINES:
        text = text.replace(escape, " \n")
    return text


def lined_bytes(said: bytes) -> bytes:
    for escape in _LINES:
        said = said.replace(escape.encode(), b" \n")
    return said


def undone(wire: bytes) -> bytes | None:
    """What the strings of a JSON document say, in their quotes; None where there is an escape that may be any character. A backslash of
    the text takes nothing from the letter behind it.
    """
    if b"\\" not in wire:
        return wire
    said = wire.replace(b"\\\\", b"\0")
    if b"\\u" in said:
        return None
    for escape, plain in _JSON:
        said = said.replace(escape, plain)
    return said.replace(b"\0", b"\\")


def _runs(text: str) -> Iterator[Piece]:
    room = MOST
    for found in _RUNS.finditer(text):
        run = found[0]
        if len(run) > LONGEST_RUN or room <= 0 or not (_TURN.search(run) or _HEX.fullmatch(run)):
            continue
        if said := decoded(run)[:room]:
            room -= len(said)
            yield Piece(said, found.start(), found.end(), even=False)
            yield Piece("\n", found.end(), found.end(), even=False)


def decoded(run: str) -> str:
    """What a run of letters says in hex or base64; empty where it says nothing that could be read."""
    if len(run) % 2 == 0 and _HEX.fullmatch(run):
        return _readable(bytes.fromhex(run))
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return ""
    return _readable(_inflated(data) if data[:2] == b"\x1f\x8b" else data)


def _inflated(data: bytes) -> bytes:
    """What was compressed, up to the bound: a small text can hold a large one."""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, MOST)
    except zlib.error:
        return b""


def _readable(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    begin = text[:200]
    if begin.isprintable():
        return text
    readable = sum(map(str.isprintable, begin)) + sum(map(begin.count, "\n\r\t"))
    return "" if (len(begin) - readable) * 10 > len(begin) else text


def _unescaped(text: str) -> Iterator[Piece]:
    at = 0
    for found in _ESCAPES.finditer(text):
        start = found.start()
        if start > at:
            yield Piece(text[at:start], at, start)
        at = found.end()
        yield Piece(_said(found), start, at, even=False)
    yield Piece(text[at:], at, len(text))


def _said_all(text: str) -> str:
    """All of it, without a call for each: what is between escapes, and every other time what one says."""
    parts = _SPLIT(text)
    parts[1::2] = [_soon(escape) if len(escape) <= SHORT else _character(escape) for escape in parts[1::2]]
    return "".join(parts)


def _said(found: re.Match[str]) -> str:
    return _soon(found[0]) if len(found[0]) <= SHORT else _character(found[0])


def _character(escape: str) -> str:
    if escape[0] == "%":
        return unquote_to_bytes(escape).decode("utf-8", "replace")
    if escape[0] == "&":
        return html.unescape(escape)
    if escape == r"\/":
        return "/"
    if escape[1] == "x":
        return chr(int("0" + escape[1:], 16))
    units = b"".join(int(each, 16).to_bytes(2, "big") for each in escape.split(r"\u")[1:])
    return units.decode("utf-16-be", "replace")


_soon = lru_cache(4096)(_character)
