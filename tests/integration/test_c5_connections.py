"""C5: connections that come and go by the thousand, and hundreds that stay idle, cost those who ask nothing and leave nothing behind."""

import asyncio
import socket
import time
from pathlib import Path

from tests.integration.front_door import GET, Door, door, until

IDLE, GONE = 400, 2000


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def p99(gateway: Door, while_: str) -> None:
    """Printed, and not held against anything: a busy machine is slow by itself. That all are answered is what counts."""
    client, took = await gateway.connect(), []
    for _ in range(200):
        began = time.monotonic()
        await client.send(GET)
        assert (await client.one()).status == 200
        took.append(time.monotonic() - began)
    client.close()
    print(f"C5: p99 {sorted(took)[197] * 1000:.2f} ms {while_}")


async def test_C5_connections_that_come_and_go_leave_nothing_behind() -> None:
    async with door(max_connections=1000, idle_deadline=30.0, head_deadline=30.0) as gateway:
        loop = asyncio.get_running_loop()
        before, tasks = descriptors(), len(asyncio.all_tasks())
        await p99(gateway, "alone")

        async def come_and_go() -> None:
            for _ in range(GONE):
                sock = socket.socket()
                sock.setblocking(False)
                await loop.sock_connect(sock, ("127.0.0.1", gateway.port))
                sock.close()

        await asyncio.gather(come_and_go(), p99(gateway, "while others come and go"))
        await until(lambda: gateway.server.connections == 0)

        assert gateway.noted == []  # nobody was one too many
        assert (descriptors(), len(asyncio.all_tasks()), gateway.server.in_flight) == (before, tasks, 0)
        assert gateway.server.accepts


async def test_C5_idle_connections_keep_no_task_and_everybody_is_answered() -> None:
    async with door(max_connections=1000, idle_deadline=30.0, head_deadline=30.0) as gateway:
        tasks = len(asyncio.all_tasks())
        idle = [await gateway.connect() for _ in range(IDLE)]
        for client in idle:
            await client.send(GET)
        assert {(await client.one()).status for client in idle} == {200}
        await p99(gateway, f"beside {IDLE} that are idle")
        await until(lambda: gateway.server.connections == IDLE)

        assert (gateway.server.connections, len(asyncio.all_tasks())) == (IDLE, tasks)
        for client in idle[::20]:
            await client.send(GET)
            assert (await client.one()).status == 200
        for client in idle:
            client.close()
        await until(lambda: gateway.server.connections == 0)
