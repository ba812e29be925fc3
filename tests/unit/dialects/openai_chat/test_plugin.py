"""The table: endpoints, what is asked, names, models."""

import re
from typing import Any

import msgspec
import pytest

from lockgate.core.body import head, parse
from lockgate.core.dialect import Ask, Dialect, ModelCard, Target
from lockgate.core.problem import Kind, Problem
from lockgate.core.registry import tables
from lockgate.dialects.openai_chat import plugin


def ask(**fields: Any) -> Ask:
    return plugin.ask(Target(), head(msgspec.json.encode(fields)))


def test_the_registry_finds_it() -> None:
    assert tables("lockgate.dialects", Dialect)["openai_chat"] is plugin


def test_endpoints() -> None:
    found = {(point.method, point.operation): point.path for point in plugin.endpoints[:3]}

    assert found["POST", "chat"] == "/v1/chat/completions"
    assert found["GET", "list_models"] == "/v1/models"
    pattern = found["GET", "get_model"]
    assert isinstance(pattern, re.Pattern)
    hit = pattern.match("/v1/models/org/name")
    assert hit is not None
    assert hit["model"] == "org/name"
    assert not pattern.match("/v1/models/")
    others = [point.path for point in plugin.endpoints if point.operation == "chat"]
    assert others[:-1] == ["/v1/chat/completions", "/chat/completions", "/openai/v1/chat/completions"]
    assert isinstance(others[-1], re.Pattern)
    assert others[-1].pattern == "/openai/deployments/(?P<model>[^/]+)/chat/completions"


def test_what_is_asked() -> None:
    assert ask(model="m") == Ask("m")
    assert ask(model="m", stream=None, stream_options=None) == Ask("m")
    assert ask(model="m", stream=True) == Ask("m", stream=True)
    assert ask(model="m", stream=True, stream_options={"include_usage": True}) == Ask("m", stream=True, usage=True)
    streamed = head(b'{"model":5,"stream":true}')
    assert plugin.ask(Target({"model": "x/y"}), streamed) == Ask("x/y", stream=True), "a path's name is the only one"


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({}, "model"),
        ({"model": ""}, "model"),
        ({"model": 5}, "model"),
        ({"model": None}, "model"),
        ({"model": "m", "stream": "yes"}, "stream"),
        ({"model": "m", "stream_options": 5}, "stream_options"),
        ({"model": "m", "stream_options": {"include_usage": 5}}, "stream_options"),
    ],
)
def test_wrong_types_are_refused(fields: dict[str, Any], where: str) -> None:
    with pytest.raises(Problem) as caught:
        ask(**fields)

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


def test_renaming_touches_nothing_else() -> None:
    body = head(b'{"model": "a", "x": [1,  2]}')

    assert plugin.rename(body, "b").wire() == b'{"model":"b","x":[1,  2]}'
    assert plugin.rename(parse(body), "b").wire() == b'{"model":"b","x":[1,2]}'


def test_models() -> None:
    card = ModelCard("m", "o", 5)
    entry = {"id": "m", "object": "model", "created": 5, "owned_by": "o", "type": "base", "capabilities": {}}

    assert msgspec.json.decode(plugin.models([card])) == {"object": "list", "data": [entry]}
    assert msgspec.json.decode(plugin.model(card)) == entry


def test_media_types() -> None:
    assert plugin.media_type(Ask("m", stream=True)) == b"text/event-stream"
    assert plugin.media_type(Ask("m")) == b"application/json"


def test_headers_that_pass() -> None:
    assert b"idempotency-key" in plugin.passing.request
    assert plugin.passing.request_prefixes == (b"openai-",)
    assert {b"retry-after", b"retry-after-ms", b"x-should-retry"} == plugin.passing.response
    assert plugin.passing.response_prefixes == (b"openai-", b"x-ratelimit-")
    assert not any(b"authorization".startswith(prefix) for prefix in plugin.passing.request_prefixes)
