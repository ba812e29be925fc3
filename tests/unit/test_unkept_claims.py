"""A claim that the file builds on and no issuer keeps is told: it would never be there."""

from typing import Any

import msgspec
import pytest

from lockgate.app.settings import Config
from lockgate.app.unkept_claims import unkept_claims

LIMIT = {"kind": "requests", "max": 1, "per": "1h", "by": "claim:dept"}
ASKING: dict[str, dict[str, Any]] = {
    "headers.require.x-user.claim": {"headers": {"require": {"x-user": {"claim": "dept"}}}},
    "headers.add.x-user.claim": {"headers": {"add": {"x-user": {"claim": "dept"}}}},
    "teams.t.headers.response.add.x-user.claim": {
        "teams": {"t": {"headers": {"response": {"add": {"x-user": {"claim": "dept"}}}}}}
    },
    "teams.t.limits.0.by": {"teams": {"t": {"limits": [LIMIT]}}},
    "teams.t.budgets.0.by": {"teams": {"t": {"budgets": [{"max_usd": 1, "per": "day", "by": "claim:dept"}]}}},
    "models.m.targets.0.when.claims.dept": {
        "models": {"m": {"targets": [{"provider": "p", "when": {"claims": {"dept": ["x"]}}}]}}
    },
}


def told(asking: dict[str, Any], *claims: str, keys: bool = False) -> list[str]:
    issuer = {"name": "i", "issuer": "https://i.example", "audience": ["a"], "team": "t", "claims": claims}
    methods = [{"kind": "api_key"}] if keys else [{"kind": "api_key"}, {"kind": "jwt", "issuers": [issuer]}]
    return list(unkept_claims(msgspec.convert({"version": 1, "auth": methods, **asking}, Config)))


@pytest.mark.parametrize("place", ASKING)
def test_a_claim_that_nobody_keeps_is_told_with_its_place(place: str) -> None:
    for text in (*told(ASKING[place]), *told(ASKING[place], "other"), *told(ASKING[place], keys=True)):
        assert text.startswith(f"{place}: no caller has the claim 'dept'")
    assert told(ASKING[place])
    assert told(ASKING[place], "other", "dept") == []


def test_what_asks_for_no_claim_is_told_nothing() -> None:
    assert told({"headers": {"add": {"x-a": {"const": "b"}}}}, keys=True) == []
