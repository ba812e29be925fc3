"""C5: connections that come and go by the thousand, and hundreds that stay idle, cost those who ask nothing and leave nothing behind."""

import asyncio
import socket
from pathlib import Path

from tests.integration.front_door import GET, door, until

IDLE, GONE = 400, 2000


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_C5_connections_that_come_and_go_leave_nothing_behind() -> None:
    async with door(max_connections=1000, idle_deadline=30.0) as gateway:
        loop = asyncio.get_running_loop()
        before, tasks = descriptors(), len(asyncio.all_tasks())
        for number in range(GONE):
            sock = socket.socket()
            sock.setblocking(False)
            await loop.sock_connect(sock, ("127.0.0.1", gateway.port))
            sock.close()
            if number % 200 == 0:
                assert [answer.status for answer in await gateway.ask(GET, patience=1.0)] == [200]
        await until(lambda: gateway.server.connections == 0)

        assert gateway.noted == []  # nobody was one too many
        assert (descriptors(), len(asyncio.all_tasks()), gateway.server.in_flight) == (before, tasks, 0)
        assert gateway.server.accepts


async def test_C5_idle_connections_keep_no_task_and_everybody_is_answered() -> None:
    async with door(max_connections=1000, idle_deadline=30.0) as gateway:
        tasks = len(asyncio.all_tasks())
        idle = [await gateway.connect() for _ in range(IDLE)]
        for client in idle:
            await client.send(GET)
        assert {(await client.one()).status for client in idle} == {200}

        assert (gateway.server.connections, len(asyncio.all_tasks())) == (IDLE, tasks)
        for client in idle[::20]:
            await client.send(GET)
            assert (await client.one()).status == 200
        for client in idle:
            client.close()
        await until(lambda: gateway.server.connections == 0)
