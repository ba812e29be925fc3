"""What Codex asks, and what it reads of an answer that somebody else's model gave; and paths that there are not (S17)."""

from typing import Any

import msgspec
import pytest

from lockgate.core.chat import Reasoning
from lockgate.core.dialect import Ask
from lockgate.core.events import (
    Ended,
    Finished,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind
from lockgate.dialects import anthropic_messages, openai_chat
from lockgate.dialects.openai_responses import plugin
from lockgate.pipeline.attached import attached
from lockgate.pipeline.recognise import Catalogue
from tests.unit.dialects.openai_responses.drive import asked, chat, documents, encoded

COMMAND = {
    "type": "object",
    "properties": {"cmd": {"type": "string"}},
    "required": ["cmd"],
    "additionalProperties": False,
}
GRAMMAR = {"type": "grammar", "syntax": "lark", "definition": "start: begin_patch hunk+ end_patch"}
SAID = {"type": "input_text", "text": "<environment_context>"}
CODEX: dict[str, Any] = {
    "model": "gpt-5-codex",
    "instructions": "You are Codex.",
    "input": [
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "<permissions>"}]},
        {"type": "message", "role": "user", "content": [SAID]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "**Look**"}], "content": None, "encrypted_content": "c2ln"},
        {"type": "function_call", "name": "exec_command", "arguments": '{"cmd":"ls"}', "call_id": "call_1"},
        {"type": "function_call_output", "call_id": "call_1", "output": "README.md"},
        {"type": "custom_tool_call", "status": "completed", "call_id": "call_2", "name": "apply_patch", "input": "*** Begin Patch"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": "done"},
    ],
    "tools": [
        {"type": "function", "name": "exec_command", "description": "Runs.", "strict": False, "parameters": COMMAND},
        {"type": "custom", "name": "apply_patch", "description": "Edits files.", "format": GRAMMAR},
    ],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "reasoning": {"effort": "medium", "summary": "auto"},
    "store": False,
    "stream": True,
    "include": ["reasoning.encrypted_content"],
    "prompt_cache_key": "0199",
    "text": {"verbosity": "medium"},
    "client_metadata": {"x-codex-installation-id": "1"},
}  # fmt: skip


def test_what_it_asks_is_understood_but_for_what_is_its_own() -> None:
    said = chat(**CODEX)

    assert said.unsaid == ("prompt_cache_key", "client_metadata")
    assert [message.role for message in said.messages] == ["system", "developer", "user", "assistant", "user", "assistant", "user"]  # fmt: skip
    assert [tool.name for tool in said.tools] == ["exec_command", "apply_patch"]
    assert said.reasoning == Reasoning(effort="medium", shown=True)
    for other in (openai_chat.plugin, anthropic_messages.plugin):
        wire = other.encode_chat(said).wire
        assert b"README.md" in wire
        assert b"*** Begin Patch" in wire


def test_what_it_reads_of_an_answer() -> None:
    ask: Ask = msgspec.structs.replace(asked(**CODEX), request_id="REQ")
    events = [
        Started("msg_1", "claude", 5),
        ThinkingDelta("Look again."),
        ThinkingSigned("c2ln"),
        TextDelta("I patch."),
        ToolStarted(0, "toolu_1", "apply_patch"),
        ToolDelta(0, '{"input":"*** Begin Patch"}'),
        Finished("tool_use"),
        Ended(),
    ]

    found = documents(encoded(events, ask))

    items = [each["item"] for each in found if each["type"] == "response.output_item.done"]
    assert [item["type"] for item in items] == ["reasoning", "message", "custom_tool_call"]
    assert items[0]["encrypted_content"] == "c2ln"
    assert (items[2]["call_id"], items[2]["name"], items[2]["input"]) == ("toolu_1", "apply_patch", "*** Begin Patch")
    last = found[-1]["response"]
    assert last["id"]
    assert set(last["usage"]) == {"input_tokens", "input_tokens_details", "output_tokens", "output_tokens_details", "total_tokens"}  # fmt: skip
    summaries = [each for each in found if each["type"] == "response.reasoning_summary_text.delta"]
    assert [(each["delta"], each["summary_index"]) for each in summaries] == [("Look again.", 0)]
    again = chat(**{**CODEX, "input": [*CODEX["input"], *items]})
    assert again.messages[-1].blocks[0] == msgspec.structs.replace(again.messages[-1].blocks[0], signature="c2ln")


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"role": "user", "content": "hi"}, False),
        ({"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]}, True),
        ({"role": "user", "content": [{"type": "brand_new"}]}, True),
        ({"role": "assistant", "content": [{"type": "brand_new"}]}, False),
        ({"type": "compaction", "encrypted_content": "QUJD"}, True),
        ({"type": "function_call_output", "call_id": "c1", "output": [{"type": "brand_new"}]}, True),
    ],
)
def test_what_nobody_here_can_read_is_an_attachment(item: Any, *, expected: bool) -> None:
    assert attached(chat(input=[item]), {"input": [item]}) is expected


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/responses/resp_1"),
        ("DELETE", "/v1/responses/resp_1"),
        ("POST", "/v1/responses/resp_1/cancel"),
        ("GET", "/v1/responses/resp_1/input_items"),
        ("POST", "/v1/responses/compact"),
    ],
)
def test_S17_there_is_nothing_behind_an_id(method: str, path: str) -> None:
    match = Catalogue((openai_chat.plugin, plugin), openai_chat.plugin).match(method, path, "", ())

    assert match.dialect is plugin
    assert match.problem is not None
    assert match.problem.kind is Kind.NOT_FOUND
