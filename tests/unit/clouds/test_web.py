"""Requests for secrets: no redirects, no proxies, an end in any case, and errors that repeat nothing."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from lockgate.clouds.web import LIMIT, Silent, Told, ask, host_of, picked
from tests.cloud_server import Asked, cloud


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with cloud(lambda asked: (302, b"")) as one:
        assert ask("GET", f"{one.url}/a?b=c", {"x-word": "w"}).status == 302
    assert [(asked.method, asked.target, asked.headers["x-word"]) for asked in one.seen] == [("GET", "/a?b=c", "w")]


def test_a_document_that_is_too_deep_is_none() -> None:
    """A decoder gives up on it with an error of its own."""
    told = Told(200, b'{"a":' * 9_000 + b"1" + b"}" * 9_000)

    with pytest.raises(Silent, match="not what its documentation says"):
        told.read(dict)
    assert told.error(dict, {"x": 1}) == {"x": 1}


def test_no_proxy_variable_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with cloud(lambda asked: (200, b"{}")) as one:
        assert ask("GET", one.url, {}).body == b"{}"


def test_an_answer_without_end_is_refused() -> None:
    def long(asked: Asked) -> tuple[int, bytes]:
        return 200, b"x" * (LIMIT + 1)

    with cloud(long) as one, pytest.raises(Silent, match="too long"):
        ask("GET", one.url, {})


@pytest.fixture
def dripping() -> Iterator[str]:
    """A byte now and then: each read is in time, and the whole never."""
    over = threading.Event()

    def drip(listener: socket.socket) -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            while not over.wait(0.05):
                try:
                    peer.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join()


def test_it_ends_when_its_time_is_over(dripping: str) -> None:
    began = time.monotonic()

    with pytest.raises(Silent, match="too slow"):
        ask("GET", dripping, {}, seconds=0.3)

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://127.0.0.1:0/", "http://a b/", "http://127.0.0.1:99999/", "ftp://127.0.0.1/"]
)
def test_nobody_answers(url: str) -> None:
    with pytest.raises(Silent, match="does not answer"):
        ask("GET", url, {})


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example/x", "a.example"),
        ("https://a.example:443", "a.example"),
        ("http://[::1]:8200/", "[::1]:8200"),
        ("http://a.example:8080/", "a.example:8080"),
    ],
)
def test_hosts_are_signed_as_they_are_sent(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_field_of_a_document() -> None:
    assert picked("plain", None) == "plain"
    assert picked('{"a":"b","n":1}', "a") == "b"
    deep = '{"b":' * 9_000 + "1" + "}" * 9_000
    for text, field in ((deep, "b"), ("plain", "a"), ('{"a":"b"}', "c"), ('{"n":1}', "n"), ("[]", "a")):
        with pytest.raises(Silent) as caught:
            picked(text, field)
        assert "plain" not in str(caught.value)
