"""What is remembered of a head is what reading it again would give: the fast way against the slow one."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.http import Fields, once
from lockgate.core.problem import Problem
from lockgate.edge.options import EdgeOptions
from lockgate.edge.recall import Read, Recall
from lockgate.edge.request import request_of

OPTIONS = EdgeOptions(max_body=20_000)
CLIENT, SERVER = ("192.0.2.1", 4711), ("192.0.2.2", 443)


def read(head: bytes) -> Read | str:
    try:
        scope, meaning = request_of(head, OPTIONS, CLIENT, SERVER, "http")
    except Problem as problem:
        return problem.detail
    return scope, meaning


def told(known: Read | str) -> object:
    if isinstance(known, str):
        return known
    scope, meaning = known
    unwanted = meaning.unwanted.detail if meaning.unwanted else None
    return dict(scope), meaning.headers, meaning.length, meaning.close, meaning.expects, unwanted


def head(length: bytes, *fields: bytes, name: bytes = b"Content-Length", path: bytes = b"/v1") -> bytes:
    lines = (b"POST " + path + b" HTTP/1.1", b"Host: gw", name + b": " + length, *fields)
    return b"\r\n".join(lines) + b"\r\n\r\n"


lengths = st.one_of(
    st.integers(0, 30_000).map(lambda n: b"%d" % n),
    st.sampled_from(
        [b"", b"007", b"1" * 16, b"-1", b"+1", b"1_0", b"0x1", b"5, 5", b"1 ", b"\xb2", b"1\r\nX: 1", b"1\n"]
    ),
)
fields = st.lists(
    st.sampled_from(
        [
            b"X-A: 1",
            b"x-a:2",
            b"Connection: close",
            b"Connection: x-a",
            b"Content-Length: 5",
            b"content-length:7",
            b"Transfer-Encoding: chunked",
            b"Content-Encoding: gzip",
            b"Content-Encoding: identity",
            b"Expect: 100-continue",
            b"X-Length: \tContent-Length: 5",
            b"X_A: 1",
        ]
    ),
    max_size=3,
    unique=True,
)
heads = st.builds(
    lambda length, more, name, path: head(length, *more, name=name, path=path),
    lengths,
    fields,
    st.sampled_from([b"Content-Length", b"content-length", b"X-Other"]),
    st.sampled_from([b"/v1", b"/v2?a=1"]),
)


@given(st.lists(heads, min_size=2, max_size=6))
def test_what_is_recalled_is_what_reading_gives(seen: list[bytes]) -> None:
    recall = Recall(OPTIONS.max_body)

    for one in seen:
        known, fresh = recall.known(one), read(one)
        if known is not None:
            assert told(known) == told(fresh)
        elif not isinstance(fresh, str):
            recall.learn(one, fresh)


def test_the_next_length_is_recalled_and_nothing_else_is() -> None:
    recall, first = Recall(OPTIONS.max_body), head(b"10", b"X-A: 1")
    known = read(first)
    assert not isinstance(known, str)
    recall.learn(first, known)
    assert isinstance(known[1].headers, Fields)
    looked, whom = list[object](), object()

    def find(headers: object, whom: object) -> object:
        looked.append(whom)
        return object()

    found = once(known[1].headers, whom, find)

    again, other = recall.known(first), recall.known(head(b"1234", b"X-A: 1"))

    assert again is not None
    assert again[0] is known[0]
    assert other is not None
    assert other[1].length == 1234
    assert (b"content-length", b"1234") in other[1].headers
    assert isinstance(other[1].headers, Fields)
    assert once(other[1].headers, whom, find) is found, "what it carries is in all the rest of it"
    assert once(other[1].headers, object(), find) is not found
    assert len(looked) == 2
    assert recall.known(head(b"20001", b"X-A: 1")) is None
    assert recall.known(head(b"0", b"X-A: 1")) is None
    assert recall.known(head(b"10", b"X-A: 2")) is None


def test_a_head_that_is_large_or_has_no_body_is_not_kept() -> None:
    for one in (head(b"0"), head(b"5", b"X-A: " + b"a" * 5000), head(b"5", b"Content-Encoding: gzip")):
        recall, known = Recall(OPTIONS.max_body), read(one)
        assert not isinstance(known, str)

        recall.learn(one, known)

        assert recall.known(one) is None
