"""S34: requests cancelled anywhere never give another's bytes."""

import asyncio
import random

from tests.integration.outbound import ask, transport, whole
from tests.integration.scripted import CHUNKED, Peer, ScriptedUpstream, chunk


async def cancelled_somewhere(task: asyncio.Task[bytes], chance: random.Random) -> None:
    """After a few rounds of the loop, or a little later."""
    for _ in range(chance.randrange(12)):
        await asyncio.sleep(0)
    if chance.random() < 0.5:
        await asyncio.sleep(chance.random() * 0.004)
    task.cancel()


async def test_s34_requests_cancelled_anywhere_never_give_anothers_bytes() -> None:
    chance = random.Random(34)

    async def serve(peer: Peer) -> None:
        while True:
            nonce = (await peer.request()).body
            pieces = (CHUNKED, chunk(nonce), chunk(nonce), chunk(b""))
            for piece in pieces if chance.random() < 0.5 else [b"".join(pieces)]:
                await peer.send(piece)
                await asyncio.sleep(chance.choice((0, 0, 0.001)))

    async with ScriptedUpstream([serve]) as upstream, transport(max_connections=8) as out:

        async def client(first: int) -> list[bool | None]:
            """Of each request: whether it got its own bytes, or nothing where it was cancelled."""
            right: list[bool | None] = []
            for number in range(first, 1000, 16):
                nonce = b"nonce-%d" % number
                task = asyncio.ensure_future(whole(out, ask(upstream.port, nonce)))
                if chance.random() < 0.2:
                    await cancelled_somewhere(task, chance)
                try:
                    right.append(await task == nonce * 2)
                except asyncio.CancelledError:
                    right.append(None)
            return right

        told = [right for one in await asyncio.gather(*map(client, range(16))) for right in one]

        assert (len(told), told.count(False)) == (1000, 0)
        assert told.count(None) > 50
        assert out.connections <= 8
        assert await asyncio.gather(*(whole(out, ask(upstream.port, b"x")) for _ in range(8))) == [b"xx"] * 8
