"""From the package's providers to ours: eras of prices, names in small letters, whole numbers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from lockgate.core.price import Price
from lockgate.core.price_list import DAY, Era, Quotes
from lockgate.prices.genai.listing import Listed, Maker
from lockgate.prices.genai.rates import NotPriced, price


class Node(Protocol):
    """One constructor call of the package's list."""

    made_by: str

    def get(self, name: str) -> Any: ...


_TIER_KEYS = ("service_tier", "speed")
"""What a variant may depend on, and is known of a request. Batches are no requests of ours."""


def makers(providers: Iterable[Node], now: float) -> Iterator[tuple[str, Maker]]:
    """Every provider with its models, as prices are from now on."""
    for provider in providers:
        models = [
            Listed(model.get("id"), _clause(model.get("match")), _quotes(model, now))
            for model in provider.get("models")
        ]
        yield provider.get("id"), Maker(models, provider.get("fallback_model_providers") or [])


def _clause(node: Node) -> list[object]:
    match node.made_by:
        case "ClauseOr":
            return ["or", [_clause(inner) for inner in node.get("or_")]]
        case "ClauseAnd":
            return ["and", [_clause(inner) for inner in node.get("and_")]]
        case "ClauseRegex":
            return ["regex", node.get("regex")]
        case made_by:
            kind = {
                "ClauseEquals": "equals",
                "ClauseStartsWith": "starts_with",
                "ClauseEndsWith": "ends_with",
                "ClauseContains": "contains",
            }[made_by]
            return [kind, node.get(kind).lower()]


def _quotes(model: Node, now: float) -> Quotes:
    listed = model.get("prices")
    conditional: Sequence[Node] = listed if isinstance(listed, list) else [_Always(listed)]
    variants = [each for each in model.get("price_variants") or () if next(iter(each.get("when"))) in _TIER_KEYS]
    limits = [each.get("constraint") for each in (*conditional, *variants) if each.get("constraint")]
    starts = sorted({0, *(_day(each) for each in limits if each.made_by == "StartDateConstraint")})
    gone = sum(start <= now for start in starts) - 1
    seconds = sorted(
        {0, *(second for each in limits if each.made_by == "TimeOfDateConstraint" for second in _hours(each))}
    )
    try:
        return Quotes(
            tuple(
                Era(start, tuple((second, _price(conditional, variants, start + second)) for second in seconds))
                for start in starts[max(0, gone) :]
            )
        )
    except NotPriced as error:
        return Quotes(reason=f"{model.get('id')}: {error}")


class _Always:
    """A price without a condition, in the form of one with."""

    made_by = "ConditionalPrice"

    def __init__(self, prices: Node) -> None:
        self._prices = prices

    def get(self, name: str) -> Any:
        return self._prices if name == "prices" else None


def _price(conditional: Sequence[Node], variants: Sequence[Node], moment: int) -> Price:
    """The last price whose condition holds, or the first; variants are tiers of it, the first one that says something."""
    standard = next((each for each in reversed(conditional) if _holds(each, moment)), conditional[0])
    given = _given(standard.get("prices"))
    tiers: dict[str, dict[str, Any]] = {}
    for variant in variants:
        if len(when := variant.get("when")) == 1 and _holds(variant, moment):
            tier = tiers.setdefault(next(iter(when.values())), {})
            for key, value in _given(variant.get("prices")).items():
                tier.setdefault(key, value)
    return price(given, {word: {**given, **changed} for word, changed in tiers.items() if changed})


def _given(prices: Node) -> dict[str, Any]:
    """As the list has them: a number, or steps of `(above, number)`, the first of which is above nothing."""
    found = {}
    for key, value in prices.given.items():  # type: ignore[attr-defined]
        if value is not None:
            found[key] = _steps(value) if hasattr(value, "made_by") else value
    return found


def _steps(tiered: Node) -> list[tuple[int, Any]]:
    tiers = sorted((tier.get("start"), tier.get("price")) for tier in tiered.get("tiers"))
    return [(0, tiered.get("base")), *tiers]


def _holds(node: Node, moment: int) -> bool:
    limit = node.get("constraint")
    if limit is None:
        return True
    if limit.made_by == "StartDateConstraint":
        return moment >= _day(limit)
    start, end = _hours(limit)
    second = moment % DAY
    return start <= second < end if start <= end else second >= start or second < end


def _day(limit: Node) -> int:
    day = limit.get("start_date")
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _hours(limit: Node) -> tuple[int, int]:
    return _second(limit.get("start_time")), _second(limit.get("end_time"))


def _second(at: time) -> int:
    """Of the day in UTC."""
    away = at.utcoffset() or timedelta()
    return int((at.hour * 3600 + at.minute * 60 + at.second - away.total_seconds()) % DAY)
