"""The official client asks for vectors through the installed gateway, and raw calls do: over sockets, small and large."""

import base64
import struct
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from tests.e2e.served import Served

ABLE = ("openai", "mistral", "ollama")


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=served.url + "/v1", api_key=served.key, max_retries=0) as made:
        yield made


def raw(served: Served, body: dict[str, Any], path: str = "/v1/embeddings") -> httpx.Response:
    return httpx.post(served.url + path, json=body, headers={"authorization": f"Bearer {served.key}"})


@pytest.mark.parametrize("family", ABLE)
def test_the_default_of_the_client_is_base64_and_means_the_same(
    client: openai.OpenAI, served: Served, family: str
) -> None:
    texts = ["one text", "another"]

    made = client.embeddings.create(model=f"chat@{family}", input=texts)
    plain = raw(served, {"model": f"chat@{family}", "input": texts}).json()
    coded = raw(served, {"model": f"chat@{family}", "input": texts, "encoding_format": "base64"}, "/embeddings").json()

    assert [each.index for each in made.data] == [0, 1]
    assert made.data[0].embedding == pytest.approx(plain["data"][0]["embedding"])
    packed = base64.b64decode(coded["data"][0]["embedding"])
    assert struct.unpack(f"<{len(packed) // 4}f", packed) == pytest.approx(made.data[0].embedding)
    assert made.usage.prompt_tokens == plain["usage"]["prompt_tokens"] > 0


def test_one_text_and_dimensions(client: openai.OpenAI) -> None:
    made = client.embeddings.create(model="chat@openai", input="hi", dimensions=7, encoding_format="float")

    assert len(made.data[0].embedding) == 7


def test_tokens_are_refused_where_a_rule_has_to_read(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="tokens cannot be read") as caught:
        client.embeddings.create(model="chat@openai", input=[[1, 2], [3]])
    assert (caught.value.code, caught.value.param) == ("blocked_by_policy", "input.0")


def test_who_cannot_says_who_can(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match=r"no provider of this model has embeddings; these have: .*openai"):
        client.embeddings.create(model="chat@anthropic", input="hi")


def test_blocked_by_a_rule(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="no-bluebird"):
        client.embeddings.create(model="chat@openai", input=["fine", "a bluebird"])


def test_thousands_of_vectors_come_whole(client: openai.OpenAI) -> None:
    made = client.embeddings.create(model="chat@openai", input=[f"text {i}" for i in range(300)], dimensions=3072)

    assert [len(each.embedding) for each in made.data] == [3072] * 300
    assert made.data[0].embedding != made.data[299].embedding


def test_what_breaks_off_never_ends_cleanly(served: Served) -> None:
    many = {"model": "cut@openai", "input": ["text"] * 300, "dimensions": 3072}
    with pytest.raises(httpx.RemoteProtocolError):
        raw(served, many)
    small = raw(served, {"model": "cut@openai", "input": "text"})
    assert (small.status_code, small.json()["error"]["code"]) == (502, "upstream_reset")
