"""`responses` of a provider: where it is, where it cannot be, and what a balancer has of it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.app.load import Loaded, loads
from lockgate.app.unheld_answers import unheld_answers

SHARED = {"kind": "redis", "url": "redis://127.0.0.1:6379/0"}
SECRETS = {
    "KEY": "bmV2ZXIgdXNlIHRoaXMgb25lLCBpdCBpcyBvdXJzISE=",
    "WORD": "a pass phrase is not a key",
    "UP": "sk-up-x8RfQ2LmN4pT6vW0",
}
STICKY = {"kind": "sticky", "by": ["previous_response_id", "prompt"]}


def loaded(provider: dict[str, Any], balance: dict[str, Any] | None = None, **more: Any) -> Loaded:
    model: dict[str, Any] = {"targets": [{"provider": "p"}], **({"balance": balance} if balance else {})}
    return loads(
        msgspec.json.encode({"version": 1, "providers": {"p": provider}, "models": {"m": model}, **more}),
        Path("x.yaml"),
        SECRETS,
    )


def openai(**held: Any) -> dict[str, Any]:
    return {"kind": "openai", "api_key": {"env": "UP"}, "responses": {}, "held": held}


@pytest.mark.parametrize("kind", ["openai", "openai_compatible", "vllm", "xai"])
def test_who_has_it(kind: str) -> None:
    provider = {"kind": kind, "base_url": "http://127.0.0.1:1/v1", "responses": {}}

    assert not loaded(provider).problems


@pytest.mark.parametrize("kind", ["anthropic", "mistral", "ollama", "demo"])
def test_who_does_not(kind: str) -> None:
    key = {} if kind in ("ollama", "demo") else {"api_key": {"env": "UP"}}
    (problem,) = loaded({"kind": kind, "responses": {}, **key}).problems

    assert problem.path == "providers.p.responses"


def test_machines_that_share_limits_share_marks() -> None:
    (problem,) = loaded(openai(), limit_store=SHARED).problems
    assert problem.path == "providers.p.held.key"
    assert not loaded(openai(key={"env": "KEY"}), limit_store=SHARED).problems


def test_a_pass_phrase_is_no_key() -> None:
    (problem,) = loaded(openai(key={"env": "WORD"})).problems

    assert problem.path == "providers.p.held.key"


def test_who_is_to_stay_by_answers_that_nobody_holds_hears_it() -> None:
    plain = {"kind": "openai", "api_key": {"env": "UP"}}

    (text,) = unheld_answers(loaded(plain, STICKY).valid)
    assert text.startswith("models.m.balance.by: no target holds answers")
    assert not [*unheld_answers(loaded(openai(), STICKY).valid)]
    assert not [*unheld_answers(loaded(plain, {"kind": "sticky"}).valid)]
    assert not [*unheld_answers(loaded(plain, {"kind": "weighted"}).valid)]
    assert not [*unheld_answers(loaded(plain).valid)]
