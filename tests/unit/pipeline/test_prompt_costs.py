"""One prompt is charged, bounded, kept, and rid of secrets as any other request."""

import json
from dataclasses import replace

import msgspec
import pytest

from lockgate.core.cache import CachePolicy
from lockgate.egress import Guarded, Scanner
from lockgate.pipeline.serve import serve
from tests.fakes import Notebook, Script, inbound
from tests.unit.pipeline.gateway import KEY, gateway, openai_stream, whole
from tests.unit.pipeline.kept import House, said
from tests.unit.pipeline.limited import Shop, a_budget, a_limit
from tests.unit.pipeline.prompted import Prompted, answers, prompts, streams
from tests.unit.pipeline.tokened import MAIL, World


@prompts
@streams
async def test_it_is_charged_and_held_to_its_limits(one: Prompted, *, stream: bool) -> None:
    shop = Shop(a_budget(1000), a_limit("tokens", 10**6))
    body = one.body("hi", "cheap", stream=stream, **one.limit(50))

    reply, _ = await shop.ask(Script(answers("fast", "a", "b", stream=stream)), body, path=one.path)

    outcome = shop.notebook.outcome
    assert (reply.status, shop.held) == (200, 0)
    assert outcome.usage
    assert shop.charged() > 0
    assert [charge.amount for charge in shop.notebook.records[0].charges] == [50_000_000]

    poor = Shop(a_budget(0.01))
    script = Script()
    reply, body_ = await poor.ask(script, body, path=one.path)
    assert (reply.status in (402, 429), script.sent) == (True, [])
    assert one.error(body_)


@prompts
async def test_an_answer_is_bounded_by_its_model_and_by_its_reservation(one: Prompted) -> None:
    shop = Shop(a_budget(1000))
    script = Script(openai_stream(*["word "] * 3000))

    reply, body = await shop.ask(script, one.body("hi", "bounded", stream=True), path=one.path)

    assert json.loads(script.sent[0].body)["max_completion_tokens"] == 40
    assert (reply.status, shop.notebook.outcome.end, one.whole(body)) == (200, "budget", True)
    assert 40 <= one.text(body).count("word") < 200
    assert b'"length"' in body


@prompts
@pytest.mark.parametrize(("first", "then"), [(False, False), (True, True), (False, True), (True, False)])
async def test_it_is_given_again_from_memory_as_it_is_wanted(one: Prompted, *, first: bool, then: bool) -> None:
    house = House(answers("kept", "hel", "lo", stream=first), policy=CachePolicy(60, warm=True))

    _, made = await house.ask(path=one.path, **one.body("hi", "kept", stream=first))
    reply, again = await house.ask(path=one.path, **one.body("hi", "kept", stream=then))

    assert (said(reply), house.calls) == (b"hit", 1)
    assert one.text(again) == one.text(made) == "hello"
    assert one.whole(again)
    assert (again == made) == (first == then)


@prompts
@streams
async def test_I7_a_secret_of_ours_does_not_leave(one: Prompted, *, stream: bool) -> None:
    secret = "sk-canary-" + "Zm9vYmFyIGJhciBiYXogcXV4"
    script, notebook = Script(answers("fast", "it is " + secret[:20], secret[20:], stream=stream)), Notebook()
    scanned = replace(gateway(script, notebook), egress=Scanner([Guarded("providers.up.api_key", secret.encode())]))

    reply = await serve(scanned, inbound(one.path, msgspec.json.encode(one.body("hi", stream=stream)), KEY))
    body = await whole(reply)

    assert secret[20:].encode() not in body
    assert secret not in one.text(body)
    assert one.error(body)
    assert notebook.outcome.end == "blocked"


@prompts
@streams
async def test_values_leave_as_tokens_and_come_back(one: Prompted, *, stream: bool) -> None:
    world = World()

    got = await world.ask(
        answers("fast", "write to <EMA", "IL_1> now", stream=stream),
        path=one.path,
        **one.body(f"I am {MAIL}", stream=stream),
    )

    assert MAIL not in got.sent
    assert "<EMAIL_1>" in got.sent
    assert one.text(got.raw) == f"write to {MAIL} now"
