"""The grammar of a head, held against the parser of uvicorn, and what its fields mean."""

import contextlib
from collections.abc import Callable
from typing import Any

import httptools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.core.problem import Problem
from lockgate.edge.grammar import check_host, check_request_line, check_target
from lockgate.edge.head import CHUNKED, Head, understood
from lockgate.edge.options import EdgeOptions
from lockgate.edge.second import agrees

LINE = b"POST / HTTP/1.1\r\n"
OPTIONS = EdgeOptions(max_body=1000)


def read(*fields: bytes, version: str = "1.1") -> Head:
    head = LINE + b"".join(field + b"\r\n" for field in (b"Host: gw", *fields)) + b"\r\n"
    return understood(head, len(LINE), version, OPTIONS)


class Twin:
    """What llhttp reads in a head."""

    def __init__(self, head: bytes) -> None:
        self.fields: list[tuple[bytes, bytes]] = []
        with contextlib.suppress(httptools.HttpParserUpgrade):
            httptools.HttpRequestParser(self).feed_data(head)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name.lower(), value.strip(b" \t")))


odd = st.sampled_from(
    [b":", b" ", b"\t", b",", b"\r", b"\n", b"\r\n", b"\x00", b"\x7f", b"\xe9", b"_", b'"', b"x", b"5", b"chunked"]
)
name = st.sampled_from(
    [b"X-A", b"x-b", b"Connection", b"CONTENT-length", b"Transfer-Encoding", b"Accept", b"X_C", b"Upgrade"]
)
value = st.sampled_from(
    [b"a", b" a \t", b"", b"close", b"x-a, close", b"5", b"chunked", b"\xe9", b"a:b", b"upgrade", b"h2c"]
)
line = st.one_of(
    st.tuples(name, st.sampled_from([b":", b": "]), value).map(b"".join), st.lists(odd, max_size=5).map(b"".join)
)


def tried(call: Callable[..., Any], *args: object) -> Any:
    """What a call returns, or the status of its refusal."""
    try:
        return call(*args)
    except Problem as problem:
        return problem.status


@settings(max_examples=500)
@given(st.lists(line, max_size=5))
def test_what_is_accepted_llhttp_reads_the_same_way(lines: list[bytes]) -> None:
    head = LINE + b"\r\n".join((b"Host: gw", *lines)) + b"\r\n\r\n"

    found, twin = tried(understood, head, len(LINE), "1.1", OPTIONS), tried(agrees, head)

    assert found == 400 or isinstance(found, Head)
    if isinstance(found, Head) and twin is None:
        theirs = Twin(head).fields
        named = (
            b",".join(value.lower() for name, value in theirs if name == b"connection").replace(b" ", b"").split(b",")
        )
        dropped = {b"connection", b"transfer-encoding", b"upgrade", *named}
        assert list(found.headers) == [field for field in theirs if field[0] not in dropped]


@given(st.binary(max_size=60))
def test_any_request_line_is_good_or_a_problem(line: bytes) -> None:
    found = tried(check_request_line, b"GET " + line + b" HTTP/1.1\r\n")

    assert found in (400, 405, 505) or found.path.startswith(b"/")


segment = st.sampled_from(
    [b"", b".", b"..", b"%2e", b"%2E%2e", b"a", b"..a", b".a.", b"a%2f", b"%5C", b"b;c", b"%00", b"%25", b"%41", b"v1"]
)


@settings(max_examples=400)
@given(st.lists(segment, min_size=1, max_size=6))
def test_no_path_that_is_taken_changes_when_somebody_normalises_it(segments: list[bytes]) -> None:
    path = b"/" + b"/".join(segments)
    taken = tried(check_target, path)

    if taken == 400:
        return
    assert taken == (path, b"")
    assert all(one not in (b".", b"..") for one in segments)
    assert not any(one == b"" for one in segments[:-1])
    assert not any(bad in path.lower() for bad in (b"%2e", b"%2f", b"%5c", b"%00", b"%25", b";", b"\\"))


@given(st.text(max_size=20).map(lambda text: text.encode("utf-8")))
def test_any_host_is_good_or_a_problem(host: bytes) -> None:
    name = tried(check_host, host)

    assert name == 400 or (name == name.lower() and not set("/?#@\\ ") & set(name))


@pytest.mark.parametrize(
    ("fields", "length", "close", "expects"),
    [
        ((), 0, False, False),
        ((b"Content-Length: 5",), 5, False, False),
        ((b"Content-Length: 005",), 5, False, False),
        ((b"Transfer-Encoding: CHUNKED",), CHUNKED, False, False),
        ((b"Connection: close",), 0, True, False),
        ((b"Connection: foo, Close",), 0, True, False),
        ((b"Connection: keep-alive",), 0, False, False),
        ((b"Content-Length: 5", b"Expect: 100-Continue"), 5, False, True),
    ],
)
def test_what_a_head_means(fields: tuple[bytes, ...], length: int, close: bool, expects: bool) -> None:
    head = read(*fields)

    assert (head.length, head.close, head.expects, head.unwanted) == (length, close, expects, None)


def test_an_old_client_is_closed_after_its_answer_and_expects_nothing() -> None:
    head = read(b"Content-Length: 5", b"Expect: 100-continue", b"Connection: keep-alive", version="1.0")

    assert head.close
    assert not head.expects


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ((b"Content-Length: 1001",), 413),
        ((b"Content-Length: 5", b"Content-Encoding: gzip"), 415),
        ((b"Transfer-Encoding: chunked", b"Content-Encoding: br"), 415),
    ],
)
def test_a_body_that_nobody_will_take_is_known_from_the_head(fields: tuple[bytes, ...], status: int) -> None:
    unwanted = read(*fields).unwanted

    assert unwanted is not None
    assert unwanted.status == status


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (b" X: y", "folded"),
        (b"X", "no colon"),
        (b"X_Y: z", "underscore"),
        (b"X Y: z", "no name may have"),
        (b": z", "no name may have"),
        (b"X: \x01", "control character"),
        (b"X: y\nZ: a", "CR LF"),
    ],
)
def test_each_refusal_of_a_line_says_what_is_wrong(field: bytes, words: str) -> None:
    with pytest.raises(Problem, match=words):
        read(field)
