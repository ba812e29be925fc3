"""Every text of a request or an answer has its place, and no tree hides one."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.dialects.ollama_chat import plugin
from tests.unit.dialects.ollama_chat.drive import golden


def places(tree: Any) -> dict[tuple[str | int, ...], tuple[str, str]]:
    return {slot.path: (slot.place, slot.text) for slot in plugin.texts(tree)}


REQUEST = {
    "model": "m",
    "format": {"description": "how"},
    "keep_alive": "5m",
    "options": {"stop": ["END"]},
    "tools": [
        {"type": "function", "function": {"name": "f", "parameters": {"x": ["deep"]}}},
        {"type": "oddity"},
    ],
    "messages": [
        {"role": "system", "content": "s"},
        {"role": "user", "content": "u", "images": ["AAAA", "not base64!"]},
        {
            "role": "assistant",
            "content": "a",
            "thinking": "t",
            "tool_calls": [{"id": "i", "type": "function", "function": {"name": "f", "arguments": {"x": ["arg"]}}}],
        },
        {"role": "tool", "content": "r", "tool_name": "f", "tool_call_id": "i"},
        {"role": "robot", "content": "?"},
        "loose",
    ],
}


def test_every_text_of_a_request_has_its_place() -> None:
    found = places(REQUEST)

    assert found == {
        ("format", "description"): ("opaque", "how"),
        ("keep_alive",): ("opaque", "5m"),
        ("options", "stop", 0): ("opaque", "END"),
        ("tools", 0, "function", "name"): ("tool", "f"),
        ("tools", 0, "function", "parameters", "x", 0): ("tool", "deep"),
        ("messages", 0, "content"): ("system", "s"),
        ("messages", 1, "content"): ("user", "u"),
        ("messages", 1, "images", 1): ("opaque", "not base64!"),
        ("messages", 2, "content"): ("assistant", "a"),
        ("messages", 2, "thinking"): ("thinking", "t"),
        ("messages", 2, "tool_calls", 0, "function", "name"): ("opaque", "f"),
        ("messages", 2, "tool_calls", 0, "function", "arguments", "x", 0): ("tool_arguments", "arg"),
        ("messages", 3, "content"): ("tool_result", "r"),
        ("messages", 3, "tool_name"): ("opaque", "f"),
        ("messages", 4, "role"): ("opaque", "robot"),
        ("tools", 1, "type"): ("tool", "oddity"),
        ("messages", 4, "content"): ("opaque", "?"),
        ("messages", 5): ("opaque", "loose"),
    }


def test_every_text_of_an_answer_has_its_place() -> None:
    found = places(json.loads(golden("tools.answer.json")))

    assert set(found.values()) == {
        ("opaque", "get_current_weather"),
        ("tool_arguments", "celsius"),
        ("tool_arguments", "Paris, FR"),
    }
    assert places({"message": {"content": "c", "thinking": "t"}, "logprobs": [{"token": "c"}]}) == {
        ("message", "content"): ("assistant", "c"),
        ("message", "thinking"): ("thinking", "t"),
        ("logprobs", 0, "token"): ("opaque", "c"),
    }


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "message", "role", "content", "tool_calls", "images", "model", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(TREES)
def test_texts_never_raise_and_skip_only_words(tree: Any) -> None:
    for slot in plugin.texts(tree):
        node = tree
        for step in slot.path:
            node = node[step]
        assert node == slot.text


@given(st.text(min_size=1, max_size=8), TREES)
def test_no_string_under_an_unknown_key_is_skipped(text: str, tree: Any) -> None:
    found = {
        slot.path
        for slot in plugin.texts({"messages": [{"role": "user", "strange": text, "more": [tree, {"y": text}]}]})
    }

    assert {("messages", 0, "strange"), ("messages", 0, "more", 1, "y")} <= found
