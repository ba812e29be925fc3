"""How bytes were cut on the way never changes the frames, and joined they are the stream again."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.codec import ndjson, sse

STREAM = st.lists(
    st.sampled_from(
        [b"data: {}", b"data:x", b": note", b"event: a", b"\n", b"\r", b"\r\n", b"\n\n", b"\xef\xbb\xbf", b" "]
    ),
    max_size=30,
).map(b"".join)


def cut(raw: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(raw), *(place % (len(raw) + 1) for place in places)})
    return [raw[a:b] for a, b in pairwise(edges)]


def frames(splitter: sse.Splitter | ndjson.Splitter, pieces: list[bytes]) -> list[bytes]:
    return [frame for piece in pieces for frame in splitter.feed(piece)]


@given(STREAM, st.lists(st.integers(0, 400), max_size=12))
def test_sse_cuts_never_change_the_frames(raw: bytes, places: list[int]) -> None:
    whole, pieces = sse.Splitter(), sse.Splitter()

    assert frames(whole, [raw]) + list(whole.end()) == frames(pieces, cut(raw, places)) + list(pieces.end())


@given(STREAM, st.lists(st.integers(0, 400), max_size=12))
def test_sse_frames_joined_are_the_stream(raw: bytes, places: list[int]) -> None:
    splitter = sse.Splitter()
    joined = b"".join(frames(splitter, cut(raw, places))) + b"".join(splitter.end())

    assert raw.startswith(joined)
    assert not raw.removeprefix(joined).strip()


@given(STREAM, st.lists(st.integers(0, 400), max_size=12))
def test_ndjson_cuts_never_change_the_lines(raw: bytes, places: list[int]) -> None:
    whole, pieces = ndjson.Splitter(), ndjson.Splitter()

    assert frames(whole, [raw]) + list(whole.end()) == frames(pieces, cut(raw, places)) + list(pieces.end())


def test_data_reads_every_line_ending() -> None:
    for end in (b"\n", b"\r\n", b"\r"):
        frame = b"event: x" + end + b"data: a" + end + b"data:b" + end + end

        assert (sse.data(frame), sse.event(frame)) == (b"a\nb", b"x")


def test_a_byte_order_mark_is_not_data() -> None:
    assert sse.data(b"\xef\xbb\xbfdata: a\n\n") == b"a"


@pytest.mark.parametrize("splitter", [sse.Splitter(), ndjson.Splitter()], ids=["sse", "ndjson"])
def test_bytes_that_drip_are_not_copied_again_and_again(splitter: sse.Splitter | ndjson.Splitter) -> None:
    """Half a megabyte byte by byte: copied at each of them, it would be 128 GB."""
    size = 512 * 1024
    began = time.process_time()

    assert not any(splitter.feed(b"x") for _ in range(size))
    assert len(splitter.end()[0]) == size

    assert time.process_time() - began < 4.0
