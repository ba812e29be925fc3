"""HTTP versions and upgrades: what a client may offer, and what it gets."""

from tests.integration.desync import outcomes
from tests.integration.front_door import GET, door, post


async def test_s40_an_offered_upgrade_costs_no_body() -> None:
    """Java's client offers h2c with its first request; llhttp alone would drop that request's body."""
    async with door() as gateway:
        offer = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__")
        results = await outcomes(gateway, [("own", post(b'{"a":1}', *offer) + GET)])

    assert [answer.status for answer in results[0][1]] == [200, 200]
    assert [body for _, body in gateway.seen] == [b'{"a":1}', b""]
    assert not {b"upgrade", b"connection", b"http2-settings"} & {name for name, _ in gateway.seen[0][0].headers}


async def test_s40_s41_old_and_new_versions_are_answered_once_and_closed() -> None:
    async with door() as gateway:
        lines = [
            b"GET / HTTP/1.0",
            b"GET / HTTP/0.9",
            b"GET /",
            b"GET / HTTP/2.0",
            b"PRI * HTTP/2.0",
            b"GET / HTTP/1.2",
        ]
        raws = [(one.decode(), one + b"\r\nHost: gw\r\nConnection: keep-alive\r\n\r\n" + GET) for one in lines]
        results = await outcomes(gateway, raws)

    assert [[answer.status for answer in one[1]] for one in results] == [[200], [505], [400], [505], [505], [505]]
    assert all(closed for _, _, closed in results)
    assert gateway.paths == ["/"]


async def test_S23_an_upgrade_to_a_web_socket_is_a_request_like_any_other_whatever_it_says() -> None:
    """One like this ended the worker of another server."""
    fields = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    raw = b"GET /v1/models HTTP/1.1\r\nHost: gw\r\n" + fields + b"Sec-WebSocket-Protocol: caf\xe9\xff\r\n\r\n"
    async with door() as gateway:
        answers = await gateway.ask(raw + GET)
        again = await gateway.ask(GET)

    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.status for answer in again] == [200]
    assert b"upgrade" not in {name for name, _ in gateway.seen[0][0].headers}
