"""Where texts are, and whose: of requests, of answers and of frames."""

import base64
from typing import Any

import msgspec
import pytest

from lockgate.core.body import Coded
from lockgate.dialects.openai_responses import plugin

DATA = "data:image/png;base64,iVBORw0KGgoAAAAN"


def places(tree: Any) -> dict[str, str]:
    return {slot.text: slot.place for slot in plugin.texts(tree)}


REQUEST: Any = {
    "model": "m",
    "instructions": "be brief",
    "input": [
        {"role": "user", "content": "plain"},
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "dev"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "said", "annotations": [{"title": "cited"}]}, {"type": "refusal", "refusal": "no"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}], "content": [{"text": "hmm"}], "encrypted_content": "QUJD"},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a":"x"}'},
        {"type": "function_call_output", "call_id": "c1", "output": "result"},
        {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_text", "text": "part"}, {"type": "input_image", "image_url": DATA}]},
        {"type": "brand_new", "x": "strange"},
        {"role": "pope", "content": "whose"},
        "bare",
    ],
    "tools": [{"type": "function", "name": "g", "description": "does", "parameters": {"description": "deep"}}, "bare tool"],
    "text": {"format": {"type": "json_schema", "schema": {"description": "shape"}}},
    "metadata": {"a": "b"},
}  # fmt: skip
PLACES = {
    "be brief": "system",
    "plain": "user",
    "dev": "system",
    "said": "assistant",
    "cited": "opaque",
    "no": "assistant",
    "hm": "thinking",
    "hmm": "thinking",
    "f": "opaque",
    '{"a":"x"}': "tool_arguments",
    "result": "tool_result",
    "part": "tool_result",
    "strange": "opaque",
    "whose": "opaque",
    "bare": "opaque",
    "g": "tool",
    "does": "tool",
    "deep": "tool",
    "bare tool": "tool",
    "json_schema": "opaque",
    "shape": "opaque",
    "b": "opaque",
}


def test_every_text_of_a_request_has_its_place() -> None:
    assert places(REQUEST) == PLACES


def test_an_input_that_is_a_text_is_the_users() -> None:
    assert places({"input": "hi"}) == {"hi": "user"}


def test_prose_in_the_place_of_a_word_or_of_data_is_looked_at() -> None:
    item = {
        "type": "a long text",
        "id": "my id is this",
        "status": "done it is",
        "encrypted_content": "not sealed at all",
    }

    assert set(places({"model": "m n", "input": [item]})) == {"m n", *item.values()}
    picture = {"type": "image_generation_call", "result": "no data at all"}
    assert places({"output": [picture]}) == {"no data at all": "opaque"}
    assert places({"output": [picture | {"result": "QUJD"}]}) == {}


def test_files_and_addresses() -> None:
    text = base64.b64encode(b"hello").decode()
    parts = [
        {"type": "input_file", "filename": "n.txt", "file_data": f"data:text/plain;base64,{text}"},
        {"type": "input_file", "file_data": "data:application/pdf;base64,JVBERi0xLjcK"},
        {"type": "input_file", "file_data": "what it is nobody says"},
        {"type": "input_image", "image_url": "https://host.example/word.png"},
        {"type": "input_image", "image_url": "data:text/plain,word"},
        {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "wav"}},
    ]
    tree: Any = {"input": [{"role": "user", "content": parts}]}

    slots = list(plugin.texts(tree))

    assert [(slot.text, slot.place) for slot in slots] == [
        ("n.txt", "opaque"),
        ("hello", "document"),
        ("what it is nobody says", "document"),
        ("https://host.example/word.png", "opaque"),
        ("data:text/plain,word", "opaque"),
    ]
    assert isinstance(slots[1].path[-1], Coded)


@pytest.mark.parametrize("role", ["user", "tool"])
def test_S60_a_text_that_is_said_to_be_a_picture_is_a_text(role: str) -> None:
    """Gemini takes a picture's data under the type that its URL names, and reads texts."""
    url = "DATA:Text/plain;base64," + base64.b64encode(b"hello " * 99).decode()
    parts = [{"type": "input_image", "image_url": url}]
    item: Any = {"role": "user", "content": parts}
    if role == "tool":
        item = {"type": "function_call_output", "call_id": "c1", "output": parts}

    (slot,) = plugin.texts({"input": [item]})

    assert (slot.text, slot.place) == ("hello " * 99, "opaque" if role == "user" else "tool_result")
    assert isinstance(slot.path[-1], Coded)


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("response.output_text.delta", "assistant"),
        ("response.refusal.delta", "assistant"),
        ("response.reasoning_text.delta", "thinking"),
        ("response.function_call_arguments.delta", "tool_arguments"),
        ("response.brand_new.delta", "opaque"),
    ],
)
def test_of_a_frame_the_delta_is_the_text(kind: str, place: str) -> None:
    frame = {
        "type": kind,
        "item_id": "msg_1",
        "output_index": 0,
        "delta": "word",
        "obfuscation": "xyz",
        "logprobs": [{"token": "word"}],
    }

    assert [(slot.text, slot.place) for slot in plugin.joined(frame)] == [("word", place)]


def test_what_a_frame_says_again_is_a_text_too() -> None:
    frame = {"type": "response.output_text.done", "item_id": "msg_1", "text": "word"}

    assert [slot.text for slot in plugin.joined(frame)] == ["word"]
    assert list(plugin.joined({"type": {"x": 1}})) == []


OFFERS: Any = {
    "tools": [
        {"type": "function", "name": "f"},
        {"type": "custom", "name": "patch"},
        {"type": "namespace", "name": "files", "tools": [{"type": "function", "name": "read"}]},
        {"type": "web_search_preview_2025_03_11"},
        {"type": "computer_use_preview"},
        {"type": "mcp", "server_label": "docs"},
        {"type": "function"},
        {"type": "function", "Name": "f", "name": "g"},
        {"type": "namespace"},
        {"name": "x"},
        5,
    ],
    "input": [
        {"role": "user", "content": "hi"},
        {"type": "additional_tools", "tools": [{"type": "function", "name": "late"}]},
        {"type": "tool_search_output", "tools": [{"type": "function", "name": "found"}]},
        {"type": "message", "tools": [{"type": "function", "name": "hidden"}]},
        {"type": "additional_tools", "Tools": []},
    ],
}


def test_tools_are_offered_by_name_wherever_they_stand() -> None:
    found = [(".".join(map(str, o.path)), o.name, o.run) for o in plugin.tools(OFFERS)] if plugin.tools else []

    assert found == [
        ("tools.0", "f", False),
        ("tools.1", "patch", False),
        ("tools.2.tools.0", "files__read", False),
        ("tools.3", "web_search", True),
        ("tools.4", "computer", False),
        ("tools.5", "docs", True),
        ("tools.6", "", True),
        ("tools.7", "", True),
        ("tools.8", "", True),
        ("tools.9", "", True),
        ("tools.10", "", True),
        ("input.1.tools.0", "late", False),
        ("input.2.tools.0", "found", False),
        ("input.3.tools", "", True),
        ("input.4.tools", "", True),
    ]


def test_results_of_tools_that_openai_ran() -> None:
    kinds: list[Any] = [{"type": "web_search_call"}, {"type": "mcp_call", "server_label": "docs"}, {"type": "mcp_call"}, {"type": "function_call_output"}, 5]  # fmt: skip

    assert list(plugin.results({"input": kinds})) == ["web_search", "docs", ""]
    assert list(plugin.results({"input": "hi"})) == []


def test_the_watch_counts_and_sees_the_end_and_errors() -> None:
    def watched(*frames: bytes) -> Any:
        watch = plugin.watch()
        for frame in frames:
            watch.feed(frame)
        return watch

    done = {"type": "response.completed", "response": {"status": "completed", "usage": {"input_tokens": 3}}}
    whole = watched(b"event: response.completed\ndata: " + msgspec.json.encode(done) + b"\n\n", b"data: {]\n\n")
    assert (whole.ended, whole.over, whole.failed, whole.usage.input) == (True, True, None, 3)
    broken = watched(b'event: error\ndata: {"type":"error","message":"it broke"}\n\n')
    assert (broken.ended, broken.failed.detail) == (False, "it broke")
    odd = watched(
        b": response.completed\n\n", b'data: {"response.completed"\n\n', b'event: x.delta\ndata: {"error"}\n\n'
    )
    assert (odd.ended, odd.failed, odd.usage) == (False, None, None)
