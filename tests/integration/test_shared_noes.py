"""What one connection of a client was refused with is said over its others, and over none of anybody else."""

import asyncio

from lockgate.core.http import Inbound, Reply, Shed
from tests.integration.front_door import door, post
from tests.integration.test_rested_connections import AT_ONCE, crowded


async def test_a_no_for_one_credential_is_no_answer_to_another_on_the_same_connection() -> None:
    """As behind a proxy that keeps its connections: one client's no is found by its head, then another client asks again."""
    seen: list[str] = []
    mine, other = post(b"{}", b"Authorization: Bearer mine"), post(b"{}", b"Authorization: Bearer other")
    async with door(crowded([AT_ONCE] * 9, seen), tick=9.0) as gateway:
        first, shared = await gateway.connect(), await gateway.connect()
        await first.send(other)
        assert (await first.one()).status == 503
        statuses = []
        for request in (mine, other, mine, other, mine):
            await shared.send(request)
            statuses.append((await shared.one()).status)
        for each in (first, shared):
            each.close()
    assert statuses == [200, 503, 200, 503, 200]


async def test_what_a_client_is_refused_with_is_held_once_however_many_connections_it_has() -> None:
    asked, all_asked = 0, asyncio.Event()

    async def refuse(inbound: Inbound) -> Reply:
        nonlocal asked
        asked += 1
        if asked == 3:
            all_asked.set()
        number = asked
        await all_asked.wait()
        return Reply(503, ((b"x-request-id", b"%d" % number),), b"", Shed(0.0, lambda _: AT_ONCE))

    async with door(refuse, tick=9.0) as gateway:
        clients = [await gateway.connect() for _ in range(3)]
        ids = []
        for _ in range(2):
            for client in clients:
                await client.send(post())
            ids.append([(await client.one()).headers[b"x-request-id"] for client in clients])
        for client in clients:
            client.close()
    assert sorted(ids[0]) == [b"1", b"2", b"3"]
    assert len(set(ids[1])) == 1
    assert asked == 3
