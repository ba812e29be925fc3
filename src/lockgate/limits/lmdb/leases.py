"""The steps inside of a transaction: claims become leases, leases become charges.

This is in the path of every limited request. Nearly always nothing has left a window since the counter was written, and
its slot is still the same: then `total` is what is used, and only sums are made. All else is the counter's.
"""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from lockgate.core.counter import Counter
from lockgate.core.limit import Claim, Lease, Standing, Verdict
from lockgate.core.store import StoreError
from lockgate.limits.lmdb.rows import Rows

PREFIX = b"l"
"""Of the keys of leases: then the owner, 8 bytes, and a number, 8 bytes. Counters have 16 bytes."""

_encode = msgspec.msgpack.Encoder().encode
_claims = msgspec.msgpack.Decoder(tuple[Claim, ...]).decode


def reserve(rows: Rows, claims: tuple[Claim, ...], now: int, key: bytes, epoch: int) -> Verdict:
    """Everything held, and the lease written under its key if there is something to settle; or the verdict against it."""
    verdict = _weighed(rows, claims, now, key, epoch)
    if verdict.lease is not None and verdict.lease.id:
        rows.txn.put(key, _encode(claims))
    return verdict


def extend(rows: Rows, lease: Lease, more: Sequence[int], now: int) -> Verdict:
    """So much more held in the same counters, and the lease written anew; or the verdict against it."""
    if not lease.id or rows.txn.get(lease.id) is None:
        raise StoreError("it is not held any more")
    besides = [0 if claim.at_once else amount for claim, amount in zip(lease.claims, more, strict=True)]
    wanted = [replace(claim, amount=amount, at_once=False) for claim, amount in zip(lease.claims, besides, strict=True)]
    verdict = _weighed(rows, tuple(wanted), now, lease.id, lease.epoch)
    if verdict.lease is None:
        return verdict
    both = zip(lease.claims, besides, strict=True)
    claims = tuple([replace(claim, amount=claim.amount + amount) for claim, amount in both])
    rows.txn.put(lease.id, _encode(claims))
    return replace(verdict, lease=replace(lease, claims=claims))


def _weighed(rows: Rows, claims: tuple[Claim, ...], now: int, key: bytes, epoch: int) -> Verdict:
    known, read = rows.known, rows.read
    found: list[Counter] = []
    failing: list[int] = []
    for claim in claims:
        row, shape = known.get(claim.counter) or read(claim.counter), claim.shape
        if row.goes > now:
            free = shape.max - row.total - row.held
        else:
            free = shape.capacity - row.used(shape, now, claim.since) - row.held
        if claim.amount > free and claim.amount:
            failing.append(len(found))
        found.append(row)
    over: tuple[int, ...] = ()
    if failing:
        refused = tuple([i for i in failing if not claims[i].shadow])
        over = tuple([i for i in failing if claims[i].shadow])
        if refused:
            both = zip(claims, found, strict=True)
            return Verdict(None, tuple([row.standing(claim, now) for claim, row in both]), refused, over)
    standings, lasting = _taken(rows, claims, found, now)
    return Verdict(Lease(key if lasting else b"", epoch, claims), tuple(standings), (), over)


def _taken(rows: Rows, claims: Sequence[Claim], found: Sequence[Counter], now: int) -> tuple[list[Standing], bool]:
    """How the counters stand then, and whether something is held that has to be settled."""
    standings, lasting, changed = [], False, rows.changed
    for claim, row in zip(claims, found):  # noqa: B905  they are as many
        if not claim.at_once:
            lasting = True
            row.held += claim.amount
        elif row.newest and now < row.goes and now <= row.stale - claim.shape.per:  # in the same slot, as in `charge`
            row.total += claim.amount
            row.newest += claim.amount
        else:
            row.charge(claim.shape, now, claim.since, claim.amount)
        changed[claim.counter] = row
        if row.goes > now:
            stale = row.stale
            free = claim.shape.max - row.total - row.held
            standings.append(Standing(row.total, row.held, free, 0, stale - now if stale > now else 0))
        else:
            shape, used = claim.shape, row.used(claim.shape, now, claim.since)
            standings.append(Standing(used, row.held, shape.capacity - used - row.held, 0, row.reset(shape, now)))
    return standings, lasting


def charge(rows: Rows, claims: Sequence[Claim], used: Sequence[int], now: int, *, held: bool = True) -> None:
    """What was held is free, what was used is charged."""
    known, read, changed = rows.known, rows.read, rows.changed
    for claim, amount in zip(claims, used):  # noqa: B905  they are as many
        if claim.at_once:
            continue
        row, shape = known.get(claim.counter) or read(claim.counter), claim.shape
        changed[claim.counter] = row
        if row.newest and now < row.goes and now <= row.stale - shape.per:
            # In the same slot of a sliding window: others have no newest amount.
            row.total += amount
            row.newest += amount
        else:
            row.used(shape, now, claim.since)
            row.charge(shape, now, claim.since, amount)
        if held:
            row.held -= claim.amount


def bury(rows: Rows, owner: bytes, now: int) -> int:
    """All leases of an owner that is gone are charged with what they held. Says how many."""
    number, prefix, txn = 0, PREFIX + owner, rows.txn
    cursor = txn.cursor()
    found = cursor.set_range(prefix)
    while found and cursor.key().startswith(prefix) and len(cursor.key()) == 17:
        claims = _claims(cursor.value())
        charge(rows, claims, [claim.amount for claim in claims], now)
        txn.delete(cursor.key())
        number += 1
        found = cursor.set_range(prefix)
    return number
