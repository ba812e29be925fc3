"""The official clients of Anthropic, Google, Mistral and Ollama, through the gateway, with every family of upstreams."""

from typing import Any

import anthropic
import mistralai.client as mistral
import ollama
import pytest
from google import genai
from google.genai import errors as google_errors
from google.genai import types as google

from tests.e2e.served import FAMILIES, Served

HELLO: list[Any] = [{"role": "user", "content": "round trip"}]
CITY: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def claude(served: Served, key: str = "") -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=served.url, api_key=key or served.key, max_retries=0)


@pytest.mark.parametrize("family", FAMILIES)
def test_anthropic(served: Served, family: str) -> None:
    with claude(served) as client:
        answer = client.messages.create(model=f"echo@{family}", max_tokens=500, messages=HELLO)
        with client.messages.stream(model=f"echo@{family}", max_tokens=500, messages=HELLO) as stream:
            streamed = stream.get_final_message()

    assert [block.text for block in answer.content if block.type == "text"] == ["round trip"]
    assert answer.stop_reason == streamed.stop_reason == "end_turn"
    assert [block.text for block in streamed.content if block.type == "text"] == ["round trip"]
    assert answer.usage.output_tokens > 0


@pytest.mark.parametrize("family", FAMILIES)
def test_anthropic_tools_there_and_back(served: Served, family: str) -> None:
    tools: Any = [{"name": "weather", "description": "", "input_schema": CITY}]
    asked: list[Any] = [{"role": "user", "content": "weather in Kyoto?"}]
    with claude(served) as client:
        first = client.messages.create(model=f"chat@{family}", max_tokens=500, messages=asked, tools=tools)
        calls = [block for block in first.content if block.type == "tool_use"]
        results: Any = [{"type": "tool_result", "tool_use_id": c.id, "content": "sunny, 21 degrees"} for c in calls]
        turn: list[Any] = [{"role": "assistant", "content": first.content}, {"role": "user", "content": results}]
        second = client.messages.create(model=f"chat@{family}", max_tokens=500, messages=[*asked, *turn], tools=tools)

    assert first.stop_reason == "tool_use"
    assert {call.name for call in calls} == {"weather"}
    assert "sunny, 21 degrees" in "".join(block.text for block in second.content if block.type == "text")


def test_anthropic_errors_are_typed(served: Served) -> None:
    with claude(served, "lg-wrong") as stranger, claude(served) as client:
        with pytest.raises(anthropic.AuthenticationError):
            stranger.messages.create(model="chat@openai", max_tokens=5, messages=HELLO)
        with pytest.raises(anthropic.NotFoundError):
            client.messages.create(model="nowhere", max_tokens=5, messages=HELLO)
        with pytest.raises(anthropic.RateLimitError):
            client.messages.create(model="busy@openai", max_tokens=5, messages=HELLO)


@pytest.mark.parametrize("family", FAMILIES)
def test_google(served: Served, family: str) -> None:
    options = google.HttpOptions(base_url=served.url)
    with genai.Client(api_key=served.key, http_options=options) as client:
        answer = client.models.generate_content(model=f"echo@{family}", contents="round trip")
        chunks = list(client.models.generate_content_stream(model=f"echo@{family}", contents="round trip"))

    assert answer.text == "round trip"
    assert "".join(chunk.text or "" for chunk in chunks) == "round trip"


def test_google_errors_are_typed(served: Served) -> None:
    options = google.HttpOptions(base_url=served.url)
    with (
        genai.Client(api_key="lg-wrong", http_options=options) as stranger,
        pytest.raises(google_errors.ClientError) as refused,
    ):
        stranger.models.generate_content(model="echo@openai", contents="hi")

    assert refused.value.code == 401


@pytest.mark.parametrize("family", FAMILIES)
def test_mistral(served: Served, family: str) -> None:
    with mistral.Mistral(api_key=served.key, server_url=served.url) as client:
        answer: Any = client.chat.complete(model=f"echo@{family}", messages=HELLO)
        with client.chat.stream(model=f"echo@{family}", messages=HELLO) as stream:
            events: list[Any] = list(stream)
        known: Any = client.models.list()
        card: Any = client.models.retrieve(model_id=f"echo@{family}")

    assert f"echo@{family}" in {each.id for each in known.data}
    assert card.id == f"echo@{family}"
    assert answer.choices[0].message.content == "round trip"
    assert "".join(e.data.choices[0].delta.content or "" for e in events if e.data.choices) == "round trip"


@pytest.mark.parametrize("family", FAMILIES)
def test_ollama(served: Served, family: str) -> None:
    client = ollama.Client(host=served.url, headers={"authorization": f"Bearer {served.key}"})
    answer = client.chat(model=f"echo@{family}", messages=HELLO)
    lines = list(client.chat(model=f"echo@{family}", messages=HELLO, stream=True))
    client._client.close()

    assert answer.message.content == "round trip"
    assert "".join(line.message.content or "" for line in lines) == "round trip"
    assert lines[-1].done


def test_ollama_errors_are_typed(served: Served) -> None:
    client = ollama.Client(host=served.url, headers={"authorization": "Bearer lg-wrong"})

    with pytest.raises(ollama.ResponseError) as refused:
        client.chat(model="echo@openai", messages=HELLO)
    client._client.close()

    assert refused.value.status_code == 401
