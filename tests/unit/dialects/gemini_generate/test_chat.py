"""Requests: goldens round trip, both spellings, losses by name, wrong types as problems."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
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
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import plugin

GOLDENS = sorted((Path(__file__).parents[3] / "wire/gemini_generate").glob("*.request.json"))
MODEL = "gemini-3-pro"
HELLO = {"contents": [{"parts": [{"text": "hi"}]}]}


def decode(tree: object, model: str = MODEL) -> Chat:
    return plugin.decode_chat(msgspec.json.encode(tree), Ask(model))


def encode(chat: Chat) -> tuple[dict[str, Any], tuple[str, ...]]:
    encoded = plugin.encode_chat(chat)
    return msgspec.json.decode(encoded.wire), encoded.lost


def said(*blocks: Any, model: str = MODEL, role: Any = "user") -> tuple[list[Any], tuple[str, ...]]:
    tree, lost = encode(Chat(model=model, messages=(Message(role, blocks),)))
    return [part for turn in tree["contents"] for part in turn["parts"]], lost


def snake(tree: Any) -> Any:
    """The same request in the other spelling, and single things outside their lists."""
    opaque = ("args", "response", "parametersJsonSchema", "responseJsonSchema")
    if isinstance(tree, dict):
        names = {key: "".join("_" + c.lower() if c.isupper() else c for c in key) for key in tree}
        return {names[key]: value if key in opaque else snake(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return snake(tree[0]) if len(tree) == 1 else [snake(item) for item in tree]
    return tree


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name)
def test_goldens_round_trip(path: Path) -> None:
    raw = path.read_bytes()

    chat = plugin.decode_chat(raw, Ask(MODEL))
    encoded = plugin.encode_chat(chat)

    assert chat.unsaid == encoded.lost == ()
    assert msgspec.json.decode(encoded.wire) == msgspec.json.decode(raw)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.name)
def test_both_spellings_mean_the_same(path: Path) -> None:
    raw = path.read_bytes()

    other = msgspec.json.encode(snake(msgspec.json.decode(raw)))

    assert plugin.decode_chat(other, Ask(MODEL)) == plugin.decode_chat(raw, Ask(MODEL))


def test_two_spellings_at_once_are_refused() -> None:
    with pytest.raises(Problem, match="twice") as caught:
        decode({**HELLO, "toolConfig": {}, "tool_config": {}})

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, "toolConfig")


def test_what_has_no_word_is_named() -> None:
    chat = decode(
        {
            "contents": [{"parts": [{"executableCode": {"code": "1"}}, {"text": "x", "videoMetadata": {}}], "odd": 1}],
            "tools": [{"googleSearch": {}}, {"functionDeclarations": [{"name": "f", "behavior": "NON_BLOCKING"}]}],
            "toolConfig": {"retrievalConfig": {}, "functionCallingConfig": {"mode": "validated"}},
            "safetySettings": [],
            "cachedContent": "cachedContents/1",
            "labels": {"a": "b"},
            "generationConfig": {
                "speechConfig": {},
                "responseModalities": ["AUDIO"],
                "responseMimeType": "text/x.enum",
                "thinkingConfig": {"odd": 1},
            },
            "x" * 1000: 1,
        }
    )

    assert set(chat.unsaid) == {
        "contents.0.parts.0.executableCode",
        "contents.0.parts.1.videoMetadata",
        "contents.0.odd",
        "tools.0.googleSearch",
        "tools.1.functionDeclarations.0.behavior",
        "toolConfig.retrievalConfig",
        "toolConfig.functionCallingConfig.mode",
        "safetySettings",
        "cachedContent",
        "labels",
        "generationConfig.speechConfig",
        "generationConfig.responseModalities",
        "generationConfig.responseMimeType",
        "generationConfig.thinkingConfig.odd",
        "x" * 64,
    }


def test_defaults_and_nulls_are_no_loss() -> None:
    chat = decode(
        {
            **HELLO,
            "model": "models/gemini-3-pro",
            "tools": None,
            "toolConfig": {"functionCallingConfig": {"mode": "MODE_UNSPECIFIED"}},
            "generationConfig": {
                "candidateCount": 1,
                "responseModalities": ["TEXT"],
                "responseMimeType": "text/plain",
                "thinkingConfig": {"thinkingBudget": -1, "thinkingLevel": "THINKING_LEVEL_UNSPECIFIED"},
                "topK": 40.0,
                "maxOutputTokens": "800",
            },
        }
    )

    assert chat == Chat(
        model=MODEL, messages=(Message("user", (Text("hi"),)),), top_k=40, max_tokens=800, reasoning=Reasoning()
    )


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ([], ""),
        ({}, "contents"),
        ({"contents": []}, "contents"),
        ({"contents": "hi"}, "contents.0"),
        ({"contents": {"role": "wizard"}}, "contents.0.role"),
        ({"contents": {"role": 1}}, "contents.0.role"),
        ({"contents": {"parts": ["x"]}}, "contents.0.parts.0"),
        ({"contents": {"parts": {"text": 1}}}, "contents.0.parts.0.text"),
        ({"contents": {"parts": {"thought": "yes"}}}, "contents.0.parts.0.thought"),
        ({"contents": {"parts": {"functionCall": {}}}}, "contents.0.parts.0.functionCall.name"),
        ({"contents": {"parts": {"functionCall": {"name": "f", "args": []}}}}, "contents.0.parts.0.functionCall.args"),
        (
            {"contents": {"parts": {"functionResponse": {"name": "f", "response": "x"}}}},
            "contents.0.parts.0.functionResponse.response",
        ),
        ({"contents": {"parts": {"inlineData": {"data": 1}}}}, "contents.0.parts.0.inlineData.data"),
        ({**HELLO, "systemInstruction": "x"}, "systemInstruction"),
        ({**HELLO, "generationConfig": {"temperature": "hot"}}, "generationConfig.temperature"),
        ({**HELLO, "generationConfig": {"temperature": True}}, "generationConfig.temperature"),
        ({**HELLO, "generationConfig": {"topK": 1.5}}, "generationConfig.topK"),
        ({**HELLO, "generationConfig": {"seed": "12x"}}, "generationConfig.seed"),
        ({**HELLO, "generationConfig": {"stopSequences": [1]}}, "generationConfig.stopSequences"),
        ({**HELLO, "tools": [{"functionDeclarations": [{}]}]}, "tools.0.functionDeclarations.0.name"),
        ({**HELLO, "toolConfig": {"functionCallingConfig": {"mode": "x"}}}, "toolConfig.functionCallingConfig.mode"),
    ],
)
def test_wrong_types_are_problems_with_a_path(tree: object, where: str) -> None:
    with pytest.raises(Problem) as caught:
        decode(tree)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "contents",
                    "parts",
                    "role",
                    "text",
                    "thought",
                    "thoughtSignature",
                    "functionCall",
                    "function_response",
                    "functionResponse",
                    "name",
                    "id",
                    "args",
                    "response",
                    "inlineData",
                    "mimeType",
                    "data",
                    "fileData",
                    "fileUri",
                    "systemInstruction",
                    "tools",
                    "functionDeclarations",
                    "parameters",
                    "type",
                    "nullable",
                    "properties",
                    "anyOf",
                    "toolConfig",
                    "functionCallingConfig",
                    "mode",
                    "allowedFunctionNames",
                    "generationConfig",
                    "responseSchema",
                    "thinkingConfig",
                    "thinkingBudget",
                    "stopSequences",
                    "topK",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(JUNK)
def test_no_request_raises_anything_but_a_problem(tree: object) -> None:
    wrapped = {**HELLO, **tree} if isinstance(tree, dict) else tree
    try:
        chat = decode(wrapped)
    except Problem:
        return

    again, _ = encode(chat)

    assert again.keys() <= {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig"}


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"[" * 5000, b'{"contents":' * 900])
def test_no_json_is_a_problem(raw: bytes) -> None:
    with pytest.raises(Problem):
        plugin.decode_chat(raw, Ask(MODEL))


def test_results_without_ids_find_their_calls_by_name_and_order() -> None:
    def call(name: str) -> dict[str, Any]:
        return {"functionCall": {"name": name}}

    def result(name: str) -> dict[str, Any]:
        return {"functionResponse": {"name": name, "response": {"output": name}}}

    chat = decode(
        {
            "contents": [
                {"role": "model", "parts": [call("a"), call("b"), call("a")]},
                {"role": "function", "parts": [result("b"), result("a"), result("a"), result("z")]},
                {"role": "model", "parts": [{"functionCall": {"id": "call_4", "name": "a"}}, call("a")]},
                {"role": "user", "parts": [{"functionResponse": {"id": "call_4", "name": "a"}}, result("a")]},
                {"role": "model", "parts": [{"functionCall": {"id": "call_7", "name": "a"}}, call("a")]},
            ],
            "toolConfig": {},
        }
    )

    ids = [[getattr(block, "id", "") or block.call_id for block in message.blocks] for message in chat.messages]  # type: ignore[union-attr]
    assert ids == [
        ["call_1", "call_2", "call_3"],
        ["call_2", "call_1", "call_3", "call_4"],
        ["call_4", "call_5"],
        ["call_4", "call_5"],
        ["call_7", "call_8"],
    ]


def test_google_own_schemas_become_json_schemas() -> None:
    own = {
        "type": "OBJECT",
        "properties": {
            "type": {"type": "STRING", "nullable": True, "enum": ["a"]},
            "any": {"any_of": [{"type": "STRING"}], "nullable": True},
            "list": {"type": "ARRAY", "items": {"type": "NUMBER"}, "min_items": "1"},
            "odd": True,
        },
        "required": ["type"],
    }
    declared = {"functionDeclarations": [{"name": "f", "parameters": own}]}

    chat = decode({**HELLO, "tools": [declared], "generationConfig": {"responseSchema": own}})

    expected = {
        "type": "object",
        "properties": {
            "type": {"type": ["string", "null"], "enum": ["a", None]},
            "any": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "list": {"type": "array", "items": {"type": "number"}, "minItems": 1},
            "odd": True,
        },
        "required": ["type"],
    }
    assert msgspec.json.decode(chat.tools[0].schema) == expected
    assert chat.format is not None
    assert msgspec.json.decode(chat.format.schema) == expected


def test_media_are_told_apart_and_base64_is_the_standard_one() -> None:
    parts = [
        {"inlineData": {"mimeType": "audio/mp3", "data": "-_8"}},
        {"fileData": {"mimeType": "video/mp4", "fileUri": "gs://bucket/film.mp4"}},
        {"fileData": {"fileUri": "https://example.com/x", "displayName": "x"}},
    ]

    chat = decode({"contents": {"parts": parts}})

    assert chat.messages[0].blocks == (
        Media("audio", mime="audio/mp3", data="+/8="),
        Media("video", mime="video/mp4", file_id="gs://bucket/film.mp4"),
        Media("file", url="https://example.com/x", name="x"),
    )


def test_media_go_out_as_the_api_takes_them() -> None:
    parts, lost = said(
        Media("image", url="https://example.com/a.PNG?x=1", detail="high"),
        Media("image", data="AAAA"),
        Media("file", text="plain"),
        Media("file", url="https://example.com/a"),
        Media("file", file_id="file-123"),
        Media("image", url="ftp://example.com/a.png", cache="5m"),
    )

    assert parts == [
        {"fileData": {"mimeType": "image/png", "fileUri": "https://example.com/a.PNG?x=1"}},
        {"inlineData": {"mimeType": "image/jpeg", "data": "AAAA"}},
        {"text": "plain"},
        {"fileData": {"fileUri": "https://example.com/a"}},
    ]
    assert lost == ("image detail", "files by id", "cache markers", "image by this kind of URL")


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
    tree, lost = encode(Chat(model=MODEL, messages=(Message("user", (Text("hi"),)),), tool_choice=choice))

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
        ("gemini-3-pro", Reasoning(effort="high"), {"thinkingLevel": "high"}, ()),
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
