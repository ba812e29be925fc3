"""Embeddings cost their input: reserved before the upstream is asked, settled by what it counted."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.allowance import Limit
from lockgate.core.body import head
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Call, Route
from lockgate.core.price import filled
from lockgate.core.price_list import always
from lockgate.core.wanted import Wanted
from lockgate.dialects.openai_embeddings import plugin
from lockgate.pipeline.worst import HIDDEN, worst
from tests.fakes import Answered, Script
from tests.unit.pipeline.embedding import ANT, OAI, answer, ask
from tests.unit.pipeline.limited import USD, Shop, a_budget, a_limit

PRICED = replace(OAI, quotes=always(filled({"input": ((0, USD // 1_000_000),), "output": ((0, USD),)})))


def used(shop: Shop) -> list[int]:
    return sorted({amount for row in shop.memory.charged.values() for _, amount, _ in row})


@pytest.mark.parametrize(
    ("limit", "settled"),
    [
        (a_limit("tokens", 5000), 8),
        (a_limit("input_tokens", 5000), 8),
        (a_limit("output_tokens", 5), 0),
        (a_limit("requests", 5), 1),
        (a_budget(1), 8_000),
    ],
)
async def test_what_was_counted_is_settled(limit: Limit, settled: int) -> None:
    shop = Shop(limit)

    reply, _, notebook = await ask(
        Script(Answered(200, [answer()])), Route("e", (PRICED,)), {"input": "a"}, admission=shop.admission
    )

    assert (reply.status, shop.held) == (200, 0)
    assert sum(used(shop)) == settled
    assert notebook.outcome.cost_usd == "0.000008"


async def test_what_nobody_counted_is_estimated() -> None:
    shop, body = Shop(a_limit("tokens", 5000)), answer(usage=None)

    _, _, notebook = await ask(
        Script(Answered(200, [body])), Route("e", (PRICED,)), {"input": "a" * 350}, admission=shop.admission
    )

    assert notebook.outcome.usage is not None
    assert (notebook.outcome.estimated, notebook.outcome.usage.output) == (True, 0)
    assert 100 <= notebook.outcome.usage.input <= 110
    assert sum(used(shop)) == notebook.outcome.usage.input


@pytest.mark.parametrize(
    ("limit", "status"),
    [(a_limit("tokens", HIDDEN + 20), 429), (a_budget(0.000001), 429), (a_limit("requests", 1), 429)],
)
async def test_without_room_nobody_is_asked(limit: Limit, status: int) -> None:
    shop, script = Shop(limit), Script(*[Answered(200, [answer()])] * 2)

    first, _, _ = await ask(script, Route("e", (PRICED,)), {"input": "a" * 100}, admission=shop.admission)
    second, got, _ = await ask(script, Route("e", (PRICED,)), {"input": "a" * 100}, admission=shop.admission)

    assert (first.status, second.status) == (200 if limit.kind == "requests" else status, status)
    assert len(script.sent) == (limit.kind == "requests")
    assert "error" in msgspec.json.decode(got)


async def test_a_model_without_a_price_is_not_asked_where_there_is_a_budget() -> None:
    """The price of an upstream that has no such endpoint is no price."""
    reply, got, _ = await ask(
        Script(),
        Route("e", (replace(ANT, quotes=PRICED.quotes), OAI)),
        {"input": "a"},
        admission=Shop(a_budget(1)).admission,
    )

    assert (reply.status, msgspec.json.decode(got)["error"]["code"]) == (403, "price_unknown")


@pytest.mark.parametrize(
    ("given", "inputs"),
    [("a", 1), (["a", "b", "c"], 3), ([1, 2, 3], 1), ([[1], [2, 3]], 2), ([], 1), (None, 1), ({}, 1)],
)
def test_each_input_may_have_as_many_tokens_as_the_model_takes(given: Any, inputs: int) -> None:
    assert plugin.wanted(head(msgspec.json.encode({"model": "m", "input": given}))) == Wanted(0, 1, inputs)


@pytest.mark.parametrize(("inputs", "most"), [(["a" * 400] * 3, 150), (["a" * 400], 50), (["a"], 50)])
def test_as_much_is_reserved_as_all_inputs_may_have(inputs: list[str], most: int) -> None:
    body = head(msgspec.json.encode({"model": "m", "input": inputs}))

    found = worst(Call(plugin, "embeddings", Ask("m"), body, ()), Route("e", (OAI,), max_input=50))

    assert (found.input, found.output) == (most, 0)


def test_inputs_under_another_name_count_too() -> None:
    """llama.cpp takes them as `content`."""
    assert plugin.wanted(head(b'{"model":"m","input":"x","content":["a","b"],"more":[1,2]}')) == Wanted(0, 1, 3)
