"""Each official client against each family of upstreams: chat, stream, tools, images, JSON schema; and what the upstream got."""

import json

import pytest

from tests.e2e.as_upstream_reads import called_and_told, declared, pictured, wanted
from tests.e2e.clients import PICTURE, SCHEMA, URL, Client
from tests.e2e.clients.ollama_sdk import Ollama
from tests.e2e.plant import FAMILIES, MODELS, Plant
from tests.e2e.wires import ARGUMENTS, RESULT, TOOL

ENDS = {
    "openai": "/openai/v1/chat/completions",
    "anthropic": "/anthropic/v1/messages",
    "gemini": "/gemini/v1beta/models/gemini-2.5-flash:generateContent",
    "mistral": "/mistral/v1/chat/completions",
    "ollama": "/ollama/api/chat",
}
pytestmark = pytest.mark.parametrize("family", FAMILIES)


def test_chat(plant: Plant, sdk: Client, family: str) -> None:
    mark = plant.upstream.mark("chat")

    assert sdk.chat(f"best@{family}", mark.text) == mark.answer

    (got,) = plant.upstream.received(mark)
    assert (got.method, got.target) == ("POST", ENDS[family])
    asked = json.loads(got.body)
    assert asked.get("model", MODELS["gemini"]) == MODELS[family]
    assert f"best@{family}".encode() not in got.raw
    assert plant.gateway.key.encode() not in got.raw


def test_stream(plant: Plant, sdk: Client, family: str) -> None:
    mark = plant.upstream.mark("chat")

    pieces = list(sdk.stream(f"best@{family}", mark.text))

    assert "".join(pieces) == mark.answer
    assert len(pieces) > 1
    (got,) = plant.upstream.received(mark)
    streamed = ENDS[family].replace(":generateContent", ":streamGenerateContent?alt=sse")
    assert got.target == streamed


def test_tools_there_and_back(plant: Plant, sdk: Client, family: str) -> None:
    mark = plant.upstream.mark("tool")

    came = sdk.tools(f"best@{family}", mark.text, RESULT)

    assert (came.name, came.arguments, came.said) == (TOOL, ARGUMENTS, mark.answer)
    first, second = plant.upstream.received(mark, 2)
    assert declared(family, first) == TOOL
    assert called_and_told(family, second) == (TOOL, ARGUMENTS, True)


@pytest.mark.parametrize("url", [False, True], ids=["base64", "url"])
def test_an_image(plant: Plant, sdk: Client, family: str, *, url: bool) -> None:
    if url and isinstance(sdk, Ollama):
        pytest.skip("this client knows no images by URL")
    mark = plant.upstream.mark("chat")

    sdk.image(f"best@{family}", mark.text, url=url)

    (got,) = plant.upstream.received(mark)
    if url and family == "ollama":
        assert URL.encode() not in got.body  # it cannot be said there, and is named as lost
    else:
        assert pictured(family, json.loads(got.body)) == (URL if url else PICTURE)


def test_a_schema(plant: Plant, sdk: Client, family: str) -> None:
    mark = plant.upstream.mark("chat")

    sdk.schema(f"best@{family}", mark.text)

    (got,) = plant.upstream.received(mark)
    assert wanted(family, json.loads(got.body)) == SCHEMA
