"""The parts that read answers, without sockets: however the bytes are cut, and whatever they are."""

import asyncio
import gzip
import zlib
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.http import Origin
from lockgate.transports.http.decoding import Inflater, inflater
from lockgate.transports.http.failures import Broken
from lockgate.transports.http.parsing import ResponseParser
from lockgate.transports.http.response import ResponseBody

HERE = Origin("https", "model.test", 443)


class Socket:
    def abort(self) -> None: ...
    def resume(self) -> None: ...


def told(pieces: list[bytes], *, clean: bool = True, bodiless: bool = False) -> tuple[Any, ...]:
    """All that a caller can see of an answer that came in these pieces, then the connection's end."""
    parser, body = ResponseParser(), ResponseBody(cast("asyncio.AbstractEventLoop", None), Socket())
    parser.expect(body, 100_000, bodiless=bodiless)
    try:
        for piece in pieces:
            parser.feed(piece)
        whole = parser.finished or parser.end(clean=clean)
    except Broken:
        whole = None
    return (
        body.status,
        body.headers,
        b"".join(body._chunks),
        whole,
        whole and not parser._until_close and parser.reusable,
    )


def cut(raw: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(raw), *(place % (len(raw) + 1) for place in places)})
    return [raw[a:b] for a, b in pairwise(edges)]


def chunked(pieces: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*filter(None, pieces), b""])


BODIES = st.lists(st.binary(max_size=40), max_size=5)
FRAMES = st.sampled_from(["length", "chunked", "close", "gzip", "deflate", "short", "long", "broken", "none", "early"])


def answer(pieces: list[bytes], frame: str) -> bytes:
    raw = b"".join(pieces)
    folded = gzip.compress(raw, mtime=0) if frame == "gzip" else zlib.compress(raw)
    return {
        "length": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(raw), raw),
        "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(pieces),
        "close": b"HTTP/1.1 200 OK\r\nX:  y \r\n\r\n" + raw,
        "gzip": b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked([folded]),
        "deflate": b"HTTP/1.1 200 OK\r\ncontent-encoding: deflate\r\ncontent-length: %d\r\n\r\n" % len(folded) + folded,
        "short": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(raw) + 1, raw),
        "long": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%bHTTP/1.1 " % (len(raw), raw),
        "broken": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(pieces)[:-2] + b"x: y\n" + raw,
        "none": b"HTTP/1.1 204 No\r\nContent-Length: 7\r\n\r\n",
        "early": b"HTTP/1.1 103 Early\r\na: b\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: %d\r\n\r\n%b" % (len(raw), raw),
    }[frame]


@given(BODIES, FRAMES, st.lists(st.integers(0, 600), max_size=20), st.booleans(), st.booleans())
def test_cuts_never_change_what_an_answer_is(
    pieces: list[bytes], frame: str, places: list[int], clean: bool, bodiless: bool
) -> None:
    raw = answer(pieces, frame)

    assert told(cut(raw, places), clean=clean, bodiless=bodiless) == told([raw], clean=clean, bodiless=bodiless)


@given(BODIES, FRAMES)
def test_every_byte_alone_is_the_same_answer(pieces: list[bytes], frame: str) -> None:
    raw = answer(pieces, frame)

    assert told([raw[i : i + 1] for i in range(len(raw))]) == told([raw])


@given(BODIES, st.sampled_from(["length", "chunked", "close", "gzip", "deflate", "early"]))
def test_what_was_sent_is_what_is_read(pieces: list[bytes], frame: str) -> None:
    status, _, body, whole, reusable = told([answer(pieces, frame)])

    assert (status, body, whole) == (500 if frame == "early" else 200, b"".join(pieces), True)
    assert reusable == (frame != "close")


@given(BODIES, st.sampled_from(["length", "chunked", "gzip", "deflate"]), st.integers(1, 60))
def test_an_answer_without_its_end_is_never_whole(pieces: list[bytes], frame: str, missing: int) -> None:
    raw = answer(pieces, frame)

    assert not told([raw[: -min(missing, len(raw))]])[3]


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_any_bytes_are_an_answer_or_broken_and_nothing_else(pieces: list[bytes]) -> None:
    told(pieces)
    told([b"HTTP/1.1 200 OK\r\n", *pieces])
    told([b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", *pieces])


@given(st.sampled_from([b"gzip", b"deflate"]), st.binary(max_size=300), st.lists(st.integers(0, 400), max_size=5))
def test_any_bytes_unfold_or_are_broken(coding: bytes, raw: bytes, places: list[int]) -> None:
    unfold = inflater([coding], 1000)
    assert unfold is not None
    try:
        out = b"".join(map(unfold.feed, cut(raw, places)))
        unfold.end()
    except Broken:
        return

    assert len(out) <= 1000


@given(st.integers(0, 3_000_000), st.integers(1, 5_000_000))
def test_no_more_is_unfolded_than_the_bounds_allow(size: int, most: int) -> None:
    raw = gzip.compress(bytes(size), mtime=0)
    unfold = Inflater(most, gzip=True)
    allowed = min(most, max(1024 * 1024, 20 * len(raw)))

    if size <= allowed:
        assert len(unfold.feed(raw)) == size
    else:
        with pytest.raises(Broken):
            unfold.feed(raw)
