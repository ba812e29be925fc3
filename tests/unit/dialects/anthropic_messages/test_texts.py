"""Every string is seen, with whose it is; only words of the protocol, in their own places, are not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.body import Path, Tree
from lockgate.dialects.anthropic_messages import plugin


def places(tree: Any) -> dict[str, str]:
    """Each text with its place; texts in these tests are unique."""
    return {slot.text: slot.place for slot in plugin.texts(tree)}


REQUEST: Tree = {
    "model": "claude-opus-5",
    "max_tokens": 5,
    "system": [{"type": "text", "text": "S1", "cache_control": {"type": "ephemeral", "ttl": "5m"}}],
    "messages": [
        {"role": "user", "content": "U1"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "U2", "new_field": "O1"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                {"type": "image", "source": {"type": "url", "url": "O2"}},
                {"type": "document", "title": "F1", "context": "F2", "source": {"type": "text", "data": "F3"}},
                {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "F4"}]}},
                {"type": "document", "source": {"type": "content", "content": "F5"}},
                {"type": "document", "source": {"type": "file", "file_id": "file_1", "data": "O3"}},
                {"type": "document", "source": {"type": 4, "data": "O4", "media_type": "prose in here"}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "T1", "signature": "sig=="},
                {"type": "redacted_thinking", "data": "sealed=="},
                {"type": "text", "text": "A1", "signature": "O5", "data": "O6"},
                {"type": "tool_use", "id": "toolu_1", "name": "O7", "input": {"type": "X1", "id": ["X2"]}},
                {"type": "server_tool_use", "id": "toolu_2", "name": "O8", "input": "X3"},
                {"type": "of_tomorrow", "input": {"a": "O9"}, "text": "A2"},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "R1"},
                {"type": "tool_result", "tool_use_id": "toolu_2", "content": [{"type": "text", "text": "R2"}, "O21"]},
                {"type": "search_result", "content": [{"type": "text", "text": "F6"}], "title": "F7"},
            ],
        },
        {"role": "stranger", "content": "O11"},
        {"role": "a whole sentence of prose", "content": [["O12"]]},
        {"content": "O13"},
        ["O14"],
    ],
    "tools": [
        {
            "type": "custom",
            "name": "D1",
            "description": "D2",
            "input_schema": {"type": "D3", "properties": {"a": {"description": "D4"}}},
            "cache_control": {"type": "ephemeral"},
        }
    ],
    "tool_choice": {"type": "tool", "name": "O15"},
    "thinking": {"type": "adaptive", "display": "omitted"},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {"description": "D5"}}},
    "stop_sequences": ["O16"],
    "metadata": {"user_id": "O17", "type": "O18"},
    "service_tier": "auto",
    "new": {"nested": {"model": "O19", "role": "O20"}},
}
_PLACES = {
    "S": "system",
    "U": "user",
    "F": "document",
    "A": "assistant",
    "T": "thinking",
    "X": "tool_arguments",
    "R": "tool_result",
    "D": "tool",
    "O": "opaque",
}


def test_a_request() -> None:
    found = places(REQUEST)

    assert found.pop("a whole sentence of prose") == "opaque"
    assert found.pop("prose in here") == "opaque"
    assert found == {text: _PLACES[text[0]] for text in found}
    expected = {"S": 1, "U": 2, "F": 7, "A": 2, "T": 1, "X": 3, "R": 2, "D": 5, "O": 20}
    assert {letter: sum(text[0] == letter for text in found) for letter in expected} == expected


def test_an_answer() -> None:
    answer = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [
            {"type": "text", "text": "A1", "citations": [{"cited_text": "O1"}]},
            {"type": "tool_use", "id": "toolu_1", "name": "O2", "input": {"a": "X1"}},
            {"type": "thinking", "thinking": "T1", "signature": "s"},
        ],
        "stop_reason": "stop_sequence",
        "stop_sequence": "O3",
        "stop_details": {"type": "refusal", "explanation": "O4"},
    }

    assert places(answer) == {text: _PLACES[text[0]] for text in ("A1", "O1", "O2", "X1", "T1", "O3", "O4")}


def test_prose_in_the_place_of_a_word_is_not_skipped() -> None:
    assert places(
        {"model": "my number is 4111 1111", "messages": [{"role": "user", "content": [{"type": "a b"}]}]}
    ) == {
        "my number is 4111 1111": "opaque",
        "a b": "opaque",
    }


def test_prose_in_the_place_of_data_is_not_skipped() -> None:
    source = {"type": "base64", "data": "not data", "cache_control": {"type": "q w"}}
    blocks = [
        {"type": "image", "source": source, "cache_control": {"ttl": "e r", "x": "t"}},
        {"type": "document", "source": "a b", "cache_control": "c d"},
        {"type": "redacted_thinking", "data": "e f"},
    ]

    found = places({"messages": [{"role": "user", "content": blocks}], "cache_control": {"type": "ephemeral"}})

    assert set(found) == {"not data", "q w", "e r", "t", "a b", "c d", "e f"}
    assert set(found.values()) == {"opaque"}


def test_a_deep_tree_is_not_a_deep_stack() -> None:
    for key in ("cache_control", "content", "source", "input"):
        node: Any = "x y"
        for _ in range(1500):
            node = {key: node, "type": "tool_result"}
        for tree in ({"tools": [node]}, {"system": [node]}, {"messages": [{"content": [node]}]}, {"x": node}):
            assert [slot.text for slot in plugin.texts(tree)].count("x y") == 1


KEYS = st.sampled_from(
    ["messages", "content", "role", "type", "text", "source", "data", "input", "system", "tools", "thinking", "x"]
)
VALUES = st.sampled_from(["user", "tool_use", "tool_result", "base64", "document", "some prose", "thinking"])
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=30,
)


def strings(node: Any, path: Path = ()) -> list[tuple[Path, str]]:
    if isinstance(node, str):
        return [(path, node)]
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in items for found in strings(value, (*path, key))]


@given(st.dictionaries(KEYS, TREES))
def test_whatever_the_tree_is_no_prose_is_missed(tree: Tree) -> None:
    found = {slot.path for slot in plugin.texts(tree)}

    sealed = {("data",), ("signature",)}
    assert {path for path, text in strings(tree) if text == "some prose" and path[-1:] not in sealed} <= found


@given(TREES)
def test_it_never_raises(tree: Any) -> None:
    list(plugin.texts(tree))


def test_what_a_tool_of_the_provider_said_is_its_result() -> None:
    found = {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": [{"type": "web_search_result", "title": "R1", "url": "R2", "encrypted_content": "c2VhbGVk"}],
    }
    fetched = {"type": "base64", "media_type": "R4", "data": "iVBORw0KGgoAAAAN"}
    page = {"type": "web_fetch_tool_result", "content": {"url": "R3", "content": {"source": fetched}}}
    call = {"type": "mcp_tool_use", "id": "m1", "name": "O1", "server_name": "O2", "input": {"a": "X1"}}
    said = {"type": "mcp_tool_result", "tool_use_id": "m1", "content": [{"type": "text", "text": "R5"}]}
    tree = {"messages": [{"role": "assistant", "content": [found, page, call, said]}]}

    places = {slot.text: slot.place for slot in plugin.texts(tree)}

    assert places == {
        **dict.fromkeys(("R1", "R2", "R3", "R4", "R5"), "tool_result"),
        **dict.fromkeys(("O1", "O2"), "opaque"),
        "X1": "tool_arguments",
    }
