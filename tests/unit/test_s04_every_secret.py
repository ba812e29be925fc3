"""S04, S03: wherever a configuration may name a secret, an empty one and a well-known one are refused. New settings, too."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec.inspect as look
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.app.load import loads
from lockgate.app.settings import Config, SecretRef
from lockgate.core import key_format
from lockgate.core.key_strength import weakness

ROOT = Path(__file__).parents[2]
DOCUMENTS: dict[str, dict[str, Any]] = {
    "providers.NAME.api_key": {"providers": {"p": {"kind": "openai", "api_key": "HERE"}}},
    "providers.NAME.next_api_key": {
        "providers": {"p": {"kind": "openai", "api_key": {"env": "GOOD"}, "next_api_key": "HERE"}}
    },
    "providers.NAME.api_keys.N": {"providers": {"p": {"kind": "openai", "api_keys": [{"env": "GOOD"}, "HERE"]}}},
    "keys.N.secret": {"teams": {"t": {}}, "keys": [{"name": "k", "team": "t", "secret": "HERE"}]},
    "secrets.key": {"secrets": {"key": "HERE"}},
    "limit_store<redis>.password": {
        "limit_store": {"kind": "redis", "url": "redis://127.0.0.1:6379/0", "password": "HERE"}
    },
    "cache_store<redis>.password": {
        "cache_store": {"kind": "redis", "url": "redis://127.0.0.1:6379/0", "password": "HERE"}
    },
    "models.NAME.cache.similar.embeddings.api_key": {
        "providers": {"o": {"kind": "openai", "api_key": {"env": "GOOD"}}},
        "models": {
            "p": {
                "targets": [{"provider": "o"}],
                "cache": {
                    "ttl": "1h",
                    "similar": {"embeddings": {"url": "https://e.example.org/v1", "model": "e", "api_key": "HERE"}},
                },
            }
        },
    },
    "tokens.key": {"tokens": {"key": "HERE"}},
    "providers.NAME.held.key": {
        "providers": {"p": {"kind": "openai", "api_key": {"env": "GOOD"}, "held": {"key": "HERE"}}}
    },
    "idempotency.key": {"idempotency": {"key": "HERE"}},
    "tokens.store<redis>.password": {
        "tokens": {
            "key": {"env": "GOOD"},
            "store": {"kind": "redis", "url": "redis://127.0.0.1:6379/0", "password": "HERE"},
        }
    },
    "alerts.secret": {"alerts": {"url": "https://hooks.example.org/a", "secret": "HERE"}},
    "audit.sinks.N<webhook>.token": {
        "audit": {"sinks": [{"kind": "webhook", "url": "https://log.example.org/a", "token": "HERE"}]}
    },
    "audit.sinks.N<s3>.access_key": {
        "audit": {"sinks": [{"kind": "s3", "bucket": "log", "access_key": "HERE", "secret_key": {"env": "GOOD"}}]}
    },
    "audit.sinks.N<s3>.secret_key": {
        "audit": {"sinks": [{"kind": "s3", "bucket": "log", "access_key": {"env": "GOOD"}, "secret_key": "HERE"}]}
    },
    "auth.N<basic>.users.N.password": {
        "teams": {"t": {}},
        "auth": [{"kind": "basic", "users": [{"name": "u", "team": "t", "password": "HERE"}]}],
    },
    "auth.N<hmac>.keys.N.secret": {
        "teams": {"t": {}},
        "auth": [{"kind": "hmac", "keys": [{"name": "u", "team": "t", "secret": "HERE"}]}],
    },
    "auth.N<http_signature>.keys.N.secret": {
        "teams": {"t": {}},
        "auth": [
            {
                "kind": "http_signature",
                "keys": [{"id": "u", "team": "t", "algorithm": "hmac-sha256", "secret": "HERE"}],
            }
        ],
    },
}
ELSEWHERE: dict[str, dict[str, str]] = {
    "openai_moderation": {},
    "llama_guard": {"url": "https://guard.example.org/x", "model": "g"},
    "lakera": {},
    "azure_prompt_shields": {"url": "https://guard.example.org/x"},
    "webhook": {"url": "https://guard.example.org/x"},
}
_BEDROCK = {"access_key": {"env": "GOOD"}, "secret_key": {"env": "GOOD"}, "session_token": {"env": "GOOD"}}


def _rule(guard: dict[str, Any]) -> dict[str, Any]:
    return {"rules": [{"name": "r", "guard": guard, "on": ["request"], "action": "block", "on_error": "block"}]}


for kind, more in ELSEWHERE.items():
    DOCUMENTS[f"rules.N.guard<{kind}>.api_key"] = _rule({"kind": kind, "api_key": "HERE", **more})
for word in _BEDROCK:
    bedrock = {"kind": "bedrock_guardrails", "guardrail": "g1", "region": "eu-central-1", **_BEDROCK, word: "HERE"}
    DOCUMENTS[f"rules.N.guard<bedrock_guardrails>.{word}"] = _rule(bedrock)
"""For each place in the schema a document with a secret there. A place without one fails the first test."""


def places(kind: Any, path: str = "") -> Iterator[str]:
    if isinstance(kind, look.StructType):
        if issubclass(kind.cls, SecretRef):
            yield path
            return
        tag = f"<{kind.tag}>" if kind.tag_field else ""
        for field in kind.fields:
            yield from places(field.type, f"{path}{tag}.{field.encode_name}".lstrip("."))
    elif isinstance(kind, look.DictType):
        yield from places(kind.value_type, f"{path}.NAME")
    elif isinstance(kind, look.VarTupleType | look.ListType | look.SetType | look.FrozenSetType):
        yield from places(kind.item_type, f"{path}.N")
    elif isinstance(kind, look.Metadata):
        yield from places(kind.type, path)
    elif isinstance(kind, look.UnionType):
        for each in kind.types:
            yield from places(each, path)


def written(place: str, ref: dict[str, Any]) -> bytes:
    return json.dumps({"version": 1, **DOCUMENTS[place]}).replace('"HERE"', json.dumps(ref)).encode()


def told(place: str, ref: dict[str, Any], environ: dict[str, str]) -> list[str]:
    """The paths that are wrong."""
    good = {"GOOD": "Zm9vYmFyIGJhciBiYXogcXV4IGhlbGxvIHRoZXJlIDE="}
    problems = loads(written(place, ref), Path("x.yaml"), {**good, **environ}).problems
    return [re.sub(r"\.\d+", ".N", problem.path).replace(".p.", ".NAME.") for problem in problems]


def plain(place: str) -> str:
    return re.sub("<.*?>", "", place)


def test_S04_every_place_of_a_secret_is_known_here() -> None:
    assert set(places(look.type_info(Config))) == DOCUMENTS.keys()


@pytest.mark.parametrize("place", DOCUMENTS)
@given(text=st.sampled_from(["", " ", "\n", "\t \r\n", "\u00a0", "a b", "x\ny"]) | st.text(" \t\n\r", max_size=5))
@settings(max_examples=20, deadline=None)
def test_S04_an_empty_secret_is_a_mistake_wherever_it_stands(place: str, text: str) -> None:
    assert told(place, {"env": "X"}, {"X": text}) == [plain(place)]


@pytest.mark.parametrize("place", DOCUMENTS)
@pytest.mark.parametrize(
    "ref", [{"env": "GONE"}, {"file": "/gone"}, {"exec": ["/gone"]}, {"store": "gone"}, {"vault": {"path": "gone"}}]
)
def test_S04_a_missing_secret_is_a_mistake_wherever_it_stands(place: str, ref: dict[str, Any]) -> None:
    if place == "secrets.key" and "store" in ref:
        return  # told by the entry that cannot be opened
    assert told(place, ref, {}) == [plain(place)]


@pytest.mark.parametrize("place", DOCUMENTS)
@pytest.mark.parametrize("text", ["sk-1234", "changeme", "edd1c9f034335f136f87ad84b625c8f1", "secret-api-key"])
def test_S03_a_well_known_secret_is_a_mistake_wherever_it_stands(place: str, text: str) -> None:
    assert told(place, {"env": "X"}, {"X": text}) == [plain(place)]


@pytest.mark.parametrize("text", ["x" * 44, "a-long-pass-phrase-is-not-a-key-all-the-same", "Zm9v,", "7" * 64])
def test_S03_a_pass_phrase_is_no_key_encryption_key(text: str) -> None:
    assert told("secrets.key", {"env": "X"}, {"X": text}) == ["secrets.key"]


def literals() -> Iterator[tuple[str, str]]:
    """Every text in the repository that is shaped like a key of ours or as long as one that an operator brings."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")]
    for page in pages:
        for word in re.findall(r"[!-~]{20,}", page.read_text()):
            yield str(page), word
    for path in [*(ROOT / "src").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]:
        if path.name == "tests.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for word in re.findall(r"[!-~]{20,}", node.value):
                    yield str(path), word


def test_S03_no_text_in_the_repository_is_a_key_of_ours() -> None:
    found = [
        (path, word)
        for path, text in literals()
        for word in re.findall(r"lg(?:admin)?-[0-9A-Za-z]{49}", text)
        if key_format.valid(word) or key_format.valid(word, key_format.ADMIN)
    ]

    assert found == []


def test_S03_no_example_key_of_the_documentation_is_strong_enough() -> None:
    """What looks like a key in a page does not start a gateway: it is too short, or a placeholder."""
    shaped = re.compile(r"\b(?:lg-|lgadmin-|sk-|gsk_|AIza|xai-)[0-9A-Za-z_-]+")
    words = {word for path, text in literals() if path.endswith(".md") for word in shaped.findall(text)}

    assert [word for word in words if weakness(word) is None] == []
