"""K9: a worker that was stopped for a while blames no upstream for it, says that it stood still, and goes on."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.plant import FAMILIES, HASTY, Plant, config
from tests.e2e.process import Line, Told, eventually, request, running
from tests.e2e.upstream import Upstream

SECONDS = 2.5
PATIENCE = "{connect: 1s, first_byte: 1s, between_chunks: 1s, total: 2s}"
"""Of the hasty upstreams: less than the worker is stopped, and more than this test needs to stop it."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Plant]:
    env = {f"UP_{name.upper()}": "sk-up" for name in FAMILIES}
    with (
        Upstream() as upstream,
        running(tmp_path, config(upstream.port).replace(HASTY, PATIENCE), env=env) as gateway,
    ):
        yield Plant(upstream, gateway, {})


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
        time.sleep(SECONDS)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_K9_answers_that_came_while_the_worker_was_stopped_are_not_timed_out(own: Plant) -> None:
    gateway, upstream = own.gateway, own.upstream
    pid = next(iter(gateway.writers()))
    marks = [upstream.mark("head") for _ in range(12)]
    streams = [upstream.mark("mid") for _ in range(6)]
    told: list[Told] = []
    asking = [
        threading.Thread(target=lambda text=mark.text: told.append(Line(gateway).ask("hasty@openai", text)))
        for mark in marks
    ]
    reading = [Line(gateway).begin("hasty@openai", mark.text) for mark in streams]
    for thread in asking:
        thread.start()
    for mark in (*marks, *streams):
        upstream.received(mark)

    with stopped(pid):
        for mark in (*marks, *streams):
            upstream.open(mark)  # they answer now, and nobody listens
    for thread in asking:
        thread.join(10)

    assert sorted(each.status for each in told) == [200] * 12
    assert [mark.id.encode() in stream.read() for mark, stream in zip(streams, reading, strict=True)] == [True] * 6
    eventually(lambda: "this process stood still for" in gateway.stderr)
    metrics = request(gateway.admin, "GET", "/metrics").body.decode()
    assert "lockgate_stalls_total 1.0" in metrics
    assert 'outcome="upstream_timeout"' not in metrics
    assert "lockgate_at_work 0.0" in metrics
