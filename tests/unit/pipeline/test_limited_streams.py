"""Streams that tokens or money are counted of: they count themselves, settle once, and are cut where they have to be."""

from math import ceil
from typing import Any

import msgspec
import pytest

from tests.fakes import Answered, Script
from tests.unit.pipeline.gateway import chat, openai_stream
from tests.unit.pipeline.limited import Shop, a_budget, a_limit


async def test_a_stream_settles_once_when_it_ends() -> None:
    shop = Shop(a_budget(1000), a_limit("tokens", 10**6))
    reply, _ = await shop.ask(Script(openai_stream("a", "b")), chat("cheap", max_tokens=50, stream=True))

    assert reply.status == 200
    assert shop.held == 0
    outcome = shop.notebook.outcome
    assert outcome.estimated  # this upstream does not count
    assert outcome.usage
    assert outcome.usage.output >= 2
    assert [charge.amount for charge in outcome.charges] == [outcome.usage.output * 1_000_000]
    assert [charge.amount for charge in shop.notebook.records[0].charges] == [50_000_000]


@pytest.mark.parametrize(
    ("model", "path"), [("guarded", "/v1/chat/completions"), ("cheap", "/v1/messages"), ("guarded", "/v1/messages")]
)
async def test_a_stream_without_counts_costs_something_in_every_lane(model: str, path: str) -> None:
    """What is decoded ends with counts of zero where the upstream gave none: that is no answer for nothing."""
    shop = Shop(a_budget(1000))
    reply, _ = await shop.ask(Script(openai_stream("a", "b")), chat(model, max_tokens=50, stream=True), path=path)

    outcome = shop.notebook.outcome
    assert (reply.status, outcome.end, outcome.estimated) == (200, "complete", True)
    assert outcome.usage
    assert outcome.usage.input > 0
    assert shop.charged() == outcome.usage.output * 1_000_000 >= 2_000_000


@pytest.mark.parametrize("texts", [["a"] * 12, ["some more words "] * 12])
async def test_what_nobody_counted_is_estimated_by_one_rule_in_every_lane(texts: list[str]) -> None:
    """By what was said, and a token at least for every event; whether tokens are limited or only reported, and whoever reads."""
    found = {}
    for model, path in (
        ("cheap", "/v1/chat/completions"),
        ("guarded", "/v1/chat/completions"),
        ("cheap", "/v1/messages"),
    ):
        shop = Shop(a_budget(1000))
        await shop.ask(Script(openai_stream(*texts)), chat(model, max_tokens=500, stream=True), path=path)
        assert shop.notebook.outcome.usage
        found[model, path] = shop.notebook.outcome.usage.output

    most = max(len(texts), ceil(len("".join(texts)) / 3.5))
    assert all(most <= each <= most + 3 for each in found.values()), (most, found)


def counting_stream(*texts: str, with_text: bool = False) -> Answered:
    """As OpenAI answers `include_usage`: a chunk of its own; or as some copies do: in the last one."""
    answer = openai_stream(*texts)
    frames = [frame for frame in answer.chunks if isinstance(frame, bytes)]
    usage = b'"usage":{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16}'
    if with_text:
        frames[-2] = frames[-2].replace(b'"brand_new":1', usage)
    else:
        frames.insert(-1, b'data: {"id":"c1","object":"chat.completion.chunk","choices":[],' + usage + b"}\n\n")
    answer.chunks = [b"".join(frames[:2]), b"".join(frames[2:])]
    return answer


@pytest.mark.parametrize("with_text", [False, True])
@pytest.mark.parametrize("wanted", [False, True])
async def test_a_stream_is_told_to_count_and_a_client_that_did_not_ask_does_not_see_it(
    *, wanted: bool, with_text: bool
) -> None:
    shop = Shop(a_budget(1000))
    script = Script(counting_stream("a", "b", with_text=with_text))
    more: dict[str, Any] = {"stream_options": {"include_usage": True}} if wanted else {}
    reply, body = await shop.ask(script, chat("cheap", max_tokens=50, stream=True, **more))

    assert reply.status == 200
    assert msgspec.json.decode(script.sent[0].body)["stream_options"] == {"include_usage": True}
    assert (b'"choices":[]' in body) == (wanted and not with_text)
    assert body.endswith(b"data: [DONE]\n\n")
    assert body.count(b'"finish_reason":"stop"') == 1
    outcome = shop.notebook.outcome
    assert not outcome.estimated
    assert outcome.usage
    assert (outcome.usage.input, outcome.usage.output) == (9, 7)
    assert shop.charged() == 7_000_000


async def test_without_tokens_to_charge_nothing_is_asked_for() -> None:
    shop = Shop(a_limit("requests", 10))
    script = Script(openai_stream("a"))
    await shop.ask(script, chat("cheap", stream=True))

    assert b"stream_options" not in script.sent[0].body


async def test_a_stream_beyond_its_reservation_is_cut() -> None:
    """An upstream that does not heed the limit: what was reserved passes, and then the dialect's word for long enough."""
    shop = Shop(a_budget(1000))
    reply, body = await shop.ask(Script(openai_stream(*["x"] * 400)), chat("cheap", max_tokens=50, stream=True))

    assert reply.status == 200
    assert 50 <= body.count(b'"content":"x"') <= 50 + 64
    assert body.count(b'"finish_reason":"length"') == 1
    assert body.endswith(b"data: [DONE]\n\n")
    outcome = shop.notebook.outcome
    assert (outcome.end, outcome.code, outcome.estimated) == ("budget", "", True)
    assert shop.held == 0
