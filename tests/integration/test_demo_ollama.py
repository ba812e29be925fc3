"""The demo upstream, driven by Ollama's own client."""

from collections.abc import AsyncIterator

import ollama
import pytest

from lockgate.providers.demo import server
from lockgate.providers.demo.script import FRIENDLY

HELLO = [{"role": "user", "content": "Hello, a secret: bluebird"}]
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


@pytest.fixture
async def client() -> AsyncIterator[ollama.AsyncClient]:
    running = await server.start("127.0.0.1", pace=0.01)
    client = ollama.AsyncClient(host=f"http://127.0.0.1:{running.port}", timeout=5)
    yield client
    await client._client.aclose()
    await running.aclose()


async def test_chat(client):
    answer = await client.chat(model="demo", messages=HELLO)

    assert answer.message.content == FRIENDLY
    assert (answer.done, answer.done_reason) == (True, "stop")
    assert (answer.prompt_eval_count, answer.eval_count) == (7, (len(FRIENDLY) + 3) // 4)


async def test_stream(client):
    chunks = [chunk async for chunk in await client.chat(model="demo", messages=HELLO, stream=True)]

    assert "".join(chunk.message.content for chunk in chunks) == FRIENDLY
    assert [chunk.done for chunk in chunks].index(True) == len(chunks) - 1
    assert chunks[-1].eval_count == (len(FRIENDLY) + 3) // 4


@pytest.mark.parametrize("streamed", [True, False])
async def test_tools_round_trip(client, streamed):
    async def ask(messages):
        if not streamed:
            return (await client.chat(model="demo", messages=messages, tools=[TOOL])).message
        chunks = [
            c.message async for c in await client.chat(model="demo", messages=messages, tools=[TOOL], stream=True)
        ]
        calls = [call for chunk in chunks for call in chunk.tool_calls or []]
        return ollama.Message(role="assistant", content="".join(c.content for c in chunks), tool_calls=calls)

    first = await ask(HELLO)
    call = first.tool_calls[0].function
    second = await ask([*HELLO, first, {"role": "tool", "tool_name": call.name, "content": "21"}])

    assert (call.name, call.arguments) == ("get_weather", {"city": "example"})
    assert second.content == "Thank you. get_weather said: 21"


async def test_thinking_image_and_json(client):
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}

    thought = await client.chat(model="demo-think", messages=HELLO, think=True)
    seen = await client.chat(model="demo-image", messages=[{"role": "user", "content": "?", "images": [b"x" * 100]}])
    made = await client.chat(model="demo-json", messages=HELLO, format=schema)

    assert thought.message.thinking.startswith("The user")
    assert seen.message.content == "I got 1 image: image, 100 bytes."
    assert made.message.content == '{"city":"example"}'


@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_errors_are_typed(client, status):
    with pytest.raises(ollama.ResponseError, match="as its name says") as raised:
        await client.chat(model=f"demo-error-{status}", messages=HELLO)

    assert raised.value.status_code == status


async def test_an_error_in_the_middle(client):
    stream = await client.chat(model="demo-error-midstream", messages=HELLO, stream=True)
    seen = []

    async def read():
        async for chunk in stream:
            seen.append(chunk.message.content)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(ollama.ResponseError, match="broke here"):
        await read()

    assert 0 < len("".join(seen)) < len(FRIENDLY)
