"""Claims, charges and standings as scripts have them."""

from collections.abc import Iterable
from typing import Any

import msgspec

from lockgate.core.limit import MOST, Charge, Claim, Shape, Standing
from lockgate.core.store import StoreError
from lockgate.redis_links.connections import NONSENSE

encode = msgspec.msgpack.Encoder().encode
Told = list[Any]
_NONSENSE = (TypeError, msgspec.MsgspecError)

_standings = msgspec.msgpack.Decoder(tuple[tuple[int, int, int, int, int], ...])
_reserved = msgspec.msgpack.Decoder(tuple[int, tuple[tuple[int, int, int, int, int], ...], tuple[int, ...]])


def told(claim: Claim) -> Told:
    return _told(claim.counter, claim.shape, claim.amount, claim.since, at_once=claim.at_once, shadow=claim.shadow)


def _told(
    counter: bytes, shape: Shape, amount: int, since: int, *, at_once: bool = False, shadow: bool = False
) -> Told:
    sliding, smooth = shape.window == "sliding", shape.window == "smooth"
    return [
        counter.hex(),
        shape.window,
        shape.per,
        shape.capacity,
        shape.width if sliding else 0,
        shape.interval if smooth else 0,
        min(amount, MOST),
        int(at_once),
        int(shadow),
        since,
    ]


def history(charges: Iterable[Charge]) -> list[Told]:
    """What was charged, a row for each counter: how it is told, then times and amounts in turns, in their order.

    Of one slot of a sliding window, and of one period, only the sum is told.
    """
    rows: dict[bytes, tuple[Charge, list[int]]] = {}
    for charge in charges:
        first, row = rows.setdefault(charge.counter, (charge, []))
        at, amount = charge.at, charge.amount
        if charge.shape.window == "sliding":
            at -= at % charge.shape.width
        elif charge.shape.window == "period":
            if charge.since > first.since:
                row.clear()
                rows[charge.counter] = (charge, row)
            at = 0
        if row and row[-2] == at and charge.shape.window != "smooth":
            row[-1] = min(row[-1] + amount, MOST)
        else:
            row += (at, amount)
    return [[_told(each.counter, each.shape, 0, each.since), *row] for each, row in rows.values()]


def number(answer: Any) -> int:
    """`StoreError`, here and below, for an answer that is none."""
    if not isinstance(answer, int):
        raise StoreError(NONSENSE)
    return answer


def standings(raw: bytes) -> tuple[Standing, ...]:
    try:
        return tuple(Standing(*each) for each in _standings.decode(raw))
    except _NONSENSE as error:
        raise StoreError(NONSENSE) from error


def reserved(raw: bytes) -> tuple[int, tuple[Standing, ...], tuple[int, ...]]:
    """The epoch, the standings, and the places that failed."""
    try:
        epoch, rows, failing = _reserved.decode(raw)
    except _NONSENSE as error:
        raise StoreError(NONSENSE) from error
    return epoch, tuple(Standing(*each) for each in rows), failing
