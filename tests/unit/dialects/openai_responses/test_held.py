"""In a request whatever is called an id names something that a provider holds, and has to be the caller's own."""

from typing import Any

import msgspec
import pytest

from lockgate.core import seals
from lockgate.core.body import head
from lockgate.core.problem import Problem
from lockgate.dialects.openai_responses import plugin
from lockgate.dialects.openai_responses.held import IDS
from tests.unit.dialects.openai_responses.drive import HI

assert plugin.holds is not None
HOLDS = plugin.holds
MARK = "_lg" + "A" * 36


def plain(marked: str) -> str | None:
    return marked.removesuffix(MARK) if marked.endswith(MARK) and marked != "strange" + MARK else None


def opened(**fields: Any) -> tuple[Any, tuple[str, ...]]:
    return HOLDS.opened({"model": "m", **fields}, plain)


def left(*items: Any) -> tuple[Any, tuple[str, ...]]:
    tree, lost = opened(input=list(items))
    return tree["input"], lost


def test_ids_of_ones_own_go_on_as_the_provider_knows_them() -> None:
    tree, lost = opened(
        previous_response_id="resp_1" + MARK,
        tools=[
            {"type": "code_interpreter", "container": "cntr_1" + MARK},
            {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-1" + MARK]}},
            {"type": "function", "name": "f", "parameters": {"properties": {"file_id": {"type": "string"}}, "examples": [{"file_id": "x"}]}},
        ],
        input=[HI, {"type": "item_reference", "id": "msg_1" + MARK}, {"type": "mcp_approval_response", "approval_request_id": "mcpr_1" + MARK}],
        metadata={"user_id": "x"},
    )  # fmt: skip

    assert lost == ()
    assert tree["previous_response_id"] == "resp_1"
    assert [tool.get("container") for tool in tree["tools"]] == [
        "cntr_1",
        {"type": "auto", "file_ids": ["file-1"]},
        None,
    ]
    assert tree["input"][1:] == [
        {"type": "item_reference", "id": "msg_1"},
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_1"},
    ]
    assert tree["metadata"] == {"user_id": "x"}


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("previous_response_id", {"previous_response_id": "resp_1"}),
        ("previous_response_id", {"previous_response_id": "strange" + MARK}),
        ("brand_new_id", {"brand_new_id": "x"}),
        ("Brand_New_IDs.1", {"Brand_New_IDs": ["x" + MARK, "x"]}),
        ("file_ids.0.0", {"file_ids": [["file-1"]]}),
        ("input.0.id", {"input": [{"type": "item_reference", "id": "msg_1"}]}),
        ("input.0.id", {"input": [{"id": "msg_1"}]}),
        ("input.0.id", {"input": [{"type": "image_generation_call", "id": "ig_1"}]}),
        ("input.0.id", {"input": [{"type": "brand_new", "id": "x"}]}),
        ("input.0.content.0.file_id", {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]}]}),
        ("input.0.output.0.file_id", {"input": [{"type": "function_call_output", "output": [{"type": "input_image", "file_id": "f"}]}]}),
        ("input.0.encrypted_content", {"input": [{"type": "compaction", "encrypted_content": "strange" + MARK}]}),
        ("input.0.encrypted_content", {"input": [{"type": "compaction", "encrypted_content": "its mark cut off"}]}),
        ("input.0.encrypted_content", {"input": [{"type": "brand_new", "encrypted_content": "its mark cut off"}]}),
        ("input.0.0.id", {"input": [[{"type": "item_reference", "id": "msg_1"}]]}),
        ("input.0.container_id", {"input": [{"type": "code_interpreter_call", "id": "ci" + MARK, "container_id": "cntr_1"}]}),
        ("tools.0.vector_store_ids.0", {"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]}),
        ("tools.0.container", {"tools": [{"type": "code_interpreter", "container": "cntr_1"}]}),
        ("tools.0.container.file_ids.0", {"tools": [{"type": "code_interpreter", "container": {"file_ids": ["file-1"]}}]}),
        ("tools.0.input_image_mask.file_id", {"tools": [{"type": "image_generation", "input_image_mask": {"file_id": "file-1"}}]}),
        ("tools.0.skills.0.skill_id", {"tools": [{"type": "shell", "skills": [{"type": "skill_reference", "skill_id": "s"}]}]}),
    ],
)  # fmt: skip
def test_S17_ids_of_others_are_refused_with_their_place(where: str, fields: Any) -> None:
    with pytest.raises(Problem, match="names nothing") as caught:
        opened(**fields)

    assert caught.value.where == where


def test_what_says_all_by_itself_goes_on_without_an_id_from_elsewhere() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    result = {"type": "function_call_output", "call_id": "c", "output": "x"}

    items, lost = left(
        {**HI, "id": "msg_1"}, {**call, "id": "fc_1"}, {**result, "id": "fco_1"}, {**call, "id": "fc_2" + MARK}, "stray"
    )

    assert items == [HI, call, result, {**call, "id": "fc_2"}, "stray"]
    assert lost == (IDS,)


def thought(**fields: Any) -> Any:
    return {"type": "reasoning", "summary": [], **fields}


@pytest.mark.parametrize(
    ("item", "goes_on", "lost"),
    [
        (thought(id="rs_1" + MARK), thought(id="rs_1"), ()),
        (thought(id="rs_1" + MARK, encrypted_content="s" + MARK), thought(id="rs_1", encrypted_content="s"), ()),
        (thought(encrypted_content="s" + MARK), thought(encrypted_content="s"), ()),
        (thought(encrypted_content="of another, its mark cut off"), None, (seals.FOREIGN,)),
        (thought(id="rs_1" + MARK, encrypted_content="of another, its mark cut off"), None, (seals.FOREIGN,)),
        (thought(id="rs_1", encrypted_content="s" + MARK), thought(encrypted_content="s"), (IDS,)),
        (thought(id="rs_1"), None, (IDS, seals.FOREIGN)),
        (thought(id="rs_1", content=[{"type": "reasoning_text", "text": "hm"}]), thought(content=[{"type": "reasoning_text", "text": "hm"}]), (IDS,)),
        (thought(encrypted_content="strange" + MARK), None, (seals.FOREIGN,)),
        (thought(encrypted_content=seals.mark("anthropic_messages") + "c2ln"), None, (seals.FOREIGN,)),
        (thought(encrypted_content="redacted:" + seals.mark("anthropic_messages") + "c2ln"), None, (seals.FOREIGN,)),
        (thought(encrypted_content="call:" + seals.mark("gemini_generate") + "c2ln"), None, (seals.FOREIGN,)),
    ],
)  # fmt: skip
def test_S79_thoughts_of_another_account_are_left_out(item: Any, goes_on: Any, lost: tuple[str, ...]) -> None:
    assert left(item) == ([goes_on] if goes_on else [], lost)


def test_what_says_where_an_answer_is_from_is_left_out_with_what_it_names() -> None:
    cites = [{"type": "file_citation", "file_id": "file-1"}, {"type": "url_citation", "url": "https://a.example"}]
    message = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "x", "annotations": cites}],
    }
    search = {"type": "file_search_call", "id": "fs_1" + MARK, "results": [{"file_id": "file-1", "text": "x"}]}

    items, lost = left(message, search)

    assert items[0]["content"][0]["annotations"] == cites[1:]
    assert items[1] == {"type": "file_search_call", "id": "fs_1", "results": None}
    assert lost == (IDS,)


@pytest.mark.parametrize("key", ["annotations", "results"])
def test_S17_what_stands_in_another_is_looked_at_once(key: str) -> None:
    """Twice at each level would be a thousand million times at the deepest that is read."""
    node: Any = {"type": "url_citation", "id": "x" + MARK}
    for _ in range(28):
        node = {key: [node]}
    looked = list[str]()

    def looks(marked: str) -> str | None:
        looked.append(marked)
        assert len(looked) < 4
        return plain(marked)

    HOLDS.opened({"input": [{"role": "user", "content": [node]}]}, looks)

    assert looked == ["x" + MARK]


@pytest.mark.parametrize(
    ("fields", "alone"),
    [
        ({}, False),
        ({"store": False, "previous_response_id": None}, False),
        ({"tools": [{"type": "function"}, {"type": "custom"}, {"type": "namespace"}]}, False),
        ({"store": True}, True),
        ({"previous_response_id": "x"}, True),
        ({"tools": [{"type": "function"}, {"type": "mcp"}]}, True),
        ({"input": [HI, {"type": "item_reference", "id": "x"}]}, True),
        ({"input": [HI, {"id": "x"}]}, True),
        ({"input": [{"type": "compaction_trigger"}]}, True),
    ],
)
def test_what_only_this_dialect_can_do(fields: Any, *, alone: bool) -> None:
    assert HOLDS.alone({"model": "m", "input": "hi", **fields}) is alone


@pytest.mark.parametrize(("field", "value"), [("previous_response_id", "resp_1"), ("store", True)])
def test_S17_where_nothing_is_kept_it_is_refused(field: str, value: Any) -> None:
    body = head(msgspec.json.encode({"model": "m", "input": "hi", field: value}))

    with pytest.raises(Problem, match=field) as caught:
        HOLDS.refuse(body)
    assert caught.value.where == field
    HOLDS.refuse(body.set(field, None))


@pytest.mark.parametrize(("store", "stays"), [(b"", True), (b"null", True), (b"true", True), (b"false", False)])
def test_left_out_it_is_held(store: bytes, *, stays: bool) -> None:
    said = b',"store":' + store if store else b""
    assert HOLDS.stays(head(b'{"model":"m"' + said + b"}")) is stays


@pytest.mark.parametrize("field", ["conversation", "Conversation", "PROMPT", "Background"])
def test_what_no_call_here_makes_is_refused_in_any_letters(field: str) -> None:
    with pytest.raises(Problem, match=field):
        opened(**{field: {"x": "conv_1"}})
    assert opened(**{field: None}) == ({"model": "m", field: None}, ())


@pytest.mark.parametrize(
    "item",
    [
        {**HI, "internal_chat_message_metadata_passthrough": {"turn_id": "t", "content_item_kinds": ["x"]}},
        {"type": "tool_search_call", "call_id": "c", "execution": "client", "arguments": {"query": "x", "doc_ids": ["a"]}},
    ],
    ids=["what Codex says of a turn", "what a model asks a client"],
)  # fmt: skip
def test_what_agents_send_of_their_own_goes_as_it_came(item: dict[str, Any]) -> None:
    assert left(item) == ([item], ())


def test_labels_of_a_request_name_nothing() -> None:
    labels = {"session_id": "s", "user_id": "u", "trace_id": "t"}

    assert opened(**labels) == ({"model": "m", **labels}, ())


@pytest.mark.parametrize("kind", ["web_search_call", "local_shell_call", "tool_search_call"])
def test_what_an_agent_sends_without_its_id_goes_on_without_it(kind: str) -> None:
    """Codex does so itself; others send the id of another provider's answer when the model changes."""
    item = {"type": kind, "status": "completed", "action": {"type": "search", "query": "x"}}

    assert left({**item, "id": "ws_strange"}) == ([item], (IDS,))
    assert left({**item, "id": "ws_1" + MARK}) == ([{**item, "id": "ws_1"}], ())
