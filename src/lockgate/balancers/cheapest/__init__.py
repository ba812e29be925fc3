"""The cheapest first, by the prices of now and the tokens that the request is likely to need. Unknown prices come last."""

from collections.abc import Sequence
from math import inf
from typing import Annotated, ClassVar, Literal, final

from msgspec import Meta

from lockgate.core.balance import BalanceConfig, ranked
from lockgate.core.exchange import Balancer, Call, Upstream
from lockgate.core.price import Price, Rate, Unpriced
from lockgate.core.view import Moment, View

CHARACTERS = 4
"""Bytes for a token, about. The same for all upstreams, so that it only weighs input against output."""
REMEMBERED = 64
MINUTE = 60

Steps = list[tuple[float, Rate, Rate]]
Flat = list[tuple[float, float, float]]
"""Of each upstream: for the request, for a token of input, and for one of output. Flat, where no price has steps."""
Known = tuple[int, Sequence[Upstream], Steps, Flat | None]
"""A minute, upstreams, and their prices then."""
NEVER: tuple[float, Rate, Rate] = (inf, ((0, 0),), ((0, 0),))


class plugin(BalanceConfig, frozen=True, tag="cheapest"):
    """How long an answer is, who knows: `output` tokens, or what the client says is the most when that is less."""

    status: ClassVar[Literal["stable", "experimental"]] = "stable"
    output: Annotated[int, Meta(ge=1, le=1_000_000, description="The tokens of a usual answer.")] = 500

    def build(self) -> Balancer:
        return _Cheapest(self.output)


@final
class _Cheapest:
    def __init__(self, output: int) -> None:
        self._output = output
        self._known: dict[int, Known] = {}

    def order(self, upstreams: Sequence[Upstream], call: Call, view: View, moment: Moment) -> Sequence[Upstream]:
        asked, answered = moment.size // CHARACTERS, self._output
        if (wanted := call.dialect.wanted(call.body).tokens) is not None and wanted < answered:
            answered = wanted
        minute = int(moment.wall) // MINUTE
        known = self._known.get(id(upstreams))
        if known is None or known[0] != minute or known[1] is not upstreams:
            known = self._prices(upstreams, moment.wall, minute)
        _, _, steps, flat = known
        if flat is not None:
            read, written = float(asked), float(answered)  # whole numbers of money are too large to be quick
            costs = [fixed + read * each + written * other for fixed, each, other in flat]
        else:
            costs = [fixed + asked * _at(each, asked) + answered * _at(other, asked) for fixed, each, other in steps]
        return ranked(upstreams, costs)

    def _prices(self, upstreams: Sequence[Upstream], wall: float, minute: int) -> Known:
        """Prices change with the hour: they are looked up once a minute."""
        steps = [_price(each.quotes.at(wall)) for each in upstreams]
        plain = all(len(each) == len(other) == 1 for _, each, other in steps)
        flat = (
            [(float(fixed), float(each[0][1]), float(other[0][1])) for fixed, each, other in steps] if plain else None
        )
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[id(upstreams)] = known = minute, upstreams, steps, flat
        return known


def _price(price: Price | Unpriced) -> tuple[float, Rate, Rate]:
    return NEVER if isinstance(price, Unpriced) else (price.request, price.input, price.output)


def _at(rate: Rate, asked: int) -> int:
    found = rate[0][1]
    if len(rate) > 1:
        for above, price in rate[1:]:
            if asked > above:
                found = price
    return found
