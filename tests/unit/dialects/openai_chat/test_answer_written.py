"""Whole answers to a client: the ids, words and counts of OpenAI, and what is named as lost."""

import msgspec

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Media, Refusal, Text, Thinking, ToolCall, ToolResult
from lockgate.dialects.openai_chat import plugin
from tests.unit.dialects.openai_chat.answers import ASK, written


def test_ids_dates_and_models_that_are_missing_are_ours() -> None:
    tree, _ = written(Text("a"), ToolCall("", "f", "{}"), ToolCall("", "g", "{}"))

    assert (tree["id"], tree["created"], tree["model"]) == ("chatcmpl-REQ", 1700000000, "asked")
    assert [call["id"] for call in tree["choices"][0]["message"]["tool_calls"]] == ["call_REQ_0", "call_REQ_1"]


def test_ids_of_other_choices_differ() -> None:
    choices = (Choice((ToolCall("", "f", "{}"),)), Choice((ToolCall("", "f", "{}"),)))

    tree = msgspec.json.decode(plugin.encode_answer(Answer(id="i", model="m", choices=choices), ASK).wire)

    ids = [choice["message"]["tool_calls"][0]["id"] for choice in tree["choices"]]
    assert ids == ["call_REQ_0", "call_REQ_1_0"]


def test_usage_is_written_as_openai_has_it() -> None:
    tree = msgspec.json.decode(
        plugin.encode_answer(Answer(id="i", model="m", choices=(), usage=Usage(9, 5, 3, 2, 1)), ASK).wire
    )

    assert tree["usage"] == {
        "prompt_tokens": 9,
        "completion_tokens": 5,
        "total_tokens": 14,
        "prompt_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1},
    }


def test_an_answer_with_everything() -> None:
    tree, lost = written(
        Thinking("t"),
        Text("a"),
        Text("b"),
        Refusal("no"),
        ToolCall("1", "f", "{}", "s"),
        Media("audio", data="AAAA"),
        Media("image", mime="image/png", data="AAAA"),
        Media("video", url="https://x/y"),
        ToolResult("1", ()),
        finish="filtered",
    )

    (choice,) = tree["choices"]
    assert choice["finish_reason"] == "content_filter"
    assert choice["message"] == {
        "role": "assistant",
        "content": "ab",
        "refusal": "no",
        "reasoning_content": "t",
        "tool_calls": [
            {
                "id": "1",
                "type": "function",
                "function": {"name": "f", "arguments": "{}"},
                "extra_content": {"google": {"thought_signature": "s"}},
            }
        ],
        "audio": {"id": "audio_REQ", "data": "AAAA", "transcript": "", "expires_at": 0},
        "images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}, "index": 0}],
    }
    assert lost == ("video in answers", "tool results in answers")


def test_an_answer_without_words() -> None:
    tree, _ = written()

    assert tree["choices"][0]["message"]["content"] == ""
