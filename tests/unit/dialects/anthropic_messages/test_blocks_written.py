"""Blocks of a turn to the wire: thinking, calls and media, and what is named as lost."""

from typing import Any

import pytest

from lockgate.core.chat import Block, Media, Message, Refusal, Text, Thinking, ToolCall, ToolResult
from tests.unit.dialects.anthropic_messages.requests import PNG, USER, written


def said(*blocks: Block, role: Any = "user") -> tuple[Any, tuple[str, ...]]:
    messages = [Message(role, blocks)] if role == "user" else [USER, Message(role, blocks)]
    wire, lost = written(*messages)
    return wire["messages"][-1]["content"], lost


def test_thinking_goes_back_only_with_its_signature() -> None:
    content, lost = said(Thinking("a", "sig"), Thinking("b"), Thinking(redacted="x"), Text("c"), role="assistant")

    assert content == [
        {"type": "thinking", "thinking": "a", "signature": "sig"},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "text", "text": "c"},
    ]
    assert lost == ("unsigned thinking",)


def test_a_refusal_was_a_text() -> None:
    assert said(Refusal("I cannot."), role="assistant") == ("I cannot.", ())


@pytest.mark.parametrize(
    ("arguments", "expected", "lost"),
    [
        ("", {}, ()),
        ('{"a": 1.50}', {"a": 1.5}, ()),
        ('{"a": ', {"arguments": '{"a": '}, ("arguments that are not a JSON object",)),
        ("[1]", {"arguments": "[1]"}, ("arguments that are not a JSON object",)),
        ('{"a":' * 5000, {"arguments": '{"a":' * 5000}, ("arguments that are not a JSON object",)),
    ],
)
def test_arguments_are_always_an_object(arguments: str, expected: object, lost: tuple[str, ...]) -> None:
    content, names = said(ToolCall("c", "f", arguments, cache="5m"), role="assistant")

    assert content[0]["input"] == expected
    assert content[0]["cache_control"] == {"type": "ephemeral"}
    assert names == lost


def test_ids_of_other_makers_change_alike_in_call_and_result() -> None:
    wire, _ = written(
        USER,
        Message("assistant", (ToolCall("functions.f:0", "f", "{}"),)),
        Message("user", (ToolResult("functions.f:0", ()),)),
    )

    call, result = wire["messages"][1]["content"][0], wire["messages"][2]["content"][0]
    assert (call["id"], result) == ("functions_f_0", {"type": "tool_result", "tool_use_id": "functions_f_0"})


def test_signatures_of_calls_are_another_makers() -> None:
    assert said(ToolCall("c", "f", "{}", signature="s"), role="assistant")[1] == ("thought signatures",)


@pytest.mark.parametrize(
    ("media", "source"),
    [
        (PNG, {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}),
        (Media("image", data="/9j/4AAQ"), {"type": "base64", "media_type": "image/jpeg", "data": "/9j/4AAQ"}),
        (Media("image", url="https://x/a.png", detail="auto"), {"type": "url", "url": "https://x/a.png"}),
        (Media("image", file_id="file_1"), {"type": "file", "file_id": "file_1"}),
        (
            Media("file", data="JVBERi0xLjQK"),
            {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"},
        ),
        (
            Media("file", mime="text/csv", data="YSxi"),
            {"type": "text", "media_type": "text/plain", "data": "a,b"},
        ),
        (Media("file", text="a"), {"type": "text", "media_type": "text/plain", "data": "a"}),
        (Media("file", url="https://x/a.pdf"), {"type": "url", "url": "https://x/a.pdf"}),
    ],
)
def test_media(media: Media, source: object) -> None:
    content, lost = said(media, Text("a"))

    assert (content[0]["source"], lost) == (source, ())
    assert content[0]["type"] == ("image" if media.kind == "image" else "document")


@pytest.mark.parametrize(
    ("media", "name"),
    [
        (Media("audio", mime="audio/wav", data="UklGRg=="), "audio"),
        (Media("video", url="https://x"), "video"),
        (Media("image", mime="image/tiff", data="SUkq"), "images other than JPEG PNG GIF and WebP"),
        (Media("image", file_id="file-openai"), "images by id"),
        (Media("image"), "images"),
        (Media("image", url="ftp://x"), "images"),
        (Media("file", mime="application/zip", data="UEsD"), "files other than PDF and text"),
        (Media("file", mime="text/plain", data="not base64!"), "files other than PDF and text"),
        (Media("file", file_id="file-openai"), "files by id"),
    ],
)
def test_media_that_cannot_be_said_are_named(media: Media, name: str) -> None:
    content, lost = said(media, Text("a"))

    assert (content, lost) == ("a", (name,))


def test_titles_and_detail() -> None:
    content, lost = said(Media("file", text="a", name="n" * 600), Media("image", url="https://x", detail="high"))

    assert len(content[0]["title"]) == 500
    assert lost == ("image detail",)


def test_blocks_in_the_wrong_mouth_are_named() -> None:
    assert said(Text("a"), ToolCall("c", "f", "{}"))[1] == ("toolcall in user messages",)
    assert said(Text("a"), PNG, ToolResult("c", ()), role="assistant")[1] == (
        "image in assistant messages",
        "toolresult in assistant messages",
    )
