"""`idempotency`: machines that share it have to name requests alike; and what an answer passed is told from what it did not."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from lockgate.app.build import answering
from lockgate.app.load import Loaded, loads

KEY = "bmV2ZXIgdXNlIHRoaXMgb25lLCBpdCBpcyBvdXJzISE="
SHARED = {"kind": "redis", "url": "redis://127.0.0.1:6379/0"}
BASE = {"version": 1, "providers": {"p": {"kind": "demo"}}, "models": {"m": {"targets": [{"provider": "p"}]}}}


def loaded(**more: Any) -> Loaded:
    return loads(
        msgspec.json.encode({**BASE, **more}), Path("x.yaml"), {"KEY": KEY, "WORD": "a pass phrase is not a key"}
    )


@pytest.mark.parametrize(
    "more", [{"idempotency": {}}, {"idempotency": {"key": {"env": "KEY"}}, "limit_store": SHARED}], ids=["one", "many"]
)
def test_what_is_well(more: dict[str, Any]) -> None:
    assert not loaded(**more).problems


@pytest.mark.parametrize(
    "more",
    [{"idempotency": {}, "limit_store": SHARED}, {"idempotency": {"key": {"env": "WORD"}}}],
    ids=["shared without a key", "a pass phrase"],
)
def test_what_cannot_work_is_a_mistake(more: dict[str, Any]) -> None:
    (problem,) = loaded(**more).problems

    assert problem.path == "idempotency.key"


def test_S33_machines_let_answers_through_alike_whatever_their_addresses() -> None:
    here = loaded(server={"listen": "127.0.0.1:8080"}, data="./one", idempotency={})
    there = loaded(server={"listen": "127.0.0.1:9090"}, data="./two", limit_store=SHARED)

    assert answering(here) == answering(there)


@pytest.mark.parametrize(
    "more",
    [
        {"rules": [{"name": "r", "guard": {"kind": "pii"}, "on": ["response"], "action": "mask"}]},
        {"teams": {"t": {"models": ["m"]}}},
        {"tokens": {"ttl": "1h"}},
    ],
    ids=["rules", "teams", "tokens"],
)
def test_S33_another_policy_is_told_from_it(more: dict[str, Any]) -> None:
    assert answering(loaded(**more)) != answering(loaded())
