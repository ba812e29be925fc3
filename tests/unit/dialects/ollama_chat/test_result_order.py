"""Results of several calls, on their way to a server that may know no ids: in the order of the calls, whatever order they came in."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lockgate.core.chat import Chat, Message, Text, ToolCall, ToolResult
from lockgate.dialects.ollama_chat import plugin


def told(messages: list[Message]) -> list[str]:
    wire = msgspec.json.decode(plugin.encode_chat(Chat(model="m", messages=tuple(messages))).wire)
    return [message["content"] for message in wire["messages"] if message["role"] == "tool"]


def result(id_: str) -> ToolResult:
    return ToolResult(id_, (Text(f"for {id_}"),))


@given(st.permutations(["a", "b", "c", "d"]), st.booleans())
def test_results_stand_in_the_order_of_their_calls(came: list[str], together: bool) -> None:
    asked = Message("assistant", tuple(ToolCall(id_, "weather", "{}") for id_ in "abcd"))
    results = tuple(map(result, came))
    turns = [Message("user", results)] if together else [Message("user", (one,)) for one in results]

    assert told([asked, *turns]) == ["for a", "for b", "for c", "for d"]


def test_each_round_keeps_its_own_results() -> None:
    rounds = [
        Message("assistant", (ToolCall("z", "weather", "{}"), ToolCall("y", "weather", "{}"))),
        Message("user", (result("y"), result("z"))),
        Message("assistant", (ToolCall("b", "weather", "{}"), ToolCall("a", "weather", "{}"))),
        Message("user", (result("a"), result("b"))),
    ]

    assert told(rounds) == ["for z", "for y", "for b", "for a"]


def test_results_of_unknown_calls_come_last_as_they_came() -> None:
    asked = Message("assistant", (ToolCall("a", "weather", "{}"),))

    assert told([asked, Message("user", tuple(map(result, ("y", "x", "a"))))]) == ["for a", "for y", "for x"]
