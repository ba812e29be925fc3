"""The official OpenAI client, through the gateway, with every family of upstreams."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.e2e.served import FAMILIES, Served

WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
SCHEMA: Any = {
    "type": "object",
    "properties": {"n": {"type": "integer"}},
    "required": ["n"],
    "additionalProperties": False,
}
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=served.url + "/v1", api_key=served.key, max_retries=0) as made:
        yield made


def user(content: Any) -> list[Any]:
    return [{"role": "user", "content": content}]


@pytest.mark.parametrize("family", FAMILIES)
def test_chat(client: openai.OpenAI, family: str) -> None:
    answer = client.chat.completions.create(model=f"echo@{family}", messages=user("round trip"))

    assert answer.choices[0].message.content == "round trip"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_stream(client: openai.OpenAI, family: str) -> None:
    stream = client.chat.completions.create(model=f"echo@{family}", messages=user("one two three four"), stream=True)
    chunks = list(stream)

    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "one two three four"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


@pytest.mark.parametrize("family", FAMILIES)
def test_tools_there_and_back(client: openai.OpenAI, family: str) -> None:
    asked: list[Any] = user("weather in Kyoto?")

    first = client.chat.completions.create(model=f"chat@{family}", messages=asked, tools=[WEATHER])
    calls = first.choices[0].message.tool_calls or []
    results = [{"role": "tool", "tool_call_id": call.id, "content": "sunny, 21 degrees"} for call in calls]
    said: Any = first.choices[0].message.model_dump(exclude_none=True)
    second = client.chat.completions.create(model=f"chat@{family}", messages=[*asked, said, *results], tools=[WEATHER])

    assert first.choices[0].finish_reason == "tool_calls"
    assert {call.function.name for call in calls if call.type == "function"} == {"weather"}
    assert "sunny, 21 degrees" in (second.choices[0].message.content or "")


@pytest.mark.parametrize("family", FAMILIES)
def test_an_image(client: openai.OpenAI, family: str) -> None:
    parts = [{"type": "text", "text": "what is it?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]

    answer = client.chat.completions.create(model=f"image@{family}", messages=user(parts))

    assert "1" in (answer.choices[0].message.content or "")
    assert "image" in (answer.choices[0].message.content or "")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_schema(client: openai.OpenAI, family: str) -> None:
    wanted: Any = {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA, "strict": True}}

    answer = client.chat.completions.create(model=f"json@{family}", messages=user("a number"), response_format=wanted)

    assert '"n"' in (answer.choices[0].message.content or "")


@pytest.mark.parametrize("family", FAMILIES)
def test_an_upstream_that_is_busy_is_a_rate_limit_error(client: openai.OpenAI, family: str) -> None:
    with pytest.raises(openai.RateLimitError):
        client.chat.completions.create(model=f"busy@{family}", messages=user("hi"))


def test_refusals_are_the_clients_own_exceptions(client: openai.OpenAI, served: Served) -> None:
    stranger = openai.OpenAI(base_url=served.url + "/v1", api_key="lg-wrong", max_retries=0)

    with pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model="chat@openai", messages=user("hi"))
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="nowhere", messages=user("hi"))
    with pytest.raises(openai.BadRequestError, match="no-bluebird"):
        client.chat.completions.create(model="chat@openai", messages=user("the bluebird"))
    stranger.close()


def test_models(client: openai.OpenAI) -> None:
    listed = {model.id for model in client.models.list()}

    assert "chat@gemini" in listed
    assert client.models.retrieve("chat@gemini").id == "chat@gemini"
