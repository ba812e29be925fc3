"""The same door behind TLS: answers, refusals and leaving clients."""

import asyncio
import select
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http import HTTPStatus

import pytest
import trustme

from lockgate.core.http import Inbound, Reply
from lockgate.edge.asgi import asgi
from lockgate.edge.options import EdgeOptions
from lockgate.edge.server import Server
from tests.integration.front_door import GET, post, refuse, until


async def started(
    serve: Callable[[Inbound], Awaitable[Reply]], options: EdgeOptions, tls: ssl.SSLContext
) -> tuple[Server, int]:
    """A server, and its port."""
    server, sock = Server(asgi(serve, refuse, options), options), socket.socket()
    sock.bind(("127.0.0.1", 0))
    await server.start([sock], tls=tls)
    port: int = sock.getsockname()[1]
    return server, port


def certified(authority: trustme.CA) -> ssl.SSLContext:
    """What a server of this name needs."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(ours)
    return ours


async def nothing(inbound: Inbound) -> Reply:
    return Reply(200, (), b"")


async def test_requests_and_refusals_over_tls() -> None:
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(), certified(authority)
    authority.configure_trust(theirs)

    async def serve(inbound: Inbound) -> Reply:
        if inbound.path == "/wait":
            await asyncio.sleep(30)
        return Reply(200, (), b"%d" % len(await inbound.read()))

    options = EdgeOptions(max_body=100_000, linger_deadline=0.2, tick=0.02)
    server, port = await started(serve, options, ours)
    got = []
    for raw in (post(b"x" * 50_000), post(b"x" * 100_001), b"GET / HTTP/1.1\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=theirs, server_hostname="localhost")
        writer.write(raw)
        got.append((await reader.readline(), (await reader.read(2000)).rpartition(b"\r\n\r\n")[2][:5]))
        writer.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=theirs, server_hostname="localhost")
    writer.write(GET.replace(b"/v1/models", b"/wait"))
    await until(lambda: server.in_flight == 1)
    writer.close()
    await until(lambda: server.in_flight == 0)
    await server.drain(1.0)

    assert [line for line, _ in got] == [
        b"HTTP/1.1 200 OK\r\n",
        f"HTTP/1.1 413 {HTTPStatus(413).phrase}\r\n".encode(),
        b"HTTP/1.1 400 Bad Request\r\n",
    ]
    assert got[0][1] == b"50000"


async def test_s42_a_handshake_that_stalls_ends_with_the_head_deadline() -> None:
    options = EdgeOptions(head_deadline=0.1, tick=0.02)
    server, port = await started(nothing, options, certified(trustme.CA()))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async with asyncio.timeout(2):
        assert await reader.read() == b""
    writer.close()
    await server.drain(0.1)


async def test_who_is_in_its_handshake_when_the_server_ends_is_cut_off() -> None:
    """Those that the system's queue gave, and those that a busy turn took besides."""
    loop = asyncio.get_running_loop()
    options = EdgeOptions(head_deadline=30, tick=0.02)
    server, port = await started(nothing, options, certified(trustme.CA()))
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for _ in range(4):
        loop.call_soon(time.sleep, 0.02)
        await asyncio.sleep(0)
    await server.drain(0.1)
    await asyncio.sleep(0.05)

    ended = [client for client in clients if select.select([client], [], [], 0)[0]]
    assert len(ended) == len(clients)
    for client in clients:
        client.close()


async def test_K8_handshakes_that_are_under_way_count_as_connections() -> None:
    options = EdgeOptions(max_connections=4, tick=0.02)
    server, port = await started(nothing, options, certified(trustme.CA()))
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(options.max_connections + options.spare)]
    await until(lambda: not server.accepts)
    assert server.connections == 0

    silent[0].close()
    await until(lambda: server.accepts)
    last = socket.create_connection(("127.0.0.1", port))
    await until(lambda: not server.accepts)
    last.sendall(GET)  # that is no handshake
    await until(lambda: server.accepts)
    for client in (*silent, last):
        client.close()
    await server.drain(0.1)


async def test_s42_handshakes_of_one_address_are_counted_before_they_end() -> None:
    """Each costs more than a request, and whoever never ends his took the place of all others for seconds."""
    authority = trustme.CA()
    theirs, ours = ssl.create_default_context(), certified(authority)
    authority.configure_trust(theirs)
    noted: list[str] = []
    options = EdgeOptions(max_connections=50, per_loopback=3, head_deadline=30, tick=9)
    options = replace(options, noted=lambda why, _, who: noted.append(f"{who}: {why.detail}"))
    server, port = await started(nothing, options, ours)
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(10)]

    def cut() -> list[socket.socket]:
        return [client for client in silent if select.select([client], [], [], 0)[0]]

    await until(lambda: len(cut()) == 7)
    assert server.accepts
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
    assert len(cut()) == 7
    assert noted == ["127.0.0.1: too many connections"]

    for client in silent:
        client.close()
    await until(lambda: server.in_flight == 0)
    open_ones = [
        await asyncio.open_connection("127.0.0.1", port, ssl=theirs, server_hostname="localhost") for _ in "abc"
    ]
    for reader, writer in open_ones:
        writer.write(GET)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
    with pytest.raises(OSError):  # noqa: PT011  reset or closed, as it comes
        await asyncio.open_connection("127.0.0.1", port, ssl=theirs, server_hostname="localhost")
    for _, writer in open_ones:
        writer.close()
    await until(lambda: server.connections == 0)
    await server.drain(0.1)


@pytest.mark.parametrize("late", [False, True], ids=["before", "while it drains"])
async def test_K3_who_says_nothing_in_its_handshake_holds_a_drain_for_a_second_and_not_for_the_deadline(
    late: bool,
) -> None:
    """One that is on its way is let in all the same, and hears its answer."""
    authority, there, go = trustme.CA(), asyncio.Event(), asyncio.Event()
    theirs, ours = ssl.create_default_context(), certified(authority)
    authority.configure_trust(theirs)

    async def serve(inbound: Inbound) -> Reply:
        there.set()
        await go.wait()
        return Reply(200, (), b"done")

    server, port = await started(serve, EdgeOptions(head_deadline=30, tick=0.02), ours)
    asked, writing = await asyncio.open_connection("127.0.0.1", port, ssl=theirs, server_hostname="localhost")
    writing.write(GET)
    await there.wait()
    draining = asyncio.ensure_future(server.drain(20)) if late else None
    await asyncio.sleep(0)
    silent, writer = await asyncio.open_connection("127.0.0.1", port)
    hello, telling = await asyncio.open_connection("127.0.0.1", port)
    await until(lambda: server.in_flight == 3)
    began = time.monotonic()
    draining = draining or asyncio.ensure_future(server.drain(20))
    await asyncio.sleep(0)
    answered = asyncio.ensure_future(_asked(telling, hello, theirs))
    async with asyncio.timeout(5):
        assert await silent.read() == b""
        taken = time.monotonic() - began
        go.set()
        assert await draining
        assert b"200 OK" in await answered
    for one in (writing, writer):
        one.close()

    assert 0.5 < taken < 3
    assert b"done" in await asked.read()


async def _asked(writer: asyncio.StreamWriter, reader: asyncio.StreamReader, context: ssl.SSLContext) -> bytes:
    await writer.start_tls(context, server_hostname="localhost")
    writer.write(GET)
    return await reader.read()
