"""A first start asks the local Ollama what it has, and is not held up or fooled by whatever else is on its port."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lockgate.app.detect import ollama_models


@contextmanager
def answering(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listener on a free port that serves one connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def once() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(4096)
                serve(connection)

        thread = threading.Thread(target=once)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def says(body: bytes, status: bytes = b"200 OK") -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(
        b"HTTP/1.1 %s\r\ncontent-length: %d\r\n\r\n%s" % (status, len(body), body)
    )


def test_its_models_are_found() -> None:
    with answering(says(b'{"models":[{"name":"llama3.2:1b","size":1},{"name":"qwen3:4b"}]}')) as port:
        assert ollama_models(port=port) == ("llama3.2:1b", "qwen3:4b")


def test_an_ollama_without_models_is_found_too() -> None:
    with answering(says(b'{"models":[]}')) as port:
        assert ollama_models(port=port) == ()


def test_names_that_would_mean_something_in_yaml_are_left_out() -> None:
    with answering(says(b'{"models":[{"name":"a\\": {}\\nkeys"},{"name":"- x"},{"name":"ok"}]}')) as port:
        assert ollama_models(port=port) == ("ok",)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"models":[{"name":7}]}', b"\xff"])
def test_something_else_is_not_taken_for_it(body: bytes) -> None:
    with answering(says(body)) as port:
        assert ollama_models(port=port) is None


def test_an_error_and_nonsense_are_not_it() -> None:
    for serve in (says(b"{}", b"500 No"), lambda connection: connection.sendall(b"SSH-2.0-x\r\n")):
        with answering(serve) as port:
            assert ollama_models(port=port) is None


def test_nobody_there_and_nobody_answering_cost_little_time() -> None:
    started = time.monotonic()
    silent = threading.Event()
    with answering(lambda connection: silent.wait(2) and None) as port:
        assert ollama_models(port=port) is None
        assert time.monotonic() - started < 1.5
        silent.set()
    assert ollama_models(port=port) is None
