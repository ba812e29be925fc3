"""Requests read: Gemini's form to ours."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.core.chat import Media
from lockgate.core.dialect import Ask
from lockgate.dialects.gemini_generate import plugin
from tests.unit.dialects.gemini_generate.chat_samples import GOLDENS, HELLO, MODEL, decode, said, snake


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
