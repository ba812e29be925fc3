"""In an answer only those ids are marked that its provider gives."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lockgate.dialects.openai_responses import plugin
from lockgate.dialects.openai_responses.sealed import swapped

assert plugin.holds is not None
HOLDS = plugin.holds
MARK = "_lg" + "A" * 36


def mark(id_: str) -> str:
    return id_ + MARK


def marked(document: Any) -> Any:
    return json.loads(HOLDS.marked(json.dumps(document).encode(), mark))


def test_of_an_answer_only_what_the_provider_names_is_marked() -> None:
    annotation = {"type": "file_citation", "file_id": "file-1", "index": 0}
    said = {
        "id": "resp_1",
        "previous_response_id": "resp_0",
        "metadata": {"id": "x", "response_id": "x"},
        "tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}],
        "output": [
            {"id": "msg_1", "type": "message", "content": [{"type": "output_text", "text": "resp_2", "annotations": [annotation]}]},
            {"id": "rs_1", "type": "reasoning", "encrypted_content": "sealed", "summary": []},
            {"id": "ci_1", "type": "code_interpreter_call", "container_id": "cntr_1", "outputs": [{"id": "x"}]},
            {"id": "fc_1", "type": "function_call", "call_id": "call_1", "arguments": '{"id":"x"}', "encrypted_content": "x", "container_id": "x"},
            {"id": "mcp_1", "type": "mcp_list_tools", "tools": [{"id": "x", "input_schema": {"response_id": "x"}, "item_id": "x"}]},
            "stray",
        ],
    }  # fmt: skip

    found = marked(said)

    wanted = json.loads(json.dumps(said))
    for key in ("id", "previous_response_id"):
        wanted[key] += MARK
    for item in wanted["output"][:-1]:
        item["id"] += MARK
    for at in (1, 3):
        wanted["output"][at]["encrypted_content"] += MARK
    wanted["output"][2]["container_id"] += MARK
    assert found == wanted


def test_frames_are_marked_at_their_own_places() -> None:
    assert marked({"type": "response.output_text.delta", "item_id": "msg_1", "delta": '"item_id":"x"', "logprobs": [{"item_id": "x"}]}) == {
        "type": "response.output_text.delta", "item_id": "msg_1" + MARK, "delta": '"item_id":"x"', "logprobs": [{"item_id": "x"}]
    }  # fmt: skip
    assert marked({"type": "response.output_item.done", "item": {"id": "msg_1", "content": [{"id": "x"}]}}) == {
        "type": "response.output_item.done", "item": {"id": "msg_1" + MARK, "content": [{"id": "x"}]}
    }  # fmt: skip
    assert marked({"type": "response.completed", "response": {"id": "resp_1", "output": [{"id": "msg_1"}]}}) == {
        "type": "response.completed", "response": {"id": "resp_1" + MARK, "output": [{"id": "msg_1" + MARK}]}
    }  # fmt: skip
    assert marked({"type": "brand.new", "id": "x", "output": [{"id": "x"}]}) == {
        "type": "brand.new",
        "id": "x",
        "output": [{"id": "x"}],
    }


@given(st.binary(max_size=60))
def test_what_is_no_document_stays_as_it_is(raw: bytes) -> None:
    assert HOLDS.marked(b"[" + raw, mark) == b"[" + raw


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "output", "item", "response", "item_id", "container_id", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "output", "item", "response", "item_id", "previous_response_id"]), ANY
    )
)
def test_but_for_marks_an_answer_is_what_it_was(tree: Any) -> None:
    def without(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: without(value) for key, value in node.items()}
        return (
            [without(each) for each in node]
            if isinstance(node, list)
            else node.removesuffix(MARK)
            if isinstance(node, str)
            else node
        )

    assert without(marked(tree)) == without(tree)


@given(st.text(st.sampled_from("lg-AZaz09_.="), min_size=1, max_size=80))
def test_a_seal_comes_back_to_the_letter_and_never_looks_like_a_key(seal: str) -> None:
    (item,) = marked({"id": "r", "output": [{"type": "reasoning", "id": "rs_1", "encrypted_content": seal}]})["output"]

    assert item["encrypted_content"] == mark(swapped(seal))
    assert ("-" in item["encrypted_content"]) == ("." in seal)
    tree, lost = HOLDS.opened({"input": [item]}, lambda id_: id_.removesuffix(MARK))
    assert tree["input"] == [{"type": "reasoning", "id": "rs_1", "encrypted_content": seal}]
    assert lost == ()
