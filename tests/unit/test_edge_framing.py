"""Chunks: however they are cut, the body is the same, and the parser of uvicorn reads what is accepted the same way."""

from itertools import pairwise

import httptools
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.problem import Problem
from lockgate.edge.framing import Chunked, Sized

HEAD = b"POST / HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n"


class Twin:
    """What llhttp makes of the same bytes."""

    def __init__(self, raw: bytes) -> None:
        self.body = b""
        self.messages = 0
        self.failed = False
        try:
            httptools.HttpRequestParser(self).feed_data(HEAD + raw)
        except httptools.HttpParserError:
            self.failed = True

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.messages += 1


def fed(raw: bytes, cuts: list[int]) -> tuple[bytes, bytes] | str:
    """Body and rest, or "refused", or "unfinished"."""
    framing, body = Chunked(), b""
    edges = sorted({0, len(raw), *(cut % (len(raw) + 1) for cut in cuts)})
    pieces = [raw[a:b] for a, b in pairwise(edges)]
    for i, piece in enumerate(pieces):
        try:
            part, rest = framing.feed(piece)
        except Problem as problem:
            return "refused" if problem.status == 400 else f"refused with {problem.status}"
        body += part
        if framing.done:
            return body, rest + b"".join(pieces[i + 1 :])
        assert rest == b""
    return "unfinished"


cut_points = st.lists(st.integers(0, 5000), max_size=10)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=12), st.binary(max_size=30), cut_points)
def test_a_chunked_body_is_its_chunks_however_it_is_cut(chunks: list[bytes], rest: bytes, cuts: list[int]) -> None:
    raw = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"

    assert fed(raw + rest, cuts) == (b"".join(chunks), rest)
    assert Twin(raw).body == b"".join(chunks)


odd = st.sampled_from(
    [
        b"0",
        b"1",
        b"5",
        b"a",
        b"F",
        b"\r",
        b"\n",
        b"\r\n",
        b";",
        b";a=b",
        b';a="b c"',
        b" ",
        b"\t",
        b"x",
        b"hello",
        b"+",
        b"-",
        b"0x",
        b"_",
        b"\x00",
        b"1\r\nx\r\n",
        b"0\r\n\r\n",
        b"5\r\nhello\r\n",
        b"X: y\r\n",
        b"GET / HTTP/1.1\r\n",
    ]
)


@settings(max_examples=400)
@given(st.lists(odd, max_size=10).map(b"".join), cut_points)
def test_what_is_accepted_llhttp_reads_the_same_way(raw: bytes, cuts: list[int]) -> None:
    found = fed(raw, cuts)

    if isinstance(found, tuple):
        body, rest = found
        twin = Twin(raw[: len(raw) - len(rest)])
        assert not twin.failed
        assert (twin.body, twin.messages) == (body, 1)


@given(st.binary(max_size=300), cut_points)
def test_cutting_changes_no_verdict(raw: bytes, cuts: list[int]) -> None:
    at_once, in_pieces = fed(raw, []), fed(raw, cuts)

    assert in_pieces == at_once or {at_once, in_pieces} == {"refused", "unfinished"} or in_pieces == "refused"


def test_a_size_line_has_a_longest_length() -> None:
    assert fed(b"2;" + b"a" * 250, []) == "unfinished"
    assert fed(b"2;" + b"a" * 254, []) == "refused"
    assert fed(b"2;" + b"a" * 254, list(range(256))) == "refused"


def test_framing_may_not_outweigh_the_data() -> None:
    assert fed(b"1\r\nx\r\n" * 20_000, []) == "refused"
    assert fed(b"1;%b\r\nx\r\n" % (b"a" * 200) * 400, []) == "refused"
    assert isinstance(fed(b"40\r\n%b\r\n" % (b"x" * 64) * 20_000 + b"0\r\n\r\n", []), tuple)


@given(st.binary(max_size=50), st.integers(1, 40), cut_points)
def test_a_sized_body_is_its_size(raw: bytes, size: int, cuts: list[int]) -> None:
    framing, body, edges = Sized(size), b"", sorted({0, len(raw), *(cut % (len(raw) + 1) for cut in cuts)})
    rest = b""
    for a, b in pairwise(edges):
        part, rest_of_piece = framing.feed(raw[a:b])
        body, rest = body + part, rest + rest_of_piece

    assert (body, rest) == (raw[:size], raw[size:])
    assert framing.done == (len(raw) >= size)
