"""No string of a document escapes: it is text with a place, a word of the protocol, or opaque."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.dialects.openai_chat import plugin


def found(tree: Any) -> set[tuple[str, str]]:
    return {(slot.place, slot.text) for slot in plugin.texts(tree)}


REQUEST = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "sys"},
        {"role": "developer", "content": "dev"},
        {"role": "user", "name": "ada", "content": [{"type": "text", "text": "usr", "x": "odd"}, "bare"]},
        {
            "role": "assistant",
            "content": "ast",
            "refusal": "ref",
            "reasoning_content": "th1",
            "reasoning_details": [{"type": "reasoning.text", "text": "th2", "signature": "c2ln"}],
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "arg"}}],
        },
        {"role": "assistant", "content": [{"type": "thinking", "thinking": [{"type": "text", "text": "th3"}]}]},
        {"role": "tool", "tool_call_id": "1", "content": "res"},
        {"role": "robot", "content": "rob"},
        "loose",
    ],
    "tools": [{"type": "function", "function": {"name": "f", "description": "des"}}],
    "stop": ["END"],
    "metadata": {"k": "val"},
    "new": {"deep": ["down"]},
}


def test_a_request() -> None:
    assert found(REQUEST) == {
        ("system", "sys"),
        ("system", "dev"),
        ("user", "usr"),
        ("user", "bare"),
        ("opaque", "ada"),
        ("opaque", "odd"),
        ("assistant", "ast"),
        ("assistant", "ref"),
        ("thinking", "th1"),
        ("thinking", "th2"),
        ("thinking", "th3"),
        ("opaque", "f"),
        ("tool_arguments", "arg"),
        ("tool_result", "res"),
        ("opaque", "rob"),
        ("opaque", "loose"),
        ("tool", "f"),
        ("tool", "des"),
        ("opaque", "END"),
        ("opaque", "val"),
        ("opaque", "down"),
    }


def test_an_answer() -> None:
    tree = {
        "id": "i",
        "object": "chat.completion",
        "choices": [
            {
                "message": {
                    "role": "assistant",
                    "content": "ast",
                    "audio": {"id": "a", "data": "AAAA", "transcript": "tra"},
                },
                "logprobs": {"content": [{"token": "tok"}]},
                "finish_reason": "stop",
            },
            {"delta": {"content": "del", "tool_calls": [{"function": {"arguments": {"a": "arg"}}}]}},
        ],
        "citations": ["cit"],
    }

    assert found(tree) == {
        ("assistant", "ast"),
        ("assistant", "tra"),
        ("opaque", "tok"),
        ("assistant", "del"),
        ("tool_arguments", "arg"),
        ("opaque", "cit"),
    }


def test_media() -> None:
    def url(text: str) -> Any:
        part = {"type": "image_url", "image_url": {"url": text}}
        return {"messages": [{"role": "user", "content": [part]}]}

    assert found(url("data:image/png;base64,AAAA")) == set()
    assert found(url("data:text/plain,secret")) == {("opaque", "data:text/plain,secret")}
    assert found(url("https://x/?q=secret")) == {("opaque", "https://x/?q=secret")}


def test_words_of_the_protocol_only_where_they_belong() -> None:
    tree = {"x": {"role": "a", "type": "b", "id": "c"}, "messages": [{"role": "user", "content": {"role": "d"}}]}

    assert found(tree) == {("opaque", "a"), ("opaque", "b"), ("opaque", "c"), ("user", "d")}


TREES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["messages", "choices", "message", "content", "role", "type", "tools", "arguments", "x"])
            | st.text(max_size=3),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for part in inner for text in strings(part)]


@given(TREES)
def test_any_tree(tree: Any) -> None:
    slots = list(plugin.texts(tree))

    for slot in slots:
        node = tree
        for step in slot.path:
            node = node[step]
        assert node == slot.text
    assert {slot.text for slot in slots} <= set(strings(tree))


@given(st.text(min_size=1), st.sampled_from(["note", "extra", "annotations"]))
def test_unknown_places_are_never_skipped(text: str, key: str) -> None:
    for tree in (
        {key: text},
        {"messages": [{"role": "user", "content": "", key: {"a": [text]}}]},
        {"choices": [{key: text}]},
    ):
        assert text in {slot.text for slot in plugin.texts(tree)}


def test_a_file_of_text_is_read_and_other_files_are_not() -> None:
    pdf, plain = "data:application/pdf;base64,QUJD", "data:text/plain;base64,aGVsbG8="
    parts = [{"type": "file", "file": {"file_data": data, "filename": "a"}} for data in (pdf, plain)]

    assert ("document", "hello") in found({"messages": [{"role": "user", "content": parts}]})
    assert not [text for _, text in found({"messages": [{"role": "user", "content": parts}]}) if text == pdf]
