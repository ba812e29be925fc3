"""Thinking and effort, for every generation of models."""

from typing import Any

import msgspec
import pytest

from lockgate.core.chat import Chat, Message, Reasoning, Text, Thinking, Tool, ToolCall, ToolChoice, ToolResult
from lockgate.dialects.anthropic_messages import plugin
from lockgate.dialects.anthropic_messages.generation import Generation, generation

OLD, BOTH, NEW, FABLE = "claude-haiku-4-5-20251001", "claude-opus-4-6", "claude-sonnet-5", "claude-fable-5"
OTHER = "somebody/else"


def written(model: str, reasoning: Reasoning, **fields: Any) -> tuple[Any, Any, int, tuple[str, ...]]:
    chat = Chat(model=model, messages=(Message("user", (Text("hi"),)),), reasoning=reasoning, **fields)
    encoded = plugin.encode_chat(chat)
    wire = msgspec.json.decode(encoded.wire)
    return wire.get("thinking"), wire.get("output_config", {}).get("effort"), wire["max_tokens"], encoded.lost


ADAPTIVE = {"type": "adaptive"}


@pytest.mark.parametrize(
    ("model", "asked", "thinking", "effort", "lost"),
    [
        (NEW, Reasoning(effort="high"), ADAPTIVE, "high", ()),
        (NEW, Reasoning(effort="xhigh"), ADAPTIVE, "xhigh", ()),
        (NEW, Reasoning(), ADAPTIVE, None, ()),
        (NEW, Reasoning(shown=True), ADAPTIVE | {"display": "summarized"}, None, ()),
        (NEW, Reasoning(shown=False), ADAPTIVE | {"display": "omitted"}, None, ()),
        (NEW, Reasoning(effort="minimal"), ADAPTIVE, "low", ("effort minimal",)),
        (NEW, Reasoning(effort="wild"), ADAPTIVE, None, ("effort wild",)),
        (NEW, Reasoning(budget=8000), ADAPTIVE, "medium", ("thinking budget",)),
        (NEW, Reasoning(budget=99_000), ADAPTIVE, "max", ("thinking budget",)),
        (NEW, Reasoning(budget=8000, effort="low"), ADAPTIVE, "low", ("thinking budget",)),
        (NEW, Reasoning(enabled=False), {"type": "disabled"}, None, ()),
        (BOTH, Reasoning(effort="xhigh"), ADAPTIVE, "high", ("effort xhigh",)),
        (BOTH, Reasoning(effort="max"), ADAPTIVE, "max", ()),
        (BOTH, Reasoning(enabled=False), None, None, ()),
        (OLD, Reasoning(enabled=False, effort="low"), None, None, ("effort",)),
        (FABLE, Reasoning(enabled=False), None, None, ("thinking switched off",)),
        (OTHER, Reasoning(enabled=False), {"type": "disabled"}, None, ()),
        (OTHER, Reasoning(effort="low"), ADAPTIVE, "low", ()),
    ],
)
def test_effort(model: str, asked: Reasoning, thinking: Any, effort: Any, lost: tuple[str, ...]) -> None:
    assert written(model, asked) == (thinking, effort, 4096, lost)


@pytest.mark.parametrize(
    ("model", "asked", "limit", "budget", "max_tokens", "lost"),
    [
        (OLD, Reasoning(effort="low"), None, 2048, 6144, ()),
        (OLD, Reasoning(effort="strange"), None, 8192, 12288, ()),
        (OLD, Reasoning(), None, 8192, 12288, ()),
        (OLD, Reasoning(budget=5000), 9000, 5000, 9000, ()),
        (BOTH, Reasoning(budget=5000), 9000, 5000, 9000, ()),
        (OTHER, Reasoning(budget=5000), 9000, 5000, 9000, ()),
        (OLD, Reasoning(budget=100), 9000, 1024, 9000, ("thinking budget below 1024",)),
        (OLD, Reasoning(budget=9000), 9000, 4500, 9000, ("thinking budget beyond max_tokens",)),
        (OLD, Reasoning(budget=9000), 1100, 1024, 1100, ("thinking budget beyond max_tokens",)),
        (OLD, Reasoning(budget=9000), 1024, None, 1024, ("thinking budget beyond max_tokens",)),
        (OLD, Reasoning(budget=5000, effort="low"), 9000, 5000, 9000, ("effort",)),
    ],
)
def test_budgets_stay_between_1024_and_the_limit(
    model: str, asked: Reasoning, limit: int | None, budget: int | None, *, max_tokens: int, lost: tuple[str, ...]
) -> None:
    thinking, _, given, names = written(model, asked, max_tokens=limit)

    assert thinking == (None if budget is None else {"type": "enabled", "budget_tokens": budget})
    assert (given, names) == (max_tokens, lost)


def test_a_model_that_thinks_takes_no_sampling_and_no_forced_choice() -> None:
    encoded = plugin.encode_chat(
        Chat(
            model=OLD,
            messages=(Message("user", (Text("hi"),)),),
            reasoning=Reasoning(budget=2000),
            temperature=0.5,
            top_k=3,
        )
    )
    assert encoded.lost == ("temperature", "top_k")

    forced = {"tools": (Tool("a"),), "tool_choice": ToolChoice("required")}
    thinking, _, _, lost = written(OLD, Reasoning(effort="high"), **forced)
    assert (thinking, lost) == (None, ("thinking beside a forced tool choice",))
    thinking, effort, _, lost = written(
        NEW, Reasoning(effort="high"), **forced
    )  # page "Thinking": adaptive supports it
    assert (thinking, effort, lost) == (ADAPTIVE, "high", ())


ASKED, CALL = Message("user", (Text("hi"),)), ToolCall("t", "f", "{}")
RESULT = Message("user", (ToolResult("t", (Text("1"),)),))
UNTHOUGHT = ("thinking in an answer that began without it",)


@pytest.mark.parametrize(
    ("turns", "lost"),
    [
        ((Message("assistant", (CALL,)), RESULT), UNTHOUGHT),
        ((Message("assistant", (Text("look"), CALL)), RESULT), UNTHOUGHT),
        ((Message("assistant", (Thinking("hm"), CALL)), RESULT), ("unsigned thinking", *UNTHOUGHT)),
        ((Message("assistant", (Thinking("hm", "sig"), CALL)), RESULT), ()),
        ((Message("assistant", (Thinking(redacted="x"), CALL)), RESULT, Message("assistant", (CALL,)), RESULT), ()),
        ((Message("assistant", (CALL,)), RESULT, Message("assistant", (Text("so"),)), ASKED), ()),
        ((Message("assistant", (Text("so"),)), ASKED), ()),
        ((Message("assistant", (Text("so it"),)),), UNTHOUGHT),
    ],
)
def test_in_the_middle_of_an_answer_thinking_goes_on_only_where_it_began(
    turns: tuple[Message, ...], lost: tuple[str, ...]
) -> None:
    """With a budget the API refuses an answer that goes on and does not begin with signed thoughts; adaptive does not mind."""
    for model, on in ((OLD, {"type": "enabled", "budget_tokens": 16384}), (BOTH, ADAPTIVE)):
        chat = Chat(model=model, messages=(ASKED, *turns), reasoning=Reasoning(effort="high"), tools=(Tool("f"),))
        encoded = plugin.encode_chat(chat)

        off = model is OLD and UNTHOUGHT[0] in lost
        assert msgspec.json.decode(encoded.wire).get("thinking") == (None if off else on)
        assert set(encoded.lost) == set(lost if model is OLD else lost[:-1])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claude-3-5-sonnet-20241022", Generation(adaptive=False, xhigh=False, schema=False, thinks_unasked=False)),
        (
            "us.anthropic.claude-opus-4-1-20250805-v1:0",
            Generation(both_samplers=False, adaptive=False, xhigh=False, thinks_unasked=False),
        ),
        ("claude-opus-4-20250514", Generation(adaptive=False, xhigh=False, schema=False, thinks_unasked=False)),
        (
            "anthropic/claude-sonnet-4.6",
            Generation(both_samplers=False, xhigh=False, thinks_unasked=False),
        ),
        ("claude-opus-4-8", Generation(sampling=False, both_samplers=False, budget=False, thinks_unasked=False)),
        ("claude-sonnet-5", Generation(sampling=False, both_samplers=False, budget=False)),
        ("claude-opus-5-5", Generation(sampling=False, both_samplers=False, budget=False, always_thinks=True)),
        ("claude-mythos-preview", Generation(sampling=False, both_samplers=False, budget=False, always_thinks=True)),
        ("claude-2.1", Generation()),
        ("claude-opus", Generation()),
        ("gpt-5", Generation()),
    ],
)
def test_generations_are_read_from_names(name: str, expected: Generation) -> None:
    assert generation(name) == expected
