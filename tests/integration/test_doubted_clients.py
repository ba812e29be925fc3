"""Other certificates of clients are good now: who has shown one asks nothing more, not even what had begun to come or to shake hands."""

import asyncio
import socket
import ssl

import trustme

from lockgate.edge.options import EdgeOptions
from tests.integration.front_door import GET, until
from tests.integration.test_edge_tls import certified, nothing, started


def asking(authority: trustme.CA, verify: ssl.VerifyMode) -> ssl.SSLContext:
    context = certified(authority)
    authority.configure_trust(context)
    context.verify_mode, context.num_tickets = verify, 0
    return context


async def said(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> bytes:
    """The first line of the answer; nothing where there is none."""
    try:
        writer.write(raw)
        return await asyncio.wait_for(reader.readline(), 3)
    except (ConnectionError, ssl.SSLError):
        return b""
    finally:
        writer.close()


async def test_a_request_that_had_begun_to_come_is_not_served() -> None:
    authority, plain = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(plain)
    showing = ssl.create_default_context()
    authority.configure_trust(showing)
    authority.issue_cert("client").configure_cert(showing)
    server, port = await started(nothing, EdgeOptions(tick=0.02), asking(authority, ssl.CERT_OPTIONAL))
    shakes = socket.create_connection(("127.0.0.1", port))
    shakes.setblocking(False)
    await until(lambda: server.in_flight == 1)  # its handshake
    begun = [
        await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname="localhost")
        for context in (showing, plain)
    ]
    for _, writer in begun:
        writer.write(GET[:10])
    await asyncio.sleep(0.05)

    await server.renew(asking(authority, ssl.CERT_OPTIONAL), doubted=True)

    with_one, without = [await said(*each, GET[10:]) for each in begun]
    assert (with_one, without[:12]) == (b"", b"HTTP/1.1 200")
    late = await asyncio.open_connection(sock=shakes, ssl=showing, server_hostname="localhost")
    assert await said(*late, GET) == b""
    await server.drain(1.0)
