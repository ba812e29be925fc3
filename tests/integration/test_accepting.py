"""A loop with much to do in each of its turns takes the connections that wait, and not one in a turn."""

import asyncio
import socket
import time

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, door, until

WAITING, TURN, TURNS = 120, 0.02, 12
"""So many connections, and seconds that each turn of the loop takes. With one in a turn, 120 turns would go by."""


async def test_many_who_wait_come_in_within_few_turns() -> None:
    loop = asyncio.get_running_loop()
    async with door() as gateway:
        clients = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(WAITING)]
        turns = 0
        while gateway.server.connections < WAITING and turns < TURNS:
            loop.call_soon(time.sleep, TURN)
            await asyncio.sleep(0)
            turns += 1
        assert gateway.server.connections == WAITING
        clients[-1].sendall(GET)
        clients[-1].settimeout(0)
        said = b""

        def answered() -> bool:
            nonlocal said
            try:
                said += clients[-1].recv(4096)
            except BlockingIOError:
                return False
            return True

        await until(answered)
        assert said.startswith(b"HTTP/1.1 200 ")
        for client in clients:
            client.close()
        await until(lambda: gateway.server.connections == 0)


async def test_no_more_come_in_than_there_is_room_for() -> None:
    loop = asyncio.get_running_loop()
    async with door(max_connections=20) as gateway:
        clients = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(60)]
        most = 0
        for _ in range(TURNS):
            loop.call_soon(time.sleep, TURN)
            await asyncio.sleep(0)
            most = max(most, gateway.server.connections)
        assert 20 <= most <= 30, "those beyond are told so, and then nobody listens"
        for client in clients:
            client.close()
        await until(lambda: gateway.server.connections == 0)
        await until(lambda: gateway.server.accepts)


async def hang_second(inbound: Inbound) -> Reply:
    if inbound.path == "/hang":
        await asyncio.sleep(30)
    return Reply(200, (), b"")


async def test_who_comes_after_the_server_was_quiet_is_waited_for_all_the_same() -> None:
    async with door(hang_second) as gateway:
        gateway.server.retire()
        first, later = await gateway.connect(), await gateway.connect()
        await first.send(GET)
        assert (await first.one()).status == 200
        first.close()
        later.close()
        await until(lambda: gateway.server.connections == 0)
        later = await gateway.connect()
        await later.send(GET.replace(b"/v1/models", b"/hang"))
        await until(lambda: gateway.server.in_flight == 1)

        ended = await gateway.server.drain(0.05)
        later.close()
        assert not ended, "it was cut off"
        assert gateway.server.connections == 0
