"""A connection whose reply says so is not read for a while; others are, and it is well again after."""

import asyncio

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, door, until


async def refuse_first(inbound: Inbound) -> Reply:
    """A refusal with a pause for the path `/v1/models`, and 200 for all else."""
    return Reply(503, (), b"", 0.3) if inbound.path == "/v1/models" else Reply(200, (), b"ok")


OTHER = GET.replace(b"/v1/models", b"/v1/other")


async def test_what_a_refused_client_sends_at_once_is_read_later_and_answered() -> None:
    loop = asyncio.get_running_loop()
    async with door(refuse_first) as gateway:
        refused, calm = await gateway.connect(), await gateway.connect()
        await refused.send(GET)
        assert (await refused.one()).status == 503

        began = loop.time()
        await refused.send(OTHER)
        await calm.send(OTHER)
        assert (await calm.one()).status == 200
        assert loop.time() - began < 0.25
        assert (await refused.one()).status == 200
        assert loop.time() - began > 0.2

        await refused.send(OTHER)
        assert (await refused.one()).status == 200
        for client in (refused, calm):
            client.close()
        await until(lambda: gateway.server.connections == 0)


async def test_a_pipelined_request_and_a_client_that_leaves_while_it_rests() -> None:
    async with door(refuse_first) as gateway:
        both, gone = await gateway.connect(), await gateway.connect()
        await both.send(GET + OTHER)
        await gone.send(GET)
        assert (await gone.one()).status == 503
        gone.close()

        answers, _ = await both.answers(silence=0.05)
        assert [answer.status for answer in answers] == [503, 200]
        both.close()
        await until(lambda: gateway.server.connections == 0)


async def test_a_server_drains_while_connections_rest() -> None:
    async with door(refuse_first) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        assert (await client.one()).status == 503

        assert await gateway.server.drain(1.0)
        client.close()
