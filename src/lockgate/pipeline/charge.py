"""What a request cost: the usage that its upstream counted, at that upstream's prices of the moment it began."""

from lockgate.core.price import Unpriced, cost
from lockgate.pipeline.ledger import Ledger


def charge(ledger: Ledger) -> int | None:
    """In attodollars. None when nothing was counted, or when there is no price: that is not the same as nothing."""
    if ledger.usage is None:
        return None
    price = ledger.quotes.at(ledger.wall)
    return None if isinstance(price, Unpriced) else cost(price, ledger.usage)
