"""K9 within a control group: a gateway that is frozen, or has a fifth of a processor, blames no upstream for it."""

import threading
import time
from collections.abc import Iterator

import pytest

from tests.cgroups import FREEZER, PROCESSOR, Group, group
from tests.e2e.plant import FAMILIES, HASTY, Plant, config
from tests.e2e.process import Line, Told, eventually, request, running
from tests.e2e.upstream import Mark, Upstream

SECONDS = 1.5
PATIENCE = "{connect: 700ms, first_byte: 700ms, between_chunks: 700ms, total: 10s}"
"""Of the hasty upstreams: less than the gateway is away."""
CLIENTS = 16
PERIODS = 12
"""Tenths of a second in which it wanted more than it got."""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    env = {f"UP_{name.upper()}": "sk-up" for name in FAMILIES}
    with (
        Upstream() as upstream,
        running(tmp_path_factory.mktemp("groups"), config(upstream.port).replace(HASTY, PATIENCE), env=env) as gateway,
    ):
        yield Plant(upstream, gateway, {})


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
        frozen.limit(FREEZER, "1", "FROZEN")
        for mark in marks:
            own.upstream.open(mark)  # they answer now, and nobody listens
        time.sleep(SECONDS)
        assert told == []
        frozen.limit(FREEZER, "0", "THAWED")
        for thread in asking:
            thread.join(10)

    assert sorted(each.status for each in told) == [200] * len(marks)
    eventually(lambda: "this process stood still for" in own.gateway.stderr)
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
