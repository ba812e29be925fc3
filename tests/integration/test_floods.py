"""A flood of refusals that cost their senders nothing does not keep others from their turn."""

import asyncio

from lockgate.core.http import Inbound, Reply, Shed
from lockgate.edge.turns import MOST
from tests.integration.front_door import GET, door, until


async def test_one_of_a_flood_rests_only_where_others_have_to_wait_for_their_turn() -> None:
    async def serve(_: Inbound) -> Reply:
        return Reply(401, (), b"no", Shed(0.4))

    loop = asyncio.get_running_loop()
    async with door(serve) as gateway:
        client = await gateway.connect()
        began = loop.time()
        for _ in range(5):
            await client.send(GET)
            assert (await client.one()).status == 401
        assert loop.time() - began < 0.4

        crowd = [await gateway.connect() for _ in range(2 * MOST)]
        await asyncio.gather(*[each.send(GET) for each in crowd])
        assert [(await each.one()).status for each in crowd] == [401] * 2 * MOST
        began = loop.time()
        for _ in range(2):
            await client.send(GET)
            assert (await client.one()).status == 401
        assert loop.time() - began > 0.3
        for each in (client, *crowd):
            each.close()
        await until(lambda: gateway.server.connections == 0)
