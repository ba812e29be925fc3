"""Requests that are refused, by the field that is wrong; S17: ids of what OpenAI keeps are never forwarded."""

from typing import Any

import pytest

from lockgate.core.chat import Text, ToolResult
from lockgate.core.problem import Kind, Problem
from tests.unit.dialects.openai_responses.drive import HI, asked, chat


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conversation", "conv_1"),
        ("conversation", {"id": "conv_1"}),
        ("prompt", {"id": "pmpt_1"}),
        ("background", True),
    ],
)
def test_S17_what_openai_keeps_is_refused_before_anybody_is_asked(field: str, value: Any) -> None:
    with pytest.raises(Problem, match=field) as caught:
        asked(**{field: value})

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, field)


@pytest.mark.parametrize("field", ["previous_response_id", "conversation", "prompt", "background", "store"])
def test_what_says_nothing_is_no_reason(field: str) -> None:
    assert asked(**{field: None}).model == "m"


@pytest.mark.parametrize(
    "item", [{"type": "item_reference", "id": "msg_1"}, {"id": "msg_1"}, {"type": "compaction_trigger"}]
)
def test_S17_an_item_that_is_not_there_is_refused(item: Any) -> None:
    with pytest.raises(Problem, match="nothing of before is kept here") as caught:
        chat(input=[HI, item])

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, "input.1")


@pytest.mark.parametrize(
    "kind",
    ["web_search", "web_search_preview", "file_search", "code_interpreter", "image_generation", "computer_use_preview", "mcp", "shell", "local_shell", "apply_patch", "tool_search", "brand_new"],
)  # fmt: skip
def test_a_tool_that_is_openais_own_is_refused_by_name(kind: str) -> None:
    with pytest.raises(Problem, match=kind) as caught:
        chat(tools=[{"type": "function", "name": "f"}, {"type": kind}])

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, "tools.1")
    with pytest.raises(Problem, match=kind) as caught:
        chat(tool_choice={"type": kind})
    assert caught.value.where == "tool_choice"


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("model", {"model": ""}),
        ("model", {"model": 5}),
        ("stream", {"stream": "yes"}),
        ("input", {"input": 5}),
        ("input", {"input": {"role": "user"}}),
    ],
)
def test_top_keys_of_wrong_types(where: str, fields: Any) -> None:
    with pytest.raises(Problem) as caught:
        asked(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


@pytest.mark.parametrize(
    ("where", "fields"),
    [
        ("input.0", {"input": ["hi"]}),
        ("input.0.role", {"input": [{"role": "pope", "content": "x"}]}),
        ("input.0.content", {"input": [{"role": "user"}]}),
        ("input.0.content", {"input": [{"role": "user", "content": 5}]}),
        ("input.0.content.0", {"input": [{"role": "user", "content": ["x"]}]}),
        ("input.0.content.0.text", {"input": [{"role": "user", "content": [{"type": "input_text"}]}]}),
        ("input.0.content.0.image_url", {"input": [{"role": "user", "content": [{"type": "input_image"}]}]}),
        ("input.0.name", {"input": [{"type": "function_call", "call_id": "c"}]}),
        ("input.0.summary", {"input": [{"type": "reasoning", "summary": "x"}]}),
        ("instructions", {"instructions": ["x"]}),
        ("temperature", {"temperature": "hot"}),
        ("text.format.schema", {"text": {"format": {"type": "json_schema", "name": "n"}}}),
        ("tools.0", {"tools": ["f"]}),
        ("tools.0.name", {"tools": [{"type": "function"}]}),
        ("tools.0.parameters", {"tools": [{"type": "function", "name": "f", "parameters": "x"}]}),
        ("tools.0.strict", {"tools": [{"type": "function", "name": "f", "strict": "x"}]}),
        ("tools.0.tools", {"tools": [{"type": "namespace", "name": "n"}]}),
        ("tools.0.tools.0", {"tools": [{"type": "namespace", "name": "n", "tools": [{"type": "mcp"}]}]}),
        ("tool_choice", {"tool_choice": "maybe"}),
        ("tool_choice", {"tool_choice": 5}),
        ("tool_choice.tools", {"tool_choice": {"type": "allowed_tools"}}),
        ("tool_choice.tools.0", {"tool_choice": {"type": "allowed_tools", "tools": [5]}}),
        ("tool_choice.tools.0", {"tool_choice": {"type": "allowed_tools", "tools": [{"type": "mcp"}]}}),
        ("tool_choice.mode", {"tool_choice": {"type": "allowed_tools", "mode": "x", "tools": []}}),
    ],
)
def test_a_request_of_wrong_types_says_where(where: str, fields: Any) -> None:
    with pytest.raises(Problem) as caught:
        chat(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


def test_what_of_a_result_is_not_said_is_named() -> None:
    parts = [{"type": "refusal", "refusal": "no"}, {"type": "input_text", "text": "x"}]
    said = chat(input=[{"type": "function_call_output", "call_id": "c1", "output": parts}])

    assert said.messages[0].blocks == (ToolResult("c1", (Text("x"),), ""),)
    assert said.unsaid == ("input.0.output (refusal)",)
