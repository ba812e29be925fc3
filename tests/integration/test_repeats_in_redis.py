"""Idempotency keys in Redis, when Redis is not well: nobody is asked twice without knowing, and an answer that is there is given."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.key_digest import Pepper
from lockgate.core.problem import Kind
from lockgate.core.repeat import LEASE, NONCE
from lockgate.core.store import StoreError
from lockgate.limits.redis.repeats import PATIENCE, RedisRepeats
from lockgate.pipeline.repeated import Flights
from lockgate.pipeline.serve import Gateway, serve
from lockgate.redis_links.connections import Command, Connections
from lockgate.redis_links.maker import maker
from lockgate.stores.repeats import SealedRepeats
from tests.fakes import Notebook, Script, inbound
from tests.redis_server import Server, server
from tests.unit.pipeline.gateway import KEY, chat, gateway, openai_answer, told, whole

PLACE, PRINT, SEALED = b"p" * 32, b"1" * 32, b"n" * NONCE + b"sealed"
NAMED = (b"idempotency-key", b"k1")


@pytest.fixture
def running() -> Iterator[Server]:
    with server() as one:
        yield one


@asynccontextmanager
async def memory(running: Server, deadline: float = 5) -> AsyncIterator[RedisRepeats]:
    made = RedisRepeats(Connections(maker(running.url)), deadline=deadline)
    try:
        yield made
    finally:
        await made.aclose()


def with_rows(rows: RedisRepeats, script: Script) -> Gateway:
    store = SealedRepeats(rows, Pepper(b"p" * 32))
    return replace(gateway(script, Notebook()), flights=Flights(store))


async def ask(made: Gateway) -> tuple[int, bytes, bytes]:
    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast")), KEY, NAMED))
    return reply.status, await whole(reply), told(reply, b"idempotent-replayed")


async def test_C6_what_one_gateway_answered_the_other_gives_again(running: Server) -> None:
    """The second one of a pair is asked with the key while the first one has an answer."""
    script, idle = Script(openai_answer()), Script()
    async with memory(running) as one, memory(running) as other:
        first = await ask(with_rows(one, script))
        second = await ask(with_rows(other, idle))

    assert (first[0], first[2]) == (200, b"")
    assert second == (200, first[1], b"true")
    assert (len(script.sent), len(idle.sent)) == (1, 0)


async def test_C6_of_two_gateways_at_once_one_asks(running: Server) -> None:
    script = Script(openai_answer())
    async with memory(running) as one, memory(running) as other:
        gateways = with_rows(one, script), with_rows(other, script)
        answers = await asyncio.gather(*(ask(gateways[number % 2]) for number in range(20)))

    assert {status for status, _, _ in answers} == {200}
    assert sorted(again for _, _, again in answers) == [b""] + [b"true"] * 19
    assert len(script.sent) == 1


async def test_R1_when_it_is_down_nobody_is_asked_and_then_all_are_again(running: Server) -> None:
    script = Script(openai_answer())
    async with memory(running) as rows:
        made = with_rows(rows, script)
        running.stop()
        status, body, _ = await ask(made)
        assert (status, script.sent) == (503, [])
        assert msgspec.json.decode(body)["error"]["code"] == Kind.NO_REPEATS.code

        running.start()

        assert (await ask(made))[0] == 200


async def test_R1_when_it_dies_while_a_model_answers_the_answer_is_given(running: Server) -> None:
    class Dying(Script):
        async def send(self, outbound):  # type: ignore[no-untyped-def]
            running.stop()
            return await super().send(outbound)

    async with memory(running) as rows:
        status, _, _ = await ask(with_rows(rows, Dying(openai_answer())))

    assert status == 200


async def test_R2_when_it_is_slow_the_deadline_holds(running: Server) -> None:
    async with memory(running) as warm, memory(running, 0.05) as hasty:
        assert await warm.claim(PLACE, PRINT) == "mine"
        running.signal(signal.SIGSTOP)
        try:
            with pytest.raises(StoreError, match="50 ms"):
                await hasty.claim(PLACE, PRINT)
        finally:
            running.signal(signal.SIGCONT)
        assert await warm.claim(PLACE, PRINT) == "running"


async def until_mine(rows: RedisRepeats, place: bytes) -> float:
    """Seconds until another owner gets the turn. It asks as those do who wait."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while await rows.claim(place, PRINT) != "mine":
        assert loop.time() - began < LEASE
        await asyncio.sleep(0.02)
    return loop.time() - began


async def test_R2_a_turn_that_was_given_to_nobody_any_more_is_given_back(running: Server) -> None:
    """What Redis heard, and could not answer in time or to a client that was still there, is no turn of anybody's."""
    async with memory(running) as patient, memory(running, 0.05) as hasty, memory(running) as other:
        assert await patient.claim(b"w" * 32, PRINT) == await hasty.claim(b"v" * 32, PRINT) == "mine"  # connected
        running.signal(signal.SIGSTOP)
        try:
            left = asyncio.ensure_future(patient.claim(PLACE, PRINT))
            with pytest.raises(StoreError, match="50 ms"):
                await hasty.claim(b"q" * 32, PRINT)
            left.cancel()
            with pytest.raises(asyncio.CancelledError):
                await left
        finally:
            running.signal(signal.SIGCONT)

        assert await until_mine(other, PLACE) < LEASE / 3
        assert await until_mine(other, b"q" * 32) < LEASE / 3


async def test_R2_what_could_not_be_given_back_at_once_is_given_back_later_and_no_turn_of_somebody_else(
    running: Server,
) -> None:
    async with memory(running, 0.05) as hasty, memory(running) as other:
        assert await hasty.claim(PLACE, PRINT) == "mine"
        running.signal(signal.SIGSTOP)
        try:
            with pytest.raises(StoreError):
                await hasty.drop(PLACE)
        finally:
            running.signal(signal.SIGCONT)
        assert await until_mine(other, PLACE) < LEASE / 3

        await hasty.drop(PLACE)

        assert await hasty.claim(PLACE, PRINT) == "running"


async def test_R5_scripts_that_were_flushed_are_sent_again(running: Server) -> None:
    async with memory(running) as rows:
        await rows.claim(PLACE, PRINT)
        running.ask("SCRIPT", "FLUSH")

        await rows.keep(PLACE, SEALED, 60)
        assert await rows.claim(PLACE, PRINT) == SEALED


async def test_R5_without_room_nobody_has_a_turn(running: Server) -> None:
    async with memory(running) as rows:
        assert await rows.claim(PLACE, PRINT) == "mine"
        running.ask("CONFIG", "SET", "maxmemory", "1")

        with pytest.raises(StoreError, match="Redis says"):
            await rows.claim(b"q" * 32, PRINT)
        with pytest.raises(StoreError, match="Redis says"):
            await rows.keep(PLACE, SEALED, 60)
        await rows.drop(PLACE)

        running.ask("CONFIG", "SET", "maxmemory", "0")
        assert await rows.claim(PLACE, PRINT) == "mine"


@pytest.mark.parametrize("rubbish", ["a", "f" * 400], ids=["short", "long"])
async def test_what_somebody_put_there_is_no_answer(running: Server, rubbish: str) -> None:
    """Nobody gets it, and the next one with the key has its turn."""
    script = Script(openai_answer("one"), openai_answer("two"))
    async with memory(running) as rows:
        made = with_rows(rows, script)
        first = await ask(made)
        for_all = "for _, key in ipairs(redis.call('KEYS', '{lockgate}:repeat:*')) do redis.call('HSET', key, 'answer', ARGV[1]) end"
        running.ask("EVAL", for_all, "0", rubbish)

        second = await ask(made)

    assert (first[0], second[0], second[2]) == (200, 200, b"")
    assert b"two" in second[1]


async def test_all_of_it_goes_by_itself(running: Server) -> None:
    async with memory(running) as rows:
        await rows.claim(PLACE, PRINT)
        await rows.keep(PLACE, SEALED, 60)
        await rows.claim(b"q" * 32, PRINT)

    names = (
        f"{{lockgate}}:repeat:{PLACE.hex()}",
        f"{{lockgate}}:repeat:{(b'q' * 32).hex()}",
        "{lockgate}:repeats:ends",
    )
    left = [int(running.ask("PTTL", name)[1:]) for name in (*names, "{lockgate}:repeats:sum")]
    assert [0 < each <= most for each, most in zip(left, (60_000, 15_000, 86_460_000, 86_460_000), strict=True)] == [
        True
    ] * 4


class Timed(Connections):
    """Notes the seconds that each call had."""

    def __init__(self, running: Server) -> None:
        super().__init__(maker(running.url))
        self.seconds: list[float] = []

    async def call(self, commands: Callable[[bytes], Sequence[Command]], seconds: float) -> list[Any]:
        self.seconds.append(seconds)
        return await super().call(commands, 5.0)


async def test_a_long_answer_has_as_long_to_be_given_as_it_had_to_be_kept(running: Server) -> None:
    """Sixteen megabytes do not come within the deadline of a short one, and whoever asked again would never get them."""
    connections = Timed(running)
    rows = RedisRepeats(connections)
    long, short = b"n" * NONCE + bytes(3 << 20), b"s" * 32
    for place, answer in ((PLACE, long), (short, SEALED)):
        await rows.claim(place, PRINT)
        await rows.keep(place, answer, 60)
    connections.seconds.clear()

    assert await rows.claim(short, PRINT) == SEALED
    assert max(connections.seconds) < PATIENCE
    assert await rows.claim(PLACE, PRINT) == long
    assert connections.seconds[-1] == PATIENCE
    assert await rows.claim(PLACE, PRINT, long[:NONCE]) == "mine"
    await rows.aclose()
