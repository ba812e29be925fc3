"""How answers from memory are given again: as streams, whole, in another dialect, and with their record."""

import msgspec
import pytest
from msgspec.structs import replace

from lockgate.core.key_digest import Pepper
from lockgate.pipeline.serve import serve
from lockgate.stores.answers import SealedAnswers
from tests.fakes import SSE, Answered, inbound
from tests.unit.pipeline.gateway import (
    CLAUDE,
    claude_stream,
    openai_answer,
    openai_stream,
    told,
)
from tests.unit.pipeline.kept import QUESTION, House, said


async def test_the_client_may_refuse_what_was_kept() -> None:
    house = House(*[openai_answer(text) for text in ("one", "two", "three", "four")])
    await house.ask()

    no_cache, answer = await house.ask((b"cache-control", b"no-cache"))
    assert (said(no_cache), b"two" in answer) == (b"miss", True)
    after, answer = await house.ask()
    assert (said(after), b"two" in answer) == (b"hit", True)
    house.clock.later = 10
    young, answer = await house.ask((b"cache-control", b"max-age=5"))
    assert (said(young), b"three" in answer) == (b"miss", True)
    no_store, answer = await house.ask((b"cache-control", b"no-store"))
    assert (said(no_store), b"four" in answer) == (b"bypass", True)
    after, answer = await house.ask()
    assert (said(after), b"three" in answer) == (b"hit", True)


async def test_an_answer_grows_old() -> None:
    house = House(openai_answer("one"), openai_answer("two"))
    await house.ask()

    house.clock.later = 61
    reply, _ = await house.ask()

    assert said(reply) == b"miss"


async def test_a_clock_that_went_back_gives_no_answer_from_the_future() -> None:
    house = House(openai_answer("one"), openai_answer("two"))
    await house.ask()

    house.clock.later = -3600
    reply, _ = await house.ask()

    assert said(reply) == b"miss"


@pytest.mark.parametrize(
    "broken",
    [Answered(500, [b"{}"]), Answered(200, [b"nonsense"]), Answered(200, [b'{"error":{"message":"no"}}'])],
    ids=["status", "nonsense", "error"],
)
async def test_what_went_wrong_is_not_kept(broken: Answered) -> None:
    house = House(broken, openai_answer("two"))

    await house.ask()
    reply, answer = await house.ask()

    assert said(reply) == b"miss"
    assert b"two" in answer


async def test_a_stream_is_kept_and_given_again_as_it_was() -> None:
    house = House(openai_stream("hel", "lo"))

    first, answer = await house.ask(stream=True)
    second, again = await house.ask(stream=True)

    assert (said(first), said(second)) == (b"miss", b"hit")
    assert again == answer
    assert told(second, b"content-type") == b"text/event-stream"


async def test_a_stream_that_was_cut_is_not_kept() -> None:
    house = House(openai_stream("hel", end=False), openai_stream("hello"))

    await house.ask(stream=True)
    reply, answer = await house.ask(stream=True)

    assert said(reply) == b"miss"
    assert answer.endswith(b"data: [DONE]\n\n")


async def test_a_client_that_leaves_early_leaves_nothing_behind() -> None:
    house = House(openai_stream("hel", "lo"), openai_stream("hello"))
    body = msgspec.json.encode({**QUESTION, "stream": True})

    reply = await serve(house.gateway(), inbound("/v1/chat/completions", body, (b"authorization", b"Bearer lg-web")))
    async for _ in reply.body:  # type: ignore[union-attr]
        break
    await reply.body.aclose()  # type: ignore[union-attr]

    assert not house.drawer.kept


async def test_a_client_that_leaves_between_the_last_word_and_the_end_leaves_nothing_behind() -> None:
    """The answer is whole by then; what would be given again would lack the counts and the end."""
    house = House(openai_stream("hello"), openai_stream("hello"))
    body = msgspec.json.encode({**QUESTION, "stream": True})

    reply = await serve(house.gateway(), inbound("/v1/chat/completions", body, (b"authorization", b"Bearer lg-web")))
    async for chunk in reply.body:  # type: ignore[union-attr]
        if b'"finish_reason":"stop"' in chunk:
            break
    await reply.body.aclose()  # type: ignore[union-attr]

    assert house.notebook.outcome.end == "client_gone"
    assert not house.drawer.kept


async def test_a_stream_with_an_error_in_it_is_not_kept_though_it_says_its_end() -> None:
    """vLLM says [DONE] behind its error."""
    whole_one = openai_stream("hel", "lo")
    error = b'data: {"error":{"message":"the engine died","code":500}}\n\n'
    house = House(Answered(200, [*whole_one.chunks[:2], error, whole_one.chunks[-1]], SSE), openai_stream("hello"))

    _, answer = await house.ask(stream=True)
    outcome = house.notebook.outcome
    reply, _ = await house.ask(stream=True)

    assert answer.endswith(error + b"data: [DONE]\n\n")
    assert (outcome.end, outcome.code) == ("upstream_error", "upstream_error")
    assert said(reply) == b"miss"


async def test_a_whole_answer_is_given_again_as_a_stream() -> None:
    house = House(openai_answer("hello"))
    await house.ask()

    reply, stream = await house.ask(stream=True, stream_options={"include_usage": True})

    assert said(reply) == b"hit"
    assert b'"content":"hello"' in stream
    assert b'"prompt_tokens":9' in stream
    assert stream.endswith(b"data: [DONE]\n\n")


async def test_a_stream_is_given_again_as_a_whole_answer() -> None:
    house = House(openai_stream("hel", "lo"))
    await house.ask(stream=True)

    reply, answer = await house.ask()

    document = msgspec.json.decode(answer)
    assert said(reply) == b"hit"
    assert document["object"] == "chat.completion"
    assert document["choices"][0]["message"]["content"] == "hello"
    assert document["choices"][0]["finish_reason"] == "stop"


async def test_what_cannot_be_given_as_it_is_wanted_is_asked_for() -> None:
    """Nobody reads an answer in the client's own dialect: it may be one that we cannot make a stream of."""
    house = House(Answered(200, [b'{"id":"c1","choices":"new"}']), openai_stream("two"))
    await house.ask()

    reply, answer = await house.ask(stream=True)

    assert (reply.status, said(reply)) == (200, b"miss")
    assert b"two" in answer


async def test_another_dialect_behind_it() -> None:
    """Kept in the words of the client: what could not be said is said again, too."""
    house = House(claude_stream("hel", "lo"), upstreams=(CLAUDE,))

    first, answer = await house.ask(stream=True, seed=5)
    second, again = await house.ask(stream=True, seed=5)
    third, whole_answer = await house.ask(seed=5)

    assert (said(first), said(second), said(third)) == (b"miss", b"hit", b"hit")
    assert again == answer
    assert told(second, b"x-lockgate-lost") == b"seed"
    assert b'"hello"' in whole_answer
    assert house.calls == 1


async def test_a_record_that_nobody_takes_gives_no_answer() -> None:
    house = House(openai_answer("one"))
    await house.ask()

    house.notebook.takes = [False]
    reply, answer = await house.ask()

    assert reply.status == 503
    assert b"one" not in answer


async def test_what_is_saved_is_what_it_cost() -> None:
    house = House(openai_answer("one"))
    await house.ask()
    (name,) = house.drawer.kept
    answers = SealedAnswers(house.drawer, Pepper(b"p" * 32))
    kept = await answers.get(name)
    assert kept is not None
    answers.put(name, replace(kept, cost=str(25 * 10**16)), 60)

    await house.ask()

    assert house.notebook.records[-1].saved_usd == "0.25"
