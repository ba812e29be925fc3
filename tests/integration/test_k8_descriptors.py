"""More connections than descriptors allow: a few are told so, the others wait in the system's queue, and all is well again after."""

import asyncio
import os
import resource
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from lockgate.edge.options import EdgeOptions, half_of_the_descriptors
from tests.integration.front_door import GET, door, until
from tests.integration.test_edge_tls import certified, nothing, started


@pytest.mark.parametrize(
    ("soft", "most"), [(256, 104), (1024, 488), (65_536, 2048), (64, 8), (10, 1), (resource.RLIM_INFINITY, 2048)]
)
def test_K8_clients_may_have_half_of_what_is_left_for_them(soft: int, most: int) -> None:
    assert half_of_the_descriptors(soft) == most
    spare = EdgeOptions(max_connections=most).spare
    assert soft <= 64 or soft == resource.RLIM_INFINITY or 2 * most + spare < soft


async def test_K8_beyond_the_cap_a_few_are_told_and_then_nobody_is_accepted_until_there_is_room() -> None:
    async with door(max_connections=4, idle_deadline=9.0, linger_deadline=9.0) as gateway:
        inside = [await gateway.connect() for _ in range(4)]
        for client in inside:
            await client.send(GET)
            assert (await client.one()).status == 200
        told = [await gateway.connect() for _ in range(4)]
        assert [(await client.one()).status for client in told] == [503] * 4
        await until(lambda: not gateway.server.accepts)

        waiting = [await gateway.connect() for _ in range(3)]  # by the system
        for client in waiting:
            await client.send(GET)
        await asyncio.sleep(0.1)  # some ticks
        assert (gateway.server.connections, gateway.server.accepts, len(gateway.noted)) == (8, False, 4)

        for client in (*told, *inside):
            client.close()
        assert [(await client.one()).status for client in waiting] == [200] * 3
        assert gateway.server.accepts
        for client in waiting:
            client.close()


async def test_K8_a_server_that_does_not_accept_drains_all_the_same() -> None:
    async with door(max_connections=1, idle_deadline=9.0, linger_deadline=0.1) as gateway:
        clients = [await gateway.connect() for _ in range(5)]
        await until(lambda: not gateway.server.accepts)

        assert await gateway.server.drain(1.0)

        with pytest.raises(ConnectionRefusedError):
            await gateway.connect()
        for client in clients:
            client.close()


@contextmanager
def none_left() -> Iterator[None]:
    """This process has no descriptor left."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (held[0] + 1, hard))
    try:
        while True:
            try:
                held.append(os.dup(held[0]))
            except OSError:
                break
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in held:
            os.close(each)


async def test_K8_without_a_descriptor_a_listener_with_tls_rests_and_then_lets_in_who_waited(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, port = await started(nothing, EdgeOptions(tick=0.02), certified(trustme.CA()))
    with socket.socket() as client:
        client.setblocking(False)
        with none_left():
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
            await asyncio.sleep(0.2)
        assert [record.getMessage() for record in caplog.records] == [
            "no connection is accepted for a second: Too many open files"
        ]
        await until(lambda: server.in_flight == 1)  # its handshake
    await server.drain(1.0)


async def test_K8_without_a_descriptor_a_certificate_is_renewed_all_the_same() -> None:
    authority, theirs = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(theirs)
    before, after = certified(trustme.CA()), certified(authority)
    server, port = await started(nothing, EdgeOptions(tick=0.02), before)

    with none_left():
        await server.renew(after)

    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=theirs, server_hostname="localhost")
    writer.close()
    await server.drain(1.0)


async def test_K8_without_a_descriptor_a_listener_stays_without_tls_and_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    context = certified(trustme.CA())
    async with door() as gateway:
        with none_left():
            await gateway.server.renew(context)

        client = await gateway.connect()
        await client.send(GET)
        assert (await client.one()).status == 200
        assert "TLS is on, or off, as before" in caplog.text
        client.close()
