"""Processes are replaced under load and nobody notices (K1, K4): fresh workers on SIGUSR2, and sockets that are handed over."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import pytest

from tests.e2e.one_model import config
from tests.e2e.process import Running, eventually, running
from tests.e2e.upstream import Mark, Upstream
from tests.e2e.warm import COMMAND

WRAP = """\
import fcntl, os, sys
first, second = (fcntl.fcntl(int(number), fcntl.F_DUPFD, 100) for number in sys.argv[1:3])
os.dup2(first, 3), os.dup2(second, 4)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2", LISTEN_FDNAMES="data:admin")
os.execv(sys.argv[3], sys.argv[3:])
"""


class Asking:
    """Asks without a pause until it is told to end: on kept connections, and on a new one each time. Notes what went wrong."""

    def __init__(self, url: str, key: str, mark: Mark) -> None:
        self._host = url.removeprefix("http://")
        self._key = key
        self._body = json.dumps({"model": "first", "messages": [{"role": "user", "content": mark.text}]})
        self._over = threading.Event()
        self.wrong: list[str] = []
        self.answered = 0
        self._threads = [threading.Thread(target=self._ask, args=(kept,)) for kept in (True, True, False)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(20)

    def _ask(self, kept: bool) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=15)
        while not self._over.is_set():
            try:
                connection.request("POST", "/v1/chat/completions", self._body, {"x-api-key": self._key})
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(repr(error))
                connection.close()
                continue
            if response.status != 200:
                self.wrong.append(str(response.status))
            self.answered += 1
            if not kept or response.getheader("connection") == "close":
                connection.close()
        connection.close()


def begun(gateway_url: str, key: str, mark: Mark) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse, bytes]:
    """A stream that waits in its middle."""
    connection = http.client.HTTPConnection(gateway_url.removeprefix("http://"), timeout=20)
    body = {"model": "first", "stream": True, "messages": [{"role": "user", "content": mark.text}]}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), {"x-api-key": key})
    response = connection.getresponse()
    return connection, response, response.read1()


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as one:
        yield one


@pytest.fixture
def gateway(tmp_path: Path, upstream: Upstream) -> Iterator[Running]:
    env = {"UP": "sk-" + secrets.token_hex(16)}
    with running(tmp_path, config(upstream.port, drain=10), env=env) as one:
        yield one


def workers(gateway: Running) -> set[int]:
    return gateway.writers().keys() & set(gateway.children)


def test_K4_fresh_workers_take_over_and_nobody_is_refused(gateway: Running, upstream: Upstream) -> None:
    before = workers(gateway)
    held = upstream.mark("mid")
    connection, response, first = begun(gateway.url, gateway.key, held)

    with Asking(gateway.url, gateway.key, upstream.mark("chat")) as asking:
        eventually(lambda: asking.answered > 20)
        gateway.process.send_signal(signal.SIGUSR2)
        eventually(lambda: len(workers(gateway) - before) >= 1, 10)
        upstream.open(held)
        whole = first + response.read()
        eventually(lambda: not workers(gateway) & before and len(workers(gateway)) == 2, 20)
        answered = asking.answered
        eventually(lambda: asking.answered > answered + 20)
    connection.close()

    assert asking.wrong == []
    assert whole.endswith(b"data: [DONE]\n\n")
    assert gateway.command("audit", "verify", str(gateway.data / "audit"))


def test_K1_a_worker_that_is_killed_is_replaced_and_the_others_go_on(gateway: Running, upstream: Upstream) -> None:
    """Its own clients see their connections end; nobody gets a wrong answer, and what it held comes back."""
    with Asking(gateway.url, gateway.key, upstream.mark("chat")) as asking:
        for _ in range(3):
            victim = max(workers(gateway))
            eventually(lambda: asking.answered > 5)

            os.kill(victim, signal.SIGKILL)

            eventually(lambda victim=victim: victim not in gateway.children and len(workers(gateway)) == 2, 2.0)
        answered = asking.answered
        eventually(lambda: asking.answered > answered + 20)

    assert all(not wrong.isdigit() for wrong in asking.wrong)
    assert len(asking.wrong) <= 9  # at most each of the three clients at each of the three deaths


class Served:
    """`lockgate serve` on sockets that somebody else keeps."""

    def __init__(self, folder: Path, env: dict[str, str], sockets: list[socket.socket]) -> None:
        numbers = [str(one.fileno()) for one in sockets]
        line = [sys.executable, "-c", WRAP, *numbers, *COMMAND, "serve", "--config", str(folder / "lockgate.yaml")]
        with (folder / "stderr").open("ab") as said:
            self.process = subprocess.Popen(
                line,
                env=env,
                pass_fds=[one.fileno() for one in sockets],
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )

    def ready(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def kept(port: int, folder: Path) -> Iterator[tuple[list[socket.socket], Callable[[], Served], str]]:
    """The two sockets, how to start one more process on them, and a key."""
    key = "lg-" + secrets.token_urlsafe(40)
    env = {**os.environ, "UP": "sk-" + secrets.token_hex(16), "KEY": key}
    (folder / "lockgate.yaml").write_text(config(port, workers=1, drain=10))
    sockets = [socket.create_server(("127.0.0.1", 0), backlog=256) for _ in range(2)]
    started: list[Served] = []

    def start() -> Served:
        started.append(Served(folder, env, sockets))
        return started[-1]

    try:
        yield sockets, start, key
    finally:
        for one in started:
            with suppress(ProcessLookupError):
                one.process.kill()
            one.process.wait(10)
            if one.process.stdout is not None:
                one.process.stdout.close()
        for each in sockets:
            each.close()


def test_K4_who_connects_between_two_processes_waits_for_the_next(tmp_path: Path, upstream: Upstream) -> None:
    with kept(upstream.port, tmp_path) as (sockets, start, key):
        url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        first = start()
        assert f"127.0.0.1:{sockets[0].getsockname()[1]}" in first.ready()
        held = upstream.mark("mid")
        connection, response, part = begun(url, key, held)

        with Asking(url, key, upstream.mark("chat")) as asking:
            eventually(lambda: asking.answered > 10)
            ending = threading.Thread(target=first.end)
            ending.start()
            upstream.open(held)
            whole = part + response.read()
            ending.join(20)
            answered = asking.answered
            second = start()
            second.ready()
            eventually(lambda: asking.answered > answered + 10)
        connection.close()

        assert asking.wrong == []
        assert whole.endswith(b"data: [DONE]\n\n")
        assert first.process.returncode == 0
        assert second.end() == 0
