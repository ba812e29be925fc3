"""I3: what nobody counted is estimated and said to be, and an attempt that nobody heard of again is charged besides."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.answer import MOST_COUNTED, Usage
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.price_list import UNKNOWN, Quotes
from lockgate.core.problem import Kind, Problem
from lockgate.core.registry import tables
from lockgate.core.sink import Attempt
from lockgate.pipeline.charge import charge
from lockgate.pipeline.lanes import Sides, Verbatim
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.spent import complete
from tests.fakes import Answered, Script
from tests.unit.pipeline.gateway import ask, chat, claude_stream, openai_answer, openai_stream
from tests.unit.pipeline.limited import CHEAP, DEAR, Shop, a_budget, a_limit

CENT, TENTH = 10_000_000, 1_000_000
"""Nanodollars of a token of the dear one and of the cheap one."""


def late() -> Problem:
    return Problem(Kind.UPSTREAM_TIMEOUT, "too late", source="upstream")


def claude_answer() -> Answered:
    body = (
        b'{"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"hello"}],'
        b'"stop_reason":"end_turn","usage":{"input_tokens":9,"output_tokens":7}}'
    )
    return Answered(200, [body])


@pytest.mark.parametrize("first", [late(), Answered(504), Answered(408)], ids=["timeout", "504", "408"])
async def test_I3_an_attempt_that_may_have_been_worked_on_is_charged_beside_the_answer(first: Any) -> None:
    shop = Shop(a_budget(1000), a_limit("output_tokens", 10**6))

    reply, _ = await shop.ask(Script(first, claude_answer()), chat("both", max_tokens=1))

    outcome = shop.notebook.outcome
    assert (reply.status, outcome.estimated, outcome.cost_usd) == (200, True, "0.071")
    assert outcome.usage
    assert outcome.usage.output == 7 + 1  # no more than was reserved, at the cheap one's price
    assert outcome.usage.input > 9
    assert sorted(charge.amount for charge in outcome.charges) == [7 * CENT + TENTH]
    assert shop.held == 0


@pytest.mark.parametrize(
    "first", [Problem(Kind.UNREACHABLE, "no", source="upstream"), Answered(503), Answered(429)], ids=str
)
async def test_I3_one_that_was_refused_costs_nothing(first: Any) -> None:
    shop = Shop(a_budget(1000))

    await shop.ask(Script(first, claude_answer()), chat("both", max_tokens=1))

    outcome = shop.notebook.outcome
    assert (outcome.estimated, outcome.cost_usd) == (False, "0.07")


async def test_I3_the_first_is_charged_when_the_last_was_not_even_reached() -> None:
    shop = Shop(a_budget(1000), a_budget(1000, ("provider", "oai")), a_budget(1000, ("provider", "ant")))

    await shop.ask(
        Script(late(), Problem(Kind.UNREACHABLE, "no", source="upstream")),
        chat("both", max_tokens=1),
        path="/v1/messages",
    )

    outcome = shop.notebook.outcome
    assert (outcome.estimated, outcome.cost_usd) == (True, "0.001")
    assert [charge.amount for charge in outcome.charges] == [TENTH, TENTH]  # the team's, and the first provider's


def counting(before: bytes, after: bytes) -> Answered:
    answer = openai_answer("hello " * 100)
    (body,) = answer.chunks
    assert isinstance(body, bytes)
    assert before in body
    answer.chunks = [body.replace(before, after)]
    return answer


@pytest.mark.parametrize("limits", [(), (a_budget(1000),)], ids=["free", "budget"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"completion_tokens":7', b'"completion_tokens":%d' % MOST_COUNTED),
        (b'"completion_tokens":7', b'"completion_tokens":-1'),
        (b'"prompt_tokens":9', b'"prompt_tokens":%d' % MOST_COUNTED),
        (b'"prompt_tokens":9', b'"prompt_tokens":0'),
    ],
)
async def test_I3_an_absurd_count_beside_a_sane_one_is_not_nothing(
    limits: Sequence[Any], before: bytes, after: bytes
) -> None:
    shop = Shop(*limits)

    await shop.ask(Script(counting(before, after)), chat("cheap", max_tokens=1000))

    outcome = shop.notebook.outcome
    assert outcome.estimated
    assert outcome.usage
    assert outcome.usage.input >= 9
    if b"completion" in before:
        assert outcome.usage.output >= 150
    else:
        assert outcome.usage.output == 7
    assert outcome.cost_usd not in (None, "0")


@pytest.mark.parametrize(
    ("model", "path", "answer"),
    [
        ("guarded", "/v1/chat/completions", openai_stream),
        ("fast", "/v1/messages", openai_stream),
        ("fast", "/v1/chat/completions", openai_stream),
        ("guarded", "/v1/messages", openai_stream),
    ],
)
async def test_I3_a_stream_without_counts_is_estimated_where_nothing_is_limited(
    model: str, path: str, answer: Any
) -> None:
    _, _, notebook = await ask(
        Script(answer("hello " * 20, "world")), chat(model, stream=True, max_tokens=99), path=path
    )

    outcome = notebook.outcome
    assert (outcome.end, outcome.estimated) == ("complete", True)
    assert outcome.usage
    assert outcome.usage.input > 0
    assert outcome.usage.output == 36


STREAMS: dict[str, tuple[str, bytes, Any]] = {
    "openai_chat": ("/v1/chat/completions", b"", b'{"choices":[{"index":0,"delta":{"content":"%b"}}]}'),
    "anthropic_messages": (
        "/v1/messages",
        b'{"type":"message_start","message":{"id":"m","usage":{"input_tokens":0,"output_tokens":0}}}',
        b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%b"}}',
    ),
    "gemini_generate": (
        "/v1beta/models/m:streamGenerateContent",
        b"",
        b'{"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"%b"}]}}]}',
    ),
    "openai_responses": (
        "/v1/responses",
        b'{"type":"response.created","response":{"id":"r","status":"in_progress"}}',
        b'{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"%b"}',
    ),
    "ollama_chat": ("/api/chat", b"", b'{"model":"m","message":{"role":"assistant","content":"%b"},"done":false}'),
}
ENDS = {
    "openai_chat": b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]',
    "anthropic_messages": b'{"type":"message_stop"}',
    "gemini_generate": b'{"candidates":[{"index":0,"finishReason":"STOP"}]}',
    "openai_responses": b'{"type":"response.completed","response":{"id":"r","status":"completed","output":[]}}',
    "ollama_chat": b'{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}',
}


def uncounted(name: str, texts: Sequence[bytes]) -> list[bytes]:
    """Frames of a stream that counts nothing."""
    _, first, frame = STREAMS[name]
    documents = [*filter(None, [first]), *(frame % text for text in texts), ENDS[name]]
    if name == "ollama_chat":
        return [document + b"\n" for document in documents]
    kind = b"event: x\n" if name == "anthropic_messages" else b""
    return [kind + b"data: " + document + b"\n\n" for document in documents]


@pytest.mark.parametrize("cut", [False, True], ids=["whole", "cut"])
@pytest.mark.parametrize("at_once", [False, True], ids=["frames", "one-chunk"])
@pytest.mark.parametrize("name", STREAMS)
async def test_I3_what_goes_on_verbatim_and_was_not_counted_is_estimated(
    name: str, *, at_once: bool, cut: bool
) -> None:
    """As good as where it is decoded: a token for 3.5 characters."""
    frames = uncounted(name, [b"a word, " * 7, *[b"and more"] * 99])[: -1 if cut else None]
    dialect = tables("lockgate.dialects", Dialect)[name]
    ledger = Ledger("r", 0.0, perf_counter(), operation="chat", size=350)
    ledger.attempted(CHEAP, 200)
    ask = Ask("m", stream=True)
    lane = Verbatim(Sides(dialect, ask, dialect, ask), ledger)

    for chunk in [b"".join(frames)] if at_once else frames:
        lane.feed(chunk)
    lane.close()
    complete(ledger, 600.0)

    assert ledger.estimated
    assert ledger.usage
    assert ledger.usage.input == 100
    assert ledger.usage.output == pytest.approx((56 + 99 * 8) / 3.5, rel=0.1)


async def test_I3_a_client_that_left_before_the_counts_came_is_no_free_ride() -> None:
    """Counts of the beginning are not those of the end."""
    dialect = tables("lockgate.dialects", Dialect)["anthropic_messages"]
    ledger = Ledger("r", 0.0, perf_counter(), operation="chat", size=350)
    ledger.attempted(CHEAP, 200)
    lane = Verbatim(Sides(dialect, Ask("m", stream=True), dialect, Ask("m", stream=True)), ledger)
    for frame in uncounted("anthropic_messages", [b"and more"] * 99)[:-1]:
        lane.feed(frame.replace(b'"input_tokens":0,"output_tokens":0', b'"input_tokens":9,"output_tokens":1'))
    lane.close()

    complete(ledger, 600.0)

    assert ledger.estimated
    assert ledger.usage
    assert ledger.usage.input == 9
    assert ledger.usage.output == pytest.approx(99 * 8 / 3.5, rel=0.1)


async def test_nothing_is_made_up_where_nothing_was_seen() -> None:
    ledger = Ledger("r", 0.0, perf_counter(), operation="chat", size=350)
    ledger.attempted(CHEAP, 0, "upstream_timeout")

    complete(ledger, 600.0)

    assert (ledger.usage, ledger.estimated) == (None, False)


async def test_what_was_counted_is_taken_as_it_is() -> None:
    _, _, notebook = await ask(Script(claude_stream("hello")), chat("cross", stream=True))

    assert notebook.outcome.usage
    assert (notebook.outcome.usage.input, notebook.outcome.usage.output) == (9, 7)
    assert not notebook.outcome.estimated


@given(
    st.none() | st.builds(Usage, st.integers(0, 1 << 40), st.integers(0, 1 << 40)),
    st.sampled_from((CHEAP.quotes, DEAR.quotes, UNKNOWN)),
)
def test_what_one_attempt_cost_is_the_same_by_its_only_part(usage: Usage | None, quotes: Quotes) -> None:
    ledger = Ledger("req_1", 0.0, 0.0, usage=usage, quotes=quotes, attempts=[Attempt("cheap", 200)])

    assert charge(ledger) == charge(ledger, "cheap")  # which looks at every part
