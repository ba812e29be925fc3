"""Paths: what is asked where, for which model, and the list of models."""

import re

import msgspec
import pytest

from lockgate.core.body import head, parse
from lockgate.core.dialect import Ask, ModelCard, Target
from lockgate.core.problem import Kind, Problem
from lockgate.dialects.gemini_generate import plugin


def reached(method: str, path: str, header: bytes = b"") -> tuple[str, dict[str, str]] | None:
    for endpoint in plugin.endpoints:
        if endpoint.method != method or endpoint.header != header:
            continue
        if isinstance(endpoint.path, re.Pattern):
            if hit := endpoint.path.fullmatch(path):
                return endpoint.operation, hit.groupdict()
        elif endpoint.path == path:
            return endpoint.operation, {}
    return None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1beta/models/a:generateContent", ("chat", {"model": "a", "verb": "generateContent"})),
        ("POST", "/v1/models/a:streamGenerateContent", ("chat", {"model": "a", "verb": "streamGenerateContent"})),
        ("POST", "/v1beta/models/o/a:8b:generateContent", ("chat", {"model": "o/a:8b", "verb": "generateContent"})),
        ("POST", "/v1beta/models/a%2Fb:generateContent", ("chat", {"model": "a%2Fb", "verb": "generateContent"})),
        ("GET", "/v1beta/models", ("list_models", {})),
        ("GET", "/v1beta/models/llama3:8b", ("get_model", {"model": "llama3:8b"})),
        ("GET", "/v1beta/models/a:generateContent", None),
        ("GET", "/v1beta/models/a:streamGenerateContent", None),
        ("GET", "/v1/models", None),
        ("GET", "/v1/models/a", None),
        ("POST", "/v1/models/a", None),
        ("POST", "/v1beta/models/a:countTokens", ("count_tokens", {"model": "a"})),
        ("GET", "/v1beta/models/a:countTokens", None),
        ("POST", "/v1beta/models/a:embedContent", None),
        ("POST", "/v1beta/models/:generateContent", None),
        ("POST", "/v1beta/models//a:generateContent", None),
        ("POST", "/v1beta/models/../a:generateContent", None),
        ("POST", "/v1beta/models/a/..:generateContent", None),
        ("POST", "/v1beta/models/a:generateContent/", None),
        ("GET", "/v1beta/models/..", None),
        ("GET", "/v1beta/models/a/", None),
    ],
)
def test_endpoints(method: str, path: str, expected: object) -> None:
    assert reached(method, path) == expected


def test_the_paths_of_openai_are_ours_only_with_a_key_of_google() -> None:
    key = b"x-goog-api-key"

    assert reached("GET", "/v1/models", key) == ("list_models", {})
    assert reached("GET", "/v1/models/llama3:8b", key) == ("get_model", {"model": "llama3:8b"})
    assert reached("GET", "/v1/models/a:generateContent", key) is None


@pytest.mark.parametrize(
    ("verb", "query", "stream", "array"),
    [
        ("generateContent", "", False, False),
        ("streamGenerateContent", "alt=sse", True, False),
        ("streamGenerateContent", "key=x&$alt=sse", True, False),
        ("streamGenerateContent", "%24alt=s%73e", True, False),
        ("streamGenerateContent", "", True, True),
        ("streamGenerateContent", "alt=json", True, True),
        ("streamGenerateContent", "&".join("a=b" for _ in range(200)), True, True),
    ],
)
def test_what_is_asked(verb: str, query: str, stream: bool, array: bool) -> None:
    ask = plugin.ask(Target({"model": "m", "verb": verb}, query), head(b'{"contents":[]}'))

    assert ask == Ask("m", stream=stream, usage=True, array=array)
    assert plugin.media_type(ask) == (b"application/json" if array else b"text/event-stream")


@pytest.mark.parametrize("named", ["m", "models/m", "\\u006d"])
def test_a_model_in_the_body_may_only_repeat_the_path(named: str) -> None:
    target = Target({"model": "m", "verb": "generateContent"})

    assert plugin.ask(target, head(b'{"model":"%b"}' % named.encode())).model == "m"
    with pytest.raises(Problem) as caught:
        plugin.ask(target, head(b'{"model":"another"}'))

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, "model")


def test_renaming_leaves_the_body_but_for_the_name() -> None:
    body = head(b'{"contents": [1],"model":"m"}')

    assert plugin.rename(body, "x").wire() == b'{"contents":[1]}'
    assert plugin.rename(parse(body), "x").wire() == b'{"contents":[1]}'
    plain = head(b'{"contents":[]}')
    assert plugin.rename(plain, "x") is plain
    assert plugin.rename(parse(plain), "x").wire() == b'{"contents":[]}'


def test_models() -> None:
    card = ModelCard("assistant", owner="shop")

    one = msgspec.json.decode(plugin.model(card))

    assert (one["name"], one["displayName"]) == ("models/assistant", "assistant")
    assert "generateContent" in one["supportedGenerationMethods"]
    assert msgspec.json.decode(plugin.models([card])) == {"models": [one]}
