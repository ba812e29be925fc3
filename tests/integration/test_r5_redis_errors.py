"""R5, S73: scripts or memory flushed, restarted, read only, full, loading, moved."""

import asyncio
from contextlib import suppress

import pytest

from lockgate.core.limit import Charge, StoreEmptyError
from lockgate.core.store import StoreError
from lockgate.limits.redis.store import RedisLimits, Who
from lockgate.redis_links.connections import Connections
from lockgate.redis_links.maker import maker
from tests.integration.redis_owner import BUDGET, begun, claim, patiently, refused, spent
from tests.redis_server import server


async def test_R5_flushed_scripts_are_sent_again() -> None:
    with server() as running:
        async with begun(running) as made:
            lease = (await made.reserve([claim(3)])).lease
            assert lease
            running.ask("SCRIPT", "FLUSH")
            made.settle(lease, [2])

            assert (await made.reserve([claim(8)])).lease
            assert await spent(made) == (2, 8)


async def test_R5_a_script_that_is_known_is_not_run_twice_because_another_is_not() -> None:
    with server() as running:
        async with begun(running) as made:
            for _ in range(2):
                lease = (await made.reserve([claim(3)])).lease
                assert lease
                made.settle(lease, [2])  # goes along with the next step, and is not known there at first

            assert await spent(made) == (4, 0)


async def test_R5_S73_flushed_memory_is_not_nothing_spent() -> None:
    with server() as running:
        async with begun(running) as made:
            await made.reserve([claim(10, at_once=True)])
            running.ask("FLUSHALL")

            with pytest.raises(StoreEmptyError):
                await made.reserve([claim()])
            await made.restore([Charge(claim().counter, BUDGET, 10, 0, 100)])

            assert (await made.reserve([claim()])).lease is None


async def test_R5_S73_restarted_empty_or_with_an_old_file_is_not_what_it_was() -> None:
    with server() as running:
        async with begun(running) as made:
            await made.reserve([claim(4, at_once=True)])
            running.ask("SAVE")
            await made.reserve([claim(6, at_once=True)])
            running.stop()
            running.start()
            assert running.ask("EXISTS", "{lockgate}:memory") == b":1"

            with pytest.raises(StoreEmptyError):
                await patiently(lambda: made.reserve([claim()]))


async def test_R5_S73_a_read_only_replica_grants_nothing() -> None:
    with server() as running:
        async with begun(running) as made:
            running.ask("REPLICAOF", "127.0.0.1", "1")

            assert await refused(made) < 0.5
            running.ask("REPLICAOF", "NO", "ONE")

            assert (await patiently(lambda: made.reserve([claim(10)]))).lease


async def test_R5_a_full_memory_grants_nothing_and_recovers() -> None:
    with server("--maxmemory-policy", "noeviction") as running:
        async with begun(running) as made:
            assert (await made.reserve([claim(1)])).lease
            running.ask("CONFIG", "SET", "maxmemory", "1")

            for _ in range(3):
                assert await refused(made) < 0.5
            running.ask("CONFIG", "SET", "maxmemory", "0")
            await patiently(made.beat)

            assert await spent(made) == (0, 1)


class Says:
    """A server that answers everything with one line."""

    def __init__(self, line: bytes) -> None:
        self.line, self.connections = line, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while said := await reader.read(65536):
                about = b"$17\r\nrun_id:abcdefghi\n\r\n" if b"INFO" in said else self.line
                writer.write(about * max(1, said.count(b"EVALSHA")))
        finally:
            writer.close()
            await writer.wait_closed()


@pytest.mark.parametrize(
    "line",
    [
        b"-MOVED 1234 127.0.0.1:7001\r\n",
        b"-LOADING Redis is loading\r\n",
        b"-READONLY no\r\n",
        b"-BUSY script\r\n",
        b"-CLUSTERDOWN x\r\n",
    ],
)
async def test_R5_whoever_is_not_the_one_is_left_for_a_new_connection(line: bytes) -> None:
    says = Says(line)
    listening = await asyncio.start_server(says.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    made = RedisLimits(Connections(maker(f"redis://127.0.0.1:{port}")), Who("one", "gateway"), 1)

    for _ in range(3):
        with pytest.raises(StoreError):
            await made.reserve([claim()])

    elsewhere = line.startswith((b"-MOVED", b"-LOADING", b"-READONLY"))
    assert says.connections == (3 if elsewhere else 1)
    with suppress(StoreError):
        await made.aclose()
    listening.close()
    await listening.wait_closed()
    await asyncio.sleep(0.05)
