"""The demo upstream, driven by Anthropic's own client."""

import base64
from collections.abc import AsyncIterator

import anthropic
import pytest

from lockgate.providers.demo import server
from lockgate.providers.demo.script import FRIENDLY

TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
OTHER = {"name": "get_time", "input_schema": {"type": "object", "properties": {}}}
HELLO = [{"role": "user", "content": "Hello, a secret: bluebird"}]
ASK = {"model": "demo", "max_tokens": 100, "messages": HELLO}


@pytest.fixture
async def client() -> AsyncIterator[anthropic.AsyncAnthropic]:
    running = await server.start("127.0.0.1", pace=0.01)
    url = f"http://127.0.0.1:{running.port}"
    async with anthropic.AsyncAnthropic(base_url=url, api_key="none", max_retries=0, timeout=5) as client:
        yield client
    await running.aclose()


async def test_chat(client):
    answer = await client.messages.create(**ASK, system="Be kind.")

    assert [block.text for block in answer.content] == [FRIENDLY]
    assert (answer.stop_reason, answer.role, answer.model) == ("end_turn", "assistant", "demo")
    assert answer.usage.input_tokens == 9  # 33 characters
    assert answer.usage.output_tokens == (len(FRIENDLY) + 3) // 4
    assert answer._request_id.startswith("req_demo")


async def test_stream(client):
    async with client.messages.stream(**ASK) as stream:
        kinds = [event.type async for event in stream]
        answer = await stream.get_final_message()

    assert kinds[0] == "message_start"
    assert kinds[-1] == "message_stop"
    assert answer.content[0].text == FRIENDLY
    assert answer.stop_reason == "end_turn"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (7, (len(FRIENDLY) + 3) // 4)


async def test_thinking(client):
    async with client.messages.stream(**{**ASK, "model": "demo-think"}) as stream:
        streamed = await stream.get_final_message()
    whole = await client.messages.create(**{**ASK, "model": "demo-think"})

    assert [block.type for block in streamed.content] == ["thinking", "text"]
    assert [block.model_dump() for block in streamed.content] == [block.model_dump() for block in whole.content]
    assert whole.content[0].signature


@pytest.mark.parametrize("streamed", [True, False])
async def test_tools_round_trip(client, streamed):
    async def ask(messages):
        if not streamed:
            return await client.messages.create(**{**ASK, "messages": messages}, tools=[TOOL, OTHER])
        async with client.messages.stream(**{**ASK, "messages": messages}, tools=[TOOL, OTHER]) as stream:
            return await stream.get_final_message()

    first = await ask(HELLO)
    said = [{"type": "tool_result", "tool_use_id": block.id, "content": f"{block.name}!"} for block in first.content]
    turn = {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in first.content]}
    second = await ask([*HELLO, turn, {"role": "user", "content": said}])

    assert first.stop_reason == "tool_use"
    assert [(block.name, block.input) for block in first.content] == [
        ("get_weather", {"city": "example"}),
        ("get_time", {}),
    ]
    assert second.content[0].text == "Thank you. get_weather said: get_weather! get_time said: get_time!"


async def test_one_tool_at_a_time(client):
    choice = {"type": "auto", "disable_parallel_tool_use": True}

    answer = await client.messages.create(**ASK, tools=[TOOL, OTHER], tool_choice=choice)

    assert [block.name for block in answer.content] == ["get_weather"]


async def test_count_tokens(client):
    counted = await client.messages.count_tokens(model="demo", messages=HELLO, system="Be kind.")

    assert counted.input_tokens == 9


async def test_image_and_json(client):
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(b"x" * 100).decode()}
    pictured = [{"role": "user", "content": [{"type": "image", "source": source}]}]
    schema = {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}}
    form = {"format": {"type": "json_schema", "schema": schema}}

    seen = await client.messages.create(model="demo-image", max_tokens=9, messages=pictured)
    made = await client.messages.create(**{**ASK, "model": "demo-json"}, output_config=form)

    assert seen.content[0].text == "I got 1 image: image/png, 100 bytes."
    assert made.content[0].text == '{"age":18}'


@pytest.mark.parametrize(
    ("status", "kind", "name"),
    [
        (400, anthropic.BadRequestError, "invalid_request_error"),
        (401, anthropic.AuthenticationError, "authentication_error"),
        (429, anthropic.RateLimitError, "rate_limit_error"),
        (529, anthropic.InternalServerError, "overloaded_error"),
    ],
)
async def test_errors_are_typed(client, status, kind, name):
    with pytest.raises(kind) as raised:
        await client.messages.create(**{**ASK, "model": f"demo-error-{status}"})

    assert raised.value.status_code == status
    assert raised.value.body["error"]["type"] == name
    assert raised.value.body["request_id"] == raised.value.request_id


async def test_what_the_real_service_refuses(client):
    orphan = [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_x", "content": "1"}]}]

    with pytest.raises(anthropic.BadRequestError, match="toolu_x"):
        await client.messages.create(**{**ASK, "messages": orphan})
    with pytest.raises(anthropic.BadRequestError, match="max_tokens"):
        await client.messages.create(**ASK, extra_body={"max_tokens": None})
    with pytest.raises(anthropic.BadRequestError, match=r"messages\.0\.role"):
        await client.messages.create(**{**ASK, "messages": [{"role": "tool", "content": "x"}]})


async def test_an_error_in_the_middle(client):
    seen = []

    async def read():
        async with client.messages.stream(**{**ASK, "model": "demo-error-midstream"}) as stream:
            async for text in stream.text_stream:
                seen.append(text)  # noqa: PERF401 - what came before the error counts

    with pytest.raises(anthropic.APIStatusError) as raised:
        await read()

    assert raised.value.body["error"]["type"] == "overloaded_error"
    assert 0 < len("".join(seen)) < len(FRIENDLY)
    assert FRIENDLY.startswith("".join(seen))
