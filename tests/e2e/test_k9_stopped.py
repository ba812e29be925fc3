"""K9: a worker that was stopped, frozen, or has a fifth of a processor blames no upstream for it, and goes on."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cgroups import FREEZER, PROCESSOR, Group, group
from tests.e2e.plant import FAMILIES, HASTY, Plant, config
from tests.e2e.process import Line, Told, eventually, request, running
from tests.e2e.upstream import Mark, Upstream

SECONDS = 2.5
FROZEN = 1.5
CLIENTS = 16
PERIODS = 12
"""Tenths of a second in which it wanted more than it got."""
STILL = "this process stood still for"
PATIENCE = "{connect: 2s, first_byte: 2s, between_chunks: 2s, total: 4s}"
"""Of the hasty upstreams: less than the worker is stopped, and more than this test needs to stop it."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    env = {f"UP_{name.upper()}": "sk-up" for name in FAMILIES}
    with (
        Upstream() as upstream,
        running(tmp_path_factory.mktemp("k9"), config(upstream.port).replace(HASTY, PATIENCE), env=env) as gateway,
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
    eventually(lambda: STILL in gateway.stderr)
    metrics = request(gateway.admin, "GET", "/metrics").body.decode()
    assert "lockgate_stalls_total 1.0" in metrics
    assert 'outcome="upstream_timeout"' not in metrics
    assert "lockgate_at_work 0.0" in metrics


def enter(made: Group, plant: Plant) -> None:
    """The whole gateway: the first process, the desk, the worker."""
    made.put([plant.gateway.process.pid, *plant.gateway.children])


def asked(plant: Plant, marks: list[Mark]) -> tuple[list[Told], list[threading.Thread]]:
    told: list[Told] = []

    def ask(text: str) -> None:
        told.append(Line(plant.gateway).ask("hasty@openai", text))

    asking = [threading.Thread(target=ask, args=(mark.text,)) for mark in marks]
    for thread in asking:
        thread.start()
    return told, asking


def blamed(plant: Plant) -> bool:
    return 'outcome="upstream_timeout"' in request(plant.gateway.admin, "GET", "/metrics").body.decode()


def test_K9_a_gateway_that_is_frozen_whole_takes_what_came_meanwhile(own: Plant) -> None:
    with group(FREEZER) as frozen:
        marks = [own.upstream.mark("head") for _ in range(12)]
        told, asking = asked(own, marks)
        for mark in marks:
            own.upstream.received(mark)

        enter(frozen, own)
        before = own.gateway.stderr.count(STILL)
        frozen.limit(FREEZER, "1", "FROZEN")
        for mark in marks:
            own.upstream.open(mark)  # they answer now, and nobody listens
        time.sleep(FROZEN)
        assert told == []
        frozen.limit(FREEZER, "0", "THAWED")
        for thread in asking:
            thread.join(10)

    assert sorted(each.status for each in told) == [200] * len(marks)
    eventually(lambda: own.gateway.stderr.count(STILL) > before)
    assert not blamed(own)


def test_K9_with_a_fifth_of_a_processor_no_upstream_is_called_slow(own: Plant) -> None:
    """It has the processor for 20 of 100 milliseconds, and more to do than fits: everybody gets an answer all the same."""
    with group(PROCESSOR) as slow:
        enter(slow, own)
        slow.limit(PROCESSOR, "20000 100000", "20000")
        told: list[Told] = []

        def ask_on() -> None:
            line = Line(own.gateway)
            while slow.throttled < PERIODS:
                told.append(line.ask("hasty@openai", own.upstream.mark("chat").text))

        asking = [threading.Thread(target=ask_on) for _ in range(CLIENTS)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(15)

        assert slow.throttled >= PERIODS
    assert len(told) > CLIENTS
    assert {each.status for each in told} == {200}
    assert not blamed(own)
