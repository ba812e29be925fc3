"""The demo upstream, driven by Google's own client."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest
from google import genai
from google.genai import errors, types

from lockgate.providers.demo import server
from lockgate.providers.demo.script import FRIENDLY

TOOLS = [
    {
        "function_declarations": [
            {"name": "get_weather", "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}},
            {"name": "get_time"},
        ]
    }
]


@pytest.fixture
async def url() -> AsyncIterator[str]:
    running = await server.start("127.0.0.1", pace=0.01)
    yield f"http://127.0.0.1:{running.port}"
    await running.aclose()


@pytest.fixture
async def models(url):
    client = genai.Client(api_key="none", http_options=types.HttpOptions(base_url=url, timeout=5000))
    yield client.aio.models
    await client.aio.aclose()
    client.close()


async def test_chat(models):
    answer = await models.generate_content(model="demo", contents="Hello, a secret: bluebird")

    assert answer.text == FRIENDLY
    assert answer.candidates[0].finish_reason == "STOP"
    assert answer.usage_metadata.prompt_token_count == 7
    assert answer.usage_metadata.candidates_token_count == (len(FRIENDLY) + 3) // 4
    assert answer.model_version == "demo"


async def test_stream(models):
    stream = await models.generate_content_stream(model="demo", contents="Hello")
    chunks = [chunk async for chunk in stream]

    assert "".join(chunk.text for chunk in chunks) == FRIENDLY
    assert [c.candidates[0].finish_reason for c in chunks if c.candidates[0].finish_reason] == ["STOP"]
    assert chunks[-1].usage_metadata.candidates_token_count == (len(FRIENDLY) + 3) // 4


async def test_a_stream_as_one_array(url):
    path = "/v1beta/models/demo:streamGenerateContent"
    async with httpx.AsyncClient(base_url=url) as client:
        whole = await client.post(path, json={"contents": [{"parts": [{"text": "Hello"}]}]})
        broken = await client.post(path.replace("demo", "demo-error-midstream"), json={"contents": [{"parts": []}]})
        refused = await client.post(path.replace("demo", "demo-error-429"), json={"contents": [{"parts": []}]})

    parts = [item["candidates"][0]["content"]["parts"][0]["text"] for item in whole.json()]
    assert "".join(parts) == FRIENDLY
    assert whole.headers["content-type"] == "application/json; charset=UTF-8"
    assert broken.json()[-1]["error"]["status"] == "UNAVAILABLE"
    assert refused.json()[0]["error"]["status"] == "RESOURCE_EXHAUSTED"


@pytest.mark.parametrize("streamed", [True, False])
async def test_tools_round_trip(models, streamed):
    async def ask(contents):
        if not streamed:
            answer = await models.generate_content(model="demo", contents=contents, config={"tools": TOOLS})
            return answer.candidates[0].content
        stream = await models.generate_content_stream(model="demo", contents=contents, config={"tools": TOOLS})
        parts = [part async for chunk in stream for part in chunk.candidates[0].content.parts]
        return types.Content(role="model", parts=parts)

    hello = types.Content(role="user", parts=[types.Part(text="Hello")])
    first = await ask([hello])
    calls = [part.function_call for part in first.parts]
    said = [types.FunctionResponse(id=call.id, name=call.name, response={"ok": call.name}) for call in calls]
    results = types.Content(role="user", parts=[types.Part(function_response=one) for one in said])
    second = await ask([hello, first, results])

    assert [(call.name, call.args) for call in calls] == [("get_weather", {"city": "example"}), ("get_time", {})]
    assert "".join(part.text for part in second.parts) == (
        'Thank you. get_weather said: {"ok":"get_weather"} get_time said: {"ok":"get_time"}'
    )


async def test_thinking_image_and_json(models):
    image = types.Part.from_bytes(data=b"x" * 100, mime_type="image/png")
    schema = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}}
    form = {"response_mime_type": "application/json", "response_schema": schema}

    thought = await models.generate_content(model="demo-think", contents="?")
    seen = await models.generate_content(model="demo-image", contents=[image])
    made = await models.generate_content(model="demo-json", contents="?", config=form)

    parts = thought.candidates[0].content.parts
    assert [bool(part.thought) for part in parts] == [True, False]
    assert base64.b64encode(parts[1].thought_signature)
    assert thought.usage_metadata.thoughts_token_count > 10
    assert seen.text == "I got 1 image: image/png, 100 bytes."
    assert made.text == '{"city":"example"}'


@pytest.mark.parametrize(
    ("status", "kind", "name"),
    [
        (400, errors.ClientError, "INVALID_ARGUMENT"),
        (429, errors.ClientError, "RESOURCE_EXHAUSTED"),
        (503, errors.ServerError, "UNAVAILABLE"),
    ],
)
@pytest.mark.parametrize("verb", ["generate_content", "generate_content_stream"])
async def test_errors_are_typed(models, status, kind, name, verb):
    async def ask():
        made = await getattr(models, verb)(model=f"demo-error-{status}", contents="?")
        if verb.endswith("stream"):
            await anext(made)

    with pytest.raises(kind) as raised:
        await ask()

    assert (raised.value.code, raised.value.status) == (status, name)


async def test_an_error_in_the_middle(models):
    stream = await models.generate_content_stream(model="demo-error-midstream", contents="?")
    seen = []

    async def read():
        async for chunk in stream:
            seen.append(chunk.text)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(errors.APIError) as raised:
        await read()

    assert raised.value.code == 503
    assert 0 < len("".join(seen)) < len(FRIENDLY)


async def test_a_result_without_a_call_is_refused(models):
    part = types.Part(function_response=types.FunctionResponse(name="x", response={}))

    with pytest.raises(errors.ClientError, match="no tool call"):
        await models.generate_content(model="demo", contents=[types.Content(role="user", parts=[part])])
