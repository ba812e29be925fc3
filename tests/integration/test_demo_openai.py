"""The demo upstream, driven by OpenAI's own client."""

import base64
from collections.abc import AsyncIterator

import openai
import pytest
from pydantic import BaseModel

from lockgate.providers.demo import server
from lockgate.providers.demo.script import FRIENDLY

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "fahrenheit"]}},
            "required": ["city", "unit"],
        },
    },
}
OTHER = {"type": "function", "function": {"name": "get_time", "parameters": {"type": "object", "properties": {}}}}
HELLO = [{"role": "user", "content": "Hello, a secret: bluebird"}]


@pytest.fixture
async def client() -> AsyncIterator[openai.AsyncOpenAI]:
    running = await server.start("127.0.0.1", pace=0.01)
    url = f"http://127.0.0.1:{running.port}/v1"
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=5) as client:
        yield client
    await running.aclose()


async def test_chat(client):
    answer = await client.chat.completions.create(model="demo", messages=HELLO)

    assert answer.choices[0].message.content == FRIENDLY
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "demo"
    assert answer.usage.prompt_tokens == 7  # 25 characters
    assert answer.usage.completion_tokens == (len(FRIENDLY) + 3) // 4
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


@pytest.mark.parametrize("counted", [True, False])
async def test_stream(client, counted):
    options = {"stream_options": {"include_usage": True}} if counted else {}

    stream = await client.chat.completions.create(model="demo", messages=HELLO, stream=True, **options)
    chunks = [chunk async for chunk in stream]

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == FRIENDLY
    assert len(chunks) > 20
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"]
    assert [c.usage.prompt_tokens for c in chunks if c.usage] == ([7] if counted else [])
    assert len({chunk.id for chunk in chunks}) == 1


async def test_tools_round_trip(client):
    first = await client.chat.completions.create(model="demo", messages=HELLO, tools=[TOOL])
    call = first.choices[0].message.tool_calls[0]
    messages = [
        *HELLO,
        first.choices[0].message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": call.id, "content": "21 degrees"},
    ]
    second = await client.chat.completions.create(model="demo", messages=messages, tools=[TOOL])

    assert first.choices[0].finish_reason == "tool_calls"
    assert (call.function.name, call.function.arguments) == ("get_weather", '{"city":"example","unit":"celsius"}')
    assert second.choices[0].message.content == "Thank you. get_weather said: 21 degrees"


async def test_streamed_tools(client):
    stream = client.chat.completions.stream(model="demo", messages=HELLO, tools=[TOOL, OTHER])
    async with stream as events:
        answer = await events.get_final_completion()

    calls = answer.choices[0].message.tool_calls
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("get_weather", '{"city":"example","unit":"celsius"}'),
        ("get_time", "{}"),
    ]
    assert len({call.id for call in calls}) == 2


@pytest.mark.parametrize(
    ("tools", "text", "options", "names"),
    [
        ([TOOL, OTHER], "hi", {"parallel_tool_calls": False}, ["get_weather"]),
        ([TOOL, OTHER], "hi", {"tool_choice": {"type": "function", "function": {"name": "get_time"}}}, ["get_time"]),
        ([TOOL, OTHER], "hi", {"tool_choice": "none"}, []),
        ([TOOL], "In both cities, please", {}, ["get_weather", "get_weather"]),
        ([TOOL], "hi", {}, ["get_weather"]),
    ],
)
async def test_which_tools_are_called(client, tools, text, options, names):
    messages = [{"role": "user", "content": text}]

    answer = await client.chat.completions.create(model="demo", messages=messages, tools=tools, **options)

    assert [call.function.name for call in answer.choices[0].message.tool_calls or []] == names


async def test_a_result_without_a_call_is_refused(client):
    messages = [*HELLO, {"role": "tool", "tool_call_id": "call_x", "content": "21"}]

    with pytest.raises(openai.BadRequestError, match="call_x"):
        await client.chat.completions.create(model="demo", messages=messages)


async def test_echo_image_think_leak_long(client):
    picture = "data:image/png;base64," + base64.b64encode(b"x" * 100).decode()
    parts = [
        {"type": "text", "text": "What?"},
        {"type": "image_url", "image_url": {"url": picture}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
    ]

    async def said(model, content, **options):
        messages = [{"role": "user", "content": content}]
        return (await client.chat.completions.create(model=model, messages=messages, **options)).choices[0]

    assert (await said("demo-echo", "déjà vu \u2028 ☃")).message.content == "déjà vu \u2028 ☃"
    assert (
        await said("demo-image", parts)
    ).message.content == "I got 2 images: image/png, 100 bytes; image by address."
    assert (await said("demo-think", "?")).message.reasoning_content.startswith("The user")
    assert "4111 1111 1111 1111" in (await said("demo-leak", "?")).message.content
    long = await said("demo-long", "?")
    assert (len(long.message.content.split()), long.finish_reason) == (2000, "stop")
    cut = await said("demo-long", "?", max_completion_tokens=100)
    assert (len(cut.message.content), cut.finish_reason) == (400, "length")
    assert (await said("any-other-name", "?")).message.content == FRIENDLY


async def test_json_by_schema(client):
    class Person(BaseModel):
        name: str
        age: int
        tags: list[str]

    answer = await client.chat.completions.parse(model="demo-json", messages=HELLO, response_format=Person)

    assert answer.choices[0].message.parsed == Person(name="example", age=1, tags=["example"])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (503, openai.InternalServerError),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_errors_are_typed(client, status, kind, stream):
    with pytest.raises(kind) as raised:
        await client.chat.completions.create(model=f"demo-error-{status}", messages=HELLO, stream=stream)

    assert raised.value.status_code == status
    assert "as its name says" in raised.value.body["message"]
    assert raised.value.response.headers.get("retry-after") == ("1" if status in (429, 503) else None)


async def test_an_unknown_demo_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as raised:
        await client.chat.completions.create(model="demo-ech", messages=HELLO)

    assert raised.value.code == "model_not_found"


@pytest.mark.parametrize("model", ["demo-cut", "demo-error-midstream"])
async def test_streams_that_break(client, model):
    stream = await client.chat.completions.create(model=model, messages=HELLO, stream=True)
    seen = []

    async def read():
        async for chunk in stream:
            seen.append(chunk.choices[0].delta.content or "")  # noqa: PERF401 - what came before the error counts

    with pytest.raises(openai.APIError) as raised:
        await read()

    assert raised.type.__name__ == ("APIConnectionError" if model == "demo-cut" else "APIError")
    assert FRIENDLY.startswith("".join(seen))
    assert 0 < len("".join(seen)) < len(FRIENDLY)


async def test_unary_failures(client):
    with pytest.raises(openai.InternalServerError):
        await client.chat.completions.create(model="demo-error-midstream", messages=HELLO)
    with pytest.raises(openai.APIConnectionError):
        await client.chat.completions.create(model="demo-cut", messages=HELLO)
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.3).chat.completions.create(model="demo-hang", messages=HELLO)
    with pytest.raises(ValueError, match=r"JSON|utf-8|Expecting|decode|delimiter"):
        await client.chat.completions.create(model="demo-malformed", messages=HELLO)
