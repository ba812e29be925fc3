"""Counts that no upstream can mean, in every dialect: they are none, for they are written down and summed in 64 bits."""

from typing import Any

import msgspec
import pytest

from lockgate.core.answer import MOST_COUNTED
from lockgate.dialects import anthropic_messages, gemini_generate, ollama_chat, openai_chat
from tests.fakes import Script
from tests.unit.pipeline.gateway import chat, openai_answer
from tests.unit.pipeline.limited import Shop, a_budget

OURS = {
    openai_chat: ("usage", "prompt_tokens", "completion_tokens"),
    anthropic_messages: ("usage", "input_tokens", "output_tokens"),
    gemini_generate: ("usageMetadata", "promptTokenCount", "candidatesTokenCount"),
    ollama_chat: ("", "prompt_eval_count", "eval_count"),
}


@pytest.mark.parametrize("dialect", OURS, ids=lambda dialect: dialect.plugin.name)
@pytest.mark.parametrize("said", ["-1", str(MOST_COUNTED), "1" + "0" * 19, "1" + "0" * 30])
def test_a_count_that_cannot_be_is_none(dialect: Any, said: str) -> None:
    where, given, written = OURS[dialect]
    counts = f'{{"{given}":7,"{written}":{said}}}'
    raw = (f'{{"{where}":{counts}}}' if where else counts).encode()

    usage = dialect.plugin.unary_usage(raw)

    assert (usage.input, usage.output) == (7, 0)


async def test_what_an_upstream_makes_up_uses_up_the_budget_and_no_more() -> None:
    shop = Shop(a_budget(1))
    answer = openai_answer()
    (body,) = answer.chunks
    assert isinstance(body, bytes)
    answer.chunks = [body.replace(b'"completion_tokens":7', b'"completion_tokens":%d' % (MOST_COUNTED - 1))]

    reply, _ = await shop.ask(Script(answer), chat("cheap", max_tokens=10))

    assert reply.status == 200
    assert shop.held == 0
    assert shop.charged() == 1 << 48
    assert msgspec.json.encode(shop.notebook.outcome)
    assert (await shop.ask(Script(), chat("cheap", max_tokens=10)))[0].status == 429
