"""Every text of a request or an answer has its place, and no tree hides one."""

from hypothesis import given
from hypothesis import strategies as st

from lockgate.dialects.gemini_generate import plugin


def places(tree: dict[str, object]) -> list[tuple[str, str]]:
    return [(slot.place, slot.text) for slot in plugin.texts(tree)]


REQUEST: dict[str, object] = {
    "model": "m",
    "system_instruction": {"parts": {"text": "sys"}},
    "contents": [
        {"role": "user", "parts": [{"text": "u", "thought": True}, {"text": "u2"}]},
        {
            "role": "model",
            "parts": [
                {"text": "t", "thought": True, "thoughtSignature": "s"},
                {"text": "a"},
                {"function_call": {"id": "1", "name": "fn", "args": {"role": "arg", "l": ["arg2"]}}},
                {"executableCode": {"code": "code"}},
            ],
        },
        {"parts": {"functionResponse": {"id": "1", "name": "fn", "response": {"x": {"y": "res"}}}}},
        {"parts": [{"inline_data": {"mime_type": "image/png", "data": "AAAA"}}, {"fileData": {"fileUri": "uri"}}]},
    ],
    "tools": [{"functionDeclarations": [{"name": "fn", "description": "desc"}]}],
    "cachedContent": "cached",
    "generationConfig": {"stopSequences": ["stop"], "responseMimeType": "application/json"},
    "role": "odd",
    "data": "odd data",
}


def test_texts_of_a_request() -> None:
    assert places(REQUEST) == [
        ("system", "sys"),
        ("user", "u"),
        ("user", "u2"),
        ("thinking", "t"),
        ("assistant", "a"),
        ("opaque", "fn"),
        ("tool_arguments", "arg"),
        ("tool_arguments", "arg2"),
        ("tool_arguments", "code"),
        ("opaque", "fn"),
        ("tool_result", "res"),
        ("opaque", "uri"),
        ("tool", "fn"),
        ("tool", "desc"),
        ("opaque", "cached"),
        ("opaque", "stop"),
        ("opaque", "odd"),
        ("opaque", "odd data"),
    ]


def test_texts_of_an_answer() -> None:
    tree = {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "a"}, {"text": "t", "thought": True}]},
                "finishReason": "STOP",
            }
        ],
        "modelVersion": "m",
        "responseId": "r",
        "groundingMetadata": {"url": "u"},
    }

    assert places(tree) == [("assistant", "a"), ("thinking", "t"), ("opaque", "u")]


NAMES = st.sampled_from(["contents", "candidates", "content", "parts", "text", "role", "thought", "systemInstruction"])


TREES = st.recursive(
    st.text(min_size=1, max_size=3) | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_no_tree_makes_texts_fail_or_skip_a_text(tree: dict[str, object]) -> None:
    def strings(node: object, key: str = "") -> list[str]:
        if isinstance(node, dict):
            return [text for name, value in node.items() for text in strings(value, name)]
        if isinstance(node, list):
            return [text for value in node for text in strings(value, key)]
        return [node] if isinstance(node, str) and key != "role" else []

    found = [text for _, text in places(tree)]

    assert all(text in found for text in strings(tree))


def test_a_file_of_text_is_read_and_other_files_are_not() -> None:
    def file(mime: object, data: object = "aGVsbG8=") -> dict[str, object]:
        return {"inlineData": {"mimeType": mime, "data": data}}

    both = {"inlineData": {"mimeType": "image/png", "mime_type": "text/plain", "data": "AGhl"}}
    assert list(places({"contents": [{"parts": [both]}]})) == [("document", "\0he")]
    parts = [
        file("text/plain"),
        file("image/png", "iVBORw0KGgoAAAAN"),
        file("image/png", ["eA=="]),
        file("text/plain", ["eA=="]),
    ]
    request = {"contents": [{"parts": [*parts, {"inline_data": {"mime_type": "TEXT/html", "data": "aGk="}}]}]}
    answer = {"candidates": [{"content": {"parts": parts}}]}

    assert [text for text in places(request) if text[0] == "document"] == [
        ("document", "hello"),
        ("document", "hi"),
    ]
    assert not [text for text in places(answer) if text[0] == "document"]
