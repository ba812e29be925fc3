"""`limits` and `budgets` in the file: what they become, and every mistake with its place."""

from pathlib import Path

import pytest

from lockgate.app.limits import limits
from lockgate.app.load import loads
from lockgate.core.allowance import Limit

HEAD = "version: 1\nproviders: {demo: {kind: demo}}\nmodels: {m: {targets: [{provider: demo}]}}\n"


def said(text: str) -> list[tuple[str, str, str]]:
    loaded = loads((HEAD + text).encode(), Path("lockgate.yaml"), {})
    return [(problem.path, problem.found, problem.expected) for problem in loaded.problems]


def made(text: str) -> list[Limit]:
    loaded = loads((HEAD + text).encode(), Path("lockgate.yaml"), {})
    assert not loaded.problems
    return [limit for group in limits(loaded.valid).at.values() for limit in group]


@pytest.mark.parametrize(
    ("limit", "where", "expected"),
    [
        ("{kind: requests, max: 5}", "limits.0", "needs `per`"),
        ("{kind: concurrency, max: 5, per: 1m}", "limits.0", "has no window"),
        ("{kind: request_bytes, max: 5, window: smooth}", "limits.0", "has no window"),
        ("{kind: requests, max: 0, per: 1m}", "limits.0.max", "at least 1"),
        ("{kind: requests, max: 5, per: 1m, burst: 2}", "limits.0", "only with `window: smooth`"),
        ("{kind: requests, max: 5, per: 1m, window: smooth, burst: 5}", "limits.0.burst", "less than `max`"),
        ("{kind: requests, max: 1, per: 1m, window: smooth}", "limits.0.burst", "less than `max`"),
        ("{kind: tokens, max: 100000000, per: 1s, window: smooth}", "limits.0.max", "window: sliding"),
        ("{kind: requests, max: 5, per: 10ms}", "limits.0.per", "at least 1s"),
        ("{kind: requests, max: 5, per: often}", "limits.0.per", "500ms"),
        ("{kind: cost, max: 5, per: 1m}", "limits.0.kind", "one of: concurrency"),
        ("{kind: requests, max: 5, per: 1m, by: header:X-Tenant}", "limits.0.by", "header:NAME"),
        ("{kind: requests, max: 5, per: 1m, by: planet}", "limits.0.by", "header:NAME"),
    ],
)
def test_a_limit_that_cannot_be(limit: str, where: str, expected: str) -> None:
    ((path, _, told),) = said(f"limits: [{limit}]\n")

    assert path == where
    assert expected in told


@pytest.mark.parametrize(
    ("budget", "where", "expected"),
    [
        ("{max_usd: 0, per: 30d}", "budgets.0.max_usd", "more than 0"),
        ("{max_usd: 5, per: fortnight}", "budgets.0.per", "month"),
        ("{max_usd: 5, per: day, zone: Mars/Olympus}", "budgets.0.zone", "Europe/Berlin"),
        ("{max_usd: 5}", "budgets.0.per", ""),
        ("{max_usd: 5, per: 1ms}", "budgets.0.per", "at least 1s"),
    ],
)
def test_a_budget_that_cannot_be(budget: str, where: str, expected: str) -> None:
    ((path, _, told),) = said(f"budgets: [{budget}]\n")

    assert path == where
    assert expected in told


def test_the_same_limit_twice_would_share_a_count() -> None:
    twice = "teams: {a: {limits: [{kind: requests, max: 5, per: 1m}, {kind: requests, max: 9, per: 1m}]}}\n"

    assert [path for path, _, _ in said(twice)] == ["teams.a.limits.1"]
    assert said(twice.replace("max: 9, per: 1m", "max: 9, per: 1h")) == []
    assert said(twice.replace("max: 9", "max: 9, by: client")) == []


def test_a_provider_counts_for_all_together() -> None:
    text = HEAD.replace("{kind: demo}", "{kind: demo, limits: [{kind: requests, max: 5, per: 1m, by: team}]}")
    (problem,) = loads(text.encode(), Path("lockgate.yaml"), {}).problems

    assert problem.path == "providers.demo.limits.0.by"


def test_every_section_can_have_them() -> None:
    text = """\
limits: [{kind: requests, max: 100, per: 1s, by: client}]
budgets: [{max_usd: 0.1, per: month, zone: Europe/Berlin}]
organizations: {acme: {limits: [{kind: tokens, max: 7, per: 1h}]}}
teams: {shop: {organization: acme, budgets: [{max_usd: 50, per: 30d, shadow: true}]}}
users: {ann: {limits: [{kind: concurrency, max: 3}]}}
"""
    found = {limit.label: limit for limit in made(text)}

    assert set(found) == {
        "gateway:requests:1s:client",
        "gateway:cost:month:Europe/Berlin",
        "organization/acme:tokens:1h",
        "team/shop:cost:30d",
        "user/ann:concurrency",
    }
    assert found["gateway:cost:month:Europe/Berlin"].shape.max == 100_000_000
    assert found["team/shop:cost:30d"].shadow
    assert found["organization/acme:tokens:1h"].policy == '"organization/acme:tokens:1h";q=7;w=3600;qu="tokens"'
