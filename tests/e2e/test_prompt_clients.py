"""The official clients complete one prompt through the installed gateway, with every family of upstreams behind it."""

import json
from collections.abc import Iterator
from typing import Any

import ollama
import openai
import pytest

from tests.e2e.as_upstream_reads import pictured, wanted
from tests.e2e.clients import PICTURE, PNG, SCHEMA
from tests.e2e.clients.prompts import Completions, Generate
from tests.e2e.plant import FAMILIES, MODELS, Plant
from tests.e2e.process import eventually, request
from tests.e2e.test_matrix_chat import ENDS

CLIENTS: dict[str, type[Any]] = {"generate": Generate, "completions": Completions}
PATHS = {"generate": "/api/generate", "completions": "/v1/completions"}
families = pytest.mark.parametrize("family", FAMILIES)


@pytest.fixture(scope="module", params=CLIENTS)
def client(request: pytest.FixtureRequest, plant: Plant) -> Iterator[Any]:
    made = CLIENTS[request.param](plant.gateway.url, plant.gateway.key)
    yield made
    made.close()


@families
def test_an_answer_and_a_stream(plant: Plant, client: Any, family: str) -> None:
    one, two = plant.upstream.mark("chat"), plant.upstream.mark("chat")

    assert client.chat(f"best@{family}", one.text) == one.answer
    pieces = list(client.stream(f"best@{family}", two.text))

    assert "".join(pieces) == two.answer
    assert len(pieces) > 1
    (got,) = plant.upstream.received(one)
    assert (got.method, got.target) == ("POST", ENDS[family])
    assert json.loads(got.body).get("model", MODELS["gemini"]) == MODELS[family]
    assert plant.gateway.key.encode() not in got.raw


@families
def test_errors_are_the_clients_own(plant: Plant, client: Any, family: str) -> None:
    for stream in (False, True):
        mark = plant.upstream.mark("429")
        with pytest.raises(client.errors[429], match="upstream says no") as refused:
            list(client.stream(f"best@{family}", mark.text) if stream else client.chat(f"best@{family}", mark.text))
        assert client.status(refused.value) == 429


@families
@pytest.mark.parametrize("broken", ["reset", "cut"])
def test_U5_a_stream_that_breaks_is_an_exception(plant: Plant, client: Any, family: str, broken: str) -> None:
    mark = plant.upstream.mark(broken)
    got: list[str] = []

    with pytest.raises(client.broken):
        got.extend(client.stream(f"best@{family}", mark.text))

    assert "".join(got) == "The "


def test_refusals_of_the_gateway(plant: Plant, client: Any) -> None:
    with pytest.raises(client.errors[404]):
        client.chat("nowhere", "hi")
    with pytest.raises(client.errors[400], match="no-bluebird"):
        client.chat("best@openai", "the bluebird")
    stranger = type(client)(plant.gateway.url, "lg-wrong")
    with pytest.raises(client.errors[401]) as refused:
        stranger.chat("best@openai", "hi")
    stranger.close()
    assert client.status(refused.value) == 401


def test_who_leaves_a_stream_closes_the_upstream(plant: Plant, client: Any) -> None:
    mark = plant.upstream.mark("mid")
    stream = client.stream("best@openai", mark.text)
    assert next(stream) == "The "
    (got,) = plant.upstream.received(mark)

    stream.close()

    assert got.closed.wait(5)
    assert eventually(lambda: any(line["end"] == "client_gone" for line in plant.gateway.lines() if "end" in line))


@pytest.mark.parametrize("name", PATHS)
def test_the_record_says_in_which_format_it_was(plant: Plant, name: str) -> None:
    mark = plant.upstream.mark("chat")
    body = {"model": "best@openai", "prompt": mark.text, "stream": False}

    told = request(plant.gateway.url, "POST", PATHS[name], body, {"api-key": plant.gateway.key})

    outcome = plant.gateway.outcome(told.id)
    assert told.status == 200
    assert (outcome["operation"], outcome["model"], outcome["end"]) == ("chat", "best@openai", "complete")
    assert outcome["dialect"] in ("ollama_generate", "openai_completions")


@families
def test_ollama_pictures_schemas_and_a_system_text(plant: Plant, family: str) -> None:
    one, two = plant.upstream.mark("chat"), plant.upstream.mark("chat")
    client = Generate(plant.gateway.url, plant.gateway.key)

    client.chat(f"best@{family}", one.text, images=[PNG])
    client.chat(f"best@{family}", two.text, format=SCHEMA, system="be kind")
    client.close()

    (first,), (second,) = plant.upstream.received(one), plant.upstream.received(two)
    assert pictured(family, json.loads(first.body)) == PICTURE
    assert wanted(family, json.loads(second.body)) == SCHEMA
    assert b"be kind" in second.body


@pytest.mark.parametrize(
    "more", [{"context": [1, 2]}, {"raw": True}, {"template": "{{ .Prompt }}"}, {"suffix": "x"}, {"width": 9}], ids=str
)
def test_ollama_says_what_it_refuses(plant: Plant, more: dict[str, Any]) -> None:
    client = Generate(plant.gateway.url, plant.gateway.key)
    with pytest.raises(ollama.ResponseError, match=next(iter(more))) as refused:
        client.chat("best@ollama", "hi", **more)
    client.close()
    assert refused.value.status_code == 400


@pytest.mark.parametrize(
    "more",
    [
        {"suffix": "x"},
        {"echo": True},
        {"logprobs": 0},
        {"best_of": 3},
        {"prompt": ["one", "two"]},
        {"prompt": [1, 2]},
        {"prompt": [[1, 2]]},
    ],
    ids=str,
)
def test_openai_says_what_it_refuses(plant: Plant, more: dict[str, Any]) -> None:
    with (
        openai.OpenAI(base_url=plant.gateway.url + "/v1", api_key=plant.gateway.key, max_retries=0) as client,
        pytest.raises(openai.BadRequestError) as refused,
    ):
        client.completions.create(**{"model": "best@openai", "prompt": "hi", **more})
    assert refused.value.param == next(iter(more))
    assert refused.value.param in refused.value.message


def test_openai_counts_and_finishes(plant: Plant) -> None:
    one, two = plant.upstream.mark("chat"), plant.upstream.mark("chat")
    with openai.OpenAI(base_url=plant.gateway.url + "/v1", api_key=plant.gateway.key, max_retries=0) as client:
        made = client.completions.create(model="best@openai", prompt=[one.text], max_tokens=9)
        asked = {"model": "best@openai", "prompt": two.text, "stream": True}
        chunks = list(client.completions.create(**asked, stream_options={"include_usage": True}))  # type: ignore[call-overload]

    assert (made.object, made.choices[0].finish_reason, made.choices[0].text) == ("text_completion", "stop", one.answer)
    assert made.usage is not None
    assert (made.usage.prompt_tokens, made.usage.completion_tokens) == (11, 7)
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert (chunks[-1].choices, chunks[-1].usage.completion_tokens) == ([], 7)
