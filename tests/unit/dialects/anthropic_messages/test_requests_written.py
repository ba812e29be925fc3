"""Requests to the wire beside their turns: limits, sampling, tools, formats, and what is named as lost."""

import pytest
from msgspec import Raw

from lockgate.core.chat import Format, Message, Text, Tool, ToolChoice
from tests.unit.dialects.anthropic_messages.requests import written


def test_a_limit_is_always_given() -> None:
    assert written()[0]["max_tokens"] == 4096
    assert written(max_tokens=7)[0]["max_tokens"] == 7


def test_sampling_is_capped_and_kept_to_what_the_model_takes() -> None:
    assert written(temperature=1.7)[0]["temperature"] == 1
    assert written(temperature=1.7)[1] == ("temperature above 1",)
    wire, lost = written(temperature=0.2, top_p=0.5, top_k=3)
    assert ("top_p" in wire, wire["top_k"], lost) == (False, 3, ("top_p",))
    assert written(top_p=0.5)[0]["top_p"] == 0.5
    assert written(model="claude-3-5-sonnet-20241022", temperature=0.2, top_p=0.5)[1] == ()
    wire, lost = written(model="claude-opus-4-7", temperature=0.2, top_p=0.5, top_k=3)
    assert (wire.keys() & {"temperature", "top_p", "top_k"}, lost) == (set(), ("temperature", "top_p", "top_k"))
    assert written(model="claude-sonnet-5", temperature=1.0, top_p=1.0)[1] == ()


def test_tools_and_their_choice() -> None:
    tools = (Tool("a", "does a", Raw(b'{"properties":{}}')), Tool("b", strict=True, cache="1h"))
    wire, lost = written(tools=tools, tool_choice=ToolChoice("tool", "a"), parallel_tools=False)

    assert wire["tools"] == [
        {"name": "a", "description": "does a", "input_schema": {"type": "object", "properties": {}}},
        {
            "name": "b",
            "input_schema": {"type": "object", "properties": {}, "additionalProperties": False},
            "strict": True,
            "cache_control": {"type": "ephemeral", "ttl": "1h"},
        },
    ]
    assert wire["tool_choice"] == {"type": "tool", "name": "a", "disable_parallel_tool_use": True}
    assert lost == ()
    assert written(tools=tools, parallel_tools=False)[0]["tool_choice"] == {
        "type": "auto",
        "disable_parallel_tool_use": True,
    }
    none = written(tools=tools, tool_choice=ToolChoice("none"), parallel_tools=False)
    assert none[0]["tool_choice"] == {"type": "none"}
    allowed = written(tools=tools, tool_choice=ToolChoice("required", allowed=("b",)))[0]
    assert ([tool["name"] for tool in allowed["tools"]], allowed["tool_choice"]) == (["b"], {"type": "any"})
    assert written(tool_choice=ToolChoice("required"), parallel_tools=True)[1] == ("tool choice without tools",)
    assert written(model="claude-haiku-3-5", tools=tools)[1] == ("strict tools",)


def test_formats() -> None:
    schema = Raw(b'{"type":"object","properties":{"a":{"type":"integer","minimum":3}}}')
    wire, lost = written(format=Format("schema", schema, description="an a"))

    assert wire["output_config"]["format"] == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {"a": {"type": "integer", "description": "{minimum: 3}"}},
            "additionalProperties": False,
            "description": "an a",
        },
    }
    assert lost == ("schema keyword minimum",)
    assert written(format=Format("json"))[1] == ("JSON without a schema",)
    old = written(model="claude-3-haiku-20240307", format=Format("schema", schema))
    assert ("output_config" in old[0], old[1]) == (False, ("JSON schema",))


def test_all_else_is_said_or_named() -> None:
    wire, lost = written(
        Message("user", (Text("a"),), name="ann"),
        stop=("END", "\n"),
        user="u",
        stream=True,
        frequency_penalty=0.1,
        presence_penalty=0.1,
        seed=0,
        n=2,
        logprobs=True,
        metadata={"a": "b"},
    )

    assert (wire["stop_sequences"], wire["metadata"], wire["stream"]) == (["END"], {"user_id": "u"}, True)
    assert lost == (
        "names of speakers",
        "stop sequences of white space",
        "frequency_penalty",
        "presence_penalty",
        "seed",
        "n above 1",
        "logprobs",
        "metadata",
    )


@pytest.mark.parametrize(
    ("user", "same"),
    [("u-1", True), ("user_abc_account__session_x", True), ("b@x.example", False), ("+49 170 1234567", False),
     ("491701234567", False), ('{"device":"a"}', False), ("x" * 300, False)],
)  # fmt: skip
def test_an_end_user_is_an_opaque_id(user: str, *, same: bool) -> None:
    """The API refuses whole requests for an address in this field."""
    wire, lost = written(user=user)
    given = wire["metadata"]["user_id"]

    assert (given == user, lost == ()) == (same, same)
    assert same or len(given) == 64
