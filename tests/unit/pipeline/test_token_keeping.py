"""Values are kept sealed and for a while; and what cannot be kept does not go out."""

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import pytest

from lockgate.core.flow_rule import FlowRule
from lockgate.core.guard import Rule
from lockgate.core.names import Names
from lockgate.core.store import StoreError
from lockgate.core.tokens import Share
from tests.unit.pipeline.gateway import openai_answer
from tests.unit.pipeline.tokened import CARD, MAIL, NEW, OLD, OTHER, TOKENIZE, World, calling, user


async def test_what_is_over_is_forgotten_and_stays_a_token() -> None:
    world = World()
    await world.ask(openai_answer(), user(MAIL), session="s")
    world.now += 600
    await world.ask(openai_answer(), user(OTHER), session="s")
    world.now += 600

    told = await world.ask(openai_answer("<EMAIL_1> <EMAIL_2>"), user("hi"), session="s")
    assert told.text == f"<EMAIL_1> {OTHER}"
    assert (await world.ask(openai_answer(), user(f"{MAIL}"), session="s")).said == ["<EMAIL_3>"]


async def test_a_new_key_opens_what_the_old_one_sealed() -> None:
    world = World()
    await world.ask(openai_answer(), user(f"{OTHER} {MAIL}"), session="s")

    moved = World(seals=(NEW, OLD), store=world.store)
    assert (await moved.ask(openai_answer(), user(f"again {MAIL}"), session="s")).said == ["again <EMAIL_2>"]
    alone = World(seals=(NEW,), store=world.store)
    assert (await alone.ask(openai_answer("<EMAIL_1>"), user("hi"), session="s")).text == OTHER
    other = World(seals=(OLD,), store=World().store)
    assert (await other.ask(openai_answer("<EMAIL_1>"), user("hi"), session="s")).text == "<EMAIL_1>"


class Away:
    """A store that does not answer; `reads`: it does, but takes nothing. `asked` counts."""

    def __init__(self, *, reads: bool = False) -> None:
        self.reads, self.asked = reads, 0

    async def read(self, name: bytes) -> bytes | None:
        self.asked += 1
        if not self.reads:
            raise StoreError("away")
        return None

    async def put(
        self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
    ) -> bool:
        raise StoreError("away")

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize("reads", [False, True])
async def test_a_store_that_is_away_lets_nothing_go_out(reads: bool) -> None:
    world = World(store=Away(reads=reads))

    told = await world.ask(openai_answer(), user(MAIL))

    assert told.reply.status == 503
    assert json.loads(told.raw)["error"]["code"] == "tokens_unavailable"
    assert (b"retry-after", b"1") in told.reply.headers
    assert not told.sent
    assert world.notes.outcome.code == "tokens_unavailable"


async def test_without_such_a_rule_no_store_is_asked() -> None:
    away = Away()
    world = World(store=away, rules=(Rule("mask", 0, "mask", frozenset(("request",))),))

    assert (await world.ask(openai_answer("ok"), user(MAIL))).text == "ok"
    assert away.asked == 0


async def test_what_lies_in_the_store_says_nothing() -> None:
    world = World()
    kept: list[bytes] = []

    class Spy(Away):
        async def read(self, name: bytes) -> bytes | None:
            return None

        async def put(
            self, name: bytes, seen: bytes | None, sealed: bytes, seconds: float, share: Share | None = None
        ) -> bool:
            kept.extend((name, sealed))
            return True

    world = World(store=Spy())
    await world.ask(openai_answer(), user(f"{MAIL} {CARD}"), session="secret-session")

    assert kept
    for word in (MAIL, CARD, "jo.doe", "EMAIL", "secret-session", "key_ann"):
        assert all(word.encode() not in raw for raw in kept)


async def test_S33_an_answer_that_gets_values_back_is_kept_for_nobody() -> None:
    world = World(cached=True)
    await world.ask(openai_answer(), user(MAIL), session="s", temperature=0)

    mine = await world.ask(openai_answer("to <EMAIL_1>"), user("hi"), session="s", temperature=0)
    told = await world.ask(openai_answer("to <EMAIL_1>"), user("hi"), key="bob", temperature=0)

    assert (mine.text, told.text) == (f"to {MAIL}", "to <EMAIL_1>")
    assert (b"x-lockgate-cache", b"bypass") in mine.reply.headers
    again = await world.ask(openai_answer("another"), user("hi"), key="bob", temperature=0)
    assert (again.text, again.sent) == ("to <EMAIL_1>", "")


async def test_S48_thousands_of_values_and_literals_take_no_more_than_their_share() -> None:
    values = [f"u{number}.x@mail{number % 7}.example.org" for number in range(3000)]
    literals = " ".join(f"<EMAIL_{number}>" for number in range(1, 3000))
    answer = json.dumps({"all": [f"<EMAIL_{number}>" for number in range(3000, 6000)]})
    world = World()

    started = time.process_time()
    told = await world.ask(openai_answer(answer), user(literals + " ".join(f"{v} ," for v in values)))
    again = await world.ask(openai_answer(answer), user(literals), user(" ".join(f"x {v}" for v in values)), key="bob")
    took = time.process_time() - started

    assert json.loads(told.text)["all"] == values
    assert json.loads(again.text)["all"] == values
    assert took < 10  # a second; by the square it would be minutes


async def test_S33_two_sessions_that_ask_the_same_at_once_do_not_share_an_answer() -> None:
    world = World(collapse=True)
    await world.ask(openai_answer(), user(MAIL), session="s")
    world.script.slow = asyncio.Event()

    asked = [
        asyncio.create_task(world.ask(openai_answer("to <EMAIL_1>"), user("hi"), session=session)) for session in "stt"
    ]
    for _ in range(2):  # the third waits for the second
        await asyncio.wait_for(world.script.waiting.acquire(), 5)
    world.script.slow.set()

    assert [told.text for told in await asyncio.gather(*asked)] == [f"to {MAIL}", "to <EMAIL_1>", "to <EMAIL_1>"]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
async def test_a_key_that_has_its_share_is_told_so_and_nothing_goes_out(path: str) -> None:
    world = World(most=(2, 1 << 20))
    await world.ask(openai_answer(), user(f"{MAIL} {CARD}"), session="s")

    told = await world.ask(openai_answer(), user(OTHER), session="t", path=path, max_tokens=9)
    assert world.notes.records[-1].code == "tokens_full"
    again = await world.ask(openai_answer(), user(MAIL), session="s")
    other = await world.ask(openai_answer(), user(OTHER), key="bob")

    assert (told.reply.status, told.sent) == (429, "")
    assert (b"x-should-retry", b"false") in told.reply.headers
    assert "values behind tokens" in json.loads(told.raw)["error"]["message"]
    assert OTHER not in told.raw.decode()
    assert (again.reply.status, other.reply.status) == (200, 200)


@pytest.mark.parametrize(("data", "status"), [("person", 400), ("iban", 200)])
@pytest.mark.parametrize("style", ["label", "format"])
async def test_a_value_that_is_known_again_is_of_its_kind_for_flow_rules(data: str, status: int, style: Any) -> None:
    data = "email" if (style, data) == ("format", "person") else data
    first = f"I am {MAIL}" if style == "format" else "My name is Ann-Marie de Vries."
    again = f"x{MAIL}x" if style == "format" else "xAnn-Marie de Vriesx"
    flow = FlowRule("no-way-out", Names(("send_*",)), data=frozenset((data,)))
    world = World(rules=(replace(TOKENIZE, style=style),), flows=(flow,))
    await world.ask(openai_answer(), user(first), session="s")
    turns = (
        user("go on"),
        {"role": "assistant", "content": None, "tool_calls": [{"id": "t", "type": "function", "function": {"name": "read", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "t", "content": again},
    )  # fmt: skip

    told = await world.ask(calling("send_mail", "{}"), *turns, session="s")

    assert told.reply.status == status
