"""Requests read: Gemini's form to ours."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given

from lockgate.core.chat import (
    Chat,
    Media,
    Message,
    Reasoning,
    Text,
)
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import plugin
from tests.unit.dialects.gemini_generate.chat_samples import GOLDENS, HELLO, JUNK, MODEL, decode, encode, said, snake


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
