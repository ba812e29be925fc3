"""Targets that are for some requests only: what a request holds, in every dialect; who asks, the hour, prices."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

import msgspec
import pytest

from lockgate.core.access import Hours
from lockgate.core.auth import Caller
from lockgate.core.body import head
from lockgate.core.dialect import Ask, Dialect
from lockgate.core.exchange import Call, Upstream
from lockgate.core.http import Headers
from lockgate.core.level import window
from lockgate.core.price import filled
from lockgate.core.price_list import always
from lockgate.core.problem import Kind, Problem
from lockgate.core.when import When
from lockgate.dialects import anthropic_messages, gemini_generate, ollama_chat, openai_chat, openai_embeddings
from lockgate.pipeline.ledger import Ledger
from lockgate.pipeline.suit import suit
from tests.balancing import route, upstreams

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WALL = 1_767_268_800.0  # 12:00 in UTC on a Thursday
PICTURES: Mapping[str, tuple[Dialect, dict[str, Any]]] = {
    "openai": (
        openai_chat.plugin,
        {
            "messages": [
                {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x.example/a"}}]}
            ]
        },
    ),
    "anthropic": (
        anthropic_messages.plugin,
        {
            "max_tokens": 9,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
                    ],
                }
            ],
        },
    ),
    "gemini": (
        gemini_generate.plugin,
        {"contents": [{"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": PIXEL}}]}]},
    ),
    "ollama": (ollama_chat.plugin, {"messages": [{"role": "user", "content": "what?", "images": [PIXEL]}]}),
}
WORDS: Mapping[str, tuple[Dialect, dict[str, Any]]] = {
    "openai": (
        openai_chat.plugin,
        {"messages": [{"role": "user", "content": 'an "image_url": {"url": "x"} in words'}]},
    ),
    "anthropic": (
        anthropic_messages.plugin,
        {"max_tokens": 9, "messages": [{"role": "user", "content": '{"type":"base64"} "url" file_id"'}]},
    ),
    "gemini": (
        gemini_generate.plugin,
        {"contents": [{"role": "user", "parts": [{"text": '"inlineData" "image/png"'}]}]},
    ),
    "ollama": (ollama_chat.plugin, {"messages": [{"role": "user", "content": '"images": [1]', "images": []}]}),
}


def chosen(
    *whens: When | None,
    dialect: Dialect = openai_chat.plugin,
    body: Mapping[str, Any] | None = None,
    headers: Headers = (),
    caller: Caller | None = None,
    size: int = 300,
    targets: tuple[Upstream, ...] = (),
) -> list[int]:
    raw = msgspec.json.encode(body or {"messages": [{"role": "user", "content": "hi"}]})
    call = Call(dialect, "chat", Ask("m"), head(raw), headers)
    given = targets or upstreams(*[1] * len(whens))
    made = [replace(target, when=when) for target, when in zip(given, whens, strict=True)]
    ledger = Ledger("id", WALL, 0.0, size=size)
    conditional = replace(route(None, *made), conditional=True)
    return [each.place for each in suit(conditional, call, caller or Caller("k", "t"), ledger).upstreams]


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_go_to_who_takes_them(name: str) -> None:
    dialect, body = PICTURES[name]

    assert chosen(When(vision=False), None, dialect=dialect, body=body) == [1]
    assert chosen(When(vision=True), When(vision=False), dialect=dialect, body=body) == [0]


@pytest.mark.parametrize("name", WORDS)
def test_words_about_pictures_are_none(name: str) -> None:
    dialect, body = WORDS[name]

    assert chosen(When(vision=False), When(vision=True), dialect=dialect, body=body) == [0]


def test_what_is_to_become_vectors_is_no_picture() -> None:
    body = {"input": "a", "image_url": "https://x.example/a", "file_id": "f"}

    assert chosen(When(vision=False), When(vision=True), dialect=openai_embeddings.plugin, body=body) == [0]


def test_a_picture_in_the_result_of_a_tool_is_one() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": source}]}
    call = {"type": "tool_use", "id": "t", "name": "look", "input": {}}
    turns = [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    body = {"max_tokens": 9, "messages": [{"role": "user", "content": "look"}, *turns]}

    assert chosen(When(vision=False), None, dialect=anthropic_messages.plugin, body=body) == [1]


@pytest.mark.parametrize("offered", [[{"type": "function", "function": {"name": "f"}}], [], None])
def test_tools_go_to_who_knows_them(offered: Any) -> None:
    body = {"messages": [{"role": "user", "content": "hi"}], "tools": offered}

    assert chosen(When(tools=False), When(tools=True), body=body) == ([1] if offered else [0])


def test_what_is_long_goes_to_who_takes_it_and_what_is_too_long_for_all_to_who_takes_most() -> None:
    short, long = When(max_input=1000), When(max_input=100_000)

    assert chosen(short, long, size=2999) == [0, 1]
    assert chosen(short, long, size=3003) == [1]
    assert chosen(short, None, size=9_000_000) == [1]
    assert chosen(short, long, long, size=9_000_000) == [1, 2]


def test_the_length_of_a_picture_is_not_that_of_its_bytes() -> None:
    assert chosen(When(max_input=10), None, body=PICTURES["openai"][1], size=9_000_000) == [0, 1]


@pytest.mark.parametrize(
    ("headers", "targets"),
    [(((b"x-tier", b"gold"),), [0, 1, 2]), (((b"x-tier", b"iron"),), [1, 2]), ((), [2])],
    ids=["gold", "iron", "none"],
)
def test_headers_choose(headers: Headers, targets: list[int]) -> None:
    gold, some = When(headers={b"x-tier": frozenset(("gold",))}), When(headers={b"x-tier": frozenset("*")})

    assert chosen(gold, some, None, headers=headers) == targets


def test_claims_and_metadata_choose() -> None:
    eu = When(metadata={"residency": frozenset(("eu",))})
    staff = When(claims={"groups": frozenset(("staff", "root"))})
    caller = Caller("k", "t", claims={"groups": ["guests", "staff"]}, metadata={"residency": "eu"})

    assert chosen(eu, staff, None, caller=caller) == [0, 1, 2]
    assert chosen(eu, staff, None) == [2]


def test_hours_choose() -> None:
    def at(hours: str) -> When:
        return When(windows=(window(Hours(hours=hours), lambda name: UTC),))

    assert chosen(at("08:00-18:00"), at("18:00-08:00")) == [0]


def test_prices_choose_and_no_price_is_too_much() -> None:
    def price(asked: int, answered: int) -> Any:
        return always(filled({"input": ((0, asked),), "output": ((0, answered),)}))

    ceiling = When(max_input_price=5, max_output_price=20)
    dear_to_ask, dear_to_answer, cheap = price(6, 1), price(1, 21), price(5, 20)
    targets = (*upstreams(1, 1, 1, 1, quotes=(dear_to_ask, dear_to_answer, cheap, upstreams(1)[0].quotes)),)

    assert chosen(ceiling, ceiling, ceiling, ceiling, targets=targets) == [2]


def broken(facts: Mapping[str, object]) -> bool:
    raise KeyError("no such claim")


def test_a_condition_chooses_and_what_cannot_be_decided_is_a_no() -> None:
    yes, no, lost = (When(condition=each) for each in (lambda facts: True, lambda facts: False, broken))

    assert chosen(yes, no, lost, None) == [0, 3]


def test_without_a_target_the_client_is_told_why() -> None:
    with pytest.raises(Problem) as cannot:
        chosen(When(vision=False), When(tools=True), body=PICTURES["openai"][1])
    with pytest.raises(Problem) as may_not:
        chosen(When(vision=True), When(metadata={"residency": frozenset(("eu",))}))

    assert (cannot.value.kind, may_not.value.kind) == (Kind.INVALID, Kind.FORBIDDEN)
    assert "pictures and tools" in cannot.value.detail
    assert "residency" not in may_not.value.detail


def test_a_route_without_conditions_is_left_as_it_is() -> None:
    plain = route(None, *upstreams(1, 1))
    call = Call(openai_chat.plugin, "chat", Ask("m"), head(b'{"messages": []}'), ())

    assert suit(plain, call, Caller("k", "t"), Ledger("id", WALL, 0.0)) is plain
