"""What we say is read by the official `anthropic` SDK as it reads its own maker's answers."""

from collections.abc import Callable, Iterable
from typing import Any

import anthropic
import httpx2
import msgspec
import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

from lockgate.core.chat import Chat, Media, Message, Text, Tool, ToolCall, ToolChoice, ToolResult
from lockgate.core.dialect import ModelCard
from lockgate.core.events import Ended, Finished, Started, TextDelta, ToolDelta, ToolStarted
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.anthropic_messages import plugin
from tests.unit.dialects.anthropic_messages.wires import ASK, STREAM, WIRE, decoded, encoded

ASKED: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 10,
    "messages": [{"role": "user", "content": "hi"}],
}

PARAMS: TypeAdapter[Any] = TypeAdapter(MessageCreateParamsNonStreaming)
"""Kept: its lazy iterators crash once it is gone."""


def client(status: int, body: bytes, kind: str = "application/json") -> anthropic.Anthropic:
    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = [("content-type", kind), *((k.decode(), v.decode()) for k, v in plugin.extra_headers("req_9"))]
        return httpx2.Response(status, headers=headers, content=body)

    http = anthropic.DefaultHttpxClient(transport=httpx2.MockTransport(answer))
    return anthropic.Anthropic(api_key="x", base_url="http://gateway", http_client=http, max_retries=0)


def streamed(body: bytes) -> Any:
    with client(200, body, "text/event-stream").messages.stream(**ASKED) as stream:
        return stream.get_final_message()


@pytest.mark.parametrize("name", ["text", "tools", "thinking", "refusal"])
def test_a_whole_answer(name: str) -> None:
    raw = (WIRE / f"{name}.answer.json").read_bytes()
    ours = plugin.encode_answer(plugin.decode_answer(raw, ASK), ASK).wire

    message = client(200, ours).messages.create(**ASKED)

    assert message.to_dict() == client(200, raw).messages.create(**ASKED).to_dict()
    assert type(message).model_validate(msgspec.json.decode(ours)).content == message.content
    assert message._request_id == "req_9"


@pytest.mark.parametrize("name", ["text", "tools", "thinking", "refusal"])
def test_a_stream_accumulates_to_the_same_message(name: str) -> None:
    raw = (WIRE / f"{name}.stream.txt").read_bytes()

    ours, theirs = streamed(encoded(decoded(raw))), streamed(raw)

    assert ours.content == theirs.content
    assert (ours.stop_reason, ours.stop_sequence, ours.stop_details) == (
        theirs.stop_reason,
        theirs.stop_sequence,
        theirs.stop_details,
    )
    assert ours.usage.output_tokens == theirs.usage.output_tokens
    assert ours.usage.input_tokens == theirs.usage.input_tokens


def test_interleaved_calls_accumulate() -> None:
    events = [
        Started("m", "x"),
        TextDelta("a"),
        ToolStarted(0, "c0", "f"),
        ToolStarted(1, "c1", "g"),
        ToolDelta(1, '{"x":'),
        ToolDelta(0, '{"y":2}'),
        ToolDelta(1, "1}"),
        Finished("tool_use"),
        Ended(),
    ]

    message = streamed(encoded(list(events)))

    assert [(block.name, block.input) for block in message.content[1:]] == [("f", {"y": 2}), ("g", {"x": 1})]


ERRORS: list[tuple[Kind, type[anthropic.APIStatusError]]] = [
    (Kind.INVALID, anthropic.BadRequestError),
    (Kind.BLOCKED, anthropic.BadRequestError),
    (Kind.UNAUTHENTICATED, anthropic.AuthenticationError),
    (Kind.FORBIDDEN, anthropic.PermissionDeniedError),
    (Kind.NO_MODEL, anthropic.NotFoundError),
    (Kind.LIMITED, anthropic.RateLimitError),
    (Kind.OVERLOADED, anthropic.InternalServerError),
    (Kind.UPSTREAM_TIMEOUT, anthropic.InternalServerError),
]


@pytest.mark.parametrize(("kind", "expected"), ERRORS)
def test_errors_are_the_sdks_own(kind: Kind, expected: type[anthropic.APIStatusError]) -> None:
    problem = Problem(kind, "why")

    with pytest.raises(expected) as caught:
        client(plugin.status(problem), plugin.problem(problem, "req_9")).messages.create(**ASKED)

    assert (caught.value.request_id, caught.value.status_code) == ("req_9", plugin.status(problem))
    body: Any = caught.value.body
    assert (body["type"], body["error"]["message"]) == ("error", "why")


def test_an_error_in_the_middle_of_a_stream() -> None:
    encoder = plugin.encoder(STREAM)
    raw = encoder.feed(Started("m", "x")) + encoder.feed(TextDelta("a")) + encoder.fail(Problem(Kind.INTERNAL, "why"))

    with pytest.raises(anthropic.APIStatusError, match="why"):
        streamed(raw)


def test_models_and_counts() -> None:
    page = client(200, plugin.models([ModelCard("a", created=5)])).models.list()
    assert [(model.id, model.display_name, model.type, model.created_at.year) for model in page] == [
        ("a", "a", "model", 1970)
    ]
    assert client(200, plugin.model(ModelCard("a"))).models.retrieve("a").id == "a"
    assert plugin.counted is not None
    messages: Any = ASKED["messages"]
    counted = client(200, plugin.counted(7)).messages.count_tokens(model="m", messages=messages)
    assert counted.input_tokens == 7


def request(**fields: Any) -> dict[str, Any]:
    chat = Chat(**{"model": "claude-opus-4-5", "messages": (Message("user", (Text("hi"),)),)} | fields)
    read: Callable[[bytes], dict[str, Any]] = msgspec.json.Decoder(dict[str, Any]).decode
    return read(plugin.encode_chat(chat).wire)


def test_requests_are_of_the_sdks_types() -> None:
    bodies = [msgspec.json.decode(path.read_bytes()) for path in sorted(WIRE.glob("*.request.json"))]
    tools = (Tool("f"),)
    bodies.append(
        request(
            messages=(
                Message("system", (Text("s", "5m"),)),
                Message("user", (Media("image", data="iVBORw0KGgo="), Media("file", text="t"), Text("hi"))),
                Message("assistant", (ToolCall("c", "f", "{}"),)),
                Message("user", (ToolResult("c", (Text("r"), Media("image", url="https://x")), error=True),)),
            ),
            tools=tools,
            tool_choice=ToolChoice("required"),
            parallel_tools=False,
            stop=("END",),
            user="u",
        )
    )
    for body in bodies:
        body.pop("stream", None)
        for sampling in ("temperature", "top_p", "top_k"):  # still in the API, no longer in this version's types
            body.pop(sampling, None)
        drained(PARAMS.validate_python(body))


def drained(node: Any) -> None:
    """The SDK's types say Iterable, and pydantic checks an iterable's items only as they are taken."""
    if isinstance(node, dict):
        for value in node.values():
            drained(value)
    elif isinstance(node, Iterable) and not isinstance(node, str):
        for value in node:
            drained(value)


def test_the_check_of_types_sees_what_is_deep_within() -> None:
    body = request() | {"messages": [{"role": "user", "content": [{"type": "text", "text": 4}]}]}

    with pytest.raises(ValidationError):
        drained(PARAMS.validate_python(body))
