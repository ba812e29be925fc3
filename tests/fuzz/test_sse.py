"""The SSE splitter: frames joined are the stream, only its own error comes out, and it keeps no more than its limit."""

import pytest
from hypothesis import given

from lockgate.codec import sse
from tests.fuzz import hostile
from tests.fuzz.dialects import DIALECTS, corpus
from tests.fuzz.effort import tried

STREAMS = [raw for name in DIALECTS for raw in corpus(name, ".stream.txt")]


@tried(200)
@given(hostile.mutated([*STREAMS, b"event: a\ndata: {}\n\n: note\r\n\r\ndata:x\rdata:y\r\r"]), hostile.cuts)
def test_any_bytes_are_frames(raw: bytes, places: list[int]) -> None:
    splitter, whole = sse.Splitter(), sse.Splitter()

    found = [frame for piece in hostile.pieces(raw, places) for frame in splitter.feed(piece)]
    rest = list(splitter.end())

    joined = b"".join(found + rest)
    assert raw.startswith(joined)
    assert not raw[len(joined) :].strip()
    assert [*whole.feed(raw), *whole.end()] == found + rest
    for frame in found + rest:
        assert len(sse.data(frame)) <= len(frame)
        assert b"\n" not in sse.event(frame)
        assert b"\r" not in sse.event(frame)


@pytest.mark.parametrize("junk", [b"x", b"data: a\n", b"\xff\xfe", b": \r\ndata:\r\n", b"data: \r"])
def test_a_frame_without_end_is_refused_at_the_limit(junk: bytes) -> None:
    piece = junk * (256 * 1024 // len(junk))

    assert 0 < drowned(sse.Splitter(), piece) <= sse.LIMIT + len(piece)


def drowned(splitter: sse.Splitter, piece: bytes) -> int:
    """How much it took before it refused, or far too much."""
    for count in range(sse.LIMIT // len(piece) + 10):
        try:
            splitter.feed(piece)
        except sse.FrameTooLong:
            return (count + 1) * len(piece)
    return 2 * sse.LIMIT
