"""`prices`: what models cost, where the operator knows better than the list."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from lockgate.app.settings.section import Settings
from lockgate.core.money import atto
from lockgate.core.price import Price, Rate, filled

Usd = (
    Annotated[int, Meta(ge=0, le=1_000_000)]
    | Annotated[float, Meta(ge=0, le=1_000_000)]
    | Annotated[str, Meta(pattern=r"^[0-9]{1,7}(\.[0-9]{1,12})?$")]
)
"""Dollars for a million tokens, as a number or as a decimal in quotes. Both are taken as they are written."""

PriceName = Annotated[
    str, Meta(min_length=1, max_length=265, pattern=r"^[!-~]+$", description="MODEL, PROVIDER/MODEL or PROVIDER/*.")
]


class TokenPrices(Settings, frozen=True):
    """Dollars for a million tokens of each kind. A kind that is left out costs what the kind that it is part of costs."""

    input: Usd
    output: Usd
    cached: Usd | None = None
    written: Usd | None = None
    written_hour: Usd | None = None
    reasoning: Usd | None = None
    input_audio: Usd | None = None
    output_audio: Usd | None = None
    cached_audio: Usd | None = None
    input_image: Usd | None = None
    output_image: Usd | None = None
    cached_image: Usd | None = None
    input_video: Usd | None = None
    output_video: Usd | None = None


class LongPrices(TokenPrices, frozen=True, kw_only=True):
    """Other prices, for all tokens of a request that has more input tokens than `above`."""

    above: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class PriceSettings(TokenPrices, frozen=True, kw_only=True):
    """What a model costs; `request` and `search` are dollars for a thousand."""

    request: Usd = 0
    search: Usd = 0
    long: LongPrices | None = None

    def build(self) -> Price:
        rates: dict[str, Rate] = {kind: ((0, usd),) for kind, usd in _given(self)}
        if self.long is not None:
            above = dict(_given(self.long))
            standard = filled(rates)
            for kind in {*rates, *above}:
                dearer = above[kind] if kind in above else above[_WHOLE[kind]]
                rates[kind] = (*_rate(standard, kind), (self.long.above, dearer))
        return filled(rates, _thousandth(self.request), _thousandth(self.search))


_KINDS = TokenPrices.__struct_fields__
_WHOLE = {kind: "output" if kind.startswith("output") or kind == "reasoning" else "input" for kind in _KINDS}


def _given(prices: TokenPrices) -> Iterator[tuple[str, int]]:
    for kind in _KINDS:
        if (usd := getattr(prices, kind)) is not None:
            yield kind, atto(_decimal(usd))


def _rate(price: Price, kind: str) -> Rate:
    rate: Rate = getattr(price, kind)
    return rate


def atto_of(usd: Usd) -> int:
    """Attodollars for one token."""
    return atto(_decimal(usd))


def _thousandth(usd: Usd) -> int:
    return atto(_decimal(usd) * 1000)


def _decimal(usd: Usd) -> Decimal:
    """A float is the number that was written: the shortest decimal that means it."""
    return Decimal(repr(usd) if isinstance(usd, float) else usd)
