"""Streams under rules that ask elsewhere: nothing leaves before a verdict on it was given."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from lockgate.core.guard import Finding
from lockgate.core.http import Reply
from lockgate.core.problem import Kind, Problem
from lockgate.core.remote_guard import OnError, Piece
from lockgate.pipeline.serve import serve
from tests.fakes import Answered, Notebook, Script, inbound
from tests.unit.pipeline.elsewhere import Detective, ask, remote, with_remote
from tests.unit.pipeline.gateway import KEY, chat, claude_stream, openai_answer, openai_stream

BIRD = "nightingale"
BOTH = pytest.mark.parametrize(("model", "answer"), [("fast", openai_stream), ("cross", claude_stream)])
WINDOWS = pytest.mark.parametrize("window", [0, 200])


def said(body: bytes) -> str:
    """The text of an OpenAI stream."""
    frames = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: {")]
    choices = [choice for frame in frames for choice in msgspec.json.decode(frame).get("choices", ())]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


@BOTH
@WINDOWS
async def test_a_clean_stream_says_what_it_said(model: str, answer: Any, window: int) -> None:
    texts = ["see ", "the ", "birds ", "of the " * 60, "field"]

    _, body, notebook = await ask(
        Script(answer(*texts)), chat(model, stream=True), remote(Detective(), "block", "response", window=window)
    )

    assert said(body) == "".join(texts)
    assert body.endswith(b"data: [DONE]\n\n")
    assert notebook.outcome.end == "complete"


@BOTH
@WINDOWS
async def test_a_mask_in_a_stream(model: str, answer: Any, window: int) -> None:
    script = Script(answer("see the night", "ingale ", "fly " * 100, "a nighting", "ale"))

    _, body, notebook = await ask(
        script, chat(model, stream=True), remote(Detective(), "mask", "response", window=window)
    )

    assert said(body) == "see the [BIRD] " + "fly " * 100 + "a [BIRD]"
    assert [f.place for f in notebook.outcome.findings] == ["response.text"] * 2


@BOTH
@pytest.mark.parametrize("flags", [True, False])
@WINDOWS
async def test_a_block_ends_the_stream_in_the_words_of_the_dialect(
    model: str, answer: Any, window: int, *, flags: bool
) -> None:
    script = Script(answer("lovely " * 40, "words " * 40, "and a nightingale ", "sings " * 100))
    far = remote(Detective(flags=flags), "block", "response", window=window)

    _, body, notebook = await ask(script, chat(model, stream=True), far)

    assert b"nightingale" not in body
    assert b'"finish_reason":"content_filter"' in body
    assert notebook.outcome.end == "blocked"
    assert script.bodies[0].closed
    assert bool(said(body)) == bool(window)


@pytest.mark.parametrize("on_error", ["block", "allow"])
async def test_a_stream_without_a_verdict(on_error: OnError) -> None:
    guard = Detective()
    guard.error = Problem(Kind.UNREACHABLE, "x", source="upstream")
    script = Script(openai_stream("all ", "of it"))

    _, body, notebook = await ask(
        script, chat("fast", stream=True), remote(guard, "flag", "response", on_error=on_error)
    )

    assert said(body) == ("" if on_error == "block" else "all of it")
    assert notebook.outcome.findings[0].label == "guard_error:detective:unreachable"
    assert notebook.outcome.findings[0].action == ("error_blocked" if on_error == "block" else "error_allowed")
    assert (b"content_filter" in body) == (on_error == "block")


class Late(Detective):
    """Says yes when it is told to; knows how much had left by then."""

    def __init__(self) -> None:
        super().__init__()
        self.left: list[bytes] = []
        self.seen: list[tuple[str, str]] = []

    async def find(self, pieces: Sequence[Piece]) -> Sequence[Sequence[Finding]]:
        self.seen.append((said(b"".join(self.left)), "".join(piece.text for piece in pieces)))
        await asyncio.sleep(0)
        return await super().find(pieces)


async def test_nothing_leaves_before_the_verdict_on_it() -> None:
    guard, words = Late(), [f"word{n} " for n in range(400)]
    gateway = with_remote(Script(openai_stream(*words)), Notebook(), remote(guard, "block", "response", window=300))
    raw = msgspec.json.encode(chat("fast", stream=True))

    reply: Reply = await serve(gateway, inbound("/v1/chat/completions", raw, KEY))
    assert not isinstance(reply.body, bytes)
    async for chunk in reply.body:
        guard.left.append(chunk)

    text, judged = "".join(words), 0
    assert len(guard.seen) > 5
    for left, asked in guard.seen:
        assert len(left) <= judged
        judged = text.index(asked) + len(asked)
    assert said(b"".join(guard.left)) == text


async def test_a_tools_name_and_arguments_are_asked_about() -> None:
    call = {"index": 0, "id": "t1", "type": "function", "function": {"name": BIRD, "arguments": '{"a":"nightingale"}'}}
    choice = {"index": 0, "delta": {"role": "assistant", "tool_calls": [call]}, "finish_reason": None}
    last = {"index": 0, "delta": {}, "finish_reason": "tool_calls"}
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 5, "model": "gpt-real"}
    frames = [b"data: " + msgspec.json.encode({**head, "choices": [each]}) + b"\n\n" for each in (choice, last)]
    upstream = Answered(200, [*frames, b"data: [DONE]\n\n"], ((b"content-type", b"text/event-stream"),))

    _, body, _ = await ask(Script(upstream), chat("fast", stream=True), remote(Detective(), "mask", "response"))

    assert b"nightingale" not in body
    assert body.count(b"[BIRD]") == 2


async def test_what_no_dialect_knows_of_a_stream_does_not_leave() -> None:
    script = Script(openai_stream("hello"))

    _, body, _ = await ask(script, chat("fast", stream=True), remote(Detective(), "block", "response"))

    assert b"brand_new" not in body
    assert said(body) == "hello"


async def test_in_shadow_mode_the_original_frames_leave() -> None:
    answer = openai_stream("a nightingale")

    _, body, notebook = await ask(
        Script(answer), chat("fast", stream=True), remote(Detective(), "block", "response", mode="shadow")
    )

    assert body == b"".join(chunk for chunk in answer.chunks if isinstance(chunk, bytes))
    assert notebook.outcome.findings[0].action == "shadow"


async def test_a_whole_answer_to_who_wanted_a_stream_is_asked_about() -> None:
    _, body, _ = await ask(
        Script(openai_answer(BIRD)), chat("fast", stream=True), remote(Detective(), "mask", "response")
    )

    assert b"nightingale" not in body
    assert b"[BIRD]" in body


async def test_an_upstream_that_breaks_off_gives_an_error_and_nothing_unasked() -> None:
    _, body, notebook = await ask(
        Script(openai_stream("some ", "words", end=False)),
        chat("fast", stream=True),
        remote(Detective(), "flag", "response"),
    )

    assert said(body) == ""
    assert b'"error"' in body
    assert notebook.outcome.end == "upstream_error"


async def test_what_was_counted_of_a_blocked_stream_is_in_the_record() -> None:
    script = Script(claude_stream("a nightingale"))

    _, _, notebook = await ask(script, chat("cross", stream=True), remote(Detective(), "block", "response"))

    assert notebook.outcome.usage is not None
    assert (notebook.outcome.usage.input, notebook.outcome.usage.output) == (9, 7)


@BOTH
@WINDOWS
async def test_local_rules_come_first_in_streams_too(model: str, answer: Any, window: int) -> None:
    guard = Detective()
    far = remote(guard, "mask", "response", window=window)

    _, body, notebook = await ask(
        Script(answer("a blue", "bird and a night", "ingale")), chat(model, stream=True), far, local=True
    )

    assert said(body) == "a [BLOCKLIST] and a [BIRD]"
    assert not any("bluebird" in text for text in guard.texts)
    assert [(f.rule, f.action) for f in notebook.outcome.findings] == [("codename", "mask"), ("far", "mask")]
