"""S42 and C3: slow heads, slow bodies, idle sockets and too many of them. Nobody holds the door open."""

import asyncio
import time

from lockgate.core.http import Inbound, Reply
from tests.integration.front_door import GET, Client, Door, door, post


async def drip(client: Client, raw: bytes, pause: float) -> None:
    for i in range(len(raw)):
        await client.send(raw[i : i + 1])
        await asyncio.sleep(pause)


async def ended(client: Client) -> tuple[list[int], float]:
    """Statuses, and seconds until the server closed."""
    began = time.monotonic()
    answers, closed = await client.answers(patience=3.0, silence=3.0)
    assert closed
    client.close()
    return [answer.status for answer in answers], time.monotonic() - began


async def test_c3_s42_a_head_that_drips_is_refused_however_steadily() -> None:
    async with door() as gateway:
        client = await gateway.connect()
        dripping = asyncio.ensure_future(drip(client, b"GET / HTTP/1.1\r\nHost: gw\r\n" + b"X: y\r\n" * 20, 0.02))
        statuses, seconds = await ended(client)
        dripping.cancel()

    assert statuses == [408]
    assert 0.3 < seconds < 1.0
    assert [problem.status for problem, _, _ in gateway.noted] == [408]


async def test_s42_a_socket_that_says_nothing_is_closed_without_a_word() -> None:
    async with door() as gateway:
        statuses, seconds = await ended(await gateway.connect())

    assert statuses == []
    assert 0.3 < seconds < 1.0


async def test_c3_s42_an_idle_connection_is_closed_without_a_word() -> None:
    async with door() as gateway:
        client = await gateway.connect()
        await client.send(GET)
        assert (await client.one()).status == 200
        statuses, seconds = await ended(client)

    assert statuses == []
    assert 0.5 < seconds < 1.2


async def test_s42_a_later_head_has_its_own_deadline() -> None:
    async with door(idle_deadline=5.0) as gateway:
        client = await gateway.connect()
        await client.send(GET)
        assert (await client.one()).status == 200
        await client.send(b"GET / HT")
        statuses, seconds = await ended(client)

    assert statuses == [408]
    assert 0.3 < seconds < 1.0


async def test_s42_a_body_that_stops_is_a_408() -> None:
    async with door(body_grace=30.0) as gateway:
        client = await gateway.connect()
        await client.send(post(b"x" * 1000)[:-500])
        statuses, seconds = await ended(client)

    assert statuses == [408]
    assert 0.25 < seconds < 1.2
    assert gateway.seen == []


async def test_c3_s42_a_body_that_drips_is_a_408_although_it_never_stops() -> None:
    async with door() as gateway:
        client = await gateway.connect()
        raw = post(b"x" * 1000)
        await client.send(raw[:-1000])
        dripping = asyncio.ensure_future(drip(client, raw[-1000:], 0.02))
        statuses, seconds = await ended(client)
        dripping.cancel()

    assert statuses == [408]
    assert 0.4 < seconds < 1.5


async def test_s42_a_body_that_is_fast_enough_may_take_its_time() -> None:
    async with door(body_rate=100) as gateway:
        client = await gateway.connect()
        raw = post(b"x" * 400)
        await client.send(raw[:-300])
        for _ in range(6):
            await asyncio.sleep(0.12)
            await client.send(b"x" * 50)
        answer = await client.one()
        client.close()

    assert answer.status == 200
    assert len(gateway.seen[0][1]) == 400


async def test_s42_the_clock_of_a_body_runs_only_while_somebody_reads_it() -> None:
    async def late(inbound: Inbound) -> Reply:
        await asyncio.sleep(0.6)  # longer than every deadline of a body
        return Reply(200, (), b"%d" % len(await inbound.read()))

    async with door(late) as gateway:
        client = await gateway.connect()
        raw = post(b"x" * 1000)
        await client.send(raw[:-500])
        await asyncio.sleep(0.65)
        await client.send(raw[-500:])
        answer = await client.one()
        client.close()

    assert (answer.status, answer.body) == (200, b"1000")


async def statuses_of(gateway: Door, count: int) -> tuple[list[Client], list[int]]:
    """Opens connections one after the other and asks on each; 0 is a connection that was cut."""
    clients, statuses = [], []
    for _ in range(count):
        client = await gateway.connect()
        await client.send(GET)
        answers, _ = await client.answers(silence=0.01)
        clients.append(client)
        statuses.append(answers[0].status if answers else 0)
    return clients, statuses


async def test_s42_more_connections_than_the_cap_are_told_and_closed() -> None:
    async with door(max_connections=5, idle_deadline=5.0) as gateway:
        clients, statuses = await statuses_of(gateway, 8)
        clients[0].close()
        await asyncio.sleep(0.3)
        freed, again = await statuses_of(gateway, 1)
        for client in (*clients, *freed):
            client.close()

    assert statuses == [200] * 5 + [503] * 3
    assert again == [200]
    assert {problem.kind.code for problem, _, _ in gateway.noted} == {"overloaded"}


async def test_s42_one_address_has_a_smaller_cap() -> None:
    async with door(max_connections=50, per_loopback=3) as gateway:
        clients, statuses = await statuses_of(gateway, 5)
        for client in clients:
            client.close()

    assert statuses == [200, 200, 200, 503, 503]


async def test_c3_s42_hundreds_of_slow_ones_do_not_slow_a_normal_one() -> None:
    async with door(head_deadline=1.0) as gateway:
        slow = [await gateway.connect() for _ in range(300)]
        for client in slow:
            await client.send(b"POST / HTTP/1.1\r\nHost: gw\r\nX-")
        began = time.monotonic()
        for _ in range(20):  # each says that it is the last, so that nothing waits for a second answer
            answers = await gateway.ask(post(b"{}", b"Connection: close"), patience=1.0)
            assert [answer.status for answer in answers] == [200]
        took = time.monotonic() - began
        closed = await asyncio.gather(*(ended(client) for client in slow))

    assert took < 1.0
    assert [statuses for statuses, _ in closed] == [[408]] * 300
