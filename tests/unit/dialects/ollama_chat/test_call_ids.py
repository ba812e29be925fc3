"""Calls have no ids on the wire: they get them, and results find their calls."""

from typing import Any

from lockgate.core.chat import Chat, Text, ToolCall, ToolResult
from tests.unit.dialects.ollama_chat.drive import turns


def called(*ids_and_names: tuple[str, str]) -> dict[str, Any]:
    calls = [{"id": i, "function": {"name": n, "arguments": {}}} for i, n in ids_and_names]
    return {"role": "assistant", "tool_calls": calls}


def answered(name: str = "", id_: str = "", content: str = "r") -> dict[str, Any]:
    return {"role": "tool", "content": content, "tool_name": name, "tool_call_id": id_}


def ids(found: Chat) -> list[str]:
    blocks = [block for message in found.messages for block in message.blocks]
    return [
        block.id if isinstance(block, ToolCall) else block.call_id for block in blocks if not isinstance(block, Text)
    ]


def test_calls_without_ids_get_them_and_results_find_them_by_name_and_order() -> None:
    found = turns(called(("", "a"), ("", "b"), ("", "a")), answered("a"), answered("a"), answered("b"))

    assert ids(found) == ["call_1", "call_2", "call_3", "call_1", "call_3", "call_2"]
    assert [len(message.blocks) for message in found.messages] == [3, 3]


def test_results_without_names_are_matched_by_order() -> None:
    found = turns(called(("", "a"), ("", "b")), answered(), answered())

    assert ids(found) == ["call_1", "call_2", "call_1", "call_2"]
    assert found.messages[1].blocks[1] == ToolResult("call_2", (Text("r"),), "b")


def test_ids_that_are_made_are_unlike_those_given() -> None:
    found = turns(
        called(("call_1", "a"), ("", "b")), answered("b"), answered("a", "call_1"), called(("", "a")), answered()
    )

    assert ids(found) == ["call_1", "call_2", "call_2", "call_1", "call_3", "call_3"]


def test_a_result_of_no_call_keeps_its_own_name_and_id() -> None:
    found = turns(called(("", "a")), answered("other"), answered("", "call_9"))

    assert ids(found) == ["call_1", "call_2", "call_9"]
    assert found.messages[1].blocks[0] == ToolResult("call_2", (Text("r"),), "other")


def test_an_unanswered_call_of_an_earlier_turn_gets_no_later_result() -> None:
    found = turns(called(("x", "a")), {"role": "user", "content": "go on"}, called(("y", "a")), answered("a"))

    assert ids(found) == ["x", "y", "y"]
