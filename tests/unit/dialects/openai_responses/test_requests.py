"""Requests of clients, in the canonical form."""

import base64

import msgspec
import pytest

from lockgate.core.called import Called
from lockgate.core.chat import (
    Format,
    Media,
    Message,
    Reasoning,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from tests.unit.dialects.openai_responses.drive import HI, asked, chat

USER = Message("user", (Text("hi"),))


def test_an_input_may_be_a_text_and_instructions_come_first() -> None:
    said = chat(input="hi", instructions="Be brief.")

    assert said.messages == (Message("system", (Text("Be brief."),)), USER)
    assert said.unsaid == ()


def test_a_message_needs_no_type() -> None:
    said = chat(input=[{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "hi"}])

    assert said.messages == (Message("developer", (Text("Be brief."),)), USER)


def test_what_a_model_said_and_called_is_one_turn_and_so_are_the_results() -> None:
    items = [
        HI,
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": "c2ln"},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "phase": "commentary", "content": [{"type": "output_text", "text": "I look.", "annotations": []}]},
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": '{"a":1}'},
        {"type": "function_call", "call_id": "c2", "name": "read", "namespace": "files", "arguments": "{}"},
        {"type": "custom_tool_call", "call_id": "c3", "name": "patch", "input": "*** Begin"},
        {"type": "function_call_output", "call_id": "c1", "output": "one"},
        {"type": "function_call_output", "call_id": "c2", "output": [{"type": "input_text", "text": "two"}, {"type": "input_image", "image_url": "data:image/png;base64,QUJD"}]},
        {"type": "custom_tool_call_output", "call_id": "c3", "output": "done"},
    ]  # fmt: skip

    said = chat(input=items)

    assert said.unsaid == ()
    assert said.messages[1:] == (
        Message(
            "assistant",
            (
                Thinking("Hm.", "c2ln"),
                Text("I look."),
                ToolCall("c1", "f", '{"a":1}'),
                ToolCall("c2", "files__read", "{}"),
                ToolCall("c3", "patch", '{"input":"*** Begin"}'),
            ),
        ),
        Message(
            "user",
            (
                ToolResult("c1", (Text("one"),), "f"),
                ToolResult("c2", (Text("two"), Media("image", mime="image/png", data="QUJD")), "files__read"),
                ToolResult("c3", (Text("done"),), "patch"),
            ),
        ),
    )


def test_calls_after_results_are_another_turn() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
    result = {"type": "function_call_output", "call_id": "c1", "output": "x"}

    roles = [message.role for message in chat(input=[HI, call, result, call, result, HI]).messages]

    assert roles == ["user", "assistant", "user", "assistant", "user", "user"]


def test_thoughts_come_in_summaries_or_whole_and_sealed_ones_as_they_are() -> None:
    summary = [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]
    items = [
        {"type": "reasoning", "summary": summary},
        {"type": "reasoning", "summary": summary, "content": [{"type": "reasoning_text", "text": "all"}]},
        {"type": "reasoning", "summary": [], "encrypted_content": "redacted:QUJD"},
        {"type": "reasoning", "summary": []},
        {"type": "reasoning", "summary": [], "encrypted_content": "call:c2ln"},
        {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
    ]

    (turn,) = chat(input=items).messages

    assert turn.blocks == (
        Thinking("a\n\nb"),
        Thinking("all"),
        Thinking(redacted="QUJD"),
        ToolCall("c1", "f", "{}", "c2ln"),
    )


def test_parts_of_every_kind() -> None:
    data = base64.b64encode(b"x").decode()
    parts = [
        {"type": "input_image", "image_url": "https://host.example/a.png", "detail": "low"},
        {"type": "input_image", "file_id": "file-1", "detail": "auto"},
        {"type": "input_file", "filename": "a.pdf", "file_data": f"data:application/pdf;base64,{data}"},
        {"type": "input_file", "filename": "b.pdf", "file_data": data},
        {"type": "input_file", "file_url": "https://host.example/c.pdf"},
        {"type": "input_file", "file_id": "file-2"},
        {"type": "input_audio", "input_audio": {"data": data, "format": "mp3"}},
        {"type": "refusal", "refusal": "No."},
        {"type": "brand_new", "x": 1},
        {"type": "input_text", "text": "t", "brand_new": 1},
    ]

    said = chat(input=[{"role": "user", "content": parts}])

    assert said.messages[0].blocks == (
        Media("image", url="https://host.example/a.png", detail="low"),
        Media("image", file_id="file-1", detail="auto"),
        Media("file", mime="application/pdf", data=data, name="a.pdf"),
        Media("file", data=data, name="b.pdf"),
        Media("file", url="https://host.example/c.pdf"),
        Media("file", file_id="file-2"),
        Media("audio", mime="audio/mpeg", data=data),
        Refusal("No."),
        Text("t"),
    )
    assert said.unsaid == ("input.0.content.8 (brand_new)", "input.0.content.9.brand_new")


def test_settings() -> None:
    schema = {"type": "object"}
    said = chat(
        max_output_tokens=9,
        temperature=0.5,
        top_p=0.9,
        top_logprobs=2,
        parallel_tool_calls=False,
        text={"format": {"type": "json_schema", "name": "n", "schema": schema, "strict": True}},
        reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content", "message.output_text.logprobs"],
        metadata={"a": "b"},
        safety_identifier="u1",
        store=False,
        background=False,
        previous_response_id=None,
        service_tier="auto",
        truncation="disabled",
        stream_options={"include_obfuscation": False},
    )

    assert said.unsaid == ()
    assert (said.max_tokens, said.temperature, said.top_p, said.logprobs, said.top_logprobs) == (9, 0.5, 0.9, True, 2)
    assert said.format is not None
    assert (said.format.kind, said.format.name, said.format.strict) == ("schema", "n", True)
    assert msgspec.json.decode(said.format.schema) == schema
    assert said.reasoning == Reasoning(effort="low", shown=True)
    assert (said.parallel_tools, said.metadata, said.user) == (False, {"a": "b"}, "u1")


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("reasoning", {"effort": "none"}, Reasoning(enabled=False, effort="none")),
        ("reasoning", {"generate_summary": "concise"}, Reasoning(shown=True)),
        ("reasoning", {"effort": None, "summary": None}, None),
        ("format", {"type": "json_object"}, Format("json")),
        ("format", {"type": "text"}, None),
        ("tool_choice", "required", ToolChoice("required")),
        ("tool_choice", {"type": "function", "name": "f"}, ToolChoice("tool", "f")),
        ("tool_choice", {"type": "custom", "name": "f"}, ToolChoice("tool", "f")),
        (
            "tool_choice",
            {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]},
            ToolChoice("required", allowed=("f",)),
        ),
    ],
)
def test_a_setting_by_itself(field: str, value: object, expected: object) -> None:
    said = chat(text={"format": value}) if field == "format" else chat(**{field: value})

    assert getattr(said, field) == expected


def test_what_has_no_word_is_named() -> None:
    said = chat(
        prompt_cache_key="k",
        client_metadata={"x": "y"},
        text={"verbosity": "low", "format": {"type": "brand_new"}},
        include=["web_search_call.action.sources"],
        service_tier="flex",
        metadata={"n": 1},
        user="a",
        safety_identifier="b",
        input=[
            HI,
            {"type": "web_search_call", "id": "ws_1"},
            {"type": "message", "role": "user", "content": "x", "new": 1},
        ],
    )

    assert said.unsaid == (
        "prompt_cache_key",
        "client_metadata",
        "service_tier",
        "text.verbosity",
        "include (web_search_call.action.sources)",
        "text.format (brand_new)",
        "metadata.n",
        "safety_identifier",
        "input.1 (web_search_call)",
        "input.2.new",
    )


TOOLS = [
    {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True},
    {"type": "function", "name": "g", "parameters": None},
    {"type": "custom", "name": "patch", "description": "Edits.", "format": {"type": "grammar", "syntax": "lark", "definition": "start: x"}},
    {"type": "namespace", "name": "mcp__files", "description": "d", "tools": [{"type": "function", "name": "read"}]},
]  # fmt: skip


def test_tools_of_every_form_are_functions_to_upstreams() -> None:
    added = {"type": "additional_tools", "role": "developer", "tools": [{"type": "function", "name": "late"}]}
    said = chat(tools=TOOLS, input=[HI, added])

    assert [tool.name for tool in said.tools] == ["f", "g", "patch", "mcp__files__read", "late"]
    assert (said.tools[0].strict, msgspec.json.decode(said.tools[0].schema)) == (True, {"type": "object"})
    assert said.tools[2].description.endswith("this grammar (lark):\nstart: x")
    assert msgspec.json.decode(said.tools[2].schema)["required"] == ["input"]
    assert said.unsaid == ()


def test_what_a_client_calls_otherwise_is_known_from_the_top_keys() -> None:
    found = asked(tools=TOOLS).called

    assert found == {"patch": Called("patch", free=True), "mcp__files__read": Called("read", "mcp__files")}
    added = {"type": "additional_tools", "tools": TOOLS[2:]}
    assert asked(input=[HI, added, {"type": "additional_tools", "tools": 5}], tools=TOOLS[:2]).called == found
    assert asked(tools=TOOLS[:2]).called == {}
    assert asked(tools="custom").called == asked(tools=[{"type": "custom", "name": 5}]).called == {}
