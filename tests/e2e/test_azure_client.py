"""Azure's client of OpenAI's SDK, against the installed gateway: deployments as models, whole and streamed, and what is refused."""

import json
import socket
from collections.abc import Iterator

import openai
import pytest

from tests.e2e.plant import MODELS, Plant
from tests.e2e.served import Served

VERSION = "2024-10-21"


def azure(url: str, key: str, deployment: str | None = None) -> openai.AzureOpenAI:
    return openai.AzureOpenAI(
        azure_endpoint=url, api_key=key, api_version=VERSION, azure_deployment=deployment, max_retries=0
    )


@pytest.fixture(scope="module")
def client(plant: Plant) -> Iterator[openai.AzureOpenAI]:
    with azure(plant.gateway.url, plant.gateway.key) as made:
        yield made


@pytest.mark.parametrize("family", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_chat(plant: Plant, client: openai.AzureOpenAI, family: str, *, stream: bool) -> None:
    mark = plant.upstream.mark("chat")
    said: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": mark.text}]

    if stream:
        chunks = client.chat.completions.create(model=f"best@{family}", messages=said, stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    else:
        text = client.chat.completions.create(model=f"best@{family}", messages=said).choices[0].message.content or ""

    assert text == mark.answer
    (got,) = plant.upstream.received(mark)
    assert json.loads(got.body)["model"] == MODELS[family]
    assert plant.gateway.key.encode() not in got.raw
    assert VERSION not in got.target


def test_the_deployment_of_the_client_counts_and_not_the_model_of_the_call(plant: Plant) -> None:
    mark = plant.upstream.mark("chat")
    with azure(plant.gateway.url, plant.gateway.key, "best@openai") as client:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": mark.text}])

    (got,) = plant.upstream.received(mark)
    assert json.loads(got.body)["model"] == MODELS["openai"]
    assert b"gpt-4o" not in got.raw


def test_models_responses_and_completions(plant: Plant, client: openai.AzureOpenAI) -> None:
    mark = plant.upstream.mark("chat")

    assert "best@openai" in {model.id for model in client.models.list()}
    assert client.responses.create(model="best@openai", input=mark.text).output_text == mark.answer
    assert client.completions.create(model="best@openai", prompt=mark.text).choices[0].text == mark.answer


def test_embeddings(served: Served) -> None:
    with azure(served.url, served.key) as client:
        made = client.embeddings.create(model="chat@openai", input=["one", "two"])

    assert [each.index for each in made.data] == [0, 1]


def test_errors_are_of_the_clients_own_kinds(plant: Plant, client: openai.AzureOpenAI) -> None:
    said: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "hi"}]
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="nowhere", messages=said)
    assert caught.value.code == "model_not_found"
    with azure(plant.gateway.url, "lg-wrong") as stranger, pytest.raises(openai.AuthenticationError):
        stranger.chat.completions.create(model="best@openai", messages=said)
    with pytest.raises(openai.BadRequestError, match="no-bluebird"):
        client.chat.completions.create(model="best@openai", messages=[{"role": "user", "content": "a bluebird"}])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/openai/deployments/%2e%2e/chat/completions", 400),
        ("/openai/deployments/../chat/completions", 400),
        ("/openai/deployments/best@openai%2fx/chat/completions", 400),
        ("/openai/deployments//chat/completions", 400),
        ("//openai/deployments/best@openai/chat/completions", 400),
        ("/openai/deployments/best@openai;v=1/chat/completions", 400),
        ("/openai/deployments/best%40openai/chat/completions?api-version=1", 200),
        ("/openai/deployments/best%2540openai/chat/completions", 400),
    ],
)
def test_S11_paths_that_another_reader_may_take_for_others(plant: Plant, path: str, status: int) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": plant.upstream.mark("chat").text}]})
    head = f"POST {path} HTTP/1.1\r\nhost: gw\r\napi-key: {plant.gateway.key}\r\nconnection: close\r\n"
    with socket.create_connection(("127.0.0.1", plant.gateway.port), timeout=5) as client:
        client.sendall(f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode())
        assert int(client.makefile("rb").read().split()[1]) == status
