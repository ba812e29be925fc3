"""An answer with 200 in which a provider's filter let nothing through is another target's turn, where the route says so."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Access
from lockgate.core.exchange import Route, Upstream
from lockgate.core.retry import ONCE, Retry
from lockgate.pipeline.serve import serve
from lockgate.providers import gemini, ollama
from tests.fakes import JSON, SSE, Answered, Notebook, Script, inbound
from tests.unit.pipeline.gateway import (
    CLAUDE,
    KEY,
    OPENAI,
    chat,
    gateway,
    openai_answer,
    openai_stream,
    policies,
    whole,
)

GEMINI = replace(OPENAI, name="google", provider=gemini.plugin, model="gemini-real")
LLAMA = replace(OPENAI, name="llama", provider=ollama.plugin, model="llama-real")
OTHER = replace(OPENAI, name="other")
FALLS_BACK = Retry(attempts=1, refusals=frozenset(("content_filter",)))


def openai(finish: str, text: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    head = {"id": "c1", "created": 5, "model": "m"}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    deltas = [
        ({"role": "assistant", "content": ""}, None),
        *([({"content": text}, None)] if text else []),
        ({}, finish),
    ]
    chunks = [{"index": 0, "delta": delta, "finish_reason": end} for delta, end in deltas]
    frames = [{**head, "object": "chat.completion.chunk", "choices": [each]} for each in chunks]
    return {**head, "object": "chat.completion", "choices": [choice]}, frames


def claude(finish: str, text: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    blocks = [{"type": "text", "text": text}] if text else []
    usage = {"input_tokens": 9, "output_tokens": 1}
    answer = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": blocks, "usage": usage}
    begin = {"type": "message_start", "message": {**answer, "content": [], "stop_reason": None}}
    block = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
    ]
    end = [{"type": "message_delta", "delta": {"stop_reason": finish}, "usage": usage}, {"type": "message_stop"}]
    return {**answer, "stop_reason": finish}, [begin, *(block if text else []), *end]


def google(finish: str, text: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if finish == "PROHIBITED_CONTENT":
        answer: dict[str, Any] = {"promptFeedback": {"blockReason": finish}, "usageMetadata": {"promptTokenCount": 9}}
        return answer, [answer]
    content = {"content": {"role": "model", "parts": [{"text": text}]}} if text else {}
    answer = {"candidates": [{"index": 0, "finishReason": finish, **content}], "responseId": "r", "modelVersion": "m"}
    return answer, [answer]


def ollama_(finish: str, text: str = "") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    told = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": text}}
    return {**told, "done": True, "done_reason": finish}, [
        *([{**told, "done": False}] if text else []),
        {**told, "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": finish},
    ]


CASES = [
    (OPENAI, openai, "content_filter"),
    (CLAUDE, claude, "refusal"),
    (GEMINI, google, "SAFETY"),
    (GEMINI, google, "PROHIBITED_CONTENT"),
    (LLAMA, ollama_, "content_filter"),
]
IDS = ["openai", "anthropic", "gemini", "gemini-prompt", "ollama"]


def said(upstream: Upstream, made: tuple[dict[str, Any], list[dict[str, Any]]], *, stream: bool) -> Answered:
    if not stream:
        return Answered(200, [msgspec.json.encode(made[0])], JSON)
    if upstream is LLAMA:
        ndjson = ((b"content-type", b"application/x-ndjson"),)
        return Answered(200, [msgspec.json.encode(each) + b"\n" for each in made[1]], ndjson)
    frames = [b"data: " + msgspec.json.encode(each) + b"\n\n" for each in made[1]]
    if upstream is CLAUDE:
        frames = [
            b"event: " + each["type"].encode() + b"\n" + frame for each, frame in zip(made[1], frames, strict=True)
        ]
    return Answered(200, [*frames, *([b"data: [DONE]\n\n"] if upstream is OPENAI else [])], SSE)


async def asked(
    upstream: Upstream, *answers: Answered, retry: Retry, stream: bool
) -> tuple[int, bytes, list[tuple[str, int]]]:
    notebook = Notebook()
    made = gateway(Script(*answers), notebook)
    route = Route("fast", (upstream, OTHER), retry=retry)
    made = replace(made, policies=policies({"fast": route}, shop=Access(models=("fast",))))
    reply = await serve(made, inbound("/v1/chat/completions", msgspec.json.encode(chat("fast", stream=stream)), KEY))
    body = await whole(reply)
    return reply.status, body, [(each.upstream, each.status) for each in notebook.outcome.attempts]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("upstream", "make", "word"), CASES, ids=IDS)
async def test_a_filtered_answer_is_another_targets_turn(
    upstream: Upstream, make: Any, word: str, *, stream: bool
) -> None:
    filtered = said(upstream, make(word), stream=stream)
    good = openai_stream("hello") if stream else openai_answer("hello")

    status, body, attempts = await asked(upstream, filtered, good, retry=FALLS_BACK, stream=stream)

    assert (status, b"hello" in body, b"content_filter" in body) == (200, True, False)
    assert attempts == [(upstream.name, 200), ("other", 200)]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("upstream", "make", "word"), CASES, ids=IDS)
async def test_without_a_word_of_the_route_and_when_all_filter_it_is_the_answer(
    upstream: Upstream, make: Any, word: str, *, stream: bool
) -> None:
    filtered = said(upstream, make(word), stream=stream)
    both = said(OPENAI, openai("content_filter"), stream=stream)

    alone = await asked(upstream, filtered, retry=ONCE, stream=stream)
    twice = await asked(upstream, filtered, both, retry=FALLS_BACK, stream=stream)

    assert (alone[0], twice[0]) == (200, 200)
    assert b"content_filter" in alone[1]
    assert b"content_filter" in twice[1]
    assert twice[2] == [(upstream.name, 200), ("other", 200)]


@pytest.mark.parametrize(("upstream", "make", "word"), [each for each in CASES if each[2] != "PROHIBITED_CONTENT"])
async def test_a_stream_that_was_seen_to_begin_is_not_taken_back(upstream: Upstream, make: Any, word: str) -> None:
    half = said(upstream, make(word, "half a word"), stream=True)

    _, body, attempts = await asked(upstream, half, retry=FALLS_BACK, stream=True)

    assert b"half a word" in body
    assert attempts == [(upstream.name, 200)]


async def test_a_good_answer_is_the_same_bytes_as_without() -> None:
    for stream in (False, True):
        good = openai_stream("hel", "lo") if stream else openai_answer()
        looked = await asked(OPENAI, good, retry=FALLS_BACK, stream=stream)
        assert looked == await asked(OPENAI, good, retry=ONCE, stream=stream)
        assert looked[1] == b"".join(good.chunks)
