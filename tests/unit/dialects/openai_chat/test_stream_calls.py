"""Tool calls in streams, in every form in which copies send them."""

from lockgate.core.events import Finished, ToolDelta, ToolStarted
from tests.unit.dialects.openai_chat.drive import DONE, between, decoded, delta


def test_calls_may_interleave() -> None:
    def call(index: int, **function: str) -> bytes:
        known = {"id": f"call_{index}", "type": "function"} if "name" in function else {}
        return delta(tool_calls=[{"index": index, "function": function, **known}])

    assert between(
        call(0, name="f", arguments=""),
        call(1, name="g", arguments="{"),
        call(0, arguments="{}"),
        call(1, arguments="}"),
    ) == [
        ToolStarted(0, "call_0", "f"),
        ToolStarted(1, "call_1", "g"),
        ToolDelta(1, "{"),
        ToolDelta(0, "{}"),
        ToolDelta(1, "}"),
    ]


def test_calls_without_an_index() -> None:
    assert between(
        delta(tool_calls=[{"id": "a", "function": {"name": "f", "arguments": "{"}}]),
        delta(tool_calls=[{"function": {"arguments": "}"}}]),
        delta(tool_calls=[{"id": "b", "function": {"name": "g", "arguments": {"x": 1}}}]),
        delta(tool_calls=[{"id": "a", "function": {"arguments": " "}}]),
        delta(tool_calls=[{"function": {"name": "h"}}]),
    ) == [
        ToolStarted(0, "a", "f"),
        ToolDelta(0, "{"),
        ToolDelta(0, "}"),
        ToolStarted(1, "b", "g"),
        ToolDelta(1, '{"x":1}'),
        ToolDelta(0, " "),
        ToolStarted(2, "call_REQ_0_2", "h"),
    ]


def test_calls_that_all_have_index_0() -> None:
    def call(id_: str, name: str, signature: str) -> bytes:
        extra = {"google": {"thought_signature": signature}}
        function = {"name": name, "arguments": "{}"}
        return delta(tool_calls=[{"index": 0, "id": id_, "function": function, "extra_content": extra}])

    assert between(call("a", "f", "s"), call("b", "g", "t")) == [
        ToolStarted(0, "a", "f", signature="s"),
        ToolDelta(0, "{}"),
        ToolStarted(1, "b", "g", signature="t", spelt="fg"),
        ToolDelta(1, "{}"),
    ]


def test_the_old_function_call() -> None:
    assert between(delta(function_call={"name": "f", "arguments": ""}), delta(function_call={"arguments": "{}"})) == [
        ToolStarted(0, "call_REQ_0_0", "f"),
        ToolDelta(0, "{}"),
    ]


def test_a_call_that_ends_with_stop_is_tool_use() -> None:
    events = decoded([delta(tool_calls=[{"id": "a", "function": {"name": "f"}}]), delta("stop"), DONE])

    assert events[-2] == Finished("tool_use")
