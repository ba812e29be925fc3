"""The steps inside of a transaction: claims become leases, leases become charges. The hot path of every limited request."""

from collections.abc import Sequence

import msgspec

from lockgate.core.counter import Counter
from lockgate.core.limit import Claim, Standing, Verdict
from lockgate.limits.lmdb.table import Txn

PREFIX = b"l"
"""Of the keys of leases: then the owner, 8 bytes, and a number, 8 bytes. Counters have 16 bytes."""

_encode = msgspec.msgpack.Encoder().encode
_claims = msgspec.msgpack.Decoder(tuple[Claim, ...]).decode


class Held(msgspec.Struct):
    """Claims that passed. `standings` are as after the reservation."""

    standings: tuple[Standing, ...]
    over: tuple[int, ...]
    lasting: bool
    """Something is held, and has to be settled."""


def reserve(txn: Txn, claims: Sequence[Claim], now: int, lease: bytes) -> Held | Verdict:
    """Everything held, and the lease written under its key if there is something to settle; or the verdict against it."""
    get = txn.get
    counters, failing = [], []
    for claim in claims:
        counter = Counter(get(claim.counter))
        counters.append(counter)
        free = claim.shape.capacity - counter.used(claim.shape, now, claim.since) - counter.held
        if claim.amount > free and claim.amount:
            failing.append(claim)
    over: tuple[int, ...] = ()
    if failing:
        refused = tuple([i for i, claim in enumerate(claims) if claim in failing and not claim.shadow])
        over = tuple([i for i, claim in enumerate(claims) if claim in failing and claim.shadow])
        if refused:
            standings = [counter.standing(claim, now) for claim, counter in zip(claims, counters, strict=True)]
            return Verdict(None, tuple(standings), refused, over)
    standings, lasting = _take(txn, claims, counters, now)
    if lasting:
        txn.put(lease, _encode(claims))
    return Held(tuple(standings), over, lasting)


def _take(txn: Txn, claims: Sequence[Claim], counters: list[Counter], now: int) -> tuple[list[Standing], bool]:
    put, lasting = txn.put, False
    standings = []
    for claim, counter in zip(claims, counters):  # noqa: B905  they are as many, and this is the path of every request
        shape = claim.shape
        if claim.at_once:
            counter.charge(shape, now, claim.since, claim.amount)
            used = counter.used(shape, now, claim.since)
        else:
            used = counter.total if now < counter.goes else counter.used(shape, now, claim.since)
            counter.held += claim.amount
            lasting = True
        put(claim.counter, counter.wire())
        held = counter.held
        standings.append(Standing(used, held, shape.capacity - used - held, 0, counter.reset(shape, now)))
    return standings, lasting


def charge(txn: Txn, claims: Sequence[Claim], used: Sequence[int], now: int, *, held: bool = True) -> None:
    """What was held is free, what was used is charged."""
    get, put = txn.get, txn.put
    for claim, amount in zip(claims, used, strict=True):
        if not claim.at_once:
            counter, shape = Counter(get(claim.counter)), claim.shape
            if now >= counter.goes:
                counter.used(shape, now, claim.since)
            if held:
                counter.held -= claim.amount
            counter.charge(shape, now, claim.since, amount)
            put(claim.counter, counter.wire())


def bury(txn: Txn, owner: bytes, now: int) -> int:
    """All leases of an owner that is gone are charged with what they held. Says how many."""
    number, prefix = 0, PREFIX + owner
    cursor = txn.cursor()
    found = cursor.set_range(prefix)
    while found and cursor.key().startswith(prefix) and len(cursor.key()) == 17:
        claims = _claims(cursor.value())
        charge(txn, claims, [claim.amount for claim in claims], now)
        txn.delete(cursor.key())
        number += 1
        found = cursor.set_range(prefix)
    return number
