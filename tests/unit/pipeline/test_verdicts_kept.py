"""Verdicts of guards elsewhere that are good for a while, and answers that are kept in spite of them, or not."""

from typing import Any

import msgspec

from lockgate.core.problem import Kind, Problem
from tests.fakes import Script
from tests.unit.pipeline.elsewhere import Detective, ask, remote
from tests.unit.pipeline.gateway import chat, openai_answer
from tests.unit.pipeline.kept import House

BAD = Problem(Kind.BAD_UPSTREAM, "x", source="upstream")


def read(raw: bytes) -> Any:
    return msgspec.json.decode(raw)


async def test_an_answer_that_nobody_judged_is_not_kept() -> None:
    guard = Detective()
    guard.error = BAD
    far = remote(guard, "flag", "response", on_error="allow")
    house = House(openai_answer("one"), openai_answer("two"), openai_answer("three"), route=far)

    await house.ask()
    guard.error = None
    _, second = await house.ask()
    _, third = await house.ask()

    assert house.calls == 2
    assert b"two" in second
    assert second == third


async def test_a_text_of_a_request_is_judged_once_for_a_while_and_answers_always_are() -> None:
    guard = Detective()
    far = remote(guard, "mask", remember=60)
    histories = (["one", "a nightingale"], ["one", "a nightingale", "two"])
    scripts = [Script(openai_answer("a nightingale too")) for _ in histories]

    for script, texts in zip(scripts, histories, strict=True):
        body = {"model": "fast", "messages": [{"role": "user", "content": text} for text in texts]}
        await ask(script, body, far)

    contents = [each["content"] for each in read(scripts[1].sent[0].body)["messages"]]
    assert contents == ["one", "a [BIRD]", "two"]
    assert guard.texts.count("one") == guard.texts.count("a nightingale") == guard.texts.count("two") == 1
    assert guard.texts.count("a nightingale too") == 2


async def test_the_same_text_in_another_place_is_another_text() -> None:
    guard = Detective()
    far = remote(guard, "flag", "request", remember=60)

    for role in ("user", "assistant", "user"):
        body = {"model": "fast", "messages": [{"role": role, "content": "hello"}]}
        await ask(Script(openai_answer()), body, far)

    assert [piece.place for pieces in guard.asked for piece in pieces] == ["user", "assistant"]


async def test_what_was_judged_is_good_while_the_guard_is_away() -> None:
    guard = Detective()
    far = remote(guard, "block", "request", remember=60)
    await ask(Script(openai_answer()), chat("fast", "hello"), far)
    guard.error = BAD

    known, _, _ = await ask(Script(openai_answer()), chat("fast", "hello"), far)
    new, _, _ = await ask(Script(), chat("fast", "hello there"), far)

    assert (known.status, new.status) == (200, 400)
