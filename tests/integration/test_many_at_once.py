"""Many who ask in the same moment: few begin in a turn of the loop, so that the others hear a no without being looked at."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from lockgate.core.http import Inbound, Reply, Shed
from lockgate.edge.turns import MOST, MOST_LATE
from tests.integration.front_door import GET, Door, answers_of, door, post, until

CROWD, PLACES = 300, 20
OTHER_KEY = post(b"{}", b"Authorization: Bearer other")


def crowded(seen: list[str]) -> Callable[[Inbound], Awaitable[Reply]]:
    """The first get an answer, the others a refusal that stands for as long as anybody asks. Notes who was looked at."""

    async def serve(inbound: Inbound) -> Reply:
        seen.append(dict(inbound.headers).get(b"authorization", b"").decode() + inbound.client)
        if len(seen) <= PLACES:
            return Reply(200, (), b"ok")
        return Reply(503, ((b"x-request-id", b"%d" % len(seen)),), b"no", Shed(0.0, lambda _: (1.0, 0.0)))

    return serve


async def many(gateway: Door, number: int = CROWD) -> list[socket.socket]:
    clients = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(number)]
    await until(lambda: gateway.server.connections == number)
    return clients


async def heard(clients: list[socket.socket]) -> list[int]:
    """The statuses of the first answers."""
    loop = asyncio.get_running_loop()
    said = []
    for client in clients:
        client.setblocking(False)
        async with asyncio.timeout(5):
            said.append(await loop.sock_recv(client, 4096))
        client.close()
    return [answers_of(each)[0].status for each in said]


async def test_of_many_who_ask_at_once_those_beyond_the_places_are_neither_parsed_nor_known() -> None:
    seen: list[str] = []
    async with door(crowded(seen), tick=9.0) as gateway:
        clients = await many(gateway)
        for client in clients:
            client.sendall(post())
        statuses = await heard(clients)
    assert (statuses.count(200), statuses.count(503)) == (PLACES, CROWD - PLACES)
    assert len(seen) == MOST, "those of one turn, and of the others nobody"


async def test_who_asks_again_is_told_how_many_wait_before_it_so_that_no_more_are_looked_at_than_there_is_room_for() -> (
    None
):
    """Else all who come in a turn of the loop would take the same places for free."""
    served: list[str] = []
    before: list[int] = []

    def again(waiting: int) -> tuple[float, float] | None:
        before.append(waiting)
        return None if len(served) < PLACES and waiting < PLACES else (1.0, 0.0)

    async def serve(inbound: Inbound) -> Reply:
        if not before:
            return Reply(503, (), b"no", Shed(0.0, again))
        served.append(inbound.path)
        return Reply(200, (), b"ok")

    async with door(serve, tick=9.0) as gateway:
        clients = await many(gateway)
        clients[0].sendall(post())
        clients[0].setblocking(False)
        async with asyncio.timeout(5):
            await asyncio.get_running_loop().sock_recv(clients[0], 4096)
        for client in clients:
            client.sendall(post())
        statuses = await heard(clients)
    assert max(before) == PLACES
    assert MOST <= statuses.count(200) <= MOST + PLACES, (
        "those who began at once, and those for whom there was room behind them"
    )
    assert before.count(0) >= MOST, "whose turn it is has nobody before it"


async def test_S16_what_was_said_to_one_is_not_said_to_another_key_or_another_address() -> None:
    seen: list[str] = []
    async with door(crowded(seen), tick=9.0) as gateway:
        assert (await heard_one_by_one(gateway, [post()] * (PLACES + 5))).count(503) == 5
        assert seen == ["127.0.0.1"] * (PLACES + 1)
        assert await heard_one_by_one(gateway, [OTHER_KEY, post(path=b"/v1/messages"), post(b"{ }")]) == [503] * 3
        assert len(seen) == PLACES + 4
        elsewhere = socket.create_connection(("127.0.0.1", gateway.port), source_address=("127.0.0.2", 0))
        elsewhere.sendall(post())
        assert await heard([elsewhere]) == [503]
        assert seen[-1] == "127.0.0.2"


async def heard_one_by_one(gateway: Door, requests: list[bytes]) -> list[int]:
    return [(await gateway.ask(request))[0].status for request in requests]


async def test_K4_those_who_wait_for_their_turn_are_served_while_the_server_drains() -> None:
    turned: list[int] = []

    async def serve(inbound: Inbound) -> Reply:
        if not turned:
            gateway.server.retire()
        turned.append(len(await inbound.read()))
        return Reply(200, (), b"ok")

    async with door(serve) as gateway:
        clients = await many(gateway, 3 * MOST)
        for client in clients:
            client.sendall(post(b"x" * 3000))
        assert await heard(clients) == [200] * 3 * MOST
        assert turned == [3000] * 3 * MOST


async def test_C2_who_leaves_while_it_waits_for_its_turn_is_not_served_and_nobody_is_held_up() -> None:
    served: list[str] = []

    async def serve(inbound: Inbound) -> Reply:
        if not served:
            for client in clients[1::2]:
                client.close()
        served.append(inbound.path)
        await asyncio.sleep(0.05)
        return Reply(200, (), b"ok")

    async with door(serve) as gateway:
        clients = await many(gateway, 4 * MOST)
        for client in clients:
            client.sendall(post())
        assert await heard(clients[::2]) == [200] * 2 * MOST
        await until(lambda: gateway.server.connections == 0)
        assert (await gateway.ask(post()))[0].status == 200


async def test_a_large_body_behind_a_head_that_waits_comes_whole() -> None:
    size = 400_000
    got: list[int] = []

    async def serve(inbound: Inbound) -> Reply:
        got.append(len(await inbound.read()))
        return Reply(200, (), b"ok")

    async with door(serve) as gateway:
        clients = [await gateway.connect() for _ in range(2 * MOST)]
        await asyncio.gather(*[client.send(post(b"x" * size)) for client in clients])
        assert [(await client.one()).status for client in clients] == [200] * 2 * MOST
        assert got == [size] * 2 * MOST
        for client in clients:
            client.close()


async def test_C2_who_sent_much_while_it_waited_and_leaves_is_not_served_to_the_end() -> None:
    """Its connection was not read any more when its turn came; then it is again, so that its leaving is seen."""
    size, begun, left = 100_000, 0, 0

    async def serve(inbound: Inbound) -> Reply:
        nonlocal begun, left
        if not begun:
            for client in clients:
                client.sendall(b"x" * (size - 10))
        begun += 1
        await inbound.read()
        try:
            await asyncio.sleep(3)
        except asyncio.CancelledError:
            left += 1
            raise
        return Reply(200, (), b"ok")

    async with door(serve) as gateway:
        clients = await many(gateway, 2 * MOST)
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * size)
            client.sendall(post(b"x" * size)[: 10 - size])
        await until(lambda: begun == 2 * MOST)
        for client in clients:
            client.close()
        await until(lambda: left == 2 * MOST)


async def test_S42_who_sends_a_head_in_two_parts_waits_for_its_turn_as_others_do() -> None:
    at_once: list[int] = []

    async def serve(inbound: Inbound) -> Reply:
        at_once.append(gateway.server.in_flight)
        return Reply(200, (), b"ok")

    async with door(serve, head_deadline=3.0) as gateway:
        clients = await many(gateway)
        for client in clients:
            client.sendall(post()[:20])
        for _ in range(2):  # until they were read
            assert (await gateway.ask(post()))[0].status == 200
        at_once.clear()
        for client in clients:
            client.sendall(post()[20:])
        assert await heard(clients) == [200] * CROWD
    assert max(at_once) <= MOST_LATE, "and a slow machine lets none in that has not waited"


async def test_S42_a_head_that_trickles_in_while_there_is_too_much_to_do_ends_with_its_deadline() -> None:
    async with door(head_deadline=0.2, idle_deadline=9.0) as gateway:
        state = gateway.server._state
        assert state is not None
        trickling, honest = await gateway.connect(), await gateway.connect()
        for client in (trickling, honest):
            await client.send(GET[:8])
        assert (await gateway.ask(post()))[0].status == 200
        state.turns.fresh += MOST  # as many have begun as begin in a turn, and none of them runs
        await trickling.send(GET[8:-1])
        await honest.send(GET[8:])
        answer = await trickling.one()
        for _ in range(MOST):
            state.turns.ran()
        assert (answer.status, (await honest.one()).status) == (408, 200), "who waits with a whole head is served"
        for client in (trickling, honest):
            client.close()
