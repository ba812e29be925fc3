"""Hostile bytes: noise, valid streams with some of their bytes or values changed, and any way to cut them."""

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

TOKENS = [
    *(
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b",",
        b"\\",
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"1.5",
        b"9" * 30,
        b'""',
        b"{}",
    ),
    *(
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\r\r",
        b"\n,\n",
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
    ),
    *(
        b"\\u0000",
        b"\\ud800",
        b"data:",
        b"data: ",
        b"data: [DONE]",
        b"event: error",
        b"event: ping",
        b": note",
        b"id: 1",
    ),
    *(b'{"error":{"message":"x"}}', b'{"error":"x"}', b'{"type":"error","error":null}', b'"error":', b'"usage":null'),
    *(
        b'"index":-1,',
        b'"index":9999999999999999999,',
        b'"finish_reason":"stop"',
        b'"done":true',
        b"[" * 300,
        b'{"a":' * 300,
    ),
]
VALUES: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        7,
        2**31,
        2**63,
        10**30,
        1.5,
        -0.0,
        "",
        "x",
        "stop",
        "error",
        "\u2028",
        "{",
        '{"a":1}',
    ),
    *(
        [],
        {},
        [None],
        [[]],
        [{}],
        {"": None},
        {"type": "x"},
        {"type": None},
        {"text": 1},
        [{"index": -1}],
        "text",
        "tool_use",
    ),
]
_GONE = object()
_RAW = [
    b"1e999",
    b"-1e400",
    b"9" * 400 + b".5",
    b"NaN",
    rb'"\ud800"',
    b'"\xff"',
    b'{"a":1,"a":2}',
    b"[" * 70 + b"]" * 70,
]
"""Values that no writer writes, spelled out."""
_SPELLED = [f"@{i}@" for i in range(len(_RAW))]
_CHANGES = [*[_GONE, None, -1] * 4, *VALUES, *_SPELLED]

noise = st.binary(max_size=200) | st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join)
cuts = st.lists(st.integers(0, 10_000), max_size=10)


def pieces(raw: bytes, places: Sequence[int]) -> list[bytes]:
    edges = sorted({0, len(raw), *(place % (len(raw) + 1) for place in places)})
    return [raw[a:b] for a, b in pairwise(edges)]


@st.composite
def mutated(draw: st.DrawFn, corpus: Sequence[bytes]) -> bytes:
    """Noise, or a valid text with a few changes; sometimes none, sometimes only its beginning."""
    if not corpus or draw(st.integers(0, 9)) == 0:
        return draw(noise)
    raw = draw(st.sampled_from(corpus))
    for _ in range(draw(st.integers(0, 4))):
        raw = draw(st.sampled_from([_cut_short, _overwritten, _removed, _repeated, _revalued, _revalued, _shuffled]))(
            draw, raw
        )
    return raw


def _at(draw: st.DrawFn, raw: bytes) -> int:
    return draw(st.integers(0, len(raw)))


def _cut_short(draw: st.DrawFn, raw: bytes) -> bytes:
    return raw[: _at(draw, raw)]


def _overwritten(draw: st.DrawFn, raw: bytes) -> bytes:
    at, token = _at(draw, raw), draw(st.sampled_from(TOKENS))
    return raw[:at] + token + raw[at + draw(st.integers(0, len(token))) :]


def _removed(draw: st.DrawFn, raw: bytes) -> bytes:
    at = _at(draw, raw)
    return raw[:at] + raw[at + draw(st.integers(1, 60)) :]


def _repeated(draw: st.DrawFn, raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True) or [b""]
    at = draw(st.integers(0, len(lines) - 1))
    return b"".join([*lines[: at + 1], *lines[at : at + draw(st.integers(1, 4))], *lines[at + 1 :]])


def _shuffled(draw: st.DrawFn, raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True) or [b""]
    a, b = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def _revalued(draw: st.DrawFn, raw: bytes) -> bytes:
    """A value in the JSON of one line, or of the whole text, is another one, or gone."""
    lines = raw.splitlines(keepends=True) or [b""]
    at = draw(st.integers(0, len(lines) - 1))
    whole = revalued(draw, raw)
    if whole is not None:
        return whole
    for start in (b"data: ", b"[", b",", b""):
        changed = revalued(draw, lines[at][len(start) :]) if lines[at].startswith(start) else None
        if changed is not None:
            return b"".join([*lines[:at], start, changed, b"\n", *lines[at + 1 :]])
    return raw


def revalued(draw: st.DrawFn, raw: bytes) -> bytes | None:
    try:
        tree = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    steps = draw(st.lists(st.integers(0, 20), min_size=1, max_size=8))
    changed = _replaced(tree, steps, draw(st.sampled_from(_CHANGES)))
    text = json.dumps(None if changed is _GONE else changed).encode()
    for name, spelled in zip(_SPELLED, _RAW, strict=True):
        text = text.replace(b'"' + name.encode() + b'"', spelled)
    return text


def _replaced(node: Any, steps: Sequence[int], value: Any) -> Any:
    if not steps or not isinstance(node, list | dict) or not node:
        return value
    items = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    at = steps[0] % len(items)
    items[at] = (items[at][0], _replaced(items[at][1], steps[1:], value))
    kept = [(key, item) for key, item in items if item is not _GONE]
    return dict(kept) if isinstance(node, dict) else [item for _, item in kept]
