"""The same dialect on both sides: the upstream gets what the client wrote, but for the model's name."""

import http.client
from collections.abc import Iterator

import pytest

from tests.e2e.plant import FAMILIES, MODELS, Plant, planted

WORDS = '"messages":[{"role":"user","content":"%s","new":{"a":[1.50,1e3]}}]'
CONTENTS = '"contents":[{"role":"user","parts":[{"text":"%s","new":{"a":[1.50,1e3]}}]}]'
PATHS = {
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/best@gemini:generateContent",
    "mistral": "/v1/chat/completions",
    "ollama": "/api/chat",
}


@pytest.fixture(scope="module")
def unruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Without rules nobody has to look into a body."""
    with planted(tmp_path_factory.mktemp("unruled"), rules="") as whole:
        yield whole


def body(family: str, text: str, model: str) -> str:
    if family == "gemini":
        return '{"z_new":12345678901234567890.5,%s,"a_new":null}' % (CONTENTS % text)
    return f'{{"z_new":12345678901234567890.5,"stream":false,{WORDS % text},"a_new":null,"model":"{model}"}}'


def ask(plant: Plant, family: str, text: str) -> tuple[int, str]:
    """The status, and what is named as lost."""
    connection = http.client.HTTPConnection("127.0.0.1", plant.gateway.port, timeout=15)
    connection.request("POST", PATHS[family], body(family, text, f"best@{family}"), {"x-api-key": plant.gateway.key})
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers.get("x-lockgate-lost", "")


@pytest.mark.parametrize("family", FAMILIES)
def test_without_rules_the_bytes_are_the_clients(unruled: Plant, family: str) -> None:
    """Unknown fields, the order of keys, and numbers as they were written."""
    mark = unruled.upstream.mark("chat")

    assert ask(unruled, family, mark.text) == (200, "")

    (got,) = unruled.upstream.received(mark)
    assert got.body.decode() == body(family, mark.text, MODELS[family])


@pytest.mark.parametrize("family", FAMILIES)
def test_with_rules_they_mean_the_same(plant: Plant, family: str) -> None:
    mark = plant.upstream.mark("chat")

    assert ask(plant, family, mark.text) == (200, "")

    (got,) = plant.upstream.received(mark)
    assert got.body.decode() == body(family, mark.text, MODELS[family])  # the rules looked, and found nothing to change
