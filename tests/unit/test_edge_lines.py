"""However a head is cut into reads, it is the same head; and no bytes cost more than the limit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.problem import Problem
from lockgate.edge.lines import Lines
from lockgate.edge.options import EdgeOptions

OPTIONS = EdgeOptions(max_head=600, max_request_line=120, max_fields=8)
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\nX-A: b\r\nContent-Length: 5\r\n\r\n"


def fed(raw: bytes, cuts: list[int]) -> tuple[bytes, bytes] | int | None:
    """Head and rest; or the status of a refusal; or None while there is no whole head. Bytes after it are the rest."""
    lines, edges = Lines(OPTIONS), sorted({0, len(raw), *(cut % (len(raw) + 1) for cut in cuts)})
    pieces = [raw[a:b] for a, b in pairwise(edges)]
    for i, piece in enumerate(pieces):
        try:
            found = lines.feed(piece)
        except Problem as problem:
            return problem.status
        finally:
            assert len(lines._held) <= OPTIONS.max_head + 1
        if found is not None:
            return found[0], found[1] + b"".join(pieces[i + 1 :])
    return None


@given(st.binary(max_size=40), st.lists(st.integers(0, 1000), max_size=8))
def test_cuts_do_not_matter(rest: bytes, cuts: list[int]) -> None:
    assert fed(HEAD + rest, cuts) == (HEAD, rest)


part = st.sampled_from(
    [b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"a", b"A: b", b"\x00", b"GET / HTTP/1.1", b" ", b"x" * 130, b"Y: z\r\n" * 9]
)


@given(st.lists(part, max_size=14).map(b"".join), st.lists(st.integers(0, 1000), max_size=8))
def test_a_head_that_is_whole_at_once_is_the_same_in_pieces_or_was_refused_earlier(raw: bytes, cuts: list[int]) -> None:
    at_once, in_pieces = fed(raw, []), fed(raw, cuts)

    if isinstance(in_pieces, tuple) or in_pieces is None:
        assert in_pieces == at_once or (in_pieces is None and at_once == 400)
    else:
        assert in_pieces in (400, 414, 431)


@given(st.binary(max_size=2000), st.lists(st.integers(0, 3000), max_size=20))
def test_any_bytes_end_in_a_head_a_refusal_or_a_bounded_wait(raw: bytes, cuts: list[int]) -> None:
    found = fed(raw, cuts)

    assert found is None or isinstance(found, tuple) or found in (400, 414, 431)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /" + b"a" * 120, 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 600, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 9 + b"\r\n", 431),
        (b"\x16\x03\x01", 400),
        (b"GET / HTTP/1.1\n", 400),
        (b"GET / HTTP/1.1\r\nX: y\rZ", 400),
    ],
)
def test_refusals_come_before_the_head_is_whole(raw: bytes, status: int) -> None:
    assert fed(raw, []) == status
    assert fed(raw, list(range(len(raw)))) == status
