"""The NDJSON splitter: lines joined are the stream, only its own error comes out, and it keeps no more than its limit."""

from hypothesis import given

from lockgate.codec import ndjson
from tests.fuzz import hostile
from tests.fuzz.dialects import DIALECTS, corpus
from tests.fuzz.effort import tried

STREAMS = [raw for name in DIALECTS for raw in corpus(name, ".stream.txt")]


@tried(200)
@given(hostile.mutated([*STREAMS, b'{"a":1}\n\n{"b":2}\r\n{}']), hostile.cuts)
def test_any_bytes_are_lines(raw: bytes, places: list[int]) -> None:
    splitter, whole = ndjson.Splitter(), ndjson.Splitter()

    found = [line for piece in hostile.pieces(raw, places) for line in splitter.feed(piece)]
    rest = list(splitter.end())

    joined = b"".join(found + rest)
    assert raw.startswith(joined)
    assert not raw[len(joined) :].strip()
    assert [*whole.feed(raw), *whole.end()] == found + rest
    assert all(line.count(b"\n") == 1 and line.endswith(b"\n") for line in found)


def test_a_line_without_end_is_refused_at_the_limit() -> None:
    piece = b"\r{" * (128 * 1024)

    assert 0 < drowned(ndjson.Splitter(), piece) <= ndjson.LIMIT + len(piece)


def drowned(splitter: ndjson.Splitter, piece: bytes) -> int:
    """How much it took before it refused, or far too much."""
    for count in range(ndjson.LIMIT // len(piece) + 10):
        try:
            splitter.feed(piece)
        except ndjson.LineTooLong:
            return (count + 1) * len(piece)
    return 2 * ndjson.LIMIT
