"""Processes die or are told something at the worst moment, and the gateway is whole again soon (K1, K4, K5)."""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.one_model import config
from tests.e2e.process import Running, eventually, request, running
from tests.e2e.test_k4_rolling import Asking, begun, workers
from tests.e2e.upstream import Upstream

ADOPTING = """\
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
for _ in range(6):
    subprocess.run(["sh", "-c", 'while [ -e "$0" ]; do sleep 0.1; done >/dev/null 2>&1 &', sys.argv[1]], check=True)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Becomes what is process 1 in a container: the parent of whoever loses its own."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as one:
        yield one


def started(folder: Path, upstream: Upstream, number: int) -> "Iterator[Running]":
    env = {"UP": "sk-" + secrets.token_hex(16)}
    with running(folder, config(upstream.port, workers=number, drain=10), env=env) as one:
        yield one


@pytest.fixture
def alone(tmp_path: Path, upstream: Upstream) -> Iterator[Running]:
    """One worker."""
    yield from started(tmp_path, upstream, 1)


@pytest.fixture
def pair(tmp_path: Path, upstream: Upstream) -> Iterator[Running]:
    yield from started(tmp_path, upstream, 2)


def test_K1_workers_report_to_the_desk_that_takes_a_dead_ones_place(pair: Running, upstream: Upstream) -> None:
    before = workers(pair)
    (desk,) = set(pair.children) - before
    held = upstream.mark("mid")
    connection, response, first = begun(pair.url, pair.key, held)

    os.kill(desk, signal.SIGKILL)

    eventually(lambda: len(set(pair.children) - {desk}) == 3)

    def ready() -> bool:
        with suppress(OSError):
            return request(pair.admin, "GET", "/readyz").status == 200
        return False

    eventually(ready)
    assert len(request(pair.admin, "GET", "/api/config").json["workers"]) == 2
    told = request(pair.admin, "POST", "/api/config/reload")
    assert (told.status, len(told.json["workers"])) == (200, 2)
    assert workers(pair) == before
    upstream.open(held)
    assert (first + response.read()).endswith(b"data: [DONE]\n\n")
    connection.close()


def test_K5_a_reload_kills_nobody_who_is_not_ready_for_it(pair: Running) -> None:
    before = set(pair.children)
    os.kill(max(workers(pair)), signal.SIGKILL)
    (fresh,) = eventually(lambda: set(pair.children) - before)

    pair.process.send_signal(signal.SIGHUP)

    eventually(lambda: fresh in workers(pair) or fresh not in pair.children)
    assert fresh in pair.children
    eventually(lambda: [line for line in pair.events("reload") if line["writer"] == pair.writers()[fresh]])


def test_K1_the_death_of_an_adopted_process_is_nobodys_business(tmp_path: Path, upstream: Upstream) -> None:
    env = {"UP": "sk-" + secrets.token_hex(16)}
    flag = tmp_path / "flag"
    flag.touch()
    text = config(upstream.port, workers=1, drain=10)
    with running(tmp_path, text, env=env, within=(sys.executable, "-c", ADOPTING, str(flag))) as gateway:
        assert len(gateway.children) == 8

        flag.unlink()

        eventually(lambda: len(gateway.children) == 2)
        assert request(gateway.admin, "GET", "/readyz").status == 200
        assert len(workers(gateway)) == 1


def test_K4_nobody_is_started_while_all_end(alone: Running, upstream: Upstream) -> None:
    held = upstream.mark("mid")
    connection, response, first = begun(alone.url, alone.key, held)
    alone.process.send_signal(signal.SIGTERM)
    eventually(lambda: request(alone.admin, "GET", "/readyz").status == 503)

    alone.process.send_signal(signal.SIGUSR2)
    upstream.open(held)

    assert (first + response.read()).endswith(b"data: [DONE]\n\n")
    connection.close()
    assert alone.process.wait(5) == 0


def test_K5_a_reload_does_not_wait_for_a_worker_that_leaves(alone: Running, upstream: Upstream) -> None:
    (old,) = workers(alone)
    held = upstream.mark("mid")
    connection, response, first = begun(alone.url, alone.key, held)
    alone.process.send_signal(signal.SIGUSR2)
    (fresh,) = eventually(lambda: workers(alone) - {old})
    eventually(lambda: [each["pid"] for each in request(alone.admin, "GET", "/api/config").json["workers"]] == [fresh])
    alone.file.write_text(alone.file.read_text().replace("first:", "second:"))

    told = request(alone.admin, "POST", "/api/config/reload")

    assert (told.status, [each["pid"] for each in told.json["workers"]]) == (200, [fresh])
    assert old in alone.children
    upstream.open(held)
    assert (first + response.read()).endswith(b"data: [DONE]\n\n")
    connection.close()


def test_K4_a_fresh_worker_that_dies_is_replaced_while_the_old_one_ends(alone: Running, upstream: Upstream) -> None:
    """The old one takes nobody any more, and has a stream to finish."""
    (old,) = workers(alone)
    held = upstream.mark("mid")
    connection, response, first = begun(alone.url, alone.key, held)
    alone.process.send_signal(signal.SIGUSR2)
    (fresh,) = eventually(lambda: workers(alone) - {old})
    with Asking(alone.url, alone.key, upstream.mark("chat")) as asking:
        eventually(lambda: asking.answered > 20)

        os.kill(fresh, signal.SIGKILL)

        eventually(lambda: workers(alone) - {old, fresh}, 2.0)
        answered = asking.answered
        eventually(lambda: asking.answered > answered + 20)
    upstream.open(held)
    assert (first + response.read()).endswith(b"data: [DONE]\n\n")
    connection.close()
    eventually(lambda: old not in alone.children)
    eventually(lambda: len(workers(alone)) == 1)
