"""Requests written: our form to Gemini's."""

import pytest
from msgspec import Raw

from lockgate.core.chat import (
    Chat,
    Format,
    Media,
    Message,
    Reasoning,
    Refusal,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from tests.unit.dialects.gemini_generate.chat_samples import HELLO, MODEL, decode, encode, said


def test_roles_alternate_and_system_messages_are_gathered() -> None:
    messages = (
        Message("system", (Text("a"),)),
        Message("user", (Text("b"),), name="Ann"),
        Message("user", (Text("c"), Text(""))),
        Message("developer", (Text("d"),)),
        Message("assistant", (Refusal("no"),)),
        Message("assistant", ()),
        Message("user", (Text("e", cache="5m"),)),
    )

    tree, lost = encode(Chat(model=MODEL, messages=messages))

    assert tree == {
        "contents": [
            {"role": "user", "parts": [{"text": "b"}, {"text": "c"}]},
            {"role": "model", "parts": [{"text": "no"}]},
            {"role": "user", "parts": [{"text": "e"}]},
        ],
        "systemInstruction": {"parts": [{"text": "a"}, {"text": "d"}]},
    }
    assert lost == ("names of speakers", "the place of system messages", "refusal mark", "cache markers")


def test_a_system_message_alone_becomes_the_turn() -> None:
    tree, lost = encode(Chat(model=MODEL, messages=(Message("system", (Text("a"),)),)))

    assert tree == {"contents": [{"role": "user", "parts": [{"text": "a"}]}]}
    assert lost == ("the role of the only message",)


@pytest.mark.parametrize(
    ("result", "response"),
    [
        (ToolResult("1", (Text("warm"),)), {"output": "warm"}),
        (ToolResult("1", (Text("warm"), Text("dry"))), {"output": "warm\ndry"}),
        (ToolResult("1", (Text('{"c": 3}'),)), {"c": 3}),
        (ToolResult("1", (Text('{"output": 3}'),)), {"output": {"output": 3}}),
        (ToolResult("1", (Text("{broken"),)), {"output": "{broken"}),
        (ToolResult("1", (Text("[1]"),)), {"output": "[1]"}),
        (ToolResult("1", ()), {"output": ""}),
        (ToolResult("1", (Text("no"),), error=True), {"error": "no"}),
    ],
)
def test_results_are_objects_named_after_their_calls(result: ToolResult, response: object) -> None:
    tree, lost = encode(
        Chat(
            model="gemini-2.5-pro",
            messages=(Message("assistant", (ToolCall("1", "weather", ""),)), Message("user", (result,))),
        )
    )

    assert tree["contents"] == [
        {"role": "model", "parts": [{"functionCall": {"id": "1", "name": "weather", "args": {}}}]},
        {"role": "user", "parts": [{"functionResponse": {"id": "1", "name": "weather", "response": response}}]},
    ]
    assert lost == ()


def test_pictures_of_a_tool_stand_beside_its_answer_for_earlier_models() -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}
    result = ToolResult("1", (Text("x"), Media("image", "image/png", data="AAAA", cache="5m")), name="f")

    old, lost = said(result, model="gemini-2.5-flash")
    new, _ = said(result)

    answer = {"id": "1", "name": "f", "response": {"output": "x"}}
    assert old == [{"functionResponse": answer}, picture]
    assert new == [{"functionResponse": {**answer, "parts": [picture]}}]
    assert lost == ("cache markers",)


def test_calls_of_other_models_get_the_signature_that_gemini_3_demands() -> None:
    calls = (ToolCall("1", "f", "{}"), ToolCall("2", "f", "[1]"))

    new, lost = said(*calls, role="assistant")
    old, _ = said(*calls, role="assistant", model="gemini-2.5-pro")

    assert [part.get("thoughtSignature") for part in new] == ["skip_thought_signature_validator", None]
    assert [part.get("thoughtSignature") for part in old] == [None, None]
    assert new[1]["functionCall"]["args"] == {"arguments": "[1]"}
    assert lost == ("tool arguments that are not an object",)


def test_redacted_thinking_is_a_loss() -> None:
    parts, lost = said(Thinking(redacted="xyz"), Text("a"), role="assistant")

    assert (parts, lost) == ([{"text": "a"}], ("redacted thinking",))


@pytest.mark.parametrize(
    ("choice", "calling"),
    [
        (ToolChoice("auto"), {"mode": "AUTO"}),
        (ToolChoice("none"), {"mode": "NONE"}),
        (ToolChoice("required"), {"mode": "ANY"}),
        (ToolChoice("tool", "f"), {"mode": "ANY", "allowedFunctionNames": ["f"]}),
        (ToolChoice("required", allowed=("f", "g")), {"mode": "ANY", "allowedFunctionNames": ["f", "g"]}),
        (ToolChoice("auto", allowed=("f", "g")), {"mode": "VALIDATED", "allowedFunctionNames": ["f", "g"]}),
    ],
)
def test_tool_choice_both_ways(choice: ToolChoice, calling: object) -> None:
    hello = (Message("user", (Text("hi"),)),)
    tree, lost = encode(Chat(model=MODEL, messages=hello, tools=(Tool("f"), Tool("g")), tool_choice=choice))

    assert tree["toolConfig"] == {"functionCallingConfig": calling}
    assert decode(tree).tool_choice == choice
    assert lost == ()


@pytest.mark.parametrize(
    ("model", "reasoning", "config", "lost"),
    [
        ("gemini-2.5-pro", Reasoning(effort="low"), {"thinkingBudget": 1024}, ()),
        ("gemini-2.5-pro", Reasoning(effort="max"), {"thinkingBudget": 24576}, ("this reasoning effort",)),
        ("gemini-2.5-flash", Reasoning(enabled=False), {"thinkingBudget": 0}, ()),
        ("models/gemini-2.5-flash", Reasoning(effort="none"), {"thinkingBudget": 0}, ()),
        ("gemini-3-pro", Reasoning(enabled=False), {"thinkingLevel": "low"}, ("thinking switched off",)),
        ("gemini-2.5-pro", Reasoning(enabled=False), {"thinkingBudget": 128}, ("thinking switched off",)),
        ("gemini-3-pro", Reasoning(effort="high"), {"thinkingLevel": "high"}, ()),
        ("gemini-3.1-pro-preview", Reasoning(effort="minimal"), {"thinkingLevel": "low"}, ("this reasoning effort",)),
        ("gemini-3-flash-preview", Reasoning(effort="minimal"), {"thinkingLevel": "minimal"}, ()),
        ("gemini-3-pro", Reasoning(budget=2000, shown=False), {"thinkingBudget": 2000, "includeThoughts": False}, ()),
        ("gemini-3-pro", Reasoning(shown=True), {"includeThoughts": True}, ()),
        ("gemini-3-pro", Reasoning(), None, ()),
    ],
)
def test_reasoning_in_the_way_of_each_generation(
    model: str, reasoning: Reasoning, config: object, lost: tuple[str, ...]
) -> None:
    tree, told = encode(Chat(model=model, messages=(Message("user", (Text("hi"),)),), reasoning=reasoning))

    assert tree.get("generationConfig", {}).get("thinkingConfig") == config
    assert told == lost


def test_thinking_switched_off_is_understood() -> None:
    chat = decode({**HELLO, "generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}})

    assert chat.reasoning == Reasoning(enabled=False)


def test_every_other_loss_has_its_name() -> None:
    tree, lost = encode(
        Chat(
            model=MODEL,
            messages=(Message("user", (Text("hi"),)),),
            tools=(
                Tool("f", strict=True, cache="5m"),
                Tool("g", schema=Raw(b'{"type":"object","properties":{},"additionalProperties":false}')),
                Tool("h", schema=Raw(b'{"type":"object","additionalProperties":{"type":"string"},"minProperties":1}')),
                Tool("i", schema=Raw(b"")),
            ),
            parallel_tools=False,
            temperature=3.0,
            stop=tuple("abcdef"),
            seed=2**40 + 5,
            format=Format("json", description="d"),
            metadata={"a": "b"},
            user="u",
        )
    )

    assert lost == (
        "strict tools",
        "cache markers",
        "one tool call at a time",
        "temperature above 2",
        "more than 5 stop sequences",
        "description of the answer's schema",
        "metadata",
        "user",
    )
    assert tree["generationConfig"] == {
        "temperature": 2.0,
        "stopSequences": list("abcde"),
        "seed": 5,
        "responseMimeType": "application/json",
    }
    declared = tree["tools"][0]["functionDeclarations"]
    assert ["parametersJsonSchema" in tool for tool in declared] == [False, False, True, False]


@pytest.mark.parametrize(("mode", "lost"), [("auto", ()), ("none", ()), ("required", ("tool choice without tools",))])
def test_without_functions_there_is_no_choice_of_them(mode: str, lost: tuple[str, ...]) -> None:
    """The API refuses one. A request may be left with none: tools of other providers cannot be offered here."""
    tree, names = encode(Chat(model=MODEL, messages=(Message("user", (Text("hi"),)),), tool_choice=ToolChoice(mode)))  # type: ignore[arg-type]

    assert (tree.keys(), names) == ({"contents"}, lost)
