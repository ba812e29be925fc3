"""`models.NAME.cache.similar`: what is refused, and where its credential may go."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.app.guarded import guarded
from lockgate.app.load import Loaded, loads

KEY = "embeddings-key-0a1b2c3d4e5f60718293a4b5"
HERE = {"url": "https://embed.example.org:8443/v1", "model": "small", "api_key": {"env": "EMBED"}}


def loaded(similar: dict[str, Any]) -> Loaded:
    document = {
        "version": 1,
        "providers": {"p": {"kind": "demo"}},
        "models": {"a.b": {"targets": [{"provider": "p"}], "cache": {"ttl": "1h", "similar": similar}}},
    }
    return loads(msgspec.json.encode(document), Path("x.yaml"), {"EMBED": KEY})


@pytest.mark.parametrize(
    ("similar", "path"),
    [
        ({}, "similar"),
        ({"embeddings": {"url": "https://e.example.org"}}, "similar.embeddings"),
        ({"embeddings": {**HERE, "url": "ftp://e.example.org"}}, "similar.embeddings.url"),
        ({"embeddings": {**HERE, "url": "http://169.254.169.254/v1"}}, "similar.embeddings.url"),
        ({"embeddings": {**HERE, "url": "http://metadata.google.internal/v1"}}, "similar.embeddings.url"),
        ({"embeddings": {**HERE, "deadline": "1ms"}}, "similar.embeddings.deadline"),
        ({"embeddings": {**HERE, "deadline": "5s"}}, "similar.embeddings.deadline"),
        ({"embeddings": {**HERE, "model": ""}}, "similar.embeddings.model"),
        ({"embeddings": HERE, "threshold": 0.4}, "similar.threshold"),
        ({"embeddings": HERE, "threshold": 1.1}, "similar.threshold"),
        ({"embeddings": HERE, "scope": "team"}, "similar"),
    ],
    ids=range(11),
)
def test_what_cannot_work_is_a_mistake(similar: dict[str, Any], path: str) -> None:
    (problem,) = loaded(similar).problems

    assert problem.path.startswith(f"models.a.b.cache.{path}")


def test_S31_the_credential_may_go_to_its_server_and_nowhere_else() -> None:
    found = {each.label: each for each in guarded(loaded({"embeddings": HERE}))}

    (home,) = found["models.a.b.cache.similar.embeddings.api_key"].homes
    assert (home.host, home.port) == ("embed.example.org", 8443)
