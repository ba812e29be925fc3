"""Limits that one request without `max_tokens` takes more than half of are told by `check`, with what can be done."""

from typing import Any

import msgspec
import pytest

from lockgate.app.large_shares import large_shares
from lockgate.app.prices import Prices
from lockgate.app.settings import Config
from lockgate.core.body import head
from lockgate.core.dialect import Ask
from lockgate.core.exchange import Call, Route
from lockgate.core.price import filled
from lockgate.core.price_list import always
from lockgate.dialects.openai_chat import plugin as openai
from lockgate.pipeline.worst import worst

NOW = 1_764_201_600
PRICE = filled({"input": ((0, 10**9),), "output": ((0, 10**10),)})
"""One billionth of a dollar for an input token, ten for an output token."""
PRICES = Prices({("p", "a"): always(PRICE), ("p", "b"): always(PRICE)})
MODELS = {
    "a": {"targets": [{"provider": "p"}]},
    "b": {"targets": [{"provider": "q"}, {"provider": "p"}], "max_output_tokens": 1000},
}


def told(**sections: Any) -> list[str]:
    whole = {"version": 1, "providers": {"p": {"kind": "demo"}, "q": {"kind": "demo"}}, "models": MODELS}
    return list(large_shares(msgspec.convert({**whole, **sections}, Config), PRICES, NOW))


def tokens(most: int, kind: str = "tokens", **more: Any) -> dict[str, Any]:
    return {"limits": [{"kind": kind, "max": most, "per": "1m", **more}]}


def test_it_is_told_of_more_than_half_of_what_such_a_request_reserves() -> None:
    body = head(b'{"model":"a","messages":[]}')
    most = worst(Call(openai, "chat", Ask("a"), body, ()), Route("a", ()))
    least = most.input - len(body.wire()) + most.output

    assert told(teams={"t": {"models": ["a"], **tokens(2 * least)}}) == []
    (text,) = told(teams={"t": {"models": ["a"], **tokens(2 * least - 1)}})
    assert text.startswith(
        f"teams.t.limits.0: a request without `max_tokens` reserves up to {least} of {2 * least - 1}"
    )
    assert "only one at a time is let in (models: 'a')" in text
    assert "`max_output_tokens`" in text
    (text,) = told(teams={"t": {"models": ["a"], **tokens(least - 1)}})
    assert "so it is always refused" in text


def test_of_the_contracts_own_example_it_is_told() -> None:
    (text,) = told(teams={"shop": {"models": ["*"], **tokens(200_000)}})

    assert "133120 of 200000 tokens" in text
    assert "'b'" not in text


def test_a_budget_goes_by_the_price_of_the_dearest_target() -> None:
    def budget(usd: float, **more: Any) -> dict[str, Any]:
        return {"models": ["b"], "budgets": [{"max_usd": usd, "per": "day", **more}]}

    assert told(teams={"t": budget(0.000_024_096)}) == []
    (text,) = told(teams={"t": budget(0.000_024_095)})
    assert text.startswith(
        "teams.t.budgets.0: a request without `max_tokens` reserves up to 0.000012048 of 0.000024095 USD"
    )
    assert told(teams={"t": budget(0.000_024_095, shadow=True)}) == []


@pytest.mark.parametrize(
    ("sections", "place"),
    [
        (tokens(100_000), "limits.0"),
        ({"models": {"a": {**MODELS["a"], **tokens(100_000)}}}, "models.a.limits.0"),
        ({"providers": {"p": {"kind": "demo", **tokens(100_000, "output_tokens")}, "q": {"kind": "demo"}}}, "providers.p.limits.0"),
        ({"organizations": {"o": tokens(100_000)}}, "organizations.o.limits.0"),
        ({"users": {"u": tokens(100_000)}}, "users.u.limits.0"),
        (
            {"teams": {"t": {"models": ["*"]}},
             "keys": [{"name": "k", "team": "t", "secret": {"env": "K"}, **tokens(100_000)}]},
            "keys.0.limits.0",
        ),
    ],
)  # fmt: skip
def test_limits_of_every_section_are_looked_at(sections: dict[str, Any], place: str) -> None:
    (text,) = told(**sections)

    assert text.startswith(f"{place}: ")


def test_only_models_that_it_counts_matter() -> None:
    assert told(teams={"t": {"models": ["b"], **tokens(10_000)}}) == []
    assert told(providers={"p": {"kind": "demo"}, "q": {"kind": "demo", **tokens(10_000)}}) == []
    key = {"name": "k", "team": "t", "secret": {"env": "K"}, **tokens(10_000)}
    assert told(teams={"t": {"models": ["b"]}}, keys=[{**key, "models": ["*"]}]) == []


def test_other_kinds_and_shadows_are_left_alone() -> None:
    assert told(**tokens(1, "requests"), teams={}) == []
    assert told(**tokens(1, "input_tokens")) == []
    assert told(**tokens(1, shadow=True)) == []


def test_many_models_are_counted() -> None:
    models = {f"m{number}": MODELS["a"] for number in range(5)}
    (text,) = told(models=models, **tokens(100_000))

    assert "(models: 'm0', 'm1', 'm2' and 2 more)" in text
