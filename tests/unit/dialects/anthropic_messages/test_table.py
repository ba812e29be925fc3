"""The rest of the table: what a request asks for, its endpoints, lists of models, headers, the provider."""

import re

import msgspec
import pytest

from lockgate.core.body import Headed, head, parse
from lockgate.core.dialect import Ask, ModelCard, Target
from lockgate.core.problem import Kind, Problem
from lockgate.core.provider import Provider
from lockgate.core.registry import tables
from lockgate.core.secret import Secret
from lockgate.dialects.anthropic_messages import plugin


def test_what_a_request_asks_for() -> None:
    assert plugin.ask(Target(), head(b'{"model":"m","stream":true}')) == Ask(model="m", stream=True, usage=True)
    assert plugin.ask(Target(), head(b'{"model":"m","stream":null}')) == Ask(model="m", usage=True)
    assert plugin.ask(Target(names={"model": "a/b"}), Headed({})).model == "a/b"


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"{}", "model"),
        (b'{"model":""}', "model"),
        (b'{"model":4}', "model"),
        (b'{"model":null}', "model"),
        (b'{"model":"m","stream":"yes"}', "stream"),
    ],
)
def test_what_asks_for_nothing(raw: bytes, where: str) -> None:
    with pytest.raises(Problem) as caught:
        plugin.ask(Target(), head(raw))

    assert (caught.value.kind, caught.value.where) == (Kind.INVALID, where)


def test_a_broken_value_is_refused() -> None:
    with pytest.raises(Problem):
        plugin.ask(Target(), Headed({"model": msgspec.Raw(b"{" * 100_000)}))


def test_a_body_gets_another_model_and_keeps_the_rest() -> None:
    body = head(b'{"new":{"a":1},"model":"m"}')

    assert plugin.rename(body, "n").wire() == b'{"new":{"a":1},"model":"n"}'
    assert plugin.rename(parse(body), "n").wire() == b'{"new":{"a":1},"model":"n"}'


def test_endpoints() -> None:
    chat, count, models, model = plugin.endpoints

    assert (chat.method, chat.path, chat.operation, chat.header) == ("POST", "/v1/messages", "chat", b"")
    assert (count.method, count.path, count.operation) == ("POST", "/v1/messages/count_tokens", "count_tokens")
    assert (models.method, models.path, models.operation) == ("GET", "/v1/models", "list_models")
    assert (model.method, model.operation) == ("GET", "get_model")
    assert models.header == model.header == b"anthropic-version"
    assert isinstance(model.path, re.Pattern)
    match = model.path.match("/v1/models/claude%2Fopus")
    assert match is not None
    assert match.groupdict() == {"model": "claude%2Fopus"}


def test_models() -> None:
    page = msgspec.json.decode(plugin.models([ModelCard("a", created=1_700_000_000), ModelCard("b", created=10**15)]))

    assert page["data"][0] == {
        "type": "model",
        "id": "a",
        "display_name": "a",
        "created_at": "2023-11-14T22:13:20Z",
    }
    assert page["data"][1]["created_at"] == "9999-12-31T23:59:59Z"
    assert (page["has_more"], page["first_id"], page["last_id"]) == (False, "a", "b")
    assert msgspec.json.decode(plugin.models([])) == {"data": [], "has_more": False, "first_id": None, "last_id": None}
    assert msgspec.json.decode(plugin.model(ModelCard("b")))["created_at"] == "1970-01-01T00:00:00Z"


def test_small_things() -> None:
    assert plugin.counted is not None
    assert plugin.counted(7) == b'{"input_tokens":7}'
    assert plugin.extra_headers("r1") == ((b"request-id", b"r1"),)
    assert plugin.media_type(Ask(model="m")) == b"text/event-stream"
    assert b"x-api-key" not in plugin.passing.request
    assert not any(b"x-api-key".startswith(prefix) for prefix in plugin.passing.request_prefixes)


def test_the_provider_signs_and_knows_its_paths() -> None:
    provider = tables("lockgate.providers", Provider)["anthropic"]
    service = provider.service(plugin)

    assert provider.sign(Secret("sk")) == ((b"x-api-key", b"sk"), (b"anthropic-version", b"2023-06-01"))
    assert provider.sign(None) == ((b"anthropic-version", b"2023-06-01"),)
    assert (provider.base_url, service.path(Ask(model="m"))) == ("https://api.anthropic.com", "/v1/messages")
    assert service.count_tokens == "/v1/messages/count_tokens"
    assert provider.environment == ("ANTHROPIC_API_KEY",)
