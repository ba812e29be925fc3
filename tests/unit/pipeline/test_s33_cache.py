"""Answers from memory: to the same question of the same scope, and to no other (S33)."""

from dataclasses import replace
from typing import Any

import pytest

from lockgate.core.cache import CachePolicy
from lockgate.pipeline.serve import serve
from tests.fakes import inbound
from tests.unit.pipeline.gateway import (
    CLAUDE,
    OPENAI,
    openai_answer,
    rules,
    told,
)
from tests.unit.pipeline.kept import COLD, SHARED, TOOL, House, claude_answer, said


async def test_the_same_question_is_answered_once() -> None:
    house = House(openai_answer("hello"))

    first, answer = await house.ask()
    house.clock.later = 7
    second, again = await house.ask()

    assert (said(first), said(second)) == (b"miss", b"hit")
    assert again == answer
    assert b"brand_new" in again
    assert told(second, b"age") == b"7"
    assert house.calls == 1
    outcome = house.notebook.records[-1]
    assert (outcome.kind, outcome.cache, outcome.end, outcome.attempts, outcome.usage) == (
        "outcome",
        "hit",
        "complete",
        (),
        None,
    )


async def test_nothing_is_kept_where_the_model_does_not_say_so() -> None:
    house = House(openai_answer(), openai_answer(), policy=None)

    replies = [(await house.ask())[0] for _ in range(2)]

    assert [said(reply) for reply in replies] == [b"", b""]
    assert house.calls == 2
    assert not house.drawer.kept


FLIPPED: list[dict[str, Any]] = [
    {"messages": [{"role": "user", "content": "hi "}]},
    {"messages": [{"role": "system", "content": "x"}, {"role": "user", "content": "hi"}]},
    {"messages": [{"role": "assistant", "content": "hi"}]},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]},
    {"model": "other"},
    {"temperature": -0.5},
    {"top_p": 0.5},
    {"n": 2},
    {"seed": 1},
    {"max_tokens": 5},
    {"max_completion_tokens": 5},
    {"stop": ["x"]},
    {"presence_penalty": 1},
    {"frequency_penalty": 1},
    {"logit_bias": {"5": 1}},
    {"logprobs": True},
    {"response_format": {"type": "json_object"}},
    {"reasoning_effort": "low"},
    {"service_tier": "flex"},
    {"user": "somebody"},
    {"metadata": {"a": "b"}},
    {"store": True},
    {"tools": [TOOL]},
    {"tool_choice": "none"},
    {"never_heard_of": 1},
]


@pytest.mark.parametrize("changed", FLIPPED, ids="-".join)
async def test_S33_each_parameter_makes_another_question(changed: dict[str, Any]) -> None:
    house = House(openai_answer("one"), openai_answer("two"), policy=CachePolicy(60, tools=True, warm=True))

    await house.ask()
    reply, answer = await house.ask(**changed)

    assert said(reply) == b"miss"
    assert b"two" in answer
    assert house.calls == 2


@pytest.mark.parametrize("header", [b"openai-organization", b"openai-beta", b"openai-project"])
async def test_S33_a_header_that_goes_upstream_makes_another_question(header: bytes) -> None:
    house = House(openai_answer("one"), openai_answer("two"))

    await house.ask()
    reply, _ = await house.ask((header, b"x"))

    assert said(reply) == (b"miss" if header == b"openai-beta" else b"hit")


async def test_order_and_white_space_make_no_other_question() -> None:
    house = House(openai_answer("one"))
    await house.ask()
    turned = b'{ "temperature":0,"messages" : [{"content":"hi","role":"user"}], "model":"kept"}'

    reply = await serve(house.gateway(), inbound("/v1/chat/completions", turned, (b"authorization", b"Bearer lg-web")))

    assert said(reply) == b"hit"


@pytest.mark.parametrize(
    ("policy", "key", "hit"),
    [(COLD, b"lg-app", False), (COLD, b"lg-bank", False), (SHARED, b"lg-app", True), (SHARED, b"lg-bank", False)],
)
async def test_S33_tenants_never_share_and_keys_only_when_told(policy: CachePolicy, key: bytes, *, hit: bool) -> None:
    house = House(openai_answer("one"), openai_answer("two"), policy=policy)

    await house.ask()
    reply, answer = await house.ask(key=key)

    assert said(reply) == (b"hit" if hit else b"miss")
    assert (b"one" in answer) == hit


async def test_S33_another_policy_in_force_is_another_question() -> None:
    house = House(openai_answer("one"), openai_answer("two"))

    await house.ask()
    house.version = "two"
    reply, _ = await house.ask()

    assert said(reply) == b"miss"


async def test_S33_an_answer_of_an_upstream_that_the_caller_may_not_reach_is_not_given() -> None:
    house = House(openai_answer("one"), claude_answer("two"), upstreams=(OPENAI, CLAUDE), policy=SHARED)
    await house.ask()

    house.more["upstreams"] = (CLAUDE,)
    reply, answer = await house.ask()

    assert said(reply) == b"miss"
    assert b"two" in answer


async def test_S33_an_answer_of_a_model_that_the_request_may_not_reach_is_not_given() -> None:
    """The provider alone does not say whose answer it is: for some callers only one of its models is there."""
    large, small = replace(OPENAI, model="large"), replace(OPENAI, model="small")
    house = House(openai_answer("one"), openai_answer("two"), upstreams=(large, small), policy=SHARED)
    await house.ask()

    house.more["upstreams"] = (small,)
    reply, answer = await house.ask()

    assert said(reply) == b"miss"
    assert b"two" in answer


@pytest.mark.parametrize(
    ("changed", "said_"),
    [
        ({"temperature": 0.1}, b"bypass"),
        ({"temperature": None}, b"bypass"),
        ({"tools": [TOOL]}, b"bypass"),
        ({"messages": [5]}, b"bypass"),
    ],
)
async def test_S33_chance_and_tools_are_not_kept(changed: dict[str, Any], said_: bytes) -> None:
    house = House(openai_answer("one"), openai_answer("two"))

    replies = [(await house.ask(**changed))[0] for _ in range(2)]

    assert [said(reply) for reply in replies] == [said_, said_]
    assert house.calls == 2
    assert not house.drawer.kept


async def test_a_long_answer_is_not_kept() -> None:
    house = House(openai_answer("x" * 5000), openai_answer("two"), policy=CachePolicy(60, largest=1000))

    await house.ask()
    reply, _ = await house.ask()

    assert said(reply) == b"miss"
    assert len(house.drawer.kept) == 1


async def test_S33_what_is_kept_is_what_rules_let_out() -> None:
    """Also to the letter: the masked answer, and the rule is not asked again."""
    house = House(openai_answer("a bluebird"), route={"response_rules": rules("mask", "response")})

    _, first = await house.ask()
    reply, second = await house.ask()

    assert said(reply) == b"hit"
    assert first == second
    assert b"bluebird" not in second


async def test_S33_a_blocked_answer_is_not_kept() -> None:
    house = House(
        openai_answer("a bluebird"), openai_answer("two"), route={"response_rules": rules("block", "response")}
    )

    blocked, _ = await house.ask()
    reply, _ = await house.ask()

    assert blocked.status == 400
    assert said(reply) == b"miss"


async def test_S33_a_question_that_a_rule_blocks_is_blocked_though_it_was_answered_once() -> None:
    house = House(openai_answer("one"))
    text = [{"role": "user", "content": "tell me of the bluebird"}]
    await house.ask(messages=text)

    house.more["route"] = {"request_rules": rules("block", "request")}
    reply, _ = await house.ask(messages=text)

    assert reply.status == 400


async def test_S33_two_texts_that_a_mask_makes_alike_are_two_questions() -> None:
    house = House(openai_answer("one"), openai_answer("two"), route={"request_rules": rules("mask", "request")})

    await house.ask(messages=[{"role": "user", "content": "bluebird"}])
    reply, _ = await house.ask(messages=[{"role": "user", "content": "[WORD]"}])

    assert said(reply) == b"miss"
