"""I4: an upstream that gave a longer whole answer than it was asked for is not believed again: its model's most is reserved."""

import pytest

from lockgate.pipeline.worst import MOST_OUTPUT
from tests.fakes import Script
from tests.unit.pipeline.gateway import chat, openai_answer, openai_stream
from tests.unit.pipeline.limited import Shop, a_limit

GIVEN = 7
"""Tokens of the answer."""


async def ask(shop: Shop, model: str, most: int, *, stream: bool = False) -> tuple[int, int]:
    """The status, and what was reserved when the upstream was asked."""
    answer = openai_stream("hello") if stream else openai_answer()
    reply, _ = await shop.ask(Script(answer), chat(model, max_tokens=most, stream=stream))
    intents = [record for record in shop.notebook.records if record.kind == "intent"]
    return reply.status, intents[0].charges[0].amount if intents else 0


async def test_I4_a_whole_answer_beyond_its_limit_is_charged_and_the_next_one_is_reserved_in_full(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop = Shop(a_limit("output_tokens", 10 * MOST_OUTPUT, "24h"))

    assert await ask(shop, "cheap", 5) == (200, 5)
    assert shop.charged() == GIVEN
    assert await ask(shop, "cheap", 5) == (200, MOST_OUTPUT)
    assert shop.charged() == 2 * GIVEN
    assert await ask(shop, "cheap", 5, stream=True) == (200, 5)  # which is cut if need be
    assert await ask(shop, "dear", 5) == (502, 5)  # another model, though its answer is none here
    (told,) = [line for line in caplog.messages if "max_output_tokens" in line]
    assert "oai" in told
    assert "'cheap'" in told


async def test_I4_so_a_limit_that_cannot_hold_it_lets_no_second_one_through() -> None:
    shop = Shop(a_limit("output_tokens", 20, "24h"))

    assert await ask(shop, "cheap", 5) == (200, 5)
    assert (await ask(shop, "cheap", 5))[0] == 429
    assert shop.charged() == GIVEN


async def test_the_models_own_most_is_what_is_reserved_where_it_is_known() -> None:
    shop = Shop(a_limit("output_tokens", 1000, "24h"))

    assert await ask(shop, "bounded", 5) == (200, 5)
    assert await ask(shop, "bounded", 5) == (200, 40)


async def test_one_that_heeds_its_limit_is_believed() -> None:
    shop = Shop(a_limit("output_tokens", 1000, "24h"))

    assert [await ask(shop, "cheap", GIVEN) for _ in range(2)] == [(200, GIVEN)] * 2
