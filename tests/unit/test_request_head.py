"""What leaves for an upstream is exactly the one request that was meant, or nothing; and the lazy timer."""

import asyncio

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.http import Origin, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.transports.http.alarm import Alarm
from lockgate.transports.http.head import host_line, request_head

HERE = Origin("https", "model.test", 443)


class Server:
    """Reads a request as a server would."""

    def __init__(self, raw: bytes) -> None:
        self.url, self.body, self.done, self.headers = b"", b"", 0, [(b"", b"")][:0]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.feed_data(raw)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.done += 1


def head_or_problem(outbound: Outbound) -> bytes | Problem:
    try:
        return request_head(outbound, host_line(outbound.origin))
    except Problem as problem:
        return problem


NAMES = st.one_of(
    st.sampled_from(
        [b"x-a", b"user-agent", b"content-length", b"transfer-encoding", b"host", b"te", b"connection", b"X-A"]
    ),
    st.binary(max_size=8),
)
VALUES = st.one_of(
    st.sampled_from([b"a", b"", b"a\tb", b"\xff", b"a\r\nb: c", b"\n", b"\r", b"\0", b"a\r\n\r\nGET / HTTP/1.1"]),
    st.binary(max_size=8),
)


@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "get"]),
    st.one_of(
        st.sampled_from(["/v1/x?y=%20", "/", "", "*", "http://a/", "/a b", "/a\r\nb: c", "/\x7f", "/#"]),
        st.text(max_size=6),
    ),
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
    st.sampled_from([b"", b"{}", b"GET / HTTP/1.1\r\n\r\n"]),
)
def test_a_head_is_what_was_asked_for_or_a_problem(
    method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    head = head_or_problem(Outbound(HERE, method, target, tuple(headers), body))
    if isinstance(head, Problem):
        assert head.kind is Kind.INTERNAL
        return

    seen = Server(head + body)
    ours = {b"host", b"accept-encoding", b"user-agent", b"content-length"}
    assert (seen.done, seen.url.decode(), seen.parser.get_method().decode()) == (1, target, method)
    assert [name for name, _ in seen.headers if name not in ours] == [name for name, _ in headers if name not in ours]
    assert [value for name, value in seen.headers if name == b"host"] == [b"model.test"]
    assert (seen.body, b"transfer-encoding" in dict(seen.headers)) == (body, False)


BAD = [b"a\r\nb: c", b"a\nb: c", b"a\rb", b"\0", b"a\x1b[2J", b"\x7f", b"\r\n", b"a\r\n\r\nGET / HTTP/1.1", b"\x0b"]


@pytest.mark.parametrize("value", BAD)
def test_s38_a_value_with_a_line_of_its_own_is_refused(value: bytes) -> None:
    for headers in [((b"x-a", value),), ((b"x-a", b"1"), (b"user-agent", value), (b"x-b", b"2"))]:
        head = head_or_problem(Outbound(HERE, "POST", "/", headers, b""))

        assert isinstance(head, Problem)
        assert head.kind is Kind.INTERNAL


@pytest.mark.parametrize(
    "target", ["", "*", "a", "http://a/", "/a b", "/a\r\nb: c", "/\0", "/\x7f", "/#", "/é", "/a HTTP/1.1\r\n"]
)
def test_s38_a_target_that_is_not_one_is_refused(target: str) -> None:
    assert isinstance(head_or_problem(Outbound(HERE, "GET", target, (), b"")), Problem)


@pytest.mark.parametrize(
    "name",
    [
        b"Host",
        b"host",
        b"content-length",
        b"transfer-encoding",
        b"connection",
        b"te",
        b"expect",
        b"upgrade",
        b"accept-encoding",
        b"X-A",
        b"a b",
        b"",
        b"a:",
    ],
)
def test_s31_names_that_are_the_transports_business_are_refused(name: bytes) -> None:
    with pytest.raises(Problem) as caught:
        request_head(Outbound(HERE, "POST", "/", ((name, b"1"),), b""), b"model.test")

    assert caught.value.kind is Kind.INTERNAL


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (HERE, b"model.test"),
        (Origin("http", "model.test", 443), b"model.test:443"),
        (Origin("http", "::1", 80), b"[::1]"),
        (Origin("http", "127.0.0.1", 8080), b"127.0.0.1:8080"),
    ],
)
def test_the_host_line(origin: Origin, line: bytes) -> None:
    assert host_line(origin) == line


async def test_an_alarm_rings_once_and_not_before_its_time_however_often_it_is_moved() -> None:
    loop, rung = asyncio.get_running_loop(), []
    alarm = Alarm(loop, lambda: rung.append(loop.time()))
    begin = loop.time()
    for place in range(20):
        alarm.set(begin + 0.02 + place / 1000)
    alarm.set(begin + 0.03)
    await asyncio.sleep(0.08)

    assert [0.028 < when - begin < 0.07 for when in rung] == [True]


async def test_an_alarm_that_is_moved_to_an_earlier_time_rings_then() -> None:
    loop, rung = asyncio.get_running_loop(), asyncio.Event()
    alarm, began = Alarm(loop, rung.set), loop.time()
    alarm.set(began + 60)
    alarm.set(began + 0.01)
    await asyncio.wait_for(rung.wait(), 30)  # a machine that does other things may be late, but not by so much

    assert loop.time() - began < 60


async def test_an_alarm_that_is_cancelled_or_put_off_does_not_ring() -> None:
    loop, rung = asyncio.get_running_loop(), []
    alarms = [Alarm(loop, lambda: rung.append(True)) for _ in range(2)]
    for alarm in alarms:
        alarm.set(loop.time() + 0.01)
    alarms[0].cancel()
    alarms[1].set(loop.time() + 5)
    await asyncio.sleep(0.03)
    alarms[1].cancel()

    assert rung == []
