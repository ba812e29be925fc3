"""Limits that a single request takes half of before it is known what it needs: they hold, and let in far less than they say."""

from collections.abc import Iterable, Iterator, Mapping

from lockgate.app.mistake import Path, dotted
from lockgate.app.prices import Prices
from lockgate.app.reached import levels_of, reached
from lockgate.app.references import structs
from lockgate.app.settings import Config
from lockgate.app.settings.limits import BudgetSettings, LimitSettings
from lockgate.core.money import ATTO_PER_NANO, nano, usd
from lockgate.core.price import Unpriced, worst_case
from lockgate.pipeline.worst import HIDDEN, MOST_OUTPUT

_NAMED = 3
"""Models that are named; the others are counted."""


def large_shares(config: Config, prices: Prices, now: float) -> Iterator[str]:
    """Of each limit of tokens or money of which one chat without `max_tokens` reserves more than half, for all its input is short."""
    for path, each in structs(config, ()):
        if isinstance(each, LimitSettings | BudgetSettings) and not each.shadow:
            most = each.nano if isinstance(each, BudgetSettings) else each.max
            taken = {name: _reserved(config, prices, now, each, name) for name in _models(config, path)}
            large = {name: amount for name, amount in taken.items() if 2 * amount > most}
            if large:
                yield f"{dotted(path)}: {_told(each, large, most)}"


def _models(config: Config, path: Path) -> Iterable[str]:
    """Those that it counts."""
    match path:
        case ("models", str(name), *_):
            return (name,)
        case ("providers", str(name), *_):
            return [each for each, model in config.models.items() if any(one.provider == name for one in model.targets)]
        case (section, name, *_):
            return reached(config, levels_of(config, (section, name)))
    return ()


def _reserved(config: Config, prices: Prices, now: float, limit: LimitSettings | BudgetSettings, name: str) -> int:
    output = config.models[name].max_output_tokens or MOST_OUTPUT
    if isinstance(limit, LimitSettings):
        return {"tokens": HIDDEN + output, "output_tokens": output}.get(limit.kind, 0)
    quoted = [prices.quotes.get((each.provider, each.model or name)) for each in config.models[name].targets]
    priced = [quotes.at(now) for quotes in quoted if quotes is not None]
    costs = [worst_case(price, HIDDEN, output) for price in priced if not isinstance(price, Unpriced)]
    return nano(max(costs, default=0))


def _told(limit: LimitSettings | BudgetSettings, large: Mapping[str, int], most: int) -> str:
    dearest = max(large, key=lambda name: large[name])
    amount = large[dearest]
    if isinstance(limit, BudgetSettings):
        reserves = f"{usd(amount * ATTO_PER_NANO)} of {usd(most * ATTO_PER_NANO)} USD"
    else:
        reserves = f"{amount} of {most} tokens"
    names = sorted(large, key=lambda name: (-large[name], name))
    listed = ", ".join(map(repr, names[:_NAMED])) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    follows = "so it is always refused" if amount > most else "so only one at a time is let in"
    return (
        f"a request without `max_tokens` reserves up to {reserves}, {follows} (models: {listed}): "
        "set a lower `max_output_tokens` for the model, or have clients send `max_tokens`"
    )
