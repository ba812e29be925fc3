"""Parts of a turn, as each copy writes them, read into blocks of the canonical chat."""

from typing import Any

from lockgate.core.chat import Media, Message, Refusal, Text, Thinking, ToolCall
from tests.unit.dialects.openai_chat.chats import turns


def parts(*content: Any) -> Any:
    (turn,) = turns({"role": "user", "content": list(content)})
    return turn.blocks


def test_parts_of_openai() -> None:
    found = parts(
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "image_url", "image_url": {"url": "https://x/a.png", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "image_url", "image_url": {"url": "data:text/plain,hi"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "flac"}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AAAA"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "AAAA"}},
        {"type": "refusal", "refusal": "no"},
        "bare",
    )

    assert found == (
        Text("a", "1h"),
        Media("image", url="https://x/a.png", detail="low"),
        Media("image", mime="image/png", data="AAAA"),
        Media("image", url="data:text/plain,hi"),
        Media("audio", mime="audio/mpeg", data="AAAA"),
        Media("audio", mime="audio/flac", data="AAAA"),
        Media("file", file_id="file-1"),
        Media("file", mime="application/pdf", data="AAAA", name="a.pdf"),
        Media("file", data="AAAA", name="a.pdf"),
        Refusal("no"),
        Text("bare"),
    )


def test_parts_of_mistral_and_vllm() -> None:
    found = parts(
        {"type": "thinking", "thinking": [{"type": "text", "text": "h"}, {"type": "reference"}], "signature": "s"},
        {"type": "thinking", "thinking": "m"},
        {"type": "image_url", "image_url": "https://x/a.png"},
        {"type": "document_url", "document_url": "https://x/a.pdf", "document_name": "a"},
        {"type": "input_audio", "input_audio": "AAAA"},
        {"type": "input_audio", "input_audio": "https://x/a.mp3"},
        {"type": "file", "file_id": "f"},
        {"type": "video_url", "video_url": {"url": "https://x/a.mp4"}},
    )

    assert found == (
        Thinking("h", "s"),
        Thinking("m"),
        Media("image", url="https://x/a.png"),
        Media("file", url="https://x/a.pdf", name="a"),
        Media("audio", data="AAAA"),
        Media("audio", url="https://x/a.mp3"),
        Media("file", file_id="f"),
        Media("video", url="https://x/a.mp4"),
    )


def test_thoughts_of_an_earlier_answer() -> None:
    details = [
        {"type": "reasoning.text", "text": "a", "signature": "s"},
        {"type": "reasoning.summary", "summary": "b"},
        {"type": "reasoning.encrypted", "data": "c"},
        {"type": "reasoning.text"},
    ]
    found = turns(
        {"role": "assistant", "content": "x", "reasoning_content": "a", "reasoning_details": details},
        {"role": "assistant", "content": "x", "reasoning_content": "a"},
        {"role": "assistant", "content": "x", "reasoning": "a", "reasoning_details": [{}, 5]},
    )

    assert found[0].blocks == (Thinking("a", "s"), Thinking("b"), Thinking(redacted="c"), Text("x"))
    assert found[1].blocks == found[2].blocks == (Thinking("a"), Text("x"))


def test_an_earlier_answer_with_everything() -> None:
    (found,) = turns(
        {
            "role": "assistant",
            "name": "bot",
            "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}],
            "refusal": "c",
            "audio": {"id": "audio_1"},
            "images": [{"image_url": {"url": "https://x/y"}}, {"image_url": {}}, None],
            "tool_calls": [
                {
                    "id": "1",
                    "function": {"name": "f", "arguments": {"a": 1}},
                    "extra_content": {"google": {"thought_signature": "s"}},
                }
            ],
        }
    )

    assert found == Message(
        "assistant",
        (
            Text("a"),
            Refusal("b"),
            Refusal("c"),
            Media("audio", file_id="audio_1"),
            Media("image", url="https://x/y"),
            ToolCall("1", "f", '{"a":1}', "s"),
        ),
        "bot",
    )
