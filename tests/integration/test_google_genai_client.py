"""The official google-genai client against a small server of ours: what we encode is what it reads, and it reads it right."""

import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from google import genai
from google.genai import errors, types

from lockgate.core.answer import Answer, Choice, Usage
from lockgate.core.chat import Media, Text, Thinking, ToolCall, ToolResult
from lockgate.core.events import (
    Ended,
    Finished,
    MediaGiven,
    Started,
    TextDelta,
    ThinkingDelta,
    ThinkingSigned,
    ToolDelta,
    ToolStarted,
)
from lockgate.core.problem import Kind, Problem
from tests.integration.genai_server import Server

PNG = "iVBORw0KGgo="
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)


@pytest.fixture(params=["v1", "v1beta"])
def client(server: Server, request: pytest.FixtureRequest) -> Iterator[genai.Client]:
    base = f"http://127.0.0.1:{server.server_port}"
    options = types.HttpOptions(base_url=base, api_version=request.param, timeout=5000)
    with genai.Client(api_key="lg-key", http_options=options) as made:
        yield made


def test_an_answer(server: Server, client: genai.Client) -> None:
    blocks = (
        Thinking("I look.", "QUFB"),
        Text("Here."),
        ToolCall("c1", "weather", '{"city":"Paris"}', "QkJC"),
        Media("image", "image/png", data=PNG),
    )
    server.answer = Answer(
        id="abc", model="m", choices=(Choice(blocks, "tool_use"),), usage=Usage(9, 24, cached=5, reasoning=20)
    )

    response = client.models.generate_content(model="assistant", contents="hi")

    assert (response.text, response.response_id, response.model_version) == ("Here.", "abc", "m")
    assert response.function_calls is not None
    assert [(c.id, c.name, c.args) for c in response.function_calls] == [("c1", "weather", {"city": "Paris"})]
    assert response.candidates is not None
    given = response.candidates[0].content.parts  # type: ignore[union-attr]
    assert (given[0].thought, given[0].thought_signature, given[2].thought_signature) == (True, b"AAA", b"BBB")  # type: ignore[index]
    assert given[3].inline_data.data.startswith(b"\x89PNG")  # type: ignore[index,union-attr]
    assert response.candidates[0].finish_reason == types.FinishReason.STOP
    counted = response.usage_metadata
    assert counted is not None
    assert (counted.prompt_token_count, counted.cached_content_token_count, counted.thoughts_token_count) == (9, 5, 20)
    assert (counted.candidates_token_count, counted.total_token_count) == (4, 33)


HISTORY: list[Any] = [
    types.Content(
        role="user",
        parts=[types.Part.from_text(text="hi"), types.Part.from_bytes(data=b"\xfb\xff", mime_type="image/png")],
    ),
    types.Content(
        role="model",
        parts=[
            types.Part(
                function_call=types.FunctionCall(name="weather", args={"city": "Rome"}), thought_signature=b"BBB"
            )
        ],
    ),
    types.Content(role="user", parts=[types.Part.from_function_response(name="weather", response={"output": "warm"})]),
]

EVERYTHING = types.GenerateContentConfig(
    system_instruction="Be kind.",
    temperature=0.5,
    max_output_tokens=10,
    stop_sequences=["END"],
    response_mime_type="application/json",
    response_json_schema={"type": "object"},
    thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW, include_thoughts=True),
    tools=[
        types.Tool(function_declarations=[types.FunctionDeclaration(name="weather", parameters_json_schema=WEATHER)])
    ],
    tool_config=types.ToolConfig(
        function_calling_config=types.FunctionCallingConfig(mode=types.FunctionCallingConfigMode.ANY)
    ),
    safety_settings=[
        types.SafetySetting(
            category=types.HarmCategory.HARM_CATEGORY_HARASSMENT, threshold=types.HarmBlockThreshold.BLOCK_NONE
        )
    ],
)


def test_a_request_with_everything(server: Server, client: genai.Client) -> None:
    server.answer = Answer(id="", model="", choices=(Choice((Text("x"),)),))

    client.models.generate_content(model="models/assistant", contents=HISTORY, config=EVERYTHING)

    ask, chat = server.asked[0]
    system, user, model, result = chat.messages
    assert (ask.model, ask.stream) == ("assistant", False)
    assert system.blocks == (Text("Be kind."),)
    assert user.blocks == (Text("hi"), Media("image", "image/png", data="+/8="))
    assert model.blocks == (ToolCall("call_1", "weather", '{"city":"Rome"}', "QkJC"),)
    assert result.blocks == (ToolResult("call_1", (Text("warm"),), "weather"),)
    assert msgspec.json.decode(chat.tools[0].schema) == WEATHER
    assert (chat.temperature, chat.max_tokens, chat.stop) == (0.5, 10, ("END",))
    assert chat.unsaid == ("safetySettings",)
    assert server.headers[0]["x-goog-api-key"] == "lg-key"
    assert "x-goog-api-client" in server.headers[0]


def test_a_stream(server: Server, client: genai.Client) -> None:
    server.events = [
        Started("abc", "m"),
        ThinkingDelta("Hm"),
        ThinkingSigned("QUFB"),
        TextDelta("Hel"),
        ToolStarted(0, "c1", "weather", signature="QkJC"),
        TextDelta("lo\nwörld"),
        ToolDelta(0, '{"city":'),
        ToolDelta(0, '"Paris"}'),
        MediaGiven(Media("image", "image/png", data=PNG)),
        Finished("tool_use"),
        Ended(Usage(9, 24, reasoning=20)),
    ]

    chunks = list(client.models.generate_content_stream(model="assistant", contents="hi"))

    assert server.asked[0][0].array is False
    assert "".join(chunk.text or "" for chunk in chunks) == "Hello\nwörld"
    assert chunks[-1].function_calls is not None
    assert [(c.id, c.args) for c in chunks[-1].function_calls] == [("c1", {"city": "Paris"})]
    assert chunks[-1].candidates is not None
    assert [chunk.candidates[0].finish_reason for chunk in chunks if chunk.candidates][-1] == types.FinishReason.STOP
    assert chunks[-1].usage_metadata is not None
    assert chunks[-1].usage_metadata.total_token_count == 33


def test_a_filtered_stream(server: Server, client: genai.Client) -> None:
    server.events = [Started("abc", "m"), Finished("filtered"), Ended()]

    chunks = list(client.models.generate_content_stream(model="assistant", contents="hi"))

    assert chunks[0].candidates is not None
    assert chunks[0].candidates[0].finish_reason == types.FinishReason.SAFETY


def test_a_stream_that_fails_raises_in_the_client(server: Server, client: genai.Client) -> None:
    server.events = [Started("abc", "m"), TextDelta("Hel"), Problem(Kind.BAD_UPSTREAM, "gone", source="upstream")]
    read = []

    with pytest.raises(errors.ServerError) as caught:
        read.extend(chunk.text for chunk in client.models.generate_content_stream(model="assistant", contents="hi"))

    assert (caught.value.code, caught.value.message, caught.value.status) == (502, "gone", "UNAVAILABLE")


@pytest.mark.parametrize(
    ("problem", "raised"),
    [
        (Problem(Kind.UNAUTHENTICATED, "no such key"), errors.ClientError),
        (Problem(Kind.BLOCKED, "a rule said no"), errors.ClientError),
        (Problem(Kind.LIMITED, "slow down", retry_after=3), errors.ClientError),
        (Problem(Kind.OVERLOADED, "later"), errors.ServerError),
    ],
)
def test_problems_are_the_clients_own_exceptions(
    server: Server, client: genai.Client, problem: Problem, raised: type[errors.APIError]
) -> None:
    server.answer = problem

    with pytest.raises(raised) as caught:
        client.models.generate_content(model="assistant", contents="hi")

    assert (caught.value.code, caught.value.message) == (problem.status, problem.detail)


def test_models(client: genai.Client) -> None:
    listed, one = list(client.models.list()), client.models.get(model="assistant")

    assert [(model.name, model.display_name) for model in listed] == [("models/assistant", "assistant")]
    assert one.name == "models/assistant"
    assert one.supported_actions == ["generateContent", "streamGenerateContent", "countTokens"]


@pytest.mark.parametrize("model", ["assistant", "o/llama3:8b"])
def test_the_client_speaks_to_the_endpoints(server: Server, client: genai.Client, model: str) -> None:
    server.answer = Answer(id="", model="", choices=(Choice((Text("x"),)),))

    client.models.generate_content(model=model, contents="hi")

    assert server.asked[0][0].model == model
