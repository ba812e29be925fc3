"""Names as long as OpenAI takes them: of end users, and of calls, wherever they come from."""

import msgspec
import pytest

from lockgate.core.chat import Chat, Message, ToolCall, ToolResult
from lockgate.core.dialect import Ask
from lockgate.dialects.openai_chat import plugin
from tests.dialects import CHATS


def test_names_are_as_long_as_openai_takes_them() -> None:
    """Claude Code's user has 150 characters; ids of calls may come from anybody."""
    user, id_ = "user_" + "a" * 145, "call_" + "b" * 60
    turns = (Message("assistant", (ToolCall(id_, "f", "{}"),)), Message("user", (ToolResult(id_, ()),)))

    wire = msgspec.json.decode(plugin.encode_chat(Chat(model="m", messages=turns, user=user)).wire)

    given = wire["messages"][0]["tool_calls"][0]["id"]
    assert given == wire["messages"][1]["tool_call_id"]
    assert (len(given), len(wire["user"])) == (37, 64)


@pytest.mark.parametrize("request_id", ["f" * 32, "0b2d4fda-93d1-4c64-9d2c-0d3b5a3f8f0e", "x" * 128, "r1"])
def test_ids_that_are_made_here_can_be_sent_to_openai(request_id: str) -> None:
    """Within a dialect they go on as they are, so they have to be short from the beginning."""
    calls = b"[%b]" % b",".join([b'{"function":{"name":"f"}}'] * 120)
    ask = Ask("m", request_id=request_id)
    for name, raw in {
        "openai_chat": b'{"choices":[{"message":{"content":"x"}},{"message":{"tool_calls":%b}}]}' % calls,
        "ollama_chat": b'{"model":"m","done":true,"message":{"tool_calls":%b}}' % calls,
        "gemini_generate": b'{"candidates":[{"content":{"parts":%b}}]}' % calls.replace(b"function", b"functionCall"),
    }.items():
        answer = CHATS[name].decode_answer(raw, ask)
        ids = [block.id for block in answer.choices[-1].blocks if isinstance(block, ToolCall)]
        assert len(set(ids)) == 120
        assert max(map(len, ids)) <= 40
