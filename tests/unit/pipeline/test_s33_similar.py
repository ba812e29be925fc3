"""Questions that mean the same are answered from memory: in the same scope, around the same everything else, and no others (S33)."""

from typing import Any

import msgspec
import pytest

from lockgate.core.cache import CachePolicy
from tests.unit.pipeline.alike import AGAIN, FIRST, OTHER, Alike, house
from tests.unit.pipeline.gateway import CLAUDE, OPENAI, openai_answer, rules
from tests.unit.pipeline.kept import COLD, SHARED, TOOL, claude_answer


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Can I take it with food?", "Can I take it without food?"),
        ("What is 15% of 80?", "What is 15% of 90?"),
        ("Flights from Paris to London", "Flights from London to Paris"),
        ("Should I buy shares?", "Should I sell shares?"),
    ],
)
async def test_S33_a_near_miss_is_asked_whatever_its_vector(one: str, other: str) -> None:
    gateway = house()
    await gateway.say(one)

    assert (await gateway.say(other))[0] == b"miss"
    assert gateway.calls == 2


@pytest.mark.parametrize("policy", [COLD, SHARED])
@pytest.mark.parametrize("key", [b"lg-app", b"lg-bank"])
async def test_S33_two_keys_never_share_by_meaning(policy: CachePolicy, key: bytes) -> None:
    """Not in a team that shares answers to the same question, either."""
    gateway = house(policy=policy)
    await gateway.say(FIRST)

    assert (await gateway.say(AGAIN, key=key))[0] == b"miss"
    assert gateway.calls == 2


SYSTEM = [{"role": "system", "content": "Be kind."}]
TURNS = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
AROUND: list[dict[str, Any]] = [
    {"messages": [{"role": "system", "content": "Be kind"}, {"role": "user", "content": AGAIN}]},
    {"messages": [{"role": "system", "content": "be kind."}, {"role": "user", "content": AGAIN}]},
    {"messages": [{"role": "user", "content": AGAIN}]},
    {"messages": [*SYSTEM, *TURNS, {"role": "user", "content": AGAIN}]},
    {"messages": [*SYSTEM, {"role": "user", "content": [{"type": "text", "text": AGAIN}]}]},
    {"messages": [*SYSTEM, {"role": "user", "content": AGAIN, "name": "x"}]},
    {"temperature": -0.5},
    {"max_tokens": 5},
    {"seed": 1},
    {"stop": ["x"]},
    {"response_format": {"type": "json_object"}},
    {"user": "somebody"},
    {"never_heard_of": 1},
    {"model": "other"},
]


@pytest.mark.parametrize("changed", AROUND, ids=lambda each: next(iter(each)))
async def test_S33_everything_around_the_text_is_the_same_to_the_letter(changed: dict[str, Any]) -> None:
    gateway = house(policy=CachePolicy(60, warm=True))
    gateway.similar["other"] = gateway.index
    await gateway.say(FIRST, messages=[*SYSTEM, {"role": "user", "content": FIRST}])

    outcome, *_ = await gateway.say(AGAIN, **{"messages": [*SYSTEM, {"role": "user", "content": AGAIN}], **changed})
    same, *_ = await gateway.say(AGAIN, messages=[*SYSTEM, {"role": "user", "content": AGAIN}])

    assert (outcome, same) == (b"miss", b"hit")


async def test_S33_another_policy_in_force_shares_nothing() -> None:
    gateway = house()
    await gateway.say(FIRST)
    gateway.version = "two"

    assert (await gateway.say(AGAIN))[0] == b"miss"


async def test_S33_never_with_tools_though_their_answers_are_kept() -> None:
    gateway = house(policy=CachePolicy(60, tools=True, warm=True))
    await gateway.say(FIRST, tools=[TOOL])

    assert (await gateway.say(AGAIN, tools=[TOOL]))[0] == b"miss"
    assert gateway.meanings.asked == []


@pytest.mark.parametrize("temperature", [0.1, None])
async def test_S33_chance_is_not_kept_by_meaning(temperature: float | None) -> None:
    gateway = house()
    await gateway.say(FIRST, temperature=temperature)

    assert (await gateway.say(AGAIN, temperature=temperature))[0] == b"bypass"
    assert gateway.meanings.asked == []


@pytest.mark.parametrize("poison", ["flip", "move", "nonsense", "replace"])
async def test_S33_a_poisoned_bucket_is_none(poison: str) -> None:
    """Who can write to the store cannot put one question next to another."""
    gateway = house()
    await gateway.say(FIRST)
    await gateway.say(OTHER, model="kept", seed=5)
    before = dict(gateway.drawer.kept)
    for name, value in before.items():
        if poison == "flip":
            gateway.drawer.kept[name] = value[:-1] + bytes((value[-1] ^ 1,))
        elif poison == "nonsense":
            gateway.drawer.kept[name] = b"\x90" * len(value)
        else:
            others = [each for each in before.values() if each is not value]
            gateway.drawer.kept[name] = (
                others[-1] if poison == "move" else msgspec.msgpack.encode([[b"", [b"", []], name, 1e18]])
            )

    assert (await gateway.say(AGAIN))[0] == b"miss"
    assert gateway.calls == 3


async def test_S33_a_masked_text_is_told_to_no_embeddings_server() -> None:
    gateway = house(route={"request_rules": rules("mask", "request")})
    await gateway.say("How do I feed a bluebird?")

    assert (await gateway.say("What is the way to feed a bluebird?"))[0] == b"miss"
    assert gateway.meanings.asked == []


async def test_S33_an_answer_of_an_upstream_that_the_caller_may_not_reach_is_not_given() -> None:
    gateway = Alike(openai_answer("one"), claude_answer("two"), upstreams=(OPENAI, CLAUDE))
    await gateway.say(FIRST)

    gateway.more["upstreams"] = (CLAUDE,)

    assert (await gateway.say(AGAIN))[0] == b"miss"
