"""The table of the dialect, its list of models, and the provider beside it."""

import json

import httpx
import ollama

from lockgate.core.dialect import ModelCard
from lockgate.core.secret import Secret
from lockgate.dialects.ollama_chat import plugin
from lockgate.providers import ollama as provider


def test_the_official_client_reads_the_list_of_models() -> None:
    raw = plugin.models([ModelCard("assistant", created=1700000000), ModelCard("llama3")])
    client = ollama.Client(
        "http://gateway", transport=httpx.MockTransport(lambda request: httpx.Response(200, content=raw))
    )

    models = client.list().models

    assert [model.model for model in models] == ["assistant", "llama3"]
    assert models[0].modified_at.isoformat() == "2023-11-14T22:13:20+00:00"  # type: ignore[union-attr]
    assert json.loads(raw)["models"][0].keys() == {"name", "model", "modified_at", "size", "digest", "details"}
    assert json.loads(plugin.model(ModelCard("llama3"))) == json.loads(raw)["models"][1]


def test_the_table() -> None:
    assert [(e.method, e.path, e.operation) for e in plugin.endpoints] == [
        ("POST", "/api/chat", "chat"),
        ("GET", "/api/tags", "list_models"),
        ("GET", "/api/version", "version"),
    ]
    assert plugin.prefix == "/api"


def test_the_provider_needs_no_key_and_takes_one() -> None:
    ask = plugin.ask
    assert ask
    assert provider.plugin.service(plugin).path(None) == "/api/chat"  # type: ignore[arg-type]
    assert provider.plugin.base_url == "http://127.0.0.1:11434"
    assert provider.plugin.keyless
    assert provider.plugin.sign(None) == ()
    assert provider.plugin.sign(Secret("k")) == ((b"authorization", b"Bearer k"),)
