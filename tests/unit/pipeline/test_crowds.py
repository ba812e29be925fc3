"""Many at once, and hasty ones: a bulkhead holds although plans are made before attempts begin; haste takes nobody out."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace

import msgspec

from lockgate.core.access import Access
from lockgate.core.exchange import Route
from lockgate.core.http import Arrival, Origin, Outbound
from lockgate.core.problem import Kind, Problem
from lockgate.core.sink import Event, Record
from lockgate.health import Enlisted, Shared, Table
from lockgate.pipeline.effort import Effort
from lockgate.pipeline.serve import Gateway, serve
from tests.balancing import Clock
from tests.fakes import Coming, Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, OPENAI, chat, gateway, openai_answer, policies, told, whole

BODY = msgspec.json.encode(chat("m"))


class Crowded:
    """A transport that answers when the door is opened, and knows how many wait at each host."""

    def __init__(self) -> None:
        self.door = asyncio.Event()
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def send(self, outbound: Outbound) -> Arrival:
        host = outbound.origin.host
        self.inside[host] += 1
        self.most[host] = max(self.most[host], self.inside[host])
        await self.door.wait()
        self.inside[host] -= 1
        answer = openai_answer()
        return Arrival(answer.status, answer.headers, Coming(answer.chunks))


class Hung:
    """A transport whose upstream says nothing for as long as anybody wants to wait."""

    async def send(self, outbound: Outbound) -> Arrival:
        await asyncio.sleep(outbound.timeouts.first_byte)
        raise Problem(Kind.UPSTREAM_TIMEOUT, "no answer in time", source="upstream")


class Slow(Notebook):
    """An audit log that takes a moment, as a disk does: between the plan and the attempt there are others."""

    def put(self, record: Record | Event) -> Awaitable[bool] | None:
        super().put(record)
        return asyncio.sleep(0, True)


def made(transport: Crowded | Hung, table: Table) -> Gateway:
    targets = [replace(OPENAI, name=f"u{at}", origin=Origin("https", f"u{at}", 443), place=at) for at in range(2)]
    plain = gateway(Script(), Slow())
    allowed = policies({"m": Route("m", tuple(targets))}, shop=Access(models=("m",)))
    effort = Effort(sleep=lambda seconds: asyncio.sleep(0))
    return replace(plain, policies=allowed, transport=transport, health=table, effort=effort)


async def test_a_bulkhead_holds_when_all_come_at_once() -> None:
    transport, table = Crowded(), Table(Shared(16))
    table.enlist([Enlisted(f"u{at}", at + 1, f"u{at}", requests=5) for at in range(2)])
    ready = made(transport, table)

    asked = [asyncio.ensure_future(serve(ready, inbound("/v1/chat/completions", BODY, KEY))) for _ in range(20)]
    for _ in range(100):  # rounds of the loop, so that all who can go have gone
        await asyncio.sleep(0)
    transport.door.set()
    replies = await asyncio.gather(*asked)

    assert Counter(reply.status for reply in replies) == {200: 10, 503: 10}
    assert transport.most == {"u0": 5, "u1": 5}
    refused = next(reply for reply in replies if reply.status == 503)
    assert b"overloaded" in await whole(refused)
    assert told(refused, b"retry-after") == b"1"
    assert all(shown.state.busy == 0 for shown in table.shown())


async def test_a_client_in_a_hurry_takes_no_upstream_from_the_others() -> None:
    table = Table(Shared(16), clock=Clock())
    table.enlist([Enlisted(f"u{at}", at + 1, f"u{at}") for at in range(2)])
    ready = made(Hung(), table)
    hurry = (b"x-request-timeout", b"0.002")

    replies = [await serve(ready, inbound("/v1/chat/completions", BODY, KEY, hurry)) for _ in range(8)]

    assert {reply.status for reply in replies} == {504}
    assert table.ejections == {}
    assert [shown.word for shown in table.shown()] == ["well", "well"]
