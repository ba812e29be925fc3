"""Requests that are refused with a path, and what has no word and is named."""

import pytest
from hypothesis import given

from lockgate.core.chat import Chat, Message, Reasoning, Text
from lockgate.core.dialect import Ask
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import plugin
from tests.unit.dialects.gemini_generate.chat_samples import HELLO, JUNK, MODEL, decode, encode


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
