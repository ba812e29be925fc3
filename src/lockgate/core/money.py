"""Money as whole numbers: nothing that is paid for is ever a float."""

from decimal import ROUND_HALF_EVEN, Decimal

ATTO_PER_USD = 10**18
"""Prices and costs are in attodollars: a token of a model that costs 0.000001 USD a million is one of them."""
ATTO_PER_NANO = 10**9
_DECIMALS = 12
"""Of a price per million tokens: finer is not ours to keep."""


def atto(usd_per_million: Decimal) -> int:
    """A price per million tokens as attodollars per token. What is finer than that is the noise of somebody's floats."""
    return int(usd_per_million.scaleb(_DECIMALS).to_integral_value(ROUND_HALF_EVEN))


def nano(cost: int) -> int:
    """Attodollars as nanodollars, rounded up: what budgets count in, 2**53 of them being nine million dollars."""
    return -(-cost // ATTO_PER_NANO)


def usd(cost: int) -> str:
    """Attodollars as exact decimal dollars, without zeros at the end: `0.000125`."""
    if 0 < cost < ATTO_PER_USD:  # as below, without a division of large numbers
        return ("0.%018d" % cost).rstrip("0")  # noqa: UP031  a quarter quicker than an f-string
    whole, rest = divmod(cost, ATTO_PER_USD)
    return f"{whole}.{rest:018d}".rstrip("0").rstrip(".")
