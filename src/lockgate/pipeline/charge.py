"""What a request cost: the usage of every attempt that cost something, at its upstream's prices of the moment it began."""

from msgspec.structs import replace

from lockgate.core.answer import Usage
from lockgate.core.price import Unpriced, cost
from lockgate.core.price_list import Quotes
from lockgate.pipeline.ledger import Ledger


def charge(ledger: Ledger, provider: str = "") -> int | None:
    """In attodollars, at one provider or at all. None when nothing was counted, or when there is no price: that is not the
    same as nothing.
    """
    if not ledger.unheard and not provider:  # as below, for the only part that there is
        if ledger.usage is None or isinstance(price := ledger.quotes.at(ledger.wall), Unpriced):
            return None
        return cost(price, ledger.usage)
    parts = _parts(ledger, provider)
    spent = 0
    for usage, quotes in parts:
        price = quotes.at(ledger.wall)
        if isinstance(price, Unpriced):
            return None
        spent += cost(price, usage)
    return spent if parts else None


def usage_of(ledger: Ledger, provider: str = "") -> Usage | None:
    """At one provider, or at all. None when nothing was counted."""
    if not ledger.unheard and not provider:
        return ledger.usage
    whole: Usage | None = None
    for usage, _ in _parts(ledger, provider):
        summed = whole and replace(whole, input=whole.input + usage.input, output=whole.output + usage.output)
        whole = summed or usage
    return whole


def _parts(ledger: Ledger, provider: str) -> list[tuple[Usage, Quotes]]:
    """The last attempt's first: it is the only one whose upstream may have counted."""
    attempts, usage = ledger.attempts, ledger.usage
    parts = []
    if usage is not None and (not provider or (attempts and attempts[-1].upstream == provider)):
        parts.append((usage, ledger.quotes))
    parts += [(lost, quotes) for name, lost, quotes in ledger.unheard if provider in ("", name)]
    return parts
